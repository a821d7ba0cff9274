//! Traces as CSV with a header.
//!
//! The columns are `time` (seconds), `key`, `op` (read, write or delete, or a command of the engines
//! that does one of these), `size` (bytes of key and value) and `ttl` (seconds); only `key` is required.
//! Other columns are ignored and named in the trace. Quoting is as in RFC 4180.

use super::super::bad::{BadTrace, Place, quoted};
use super::super::builder::Builder;
use super::super::record::{Access, Lifetime, Record, SPACING};
use super::{Format, Parse, Sample};
use cache::units::Micros;
use csv_core::{ReadRecordResult, Reader};

pub(super) const FORMAT: Format = Format {
    name: "csv",
    title: "CSV with a header",
    recognise: |beginning| {
        let header = beginning.lines[0];
        header.contains(&b',') || has_key(header)
    },
    parser: |start| Box::new(Csv::new(start)),
    sample: Sample {
        file: b"time,key,op,size,ttl,cost\n1,a,get,10,,1\n\n2.5,\"b,\"\"x\"\"\",set,20,60,1\r\n3,a,delete,,,1",
        requests: 3,
    },
};

/// The columns that are read.
const COLUMNS: [&str; 5] = ["time", "key", "op", "size", "ttl"];

/// The longest record that is read, in bytes; a power of two.
const RECORD_BYTES_MAX: usize = 64 * 1024;
/// The most columns.
const COLUMNS_MAX: usize = 1000;

struct Csv {
    reader: Reader,
    /// The record that has begun: its fields one after another without quotes, where each of them
    /// ends, and how much of both there is.
    text: Vec<u8>,
    ends: Vec<usize>,
    have: (usize, usize),
    /// Where the record begins, once it has.
    begun: Option<Place>,
    line: u64,
    offset: u64,
    columns: Option<Columns>,
    clock: Clock,
    /// The error of a line of white space, unless it is at the end of the file.
    blank: Option<BadTrace>,
}

impl Csv {
    pub(super) fn new(start: u64) -> Self {
        let mut reader = Reader::new();
        // It would strip a byte order mark from the first bytes that it sees. That has been done, so it
        // first sees an empty line.
        reader.read_record(b"\n", &mut [0], &mut [0]);
        Csv {
            reader,
            text: vec![0; 1024],
            ends: vec![0; COLUMNS_MAX],
            have: (0, 0),
            begun: None,
            line: 1,
            offset: start,
            columns: None,
            clock: Clock::default(),
            blank: None,
        }
    }

    /// Reads a whole record.
    fn record(&mut self, place: Place, builder: &mut Builder) -> Result<(), BadTrace> {
        let (length, count) = std::mem::take(&mut self.have);
        let fields = Fields {
            text: &self.text[..length],
            ends: &self.ends[..count],
        };
        let Some(columns) = &self.columns else {
            self.columns = Some(Columns::read(place, &fields, builder)?);
            return Ok(());
        };
        if let Some(blank) = &self.blank {
            return Err(blank.clone());
        }
        if count != columns.count {
            let expected = format!("{} fields, as in the header", columns.count);
            let bad = place.bad(&expected, count.to_string());
            if length > 0 && count == 1 && fields.get(0).is_empty() {
                self.blank = Some(bad);
                return Ok(());
            }
            return Err(bad);
        }
        let field = |column: usize| columns.places[column].map(|place| fields.get(place));
        let at = match field(0) {
            Some(time) => self.clock.read(place, time)?,
            None => Micros(builder.records.len() as u64 * SPACING.0),
        };
        let key = builder.key(place, field(1).unwrap_or_default())?;
        let access = match field(2) {
            Some(op) => access(op).ok_or_else(|| {
                let expected = "op to be read or write (or get, set, delete …)";
                place.bad(expected, quoted(op))
            })?,
            None => Access::Read,
        };
        let record = Record {
            at,
            access,
            key,
            size_bytes: size(place, field(3).unwrap_or_default())?,
            lifetime: lifetime(place, field(4).unwrap_or_default())?,
        };
        builder.push(place, record)
    }
}

impl Parse for Csv {
    fn push(&mut self, mut bytes: &[u8], builder: &mut Builder) -> Result<usize, BadTrace> {
        let all = bytes.len();
        while !bytes.is_empty() {
            let taken = match self.begun {
                // Line ends before a record are not part of it, and its place is where it begins.
                None if b"\r\n".contains(&bytes[0]) => 1,
                None => {
                    self.begun = Some(Place::line(self.line, self.offset));
                    continue;
                }
                Some(place) => self.read(place, bytes, builder)?,
            };
            let (read, rest) = bytes.split_at(taken);
            self.line += read.iter().filter(|&&byte| byte == b'\n').count() as u64;
            self.offset += taken as u64;
            bytes = rest;
        }
        Ok(all)
    }

    fn finish(&mut self, builder: &mut Builder) -> Result<bool, BadTrace> {
        match self.begun {
            None => Ok(true),
            // No bytes mean the end of the file, which ends the record.
            Some(place) => {
                while self.begun.is_some() {
                    self.read(place, &[], builder)?;
                }
                Ok(true)
            }
        }
    }
}

