//! The output of `MONITOR`, of Valkey and Redis: a command a line, such as
//! `1339518083.107412 [0 127.0.0.1:60866] "set" "key" "value"`, after a first line `OK`. Both may begin
//! with a plus sign, as on the wire. Format: `MONITOR` in the engines' documentation of commands; the
//! escapes within quotes are those of `redis-cli`: `\\ \" \n \r \t \a \b \xhh`.
//!
//! A key's name is the text between its quotes without the escapes, if that is a name that a key may
//! have here; otherwise it stays escaped, with `\x20` for spaces. A key of another database than 0 has
//! `\db` and the database's number before its name.

use super::super::bad::{BadTrace, Place, quoted};
use super::super::builder::Builder;
use super::super::record::{Access, Lifetime, Record};
use super::csv::seconds;
use super::lines::{Lines, ReadLine};
use super::monitor_commands::{Doing, Span, doing};
use super::monitor_options::{self, Ended, Life, Taker, conditions_fit};
use super::{Format, Sample};
use cache::units::{Key, Micros};
use scenario::KEY_BYTES_MAX;
use std::ops::Range;
use std::vec;

pub(super) const FORMAT: Format = Format {
    name: "monitor",
    title: "the output of MONITOR",
    recognise: |beginning| {
        let [first, second] = beginning.lines;
        head(first).is_some() || (is_ok(first) && head(second).is_some())
    },
    parser: |start| Box::new(Lines::new(start, Monitor::default())),
    sample: Sample {
        file: b"OK\n\
                1339518083.5 [0 127.0.0.1:60866] \"get\" \"a\"\n\
                1339518084.5 [0 127.0.0.1:60866] \"set\" \"b c\" \"1\\n2\" \"EX\" \"5\"\n\
                1339518085.5 [0 127.0.0.1:60866] \"ping\"\n\
                1339518086.5 [0 127.0.0.1:60866] \"mget\" \"a\" \"d\"\n",
        requests: 4,
    },
};

#[derive(Default)]
struct Monitor {
    first_us: Option<u64>,
    /// The latest time so far. If a server's clock is set back, the trace's stands still.
    last_us: u64,
    /// The arguments of the current line, the command first, without quotes and with escapes. Kept from
    /// line to line to save allocations.
    arguments: Vec<Range<usize>>,
    /// The requests that are left of that line, each with the argument that is its key. One command can
    /// have more of them than a slice may take.
    left: vec::IntoIter<(usize, Record)>,
    /// The current key.
    name: Vec<u8>,
}

/// The part of a line before its arguments.
struct Head<'a> {
    time_us: u64,
    database: &'a [u8],
    /// Where the arguments begin.
    arguments: usize,
}

/// Whether this is the first line that `MONITOR` prints.
fn is_ok(line: &[u8]) -> bool {
    matches!(line.trim_ascii(), b"OK" | b"+OK")
}

fn head(line: &[u8]) -> Option<Head<'_>> {
    let plus = usize::from(line.first() == Some(&b'+'));
    let space = plus + line[plus..].iter().position(|&byte| byte == b' ')?;
    let time_us = seconds(&line[plus..space])?;
    let client = line[space + 1..].strip_prefix(b"[")?;
    let digits = client
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (database, client) = client.split_at(digits);
    if database.is_empty() || client.first() != Some(&b' ') {
        return None;
    }
    // An address may have brackets itself: `[0 [::1]:6379] "get" …`.
    let end = client.windows(3).position(|three| three == b"] \"")?;
    let arguments = line.len() - client.len() + end + 2;
    Some(Head {
        time_us,
        database,
        arguments,
    })
}

/// Finds the quoted arguments of a line, from `at` on. `None` if they are not well-formed.
fn arguments(line: &[u8], mut at: usize, found: &mut Vec<Range<usize>>) -> Option<()> {
    found.clear();
    while at < line.len() {
        if line[at] != b'"' {
            return None;
        }
        let begin = at + 1;
        let mut end = begin;
        while *line.get(end)? != b'"' {
            end += if line[end] == b'\\' { 2 } else { 1 };
        }
        found.push(begin..end);
        match line.get(end + 1) {
            None => return Some(()),
            Some(b' ') => at = end + 2,
            Some(_) => return None,
        }
    }
    // A space, and no argument after it.
    None
}

