//! From a file's bytes to a trace: one key a line, or CSV with a header.
//!
//! The CSV columns are `time` (seconds), `key`, `op` (read or write, or a command of the engines that
//! does one of the two), `size` (bytes) and `ttl` (seconds); only `key` is required.

use super::{Record, Trace};
use crate::scenario::{KEY_BYTES_MAX, KeyTable, TIME_MAX_US, valid_key};
use crate::sim::Operation;
use crate::units::{Key, Micros};
use std::fmt;

/// The most requests that are read.
const RECORDS_MAX: usize = 5_000_000;

/// How far apart the requests of a file without times are.
const SPACING: Micros = Micros(1_000_000);

/// The columns a header can name.
const COLUMNS: [&str; 5] = ["time", "key", "op", "size", "ttl"];

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
    let first_end = bytes.iter().position(|&byte| byte == b'\n');
    let first = &bytes[..first_end.unwrap_or(bytes.len())];
    let mut builder = Builder::default();
    let timed = if first.contains(&b',') || first.trim_ascii().eq_ignore_ascii_case(b"key") {
        read_csv(bytes, &mut builder)?
    } else {
        read_keys(bytes, &mut builder)?;
        false
    };
    if builder.records.is_empty() {
        let expected = "at least one request";
        return Err(bad(1, expected, "the end of the file".to_owned()));
    }
    Ok(Trace {
        name: name.to_owned(),
        keys: builder.keys.into_names(),
        records: builder.records,
        timed,
    })
}

fn read_keys(bytes: &[u8], builder: &mut Builder) -> Result<(), BadTrace> {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    for (i, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line_number = i as u64 + 1;
        let key = line.strip_suffix(b"\r").unwrap_or(line);
        if key.is_empty() && builder.records.is_empty() && text.is_empty() {
            return Ok(());
        }
        if key.contains(&b',') {
            let expected =
                "one key a line (a CSV file begins with a header that names its columns)";
            return Err(bad(line_number, expected, quoted(key)));
        }
        let key = builder.key(line_number, key)?;
        let at = Micros(i as u64 * SPACING.0);
        builder.push(line_number, at, Operation::Read, key, None)?;
    }
    Ok(())
}

/// Gives whether the file has times.
fn read_csv(bytes: &[u8], builder: &mut Builder) -> Result<bool, BadTrace> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut next = |record: &mut csv::ByteRecord| {
        // Reading from memory cannot fail, and ragged rows are allowed here and refused below.
        let more = reader.read_byte_record(record).unwrap_or(false);
        more.then(|| record.position().map_or(0, csv::Position::line))
    };
    next(&mut record);
    let columns = Columns::read(&record)?;
    let mut clock = Clock::default();
    while let Some(line) = next(&mut record) {
        if record.len() != columns.count {
            let expected = format!("{} fields, as in the header", columns.count);
            return Err(bad(line, &expected, record.len().to_string()));
        }
        let field = |column: usize| columns.places[column].map(|place| &record[place]);
        let at = match field(0) {
            Some(time) => clock.read(line, time)?,
            None => Micros(builder.records.len() as u64 * SPACING.0),
        };
        let key = builder.key(line, field(1).unwrap_or_default())?;
        let operation = match field(2) {
            Some(op) => operation(op)
                .ok_or_else(|| bad(line, "op to be read or write (or get, set …)", quoted(op)))?,
            None => Operation::Read,
        };
        if let Some(size) = field(3)
            && !size.is_empty()
            && whole(size).is_none()
        {
            return Err(bad(line, "size in whole bytes", quoted(size)));
        }
        let ttl = match field(4) {
            None | Some(b"") => None,
            Some(ttl) => {
                let expected = "ttl in seconds, such as 300, or 0 for none";
                let ttl_us = seconds(ttl).ok_or_else(|| bad(line, expected, quoted(ttl)))?;
                Some(Micros(ttl_us)).filter(|ttl| *ttl != Micros::ZERO)
            }
        };
        builder.push(line, at, operation, key, ttl)?;
    }
    Ok(columns.places[0].is_some())
}

