//! Reads trace files in pieces and slices.

use trace::{BadTrace, Reader, Trace};

/// What comes of a file: the trace or the error, and what a reader that failed had read before.
pub type Outcome = (Result<Trace, BadTrace>, Option<Trace>);

/// Reads a file whose bytes arrive in pieces of these sizes, in slices of these budgets, both over and over.
/// Calls `look` after each slice.
pub fn read_in_slices(
    file: &[u8],
    sizes: &[usize],
    budgets: &[u64],
    mut look: impl FnMut(&Reader),
) -> Outcome {
    let mut sizes = sizes.iter().cycle().copied();
    let mut budgets = budgets.iter().cycle().copied();
    let mut budget = || budgets.next().unwrap_or(u64::MAX);
    let mut read = |reader: &mut Reader| {
        let mut rest = file;
        while !rest.is_empty() {
            let size = sizes.next().unwrap_or(1).clamp(1, rest.len());
            rest = &rest[reader.push_slice(&rest[..size], budget())?..];
            look(reader);
        }
        loop {
            if let Some(trace) = reader.finish_slice(budget())? {
                return Ok(trace);
            }
            look(reader);
        }
    };
    let mut reader = Reader::new("test");
    let result = read(&mut reader);
    (result, reader.so_far())
}
