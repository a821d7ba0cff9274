//! Traces as CSV with a header.
//!
//! The columns are `time` (seconds), `key`, `op` (read or write, or a command of the engines that does
//! one of the two), `size` (bytes; checked, and not used yet) and `ttl` (seconds); only `key` is
//! required. Other columns are passed over and named in the trace.

use super::reader::{BadTrace, Builder, SPACING, bad, quoted};
use crate::sim::{Operation, OwnTtl};
use crate::units::Micros;

/// The columns that mean something.
const COLUMNS: [&str; 5] = ["time", "key", "op", "size", "ttl"];

/// What a table says beside its requests.
pub(super) struct Table {
    pub(super) timed: bool,
    pub(super) unused_columns: Vec<String>,
}

/// Reads the requests of a table into `builder`.
pub(super) fn read(bytes: &[u8], builder: &mut Builder) -> Result<Table, BadTrace> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut lines = Lines {
        bytes,
        at: 0,
        line: 1,
    };
    let mut record = csv::ByteRecord::new();
    let mut next = |record: &mut csv::ByteRecord| {
        // Reading from memory cannot fail, and ragged rows are allowed here and refused below.
        let more = reader.read_byte_record(record).unwrap_or(false);
        more.then(|| lines.of(record.position().map_or(0, csv::Position::byte)))
    };
    let line = next(&mut record).unwrap_or(1);
    let columns = Columns::read(line, &record)?;
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
            Some(op) => operation(op).ok_or_else(|| {
                bad(
                    line,
                    "op to be read or write (or get, set, delete …)",
                    quoted(op),
                )
            })?,
            None => Operation::Read,
        };
        check_size(line, field(3).unwrap_or_default())?;
        let ttl = own_ttl(line, field(4).unwrap_or_default())?;
        builder.push(line, at, operation, key, ttl)?;
    }
    Ok(Table {
        timed: columns.places[0].is_some(),
        unused_columns: columns.unused,
    })
}

/// Counts lines as people do: the reader's own count leaves out blank lines and is one behind where
/// lines end in CR LF.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the record begins whose position is `byte`, which must not go back.
    fn of(&mut self, byte: u64) -> u64 {
        let rest = &self.bytes[byte as usize..];
        let blank = rest
            .iter()
            .take_while(|byte| b"\r\n".contains(byte))
            .count();
        let begin = byte as usize + blank;
        let passed = &self.bytes[self.at..begin];
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.at = begin;
        self.line
    }
}

/// Turns a file's times into times from its first request.
#[derive(Default)]
struct Clock {
    first_us: Option<u64>,
    last_us: u64,
}

impl Clock {
    fn read(&mut self, line: u64, text: &[u8]) -> Result<Micros, BadTrace> {
        let expected = "time in seconds, such as 12 or 12.5, with at most six decimals";
        let time_us = seconds(text).ok_or_else(|| bad(line, expected, quoted(text)))?;
        if time_us < self.last_us {
            let found = format!("{} after a later one", quoted(text));
            return Err(bad(line, "time not to go back", found));
        }
        self.last_us = time_us;
        Ok(Micros(time_us - *self.first_us.get_or_insert(time_us)))
    }
}

/// Where each of [`COLUMNS`] stands in a record.
struct Columns {
    places: [Option<usize>; COLUMNS.len()],
    count: usize,
    unused: Vec<String>,
}

impl Columns {
    fn read(line: u64, header: &csv::ByteRecord) -> Result<Columns, BadTrace> {
        let mut places = [None; COLUMNS.len()];
        let mut unused = vec!["size".to_owned()];
        for (place, name) in header.iter().enumerate() {
            let is = |column: &&str| name.eq_ignore_ascii_case(column.as_bytes());
            match COLUMNS.iter().position(is) {
                None => unused.push(quoted(name)),
                Some(column) if places[column].is_some() => {
                    return Err(bad(line, "each column once in the header", quoted(name)));
                }
                Some(column) => places[column] = Some(place),
            }
        }
        if places[1].is_none() {
            let columns = COLUMNS.join(", ");
            let expected = format!("a header with a column key (columns are {columns})");
            let first: Vec<&[u8]> = header.iter().take(3).collect();
            return Err(bad(line, &expected, quoted(&first.join(&b','))));
        }
        if places[3].is_none() {
            unused.remove(0);
        }
        Ok(Columns {
            places,
            count: header.len(),
            unused,
        })
    }
}

/// Every command that changes a key counts as a write of its row.
fn operation(text: &[u8]) -> Option<Operation> {
    let text = text.to_ascii_lowercase();
    match text.as_slice() {
        b"read" | b"get" | b"gets" | b"r" => Some(Operation::Read),
        b"write" | b"set" | b"add" | b"replace" | b"cas" | b"append" | b"prepend" | b"incr"
        | b"decr" | b"put" | b"update" | b"delete" | b"w" => Some(Operation::Write),
        _ => None,
    }
}

fn check_size(line: u64, text: &[u8]) -> Result<(), BadTrace> {
    let whole = std::str::from_utf8(text).is_ok_and(|text| text.parse::<u64>().is_ok());
    match text.is_empty() || whole {
        true => Ok(()),
        false => Err(bad(line, "size in whole bytes", quoted(text))),
    }
}

fn own_ttl(line: u64, text: &[u8]) -> Result<OwnTtl, BadTrace> {
    if text.is_empty() {
        return Ok(OwnTtl::Unsaid);
    }
    let expected = "ttl in seconds, such as 300, or 0 for none";
    let ttl_us = seconds(text).ok_or_else(|| bad(line, expected, quoted(text)))?;
    Ok(OwnTtl::from_us(Some(ttl_us)))
}

/// Seconds with up to six decimals, as whole microseconds.
fn seconds(text: &[u8]) -> Option<u64> {
    const DECIMALS: usize = 6;
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > DECIMALS {
        return None;
    }
    let micros: String = fraction
        .chars()
        .chain("000000".chars())
        .take(DECIMALS)
        .collect();
    let whole_us = whole.parse::<u64>().ok()?.checked_mul(1_000_000)?;
    whole_us.checked_add(micros.parse().ok()?)
}