/// Turns a file's times into times from its first request.
#[derive(Default)]
struct Clock {
    first_us: Option<u64>,
    last_us: u64,
}

impl Clock {
    fn read(&mut self, line: u64, text: &[u8]) -> Result<Micros, BadTrace> {
        let expected = "time in seconds, such as 12 or 12.5";
        let time_us = seconds(text).ok_or_else(|| bad(line, expected, quoted(text)))?;
        if time_us < self.last_us {
            let expected = "time not to go back";
            return Err(bad(
                line,
                expected,
                format!("{} after a later one", quoted(text)),
            ));
        }
        self.last_us = time_us;
        Ok(Micros(time_us - *self.first_us.get_or_insert(time_us)))
    }
}

/// Where each of [`COLUMNS`] stands in a record.
struct Columns {
    places: [Option<usize>; COLUMNS.len()],
    count: usize,
}

impl Columns {
    fn read(header: &csv::ByteRecord) -> Result<Columns, BadTrace> {
        let expected = || {
            format!(
                "a header of columns among {}, each once",
                COLUMNS.join(", ")
            )
        };
        let mut places = [None; COLUMNS.len()];
        for (place, name) in header.iter().enumerate() {
            let column = COLUMNS
                .iter()
                .position(|column| name.eq_ignore_ascii_case(column.as_bytes()))
                .filter(|&column| places[column].is_none())
                .ok_or_else(|| bad(1, &expected(), quoted(name)))?;
            places[column] = Some(place);
        }
        if places[1].is_none() {
            return Err(bad(
                1,
                "a column named key in the header",
                "none".to_owned(),
            ));
        }
        Ok(Columns {
            places,
            count: header.len(),
        })
    }
}

fn operation(text: &[u8]) -> Option<Operation> {
    let text = text.to_ascii_lowercase();
    match text.as_slice() {
        b"read" | b"get" | b"gets" | b"r" => Some(Operation::Read),
        b"write" | b"set" | b"add" | b"replace" | b"cas" | b"append" | b"prepend" | b"incr"
        | b"decr" | b"put" | b"update" | b"w" => Some(Operation::Write),
        _ => None,
    }
}

fn whole(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Seconds with up to six decimals, as whole microseconds.
fn seconds(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let whole_us = whole.parse::<u64>().ok()?.checked_mul(1_000_000)?;
    whole_us.checked_add(micros.parse().ok()?)
}

fn bad(line: u64, expected: &str, found: String) -> BadTrace {
    BadTrace {
        line,
        expected: expected.to_owned(),
        found,
    }
}

/// A piece of the file as it can be shown in a sentence.
fn quoted(bytes: &[u8]) -> String {
    const CHARS_MAX: usize = 40;
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    let text = String::from_utf8_lossy(bytes);
    let shown: String = text.chars().take(CHARS_MAX).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}

#[derive(Default)]
struct Builder {
    keys: KeyTable,
    records: Vec<Record>,
}

impl Builder {
    fn key(&mut self, line: u64, bytes: &[u8]) -> Result<Key, BadTrace> {
        let name = std::str::from_utf8(bytes)
            .ok()
            .filter(|name| valid_key(name));
        let Some(name) = name else {
            let expected = format!("a key of 1 to {KEY_BYTES_MAX} bytes without spaces");
            return Err(bad(line, &expected, quoted(bytes)));
        };
        Ok(self.keys.number(name))
    }

    fn push(
        &mut self,
        line: u64,
        at: Micros,
        operation: Operation,
        key: Key,
        ttl: Option<Micros>,
    ) -> Result<(), BadTrace> {
        let longest = at.0.max(ttl.map_or(0, |ttl| ttl.0));
        if longest > TIME_MAX_US {
            let expected = "times and ttl within 30 years of the first request";
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