/// The bytes of an argument, one after another, without the escapes.
fn unescaped(raw: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let (byte, length) = match *rest {
            [] => return None,
            [b'\\', b'x', high, low, ..] => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => (high << 4 | low, 4),
                _ => (b'x', 2),
            },
            [b'\\', escape, ..] => {
                let byte = match escape {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'a' => 7,
                    b'b' => 8,
                    other => other,
                };
                (byte, 2)
            }
            [byte, ..] => (byte, 1),
        };
        rest = &rest[length..];
        Some(byte)
    })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

fn length(raw: &[u8]) -> u32 {
    match raw.contains(&b'\\') {
        true => unescaped(raw).count() as u32,
        false => raw.len() as u32,
    }
}

impl ReadLine for Monitor {
    fn line(&mut self, place: Place, line: &[u8], builder: &mut Builder) -> Result<bool, BadTrace> {
        let line = line.trim_ascii();
        if line.is_empty() || is_ok(line) {
            return Ok(true);
        }
        let goes_on = !self.left.as_slice().is_empty();
        let whole = head(line).filter(|head| {
            goes_on || arguments(line, head.arguments, &mut self.arguments).is_some()
        });
        let Some(head) = whole else {
            let expected =
                "a line of MONITOR, such as 1339518083.107412 [0 127.0.0.1:60866] \"get\" \"key\"";
            return Err(place.bad(expected, quoted(line)));
        };
        self.last_us = self.last_us.max(head.time_us);
        let first_us = *self.first_us.get_or_insert(head.time_us);
        builder.records.set_timed();
        let arguments = std::mem::take(&mut self.arguments);
        let mut command = Command {
            line,
            arguments: &arguments,
            database: head.database,
            time_us: head.time_us,
            at: Micros(self.last_us - first_us),
            place,
            name: &mut self.name,
        };
        if !goes_on {
            self.left = command.all(builder).into_iter();
        }
        let result = command.read(&mut self.left, builder);
        self.arguments = arguments;
        result
    }
}

/// A command, while it is being read.
struct Command<'a> {
    line: &'a [u8],
    arguments: &'a [Range<usize>],
    database: &'a [u8],
    time_us: u64,
    at: Micros,
    place: Place,
    name: &'a mut Vec<u8>,
}

