//! The workload's ranges, and the workload that the simulation takes.

use super::input::ScenarioInput;
use super::ranges::{
    self, ABSENT, ALPHA_MILLI, CLIENTS, GAP_MAX_US, GENERATED, KEY_BYTES_MAX, KEYS, PER_MILLE,
    Range, SCALE_MILLI, SCRIPT, SHAPE_MILLI, TIME, TIME_MAX_US, WARM,
};
use super::validate::{check_range, valid_key};
use super::validate_lane::check_span;
use super::workload_input::{RequestInput, VALUE_BYTES, WorkloadInput};
use super::{Invalid, KeyTable};
use cache::units::{Key, Micros};
use sim::workload::{
    Generated, Generator, OwnTtl, Popularity, Request, Script, Source, ValueSizes, Warm, Workload,
};

/// The most digits that follow a generated key's prefix.
const KEY_DIGITS: usize = 7;

/// The workload of inputs.
pub(super) fn check_workload(seed: u64, input: &ScenarioInput) -> Result<Workload, Invalid> {
    check_range("/warm", "entries", input.warm.len() as u64, WARM)?;
    let (warm, source) = match &input.workload {
        WorkloadInput::Script(script) => {
            let mut keys = KeyTable::default();
            // These keys come first, so each gets the next number unless it has occurred before.
            let warm = check_warm(input, |path, name| number(&mut keys, path, name))?;
            let requests = check_script(script, &mut keys)?;
            let absent = check_absent(input, &mut keys)?;
            let script = Script {
                listed: keys.listed(),
                names: keys.into_names(),
                absent,
                requests,
            };
            (warm, Source::Script(script))
        }
        WorkloadInput::Generated(settings) => {
            check_generated(settings)?;
            if let Some(name) = input.absent.first() {
                let expected = "left out: a generated workload has absent_per_mille instead";
                return Err(Invalid::new("/absent/0", expected, format!("{name:?}")));
            }
            let generator = Generator::new(seed, settings.clone());
            let known = |path: &str, name: &str| {
                generator.key_of(name).ok_or_else(|| {
                    let expected = "a key of the generated workload";
                    Invalid::new(path, expected, format!("{name:?}"))
                })
            };
            let mut warm = check_warm(input, known)?;
            for warm in &mut warm {
                warm.size_bytes = generator.size_bytes(warm.key);
            }
            (warm, Source::Generator(generator))
        }
    };
    let workload = Workload {
        seed,
        warm,
        source,
        schedule: None,
    };
    for (i, warm) in workload.warm.iter().enumerate() {
        if !workload.exists_at_start(warm.key) {
            let expected = "a key that the database has a row for";
            let found = format!("the absent {:?}", input.warm[i].key);
            return Err(Invalid::new(format!("/warm/{i}/key"), expected, found));
        }
    }
    Ok(workload)
}

fn check_warm(
    input: &ScenarioInput,
    mut number: impl FnMut(&str, &str) -> Result<Key, Invalid>,
) -> Result<Vec<Warm>, Invalid> {
    let mut warm = Vec::with_capacity(input.warm.len());
    let mut seen: Vec<bool> = Vec::new();
    for (i, entry) in input.warm.iter().enumerate() {
        let path = format!("/warm/{i}/key");
        let key = number(&path, &entry.key)?;
        let age = format!("/warm/{i}/age_us");
        check_range(&age, "", entry.age_us, TIME)?;
        let place = key.0 as usize;
        if seen.len() <= place {
            seen.resize(place + 1, false);
        }
        if std::mem::replace(&mut seen[place], true) {
            let expected = "a key that occurs once under warm";
            let found = format!("{:?} again", entry.key);
            return Err(Invalid::new(path, expected, found));
        }
        warm.push(Warm {
            key,
            age: Micros(entry.age_us),
            size_bytes: entry.key.len() as u32 + VALUE_BYTES,
        });
    }
    Ok(warm)
}

fn check_script(script: &[RequestInput], keys: &mut KeyTable) -> Result<Vec<Request>, Invalid> {
    let path = "/workload/script";
    check_range(path, "requests", script.len() as u64, SCRIPT)?;
    let mut requests: Vec<Request> = Vec::with_capacity(script.len());
    for (i, request) in script.iter().enumerate() {
        let path = |field: &str| format!("{path}/{i}/{field}");
        check_range(&path("at_us"), "", request.at_us, TIME)?;
        let before = requests.last().map_or(0, |last| last.at.0);
        if request.at_us < before {
            let expected = format!("at least {before}, the arrival of the request before it");
            return Err(Invalid::new(path("at_us"), &expected, request.at_us));
        }
        check_range(&path("client"), "", request.client.into(), CLIENTS)?;
        if let Some(ttl_us) = request.ttl_us {
            check_range(&path("ttl_us"), "", ttl_us, TIME)?;
        }
        let value_bytes = request.value_bytes;
        check_range(
            &path("value_bytes"),
            "",
            value_bytes.into(),
            ranges::VALUE_BYTES,
        )?;
        requests.push(Request {
            at: Micros(request.at_us),
            client: request.client,
            operation: request.op,
            key: number(keys, &path("key"), &request.key)?,
            ttl: OwnTtl::from_us(request.ttl_us),
            size_bytes: request.key.len() as u32 + value_bytes,
        });
    }
    Ok(requests)
}

