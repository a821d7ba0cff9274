//! Gzip files (RFC 1952), by `flate2`.

use super::{Decode, Packing, Step, Trouble};
use flate2::write::GzDecoder;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};

pub(super) const PACKING: Packing = Packing {
    magic: b"\x1f\x8b",
    decoder: || Box::new(Gzip::new()),
};

/// The size of the portions in which the decoder gets the file. How much it has unpacked when it finds
/// damage depends on how its input is cut, and must not depend on how the file arrives.
const PORTION_BYTES: usize = 4096;

/// A file of one or more members, with or without zeros after them.
struct Gzip {
    member: GzDecoder<VecDeque<u8>>,
    portion: Vec<u8>,
    /// How much of the portion the decoder has taken.
    taken: usize,
    consumed: u64,
    ended: bool,
    /// The error after the data that is still to be returned.
    trouble: Option<Trouble>,
}

impl Gzip {
    fn new() -> Self {
        Gzip {
            member: GzDecoder::new(VecDeque::new()),
            portion: Vec::with_capacity(PORTION_BYTES),
            taken: 0,
            consumed: 0,
            ended: false,
            trouble: None,
        }
    }

    /// Unpacks a little of the portion. `None` if there may be more to do.
    fn step(&mut self) -> Result<Option<Step>, Trouble> {
        let rest = &self.portion[self.taken..];
        if rest.is_empty() && self.ended {
            self.member.try_finish().map_err(trouble)?;
            let is_end = self.member.get_ref().is_empty();
            return Ok(is_end.then_some(Step::End));
        }
        if rest.is_empty() || (self.portion.len() < PORTION_BYTES && !self.ended) {
            return Ok(Some(Step::NeedsInput));
        }
        let mut taken = self.member.write(rest).map_err(trouble)?;
        if taken == 0 {
            // The member has ended before these bytes.
            self.member.try_finish().map_err(trouble)?;
            taken = rest.iter().take_while(|&&byte| byte == 0).count();
        }
        if taken == 0 {
            if rest[0] != PACKING.magic[0] {
                let expected = "another gzip member or the end of the file";
                return Err(Trouble::new(expected, "something else"));
            }
            let output = std::mem::take(self.member.get_mut());
            self.member = GzDecoder::new(output);
        }
        self.taken += taken;
        self.consumed += taken as u64;
        Ok(None)
    }
}

impl Decode for Gzip {
    fn feed(&mut self, bytes: &[u8]) -> usize {
        if self.taken == PORTION_BYTES {
            self.portion.clear();
            self.taken = 0;
        }
        let fed = bytes.len().min(PORTION_BYTES - self.portion.len());
        self.portion.extend_from_slice(&bytes[..fed]);
        fed
    }

    fn end(&mut self) {
        self.ended = true;
    }

    fn decode(&mut self, output: &mut [u8]) -> Result<Step, Trouble> {
        loop {
            let read = self.member.get_mut().read(output).map_err(trouble)?;
            if read > 0 {
                return Ok(Step::Data(read));
            }
            if let Some(trouble) = &self.trouble {
                return Err(trouble.clone());
            }
            match self.step() {
                Ok(None) => {}
                Ok(Some(step)) => return Ok(step),
                Err(trouble) => self.trouble = Some(trouble),
            }
        }
    }

    fn consumed(&self) -> u64 {
        self.consumed
    }
}

fn trouble(error: io::Error) -> Trouble {
    match error.kind() {
        ErrorKind::UnexpectedEof => Trouble::new("a whole gzip file", "its end missing"),
        _ => {
            let found = format!("damage ({error})");
            Trouble::new("a gzip file that can be unpacked", found)
        }
    }
}
