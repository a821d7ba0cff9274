//! Putting functions into a table.

use super::Failure;
use std::{borrow::Cow, collections::BTreeMap};
use wasm_encoder::{ConstExpr, ElementSection, Elements};

/// Adds what puts these functions, by slot, into this table; `number` gives each its number.
pub fn place(
    elements: &mut ElementSection,
    table: u32,
    slots: &BTreeMap<u32, u32>,
    number: impl Fn(u32) -> Result<u32, Failure>,
) -> Result<(), Failure> {
    for (offset, run) in runs(slots) {
        let run: Result<Vec<u32>, Failure> = run.into_iter().map(&number).collect();
        elements.active(
            Some(table).filter(|table| *table != 0),
            &ConstExpr::i32_const(offset as i32),
            Elements::Functions(Cow::Owned(run?)),
        );
    }
    Ok(())
}

/// The functions by slot, in runs without a gap.
fn runs(slots: &BTreeMap<u32, u32>) -> Vec<(u32, Vec<u32>)> {
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for (slot, number) in slots {
        match runs.last_mut() {
            Some((offset, run)) if *offset + run.len() as u32 == *slot => run.push(*number),
            _ => runs.push((*slot, vec![*number])),
        }
    }
    runs
}
