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

/// The scenes, in the order in which they are best seen, chapter by chapter.
///
/// The workloads take their numbers from two studies. YCSB is B. F. Cooper et al., "Benchmarking cloud
/// serving systems with YCSB", SoCC 2010: records of 1 KB, a Zipf constant of 0.99, and workload A,
/// half reads and half writes, called a session store. Twitter's clusters are those of J. Yang et al.,
/// "A large scale analysis of hundreds of in-memory cache clusters at Twitter", OSDI 2020: a median α
/// of 1.21 where one was fitted, more than a third of the clusters writing more than 30 % of the time,
/// and TTLs from seconds to 30 days, often 60 s, 300 s and 1 h. What neither says is chosen so that it
/// can be watched: the keys, and gaps between requests that let TTLs end within the run.
pub static SCENES: LazyLock<Vec<Scene>> = LazyLock::new(|| {
    files![Scene:
        "hit-and-miss",
        "opening",
        "slower-than-none",
        "tail-latency",
        "ttl",
        "jitter",
        "stale-reads",
        "scan",
        "volatile-lru",
        "sizes",
        "stampede",
        "collapse",
        "hot-partition",
        "cut-off",
        "lagging-failover",
        "moved",
        "more-shards",
        "resharding",
        "full-coverage",
        "replica-read",
        "lost-primary",
        "lost-region",
        "restart-durable",
        "hot-key-replicas",
        "lost-memcached-node",
        "hot-key-serverless",
        "spike-serverless",
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

/// A part of the list of scenes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chapter {
    /// What a cache is for, and what it costs.
    Basics,
    /// How old an answer may be.
    Freshness,
    /// What has to go when the cache is full.
    Eviction,
    /// What breaks.
    Trouble,
    /// What the cache is made of.
    Topology,
    /// What people cache, and why.
    Workloads,
}

impl Chapter {
    /// All of them, in order.
    pub const ALL: [Chapter; 6] = [
        Chapter::Basics,
        Chapter::Freshness,
        Chapter::Eviction,
        Chapter::Trouble,
        Chapter::Topology,
        Chapter::Workloads,
    ];

    /// The heading on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Chapter::Basics => "Basics",
            Chapter::Freshness => "Freshness",
            Chapter::Eviction => "Eviction",
            Chapter::Trouble => "Trouble",
            Chapter::Topology => "Topology",
            Chapter::Workloads => "Workloads",
        }
    }

    /// Its scenes, in order.
    pub fn scenes(self) -> impl Iterator<Item = &'static Scene> {
        SCENES.iter().filter(move |scene| scene.chapter == self)
    }
}

/// A scenario that comes with the page and answers one question.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// The file's name, by which addresses name the scene.
    #[serde(skip)]
    pub name: &'static str,
    /// The title on screen.
    pub title: String,
    /// The part of the list that it is in.
    pub chapter: Chapter,
    /// The one question that it answers.
    pub question: String,
    /// What to look at, in a sentence or two; shown before the first step.
    pub about: String,
    /// The sentence to remember, which is true whatever the lanes are set to.
    pub remember: String,
    /// When it would be the other way round.
    pub otherwise: String,
    /// The names of one to three scenes or races to look at next.
    pub next: Vec<String>,
    scenario: Value,
}

impl Scene {
    /// The scene of that name, in any case.
    pub fn named(name: &str) -> Option<&'static Scene> {
        SCENES
            .iter()
            .find(|scene| scene.name.eq_ignore_ascii_case(name))
    }

    /// The scene that a scenario is, whatever was changed in its lanes: the one of its title, or else the
    /// one with its requests, because older links carry older titles.
    pub fn of(input: &ScenarioInput) -> Option<&'static Scene> {
        let titled = SCENES.iter().find(|scene| scene.title == input.title);
        titled.or_else(|| {
            let mut scenes = SCENES.iter();
            scenes.find(|scene| scene.scenario().workload == input.workload)
        })
    }

    /// The inputs.
    pub fn scenario(&self) -> ScenarioInput {
        inputs(&self.scenario, &self.title, &self.about)
    }
}

/// A scene or a race, as lists name it.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// The file's name.
    pub name: &'static str,
    /// The heading that it stands under.
    pub heading: &'static str,
    /// The title on screen.
    pub title: &'static str,
    /// A sentence about it: a scene's question, or what to do in a race.
    pub about: &'static str,
    scenario: fn(&str) -> Option<ScenarioInput>,
}

impl Listed {
    /// All scenes and after them all races.
    pub fn all() -> impl Iterator<Item = Listed> {
        let scenes = SCENES.iter().map(|scene| Listed {
            name: scene.name,
            heading: scene.chapter.title(),
            title: &scene.title,
            about: &scene.question,
            scenario: |name| Scene::named(name).map(Scene::scenario),
        });
        let races = RACES.iter().map(|race| Listed {
            name: race.name,
            heading: "Races",
            title: &race.title,
            about: &race.about,
            scenario: |name| Race::named(name).map(Race::scenario),
        });
        scenes.chain(races)
    }

    /// The scene or race of that name.
    pub fn named(name: &str) -> Option<Listed> {
        Listed::all().find(|listed| listed.name == name)
    }

    /// The one that a scenario is, whatever was changed in it.
    pub fn of(input: &ScenarioInput) -> Option<Listed> {
        let race = Race::of(input).map(|race| race.name);
        let name = race.or_else(|| Some(Scene::of(input)?.name))?;
        Listed::named(name)
    }

    /// Its place under its heading, from 1, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        let under = || Listed::all().filter(|listed| listed.heading == self.heading);
        let before = under()
            .take_while(|listed| listed.name != self.name)
            .count();
        (before + 1, under().count())
    }

    /// Whether a scenario has other inputs than this one. Its title and introduction are none of the run's,
    /// and the moves of a race are how it is played; a plan, prices and a day change nothing in it.
    pub fn is_changed_in(&self, input: &ScenarioInput) -> bool {
        let own = self.scenario();
        let schedule = match own.schedule {
            Some(_) => input.schedule.clone(),
            None => None,
        };
        let own = ScenarioInput {
            title: input.title.clone(),
            intro: input.intro.clone(),
            schedule,
            ..own
        };
        !own.runs_like(input)
    }

    /// The inputs.
    pub fn scenario(&self) -> ScenarioInput {
        (self.scenario)(self.name).expect("it has been found by its name")
    }
}

/// The opening scene: cache-aside, which writes to the database only, beside write-through.
///
/// Within the first twenty steps there is a hit, a miss with its three trips, an eviction, a fill, a
/// write in both patterns, and a read that shows what each write left behind. After that each pattern
/// shows its price: on the left stale copies until the TTL ends, on the right entries pushed out by
/// writes that nobody reads.
pub fn opening() -> ScenarioInput {
    Scene::named("opening")
        .expect("it is in the list")
        .scenario()
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
