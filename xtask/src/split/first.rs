//! The first part: the whole module with stubs in place of what comes later.
//!
//! No number changes in it. What nothing refers to any more is left for the optimiser to remove.

use super::{
    Failure,
    module::{Module, address},
    names::{Names, readable},
    plan::Plan,
    sections,
    table::place,
};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ElementSection, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, ImportSection, TableSection,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, Data, ElementSectionReader, ExportSectionReader,
    FunctionBody, FunctionSectionReader, GlobalSectionReader, Imports, Parser, Table,
};

/// So many zeros between constants cost less than telling that another run of them begins.
const GAP: u32 = 64;

/// Writes the first part. `load` is the function that loads the second.
pub fn write(
    code: &[u8],
    module: &Module,
    plan: &Plan,
    names: &Names,
    table: u32,
    load: u32,
) -> Result<Vec<u8>, Failure> {
    let mut written = wasm_encoder::Module::new();
    let mut first = First {
        module,
        plan,
        names,
        table,
        load,
        bodies: module.imported(),
        tables: 0,
    };
    first.parse_core_module(&mut written, Parser::new(0), code)?;
    Ok(written.finish())
}

struct First<'a> {
    module: &'a Module<'a>,
    plan: &'a Plan,
    names: &'a Names,
    table: u32,
    load: u32,
    /// The number of the function whose body comes next.
    bodies: u32,
    /// The number of the table that comes next.
    tables: u32,
}

impl First<'_> {
    /// The global that says whether the second part is there: the one after all others.
    fn there(&self) -> u32 {
        self.module.globals.len() as u32
    }

    /// The function that loads the second part unless it is there: the one after all others.
    fn loaded(&self) -> u32 {
        self.module.functions.len() as u32
    }

    /// Calls the function that the second part put into this slot.
    fn stub(&self, signature: u32, slot: u32) -> Function {
        let mut stub = Function::new([]);
        let mut code = stub.instructions();
        code.call(self.loaded());
        for (_, local) in self.module.types[signature as usize]
            .params()
            .iter()
            .zip(0..)
        {
            code.local_get(local);
        }
        code.i32_const(slot as i32)
            .call_indirect(self.table, signature)
            .end();
        stub
    }
}

impl Reencode for First<'_> {
    type Error = &'static str;

    fn parse_imports(
        &mut self,
        section: &mut ImportSection,
        imports: Imports<'_>,
    ) -> Result<(), Failure> {
        let Imports::Single(_, import) = imports else {
            return Err(Error::UserError("It has imports in groups."));
        };
        let name = self.names.imports.get(import.name);
        let name = name.map_or(import.name, String::as_str);
        section.import(import.module, name, self.entity_type(import.ty)?);
        Ok(())
    }

    fn parse_table(&mut self, tables: &mut TableSection, table: Table<'_>) -> Result<(), Failure> {
        let mut table = table;
        if self.tables == self.table {
            let end = self
                .plan
                .called
                .values()
                .map(|slot| u64::from(*slot) + 1)
                .max();
            let size = table.ty.initial.max(end.unwrap_or(0));
            table.ty.initial = size;
            table.ty.maximum = table.ty.maximum.map(|maximum| maximum.max(size));
        }
        self.tables += 1;
        utils::parse_table(self, tables, table)
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Result<(), Failure> {
        utils::parse_global_section(self, globals, section)?;
        sections::add_counters(globals, 1);
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Failure> {
        utils::parse_export_section(self, exports, section)?;
        exports.export(&self.names.there, ExportKind::Global, self.there());
        exports.export(&self.names.memory, ExportKind::Memory, 0);
        for (kind, names) in [
            (ExportKind::Func, &self.names.functions),
            (ExportKind::Global, &self.names.globals),
            (ExportKind::Table, &self.names.tables),
        ] {
            for (number, name) in names {
                exports.export(name, kind, *number);
            }
        }
        Ok(())
    }

    /// Without what only the second part knows.
    fn parse_element_section(
        &mut self,
        elements: &mut ElementSection,
        _: ElementSectionReader<'_>,
    ) -> Result<(), Failure> {
        place(elements, self.table, &self.plan.first_slots, Ok)
    }

    fn parse_data(&mut self, data: &mut DataSection, datum: Data<'_>) -> Result<(), Failure> {
        let start = address(&datum.kind)?;
        let end = start + datum.data.len() as u32;
        let mut bytes = datum.data.to_vec();
        for range in &self.plan.later_data {
            let at = |address: u32| (address.clamp(start, end) - start) as usize;
            bytes[at(range.start)..at(range.end)].fill(0);
        }
        // Runs between zeros, which memory has anyway.
        let mut run = None;
        for (_, at) in bytes.iter().zip(0..).filter(|(byte, _)| **byte != 0) {
            run = match run {
                Some((from, to)) if at - to <= GAP => Some((from, at + 1)),
                known => {
                    write_run(data, start, &bytes, known);
                    Some((at, at + 1))
                }
            };
        }
        write_run(data, start, &bytes, run);
        Ok(())
    }

    /// Only the names of functions, as people read them.
    fn parse_custom_section(
        &mut self,
        written: &mut wasm_encoder::Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Failure> {
        if section.name() == "name" {
            let names = self.module.functions.iter().map(|each| readable(each.name));
            written.section(&sections::function_names((0..).zip(names)));
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Failure> {
        utils::parse_function_section(self, functions, section)?;
        functions.function(self.module.functions[self.load as usize].signature);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Failure> {
        utils::parse_code_section(self, code, section)?;
        let mut loaded = Function::new([]);
        loaded
            .instructions()
            .global_get(self.there())
            .i32_eqz()
            .if_(BlockType::Empty)
            .call(self.load)
            .end()
            .end();
        code.function(&loaded);
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Failure> {
        let number = self.bodies;
        self.bodies += 1;
        if let Some(slot) = self.plan.called.get(&number) {
            let signature = self.module.functions[number as usize].signature;
            code.function(&self.stub(signature, *slot));
        } else if self.plan.later.contains(&number) {
            let mut nothing = Function::new([]);
            nothing.instructions().unreachable().end();
            code.function(&nothing);
        } else {
            utils::parse_function_body(self, code, body)?;
        }
        Ok(())
    }
}

/// Adds what lies from here to there, if anything does; `start` is the address of the first of the bytes.
fn write_run(data: &mut DataSection, start: u32, bytes: &[u8], run: Option<(u32, u32)>) {
    if let Some((from, to)) = run {
        let bytes = &bytes[from as usize..to as usize];
        data.active(
            0,
            &ConstExpr::i32_const((start + from) as i32),
            bytes.iter().copied(),
        );
    }
}
