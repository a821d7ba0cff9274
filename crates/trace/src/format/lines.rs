//! Cuts a text that arrives in pieces into lines.

use super::super::bad::{BadTrace, Place};
use super::super::builder::Builder;
use super::Parse;

/// The longest line that is read, in bytes: `MONITOR` prints whole values.
const LINE_MAX: usize = 16 << 20;

/// A format of lines that can be read one by one.
pub(super) trait ReadLine {
    /// Reads a line without its end. Returns whether it is done; if not, the builder's budget is spent,
    /// and the same line comes again.
    fn line(&mut self, place: Place, line: &[u8], builder: &mut Builder) -> Result<bool, BadTrace>;
}

/// The reader of a format of lines.
pub(super) struct Lines {
    format: Box<dyn ReadLine>,
    /// The current line, as far as it has come.
    begun: Vec<u8>,
    /// The place of that line.
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
    fn push(&mut self, bytes: &[u8], builder: &mut Builder) -> Result<usize, BadTrace> {
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let line = &rest[..end];
            let length = self.begun.len() + line.len();
            check(self.place, length)?;
            let done = if self.begun.is_empty() {
                let done = self.format.line(self.place, line, builder)?;
                if !done {
                    self.begun.extend_from_slice(line);
                }
                done
            } else {
                self.begun.extend_from_slice(line);
                self.format.line(self.place, &self.begun, builder)?
            };
            rest = &rest[end..];
            if !done {
                // The end is taken once the line is done.
                return Ok(bytes.len() - rest.len());
            }
            self.begun.clear();
            self.place.number += 1;
            self.place.offset += length as u64 + 1;
            rest = &rest[1..];
        }
        check(self.place, self.begun.len() + rest.len())?;
        self.begun.extend_from_slice(rest);
        Ok(bytes.len())
    }

    fn finish(&mut self, builder: &mut Builder) -> Result<bool, BadTrace> {
        match self.begun.is_empty() {
            true => Ok(true),
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
