//! The first part: the whole module with stubs in place of what comes later.
//!
//! No number changes in it. What nothing refers to any more is left for the optimiser to remove.

use super::{Failure, module::Module, names::Names, plan::Plan};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ExportKind, ExportSection, Function, GlobalSection,
    GlobalType, TableSection, ValType,
    reencode::{Reencode, utils},
};
use wasmparser::{ExportSectionReader, FunctionBody, GlobalSectionReader, Parser, Table};

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
        bodies: module
            .functions
            .iter()
            .take_while(|function| function.body.is_none())
            .count() as u32,
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
