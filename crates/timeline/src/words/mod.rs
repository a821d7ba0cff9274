//! Sentences: what happened and why, one for each event, with the rule and the values.
//!
//! A sentence is a list of facts (`fact.rs`), whose words are in `text.rs`; this file picks the facts of each
//! event.

mod database;
mod durable;
mod duration;
mod eviction;
mod fact;
mod narrate;
mod node;
mod number;
mod recap;
mod region;
mod replica;
mod reshard;
mod serverless;
mod text;
mod trouble;
mod zone;

pub use durable::DurableFact;
pub use duration::duration;
pub use fact::{Deleter, Effect, Fact, Finder, NodeName, Plan, Purpose, Source};
pub use narrate::{Narration, narrate};
pub(crate) use number::thousandths;
pub use number::{bytes, counted, dollars, ecpus, grouped, per_mille, price, scaled};
pub use recap::{Part, RecapLine, recap};
pub use region::RegionFact;
pub use replica::ReplicaFact;
pub use reshard::ReshardFact;
pub use serverless::ServerlessFact;
pub use trouble::fault_title;
pub use zone::ZoneFact;

use crate::log::LoggedEvent;
use cache::units::{Micros, Version};
use cache::{Capacity, EvictionReason, Value};
use scenario::Scenario;
use sim::deployment::slots;
use sim::{
    Broken, ByHand, Client, Event, EventKind, Fault, Instruction, Intake, LaneSetup, Operation,
    Outcome, Party, Reach, Refresh, Refused, Rejection, Stage, Verb, Waiting,
};
use std::rc::Rc;

/// What happened, and why or with what result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// The kind of event it is about: [`EventKind::name`].
    pub kind: &'static str,
    /// What happened: a clause that stands alone. The words of the first fact.
    pub what: String,
    /// Why, or what follows from it; ends without a full stop. May be empty. The words of the other facts.
    pub why: String,
    /// Everything that the sentence says.
    pub facts: Vec<Fact>,
}

impl Sentence {
    /// A sentence about an event of that kind. The first fact says what happened.
    fn new(kind: &'static str, facts: Vec<Fact>) -> Self {
        let mut why = String::new();
        for fact in &facts[1..] {
            match fact {
                _ if why.is_empty() => {}
                // These begin with "so", "and" and "but".
                Fact::NeedsDatabase | Fact::NowhereElse | Fact::StaleOnArrival(_) => {
                    why.push_str(", ");
                }
                _ => why.push_str("; "),
            }
            why.push_str(&fact.to_string());
        }
        Sentence {
            kind,
            what: facts[0].to_string(),
            why,
            facts,
        }
    }

    /// As one text.
    pub fn text(&self) -> String {
        match self.why.as_str() {
            "" => format!("{}.", self.what),
            why => format!("{}: {why}.", self.what),
        }
    }
}

/// The sentence for an event.
pub fn sentence(scenario: &Scenario, logged: &LoggedEvent) -> Sentence {
    Sentence::new(logged.event.kind.name(), facts(scenario, logged))
}

