//! Gzip files with everything that they can have.

use miniz_oxide::deflate::compress_to_vec;

/// The check of RFC 1952, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        let step = |crc: u32, _| crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        (0..8).fold(crc ^ u32::from(byte), step)
    })
}

/// A gzip member with every part that a header can have.
pub fn gzip(bytes: &[u8], level: u8, flags: u8) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255];
    if flags & 4 != 0 {
        file.extend([3, 0, b'x', 0, b'z']);
    }
    if flags & 8 != 0 {
        file.extend(b"trace.csv\0");
    }
    if flags & 16 != 0 {
        file.extend(b"a comment\0");
    }
    if flags & 2 != 0 {
        file.extend([1, 2]);
    }
    file.extend(compress_to_vec(bytes, level));
    file.extend(crc32(bytes).to_le_bytes());
    file.extend((bytes.len() as u32).to_le_bytes());
    file
}
