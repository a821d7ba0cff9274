//! A module that tells which of its functions ran: each sets a global of its own that is exported.

use super::{Failure, module::Module};
use wasm_encoder::{
    CodeSection, ConstExpr, ExportKind, ExportSection, GlobalSection, GlobalType, ValType,
    reencode::{Reencode, utils},
};
use wasmparser::{ExportSectionReader, FunctionBody, GlobalSectionReader, Parser};

/// What the exported globals are called, before the number of their function.
pub const RAN: &str = "ran ";

/// Writes the module with a probe in each function.
pub fn write(code: &[u8], module: &Module) -> Result<Vec<u8>, Failure> {
    let mut written = wasm_encoder::Module::new();
    let mut probed = Probed {
        globals: module.globals.len() as u32,
        functions: module.functions.len() as u32,
        next: module.imported(),
    };
    probed.parse_core_module(&mut written, Parser::new(0), code)?;
    Ok(written.finish())
}

struct Probed {
    /// How many globals there are without those of the probes, which come after them.
    globals: u32,
    functions: u32,
    /// The function whose body comes next.
    next: u32,
}

impl Reencode for Probed {
    type Error = &'static str;

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
        for _ in 0..self.functions {
            globals.global(kind, &ConstExpr::i32_const(0));
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Failure> {
        utils::parse_export_section(self, exports, section)?;
        for number in 0..self.functions {
            let name = format!("{RAN}{number}");
            exports.export(&name, ExportKind::Global, self.globals + number);
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Failure> {
        let mut probed = self.new_function_with_parsed_locals(&body)?;
        let mut instructions = probed.instructions();
        instructions
            .i32_const(1)
            .global_set(self.globals + self.next);
        self.next += 1;
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            probed.instruction(&self.parse_instruction(&mut reader)?);
        }
        code.function(&probed);
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _: &mut wasm_encoder::Module,
        _: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), Failure> {
        Ok(())
    }
}
