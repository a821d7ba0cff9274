//! Zstandard files (RFC 8878), by `ruzstd`: frame after frame, block after block.

use super::{Decode, Packing, Step, Trouble};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::Read;

pub(super) const PACKING: Packing = Packing {
    magic: b"\x28\xB5\x2F\xFD",
    decoder: || Box::new(Zstd::new()),
};

/// The largest window, which is the data that has to be kept for reference. The `zstd` program has the same
/// limit by default.
const WINDOW_BYTES_MAX: u64 = 128 << 20;

/// The most bytes of a block, packed or unpacked.
const BLOCK_BYTES_MAX: usize = 128 * 1024;

struct Zstd {
    decoder: FrameDecoder,
    part: Part,
    /// The current part, as far as it has come.
    bytes: Vec<u8>,
    /// The beginning of the current part in the file.
    consumed: u64,
    ended: bool,
    /// The error after the data that is still to be returned.
    trouble: Option<Trouble>,
}

/// A part of a file.
#[derive(Clone, Copy)]
enum Part {
    /// The magic number and the header of a frame, or of one to be skipped.
    Header,
    /// A block, and with the last one the frame's checksum, if it has one.
    Block { checksum: bool },
    /// The content of a frame to be skipped, with the number of bytes that are left of it.
    Skipped(u64),
}

impl Zstd {
    fn new() -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW_BYTES_MAX);
        Zstd {
            decoder,
            part: Part::Header,
            bytes: Vec::new(),
            consumed: 0,
            ended: false,
            trouble: None,
        }
    }

    /// How many more bytes have to come until the current part is complete, or its length is known.
    fn missing(&self) -> usize {
        let bytes = &self.bytes[..];
        let length = match self.part {
            Part::Skipped(_) => return 0,
            Part::Header => header_bytes(bytes),
            Part::Block { checksum } => block_bytes(bytes, checksum),
        };
        length.saturating_sub(bytes.len())
    }

    /// Begins the frame whose header is there.
    fn begin_frame(&mut self) -> Result<(), Trouble> {
        use FrameDecoderError::{
            DictNotProvided, ReadFrameHeaderError as BadHeader, WindowSizeTooBig,
        };
        let frame = self.decoder.reset(&self.bytes[..]);
        self.part = match frame {
            Ok(()) => Part::Block {
                checksum: has_checksum(self.bytes[4]),
            },
            Err(BadHeader(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                Part::Skipped(length.into())
            }
            Err(WindowSizeTooBig { requested, .. }) => {
                let found = format!("one of {} MiB", requested >> 20);
                return Err(Trouble::new("a zstd window of at most 128 MiB", found));
            }
            Err(DictNotProvided { .. }) => {
                let expected = "a zstd file that needs no dictionary";
                return Err(Trouble::new(expected, "one that needs one"));
            }
            Err(BadHeader(ReadFrameHeaderError::BadMagicNumber(_))) if self.consumed > 0 => {
                let expected = "another zstd frame or the end of the file";
                return Err(Trouble::new(expected, "something else"));
            }
            Err(_) => return Err(damaged()),
        };
        Ok(())
    }

    /// Decodes the block that is there.
    fn decode_block(&mut self) -> Result<(), Trouble> {
        let block = BlockDecodingStrategy::UptoBlocks(1);
        self.decoder
            .decode_blocks(&self.bytes[..], block)
            .map_err(|_| damaged())?;
        Ok(())
    }

    /// Ends a frame that cannot be decoded any further: with an empty last block the decoder gives the
    /// data that it kept as its window.
    fn give_up(&mut self, trouble: Trouble) {
        self.trouble = Some(trouble);
        if matches!(self.part, Part::Block { .. }) && !self.decoder.is_finished() {
            let empty_last_block_and_checksum = [1, 0, 0, 0, 0, 0, 0];
            self.bytes.clear();
            self.bytes.extend_from_slice(&empty_last_block_and_checksum);
            // If that fails too, there is nothing to give.
            let _ = self.decode_block();
        }
    }

    /// Goes on to the next part.
    fn next(&mut self) {
        self.consumed += self.bytes.len() as u64;
        self.bytes.clear();
    }

    fn frame_ends(&mut self) -> Result<(), Trouble> {
        let stored = self.decoder.get_checksum_from_data();
        if stored.is_some() && stored != self.decoder.get_calculated_checksum() {
            let expected = "the checksum that the zstd file gives";
            return Err(Trouble::new(expected, "another: the file is damaged"));
        }
        self.part = Part::Header;
        Ok(())
    }

    /// Does what can be done with the bytes that are there. `None` if there may be more to do.
    fn step(&mut self) -> Result<Option<Step>, Trouble> {
        if matches!(self.part, Part::Block { .. }) && self.decoder.is_finished() {
            self.frame_ends()?;
            return Ok(None);
        }
        if let Part::Skipped(0) = self.part {
            self.part = Part::Header;
            return Ok(None);
        }
        let is_missing = matches!(self.part, Part::Skipped(_)) || self.missing() > 0;
        match (is_missing, self.ended) {
            (true, false) => return Ok(Some(Step::NeedsInput)),
            (true, true) if matches!(self.part, Part::Header) && self.bytes.is_empty() => {
                return Ok(Some(Step::End));
            }
            (true, true) => {
                self.next();
                return Err(Trouble::new("a whole zstd file", "its end missing"));
            }
            (false, _) => {}
        }
        match self.part {
            Part::Header => self.begin_frame()?,
            _ => self.decode_block()?,
        }
        self.next();
        Ok(None)
    }
}

