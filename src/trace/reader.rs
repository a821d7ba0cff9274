//! From a file's bytes to a trace: one key a line, or CSV with a header (`csv_table`).

use super::{Record, Trace, csv_table};
use crate::scenario::{KEY_BYTES_MAX, KeyTable, TIME_MAX_US, valid_key};
use crate::sim::{Operation, OwnTtl};
use crate::units::{Key, Micros};
use std::fmt;

/// The most requests that are read.
const RECORDS_MAX: usize = 5_000_000;

/// How far apart the requests of a file without times are.
pub(super) const SPACING: Micros = Micros(1_000_000);

/// Why a file was not opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadTrace {
    /// The line, from 1.
    pub line: u64,
    /// What was expected there.
    pub expected: String,
    /// What was found instead.
    pub found: String,
}

impl fmt::Display for BadTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BadTrace {
            line,
            expected,
            found,
        } = self;
        write!(f, "Line {line}: expected {expected}, but found {found}.")
    }
}

impl std::error::Error for BadTrace {}

/// Reads a trace.
///
/// # Errors
/// The first line that is not as expected.
pub fn read(name: &str, bytes: &[u8]) -> Result<Trace, BadTrace> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let bytes = bytes.trim_ascii_end();
    let first = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let mut builder = Builder::default();
    let mut trace = Trace {
        name: name.to_owned(),
        keys: Vec::new(),
        records: Vec::new(),
        unused_columns: Vec::new(),
        timed: false,
    };
    if is_header(first)? {
        let table = csv_table::read(bytes, &mut builder)?;
        trace.timed = table.timed;
        trace.unused_columns = table.unused_columns;
    } else if !bytes.is_empty() {
        read_keys(bytes, &mut builder)?;
    }
    if builder.records.is_empty() {
        let expected = "at least one request";
        return Err(bad(1, expected, "the end of the file".to_owned()));
    }
    (trace.keys, trace.records) = (builder.keys.into_names(), builder.records);
    Ok(trace)
}

/// Whether a file's first line is that of a CSV file.
fn is_header(first: &[u8]) -> Result<bool, BadTrace> {
    let is_key = |name: &[u8]| {
        let name = name.trim_ascii();
        let name = name.strip_prefix(b"\"").unwrap_or(name);
        name.strip_suffix(b"\"")
            .unwrap_or(name)
            .eq_ignore_ascii_case(b"key")
    };
    if first.contains(&b',') || is_key(first) {
        return Ok(true);
    }
    if first.split(|byte| b";\t|".contains(byte)).any(is_key) {
        return Err(bad(1, "columns separated by commas", quoted(first)));
    }
    Ok(false)
}

fn read_keys(text: &[u8], builder: &mut Builder) -> Result<(), BadTrace> {
    for (i, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line_number = i as u64 + 1;
        let key = line.strip_suffix(b"\r").unwrap_or(line);
        if key.contains(&b',') {
            let expected =
                "one key a line (a CSV file begins with a header that names its columns)";
            return Err(bad(line_number, expected, quoted(key)));
        }
        let key = builder.key(line_number, key)?;
        let at = Micros(i as u64 * SPACING.0);
        builder.push(line_number, at, Operation::Read, key, OwnTtl::Unsaid)?;
    }
    Ok(())
}

pub(super) fn bad(line: u64, expected: &str, found: String) -> BadTrace {
    BadTrace {
        line,
        expected: expected.to_owned(),
        found,
    }
}

/// A piece of the file as it can be shown in a sentence.
pub(super) fn quoted(bytes: &[u8]) -> String {
    const CHARS_MAX: usize = 40;
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    let text = String::from_utf8_lossy(bytes);
    let shown: String = text.chars().take(CHARS_MAX).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}

/// Collects what is read.
#[derive(Default)]
pub(super) struct Builder {
    keys: KeyTable,
    pub(super) records: Vec<Record>,
}

impl Builder {
    pub(super) fn key(&mut self, line: u64, bytes: &[u8]) -> Result<Key, BadTrace> {
        let name = std::str::from_utf8(bytes)
            .ok()
            .filter(|name| valid_key(name));
        let Some(name) = name else {
            let expected = format!("a key of 1 to {KEY_BYTES_MAX} bytes without spaces");
            return Err(bad(line, &expected, quoted(bytes)));
        };
        Ok(self.keys.number(name))
    }

    pub(super) fn push(
        &mut self,
        line: u64,
        at: Micros,
        operation: Operation,
        key: Key,
        ttl: OwnTtl,
    ) -> Result<(), BadTrace> {
        let longest = at.0.max(ttl.as_us().unwrap_or(0));
        if longest > TIME_MAX_US {
            let expected = "times and ttl within 31 years of the first request";
            return Err(bad(line, expected, format!("{} s", longest / 1_000_000)));
        }
        if self.records.len() == RECORDS_MAX {
            let expected = format!("at most {RECORDS_MAX} requests");
            return Err(bad(line, &expected, "one more".to_owned()));
        }
        self.records.push(Record {
            at,
            operation,
            key,
            ttl,
        });
        Ok(())
    }
}
