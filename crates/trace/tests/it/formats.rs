//! Every format of traces: what is read from it, what is wrong with it and where, and that it does not
//! matter how its bytes are cut.
#![cfg(not(target_arch = "wasm32"))]

use cache::units::{Key, Micros};
use proptest::collection::vec;
use proptest::prelude::*;
use support::cases;
use support::gzip::gzip;
use support::traces::{Outcome, read_in_slices};
use support::zstd::zstd;
use trace::{Access, BadTrace, Format, Lifetime, RECORDS_MAX, Reader, Record, Trace, Unit, read};

fn open(bytes: &[u8]) -> Trace {
    read("test", bytes).unwrap_or_else(|bad| panic!("{:?}: {bad}", String::from_utf8_lossy(bytes)))
}

/// Key, instant in seconds, access, lifetime and size of each request.
fn told(trace: &Trace) -> Vec<String> {
    let tell = |record: Record| {
        let name = trace.keys.name(record.key).into_owned();
        let Record {
            at,
            access,
            size_bytes,
            lifetime,
            ..
        } = record;
        let seconds = format!("{}.{:06}", at.0 / 1_000_000, at.0 % 1_000_000);
        let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
        format!("{name} {seconds} {access:?} {lifetime:?} {size_bytes}")
    };
    trace.records.iter().map(tell).collect()
}

fn keys_of(trace: &Trace) -> Vec<String> {
    let name = |record: Record| trace.keys.name(record.key).into_owned();
    trace.records.iter().map(name).collect()
}

#[test]
fn lis_requests_every_block_of_a_run() {
    let trace = open(b"110765 3 0 0\n110766 1 0 1\r\n\n  7\t2  0 2  \n");
    assert_eq!(trace.format.name, "lis");
    assert_eq!(
        keys_of(&trace),
        ["110765", "110766", "110767", "110766", "7", "8"]
    );
    assert_eq!(trace.keys.len(), 5);
    assert!(!trace.timed());
    assert!(trace.records.iter().all(|record| record.size_bytes == 512));
    assert_eq!(trace.records.get(5).at, Micros(5_000_000));
}

