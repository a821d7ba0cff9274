//! Which function and which constant goes into which part.

use super::{
    module::Module,
    outline,
    references::{Named, References},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use wasmparser::ExternalKind;

/// What is hardly larger than a stub, in bytes, stays in the first part. Of such functions several are
/// often one and the same to the compiler, under the name of any of them.
pub const SMALL: usize = 24;

/// What the two parts consist of, by the numbers of the whole.
#[derive(Default)]
pub struct Plan {
    /// The functions of the first part, and all that is imported.
    pub first: BTreeSet<u32>,
    /// The functions of the second part that the first may call, each with its slot of the table.
    pub called: BTreeMap<u32, u32>,
    /// The functions of the second part. What nothing calls is in it and costs nothing: the optimiser
    /// drops it.
    pub later: BTreeSet<u32>,
    /// What lies in the table in the first part: functions of its own, and stubs.
    pub first_slots: BTreeMap<u32, u32>,
    /// What the second part puts into the table.
    pub later_slots: BTreeMap<u32, u32>,
    /// The addresses of the constants that only the second part knows.
    pub later_data: Vec<Range<u32>>,
    /// What the second part uses of the first.
    pub shared_functions: BTreeSet<u32>,
    pub shared_globals: BTreeSet<u32>,
    pub shared_tables: BTreeSet<u32>,
}

/// The search for what the first part needs.
struct Search<'a> {
    module: &'a Module<'a>,
    references: &'a References<'a>,
    /// The functions of each name. Hardly ever there are two.
    numbers: BTreeMap<&'a str, Vec<u32>>,
    /// Whether a function is to come later.
    named: Vec<bool>,
    first: BTreeSet<u32>,
    cut: BTreeSet<u32>,
    constants: BTreeSet<usize>,
    /// The functions whose slot the first part knows.
    placed: BTreeSet<u32>,
}

impl Search<'_> {
    /// Adds a function that the first part calls, and what that takes.
    fn add(&mut self, number: u32) {
        let mut waiting = vec![number];
        while let Some(number) = waiting.pop() {
            if self.named[number as usize] {
                self.cut.insert(number);
            } else if self.first.insert(number) {
                let function = &self.module.functions[number as usize];
                waiting.extend(&function.uses.functions);
                let all = self.references.functions.get(outline::owner(function.name));
                for (number, named) in all.into_iter().flatten() {
                    // Of what was one function, each piece refers to what stands in it.
                    if function.uses.numbers.contains(number) {
                        self.refer(named, &mut waiting);
                    }
                }
            }
        }
    }

    /// Adds what something in the first part refers to.
    fn refer(&mut self, named: &Named, waiting: &mut Vec<u32>) {
        let mut constants: Vec<usize> = named.constants.iter().copied().collect();
        self.place(named, waiting);
        while let Some(number) = constants.pop() {
            if self.constants.insert(number) {
                let named = &self.references.constants[number].names;
                constants.extend(&named.constants);
                self.place(named, waiting);
            }
        }
    }

    fn place(&mut self, named: &Named, waiting: &mut Vec<u32>) {
        for name in &named.functions {
            for number in self.numbers.get(name).into_iter().flatten() {
                self.placed.insert(*number);
                waiting.push(*number);
            }
        }
    }
}

impl Plan {
    /// Parts the module: `is_later` says of a function's name whether it is to come later. `table` is
    /// the one that functions lie in, and `load` the function that loads the second part. Without
    /// `references` all constants, and all that lies in the table, are the first part's.
    pub fn make(
        module: &Module,
        references: Option<&References>,
        table: u32,
        load: u32,
        is_later: impl Fn(&str) -> bool,
    ) -> Self {
        let mut named: Vec<bool> = module
            .functions
            .iter()
            .map(|function| function.size() > SMALL && is_later(function.name))
            .collect();
        // It cannot load itself, nor what it calls.
        named[load as usize] = false;
        for number in &module.functions[load as usize].uses.functions {
            named[*number as usize] = false;
        }
        let mut numbers: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (function, number) in module.functions.iter().zip(0..) {
            numbers.entry(function.name).or_default().push(number);
        }
        let none = References::default();
        let mut search = Search {
            module,
            references: references.unwrap_or(&none),
            numbers,
            named,
            first: BTreeSet::new(),
            cut: BTreeSet::new(),
            constants: BTreeSet::new(),
            placed: BTreeSet::new(),
        };
        let exported = module.exports.values();
        let exported = exported.filter(|(kind, _)| *kind == ExternalKind::Func);
        for number in exported.map(|(_, number)| *number).chain(module.start) {
            search.add(number);
        }
        let slots = module.slots.iter().filter(|((of, _), _)| *of == table);
        let slots: BTreeMap<u32, u32> = slots.map(|((_, slot), number)| (*slot, *number)).collect();
        if references.is_none() {
            for number in slots.values() {
                search.placed.insert(*number);
                search.add(*number);
            }
        }
        let (first, cut) = (search.first, search.cut);
        let mut plan = Self {
            first,
            ..Self::default()
        };
        plan.part_data(search.references, &search.constants);
        let all = module.functions.iter().zip(0..);
        for (_, number) in all.clone().filter(|(function, _)| function.body.is_none()) {
            plan.first.insert(number);
        }
        plan.later = all
            .map(|(_, number)| number)
            .filter(|number| !plan.first.contains(number))
            .collect();
        plan.part_table(
            &slots,
            &cut,
            &search.placed,
            module.tables[table as usize].initial as u32,
        );
        for number in &plan.later {
            let uses = &module.functions[*number as usize].uses;
            plan.shared_functions
                .extend(uses.functions.intersection(&plan.first));
            plan.shared_globals.extend(&uses.globals);
            plan.shared_tables.extend(&uses.tables);
        }
        plan.shared_tables.insert(table);
        plan
    }

    /// Constants that never change and that nothing of the first part knows come later.
    fn part_data(&mut self, references: &References, needed: &BTreeSet<usize>) {
        let mut end = 0;
        for (number, constant) in references.constants.iter().enumerate() {
            // A constant may lie within another.
            let start = constant.place.start.max(end);
            end = end.max(constant.place.end);
            if needed.contains(&number) || !constant.fixed {
                // What lies within a later one and is needed itself takes all of it along.
                while let Some(last) = self.later_data.last()
                    && last.end > constant.place.start
                {
                    self.later_data.pop();
                }
            } else if start < end {
                match self.later_data.last_mut() {
                    Some(last) if last.end == start => last.end = end,
                    _ => self.later_data.push(start..end),
                }
            }
        }
    }

    /// One slot for each function that the first part calls of the second, and where it lies in the table
    /// already, that one: what comes later then takes the place of its stub. In any further slot the stub
    /// stays, and works. What lies in the table and nothing in the first part can know comes later.
    fn part_table(
        &mut self,
        slots: &BTreeMap<u32, u32>,
        cut: &BTreeSet<u32>,
        placed: &BTreeSet<u32>,
        size: u32,
    ) {
        for (slot, number) in slots {
            if self.first.contains(number) || placed.contains(number) {
                self.first_slots.insert(*slot, *number);
                if cut.contains(number) {
                    self.called.insert(*number, *slot);
                }
            } else {
                self.later_slots.insert(*slot, *number);
                if cut.contains(number) {
                    self.called.insert(*number, *slot);
                }
            }
        }
        let mut next = size;
        for number in cut {
            self.called.entry(*number).or_insert_with(|| {
                next += 1;
                next - 1
            });
        }
        let called = self.called.iter().map(|(number, slot)| (*slot, *number));
        self.later_slots.extend(called);
    }
}