fn facts(scenario: &Scenario, logged: &LoggedEvent) -> Vec<Fact> {
    let event = &logged.event;
    let lane = &scenario.lanes[logged.lane as usize];
    let strategy = &lane.strategy;
    let key = scenario.key_name(event.key);
    let number = event.request.map_or(0, |number| number + 1);
    match event.kind {
        EventKind::Request { client, operation } => vec![
            match event.request {
                Some(number) if scenario.is_by_hand(number) => Fact::YouAsk(operation, key),
                _ => Fact::Asks(client, operation, key),
            },
            Fact::Plan(plan(operation, lane)),
        ],
        EventKind::Send { verb }
            if verb.party() == Party::Cache && lane.cache.deployment.has_several() =>
        {
            let node = node::name(lane, event.node);
            let mut facts = vec![
                Fact::SendsTo(verb, key.clone(), node),
                match reshard::reshards(scenario, lane) {
                    true => {
                        let slot = slots::slot_of(key.as_bytes());
                        Fact::Reshard(ReshardFact::KeyInSlot(key, slot))
                    }
                    false => node::route(lane, key, event.node, verb == Verb::Get),
                },
            ];
            let client = event.request.map(|number| scenario.client_of(number));
            let crossed = client.and_then(|client| zone::crossed(lane, client, event));
            facts.extend(crossed.map(Fact::Zone));
            let abroad = client.and_then(|client| region::crossed(lane, client, event));
            facts.extend(abroad.map(Fact::Region));
            facts
        }
        EventKind::Send { verb } => {
            let asked = event.request.map(|number| scenario.request(number));
            let writes = asked.is_some_and(|(operation, _)| operation == Operation::Write);
            vec![
                Fact::Sends(verb, key),
                Fact::Purpose(purpose(verb, writes, lane)),
            ]
        }
        EventKind::Hit {
            value, expires_at, ..
        } => vec![
            Fact::Hit(key, value.version),
            Fact::StoredBy(source(value)),
            ttl(expires_at, event.at),
        ],
        EventKind::Stale {
            copy,
            row,
            since,
            expires_at,
        } => vec![
            Fact::StaleHit(key, copy, row),
            Fact::RowChangedAgo(since),
            match expires_at {
                Some(end) => Fact::StaleForUpTo(end.since(event.at)),
                // A replica gets the new copy without anybody's doing.
                None if reads_from_replicas(lane) => Fact::NoTtl,
                None => Fact::StaleWithoutTtl,
            },
        ],
        EventKind::Miss { .. } if event.request.is_none() => {
            vec![Fact::Miss(key), Fact::ConsoleGetsNil]
        }
        EventKind::Miss { expired } => vec![
            Fact::Miss(key),
            match expired {
                true => Fact::TtlHadRunOut,
                false => Fact::NotInCache,
            },
            match strategy.has_database() {
                true => Fact::NeedsDatabase,
                false => Fact::NowhereElse,
            },
        ],
        EventKind::Fill {
            value,
            row,
            replaced,
            expires_at,
            ..
        } => {
            let mut facts = vec![Fact::Stores(key, value.version)];
            facts.extend(replaced.map(Fact::Overwrites));
            facts.push(ttl(expires_at, event.at));
            if value.version < row {
                facts.push(Fact::StaleOnArrival(row));
            }
            // The console's change gets there by itself.
            facts.extend(event.request.and_then(|_| durable::in_log(lane)));
            facts
        }
        EventKind::Evict { reason, .. } => evicted(key, reason, lane, event),
        EventKind::Expire {
            verb,
            value,
            expired_at,
            ..
        } => vec![
            match verb {
                Some(Verb::Get) => Fact::ExpiredSoMiss(key, value.version),
                _ => Fact::Expired(key, value.version),
            },
            Fact::TtlRanOutAgo(event.at.since(expired_at)),
            Fact::FoundBy(match (verb, event.request) {
                (Some(verb), Some(_)) => Finder::Command(verb),
                _ if event.cause.is_some() => Finder::Console,
                _ => Finder::Cycle,
            }),
        ],
        EventKind::Delete { found: false, .. } => vec![Fact::NothingToDelete(key), Fact::NoCopy],
        EventKind::Delete { from_log, .. } => {
            let deleter = match (from_log, event.request) {
                (true, _) => Deleter::CommitLog,
                (false, None) => Deleter::Console,
                (false, Some(_)) => deleter(lane),
            };
            vec![Fact::Deletes(key), Fact::DeletedFor(deleter)]
        }
        EventKind::Query { verb, waited } => vec![
            Fact::StartsQuery(verb, key),
            match (lane.database.intake, waited) {
                (Intake::Relational(_), Micros::ZERO) => Fact::ConnectionFree,
                (Intake::Relational(_), waited) => Fact::WaitedForConnection(waited),
                (Intake::DynamoDb(table), _) => {
                    let partition = table.partition_of(&scenario.key_name(event.key));
                    Fact::PartitionHasUnits(partition + 1, table.partitions)
                }
                (Intake::MemoryDb, _) => Fact::NoPool,
            },
        ],
        EventKind::Queue { waiting } => vec![
            Fact::QueryWaits(key),
            Fact::AllBusy(lane.database.intake.connections()),
            Fact::QueriesWaiting(waiting),
        ],
        EventKind::Read {
            version: Version(0),
            row,
        } if row > Version(0) => {
            vec![Fact::ReplicaLacksRow(key), Fact::FromLaggingReplica(row)]
        }
        EventKind::Read {
            version: Version(0),
            ..
        } => vec![Fact::NoRow(key), Fact::ToldAbsent],
        EventKind::Read { version, row } => vec![
            Fact::Returns(key, version),
            match version < row {
                true => Fact::FromLaggingReplica(row),
                false => Fact::RowToApplication,
            },
        ],
        EventKind::Write { version, copy } => vec![
            Fact::Commits(key.clone(), version),
            match copy {
                Some(copy) if copy == version => Fact::CopyCurrent(copy),
                Some(copy) if copy > version => Fact::CopyNewer(copy),
                Some(copy) => Fact::CopyStale(copy),
                None if !strategy.caches() => Fact::NoCache,
                None if replicates(lane) => Fact::Replica(ReplicaFact::PrimaryLacks(key.clone())),
                None => Fact::NoCopy,
            },
        ],
        EventKind::Reply {
            latency,
            trips,
            outcome,
            ..
        } => match outcome {
            Outcome::Failed => vec![Fact::Failed(number, latency), Fact::ClientGetsError],
            Outcome::Absent => vec![
                Fact::Answered(number, latency),
                match strategy.has_database() {
                    true => Fact::AnsweredAbsent,
                    false => Fact::AnsweredNoKey,
                },
                Fact::Trips(trips),
            ],
            _ => vec![Fact::Answered(number, latency), Fact::Trips(trips)],
        },
        EventKind::Finish => vec![Fact::Done(number), Fact::BackgroundDone],
        EventKind::Hold => vec![Fact::Ready(number, key), Fact::PressClient],
        EventKind::Idle { client } if !scenario.workload.has_client(client) => {
            vec![Fact::SecondPasses, Fact::OnlyTimers]
        }
        EventKind::Idle { client } => vec![Fact::CannotMove(client), Fact::NothingToDo],
        EventKind::Wait { why } => match why {
            Waiting::Lease { retry_after } => {
                vec![Fact::NoLease(number, key), Fact::LeaseHeld(retry_after)]
            }
            Waiting::Load { request } => {
                vec![Fact::WaitsFor(number, request + 1), Fact::Loading(key)]
            }
            Waiting::Delay { span } => vec![Fact::Sleeps(number, span), Fact::AlreadyAnswered],
        },
        EventKind::Refresh { why, left } => {
            let mut facts = match why {
                Refresh::Due => vec![Fact::ReloadedAfter(key), Fact::NoLongerFresh],
                Refresh::Early { rebuild } => {
                    vec![Fact::ReloadedEarly(key), Fact::XFetchPicked(rebuild)]
                }
            };
            facts.extend(left.map(|left| match left {
                Micros::ZERO => Fact::TtlIsUp,
                left => Fact::ExpiresIn(left),
            }));
            facts
        }
        EventKind::Reject { version, why, .. } => vec![
            Fact::Rejects(key, version),
            match why {
                Rejection::Newer(held) => Fact::HoldsNewer(held),
                Rejection::LeaseVoid => Fact::LeaseVoid,
                Rejection::CopyGone => Fact::NothingToReload(version),
                Rejection::NotThere => Fact::NothingToOverwrite,
            },
        ],
        EventKind::Enqueue {
            version,
            replaces,
            waiting,
        } => vec![
            Fact::Queued(key, version),
            match replaces {
                Some(old) => Fact::ReplacesQueued(old),
                None => Fact::WritesWaiting(waiting),
            },
        ],
        EventKind::Replicate { version } => {
            vec![Fact::ReplicaHas(key, version), Fact::CommitArrived]
        }
        EventKind::Fail { verb, failure } => vec![
            Fact::CommandFails(verb, key),
            Fact::FailedBecause(failure, lane.network.timeout),
        ],
        EventKind::Moved { slot, to } => vec![
            Fact::AnswersMoved(node::name(lane, event.node), slot),
            Fact::OwnsSlotOf(key, node::name(lane, to)),
            match lane.cache.deployment.cluster().map(|of| of.client) {
                Some(Client::Plain) => Fact::ClientDoesNotFollow,
                _ => Fact::ClientFollows,
            },
        ],
        EventKind::Apply { applied } => {
            of_replicas(replica::applied(lane, key, event.node, applied))
        }
        EventKind::Behind { found, primary } => {
            of_replicas(replica::behind(lane, key, event.node, found, primary))
        }
        EventKind::Failover {
            stage: Stage::ClusterDown,
        } => reshard::coverage(lane, event.node, false),
        EventKind::Failover {
            stage: Stage::ClusterUp,
        } => reshard::coverage(lane, event.node, true),
        EventKind::Ask { slot, to } => reshard::asked(lane, key, event.node, slot, to),
        EventKind::Reshard { step } => {
            let key_of = |key| scenario.key_name(key);
            reshard::step(lane, key_of, event, step)
        }
        EventKind::Fault {
            fault,
            reach: Reach::One(node),
            ..
        } if fault.is_of_shards() => reshard::begun(lane, fault, node),
        EventKind::Logged { applied, lag } => durable::logged(key, applied, lag),
        EventKind::Failover { stage } => {
            let mut facts = replica::stage(lane, event.node, stage);
            if let Some(fact) = region::stage(lane, event.node, stage) {
                facts[0] = Fact::Region(fact);
            }
            facts.extend(durable::gone(lane, &event.kind));
            facts
        }
        EventKind::Fault {
            fault,
            reach: Reach::One(node),
            ..
        } if lane.cache.deployment.has_several() => {
            let means = region::fault(lane, fault, node);
            let node = node::name(lane, node);
            let mut facts = vec![
                Fact::NodeFault(fault, node),
                match lane.cache.deployment.replication() {
                    _ if lane.cache.deployment.global().is_some() => Fact::Region(means),
                    _ if lane.is_durable() => Fact::Durable(DurableFact::FaultMeans(fault, node)),
                    Some(of) if of.replicas > 0 => {
                        Fact::Replica(ReplicaFact::FaultMeans(fault, node))
                    }
                    _ => Fact::NodeFaultMeans(fault, node),
                },
            ];
            facts.extend(durable::gone(lane, &event.kind));
            facts
        }
        EventKind::Fault {
            fault,
            reach: Reach::Zone(zone),
            ..
        } => {
            let facts = zone::fault(fault, zone).into_iter();
            facts.map(Fact::Zone).collect()
        }
        EventKind::Throttle { verb, exceeded } => {
            of_serverless(serverless::throttled(verb, key, exceeded, event.at))
        }
        EventKind::Grow { before, rate } => {
            let doubling = lane.cache.serverless().map(|of| of.doubling);
            of_serverless(serverless::grown(
                before,
                rate,
                doubling.unwrap_or_default(),
            ))
        }
        EventKind::Fault {
            fault,
            reach: Reach::None,
            ..
        } if lane.cache.serverless().is_some() && strategy.caches() => {
            of_serverless(serverless::fault_of_node(fault))
        }
        EventKind::Fault {
            fault,
            reach: Reach::None,
            ..
        } => vec![Fact::FaultWithoutNode(fault), Fact::NothingChanges],
        EventKind::Fault { fault, .. } => {
            let effect = effect(fault, lane);
            let mut facts = vec![Fact::Fault(fault, effect), Fact::FaultMeans(fault, effect)];
            facts.extend(durable::gone(lane, &event.kind));
            facts
        }
        EventKind::Refuse { at } => vec![
            match at {
                Refused::Throttled(_) => Fact::ThrottlesQuery(key),
                _ => Fact::RefusesQuery(key),
            },
            Fact::RefusedAt(at),
        ],
        EventKind::Violation {
            promise: Broken::BoundedStaleness { since },
        } => {
            let ago = event.at.since(since.at);
            let promotion = region::spoiled(lane, since, ago).map(Fact::Region);
            vec![
                Fact::StaleForGood(key),
                promotion.unwrap_or(Fact::Spoiled(since, ago)),
                Fact::NothingPending,
            ]
        }
        EventKind::Violation {
            promise: Broken::Durability { version },
        } => vec![Fact::WriteLost(key, version), Fact::WasQueuedFor(number)],
        EventKind::Console {
            command, answer, ..
        } => vec![
            Fact::Console(typed(scenario, command)),
            Fact::Replies(answer),
        ],
        EventKind::EndTtl {
            copy: Some(version),
        } => vec![Fact::YouExpire(key, version), Fact::StaysUntilFound],
        EventKind::EndTtl { copy: None } => vec![
            Fact::NothingToExpire(key),
            match strategy.caches() {
                true => Fact::NoCopy,
                false => Fact::LaneWithoutCache,
            },
        ],
    }
}

