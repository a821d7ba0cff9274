//! The scenes that come with the page. Each is a data file in `scenes/` and a name in one of the lists
//! below.

use super::input::ScenarioInput;
use super::lane_input::LaneInput;
use super::race_defence::Defence;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::LazyLock;

/// Reads the data files of these names.
macro_rules! files {
    ($type:ident: $($name:literal),* $(,)?) => {
        vec![$($type {
            name: $name,
            ..read($name, include_str!(concat!("../scenes/", $name, ".json")))
        }),*]
    };
}

static OPENING: LazyLock<Vec<Scene>> = LazyLock::new(|| files![Scene: "opening"]);

/// Workloads that people meet.
///
/// YCSB is B. F. Cooper et al., "Benchmarking cloud serving systems with YCSB", SoCC 2010: records of
/// 1 KB, a Zipf constant of 0.99, and workload A, half reads and half writes, called a session store.
/// Twitter's clusters are those of J. Yang et al., "A large scale analysis of hundreds of in-memory
/// cache clusters at Twitter", OSDI 2020: a median α of 1.21 where one was fitted, more than a third
/// of the clusters writing more than 30 % of the time, and TTLs from seconds to 30 days, often 60 s,
/// 300 s and 1 h. What neither says is chosen so that it can be watched: the keys, and gaps between
/// requests that let TTLs end within the run. Each runs in the usual write path beside plain
/// cache-aside, with room for a tenth of the keys.
pub static PRESETS: LazyLock<Vec<Scene>> = LazyLock::new(|| {
    files![Scene:
        "product-page",
        "session-store",
        "leaderboard",
        "analytics-counters",
        "rate-limiter",
    ]
});

/// The races of caching, in which nobody has moved yet. The clients' requests are on one key, in one
/// lane without a TTL; client 9 has no request, so its moves let time pass.
///
/// Sources: R. Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013; Azure architecture centre,
/// "Cache-Aside pattern"; ElastiCache user guide, on failover; Oracle Coherence, on write-behind.
pub static RACES: LazyLock<Vec<Race>> = LazyLock::new(|| {
    files![Race:
        "read-and-delete",
        "delete-first",
        "two-writers",
        "lost-delete",
        "lagging-replica",
        "failover",
        "lost-write",
    ]
});

/// A scenario that comes with the page.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// The file's name, by which addresses name the scene.
    #[serde(skip)]
    pub name: &'static str,
    /// The title on screen.
    pub title: String,
    /// What to look at, in a sentence or two.
    pub about: String,
    scenario: Value,
}

impl Scene {
    /// The preset of that name.
    pub fn preset(name: &str) -> Option<&'static Scene> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// The inputs.
    pub fn scenario(&self) -> ScenarioInput {
        inputs(&self.scenario, &self.title, &self.about)
    }
}

/// The opening scene: cache-aside, which writes to the database only, beside write-through.
///
/// Within the first twenty steps there is a hit, a miss with its three trips, an eviction, a fill, a
/// write in both patterns, and a read that shows what each write left behind. After that each pattern
/// shows its price: on the left stale copies until the TTL ends, on the right entries pushed out by
/// writes that nobody reads.
pub fn opening() -> ScenarioInput {
    OPENING[0].scenario()
}

/// The lanes of the opening scene: cache-aside and write-through with a TTL of five minutes (the
/// ElastiCache user guide's example) and every other default.
pub fn default_lanes() -> Vec<LaneInput> {
    opening().lanes
}

/// What a person has to bring about in a race.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// The cache serves a stale copy that no TTL and no pending delete will ever end.
    UnboundedStaleness,
    /// A write that was acknowledged never reaches the database.
    LostWrite,
}

/// A scene in which people decide whose turn it is.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Race {
    /// The file's name.
    #[serde(skip)]
    pub name: &'static str,
    /// The title on screen.
    pub title: String,
    /// What each client does, and what to bring about.
    pub about: String,
    /// What counts as won.
    pub goal: Goal,
    /// Moves that reach the goal: the client whose turn it is, one instruction each.
    pub moves: Vec<u32>,
    /// Defences to switch on. The first one helps, whatever follows `moves`; some of the others do
    /// not, which is worth seeing too.
    pub defences: Vec<Defence>,
    scenario: Value,
}

impl Race {
    /// The race of that name.
    pub fn named(name: &str) -> Option<&'static Race> {
        RACES.iter().find(|race| race.name == name)
    }

    /// The race that a scenario is, whatever moves have been made and defences switched on: the one
    /// of its title, with the same requests.
    pub fn of(input: &ScenarioInput) -> Option<&'static Race> {
        input.schedule.as_ref()?;
        let race = RACES.iter().find(|race| race.title == input.title)?;
        (input.workload == race.scenario().workload).then_some(race)
    }

    /// The inputs, before the first move.
    pub fn scenario(&self) -> ScenarioInput {
        inputs(&self.scenario, &self.title, &self.about)
    }
}

fn inputs(scenario: &Value, title: &str, about: &str) -> ScenarioInput {
    let scenario = super::read(title, scenario).unwrap_or_else(|invalid| panic!("{invalid}"));
    ScenarioInput {
        title: title.to_owned(),
        intro: about.to_owned(),
        ..scenario
    }
}

fn read<T: DeserializeOwned>(name: &str, text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}.json: {error}"))
}
