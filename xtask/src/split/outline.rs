//! Takes out of functions what the opening never came to, so that it can come later with what it needs.
//!
//! Of a function that the opening runs, a third is never reached: failures, kinds of events and of states that
//! the opening does not have. Each such stretch that is long enough becomes a function of its own, a piece.
//! It is given the locals that it reads, and gives back those that are read after it; where it goes on
//! elsewhere than after its end, it says where.

use super::{
    Failure,
    flow::Flow,
    module::Module,
    pieces::{self, Piece},
    profile::Profile,
    sections,
};
use std::collections::BTreeMap;
use wasm_encoder::{
    CodeSection, FunctionSection, TypeSection,
    reencode::{Reencode, utils},
};
use wasmparser::{
    CustomSectionReader, FuncType, FunctionBody, FunctionSectionReader, Parser, TypeSectionReader,
    ValType, ValidPayload, Validator,
};

/// What a piece is called after the name of its function, before its number.
const PIECE: &str = ".piece.";

/// What is no longer than this stays: a call, and what has to be written down for a function, is as long.
const WORTH: usize = 30;

/// The function that a piece is of, by its name; any other function is its own.
pub fn owner(name: &str) -> &str {
    name.rsplit_once(PIECE).map_or(name, |(owner, _)| owner)
}

/// The module with pieces, which come after all other functions.
pub fn write(code: &[u8], module: &Module, profile: &Profile) -> Result<Vec<u8>, Failure> {
    let mut outlined = Outlined {
        module,
        cuts: cuts(code, module, profile)?,
        types: module.types.clone(),
        next: module.imported(),
        written: 0,
    };
    let mut written = wasm_encoder::Module::new();
    outlined.parse_core_module(&mut written, Parser::new(0), code)?;
    Ok(written.finish())
}

/// The pieces of each function that has any, in their order.
fn cuts<'a>(
    code: &'a [u8],
    module: &Module,
    profile: &Profile,
) -> Result<BTreeMap<u32, (Flow<'a>, Vec<Piece>)>, Failure> {
    let mut cuts = BTreeMap::new();
    let mut validator = Validator::new();
    for payload in Parser::new(0).parse_all(code) {
        if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
            let number = function.index;
            let Some(cold) = profile.cold(module.functions[number as usize].name, &body)? else {
                continue;
            };
            let results = module.types[function.ty as usize].results();
            let flow = Flow::read(function, &body)?;
            let pieces = found(&flow, &cold, results);
            cuts.insert(number, (flow, pieces));
        }
    }
    Ok(cuts)
}

/// The longest stretches that can be pieces and are worth it.
fn found(flow: &Flow, cold: &[bool], results: &[ValType]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    // Runs of instructions of one frame, from where to where.
    let mut waiting = vec![(0, flow.steps.len() - 1)];
    while let Some((mut at, end)) = waiting.pop() {
        while at < end {
            let start = at;
            while at < end && cold[flow.steps[at].block] {
                at = flow.steps[at].end + 1;
            }
            if start == at {
                at = flow.steps[at].end + 1;
                waiting.extend(inside(flow, start));
            } else if let Some(piece) = longest(flow, start, at, results) {
                pieces.push(piece);
            } else {
                let mut step = start;
                while step < at {
                    waiting.extend(inside(flow, step));
                    step = flow.steps[step].end + 1;
                }
            }
        }
    }
    pieces.sort_by_key(|piece| piece.steps.start);
    pieces
}

/// What stands in the frame that this step opens: of an `if`, both.
fn inside(flow: &Flow, opener: usize) -> Vec<(usize, usize)> {
    let step = &flow.steps[opener];
    match step.otherwise {
        _ if step.end == opener => Vec::new(),
        Some(other) => vec![(opener + 1, other), (other + 1, step.end)],
        None => vec![(opener + 1, step.end)],
    }
}

/// The longest piece of one frame's steps from `start` to `end`.
fn longest(flow: &Flow, start: usize, end: usize, results: &[ValType]) -> Option<Piece> {
    let mut cuts = Vec::new();
    let mut step = start;
    while step < end {
        cuts.push(step);
        step = flow.steps[step].end + 1;
    }
    cuts.push(end);
    let first = cuts
        .iter()
        .position(|at| flow.steps[*at].height == Some(0))?;
    let is_end = |at: &&usize| {
        matches!(flow.steps[**at].height, None | Some(0)) || **at + 1 == flow.steps.len()
    };
    let last = cuts[first + 1..].iter().rfind(is_end)?;
    let piece = Piece::of(flow, cuts[first]..*last, results)?;
    let size: usize = flow.steps[piece.steps.clone()]
        .iter()
        .map(|step| step.size)
        .sum();
    (size > WORTH + piece.call_size()).then_some(piece)
}

struct Outlined<'a> {
    module: &'a Module<'a>,
    cuts: BTreeMap<u32, (Flow<'a>, Vec<Piece>)>,
    /// With those of the pieces, once the section of types is written.
    types: Vec<FuncType>,
    /// The number of the function whose body comes next.
    next: u32,
    /// How many pieces are called so far.
    written: u32,
}

impl Outlined<'_> {
    fn pieces(&self) -> impl Iterator<Item = (u32, &Flow<'_>, &Piece)> {
        let all = self.cuts.iter();
        all.flat_map(|(number, (flow, pieces))| {
            pieces.iter().map(move |piece| (*number, flow, piece))
        })
    }

    fn signature(&self, flow: &Flow, piece: &Piece) -> usize {
        let signature = piece.signature(flow);
        let known = self.types.iter().position(|each| *each == signature);
        known.unwrap_or(self.types.len())
    }
}

impl Reencode for Outlined<'_> {
    type Error = &'static str;

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Result<(), Failure> {
        utils::parse_type_section(self, types, section)?;
        let wanted: Vec<FuncType> = self
            .pieces()
            .map(|(_, flow, piece)| piece.signature(flow))
            .collect();
        for signature in wanted {
            if !self.types.contains(&signature) {
                types.ty().func_type(&self.func_type(signature.clone())?);
                self.types.push(signature);
            }
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Failure> {
        utils::parse_function_section(self, functions, section)?;
        for (_, flow, piece) in self.pieces() {
            functions.function(self.signature(flow, piece) as u32);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Result<(), Failure> {
        utils::parse_code_section(self, code, section)?;
        for (_, flow, piece) in self.pieces() {
            code.function(&pieces::body(flow, piece)?);
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Failure> {
        let number = self.next;
        self.next += 1;
        let function = self.new_function_with_parsed_locals(&body)?;
        let Some((flow, pieces)) = self.cuts.get(&number) else {
            return utils::parse_function_body(self, code, body);
        };
        let first = self.module.functions.len() as u32 + self.written;
        self.written += pieces.len() as u32;
        code.function(&pieces::rest(flow, pieces, first, function)?);
        Ok(())
    }

    /// Only the names of functions.
    fn parse_custom_section(
        &mut self,
        written: &mut wasm_encoder::Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Failure> {
        if section.name() == "name" {
            let names = self
                .module
                .functions
                .iter()
                .map(|each| each.name.to_owned());
            let pieces = self.pieces().zip(0..).map(|((number, ..), order)| {
                format!(
                    "{}{PIECE}{order}",
                    self.module.functions[number as usize].name
                )
            });
            let named = (0..).zip(names.chain(pieces));
            written.section(&sections::function_names(named));
        }
        Ok(())
    }
}
