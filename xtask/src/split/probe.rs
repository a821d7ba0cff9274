//! A module that tells which of its blocks ran: each sets a global of its own that is exported.

use super::{Failure, blocks, module::Module, sections};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, GlobalSection,
    reencode::{Reencode, utils},
};
use wasmparser::{ExportSectionReader, FunctionBody, GlobalSectionReader, Parser};

/// What the exported globals are called, before the number of their block in the whole module.
pub const RAN: &str = "ran ";

/// Writes the module with a probe in each block.
pub fn write(code: &[u8], module: &Module) -> Result<Vec<u8>, Failure> {
    let mut written = wasm_encoder::Module::new();
    let mut probed = Probed {
        globals: module.globals.len() as u32,
        blocks: 0,
        next: 0,
    };
    for body in module
        .functions
        .iter()
        .filter_map(|function| function.body.as_ref())
    {
        probed.blocks += blocks::shape(body)?.0 as u32;
    }
    probed.parse_core_module(&mut written, Parser::new(0), code)?;
    Ok(written.finish())
}

struct Probed {
    /// How many globals there are without those of the probes, which come after them.
    globals: u32,
    blocks: u32,
    /// The block that comes next.
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
        sections::add_counters(globals, self.blocks);
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Failure> {
        utils::parse_export_section(self, exports, section)?;
        for number in 0..self.blocks {
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
        let mut reader = body.get_operators_reader()?;
        let mut begins = true;
        while !reader.eof() {
            if begins {
                let probe = self.globals + self.next;
                probed.instructions().i32_const(1).global_set(probe);
                self.next += 1;
            }
            begins = blocks::ends(&reader.clone().read()?);
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
