//! The order in which the functions of a finished part stand: those that are like each other side by side,
//! which compresses best.

use super::{
    Arranged, Failure,
    module::{Function, Module},
    names::MODULE,
};
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::{
    CodeSection, ExportSection, FunctionSection, ImportSection,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, ExportSectionReader, ExternalKind, FunctionBody, FunctionSectionReader,
    Imports, Parser,
};

/// Functions of fewer bytes are sorted by what they take and by their bytes: stubs, above all.
const SMALL: usize = 40;

/// What runs of so many bytes two functions have in common says how much they are like each other.
const RUN: usize = 4;

/// The first part in that order, and the new names for those of its exports that are `shared`, which are names
/// in the order of the functions: these compress best, too.
pub fn first(
    code: &[u8],
    shared: &BTreeSet<String>,
) -> Result<(Arranged, BTreeMap<String, String>), Failure> {
    let module = Module::read(code)?;
    let order = Order::of(&module, BTreeMap::new());
    let functions = module
        .exports
        .iter()
        .filter(|(name, _)| shared.contains(**name));
    let mut functions: Vec<(u32, &str)> = functions
        .map(|(name, (_, number))| (order.numbers[*number as usize], *name))
        .collect();
    functions.sort_unstable();
    let mut new: Vec<&str> = functions.iter().map(|(_, name)| *name).collect();
    new.sort_unstable_by_key(|name| (name.len(), *name));
    let names: BTreeMap<String, String> = functions
        .iter()
        .zip(new)
        .map(|((_, name), new)| ((*name).to_owned(), new.to_owned()))
        .collect();
    let order = Order {
        names: names.clone(),
        ..order
    };
    Ok((order.write(code)?, names))
}

/// The second part in that order, with new names for what it finds in the first.
pub fn later(code: &[u8], names: &BTreeMap<String, String>) -> Result<Arranged, Failure> {
    let module = Module::read(code)?;
    Order::of(&module, names.clone()).write(code)
}

struct Order<'a> {
    module: &'a Module<'a>,
    /// The old numbers in the new order.
    order: Vec<u32>,
    /// The new numbers by the old.
    numbers: Vec<u32>,
    names: BTreeMap<String, String>,
}

impl<'a> Order<'a> {
    fn of(module: &'a Module<'a>, names: BTreeMap<String, String>) -> Self {
        let size = |number: &u32| module.functions[*number as usize].size();
        let all = module.imported()..module.functions.len() as u32;
        let (mut small, large): (Vec<u32>, Vec<u32>) = all.partition(|each| size(each) < SMALL);
        small.sort_by_key(|number| {
            let function = &module.functions[*number as usize];
            (function.signature, function.bytes())
        });
        let order: Vec<u32> = (0..module.imported())
            .chain(chain(module, &large))
            .chain(small)
            .collect();
        let mut numbers = vec![0; order.len()];
        for (new, old) in (0..).zip(&order) {
            numbers[*old as usize] = new;
        }
        Self {
            module,
            order,
            numbers,
            names,
        }
    }

    fn write(mut self, code: &[u8]) -> Result<Arranged, Failure> {
        let mut written = wasm_encoder::Module::new();
        self.parse_core_module(&mut written, Parser::new(0), code)?;
        Ok(Arranged {
            code: written.finish(),
            numbers: self.order,
        })
    }

    fn name<'b>(&'b self, name: &'b str) -> &'b str {
        self.names.get(name).map_or(name, String::as_str)
    }

    fn defined(&self) -> impl Iterator<Item = &'a Function<'a>> {
        let functions = &self.module.functions;
        let all = self.order.iter().map(|number| &functions[*number as usize]);
        all.filter(|function| function.body.is_some())
    }
}

/// These functions, each followed by the one that is most like it of those that are left.
fn chain(module: &Module, functions: &[u32]) -> Vec<u32> {
    let runs: Vec<BTreeSet<&[u8]>> = functions
        .iter()
        .map(|number| {
            module.functions[*number as usize]
                .bytes()
                .windows(RUN)
                .collect()
        })
        .collect();
    let mut having: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (place, runs) in runs.iter().enumerate() {
        for run in runs {
            having.entry(run).or_default().push(place);
        }
    }
    let mut left: BTreeSet<usize> = (0..functions.len()).collect();
    let mut order = Vec::new();
    let mut next = left.pop_first();
    while let Some(place) = next {
        order.push(functions[place]);
        // What few have in common says more.
        let mut likeness = vec![0.0; functions.len()];
        for run in &runs[place] {
            let all = &having[run];
            for other in all {
                likeness[*other] += 1.0 / all.len() as f64;
            }
        }
        let worth = |place: usize| likeness[place] / (runs[place].len() as f64 + 20.0).sqrt();
        next = left
            .iter()
            .copied()
            .max_by(|one, other| worth(*one).total_cmp(&worth(*other)).then(other.cmp(one)));
        next.map(|place| left.remove(&place));
    }
    order
}

impl Reencode for Order<'_> {
    type Error = &'static str;

    fn function_index(&mut self, number: u32) -> Result<u32, Failure> {
        Ok(self.numbers[number as usize])
    }

    fn parse_imports(
        &mut self,
        imports: &mut ImportSection,
        all: Imports<'_>,
    ) -> Result<(), Failure> {
        let Imports::Single(_, import) = all else {
            return Err(Error::UserError("It has imports in groups."));
        };
        let kind = self.entity_type(import.ty)?;
        let name = match import.module {
            MODULE => self.name(import.name),
            _ => import.name,
        };
        imports.import(import.module, name, kind);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: FunctionSectionReader<'_>,
    ) -> Result<(), Failure> {
        for function in self.defined() {
            functions.function(function.signature);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        _: CodeSectionReader<'_>,
    ) -> Result<(), Failure> {
        let bodies: Vec<FunctionBody> = self
            .defined()
            .filter_map(|each| each.body.clone())
            .collect();
        for body in bodies {
            utils::parse_function_body(self, code, body)?;
        }
        Ok(())
    }

    /// In the order of the functions.
    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Failure> {
        let mut all = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        all.sort_by_key(|export| match export.kind {
            ExternalKind::Func => (1, self.numbers[export.index as usize]),
            _ => (0, export.index),
        });
        for export in all {
            let number = self.external_index(export.kind, export.index)?;
            let kind = self.export_kind(export.kind)?;
            exports.export(self.name(export.name), kind, number);
        }
        Ok(())
    }
}
