//! The traces that were published with ARC (N. Megiddo, D. S. Modha, "ARC: a self-tuning, low overhead
//! replacement cache", FAST 2003): four numbers a line, of which the first two are the first block of
//! a run and how many blocks it has. The third is to be ignored and the fourth is the request's number.
//! Each block of the run is requested, one after another.

use super::super::bad::{BadTrace, Place, quoted};
use super::super::builder::Builder;
use super::super::key_names::Name;
use super::super::record::{Access, Lifetime, Record, SPACING};
use super::lines::{Lines, ReadLine};
use super::{Format, Sample};
use cache::units::Micros;
use std::ops::Range;

pub(super) const FORMAT: Format = Format {
    name: "lis",
    title: "ARC's .lis",
    recognise: |beginning| numbers(beginning.lines[0]).is_some(),
    parser: |start| Box::new(Lines::new(start, Lis::default())),
    sample: Sample {
        file: b"10 3 0 0\n12 2 0 1\n",
        requests: 5,
    },
};

/// The size of a block, as the traces' authors state it.
const BLOCK_BYTES: u32 = 512;

#[derive(Default)]
struct Lis {
    /// The blocks of the current line that are still to be requested, if it has been begun. A short line
    /// can have millions, more than a slice may take.
    left: Option<Range<u64>>,
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

/// The blocks of a line; none if it is empty.
fn blocks(place: Place, line: &[u8]) -> Result<Range<u64>, BadTrace> {
    if line.is_empty() {
        return Ok(0..0);
    }
    let expected = "four whole numbers, the first block, how many, and two more";
    let Some([start, count, _, _]) = numbers(line) else {
        return Err(place.bad(expected, quoted(line)));
    };
    match start.checked_add(count) {
        Some(end) => Ok(start..end),
        None => Err(place.bad("blocks with numbers below 2^64", quoted(line))),
    }
}

impl ReadLine for Lis {
    fn line(&mut self, place: Place, line: &[u8], builder: &mut Builder) -> Result<bool, BadTrace> {
        let mut left = match self.left.take() {
            Some(left) => left,
            None => blocks(place, line.trim_ascii())?,
        };
        while !left.is_empty() {
            if builder.is_spent() {
                self.left = Some(left);
                return Ok(false);
            }
            let block = left.start;
            left.start += 1;
            let record = Record {
                at: Micros(builder.records.len() as u64 * SPACING.0),
                access: Access::Read,
                key: builder.keys.number(Name::Number(block)),
                size_bytes: BLOCK_BYTES,
                lifetime: Lifetime::Unsaid,
            };
            builder.push(place, record)?;
        }
        Ok(true)
    }
}
