//! What has to be known of a WebAssembly module to part it: who calls whom, and what lies where.

use super::Failure;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasmparser::{
    CompositeInnerType, ConstExpr, DataKind, ElementItems, ElementKind, ExternalKind, FuncType,
    FunctionBody, GlobalType, KnownCustom, MemArg, MemoryType, Name, Operator, Parser, Payload,
    TableType, TypeRef,
};

/// A module as far as parting it goes. Every list stands in the order of the module's own numbers,
/// with what is imported first.
#[derive(Default)]
pub struct Module<'a> {
    pub types: Vec<FuncType>,
    pub functions: Vec<Function<'a>>,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<GlobalType>,
    /// Everything exported, by its name.
    pub exports: BTreeMap<&'a str, (ExternalKind, u32)>,
    pub start: Option<u32>,
    /// The names of everything imported.
    pub imports: BTreeSet<&'a str>,
    /// The functions in tables: where each lies, as table and slot.
    pub slots: BTreeMap<(u32, u32), u32>,
    /// What lies in memory from the start, by its address.
    pub data: Vec<(u32, &'a [u8])>,
}

/// One function.
pub struct Function<'a> {
    /// The number of its type.
    pub signature: u32,
    /// Nothing, if it is imported.
    pub body: Option<FunctionBody<'a>>,
    /// As the linker knows it.
    pub name: &'a str,
    pub uses: Uses,
}

/// The numbers of what a function's body names.
#[derive(Default)]
pub struct Uses {
    pub functions: BTreeSet<u32>,
    pub tables: BTreeSet<u32>,
    pub globals: BTreeSet<u32>,
    /// Those that may be addresses or slots of a table.
    pub numbers: BTreeSet<u32>,
}

impl<'a> Module<'a> {
    /// Reads a module.
    pub fn read(code: &'a [u8]) -> Result<Self, Failure> {
        let mut module = Self::default();
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(code) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        for each in group?.into_types() {
                            let CompositeInnerType::Func(function) = each.composite_type.inner
                            else {
                                return Err(Error::UserError(
                                    "It has types that are not functions'.",
                                ));
                            };
                            module.types.push(function);
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        module.imports.insert(import.name);
                        match import.ty {
                            TypeRef::Func(signature) => module.add(signature),
                            TypeRef::Table(table) => module.tables.push(table),
                            TypeRef::Memory(memory) => module.memories.push(memory),
                            TypeRef::Global(global) => module.globals.push(global),
                            _ => {
                                return Err(Error::UserError("It imports what is not known here."));
                            }
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for signature in section {
                        module.add(signature?);
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        module.tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        module.memories.push(memory?);
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        module.globals.push(global?.ty);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        module
                            .exports
                            .insert(export.name, (export.kind, export.index));
                    }
                }
                Payload::StartSection { func, .. } => module.start = Some(func),
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        module.place(element.kind, element.items)?;
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                Payload::DataSection(section) => {
                    for datum in section {
                        let datum = datum?;
                        module.data.push((address(&datum.kind)?, datum.data));
                    }
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        module.name(names)?;
                    }
                }
                _ => {}
            }
        }
        let defined = module.functions.len() - bodies.len();
        for (function, body) in module.functions[defined..].iter_mut().zip(bodies) {
            function.uses = Uses::of(&body)?;
            function.body = Some(body);
        }
        Ok(module)
    }

    /// How many functions are imported: the numbers of the others follow.
    pub fn imported(&self) -> u32 {
        let imported = self.functions.iter().take_while(|each| each.body.is_none());
        imported.count() as u32
    }

    fn add(&mut self, signature: u32) {
        self.functions.push(Function {
            signature,
            body: None,
            name: "",
            uses: Uses::default(),
        });
    }

    /// Notes the functions that an element segment puts into a table.
    fn place(&mut self, kind: ElementKind<'a>, items: ElementItems<'a>) -> Result<(), Failure> {
        let ElementKind::Active {
            table_index,
            offset_expr,
        } = kind
        else {
            return Err(Error::UserError(
                "It has element segments that nothing puts in place.",
            ));
        };
        let offset = fixed(&offset_expr)?;
        let ElementItems::Functions(functions) = items else {
            return Err(Error::UserError(
                "It has element segments that are not lists of functions.",
            ));
        };
        for (slot, function) in (offset..).zip(functions) {
            self.slots
                .insert((table_index.unwrap_or(0), slot), function?);
        }
        Ok(())
    }

    fn name(&mut self, names: wasmparser::NameSectionReader<'a>) -> Result<(), Failure> {
        for section in names {
            if let Name::Function(map) = section? {
                for naming in map {
                    let naming = naming?;
                    if let Some(function) = self.functions.get_mut(naming.index as usize) {
                        function.name = naming.name;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The address of a segment of the data.
pub fn address(kind: &DataKind) -> Result<u32, Failure> {
    match kind {
        DataKind::Active { offset_expr, .. } => fixed(offset_expr),
        DataKind::Passive => Err(Error::UserError("It has data that nothing puts in place.")),
    }
}

/// The number that an expression gives.
fn fixed(expression: &ConstExpr) -> Result<u32, Failure> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value as u32),
        _ => Err(Error::UserError("It has a place that is not fixed.")),
    }
}

impl<'a> Function<'a> {
    /// Its body.
    pub fn bytes(&self) -> &'a [u8] {
        self.body.as_ref().map_or(&[], |body| body.as_bytes())
    }

    /// How many bytes its body has.
    pub fn size(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.range().len())
    }
}

impl Uses {
    fn of(body: &FunctionBody) -> Result<Self, Failure> {
        let mut uses = Self::default();
        uses.parse_function_body(&mut wasm_encoder::CodeSection::new(), body.clone())?;
        Ok(uses)
    }
}

/// Notes every number that comes by while a body is written anew.
impl Reencode for Uses {
    type Error = &'static str;

    fn function_index(&mut self, number: u32) -> Result<u32, Failure> {
        self.functions.insert(number);
        Ok(number)
    }

    fn table_index(&mut self, number: u32) -> Result<u32, Failure> {
        self.tables.insert(number);
        Ok(number)
    }

    fn global_index(&mut self, number: u32) -> Result<u32, Failure> {
        self.globals.insert(number);
        Ok(number)
    }

    fn mem_arg(&mut self, place: MemArg) -> Result<wasm_encoder::MemArg, Failure> {
        self.numbers.insert(place.offset as u32);
        utils::mem_arg(self, place)
    }

    fn instruction<'a>(
        &mut self,
        operator: Operator<'a>,
    ) -> Result<wasm_encoder::Instruction<'a>, Failure> {
        if let Operator::I32Const { value } = operator {
            self.numbers.insert(value as u32);
        }
        utils::instruction(self, operator)
    }
}
