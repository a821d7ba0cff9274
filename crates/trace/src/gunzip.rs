//! Unpacking of gzip files (RFC 1952) as their bytes arrive: the frame here, the deflate stream
//! (RFC 1951) by `miniz_oxide`.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
use miniz_oxide::inflate::core::{DecompressorOxide, TINFL_LZ_DICT_SIZE, decompress};
use std::ops::Range;

/// What every gzip file begins with.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Why a file cannot be unpacked any further: what was expected, and what was found.
#[derive(Clone, Copy)]
pub(super) struct Trouble(pub(super) &'static str, pub(super) &'static str);

/// Unpacks a file of one or more members, of which the second and later are rare.
pub(super) struct Gunzip {
    part: Part,
    /// How many bytes of the packed file have been taken.
    pub(super) taken: u64,
    inflater: Box<DecompressorOxide>,
    /// The last 32 KiB, going round: what is unpacked may repeat a piece of them.
    window: Vec<u8>,
    at: usize,
    /// The place in the window of what has been unpacked and not been read yet.
    output: Range<usize>,
    /// Why no more can be unpacked after that.
    pub(super) trouble: Option<Trouble>,
    check: u32,
    length: u32,
}

/// The part of a member that comes next, with what is known of it.
#[derive(Clone, Copy)]
enum Part {
    /// The fixed ten bytes: how many of them have come, and the flags among them.
    Head { come: u8, flags: u8 },
    /// The extra field's length: the bytes of it that have come.
    ExtraLength { come: u8, length: u16, flags: u8 },
    /// The extra field: so many bytes are to come.
    Extra { left: u16, flags: u8 },
    /// The name or the comment, up to a zero byte.
    Text { flags: u8 },
    /// The header's own check: so many bytes are to come.
    HeadCheck { left: u8, flags: u8 },
    /// The deflate stream.
    Body,
    /// The check and the length of what was unpacked: eight bytes.
    Tail { come: u8, value: u64 },
    /// After a whole member: another one, zeros as padding, or the end.
    Between { padded: bool },
}

const FLAG_HEAD_CHECK: u8 = 2;
const FLAG_EXTRA: u8 = 4;
const FLAG_NAME: u8 = 8;
const FLAG_COMMENT: u8 = 16;
const FLAGS_RESERVED: u8 = 0xE0;

/// What the rest of a header consists of, by the flags that are left.
fn after_head(flags: u8) -> Part {
    if flags & FLAG_EXTRA != 0 {
        let flags = flags & !FLAG_EXTRA;
        return Part::ExtraLength {
            come: 0,
            length: 0,
            flags,
        };
    }
    for text in [FLAG_NAME, FLAG_COMMENT] {
        if flags & text != 0 {
            return Part::Text {
                flags: flags & !text,
            };
        }
    }
    if flags & FLAG_HEAD_CHECK != 0 {
        let flags = flags & !FLAG_HEAD_CHECK;
        return Part::HeadCheck { left: 2, flags };
    }
    Part::Body
}

impl Gunzip {
    /// For a file whose [`MAGIC`] has been taken.
    pub(super) fn after_magic() -> Self {
        let come = MAGIC.len() as u8;
        Gunzip {
            part: Part::Head { come, flags: 0 },
            taken: come.into(),
            inflater: Box::default(),
            window: vec![0; TINFL_LZ_DICT_SIZE],
            at: 0,
            output: 0..0,
            trouble: None,
            check: 0,
            length: 0,
        }
    }

    /// What has been unpacked and not been read yet: at most 32 KiB.
    pub(super) fn output(&self) -> &[u8] {
        &self.window[self.output.clone()]
    }

    /// So many bytes of the output have been read.
    pub(super) fn have_read(&mut self, bytes: usize) {
        self.output.start += bytes;
    }

    /// Takes some bytes of `input`, which must not be empty, and says how many. All output has to have
    /// been read, and there must be no trouble. The same bytes give the same output however they are
    /// cut into pieces.
    pub(super) fn next(&mut self, input: &[u8]) -> usize {
        let (taken, result) = match self.part {
            Part::Body => self.inflate(input, TINFL_FLAG_HAS_MORE_INPUT),
            _ => {
                let step = self.step(input[0]);
                let taken = usize::from(step.is_ok());
                self.taken += taken as u64;
                (taken, step)
            }
        };
        self.trouble = result.err();
        taken
    }

