//! The formats of traces: one file each, with everything that the rest of the program needs to know of it
//! in its `FORMAT`.

mod csv;
mod keys;
mod lines;
mod lis;
mod monitor;
mod monitor_commands;
mod monitor_options;
mod oracle_general;

use super::bad::{BadTrace, Place};
use super::builder::Builder;
use super::unpack;
use std::fmt;

/// How many bytes at the beginning of a file its format is recognised by.
pub(super) const PROBE: usize = 16 * 1024;

/// The formats, in the order in which they are asked whether a file is theirs.
const FORMATS: [&Format; 5] = [
    &oracle_general::FORMAT,
    &monitor::FORMAT,
    &lis::FORMAT,
    &csv::FORMAT,
    &keys::FORMAT,
];

/// A format of traces. Two are equal if they have the same name.
pub struct Format {
    /// A short name, as for a folder.
    pub name: &'static str,
    /// Its name in a sentence.
    pub title: &'static str,
    /// Whether a file that begins like this is of this format, as far as can be told.
    recognise: fn(&Beginning) -> bool,
    /// A new reader. Its argument is where the data begins, in bytes: after a byte order mark, if there
    /// is one.
    parser: fn(u64) -> Box<dyn Parse>,
    /// A small file of this format, for tests.
    pub sample: Sample,
}

/// A small file, for tests.
pub struct Sample {
    /// The file.
    pub file: &'static [u8],
    /// How many requests it has.
    pub requests: usize,
}

impl Format {
    /// Every format.
    pub const ALL: [&'static Format; FORMATS.len()] = FORMATS;

    /// The format of that [`name`](Self::name).
    pub fn named(name: &str) -> Option<&'static Format> {
        Self::ALL.into_iter().find(|format| format.name == name)
    }

    /// What files can be read, for a sentence.
    pub fn list() -> String {
        let titles = Self::ALL.map(|format| format.title);
        format!("{}; each also as .gz or .zst", titles.join(", "))
    }

    pub(super) fn parser(&self, start: u64) -> Box<dyn Parse> {
        (self.parser)(start)
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Format) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Reads a file's data as it arrives. The same data give the same requests, or the same error, however
/// they are cut into pieces.
pub(super) trait Parse {
    /// Reads the next piece, and returns how many bytes of it: all, or fewer once the builder's budget is
    /// spent. The others come again.
    fn push(&mut self, bytes: &[u8], builder: &mut Builder) -> Result<usize, BadTrace>;
    /// Reads what is left when no more comes. Returns whether that is done; if not, the budget is spent.
    fn finish(&mut self, builder: &mut Builder) -> Result<bool, BadTrace>;
}

/// The beginning of a file's data, up to [`PROBE`] bytes.
struct Beginning<'a> {
    bytes: &'a [u8],
    /// Whether it is text: that has no zero byte.
    is_text: bool,
    /// The first line of a text that is not empty, and the next one; empty if there is none.
    lines: [&'a [u8]; 2],
}

impl<'a> Beginning<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let is_text = !bytes.contains(&0);
        let lines = bytes.split(|&byte| byte == b'\n');
        let mut full = lines.filter(|line| is_text && !line.trim_ascii().is_empty());
        let mut line = || full.next().unwrap_or_default();
        Beginning {
            bytes,
            is_text,
            lines: [line(), line()],
        }
    }
}

/// The format of a file whose data begins with `probe`.
pub(super) fn recognise(probe: &[u8]) -> Result<&'static Format, BadTrace> {
    let beginning = Beginning::new(probe);
    let format = FORMATS
        .into_iter()
        .find(|format| (format.recognise)(&beginning));
    let found = match (unpack::unsupported(probe), format) {
        (Some(packing), _) => format!("{packing}: unpack it first"),
        (None, Some(format)) => return Ok(format),
        (None, None) => "binary data of another kind".to_owned(),
    };
    let expected = format!("a trace ({})", Format::list());
    Err(Place::line(1, 0).bad(&expected, found))
}
