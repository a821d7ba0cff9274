//! Zstandard files: those of the `zstd` program (`tests/data/zstd`), damaged, cut off, and too large.
#![cfg(not(target_arch = "wasm32"))]

use support::traces::read_in_slices;
use support::zstd::{repeated, zstd};
use trace::{BadTrace, Trace, Unit, read};

const SMALL: &[u8] = include_bytes!("../data/zstd/small.zst");
const STREAM: &[u8] = include_bytes!("../data/zstd/stream.zst");
const SIZED: &[u8] = include_bytes!("../data/zstd/sized.zst");

/// The text that `stream.zst` and `sized.zst` hold.
fn keys() -> String {
    (0..40_000_u64)
        .map(|n| format!("key:{}\n", n * n % 9_973))
        .collect()
}

/// The error of a file, and how many requests came before it: the same however the file is cut.
fn refused(file: &[u8]) -> (BadTrace, usize) {
    let read = |size, budget| read_in_slices(file, &[size], &[budget], |_| ());
    let whole = read(file.len(), u64::MAX);
    for (size, budget) in [(1, u64::MAX), (7, 100), (5_000, 3_000)] {
        assert_eq!(read(size, budget), whole);
    }
    let bad = whole.0.expect_err("a file that is refused");
    (bad, whole.1.map_or(0, |trace| trace.records.len()))
}

#[test]
fn files_of_the_zstd_program_are_read() {
    let expected = read("test", b"a\nb\na\nc\n").expect("four keys");
    let twice = read("test", b"a\nb\na\nc\na\nb\na\nc\n").expect("eight keys");
    let keys = read("test", keys().as_bytes()).expect("many keys");
    let files: [(&str, &[u8], &Trace); 5] = [
        ("small", SMALL, &expected),
        (
            "unchecked",
            include_bytes!("../data/zstd/unchecked.zst"),
            &expected,
        ),
        ("frames", include_bytes!("../data/zstd/frames.zst"), &twice),
        ("stream", STREAM, &keys),
        ("sized", SIZED, &keys),
    ];
    for (name, file, expected) in files {
        assert_eq!(read("test", file).as_ref(), Ok(expected), "{name}");
        let (trace, _) = read_in_slices(file, &[3], &[1_000], |_| ());
        assert_eq!(trace.as_ref(), Ok(expected), "{name}, in pieces");
    }
}

#[test]
fn a_file_that_is_cut_off_keeps_what_came_before() {
    let text = keys();
    for file in [STREAM, SIZED] {
        let (bad, came) = refused(&file[..file.len() - 9]);
        let place = bad.place;
        assert_eq!(
            (place.unit, place.number),
            (Unit::Packed, file.len() as u64 - 9)
        );
        assert!(bad.to_string().contains("a whole zstd file"), "{bad}");
        // All blocks but the last: nothing is lost that the decoder kept as its window.
        assert!(came > 10_000, "{came}");
        let unpacked = &text[..place.offset as usize];
        assert_eq!(came, unpacked.matches('\n').count());
    }
    for end in 5..SMALL.len() {
        let (bad, came) = refused(&SMALL[..end]);
        assert!(
            bad.to_string().contains("a whole zstd file"),
            "{end}: {bad}"
        );
        assert_eq!(came, 0, "{end}");
    }
}

#[test]
fn damage_is_told_in_a_sentence() {
    let changed = |file: &[u8], place: usize, to: u8| {
        let mut file = file.to_vec();
        file[place] = to;
        file
    };
    // Its data and its checksum.
    for place in [SMALL.len() - 6, SMALL.len() - 1] {
        let (bad, came) = refused(&changed(SMALL, place, b'z'));
        assert!(bad.to_string().contains("the checksum"), "{bad}");
        assert!(came >= 3, "{came}");
    }
    // The second block of several: its kind, of which there is none such.
    let blocks = [(b'\n', 100_000), (b'\n', 100_000), (b'\n', 100_000)];
    let file = repeated(&blocks, 1 << 20);
    let (bad, _) = refused(&changed(&file, 6 + 4, 7));
    assert!(bad.to_string().contains("but found damage"), "{bad}");
    assert_eq!((bad.place.number, bad.place.offset), (10, 100_000));
    let (bad, came) = refused(&[SMALL, b"rest"].concat());
    assert!(bad.to_string().contains("another zstd frame"), "{bad}");
    assert_eq!((bad.place.number, came), (SMALL.len() as u64, 4));
    let (bad, _) = refused(&zstd(SMALL));
    assert!(
        bad.to_string().contains("zstd file in a packed file"),
        "{bad}"
    );
    let (bad, _) = refused(include_bytes!("../data/zstd/empty.zst"));
    assert!(bad.to_string().contains("at least one request"), "{bad}");
}

#[test]
fn what_cannot_be_unpacked_here_is_named() {
    let (bad, _) = refused(include_bytes!("../data/zstd/window.zst"));
    let said = bad.to_string();
    assert!(
        said.contains("at most 128 MiB") && said.contains("one of 256 MiB"),
        "{said}"
    );
    let (bad, _) = refused(include_bytes!("../data/zstd/dictionary.zst"));
    assert!(bad.to_string().contains("needs no dictionary"), "{bad}");
}

#[test]
fn a_bomb_is_read_in_slices_up_to_a_gibibyte() {
    const BUDGET: u64 = 1 << 20;
    let spaces = repeated(&[(b' ', 128 << 10); 80], 128 << 10);
    let bomb = [spaces, repeated(&[(b'\n', 1)], 1 << 10)]
        .concat()
        .repeat(103);
    assert!(bomb.len() < 40_000, "{}", bomb.len());
    let mut before = 0;
    let (result, _) = read_in_slices(&bomb, &[bomb.len()], &[BUDGET], |reader| {
        let unpacked = reader.progress().unpacked;
        let more = unpacked - before;
        assert!(more <= BUDGET + 16 * 1024, "{more}");
        before = unpacked;
    });
    let bad = result.expect_err("too much").to_string();
    assert!(bad.contains("at most 1 GiB"), "{bad}");
}