/// The keys of a script that the database has no row for, in order of their numbers.
fn check_absent(input: &ScenarioInput, keys: &mut KeyTable) -> Result<Vec<Key>, Invalid> {
    let count = input.absent.len() as u64;
    check_range("/absent", "keys", count, ABSENT)?;
    let mut absent = Vec::with_capacity(input.absent.len());
    for (i, name) in input.absent.iter().enumerate() {
        let key = number(keys, &format!("/absent/{i}"), name)?;
        if let Err(place) = absent.binary_search(&key) {
            absent.insert(place, key);
        }
    }
    Ok(absent)
}

fn check_generated(settings: &Generated) -> Result<(), Invalid> {
    let path = |field: &str| format!("/workload/generated/{field}");
    let range =
        |field: &str, value: u32, range: Range| check_range(&path(field), "", value.into(), range);
    range("requests", settings.requests, GENERATED)?;
    range("clients", settings.clients, CLIENTS)?;
    range("keys", settings.keys, KEYS)?;
    range("read_per_mille", settings.read_per_mille, PER_MILLE)?;
    range("absent_per_mille", settings.absent_per_mille, PER_MILLE)?;

    let prefix = &settings.key_prefix;
    // A digit at its end would make two keys of one name.
    let ends_in_digit = prefix.ends_with(|c: char| c.is_ascii_digit());
    if !valid_key(&format!("{prefix}1"))
        || prefix.len() + KEY_DIGITS > KEY_BYTES_MAX
        || ends_in_digit
    {
        let expected = "at most 243 bytes without spaces, control characters or a digit at its end";
        return Err(Invalid::new(
            path("key_prefix"),
            expected,
            format!("{prefix:?}"),
        ));
    }
    match settings.popularity {
        Popularity::Uniform | Popularity::Scan => (),
        Popularity::Zipf { alpha_milli } => {
            range("popularity/zipf/alpha_milli", alpha_milli, ALPHA_MILLI)?;
        }
        Popularity::Loop { length } => {
            range("popularity/loop/length", length, (1, settings.keys.into()))?;
        }
        Popularity::Shifting {
            alpha_milli,
            period_requests,
            shift_keys,
        } => {
            let path = |field: &str| format!("popularity/shifting/{field}");
            range(&path("alpha_milli"), alpha_milli, ALPHA_MILLI)?;
            range(&path("period_requests"), period_requests, GENERATED)?;
            range(&path("shift_keys"), shift_keys, KEYS)?;
        }
    }
    match settings.value_bytes {
        ValueSizes::FixedBytes(bytes) => {
            range("value_bytes/fixed_bytes", bytes, ranges::VALUE_BYTES)?;
        }
        ValueSizes::Quantiles {
            p50_bytes,
            p90_bytes,
            p99_bytes,
            max_bytes,
        } => {
            let mut low = 0;
            for (field, bytes) in [
                ("p50_bytes", p50_bytes),
                ("p90_bytes", p90_bytes),
                ("p99_bytes", p99_bytes),
                ("max_bytes", max_bytes),
            ] {
                let field = format!("value_bytes/quantiles/{field}");
                range(&field, bytes, (low, ranges::VALUE_BYTES.1))?;
                low = bytes.into();
            }
        }
        ValueSizes::Pareto {
            base_bytes,
            scale_milli,
            shape_milli,
        } => {
            let path = |field: &str| format!("value_bytes/pareto/{field}");
            range(&path("base_bytes"), base_bytes, ranges::VALUE_BYTES)?;
            range(&path("scale_milli"), scale_milli, SCALE_MILLI)?;
            range(&path("shape_milli"), shape_milli, SHAPE_MILLI)?;
        }
    }
    check_span(&path("gap"), &settings.gap, GAP_MAX_US)?;
    match &settings.ttl {
        Some(ttl) => check_span(&path("ttl"), ttl, TIME_MAX_US),
        None => Ok(()),
    }
}

/// The number of a key that has to be valid.
fn number(keys: &mut KeyTable, path: &str, name: &str) -> Result<Key, Invalid> {
    if let Some(key) = keys.get(name) {
        return Ok(key);
    }
    if !valid_key(name) {
        let expected = "a key of 1 to 250 bytes without spaces or control characters";
        return Err(Invalid::new(path, expected, format!("{name:?}")));
    }
    Ok(keys.number(name))
}
