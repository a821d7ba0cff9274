//! Gzip files with everything that they can have.

use flate2::{Compress, Compression, Crc, FlushCompress};

/// A gzip member. `flags` says what its header has (RFC 1952, section 2.3.1): an extra field (4), a name
/// (8), a comment (16), a checksum (2).
pub fn gzip(bytes: &[u8], level: u32, flags: u8) -> Vec<u8> {
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
        let check = crc32(&file) as u16;
        file.extend(check.to_le_bytes());
    }
    let mut deflate = Compress::new(Compression::new(level), false);
    let mut packed = Vec::with_capacity(bytes.len() + bytes.len() / 1000 + 1024);
    deflate
        .compress_vec(bytes, &mut packed, FlushCompress::Finish)
        .expect("bytes can be compressed");
    assert_eq!(deflate.total_in(), bytes.len() as u64, "there was room");
    file.extend(packed);
    file.extend(crc32(bytes).to_le_bytes());
    file.extend((bytes.len() as u32).to_le_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
