//! Cuts a text that arrives in pieces into lines.

use super::super::bad::{BadTrace, Place};
use super::super::builder::Builder;
use super::Parse;

/// The longest line that is read, in bytes: `MONITOR` prints whole values.
const LINE_MAX: usize = 16 << 20;

/// A format in which every line stands for itself.
pub(super) trait ReadLine {
    /// Reads a line without its end.
    fn line(&mut self, place: Place, line: &[u8], builder: &mut Builder) -> Result<(), BadTrace>;
}

/// The reader of a format of lines.
pub(super) struct Lines {
    format: Box<dyn ReadLine>,
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
    /// The place of the line that comes next or has begun.
    place: Place,
}

impl Lines {
    pub(super) fn new(start: u64, format: impl ReadLine + 'static) -> Self {
        Lines {
            format: Box::new(format),
            begun: Vec::new(),
            place: Place::line(1, start),
        }
    }
}

impl Parse for Lines {
    fn push(&mut self, mut bytes: &[u8], builder: &mut Builder) -> Result<(), BadTrace> {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            let length = self.begun.len() + line.len();
            check(self.place, length)?;
            if self.begun.is_empty() {
                self.format.line(self.place, line, builder)?;
            } else {
                self.begun.extend_from_slice(line);
                self.format.line(self.place, &self.begun, builder)?;
                self.begun.clear();
            }
            self.place.number += 1;
            self.place.offset += length as u64 + 1;
            bytes = rest;
        }
        check(self.place, self.begun.len() + bytes.len())?;
        self.begun.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(&mut self, builder: &mut Builder) -> Result<(), BadTrace> {
        match self.begun.is_empty() {
            true => Ok(()),
            false => self.format.line(self.place, &self.begun, builder),
        }
    }
}

fn check(place: Place, length: usize) -> Result<(), BadTrace> {
    match length > LINE_MAX {
        true => Err(place.bad("a line of at most 16 MiB", "a longer one")),
        false => Ok(()),
    }
}
