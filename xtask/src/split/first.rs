//! The first part: the whole module with stubs in place of what comes later.
//!
//! No number changes in it. What nothing refers to any more is left for the optimiser to remove.

use super::{
    Failure,
    module::{Module, address},
    names::{Names, readable},
    plan::Plan,
    table::place,
};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ElementSection, ExportKind, ExportSection,
    Function, GlobalSection, GlobalType, ImportSection, NameMap, NameSection, TableSection,
    ValType,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CustomSectionReader, Data, ElementSectionReader, ExportSectionReader, FunctionBody,
    GlobalSectionReader, Imports, Parser, Table,
};

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

    /// Loads the second part unless it is there, and calls the function that it put into this slot.
    fn stub(&self, signature: u32, slot: u32) -> Function {
        let mut stub = Function::new([]);
        let mut code = stub.instructions();
        code.global_get(self.there())
            .i32_eqz()
            .if_(BlockType::Empty)
            .call(self.load)
            .end();
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
        let kind = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        globals.global(kind, &ConstExpr::i32_const(0));
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
        let mut bytes = datum.data.to_vec();
        for range in &self.plan.later_data {
            let at = |address: u32| (address.saturating_sub(start) as usize).min(bytes.len());
            let range = at(range.start)..at(range.end);
            bytes[range].fill(0);
        }
        data.active(0, &ConstExpr::i32_const(start as i32), bytes);
        Ok(())
    }

    /// Only the names of functions, as people read them.
    fn parse_custom_section(
        &mut self,
        written: &mut wasm_encoder::Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Failure> {
        if section.name() == "name" {
            let mut labels = NameMap::new();
            for (function, number) in self.module.functions.iter().zip(0..) {
                labels.append(number, &readable(function.name));
            }
            let mut naming = NameSection::new();
            naming.functions(&labels);
            written.section(&naming);
        }
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
