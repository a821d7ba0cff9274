//! What the linker knows and the finished module does not tell any more: where one constant ends and the
//! next begins, and who refers to which.
//!
//! The linker writes it into its output (`--emit-relocs`). wasm-bindgen numbers the functions anew, but
//! keeps their names, and keeps every constant at its address.

use super::{
    Failure,
    module::{Module, address},
    outline,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use wasm_encoder::reencode::Error;
use wasmparser::{
    Data, KnownCustom, Linking, Name, Parser, Payload, RelocSectionReader, RelocationType,
    SymbolInfo,
};

/// Who refers to what.
#[derive(Default)]
pub struct References<'a> {
    /// By the names of functions, and by the number in their code that stands for what is referred to: an
    /// address or a slot of the table.
    pub functions: BTreeMap<&'a str, BTreeMap<u32, Named<'a>>>,
    /// In the order of their addresses.
    pub constants: Vec<Constant<'a>>,
}

/// What a function or a constant refers to.
#[derive(Default, Clone)]
pub struct Named<'a> {
    /// By their place in [`References::constants`].
    pub constants: BTreeSet<usize>,
    /// Functions whose place in the table it knows, by their names. Calls are not among them.
    pub functions: BTreeSet<&'a str>,
}

/// Something that lies in memory from the start.
pub struct Constant<'a> {
    /// Its addresses.
    pub place: Range<u32>,
    /// Whether it never changes.
    pub fixed: bool,
    /// What it refers to.
    pub names: Named<'a>,
}

/// What lies at an offset of the code or of the data, and what is written there.
struct Mark {
    offset: usize,
    kind: RelocationType,
    symbol: usize,
}

/// One line of the linker's table.
enum Symbol {
    Function(u32),
    Constant(Range<u32>, bool),
    Other,
}

/// A segment of the data: its address, and where in the section its bytes are.
struct Segment {
    address: u32,
    bytes: Range<usize>,
}

impl<'a> References<'a> {
    /// Reads them from the linker's output.
    pub fn read(linked: &'a [u8]) -> Result<Self, Failure> {
        let mut found = Linked::default();
        found.read(linked)?;
        Ok(found.join())
    }

    /// A function in which, with its pieces, something is not found that it refers to: were there any, its
    /// constants would be missing in the first part.
    pub fn lost(&self, module: &Module) -> Option<&'a str> {
        let mut numbers: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for function in &module.functions {
            let all = numbers.entry(outline::owner(function.name)).or_default();
            all.extend(&function.uses.numbers);
        }
        let mut functions = self.functions.iter();
        functions.find_map(|(name, all)| {
            let known = numbers.get(name)?;
            all.keys()
                .any(|number| !known.contains(number))
                .then_some(*name)
        })
    }

    /// The constant at this address.
    fn at(&self, address: u32) -> Option<usize> {
        let after = self
            .constants
            .partition_point(|each| each.place.start <= address);
        after.checked_sub(1)
    }
}

/// What the sections of the linker's output say, before it is joined.
#[derive(Default)]
struct Linked<'a> {
    names: BTreeMap<u32, &'a str>,
    /// Where each function's body is in the code section, and its number.
    bodies: Vec<(Range<usize>, u32)>,
    segments: Vec<Segment>,
    symbols: Vec<Symbol>,
    fixed: Vec<bool>,
    code: &'a [u8],
    in_code: Vec<Mark>,
    in_data: Vec<Mark>,
}

