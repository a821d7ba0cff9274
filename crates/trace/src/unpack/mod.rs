//! Unpacking of files as their bytes arrive: one file a packing.

mod gzip;
mod zstd;

use super::bad::{BadTrace, Place, Unit};
use std::ops::Range;

/// A packing: the bytes with which its files begin, and its decoder.
struct Packing {
    magic: &'static [u8],
    decoder: fn() -> Box<dyn Decode>,
}

const PACKINGS: [Packing; 2] = [gzip::PACKING, zstd::PACKING];

/// The length of the longest magic number.
pub(super) const MAGIC_BYTES: usize = 4;

/// The most that is unpacked at a time, in bytes.
const OUTPUT_BYTES: usize = 32 * 1024;

/// Decodes a packed file. It asks for its input in portions that do not depend on how the file arrives, so
/// the same file gives the same data, or the same error after the same data, however it is cut.
trait Decode {
    /// Takes some of the next bytes of the file, and returns how many; at least one after
    /// [`Step::NeedsInput`].
    fn feed(&mut self, bytes: &[u8]) -> usize;
    /// Tells it that no more bytes come.
    fn end(&mut self);
    /// Decodes a bounded amount (at most one block of zstd, 128 KiB) into `output`, which is not empty.
    /// It is not called again after an error.
    fn decode(&mut self, output: &mut [u8]) -> Result<Step, Trouble>;
    /// How many bytes of the file have been decoded.
    fn consumed(&self) -> u64;
}

/// The result of one call of [`Decode::decode`].
enum Step {
    /// The number of bytes of data, at least one.
    Data(usize),
    /// Nothing: more bytes of the file are needed first.
    NeedsInput,
    /// Nothing: the file has been decoded to its end.
    End,
}

/// Why a file cannot be unpacked further.
#[derive(Clone)]
struct Trouble {
    expected: &'static str,
    found: String,
}

impl Trouble {
    fn new(expected: &'static str, found: impl Into<String>) -> Trouble {
        let found = found.into();
        Trouble { expected, found }
    }
}

/// The state of an [`Unpacker`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// There is data to read.
    HasOutput,
    /// More bytes of the file are needed.
    NeedsInput,
    /// The file has been unpacked to its end.
    End,
}

/// A packed file and the piece of its data that has been unpacked and not been read yet.
pub(super) struct Unpacker {
    decoder: Box<dyn Decode>,
    output: Vec<u8>,
    /// The part of `output` that is still to be read.
    unread: Range<usize>,
    failed: Option<BadTrace>,
}

impl Unpacker {
    /// The unpacker of a file that begins with these bytes, at least [`MAGIC_BYTES`] unless the file is
    /// shorter. `None` if it is not packed.
    pub(super) fn for_file(beginning: &[u8]) -> Option<Unpacker> {
        let packing = PACKINGS.iter().find(|of| beginning.starts_with(of.magic))?;
        Some(Unpacker {
            decoder: (packing.decoder)(),
            output: vec![0; OUTPUT_BYTES],
            unread: 0..0,
            failed: None,
        })
    }

    /// Data that has been unpacked and not been read yet.
    pub(super) fn output(&self) -> &[u8] {
        &self.output[self.unread.clone()]
    }

    /// Marks a number of bytes of the output as read.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.unread.start += bytes;
    }

    /// Takes some of the next bytes of the file, and returns how many.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> usize {
        self.decoder.feed(bytes)
    }

    /// Tells it that no more bytes of the file come.
    pub(super) fn end(&mut self) {
        self.decoder.end();
    }

    /// Unpacks a little more, unless there is output left. `data_bytes` is how much has been unpacked
    /// before, for the place of an error. After an error it gives the same one again.
    pub(super) fn advance(&mut self, data_bytes: u64) -> Result<State, BadTrace> {
        if !self.unread.is_empty() {
            return Ok(State::HasOutput);
        }
        if let Some(bad) = &self.failed {
            return Err(bad.clone());
        }
        let decoded = self.decoder.decode(&mut self.output);
        match decoded.map_err(|trouble| self.bad(trouble, data_bytes))? {
            Step::Data(bytes) => {
                self.unread = 0..bytes;
                Ok(State::HasOutput)
            }
            Step::NeedsInput => Ok(State::NeedsInput),
            Step::End => Ok(State::End),
        }
    }

    fn bad(&mut self, trouble: Trouble, data_bytes: u64) -> BadTrace {
        let place = Place {
            unit: Unit::Packed,
            number: self.decoder.consumed(),
            offset: data_bytes,
        };
        let bad = place.bad(trouble.expected, trouble.found);
        self.failed.insert(bad).clone()
    }
}

/// The name of a file's packing if it is one that is not unpacked here, or if the data unpacked is packed
/// again.
pub(super) fn unsupported(data: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "a zip file"),
        (b"\xFD7zXZ\0", "an xz file"),
        (b"BZh", "a bzip2 file"),
        (gzip::PACKING.magic, "a gzip file in a packed file"),
        (zstd::PACKING.magic, "a zstd file in a packed file"),
        (b"\xFF\xFE", "text in UTF-16"),
    ];
    let kind = KINDS.into_iter().find(|(magic, _)| data.starts_with(magic));
    kind.map(|(_, name)| name)
}
