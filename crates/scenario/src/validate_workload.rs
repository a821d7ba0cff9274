//! From the inputs of the workload to the workload that the simulation takes.

use super::field::check_range;
use super::input::ScenarioInput;
use super::ranges::{ABSENT, KEY_BYTES_MAX};
use super::validate::{check_key, valid_key};
use super::validate_lane::{check_order, check_quantiles};
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
    let mut requests: Vec<Request> = Vec::with_capacity(script.len());
    for (i, request) in script.iter().enumerate() {
        let path = |field: &str| format!("{path}/{i}/{field}");
        let before = requests.last().map_or(0, |last| last.at.0);
        if request.at_us < before {
            let expected = format!("at least {before}, the arrival of the request before it");
            return Err(Invalid::new(path("at_us"), &expected, request.at_us));
        }
        requests.push(Request {
            at: Micros(request.at_us),
            client: request.client,
            operation: request.op,
            key: number(keys, &path("key"), &request.key)?,
            ttl: OwnTtl::from_us(request.ttl_us),
            size_bytes: request.key.len() as u32 + request.value_bytes,
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
    if let Popularity::Loop { length } = settings.popularity {
        let path = path("popularity/loop/length");
        check_range(&path, "", length.into(), (1, settings.keys.into()))?;
    }
    if let ValueSizes::Quantiles {
        p50_bytes,
        p90_bytes,
        p99_bytes,
        max_bytes,
    } = settings.value_bytes
    {
        let sizes = [
            ("p50_bytes", p50_bytes.into()),
            ("p90_bytes", p90_bytes.into()),
            ("p99_bytes", p99_bytes.into()),
            ("max_bytes", max_bytes.into()),
        ];
        check_order(&path("value_bytes/quantiles"), sizes)?;
    }
    check_quantiles(&path("gap"), &settings.gap)?;
    match &settings.ttl {
        Some(ttl) => check_quantiles(&path("ttl"), ttl),
        None => Ok(()),
    }
}

/// The number of a key that has to be valid.
fn number(keys: &mut KeyTable, path: &str, name: &str) -> Result<Key, Invalid> {
    if let Some(key) = keys.get(name) {
        return Ok(key);
    }
    check_key(path, name)?;
    Ok(keys.number(name))
}