impl Command<'_> {
    /// An argument with its escapes; 0 is the command's name.
    fn raw(&self, argument: usize) -> Option<&[u8]> {
        self.arguments
            .get(argument)
            .map(|range| &self.line[range.clone()])
    }

    /// All its requests. A command without any is counted as ignored.
    fn all(&self, builder: &mut Builder) -> Vec<(usize, Record)> {
        let doing = self.raw(0).and_then(doing);
        let records = doing.and_then(|doing| self.records(doing));
        records.unwrap_or_else(|| {
            builder.pass_over(self.raw(0).unwrap_or_default());
            Vec::new()
        })
    }

    /// Adds the requests that are left, while there is budget. Returns whether those were all.
    fn read(
        &mut self,
        left: &mut vec::IntoIter<(usize, Record)>,
        builder: &mut Builder,
    ) -> Result<bool, BadTrace> {
        while let Some(&(argument, record)) = left.as_slice().first() {
            if builder.is_spent() {
                return Ok(false);
            }
            let key = self.key(argument, builder)?;
            builder.push(self.place, Record { key, ..record })?;
            left.next();
        }
        Ok(true)
    }

    /// The records of a command, each with the argument that is its key. `None` if the engines answer it
    /// with an error, so that it does nothing.
    fn records(&self, doing: Doing) -> Option<Vec<(usize, Record)>> {
        let count = self.arguments.len();
        self.raw(1)?;
        let record = |access, lifetime, size_bytes| Record {
            at: self.at,
            access,
            key: Key(0),
            size_bytes,
            lifetime,
        };
        let read = record(Access::Read, Lifetime::Unsaid, 0);
        let delete = record(Access::Delete, Lifetime::Unsaid, 0);
        let one = |record| Some(vec![(1, record)]);
        let expire = |lifetime: Life| match lifetime {
            Some(lifetime) => record(Access::Expire, lifetime, 0),
            // It has expired already.
            None => delete,
        };
        let store = |key: usize, value: usize, lifetime: Life| {
            let size_bytes = length(self.raw(key)?).saturating_add(length(self.raw(value)?));
            Some(match lifetime {
                Some(lifetime) => (key, record(Access::Write, lifetime, size_bytes)),
                None => (key, delete),
            })
        };
        match doing {
            Doing::Read => one(read),
            Doing::ReadAll => Some((1..count).map(|key| (key, read)).collect()),
            Doing::Change => one(record(Access::Write, Lifetime::Keep, 0)),
            Doing::Set => {
                let lifetime = self.options(3, Taker::Set, Lifetime::Never)?;
                Some(vec![store(1, 2, lifetime)?])
            }
            Doing::Store => Some(vec![store(1, 2, Some(Lifetime::Never))?]),
            Doing::StoreFor(span) => {
                let lifetime = self.lifetime(2, span, Ended::Refused)?;
                Some(vec![store(1, 3, lifetime)?])
            }
            Doing::StoreAll if count % 2 == 1 => (1..count)
                .step_by(2)
                .map(|key| store(key, key + 1, Some(Lifetime::Never)))
                .collect(),
            Doing::StoreAll => None,
            Doing::ReadAndExpire => match self.options(2, Taker::GetEx, Lifetime::Unsaid)? {
                Some(Lifetime::Unsaid) => one(read),
                lifetime => Some(vec![(1, read), (1, expire(lifetime))]),
            },
            Doing::ReadAndDelete => Some(vec![(1, read), (1, delete)]),
            Doing::DeleteAll => Some((1..count).map(|key| (key, delete)).collect()),
            Doing::Expire(_) if !conditions_fit(self.rest(3)) => None,
            Doing::Expire(span) => one(expire(self.lifetime(2, span, Ended::Deletes)?)),
            Doing::Persist => one(expire(Some(Lifetime::Never))),
        }
    }

    /// The arguments from one on.
    fn rest(&self, from: usize) -> impl Iterator<Item = &[u8]> {
        let rest = self.arguments.iter().skip(from);
        rest.map(|range| &self.line[range.clone()])
    }

    /// The TTL that the options from an argument on give.
    fn options(&self, from: usize, taker: Taker, unsaid: Lifetime) -> Option<Life> {
        monitor_options::options(taker, self.rest(from), unsaid, self.time_us)
    }

    /// The TTL that an argument gives.
    fn lifetime(&self, argument: usize, span: Span, ended: Ended) -> Option<Life> {
        monitor_options::lifetime(self.raw(argument)?, span, self.time_us, ended)
    }

    /// The key that is an argument of the command.
    fn key(&mut self, argument: usize, builder: &mut Builder) -> Result<Key, BadTrace> {
        let raw = &self.line[self.arguments[argument].clone()];
        let name = &mut *self.name;
        name.clear();
        if self.database != b"0" {
            name.extend_from_slice(b"\\db");
            name.extend_from_slice(self.database);
            name.push(b':');
        }
        let before = name.len();
        name.extend(unescaped(raw));
        let plain = std::str::from_utf8(&name[before..]).is_ok_and(|text| {
            let fine = |c: char| !c.is_whitespace() && !c.is_control() && c != '\\';
            !text.is_empty() && text.chars().all(fine)
        });
        if !plain {
            // An escaped name has a backslash and an escape after it, so it is like no plain one.
            name.truncate(before);
            match raw {
                [] => name.extend_from_slice(b"\\(empty)"),
                _ => raw.iter().for_each(|&byte| match byte {
                    0x21..=0x7E => name.push(byte),
                    other => {
                        let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
                        name.extend_from_slice(&[
                            b'\\',
                            b'x',
                            digit(other >> 4),
                            digit(other & 15),
                        ]);
                    }
                }),
            }
        }
        if name.len() > KEY_BYTES_MAX {
            shorten(name);
        }
        builder.key(self.place, name)
    }
}

/// Shortens a name that is longer than a key may be here: its beginning, and a fingerprint of all of
/// it (FNV-1a with 64 bits), so that different keys stay different.
fn shorten(name: &mut Vec<u8>) {
    const KEPT: usize = 200;
    let fingerprint = name.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    // The beginning has to be text.
    let kept = (0..=KEPT)
        .rev()
        .find(|&end| std::str::from_utf8(&name[..end]).is_ok());
    name.truncate(kept.unwrap_or(0));
    name.extend_from_slice(format!("…{fingerprint:016x}").as_bytes());
}
