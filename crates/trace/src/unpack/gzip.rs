//! Gzip files (RFC 1952), by `flate2`.

use super::{Decode, Packing, Step, Trouble};
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, ErrorKind, Read};

pub(super) const PACKING: Packing = Packing {
    magic: b"\x1f\x8b",
    decoder: || Box::new(Gzip::new()),
};

/// A file of one or more members, which may end with zeros as padding.
struct Gzip {
    member: GzDecoder<Portions>,
    /// After a whole member: whether zeros have come since.
    between: Option<Padded>,
}

type Padded = bool;

impl Gzip {
    fn new() -> Self {
        Gzip {
            member: GzDecoder::new(Portions::default()),
            between: None,
        }
    }

    /// Looks for another member. `None` if there is one.
    fn next_member(&mut self, padded: Padded) -> Result<Option<Step>, Trouble> {
        let portions = self.member.get_mut();
        let Ok(bytes) = portions.fill_buf() else {
            return Ok(Some(Step::NeedsInput));
        };
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        match bytes {
            [] => return Ok(Some(Step::End)),
            _ if zeros > 0 => {
                portions.consume(zeros);
                self.between = Some(true);
                return self.next_member(true);
            }
            [0x1f, ..] if !padded => {
                self.member = GzDecoder::new(std::mem::take(portions));
                self.between = None;
                Ok(None)
            }
            _ => Err(Trouble::new(
                "another gzip member or the end of the file",
                "something else",
            )),
        }
    }
}

impl Decode for Gzip {
    fn feed(&mut self, bytes: &[u8]) -> usize {
        self.member.get_mut().feed(bytes)
    }

    fn end(&mut self) {
        self.member.get_mut().ended = true;
    }

    fn decode(&mut self, output: &mut [u8]) -> Result<Step, Trouble> {
        loop {
            if let Some(padded) = self.between
                && let Some(step) = self.next_member(padded)?
            {
                return Ok(step);
            }
            return match self.member.read(output) {
                Ok(0) => {
                    self.between = Some(false);
                    continue;
                }
                Ok(bytes) => Ok(Step::Data(bytes)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Step::NeedsInput),
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    Err(Trouble::new("a whole gzip file", "its end missing"))
                }
                Err(error) => {
                    let found = format!("damage ({error})");
                    Err(Trouble::new("a gzip file that can be unpacked", found))
                }
            };
        }
    }

    fn consumed(&self) -> u64 {
        self.member.get_ref().consumed
    }
}

/// The packed bytes, in portions of equal size: what the decoder has unpacked when it finds damage depends
/// on how its input is cut, and must not depend on how the file arrives.
#[derive(Default)]
struct Portions {
    portion: Vec<u8>,
    read: usize,
    consumed: u64,
    ended: bool,
}

const PORTION_BYTES: usize = 4096;

impl Portions {
    fn feed(&mut self, bytes: &[u8]) -> usize {
        if self.read == PORTION_BYTES {
            self.portion.clear();
            self.read = 0;
        }
        let taken = bytes.len().min(PORTION_BYTES - self.portion.len());
        self.portion.extend_from_slice(&bytes[..taken]);
        taken
    }
}

impl BufRead for Portions {
    /// Gives whole portions only, and the rest once the file has ended.
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let is_whole = self.portion.len() == PORTION_BYTES && self.read < PORTION_BYTES;
        match is_whole || self.ended {
            true => Ok(&self.portion[self.read..]),
            false => Err(ErrorKind::WouldBlock.into()),
        }
    }

    fn consume(&mut self, bytes: usize) {
        self.read += bytes;
        self.consumed += bytes as u64;
    }
}

impl Read for Portions {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(into)?;
        self.consume(bytes);
        Ok(bytes)
    }
}
