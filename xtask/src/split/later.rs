//! The second part: the functions that the first left out, with everything else imported from it.

use super::{
    Failure,
    module::Module,
    names::{MODULE, Names},
    plan::Plan,
};
use std::{borrow::Cow, collections::BTreeMap};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, Function, FunctionSection,
    GlobalType, ImportSection, NameMap, NameSection, StartSection, TypeSection, ValType,
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
    let kind = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    imports.import(MODULE, &names.there, kind);

    let mut functions = FunctionSection::new();
    for number in &plan.later {
        functions.function(module.functions[*number as usize].signature);
        numbers.add_function(*number);
    }
    functions.function(module.types.len() as u32);

    let mut elements = ElementSection::new();
    for (offset, run) in runs(&plan.called) {
        let run: Vec<u32> = run.iter().map(|number| numbers.functions[number]).collect();
        elements.active(
            Some(numbers.tables[&table]).filter(|table| *table != 0),
            &ConstExpr::i32_const(offset as i32),
            Elements::Functions(Cow::Owned(run)),
        );
    }

    let mut code = CodeSection::new();
    let mut labels = NameMap::new();
    for number in &plan.later {
        let function = &module.functions[*number as usize];
        let body = function.body.clone();
        let body = body.ok_or(Error::UserError("What is imported cannot come later."))?;
        numbers.parse_function_body(&mut code, body)?;
        labels.append(numbers.functions[number], function.name);
    }
    let mut start = Function::new([]);
    start.instructions().i32_const(1).global_set(there).end();
    code.function(&start);

    let mut naming = NameSection::new();
    naming.functions(&labels);
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
        .section(&naming);
    Ok(written.finish())
}

/// The functions by slot, in runs without a gap.
fn runs(called: &BTreeMap<u32, u32>) -> Vec<(u32, Vec<u32>)> {
    let by_slot: BTreeMap<u32, u32> = called
        .iter()
        .map(|(number, slot)| (*slot, *number))
        .collect();
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for (slot, number) in by_slot {
        match runs.last_mut() {
            Some((offset, run)) if *offset + run.len() as u32 == slot => run.push(number),
            _ => runs.push((slot, vec![number])),
        }
    }
    runs
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