fn replicates(lane: &LaneSetup) -> bool {
    let replication = lane.cache.deployment.replication();
    replication.is_some_and(|of| of.replicas > 0)
}

fn reads_from_replicas(lane: &LaneSetup) -> bool {
    let replication = lane.cache.deployment.replication();
    replication.is_some_and(|of| of.replicas > 0 && of.endpoint.prefers_replica(true))
}

fn of_replicas(facts: impl IntoIterator<Item = ReplicaFact>) -> Vec<Fact> {
    facts.into_iter().map(Fact::Replica).collect()
}

fn of_serverless(facts: impl IntoIterator<Item = ServerlessFact>) -> Vec<Fact> {
    facts.into_iter().map(Fact::Serverless).collect()
}

fn effect(fault: Fault, lane: &LaneSetup) -> Effect {
    let has_database = lane.strategy.has_database();
    let has_its_object = match fault {
        Fault::FailOverCache => {
            lane.cache.replica_lag.is_some() || lane.cache.deployment.replication().is_some()
        }
        Fault::LoseNextDelete => lane.procedures.send(Verb::Delete),
        fault => fault.party() == Party::Cache || has_database,
    };
    match fault {
        _ if !has_its_object => Effect::Lacking,
        Fault::RestartCache | Fault::FailOverCache | Fault::StopCacheNode if lane.is_durable() => {
            Effect::FromLog
        }
        Fault::RestartCache if !has_database => Effect::ForGood,
        _ => Effect::Usual,
    }
}

