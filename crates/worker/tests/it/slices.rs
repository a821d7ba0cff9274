//! Reading goes on in slices of little work, whatever the file makes of its bytes. Work is counted, not
//! timed: requests made and bytes unpacked.
#![cfg(not(target_arch = "wasm32"))]

use support::gzip::gzip;
use support::traces::read_in_slices;
use trace::{BadTrace, RECORDS_MAX, ReadProgress, Reader, Trace};
use worker::Lab;

/// How many bytes a format is recognised by: they are read before anything else is.
const PROBE: u64 = 16 * 1024;

/// Reads a file in slices, and looks at what each of them did.
fn in_slices(file: &[u8], budget: u64) -> (Result<Trace, BadTrace>, Vec<ReadProgress>) {
    let mut slices = vec![ReadProgress::default()];
    let look = |reader: &Reader| slices.push(reader.progress());
    let (result, _) = read_in_slices(file, &[file.len()], &[budget], look);
    (result, slices)
}

/// Files of few bytes and much work: with their names, and how many requests they make.
fn large_in_small() -> Vec<(&'static str, Vec<u8>, u64)> {
    let monitor = |keys: usize| {
        let line = "1.5 [0 a:1] \"MGET\"".to_owned() + &" \"k\"".repeat(keys) + "\n";
        line.into_bytes()
    };
    let csv = "key,size\n".to_owned() + &"k,1\n".repeat(400_000);
    let oracle: Vec<u8> = [5_u32, 7, 0, 9, u32::MAX, u32::MAX]
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect();
    vec![
        ("a line", b"0 600000 0 0\n".to_vec(), 600_000),
        ("the last line", b"0 1 0 0\n7 600000 0 1".to_vec(), 600_001),
        ("many lines", b"5 4000 0 0\n".repeat(200), 800_000),
        ("no blocks", b"5 0 0 0\n9 1 0 0\n".repeat(40_000), 40_000),
        ("one command", monitor(200_000), 200_000),
        ("keys", gzip(&b"k\n".repeat(1 << 20), 9, 0), 1 << 20),
        (
            "lines, packed",
            gzip(&b"5 40 0 0\n".repeat(9_000), 9, 0),
            360_000,
        ),
        (
            "one command, packed",
            gzip(&monitor(200_000), 9, 0),
            200_000,
        ),
        ("CSV", gzip(csv.as_bytes(), 9, 0), 400_000),
        ("records", gzip(&oracle.repeat(100_000), 9, 0), 100_000),
    ]
}

#[test]
fn no_slice_does_more_than_it_may() {
    for (name, file, requests) in large_in_small() {
        for budget in [8_192, 50_000] {
            let (trace, slices) = in_slices(&file, budget);
            let trace = trace.unwrap_or_else(|bad| panic!("{name}: {bad}"));
            assert_eq!(trace.records.len() as u64, requests, "{name}");
            for two in slices.windows(2) {
                let made = two[1].records - two[0].records;
                let read = two[1].unpacked - two[0].unpacked;
                assert!(made <= budget, "{name}: {made} requests in a slice");
                assert!(read <= budget + PROBE, "{name}: {read} bytes in a slice");
            }
            // Each of them does something, so that it comes to an end.
            let work = requests + slices.iter().map(|slice| slice.unpacked).max().unwrap_or(0);
            assert!((slices.len() as u64) < 8 + work / budget * 4, "{name}");
        }
        let mut reader = Reader::new("test");
        reader.push(&file).expect("the same file");
        assert_eq!(reader.finish(), in_slices(&file, 5_000).0, "{name}");
    }
}

#[test]
fn empty_lines_without_end_are_unpacked_in_slices() {
    let blank = gzip(&vec![b'\n'; 8 << 20], 9, 0);
    assert!(blank.len() < 16 * 1024, "{}", blank.len());
    let (bad, slices) = in_slices(&blank, 8_192);
    assert!(bad.is_err());
    let most = slices
        .windows(2)
        .map(|two| two[1].unpacked - two[0].unpacked);
    assert!(most.max().is_some_and(|most| most <= 8_192 + PROBE));
    assert!(slices.len() > 1_000);
}

#[test]
fn the_page_reads_a_line_of_millions_in_slices() {
    const MOST: u64 = 10_000;
    for file in [&b"0 9000000 0 0\n"[..], b"0 9 0 0\n3 9000000 0 1"] {
        let mut lab = Lab::new("runs.lis");
        let mut rest = file;
        let mut before = 0;
        let bad = loop {
            let done = match rest {
                [] => lab.finish().map(|_| 0),
                _ => lab.push(rest),
            };
            assert!(lab.requests() - before <= MOST, "{}", lab.requests());
            before = lab.requests();
            match done {
                Ok(taken) => rest = &rest[taken..],
                Err(bad) => break bad,
            }
        };
        assert!(bad.contains("at most 5000000 requests"), "{bad}");
        assert_eq!(lab.requests(), RECORDS_MAX as u64);
        assert!(lab.keep(), "what came before is kept");
    }
}