impl<'a> Linked<'a> {
    fn read(&mut self, linked: &'a [u8]) -> Result<(), Failure> {
        let (mut imported, mut code, mut sections) = (0, None, 0);
        let (mut code_section, mut data_section) = (None, None);
        let mut symbols = None;
        for payload in Parser::new(0).parse_all(linked) {
            match payload? {
                Payload::Version { .. } | Payload::End(_) => continue,
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if matches!(import?.ty, wasmparser::TypeRef::Func(_)) {
                            imported += 1;
                        }
                    }
                }
                Payload::CodeSectionStart { range, .. } => {
                    code = Some(range.start);
                    self.code = &linked[range];
                    code_section = Some(sections);
                }
                Payload::CodeSectionEntry(body) => {
                    let start = code.unwrap_or(0);
                    let range = body.range();
                    let number = imported + self.bodies.len() as u32;
                    self.bodies
                        .push((range.start - start..range.end - start, number));
                    continue;
                }
                Payload::DataSection(section) => {
                    data_section = Some(sections);
                    let start = section.range().start;
                    for datum in section {
                        self.segments.push(Segment::of(&datum?, start)?);
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Name(names) => {
                        for part in names {
                            if let Name::Function(map) = part? {
                                for naming in map {
                                    let naming = naming?;
                                    self.names.insert(naming.index, naming.name);
                                }
                            }
                        }
                    }
                    KnownCustom::Linking(linking) => {
                        for part in linking.subsections() {
                            match part? {
                                Linking::SymbolTable(table) => symbols = Some(table),
                                Linking::SegmentInfo(segments) => {
                                    for segment in segments {
                                        let name = segment?.name;
                                        self.fixed.push(name.starts_with(".rodata"));
                                    }
                                }
                                _ => {}
                            }
                        }
                    }
                    KnownCustom::Reloc(marks) => {
                        let section = Some(marks.section_index());
                        if section == code_section {
                            self.in_code = Mark::all(&marks)?;
                        } else if section == data_section {
                            self.in_data = Mark::all(&marks)?;
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
            sections += 1;
        }
        let missing = Error::UserError("The linker's output has no table of symbols.");
        for symbol in symbols.ok_or(missing)? {
            self.symbols.push(match symbol? {
                SymbolInfo::Func { index, .. } => Symbol::Function(index),
                SymbolInfo::Data {
                    symbol: Some(place),
                    ..
                } => {
                    let segment = self.segments.get(place.index as usize);
                    let start = segment.map_or(0, |segment| segment.address) + place.offset;
                    let fixed = self.fixed.get(place.index as usize) == Some(&true);
                    Symbol::Constant(start..start + place.size, fixed)
                }
                _ => Symbol::Other,
            });
        }
        Ok(())
    }

    fn join(self) -> References<'a> {
        let mut places: BTreeMap<u32, (u32, bool)> = BTreeMap::new();
        for symbol in &self.symbols {
            if let Symbol::Constant(place, fixed) = symbol {
                let known = places.entry(place.start).or_insert((place.end, *fixed));
                *known = (known.0.max(place.end), known.1 && *fixed);
            }
        }
        let constants = places.into_iter().map(|(start, (end, fixed))| Constant {
            place: start..end,
            fixed,
            names: Named::default(),
        });
        let mut references = References {
            functions: BTreeMap::new(),
            constants: constants.collect(),
        };
        for mark in &self.in_code {
            let body = self
                .bodies
                .partition_point(|(range, _)| range.end <= mark.offset);
            let Some((range, number)) = self.bodies.get(body) else {
                continue;
            };
            if let (true, Some(name)) = (range.contains(&mark.offset), self.names.get(number)) {
                let number = number_at(self.code, mark.offset);
                let mut named = Named::default();
                self.note(&references, mark, &mut named);
                if !named.is_empty() {
                    let all = references.functions.entry(name).or_default();
                    all.entry(number).or_default().add(named);
                }
            }
        }
        for mark in &self.in_data {
            let segment = self
                .segments
                .iter()
                .find(|segment| segment.bytes.contains(&mark.offset));
            let address =
                segment.map(|each| each.address + (mark.offset - each.bytes.start) as u32);
            if let Some(owner) = address.and_then(|address| references.at(address)) {
                let mut named = std::mem::take(&mut references.constants[owner].names);
                self.note(&references, mark, &mut named);
                references.constants[owner].names = named;
            }
        }
        references
    }

    /// Adds what a mark refers to.
    fn note(&self, references: &References<'a>, mark: &Mark, named: &mut Named<'a>) {
        match self.symbols.get(mark.symbol) {
            Some(Symbol::Constant(place, _)) => {
                named.constants.extend(references.at(place.start));
            }
            Some(Symbol::Function(number)) if mark.kind != RelocationType::FunctionIndexLeb => {
                named.functions.extend(self.names.get(number));
            }
            _ => {}
        }
    }
}

impl<'a> Named<'a> {
    fn is_empty(&self) -> bool {
        self.constants.is_empty() && self.functions.is_empty()
    }

    fn add(&mut self, other: Self) {
        self.constants.extend(other.constants);
        self.functions.extend(other.functions);
    }
}

/// The number that is written here. The linker pads it.
fn number_at(code: &[u8], offset: usize) -> u32 {
    let bytes = code[offset..].iter().zip((0..).step_by(7)).take(5);
    let mut number = 0;
    for (byte, shift) in bytes {
        number |= u32::from(byte & 0x7f).wrapping_shl(shift);
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

impl Mark {
    fn all(section: &RelocSectionReader) -> Result<Vec<Self>, Failure> {
        let marks = section.entries().into_iter().map(|entry| {
            let entry = entry?;
            Ok(Self {
                offset: entry.offset as usize,
                kind: entry.ty,
                // What refers to a type has no symbol.
                symbol: match entry.ty {
                    RelocationType::TypeIndexLeb => usize::MAX,
                    _ => entry.index as usize,
                },
            })
        });
        marks.collect()
    }
}

impl Segment {
    fn of(datum: &Data, section: usize) -> Result<Self, Failure> {
        let end = datum.range.end - section;
        Ok(Self {
            address: address(&datum.kind)?,
            bytes: end - datum.data.len()..end,
        })
    }
}
