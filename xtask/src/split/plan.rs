//! Which function goes into which part.

use super::module::Module;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::ExternalKind;

/// What is hardly larger than a stub, in bytes, stays in the first part. Of such functions several are
/// often one and the same to the compiler, under the name of any of them.
const SMALL: usize = 100;

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
    /// What the second part uses of the first.
    pub shared_functions: BTreeSet<u32>,
    pub shared_globals: BTreeSet<u32>,
    pub shared_tables: BTreeSet<u32>,
}

impl Plan {
    /// Parts the module: `is_later` says of a function's name whether the list names it. `table` is
    /// the one that functions lie in, and `load` the function that loads the second part.
    pub fn make(module: &Module, table: u32, load: u32, is_later: impl Fn(&str) -> bool) -> Self {
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
        let mut plan = Self::default();
        let exported = module.exports.values();
        let exported = exported
            .filter(|(kind, _)| *kind == ExternalKind::Func)
            .map(|(_, number)| *number);
        let mut waiting: Vec<u32> = exported.chain(module.start).collect();
        waiting.extend(module.slots.values());
        let mut cut = BTreeSet::new();
        while let Some(number) = waiting.pop() {
            if named[number as usize] {
                cut.insert(number);
            } else if plan.first.insert(number) {
                waiting.extend(&module.functions[number as usize].uses.functions);
            }
        }
        let all = module.functions.iter().zip(0..);
        for (_, number) in all.clone().filter(|(function, _)| function.body.is_none()) {
            plan.first.insert(number);
        }
        plan.later = all
            .map(|(_, number)| number)
            .filter(|number| !plan.first.contains(number))
            .collect();
        // One slot each, and where it lies in the table already, that one: what comes later then takes
        // the place of its stub. In any further slot the stub stays, and works.
        let mut next = module.tables[table as usize].initial as u32;
        for (&(of, slot), &number) in &module.slots {
            if of == table && cut.contains(&number) {
                plan.called.insert(number, slot);
            }
        }
        for number in cut {
            plan.called.entry(number).or_insert_with(|| {
                next += 1;
                next - 1
            });
        }
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
}
