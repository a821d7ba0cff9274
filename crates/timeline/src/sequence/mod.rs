//! One request as a sequence diagram: who told whom what, when it left and arrived, and where the time
//! between went. Plain data, made from the events of the run: the view draws it.
//!
//! The log says when a message left and when somebody was done with it. How long it was on the wire, and
//! how long the cache's engine worked, are draws of the request alone ([`LaneSetup::round_trip`]), so
//! nothing has to be executed again to know them.

mod draft;

use super::log::LoggedEvent;
use super::run::Run;
use cache::units::{Micros, Version};
use draft::Draft;
use sim::{Party, Verb};

/// The most events that are looked through for a request's.
const EVENTS_MAX: usize = 1 << 13;

/// A party of the diagram, with its line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lifeline {
    /// The client, whose request it is.
    Client,
    /// The application.
    App,
    /// The cache node.
    Cache,
    /// The database.
    Database,
}

impl Lifeline {
    /// All of them, in the order in which they stand.
    pub const ALL: [Lifeline; 4] = [
        Lifeline::Client,
        Lifeline::App,
        Lifeline::Cache,
        Lifeline::Database,
    ];

    /// The name on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Lifeline::Client => "client",
            Lifeline::App => "app",
            Lifeline::Cache => "cache",
            Lifeline::Database => "database",
        }
    }
}

impl From<Party> for Lifeline {
    fn from(party: Party) -> Self {
        match party {
            Party::App => Lifeline::App,
            Party::Cache => Lifeline::Cache,
            Party::Database => Lifeline::Database,
        }
    }
}

/// A message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrow {
    /// The sender.
    pub from: Lifeline,
    /// The recipient, even if it is lost.
    pub to: Lifeline,
    /// Its content in a few words.
    pub label: String,
    /// The command that it is or answers; `None` between client and application.
    pub verb: Option<Verb>,
    /// The version of the value it carries, if any.
    pub version: Option<Version>,
    /// When it left.
    pub departed_at: Micros,
    /// When it arrived; where it is lost, when it was.
    pub arrives_at: Micros,
    /// Whether it is lost.
    pub lost: bool,
    /// Whether it says that something went wrong.
    pub error: bool,
    /// The trip it belongs to, from 1; 0 for what the application does not wait for.
    pub trip: u32,
    /// The step that shows it.
    pub step: u32,
    /// That step's sentence.
    pub said: String,
}

/// What a party does for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doing {
    /// Works on the request.
    Works,
    /// Has the request wait, or waits itself.
    Waits,
}

/// A stretch of time on a lifeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// The lifeline.
    pub at: Lifeline,
    /// What happens there.
    pub doing: Doing,
    /// The same in words, with what is waited for.
    pub label: String,
    /// Its beginning.
    pub from: Micros,
    /// Its end.
    pub until: Micros,
    /// The trip it belongs to, from 1; 0 if it is the application's own.
    pub trip: u32,
    /// The step at which it ends.
    pub step: u32,
}

/// A request in one lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sequence {
    /// The request, from 1.
    pub request: u32,
    /// The lane, from 0.
    pub lane: usize,
    /// Whether that lane has a database.
    pub has_database: bool,
    /// When it reached the application.
    pub began_at: Micros,
    /// When its client got an answer, if that is known.
    pub answered_at: Option<Micros>,
    /// Whether that answer was an error.
    pub failed: bool,
    /// The end of the last thing that is known of it.
    pub ends_at: Micros,
    /// The messages, in the order in which they left.
    pub arrows: Vec<Arrow>,
    /// Where the time between them went, in the order in which it ended.
    pub spans: Vec<Span>,
    /// Whether that is all: a request that goes on for very long is not looked at to its end.
    pub complete: bool,
}

impl Sequence {
    /// A request, by its number from 1, in each lane that it has reached. Simulates on until it is
    /// over; what comes much later is left out.
    pub fn of(run: &Run, request: u32) -> Vec<Sequence> {
        let first = request
            .checked_sub(1)
            .filter(|&number| number < run.scenario().request_count())
            .and_then(|number| run.step_of_request(number));
        let Some(first) = first else {
            return Vec::new();
        };
        let lanes = run.scenario().lanes.iter().enumerate();
        let mut drafts: Vec<Draft> = lanes
            .map(|(lane, setup)| Draft::new(run, setup, lane, request))
            .collect();
        let (mut step, mut seen) = (first, 0);
        while seen < EVENTS_MAX && drafts.iter().any(|draft| !draft.is_over()) && run.reach(step) {
            let events = run.events_at(step);
            seen += events.len();
            let of_request = |logged: &&LoggedEvent| logged.event.request == Some(request - 1);
            for logged in events.iter().filter(of_request) {
                drafts[usize::from(logged.lane)].hear(step, logged);
            }
            step += 1;
        }
        let ended = !run.reach(step);
        let begun = drafts
            .into_iter()
            .filter(|draft| !draft.sequence.arrows.is_empty());
        begun
            .map(|draft| Sequence {
                complete: draft.is_over() || ended,
                ..draft.sequence
            })
            .collect()
    }

    /// How long the client waited; `None` where no answer is known.
    pub fn latency(&self) -> Option<Micros> {
        Some(self.answered_at?.since(self.began_at))
    }
}