/// A record of libCacheSim's, packed by hand.
fn oracle_record(time: u32, object: u64, size: u32, next: i64) -> Vec<u8> {
    let mut bytes = time.to_le_bytes().to_vec();
    bytes.extend(object.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend(next.to_le_bytes());
    bytes
}

fn oracle_file(records: &[(u32, u64, u32, i64)]) -> Vec<u8> {
    let packed = records.iter();
    packed
        .flat_map(|&(time, object, size, next)| oracle_record(time, object, size, next))
        .collect()
}

#[test]
fn oracle_general_is_read_with_times_and_sizes() {
    let file = oracle_file(&[
        (1_000, 7, 100, 3),
        (1_000, u64::MAX, 0, -1),
        (1_002, 1 << 63, 5_000_000, i64::MAX),
        (1_003, 7, 100, -1),
    ]);
    let trace = open(&file);
    assert_eq!(trace.format.name, "oracle-general");
    assert_eq!(
        told(&trace),
        [
            "7 0 Read Unsaid 100",
            "18446744073709551615 0 Read Unsaid 0",
            "9223372036854775808 2 Read Unsaid 5000000",
            "7 3 Read Unsaid 100",
        ]
    );
    assert_eq!(trace.keys.len(), 3);
}

/// Lines of `MONITOR`, a second apart.
fn monitor(commands: &[&str]) -> Vec<u8> {
    let mut text = String::from("OK\n");
    for (n, command) in commands.iter().enumerate() {
        text.push_str(&format!(
            "{}.500000 [0 127.0.0.1:60866] {command}\n",
            1_339_518_083 + n
        ));
    }
    text.into_bytes()
}

#[test]
fn monitor_commands_become_reads_writes_and_deletions() {
    let trace = open(&monitor(&[
        r#""keys" "*""#,
        r#""get" "a""#,
        r#""SET" "a" "value""#,
        r#""set" "a" "v\n\x00\"\\" "ex" "10" "nx""#,
        r#""SET" "a" "1" "PX" "1500""#,
        r#""SET" "a" "1" "KEEPTTL" "GET""#,
        r#""SETEX" "b" "60" "12""#,
        r#""psetex" "b" "250" """#,
        r#""MGET" "a" "b""#,
        r#""MSET" "a" "1" "b" "22""#,
        r#""DEL" "a" "b""#,
        r#""HSET" "h" "field" "value""#,
        r#""INCR" "n""#,
        r#""EXPIRE" "n" "30""#,
        r#""EXPIREAT" "n" "1339518098""#,
        r#""EXPIREAT" "n" "1339518097""#,
        r#""PERSIST" "n""#,
        r#""GETEX" "n" "EX" "5""#,
        r#""GETEX" "n""#,
        r#""GETDEL" "n""#,
        r#""EXPIRE" "n" "-1""#,
        r#""EXPIRE" "n" "9000000000000""#,
        r#""SET" "a" "1" "EXAT" "1""#,
        r#""FLUSHALL""#,
        r#""KEYS" "*""#,
        r#""SET" "a" "1" "EX" "soon""#,
        r#""get""#,
    ]));
    assert_eq!(trace.format.name, "monitor");
    let after = |us| format!("{:?}", Lifetime::After(Micros(us)));
    assert_eq!(
        told(&trace),
        [
            "a 1 Read Unsaid 0".to_owned(),
            "a 2 Write Never 6".to_owned(),
            format!("a 3 Write {} 6", after(10_000_000)),
            format!("a 4 Write {} 2", after(1_500_000)),
            "a 5 Write Keep 2".to_owned(),
            format!("b 6 Write {} 3", after(60_000_000)),
            format!("b 7 Write {} 1", after(250_000)),
            "a 8 Read Unsaid 0".to_owned(),
            "b 8 Read Unsaid 0".to_owned(),
            "a 9 Write Never 2".to_owned(),
            "b 9 Write Never 3".to_owned(),
            "a 10 Delete Unsaid 0".to_owned(),
            "b 10 Delete Unsaid 0".to_owned(),
            "h 11 Write Keep 0".to_owned(),
            "n 12 Write Keep 0".to_owned(),
            format!("n 13 Expire {} 0", after(30_000_000)),
            // Half a second after 1339518097 s it is half a second to 1339518098 s.
            format!("n 14 Expire {} 0", after(500_000)),
            "n 15 Delete Unsaid 0".to_owned(),
            "n 16 Expire Never 0".to_owned(),
            "n 17 Read Unsaid 0".to_owned(),
            format!("n 17 Expire {} 0", after(5_000_000)),
            "n 18 Read Unsaid 0".to_owned(),
            "n 19 Read Unsaid 0".to_owned(),
            "n 19 Delete Unsaid 0".to_owned(),
            "n 20 Delete Unsaid 0".to_owned(),
            "n 21 Expire Never 0".to_owned(),
            "a 22 Delete Unsaid 0".to_owned(),
        ]
    );
    // The keys of a bare stream are those that are read or written.
    assert_eq!(trace.records.requested().len(), 16);
    let unused = [
        "\"KEYS\" (2 times)",
        "\"FLUSHALL\" (once)",
        "\"SET\" (once)",
        "\"GET\" (once)",
    ];
    assert_eq!(trace.unused, unused);
}

#[test]
fn monitor_lines_of_all_clients_are_read() {
    let text = concat!(
        "+OK\r\n",
        "+1.0 [0 [::1]:6379] \"get\" \"a\"\r\n",
        "+2.25 [0 unix:/tmp/a b.sock] \"get\" \"a\"\r\n",
        "+3 [0 lua] \"get\" \"a\"\r\n",
        "+2.5 [15 127.0.0.1:1] \"get\" \"a\"\r\n",
    );
    let trace = open(text.as_bytes());
    // A clock that is set back stands still, and a key of another database is another key.
    let expected = ["a 0 Read", "a 1.25 Read", "a 2 Read", "\\db15:a 2 Read"];
    assert_eq!(
        told(&trace),
        expected.map(|told| format!("{told} Unsaid 0"))
    );
}

#[test]
fn names_that_a_key_may_not_have_stay_escaped_and_apart() {
    let long = "k".repeat(300);
    let other = format!("{}x", "k".repeat(299));
    let names = [
        r"a b",
        r"a\x20b",
        r"a\\x20b",
        r#"\"\""#,
        r"",
        r"\xc3\xa9",
        r"\xff",
        r"\r\n",
        &long,
        &other,
    ];
    let commands = names.map(|name| format!("\"get\" \"{name}\""));
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    let trace = open(&monitor(&commands));
    let keys = keys_of(&trace);
    assert_eq!(
        keys[..8],
        [
            r"a\x20b",
            r"a\x20b",
            r"a\\x20b",
            "\"\"",
            r"\(empty)",
            "é",
            r"\xff",
            r"\r\n"
        ]
    );
    assert_eq!(trace.keys.len(), 9, "a space is a space, escaped or not");
    assert!(keys[8].starts_with(&"k".repeat(200)) && keys[8] != keys[9]);
}

/// A zstd frame that is to be skipped.
const SKIPPED: &[u8] = b"\x50\x2A\x4D\x18\x05\0\0\0notes";

#[test]
fn every_format_reads_its_sample() {
    for format in Format::ALL {
        let file = format.sample.file;
        let plain = open(file);
        assert_eq!(plain.format, format);
        assert_eq!(plain.records.len(), format.sample.requests, "{format:?}");
        assert_eq!(in_pieces(file, &[1]).0.as_ref(), Ok(&plain), "{format:?}");
        for (level, flags) in [(0, 0), (1, 4), (6, 8), (9, 31), (6, 18)] {
            assert_eq!(open(&gzip(file, level, flags)), plain, "{format:?}");
        }
        assert_eq!(open(&zstd(file)), plain, "{format:?}");
        // A file can consist of several members or frames; one of gzip can end with zeros.
        let (head, tail) = file.split_at(file.len() / 2);
        let members = [gzip(head, 6, 0), gzip(tail, 6, 8), vec![0; 512]].concat();
        let frames = [zstd(head), SKIPPED.to_vec(), zstd(tail)].concat();
        for packed in [members, frames] {
            assert_eq!(open(&packed), plain, "{format:?}");
            assert_eq!(
                in_pieces(&packed, &[1]).0.as_ref(),
                Ok(&plain),
                "{format:?}"
            );
        }
        let mut known = Reader::with_format("test", format);
        known.push(file).expect("the same file");
        assert_eq!(known.finish(), Ok(plain));
        assert_eq!(Format::named(format.name), Some(format));
        assert!(Format::list().contains(format.title));
    }
}

/// Reads a file in pieces of these sizes, over and over.
fn in_pieces(file: &[u8], sizes: &[usize]) -> Outcome {
    read_in_slices(file, sizes, &[u64::MAX], |_| ())
}

fn whole(file: &[u8]) -> Outcome {
    in_pieces(file, &[file.len()])
}

/// Files of every format, as they are or with some bytes changed or cut off; some of them packed.
fn files() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    let long = |text: &'static str| text.repeat(3_000).into_bytes();
    let mut files: Vec<Vec<u8>> = Format::ALL
        .into_iter()
        .map(|format| format.sample.file.to_vec())
        .collect();
    files.push(long("some:key\n\u{e9}\n"));
    files.push([b"key,op\n".to_vec(), long("\"a\",get\n\n b ,set\r\n")].concat());
    files.push(oracle_file(&[(1, 2, 3, 4); 900]));
    files.push(
        [
            long("4 3 0 0\n"),
            b"1 700 0 0\n\n2 0 0 0\n9 300 0 0".to_vec(),
        ]
        .concat(),
    );
    let keys = format!("\"mget\"{}", " \"a\" \"b c\"".repeat(60));
    files.push(monitor(&[&keys, r#""get" "a""#, &keys]));
    let parts = (
        prop::sample::select(files),
        changes,
        any::<prop::sample::Index>(),
        0..6_u8,
    );
    parts.prop_flat_map(|(mut file, changes, end, how)| {
        let change = move |file: &mut Vec<u8>| {
            for (place, byte) in &changes {
                let place = place.index(file.len());
                file[place] = *byte;
            }
            if how % 3 == 2 {
                file.truncate(end.index(file.len()) + 1);
            }
        };
        if how < 3 {
            change(&mut file);
            return Just(match how {
                0 => zstd(&file),
                _ => gzip(&file, u32::from(how) * 4, 8),
            })
            .boxed();
        }
        file = match how {
            3 => zstd(&file),
            4 => gzip(&file, 6, 0),
            _ => file,
        };
        change(&mut file);
        Just(file).boxed()
    })
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn it_does_not_matter_how_the_bytes_are_cut(file in files(), sizes in vec(1..2_000_usize, 1..6)) {
        let expected = whole(&file);
        prop_assert_eq!(in_pieces(&file, &sizes), expected.clone());
        prop_assert_eq!(in_pieces(&file, &[1]), expected);
    }

    #[test]
    fn it_does_not_matter_how_the_work_is_cut(
        file in files(),
        sizes in vec(1..2_000_usize, 1..6),
        budgets in vec(prop_oneof![1..20_u64, 1..3_000_u64], 1..6),
    ) {
        let sliced = read_in_slices(&file, &sizes, &budgets, |_| ());
        prop_assert_eq!(sliced, whole(&file));
    }
}

/// The error of a file, and how many requests came before it.
fn refused(file: &[u8]) -> (BadTrace, usize) {
    match whole(file) {
        (Ok(_), _) => panic!("{:?} was read", String::from_utf8_lossy(file)),
        (Err(bad), so_far) => (bad, so_far.map_or(0, |trace| trace.records.len())),
    }
}

#[test]
fn what_is_wrong_has_a_number_an_offset_and_what_came_before() {
    let mut cut = oracle_file(&[(5, 1, 10, 2), (6, 2, 20, -1)]);
    cut.extend([1, 2, 3]);
    let back = oracle_file(&[(5, 1, 10, 2), (6, 2, 20, -1), (4, 1, 1, -1)]);
    // Beyond what the format is recognised by: an impossible next request.
    let mut late = oracle_file(&[(5, 1, 10, 2); 1000]);
    late.extend(oracle_record(5, 1, 10, -2));
    let mut monitor_cut = monitor(&[r#""get" "a""#, r#""get" "b"#]);
    monitor_cut.pop();
    let too_long = format!("a\n{}\n", "x".repeat(251)).into_bytes();
    let junk = vec![0x89, 0x50, 0, 255, b'\n', 7];
    type Case = (Vec<u8>, Unit, u64, u64, usize, String);
    let mut cases: Vec<Case> = [
        (cut, Unit::Record, 3, 48, 2, "24 bytes"),
        (back, Unit::Line, 1, 0, 0, "a trace"),
        (late, Unit::Record, 1001, 24_000, 1000, "next request"),
        (monitor_cut, Unit::Line, 3, 51, 1, "a line of MONITOR"),
        (too_long, Unit::Line, 2, 2, 1, "a key of 1 to 250 bytes"),
        (junk, Unit::Line, 1, 0, 0, "each also as .gz or .zst"),
    ]
    .map(|(file, unit, number, offset, came, says)| {
        (file, unit, number, offset, came, says.to_owned())
    })
    .into();
    let table = include_str!("../data/errors.tsv").lines();
    cases.extend(table.filter(|line| !line.starts_with('#')).map(|line| {
        let [file, line_number, offset, came, says] = line.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("five columns: {line}");
        };
        let file: String = serde_json::from_str(file).expect("a JSON text");
        let number = |text: &str| text.parse::<u64>().expect("a number");
        let came = number(came) as usize;
        let says = says.to_owned();
        (
            file.into_bytes(),
            Unit::Line,
            number(line_number),
            number(offset),
            came,
            says,
        )
    }));
    for (file, unit, number, offset, so_far, says) in cases {
        let (bad, came) = refused(&file);
        let place = bad.place;
        let found = (place.unit, place.number, place.offset);
        assert_eq!(found, (unit, number, offset), "{bad}");
        assert!(bad.to_string().contains(&says), "{bad}");
        assert_eq!(came, so_far, "{bad}");
        // Packed, it is the same, at the same place of the data.
        assert_eq!(refused(&gzip(&file, 6, 0)), (bad.clone(), came));
        assert_eq!(refused(&zstd(&file)), (bad, came));
    }
}

#[test]
fn a_damaged_gzip_file_keeps_what_came_before() {
    let text: String = (0..40_000_u64)
        .map(|n| format!("key:{}\n", n * n % 9_973))
        .collect();
    let file = gzip(text.as_bytes(), 6, 0);
    let (bad, came) = refused(&file[..file.len() / 2]);
    assert_eq!(
        (bad.place.unit, bad.place.number),
        (Unit::Packed, file.len() as u64 / 2)
    );
    assert!(bad.to_string().contains("a whole gzip file"), "{bad}");
    assert!((10_000..30_000).contains(&came), "{came}");
    let unpacked = &text[..bad.place.offset as usize];
    assert_eq!(
        came,
        unpacked.lines().count() - 1,
        "all lines but the one that was cut off"
    );
}

#[test]
fn damage_is_found_wherever_it_is() {
    let file = gzip(b"a\nb\na\nc\n", 0, 0);
    let damaged = |place: usize| {
        let mut file = file.clone();
        file[place] ^= 0x10;
        file
    };
    // The checksum, the length, and the data that they are of.
    for place in [file.len() - 8, file.len() - 1, file.len() - 14] {
        let (bad, came) = refused(&damaged(place));
        assert!(bad.to_string().contains("checksum"), "{bad}");
        assert_eq!(came, 4);
    }
    let header = refused(&damaged(2)).0.to_string();
    assert!(header.contains("invalid gzip header"), "{header}");
    let more = [file.clone(), vec![b'x']].concat();
    assert!(refused(&more).0.to_string().contains("another gzip member"));
    let twice = gzip(&file, 6, 0);
    assert!(
        refused(&twice)
            .0
            .to_string()
            .contains("gzip file in a packed file")
    );
}

#[test]
fn bombs_go_off_within_bounds() {
    // A run of blocks without end.
    let (bad, came) = refused(b"0 18446744073709551615 0 0\n");
    assert!(
        bad.to_string().contains("at most 5000000 requests"),
        "{bad}"
    );
    assert_eq!(came, RECORDS_MAX);
    // Empty lines that never end: 1 MiB of them in about 1 KiB, 1,100 times.
    let mut lines = vec![b' '; 1 << 20];
    lines[1 << 19] = b'\n';
    let member = gzip(&lines, 9, 0);
    let mut reader = Reader::new("test");
    let bad = (0..1_100).find_map(|_| reader.push(&member).err());
    let bad = bad.expect("it comes to an end").to_string();
    assert!(bad.contains("at most 1 GiB"), "{bad}");
    // A record of CSV that never ends, and one of as many fields.
    for (piece, says) in [("\n", "64 KiB"), ("\",\"", "1000 fields")] {
        let mut reader = Reader::new("test");
        reader
            .push(b"key,op\n\"")
            .expect("the beginning of a record");
        let bad = (0..200_000).find_map(|_| reader.push(piece.as_bytes()).err());
        assert!(bad.expect("it comes to an end").to_string().contains(says));
    }
    // A line that never ends.
    let member = gzip(&vec![b'k'; 1 << 20], 9, 0);
    let mut reader = Reader::new("test");
    let bad = (0..20).find_map(|_| reader.push(&member).err());
    assert!(
        bad.expect("it comes to an end")
            .to_string()
            .contains("16 MiB")
    );
}

#[test]
fn progress_is_known_and_a_reader_that_failed_stays_so() {
    let mut reader = Reader::new("test");
    let file = "a\nb\na\n".repeat(4_000);
    let file = file.as_bytes();
    let progress = reader.push(&file[..20_001]).expect("a good beginning");
    assert_eq!((progress.bytes, progress.unpacked), (20_001, 20_001));
    assert_eq!((progress.records, progress.keys), (10_000, 2));
    assert_eq!(reader.format(), Format::named("keys"));
    let bad = reader.push(b" b\n").expect_err("a space in a key");
    assert_eq!(reader.push(b"c\n"), Err(bad.clone()));
    assert_eq!(reader.finish(), Err(bad));
    let kept = reader.so_far().expect("what came before");
    assert_eq!(kept.records.len(), 10_000);
    // A person can stop at any time and keep what there is, even if it is too little to be sure.
    let mut reader = Reader::new("test");
    reader.push(b"a\nb\nunfinish").expect("keys");
    assert_eq!(reader.so_far().map(|trace| trace.records.len()), Some(2));
    let mut reader = Reader::new("test");
    reader.push(b"a\n").expect("a key");
    reader.finish().expect("a trace");
    assert!(reader.push(b"b\n").is_err());
}

#[test]
fn five_million_requests_take_little_memory() {
    let mut reader = Reader::with_format("test", Format::named("lis").expect("a format"));
    for _ in 0..50 {
        reader.push(b"0 100000 0 0\n").expect("a run");
    }
    let trace = reader.finish().expect("a trace");
    assert_eq!(trace.records.len(), RECORDS_MAX);
    // Four bytes of key and four of size, in vectors that double as they grow.
    assert!(trace.heap_bytes() < 70_000_000, "{}", trace.heap_bytes());
    assert_eq!(trace.records.get(4_999_999).key, Key(99_999));
    let deleted = trace
        .records
        .iter()
        .filter(|record| record.access == Access::Delete);
    assert_eq!(deleted.count(), 0);
}
