//! The traces that were published with ARC (N. Megiddo, D. S. Modha, "ARC: a self-tuning, low overhead
//! replacement cache", FAST 2003): four numbers a line, of which the first two are the first block of
//! a run and how many blocks it has. The third is to be ignored and the fourth is the request's number.
//! Each block of the run is requested, one after another.

use super::super::bad::{BadTrace, Place, quoted};
use super::super::builder::Builder;
use super::super::key_names::Name;
use super::super::record::{Access, Lifetime, Record, SPACING};
use super::lines::ReadLine;
use crate::units::Micros;

/// The size of a block, as the traces' authors state it.
const BLOCK_BYTES: u32 = 512;

pub(super) struct Lis;

/// Whether this may be a line of such a file.
pub(super) fn fits(line: &[u8]) -> bool {
    numbers(line).is_some()
}

/// The four numbers of a line.
fn numbers(line: &[u8]) -> Option<[u64; 4]> {
    let mut fields = line
        .split(u8::is_ascii_whitespace)
        .filter(|field| !field.is_empty());
    let mut numbers = [0; 4];
    for number in &mut numbers {
        let field = fields.next().filter(|field| field[0] != b'+')?;
        *number = std::str::from_utf8(field).ok()?.parse().ok()?;
    }
    fields.next().is_none().then_some(numbers)
}

impl ReadLine for Lis {
    fn line(&mut self, place: Place, line: &[u8], builder: &mut Builder) -> Result<(), BadTrace> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(());
        }
        let expected = "four whole numbers, the first block, how many, and two more";
        let Some([start, count, _, _]) = numbers(line) else {
            return Err(place.bad(expected, quoted(line)));
        };
        let Some(end) = start.checked_add(count) else {
            return Err(place.bad("blocks with numbers below 2^64", quoted(line)));
        };
        for block in start..end {
            let record = Record {
                at: Micros(builder.records.len() as u64 * SPACING.0),
                access: Access::Read,
                key: builder.keys.number(Name::Number(block)),
                size_bytes: BLOCK_BYTES,
                lifetime: Lifetime::Unsaid,
            };
            builder.push(place, record)?;
        }
        Ok(())
    }
}
