//! What is fuzzed: each target takes any bytes and panics if something is wrong. `cargo test` runs them
//! over the files of `corpus/` as well.

use cache::units::Key;
use scenario::{REQUESTS_MAX, Scenario, valid_key};
use sim::Pattern;
use std::rc::Rc;
use timeline::Run;
use trace::{BadTrace, Format, Reader, Trace, lru_curve, miss_count, replay};

/// A function of any bytes.
pub type Target = Box<dyn Fn(&[u8]) + Send + Sync>;

/// Every target, by the name of its folder in `corpus/`.
pub fn targets() -> Vec<(&'static str, Target)> {
    let mut targets: Vec<(&str, Target)> = vec![
        ("scenario", Box::new(scenario)),
        ("any", Box::new(|input| trace(input, None))),
        ("gzip", Box::new(|input| packed(GZIP, input))),
        ("zstd", Box::new(|input| packed(ZSTD, input))),
    ];
    for format in Format::ALL {
        targets.push((format.name, Box::new(|input| trace(input, Some(format)))));
    }
    targets
}

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";

/// A scenario as text: it is refused with a place in it, or it can be written down and read again to
/// the same, and a small one runs.
fn scenario(input: &[u8]) {
    const RUN_MAX: usize = 4;
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let scenario = match Scenario::from_json(text) {
        Err(invalid) => {
            assert!(invalid.path.is_empty() || invalid.path.starts_with('/'));
            assert!(invalid.message.ends_with('.'));
            return;
        }
        Ok(scenario) => scenario,
    };
    let written = serde_json::to_string(&*scenario.input).expect("a scenario can be written down");
    let again = Scenario::from_json(&written);
    let again = again.expect("what was written down can be read");
    assert_eq!(again.input, scenario.input);
    if scenario.workload.len() as usize <= RUN_MAX {
        let run = Run::new(Rc::new(scenario));
        let last = run.step_count();
        run.seek(last).state_hash();
    }
}

/// A trace of a format, or of one that is recognised. The first byte says how it is packed and cut;
/// both must not change what comes of it.
fn trace(input: &[u8], format: Option<&'static Format>) {
    let Some((&how, file)) = input.split_first() else {
        return;
    };
    let whole = read(file, format, file.len(), u64::MAX);
    hold(&whole, how == THOROUGH);
    let little = usize::from(how) / 4 + 1;
    match how % 4 {
        0 => {}
        1 => assert_eq!(read(file, format, 1, u64::MAX), whole),
        2 => assert_eq!(read(file, format, little, little as u64), whole),
        // Packed already: then it would be so twice, which is not unpacked.
        _ if file.starts_with(GZIP) || file.starts_with(ZSTD) => {}
        _ => assert_eq!(read(&stored(file), format, how.into(), how.into()), whole),
    }
}

/// Any bytes as a packed file, cut in two ways.
fn packed(magic: &[u8], input: &[u8]) {
    let Some((&how, rest)) = input.split_first() else {
        return;
    };
    let file = [magic, rest].concat();
    let whole = read(&file, None, file.len(), u64::MAX);
    hold(&whole, how == THOROUGH);
    let little = usize::from(how % 64) + 1;
    assert_eq!(read(&file, None, little, u64::from(how) + 1), whole);
}

/// With this first byte, all that can be made of a trace is made of it. That takes a hundred times as long
/// as reading it.
const THOROUGH: u8 = 0;

/// The most requests that are read.
const REQUESTS: usize = 64;

/// What came of a file: the trace or the error, and in that case what was read before it.
type Outcome = (Result<Trace, BadTrace>, Option<Trace>);

/// Reads a file in pieces of so many bytes, and in slices of that budget.
fn read(mut file: &[u8], format: Option<&'static Format>, piece: usize, budget: u64) -> Outcome {
    let name = "fuzz";
    let reader = match format {
        Some(format) => Reader::with_format(name, format),
        None => Reader::new(name),
    };
    // Five million requests would take too long each time.
    let mut reader = reader.limited(REQUESTS);
    let mut all = || {
        while !file.is_empty() {
            let piece = &file[..piece.clamp(1, file.len())];
            file = &file[reader.push_slice(piece, budget)?..];
        }
        loop {
            if let Some(trace) = reader.finish_slice(budget)? {
                return Ok(trace);
            }
        }
    };
    let result = all();
    (result, reader.so_far())
}

/// What holds for every outcome; thoroughly, for what is made of it as well.
fn hold((result, so_far): &Outcome, thoroughly: bool) {
    let trace = match (result, so_far) {
        (Err(bad), so_far) => {
            let said = bad.to_string();
            assert!(
                said.len() < 1_000 && said.ends_with(").") && !said.contains('\n'),
                "{said}"
            );
            let Some(so_far) = so_far else { return };
            so_far
        }
        (Ok(trace), None) => trace,
        (Ok(_), Some(_)) => panic!("a reader gave its trace twice"),
    };
    let count = trace.records.len();
    assert!((1..=REQUESTS).contains(&count));
    for key in 0..trace.keys.len() {
        assert!(valid_key(&trace.keys.name(Key(key))));
    }
    let mut before = trace.records.get(0).at;
    for record in trace.records.iter() {
        assert!(record.key.0 < trace.keys.len());
        assert!(record.at >= before);
        before = record.at;
    }
    if !thoroughly {
        return;
    }
    let keys = trace.records.requested();
    let curve = lru_curve(&keys);
    for pattern in Pattern::ALL {
        let mut lanes = trace.lanes();
        for lane in &mut lanes {
            (lane.strategy.read, lane.strategy.write) = pattern.paths();
        }
        let capacity = lanes[0].cache.capacity;
        let policy = lanes[0].cache.policy;
        if pattern == Pattern::CacheAside {
            assert_eq!(miss_count(&keys, policy, capacity), curve.misses(capacity));
        }
        let input = trace.scenario(lanes, "1".to_owned());
        let requests = match &input.workload {
            scenario::WorkloadInput::Script(script) => script.len(),
            scenario::WorkloadInput::Generated(_) => unreachable!("a script"),
        };
        assert!(requests <= REQUESTS_MAX);
        // A file of nothing but changes of times to live has nothing to step through.
        if requests > 0 {
            let scenario = Scenario::new(input).expect("a trace makes a valid scenario");
            let whole = replay(trace, &scenario.lanes[0]);
            assert_eq!(whole.hits + whole.misses, whole.reads);
        }
    }
}

/// A gzip file in which these bytes are stored as they are.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = bytes.chunks(0xFFFF).peekable();
    if blocks.peek().is_none() {
        file.extend([1, 0, 0, 255, 255]);
    }
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        file.push(u8::from(blocks.peek().is_none()));
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(block);
    }
    let check = bytes.iter().fold(!0_u32, |crc, &byte| {
        let step = |crc: u32, _| crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        (0..8).fold(crc ^ u32::from(byte), step)
    });
    file.extend((!check).to_le_bytes());
    file.extend((bytes.len() as u32).to_le_bytes());
    file
}
