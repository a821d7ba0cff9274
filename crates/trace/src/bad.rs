//! Errors in a file, with their places.

use std::fmt;

/// The unit of a [`Place`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Lines of a text, from 1.
    Line,
    /// Records of a binary file, from 1.
    Record,
    /// Bytes of a packed file, from 0.
    Packed,
}

/// A place in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The unit of `number`.
    pub unit: Unit,
    /// The number of the line, record or byte.
    pub number: u64,
    /// Its beginning in the data (unpacked if the file is packed), in bytes from 0.
    pub offset: u64,
}

impl Place {
    /// A line that begins at `offset`.
    pub(super) const fn line(number: u64, offset: u64) -> Place {
        let unit = Unit::Line;
        Place {
            unit,
            number,
            offset,
        }
    }

    /// An error at this place.
    pub(super) fn bad(self, expected: &str, found: impl Into<String>) -> BadTrace {
        BadTrace {
            place: self,
            expected: expected.to_owned(),
            found: found.into(),
        }
    }
}

/// Why a file was not read to its end. As text it is one sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadTrace {
    /// The place of the error.
    pub place: Place,
    /// What was expected there.
    pub expected: String,
    /// What was found instead.
    pub found: String,
}

impl fmt::Display for BadTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            unit,
            number,
            offset,
        } = self.place;
        let unit = match unit {
            Unit::Line => "Line",
            Unit::Record => "Record",
            Unit::Packed => "Packed byte",
        };
        let BadTrace {
            expected, found, ..
        } = self;
        write!(
            f,
            "{unit} {number}: expected {expected}, but found {found} (at byte {offset})."
        )
    }
}

impl std::error::Error for BadTrace {}

/// A piece of the file as it can be quoted in a sentence.
pub(super) fn quoted(bytes: &[u8]) -> String {
    const CHARS_MAX: usize = 40;
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    // A character has at most four bytes, so what is cut off here would not be shown anyway.
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(CHARS_MAX * 4 + 4)]);
    let shown: String = text.chars().take(CHARS_MAX).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}