impl Csv {
    /// Goes on reading the record that has begun. Returns how many bytes it took.
    fn read(
        &mut self,
        place: Place,
        bytes: &[u8],
        builder: &mut Builder,
    ) -> Result<usize, BadTrace> {
        let (length, count) = self.have;
        let (text, ends) = (&mut self.text[length..], &mut self.ends[count..]);
        let (result, taken, written, ended) = self.reader.read_record(bytes, text, ends);
        self.have = (length + written, count + ended);
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::End => self.begun = None,
            ReadRecordResult::OutputFull if self.text.len() < RECORD_BYTES_MAX => {
                self.text.resize(self.text.len() * 2, 0);
            }
            ReadRecordResult::OutputFull => {
                let found = format!("a longer one, beginning with {}", quoted(&self.text));
                return Err(place.bad("a record of at most 64 KiB", found));
            }
            ReadRecordResult::OutputEndsFull => {
                let expected = format!("at most {COLUMNS_MAX} fields");
                return Err(place.bad(&expected, "more"));
            }
            ReadRecordResult::Record => {
                self.begun = None;
                self.record(place, builder)?;
            }
        }
        Ok(taken)
    }
}

/// The fields of a record.
struct Fields<'a> {
    text: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Fields<'a> {
    /// A field without the white space around it.
    fn get(&self, field: usize) -> &'a [u8] {
        let begin = match field {
            0 => 0,
            _ => self.ends[field - 1],
        };
        self.text[begin..self.ends[field]].trim_ascii()
    }

    fn iter(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        (0..self.ends.len()).map(|field| self.get(field))
    }
}

/// Turns a file's times into times from its first request.
#[derive(Default)]
struct Clock {
    first_us: Option<u64>,
    last_us: u64,
}

impl Clock {
    fn read(&mut self, place: Place, text: &[u8]) -> Result<Micros, BadTrace> {
        let expected = "time in seconds, such as 12 or 12.5, with at most six decimals";
        let time_us = seconds(text).ok_or_else(|| place.bad(expected, quoted(text)))?;
        if time_us < self.last_us {
            let found = format!("{} after a later one", quoted(text));
            return Err(place.bad("times in ascending order", found));
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
    fn read(place: Place, header: &Fields, builder: &mut Builder) -> Result<Columns, BadTrace> {
        let mut places = [None; COLUMNS.len()];
        for (number, name) in header.iter().enumerate() {
            let is = |column: &&str| name.eq_ignore_ascii_case(column.as_bytes());
            match COLUMNS.iter().position(is) {
                None => builder.unused(quoted(name)),
                Some(column) if places[column].is_some() => {
                    return Err(place.bad("each column once in the header", quoted(name)));
                }
                Some(column) => places[column] = Some(number),
            }
        }
        if places[1].is_none() && header.iter().any(has_key) {
            let found = quoted(&header.iter().collect::<Vec<_>>().join(&b','));
            return Err(place.bad("columns separated by commas", found));
        }
        if places[1].is_none() {
            let columns = COLUMNS.join(", ");
            let expected = format!("a header with a column key (columns are {columns})");
            let first: Vec<&[u8]> = header.iter().take(3).collect();
            return Err(place.bad(&expected, quoted(&first.join(&b','))));
        }
        if places[0].is_some() {
            builder.records.set_timed();
        }
        let count = header.ends.len();
        Ok(Columns { places, count })
    }
}

/// Whether a header that is separated by something else than commas has a column key.
fn has_key(header: &[u8]) -> bool {
    let names = header.split(|byte| b";\t|".contains(byte));
    let mut names = names.map(|name| {
        let name = name.trim_ascii();
        let name = name.strip_prefix(b"\"").unwrap_or(name);
        name.strip_suffix(b"\"").unwrap_or(name)
    });
    names.any(|name| name.eq_ignore_ascii_case(b"key"))
}

fn access(text: &[u8]) -> Option<Access> {
    let text = text.to_ascii_lowercase();
    match text.as_slice() {
        b"read" | b"get" | b"gets" | b"r" => Some(Access::Read),
        b"write" | b"set" | b"add" | b"replace" | b"cas" | b"append" | b"prepend" | b"incr"
        | b"decr" | b"put" | b"update" | b"w" => Some(Access::Write),
        b"delete" | b"del" | b"unlink" | b"d" => Some(Access::Delete),
        _ => None,
    }
}

fn size(place: Place, text: &[u8]) -> Result<u32, BadTrace> {
    if text.is_empty() {
        return Ok(0);
    }
    let size = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok());
    size.ok_or_else(|| place.bad("size in whole bytes, at most 4 GiB", quoted(text)))
}

fn lifetime(place: Place, text: &[u8]) -> Result<Lifetime, BadTrace> {
    if text.is_empty() {
        return Ok(Lifetime::Unsaid);
    }
    let expected = "ttl in seconds, such as 300, or 0 for none";
    match seconds(text) {
        Some(0) => Ok(Lifetime::Never),
        Some(ttl_us) => Ok(Lifetime::After(Micros(ttl_us))),
        None => Err(place.bad(expected, quoted(text))),
    }
}

/// Seconds with up to six decimals, as whole microseconds.
pub(super) fn seconds(text: &[u8]) -> Option<u64> {
    const DECIMALS: usize = 6;
    let point = text.iter().position(|&byte| byte == b'.');
    let (whole, fraction) = match point {
        Some(point) => (&text[..point], &text[point + 1..]),
        None => (text, &[][..]),
    };
    if whole.is_empty() || fraction.len() > DECIMALS {
        return None;
    }
    let decimals = fraction.iter().chain(b"000000").take(DECIMALS);
    whole
        .iter()
        .chain(decimals)
        .try_fold(0_u64, |micros, &byte| {
            let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
            micros.checked_mul(10)?.checked_add(digit)
        })
}
