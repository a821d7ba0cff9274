//! The formats of traces, one file each, and how a file's format is recognised: by what it contains,
//! never by its name.

mod csv;
mod keys;
mod lines;
mod lis;
mod monitor;
mod monitor_commands;
mod monitor_options;
mod oracle_general;

use super::bad::{BadTrace, Place, quoted};
use super::builder::Builder;
use super::unpack;
use lines::Lines;

/// How many bytes at the beginning of a file its format is recognised by.
pub(super) const PROBE: usize = 16 * 1024;

/// A format of traces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// One key a line.
    Keys,
    /// CSV with a header.
    Csv,
    /// The `.lis` files of the paper on ARC: runs of blocks.
    Lis,
    /// libCacheSim's binary `oracleGeneral`.
    OracleGeneral,
    /// What Valkey's `MONITOR` prints.
    Monitor,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] = [
        Format::Keys,
        Format::Csv,
        Format::Lis,
        Format::OracleGeneral,
        Format::Monitor,
    ];

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Format::Keys => "one key a line",
            Format::Csv => "CSV with a header",
            Format::Lis => "ARC's .lis",
            Format::OracleGeneral => "libCacheSim's oracleGeneral",
            Format::Monitor => "the output of MONITOR",
        }
    }

    /// A reader of files of this format. `start` is where its data begins, in bytes: after a byte
    /// order mark, if there is one.
    pub(super) fn parser(self, start: u64) -> Box<dyn Parse> {
        match self {
            Format::Keys => Box::new(Lines::new(start, keys::Keys::default())),
            Format::Csv => Box::new(csv::Csv::new(start)),
            Format::Lis => Box::new(Lines::new(start, lis::Lis::default())),
            Format::OracleGeneral => Box::new(oracle_general::OracleGeneral::new(start)),
            Format::Monitor => Box::new(Lines::new(start, monitor::Monitor::default())),
        }
    }
}

/// Reads a file's data as it arrives. The same data give the same requests, or the same error, however
/// they are cut into pieces.
pub(super) trait Parse {
    /// Reads the next piece, and says how many bytes of it: all, or fewer once the builder's budget is
    /// spent. The others come again.
    fn push(&mut self, bytes: &[u8], builder: &mut Builder) -> Result<usize, BadTrace>;
    /// Reads what is left when no more comes. Whether that is done; if not, the budget is spent.
    fn finish(&mut self, builder: &mut Builder) -> Result<bool, BadTrace>;
}

/// The format of a file whose data begins with `probe`, at `start`.
pub(super) fn recognise(probe: &[u8], start: u64) -> Result<Format, BadTrace> {
    if let Some(packed) = unpack::unsupported(probe) {
        return Err(unrecognised(&format!("{packed}: unpack it first")));
    }
    // No text has a zero byte, and every oracleGeneral file that there is has many.
    if probe.contains(&0) {
        return match oracle_general::fits(probe) {
            true => Ok(Format::OracleGeneral),
            false => Err(unrecognised("binary data of another kind")),
        };
    }
    let lines = probe.split(|&byte| byte == b'\n');
    let mut full = lines.filter(|line| !line.trim_ascii().is_empty());
    let first = full.next().unwrap_or_default();
    let second = full.next().unwrap_or_default();
    if monitor::fits(first) || (monitor::is_ok(first) && monitor::fits(second)) {
        return Ok(Format::Monitor);
    }
    if lis::fits(first) {
        return Ok(Format::Lis);
    }
    if first.contains(&b',') || is_key(first) {
        return Ok(Format::Csv);
    }
    if first.split(|byte| b";\t|".contains(byte)).any(is_key) {
        let before = probe.split(|&byte| byte == b'\n');
        let before = before.take_while(|line| line.trim_ascii().is_empty());
        let place = before.fold(Place::line(1, start), |place, line| {
            Place::line(place.number + 1, place.offset + line.len() as u64 + 1)
        });
        return Err(place.bad("columns separated by commas", quoted(first)));
    }
    Ok(Format::Keys)
}

/// Whether a field of a header is the name of the column that every CSV trace has.
fn is_key(name: &[u8]) -> bool {
    let name = name.trim_ascii();
    let name = name.strip_prefix(b"\"").unwrap_or(name);
    let name = name.strip_suffix(b"\"").unwrap_or(name);
    name.eq_ignore_ascii_case(b"key")
}

fn unrecognised(found: &str) -> BadTrace {
    let formats = Format::ALL.map(Format::title).join(", or ");
    let expected = format!("a trace ({formats}; each also as .gz or .zst)");
    Place::line(1, 0).bad(&expected, found)
}