    /// Unpacks what still comes out when no more bytes come. Whether that is nothing, and the file was
    /// whole. All output has to have been read before, and there must be no trouble.
    pub(super) fn finish(&mut self) -> bool {
        match self.part {
            Part::Between { .. } => return true,
            Part::Body => {
                // Whatever is wrong here, it is that no more came.
                let _ = self.inflate(&[], 0);
            }
            _ => {}
        }
        self.trouble = self.output.is_empty().then_some(CUT_OFF);
        false
    }

    fn inflate(&mut self, input: &[u8], flags: u32) -> (usize, Result<(), Trouble>) {
        let from = self.at;
        let (status, taken, given) =
            decompress(&mut self.inflater, input, &mut self.window, from, flags);
        self.taken += taken as u64;
        self.output = from..from + given;
        self.at = (from + given) % TINFL_LZ_DICT_SIZE;
        self.check = crc32(self.check, self.output());
        self.length = self.length.wrapping_add(given as u32);
        let result = match status {
            TINFLStatus::Done => {
                self.part = Part::Tail { come: 0, value: 0 };
                Ok(())
            }
            TINFLStatus::NeedsMoreInput | TINFLStatus::HasMoreOutput => Ok(()),
            _ => Err(Trouble(
                "a gzip file that can be unpacked",
                "data that cannot",
            )),
        };
        (taken, result)
    }

    /// One byte of the frame.
    fn step(&mut self, byte: u8) -> Result<(), Trouble> {
        self.part = match self.part {
            Part::Head { come, flags } => {
                let right = match come {
                    0 | 1 => byte == MAGIC[usize::from(come)],
                    // The only method there is: deflate.
                    2 => byte == 8,
                    3 => byte & FLAGS_RESERVED == 0,
                    _ => true,
                };
                if !right {
                    return Err(Trouble("the header of a gzip file", "something else"));
                }
                let flags = if come == 3 { byte } else { flags };
                match come {
                    9 => after_head(flags),
                    _ => Part::Head {
                        come: come + 1,
                        flags,
                    },
                }
            }
            Part::ExtraLength {
                come,
                length,
                flags,
            } => {
                let length = length | u16::from(byte) << (8 * come);
                match (come, length) {
                    (0, _) => Part::ExtraLength {
                        come: 1,
                        length,
                        flags,
                    },
                    (_, 0) => after_head(flags),
                    _ => Part::Extra {
                        left: length,
                        flags,
                    },
                }
            }
            Part::Extra { left: 1, flags } => after_head(flags),
            Part::Extra { left, flags } => Part::Extra {
                left: left - 1,
                flags,
            },
            Part::Text { flags } if byte == 0 => after_head(flags),
            Part::Text { flags } => Part::Text { flags },
            Part::HeadCheck { left: 1, flags } => after_head(flags),
            Part::HeadCheck { left, flags } => Part::HeadCheck {
                left: left - 1,
                flags,
            },
            Part::Body => Part::Body,
            Part::Tail { come, value } => {
                let value = value | u64::from(byte) << (8 * come);
                match come {
                    7 => self.member_ends(value)?,
                    _ => Part::Tail {
                        come: come + 1,
                        value,
                    },
                }
            }
            Part::Between { padded: false } if byte == MAGIC[0] => Part::Head { come: 1, flags: 0 },
            Part::Between { .. } if byte == 0 => Part::Between { padded: true },
            Part::Between { .. } => {
                let expected = "another gzip member or the end of the file";
                return Err(Trouble(expected, "something else"));
            }
        };
        Ok(())
    }

    fn member_ends(&mut self, tail: u64) -> Result<Part, Trouble> {
        if tail != u64::from(self.check) | u64::from(self.length) << 32 {
            let expected = "the checksum and length that the gzip file gives";
            return Err(Trouble(expected, "others: the file is damaged"));
        }
        (self.check, self.length, self.at) = (0, 0, 0);
        self.inflater.init();
        Ok(Part::Between { padded: false })
    }
}

const CUT_OFF: Trouble = Trouble("a whole gzip file", "its end missing");

/// The check of RFC 1952 (CRC-32, reflected, polynomial 0xEDB88320), going on from that of what came
/// before.
fn crc32(before: u32, bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!before, |crc, &byte| {
        CRC_TABLE[usize::from(crc as u8 ^ byte)] ^ crc >> 8
    })
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_is_the_standard_one() {
        // The check value of the CRC catalogues.
        assert_eq!(crc32(0, b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(crc32(0, b"1234"), b"56789"), 0xCBF4_3926);
    }
}
