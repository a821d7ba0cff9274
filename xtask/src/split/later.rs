//! The second part: the functions that the first left out, with everything else imported from it.

use super::{
    Failure,
    module::Module,
    names::{MODULE, Names, readable},
    plan::Plan,
    sections,
    table::place,
};
use std::collections::BTreeMap;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, EntityType, Function, FunctionSection,
    ImportSection, StartSection, TypeSection,
    reencode::{Error, Reencode},
};

/// Writes the second part.
pub fn write(module: &Module, plan: &Plan, names: &Names, table: u32) -> Result<Vec<u8>, Failure> {
    let mut numbers = Later::default();
    let mut types = TypeSection::new();
    for function in &module.types {
        types.ty().func_type(&numbers.func_type(function.clone())?);
    }
    // The start function's type, of nothing and for nothing.
    types.ty().function([], []);

    let mut imports = ImportSection::new();
    for (number, name) in &names.functions {
        let signature = module.functions[*number as usize].signature;
        imports.import(MODULE, name, EntityType::Function(signature));
        numbers.add_function(*number);
    }
    for (number, name) in &names.tables {
        let mut kind = module.tables[*number as usize];
        // The first part's is larger, and may grow.
        kind.maximum = None;
        imports.import(MODULE, name, numbers.table_type(kind)?);
        numbers.tables.insert(*number, numbers.tables.len() as u32);
    }
    let memory = module
        .memories
        .first()
        .ok_or(Error::UserError("It has no memory."))?;
    imports.import(MODULE, &names.memory, numbers.memory_type(*memory)?);
    for (number, name) in &names.globals {
        let kind = module.globals[*number as usize];
        imports.import(MODULE, name, numbers.global_type(kind)?);
        numbers
            .globals
            .insert(*number, numbers.globals.len() as u32);
    }
    let there = numbers.globals.len() as u32;
    imports.import(MODULE, &names.there, sections::COUNTER);

    let mut functions = FunctionSection::new();
    for number in &plan.later {
        functions.function(module.functions[*number as usize].signature);
        numbers.add_function(*number);
    }
    functions.function(module.types.len() as u32);

    let mut elements = ElementSection::new();
    place(
        &mut elements,
        numbers.tables[&table],
        &plan.later_slots,
        |number| renumbered(&numbers.functions, number),
    )?;

    let mut code = CodeSection::new();
    let mut named = Vec::new();
    for number in &plan.later {
        let function = &module.functions[*number as usize];
        let body = function.body.clone();
        let body = body.ok_or(Error::UserError("What is imported cannot come later."))?;
        numbers.parse_function_body(&mut code, body)?;
        named.push((numbers.functions[number], readable(function.name)));
    }
    let mut start = Function::new([]);
    start.instructions().i32_const(1).global_set(there).end();
    code.function(&start);

    let mut data = DataSection::new();
    for (start, bytes) in &module.data {
        let end = start + bytes.len() as u32;
        for range in &plan.later_data {
            let (from, to) = (range.start.max(*start), range.end.min(end));
            if from < to {
                let bytes = &bytes[(from - start) as usize..(to - start) as usize];
                let place = ConstExpr::i32_const(from as i32);
                data.active(0, &place, bytes.iter().copied());
            }
        }
    }

    let mut written = wasm_encoder::Module::new();
    written
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&StartSection {
            function_index: numbers.functions.len() as u32,
        })
        .section(&elements)
        .section(&code)
        .section(&data)
        .section(&sections::function_names(named));
    Ok(written.finish())
}

/// The numbers in the second part of what has another in the whole.
#[derive(Default)]
struct Later {
    functions: BTreeMap<u32, u32>,
    tables: BTreeMap<u32, u32>,
    globals: BTreeMap<u32, u32>,
}

impl Later {
    fn add_function(&mut self, number: u32) {
        self.functions.insert(number, self.functions.len() as u32);
    }
}

fn renumbered(numbers: &BTreeMap<u32, u32>, number: u32) -> Result<u32, Failure> {
    let known = numbers.get(&number).copied();
    known.ok_or(Error::UserError(
        "It names something that was not seen before.",
    ))
}

impl Reencode for Later {
    type Error = &'static str;

    fn function_index(&mut self, number: u32) -> Result<u32, Failure> {
        renumbered(&self.functions, number)
    }

    fn table_index(&mut self, number: u32) -> Result<u32, Failure> {
        renumbered(&self.tables, number)
    }

    fn global_index(&mut self, number: u32) -> Result<u32, Failure> {
        renumbered(&self.globals, number)
    }

    fn data_index(&mut self, _: u32) -> Result<u32, Failure> {
        Err(Error::UserError(
            "Its data is not all in place from the start.",
        ))
    }

    fn element_index(&mut self, _: u32) -> Result<u32, Failure> {
        Err(Error::UserError(
            "Its tables are not all in place from the start.",
        ))
    }
}