impl Decode for Zstd {
    fn feed(&mut self, bytes: &[u8]) -> usize {
        if let Part::Skipped(left) = &mut self.part {
            let taken = bytes.len().min((*left).try_into().unwrap_or(usize::MAX));
            *left -= taken as u64;
            self.consumed += taken as u64;
            return taken;
        }
        let taken = bytes.len().min(self.missing());
        self.bytes.extend_from_slice(&bytes[..taken]);
        taken
    }

    fn end(&mut self) {
        self.ended = true;
    }

    fn decode(&mut self, output: &mut [u8]) -> Result<Step, Trouble> {
        loop {
            match self.decoder.read(output) {
                Ok(0) => {}
                Ok(bytes) => return Ok(Step::Data(bytes)),
                Err(_) => return Err(damaged()),
            }
            if let Some(trouble) = &self.trouble {
                return Err(trouble.clone());
            }
            match self.step() {
                Ok(None) => {}
                Ok(Some(step)) => return Ok(step),
                Err(trouble) => self.give_up(trouble),
            }
        }
    }

    fn consumed(&self) -> u64 {
        self.consumed
    }
}

fn damaged() -> Trouble {
    Trouble::new("a zstd file that can be unpacked", "damage")
}

/// Whether a frame whose descriptor this is ends with a checksum.
fn has_checksum(descriptor: u8) -> bool {
    descriptor & 4 != 0
}

/// The length of a header that begins with these bytes; as far as they tell, if they are too few.
fn header_bytes(bytes: &[u8]) -> usize {
    match bytes {
        // A frame to be skipped: its magic number and its length.
        [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => 8,
        [_, _, _, _, descriptor, ..] => {
            let single_segment = descriptor & 32 != 0;
            let window = usize::from(!single_segment);
            let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
            let content_size = match descriptor >> 6 {
                0 => usize::from(single_segment),
                size => 1 << size,
            };
            5 + window + dictionary + content_size
        }
        [a, b, c, d] if [*a, *b, *c, *d] != PACKING.magic => 4,
        _ if bytes.len() < 4 => 4,
        _ => 5,
    }
}

/// The length of a block that begins with these bytes, with the checksum after the last one; as far as
/// they tell, if they are too few. Of a block that the decoder refuses, the length of its header.
fn block_bytes(bytes: &[u8], checksum: bool) -> usize {
    const HEADER_BYTES: usize = 3;
    let &[a, b, c, ..] = bytes else {
        return HEADER_BYTES;
    };
    let header = u32::from_le_bytes([a, b, c, 0]);
    let size = (header >> 3) as usize;
    let content = match (header >> 1) & 3 {
        // One byte, repeated `size` times.
        1 if size <= BLOCK_BYTES_MAX => 1,
        0 | 2 if size <= BLOCK_BYTES_MAX => size,
        _ => return HEADER_BYTES,
    };
    let is_last = header & 1 != 0;
    HEADER_BYTES + content + if is_last && checksum { 4 } else { 0 }
}