fn plan(operation: Operation, lane: &LaneSetup) -> Plan {
    let reads = lane.strategy.read.about();
    match operation {
        Operation::Read if !reads.database => Plan::AskCacheOnly,
        Operation::Write if !reads.database => Plan::WriteCacheOnly,
        Operation::Read if !reads.caches => Plan::AskDatabase,
        Operation::Read if reads.library => Plan::LibraryChecksCache,
        Operation::Read => Plan::CheckCache,
        Operation::Write => match lane.procedures.write.first_verb() {
            Some(Verb::Delete) => Plan::DeleteThenWrite,
            Some(Verb::Set) => Plan::CacheThenDatabase,
            _ => Plan::WriteDatabase,
        },
    }
}

fn purpose(verb: Verb, writes: bool, lane: &LaneSetup) -> Purpose {
    let (strategy, write) = (&lane.strategy, &lane.procedures.write);
    let has = |instruction| write.find(instruction).is_some();
    match verb {
        Verb::Get if !strategy.has_database() => Purpose::OnlyPlaceToLook,
        Verb::Get => Purpose::SaveQuery,
        Verb::Select if !strategy.caches() => Purpose::NoCache,
        // After a hit, such a lane may reload the copy.
        Verb::Select if strategy.refreshes() || strategy.defences.xfetch_beta_percent.is_some() => {
            Purpose::LoadRow
        }
        Verb::Select => Purpose::NoUsableCopy,
        Verb::Set if !strategy.has_database() => Purpose::OnlyPlaceToStore,
        Verb::Set if !writes => Purpose::KeepForNextRead,
        Verb::Set if has(Instruction::CacheSetIfPresent) => Purpose::UpdateCopy,
        Verb::Set if write.first_verb() == Some(Verb::Set) => Purpose::CacheFirst,
        Verb::Set => Purpose::CacheToo,
        Verb::Delete => match deleter(lane) {
            Deleter::BeforeWrite => Purpose::DeleteBeforeWrite,
            Deleter::AfterWrite => Purpose::RowChanged,
            Deleter::Writer | Deleter::CommitLog | Deleter::TooLarge | Deleter::Console => {
                Purpose::RemoveCopy
            }
        },
        Verb::Update if has(Instruction::DatabaseFlush) => Purpose::FlushQueued,
        Verb::Update => Purpose::RealData,
    }
}

