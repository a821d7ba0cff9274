//! Zstandard files.

use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// A zstd frame with a checksum.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

/// A zstd frame, made by hand, without a checksum and with a window of `window_bytes` (a power of two from
/// 1 KiB): each block is a byte and how often it is repeated.
pub fn repeated(blocks: &[(u8, u32)], window_bytes: u64) -> Vec<u8> {
    let window = (window_bytes.ilog2() as u8 - 10) << 3;
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0, window];
    for (place, &(byte, count)) in blocks.iter().enumerate() {
        let last = u32::from(place + 1 == blocks.len());
        let header = last | 1 << 1 | count << 3;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(byte);
    }
    frame
}
