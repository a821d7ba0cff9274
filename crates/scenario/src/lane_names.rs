//! What lanes are called that have no name of their own: by what they differ in.

use super::field::{Field, Group, Kind, Number, span_text};
use super::lane_input::LaneInput;
use cache::{Scope, maxmemory_policy};
use serde_json::Value;
use sim::{Pattern, ReadPath};

/// The most inputs that one name tells of.
const TOLD_MAX: usize = 3;

/// The names of lanes, in order. A lane's own name comes first, and a lane without a cache is called that.
/// The others are called by their patterns where those tell them apart, else by the first input that does,
/// else by several.
pub(super) fn lane_names(lanes: &[LaneInput]) -> Vec<String> {
    let pattern = |lane: &LaneInput| Pattern::of(&lane.strategy).title().to_owned();
    let named_by_input: Vec<&LaneInput> = lanes
        .iter()
        .filter(|lane| lane.name.is_none() && lane.strategy.read != ReadPath::NoCache)
        .collect();
    let patterns: Vec<String> = named_by_input.iter().map(|lane| pattern(lane)).collect();
    let mut by_input = match are_different(&patterns) {
        true => patterns,
        false => names_by_inputs(&named_by_input).unwrap_or(patterns),
    }
    .into_iter();
    let mut name = |lane: &LaneInput| match &lane.name {
        Some(name) => name.clone(),
        None if lane.strategy.read == ReadPath::NoCache => pattern(lane),
        None => by_input.next().unwrap_or_else(|| pattern(lane)),
    };
    lanes.iter().map(&mut name).collect()
}

fn are_different(names: &[String]) -> bool {
    let mut later = names.iter().enumerate();
    later.all(|(i, name)| !names[..i].contains(name))
}

/// What lanes differ in, in the middle of a name.
struct Differing {
    /// Each lane's words.
    words: Vec<String>,
    /// Whether they are names, which keep their case at the beginning too.
    are_names: bool,
}

impl Differing {
    fn at_the_beginning(&self, lane: usize) -> String {
        match self.are_names {
            true => self.words[lane].clone(),
            false => capitalized(&self.words[lane]),
        }
    }
}

/// Names by the inputs in which lanes differ; `None` if these differ in no input, or in none that is told.
fn names_by_inputs(lanes: &[&LaneInput]) -> Option<Vec<String>> {
    let values: Vec<Value> = lanes
        .iter()
        .map(|lane| serde_json::to_value(lane).expect("inputs are plain data"))
        .collect();
    let mut differing = Vec::new();
    let policies: Vec<String> = lanes.iter().map(|lane| policy(lane, lanes)).collect();
    if policies.iter().any(|policy| *policy != policies[0]) {
        differing.push(Differing {
            words: policies,
            are_names: true,
        });
    }
    let groups = [
        Group::Strategy,
        Group::Cache,
        Group::Database,
        Group::Network,
    ];
    for field in groups.into_iter().flat_map(Group::fields) {
        let Some(place) = told_place(field) else {
            continue;
        };
        let of_lanes: Vec<&Value> = values
            .iter()
            .map(|value| value.pointer(place).unwrap_or(&Value::Null))
            .collect();
        if of_lanes.iter().any(|value| *value != of_lanes[0]) {
            differing.push(Differing {
                words: of_lanes.iter().map(|value| words(field, value)).collect(),
                are_names: false,
            });
        }
    }
    // Several together where none tells all of them apart alone; at worst what is known.
    let together = |told: &[Differing]| -> Vec<String> {
        let name = |lane: usize| {
            let first = told[0].at_the_beginning(lane);
            let later = told[1..].iter().map(|of| format!(", {}", of.words[lane]));
            first + &later.collect::<String>()
        };
        (0..lanes.len()).map(name).collect()
    };
    let alone = differing.iter().find(|of| are_different(&of.words));
    if let Some(alone) = alone {
        return Some(together(std::slice::from_ref(alone)));
    }
    let most = differing.len().min(TOLD_MAX);
    let names = (1..=most).map(|told| together(&differing[..told]));
    names.reduce(|fewer, more| if are_different(&fewer) { fewer } else { more })
}

/// The place of an input within a lane; `None` if names do not tell of it: the lane's own name, and what
/// the policy's words have said.
fn told_place(field: &Field) -> Option<&'static str> {
    let place = field.path.strip_prefix("/lanes/*")?;
    (!["/name", "/cache", "/cache/policy", "/cache/scope"].contains(&place)).then_some(place)
}

/// The policy, under Valkey's name for it where lanes differ in what may be evicted.
fn policy(lane: &LaneInput, lanes: &[&LaneInput]) -> String {
    let (kind, scope) = (lane.cache.policy, lane.cache.scope);
    let is_volatile = |scope: Scope| scope != Scope::AllKeys;
    if lanes
        .iter()
        .all(|other| is_volatile(other.cache.scope) == is_volatile(scope))
    {
        return kind.title().to_owned();
    }
    match maxmemory_policy(kind, scope) {
        Some(name) => name.to_owned(),
        None if is_volatile(scope) => format!("{}, only with a TTL", kind.title()),
        None => kind.title().to_owned(),
    }
}

/// An input's value in a name: `TTL 5 min`, `no TTL`, `single flight`, `49 entries`.
fn words(field: &Field, value: &Value) -> String {
    let label = match field.label.chars().nth(1) {
        _ if field.path.ends_with("/cache/replica_lag_us") => "replica lag".to_owned(),
        // Abbreviations stay as they are.
        Some(second) if second.is_uppercase() => field.label.to_owned(),
        _ => uncapitalized(field.label),
    };
    match (&field.kind, value) {
        (Kind::Switch, Value::Bool(true)) => label,
        (Kind::Switch, _) => format!("no {label}"),
        (Kind::Optional(optional), Value::Null) => match optional.absent {
            "off" | "none" => format!("no {label}"),
            absent => absent.to_owned(),
        },
        // A number of what the input is called: no replicas, 1 replica, 2 replicas.
        (Kind::Number(number), value) if number.unit == label => match value.as_u64() {
            Some(0) => format!("no {label}"),
            Some(1) => format!("1 {}", label.trim_end_matches('s')),
            _ => number.with_unit(&value.to_string()),
        },
        // Their help says that 0 is off.
        (
            Kind::Number(Number {
                range: (0, _),
                unit: "%",
                ..
            }),
            Value::Number(number),
        ) if number.as_u64() == Some(0) => {
            format!("no {label}")
        }
        (Kind::Choice(_), value) => field.kind.written(value),
        _ if field.path.contains("/cache/capacity") => field.kind.written(value),
        (kind, value) => match (kind.single(), typical_us(value)) {
            (Kind::OneOf(_), Some(us)) => format!("{label} {}", span_text(us)),
            _ => format!("{label} {}", field.kind.written(value)),
        },
    }
}

/// The number that stands for a distribution of latencies.
fn typical_us(of: &Value) -> Option<u64> {
    let known = ["p50_us", "exponential_mean_us", "constant_us"];
    known.iter().find_map(|name| of.get(name)?.as_u64())
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

fn uncapitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}