/// When a writing request deletes. An event does not say which of a request's two deletes it is.
fn deleter(lane: &LaneSetup) -> Deleter {
    if !lane.procedures.send(Verb::Delete) {
        return Deleter::TooLarge;
    }
    let deletes_first = lane.procedures.write.first_verb() == Some(Verb::Delete);
    match (deletes_first, lane.strategy.defences.double_delete_us) {
        (true, None) => Deleter::BeforeWrite,
        (true, Some(_)) => Deleter::Writer,
        (false, _) => Deleter::AfterWrite,
    }
}

fn evicted(key: Rc<str>, reason: EvictionReason, lane: &LaneSetup, event: &Event) -> Vec<Fact> {
    let node = lane
        .cache
        .deployment
        .has_several()
        .then(|| node::name(lane, event.node));
    let mut facts = vec![
        Fact::Evicted(key),
        match lane.cache.engine.capacity {
            Capacity::Entries(entries) => Fact::FullOfEntries(node, entries),
            Capacity::Bytes { capacity_bytes, .. } => Fact::FullOfBytes(node, capacity_bytes),
        },
        Fact::Chosen(reason),
    ];
    if eviction::idle(reason) == Some(event.at) {
        facts.push(Fact::UnusedSinceStart);
    }
    facts
}

const fn ttl(expires_at: Option<Micros>, now: Micros) -> Fact {
    match expires_at {
        Some(end) => Fact::ExpiresIn(end.since(now)),
        None => Fact::NoTtl,
    }
}

fn source(value: Value) -> Source {
    match value.origin {
        None => Source::Start,
        Some(Value::BY_HAND) => Source::Console,
        Some(number) => Source::Request(number + 1),
    }
}

/// The line that was typed at the console.
fn typed(scenario: &Scenario, command: u32) -> Rc<str> {
    let given = scenario.interventions.get(command as usize);
    match given.map(|given| &given.command) {
        Some(ByHand::Console(typed)) => typed.console.trim().into(),
        _ => "".into(),
    }
}
