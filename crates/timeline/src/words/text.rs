//! The words of each fact: one clause, without a full stop.

use super::duration::duration;
use super::eviction;
use super::fact::{Deleter, Fact, Finder, NodeName, Plan, Purpose, Source};
use super::grouped;
use super::trouble;
use cache::units::Version;
use sim::deployment::slots;
use sim::{Answer, Hashing, Operation, Verb};
use std::fmt::{Display, Formatter, Result};

impl Display for Fact {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Fact::Asks(client, Operation::Read, key) => write!(f, "Client {client} reads {key}"),
            Fact::Asks(client, Operation::Write, key) => write!(f, "Client {client} writes {key}"),
            Fact::YouAsk(Operation::Read, key) => write!(f, "You ask for {key}"),
            Fact::YouAsk(Operation::Write, key) => write!(f, "You write {key}"),
            Fact::Plan(plan) => f.write_str(plan.words()),
            Fact::Sends(verb, key) => write!(f, "The application sends {} {key}", verb.name()),
            Fact::Purpose(purpose) => f.write_str(purpose.words()),
            Fact::Hit(key, Version(0)) => write!(f, "Hit on {key}, cached as “not found”"),
            Fact::Hit(key, version) => write!(f, "Hit on {key} v{}", version.0),
            Fact::StaleHit(key, Version(0), row) => write!(
                f,
                "Stale hit: the cache says that {key} does not exist, but the database has v{}",
                row.0
            ),
            Fact::StaleHit(key, copy, row) => write!(
                f,
                "Stale hit: the cache serves {key} v{}, but the database has v{}",
                copy.0, row.0
            ),
            Fact::Miss(key) => write!(f, "Miss on {key}"),
            Fact::StoredBy(Source::Start) => f.write_str("it was in the cache from the start"),
            Fact::StoredBy(Source::Request(number)) => write!(f, "request {number} stored it"),
            Fact::StoredBy(Source::Console) => f.write_str("it was stored from the console"),
            Fact::ExpiresIn(left) => write!(f, "expires in {}", duration(*left)),
            Fact::TtlIsUp => f.write_str("its TTL is up"),
            Fact::NoTtl => f.write_str("no TTL"),
            Fact::RowChangedAgo(span) => write!(f, "the row changed {} ago", duration(*span)),
            Fact::StaleForUpTo(left) => write!(
                f,
                "the old copy stays in the cache for up to {} more",
                duration(*left)
            ),
            Fact::StaleWithoutTtl => f.write_str(
                "the copy has no TTL, so it stays until it is evicted, deleted or overwritten",
            ),
            Fact::NotInCache => f.write_str("it is not in the cache"),
            Fact::TtlHadRunOut => f.write_str("its TTL has run out"),
            Fact::NeedsDatabase => f.write_str("so it has to come from the database"),
            Fact::NowhereElse => f.write_str("and no other place has it"),
            Fact::ConsoleGetsNil => {
                f.write_str("the console gets nil, and nothing is loaded for it")
            }
            Fact::Stores(key, Version(0)) => write!(f, "The cache stores “not found” for {key}"),
            Fact::Stores(key, version) => write!(f, "The cache stores {key} v{}", version.0),
            Fact::Overwrites(Version(0)) => f.write_str("it overwrites “not found”"),
            Fact::Overwrites(version) => write!(f, "it overwrites v{}", version.0),
            Fact::StaleOnArrival(row) => {
                write!(f, "but the database already has v{}, so it is stale", row.0)
            }
            Fact::Evicted(key) => write!(f, "{key} is evicted"),
            Fact::FullOfEntries(node, all) => {
                write!(f, "{} is full ({all} of {all})", node_or_cache(*node))
            }
            Fact::FullOfBytes(node, all) => {
                write!(f, "{} is full (capacity {all} bytes)", node_or_cache(*node))
            }
            Fact::Chosen(reason) => eviction::chosen(f, *reason),
            Fact::UnusedSinceStart => f.write_str("it has not been used since the start"),
            Fact::Expired(key, version) => write!(f, "{key} v{} has expired", version.0),
            Fact::ExpiredSoMiss(key, version) => {
                write!(f, "{key} v{} has expired, so this is a miss", version.0)
            }
            Fact::TtlRanOutAgo(span) => write!(f, "its TTL ran out {} ago", duration(*span)),
            Fact::FoundBy(Finder::Command(verb)) => {
                write!(f, "this {} found it expired", verb.name())
            }
            Fact::FoundBy(Finder::Console) => f.write_str("the console command found it expired"),
            Fact::FoundBy(Finder::Cycle) => {
                f.write_str("the expiry cycle (ten times a second) removed it")
            }
            Fact::Deletes(key) => write!(f, "The cache deletes {key}"),
            Fact::NothingToDelete(key) => write!(f, "There is no {key} to delete"),
            Fact::DeletedFor(deleter) => f.write_str(deleter.words()),
            Fact::NoCopy => f.write_str("the cache holds no usable copy of it"),
            Fact::NoCache => f.write_str("there is no cache to update"),
            Fact::StartsQuery(Verb::Update, key) => write!(f, "The database starts to write {key}"),
            Fact::StartsQuery(_, key) => write!(f, "The database starts to read {key}"),
            Fact::ConnectionFree => f.write_str("a connection is free"),
            Fact::WaitedForConnection(span) => {
                write!(f, "it waited {} for a connection", duration(*span))
            }
            Fact::QueryWaits(key) => write!(f, "The query for {key} waits"),
            Fact::AllBusy(1) => f.write_str("the only connection is busy"),
            Fact::AllBusy(2) => f.write_str("both connections are busy"),
            Fact::AllBusy(all) => write!(f, "all {all} connections are busy"),
            Fact::QueriesWaiting(1) => f.write_str("1 query is now waiting"),
            Fact::QueriesWaiting(all) => write!(f, "{all} queries are now waiting"),
            Fact::Returns(key, version) => write!(f, "The database returns {key} v{}", version.0),
            Fact::NoRow(key) => write!(f, "The database has no row {key}"),
            Fact::ReplicaLacksRow(key) => write!(f, "The replica has no row {key} yet"),
            Fact::ToldAbsent => f.write_str("the application is told that it does not exist"),
            Fact::RowToApplication => f.write_str("the row goes back to the application"),
            Fact::FromLaggingReplica(row) => write!(
                f,
                "it was read from a replica that lags behind: the primary already has v{}",
                row.0
            ),
            Fact::Commits(key, version) => write!(f, "The database commits {key} v{}", version.0),
            Fact::CopyCurrent(copy) => write!(f, "the cache already holds v{}", copy.0),
            Fact::CopyNewer(copy) => {
                write!(f, "the cache already holds v{}, which is newer", copy.0)
            }
            Fact::CopyStale(Version(0)) => {
                f.write_str("the cache still says “not found”, which is stale")
            }
            Fact::CopyStale(copy) => write!(f, "the cache still holds v{}, which is stale", copy.0),
            Fact::Answered(number, span) => {
                write!(f, "Request {number} is answered after {}", duration(*span))
            }
            Fact::Failed(number, span) => {
                write!(f, "Request {number} fails after {}", duration(*span))
            }
            Fact::ClientGetsError => f.write_str("the client gets an error"),
            Fact::AnsweredAbsent => f.write_str("the client is told that there is no such row"),
            Fact::AnsweredNoKey => f.write_str("the client is told that there is no such key"),
            Fact::Trips(0) => f.write_str("without a trip"),
            Fact::Trips(1) => f.write_str("one trip"),
            Fact::Trips(all) => write!(f, "{all} trips in a row"),
            Fact::Done(number) => write!(f, "Request {number} is done"),
            Fact::BackgroundDone => f.write_str("its background work is finished"),
            Fact::Ready(number, key) => write!(f, "Request {number} is ready to go on with {key}"),
            Fact::PressClient => f.write_str("press its client to continue"),
            Fact::WaitsForMove(number) => write!(f, "request {number} waits for your next move"),
            Fact::SecondPasses => f.write_str("A second passes"),
            Fact::OnlyTimers => f.write_str("no client moves; timers still run"),
            Fact::CannotMove(client) => write!(f, "Client {client} cannot move"),
            Fact::NothingToDo => {
                f.write_str("it is waiting for something, or has nothing left to do")
            }
            Fact::NoLease(number, key) => write!(f, "Request {number} gets no lease for {key}"),
            Fact::LeaseHeld(span) => write!(
                f,
                "another request holds it and is loading the row; it tries again in {}",
                duration(*span)
            ),
            Fact::WaitsFor(number, other) => {
                write!(f, "Request {number} waits for request {other}")
            }
            Fact::Loading(key) => write!(f, "it is already loading {key}; one query is enough"),
            Fact::Sleeps(number, span) => {
                write!(f, "Request {number} sleeps for {}", duration(*span))
            }
            Fact::AlreadyAnswered => {
                f.write_str("the client already has its answer; the rest happens later")
            }
            Fact::ReloadedAfter(key) => write!(f, "{key} is reloaded in the background"),
            Fact::NoLongerFresh => f.write_str("the copy is no longer fresh"),
            Fact::ReloadedEarly(key) => write!(f, "{key} is reloaded early"),
            Fact::XFetchPicked(rebuild) => write!(
                f,
                "XFetch picked this read to reload it (the copy took {} to build)",
                duration(*rebuild)
            ),
            Fact::Rejects(key, Version(0)) => {
                write!(f, "The cache does not store “not found” for {key}")
            }
            Fact::Rejects(key, version) => {
                write!(f, "The cache does not store {key} v{}", version.0)
            }
            Fact::HoldsNewer(version) => write!(f, "it holds v{}, which is newer", version.0),
            Fact::LeaseVoid => f.write_str("the lease is no longer valid"),
            Fact::NothingToReload(read) => write!(
                f,
                "the copy to be reloaded is gone, or newer than v{}",
                read.0
            ),
            Fact::NothingToOverwrite => {
                f.write_str("this SET only overwrites an existing copy, and there is none")
            }
            Fact::Queued(key, version) => {
                write!(f, "{key} v{} is queued for the database", version.0)
            }
            Fact::ReplacesQueued(old) => write!(
                f,
                "it replaces v{} in the queue, so both cost a single database write",
                old.0
            ),
            Fact::WritesWaiting(1) => f.write_str("it is the only write waiting"),
            Fact::WritesWaiting(all) => write!(f, "{all} writes are waiting"),
            Fact::ReplicaHas(key, version) => write!(f, "The replica now has {key} v{}", version.0),
            Fact::CommitArrived => f.write_str("the commit has reached it"),
            Fact::CommandFails(verb, key) => write!(f, "{} {key} fails", verb.name()),
            Fact::FailedBecause(failure, timeout) => trouble::failure(f, *failure, *timeout),
            Fact::RefusesQuery(key) => write!(f, "The database refuses the query for {key}"),
            Fact::RefusedAt(at) => trouble::refused(f, *at),
            Fact::SendsTo(verb, key, node) => {
                write!(f, "The application sends {} {key} to {node}", verb.name())
            }
            Fact::SlotOwnedBy(key, slot, node) => {
                match slots::hash_tag(key) {
                    Some(tag) => write!(f, "the tag {tag} hashes")?,
                    None => write!(f, "{key} hashes")?,
                }
                write!(f, " to slot {slot}, which {node} owns")
            }
            Fact::OwnsSlotOf(key, node) => write!(f, "{node} owns the slot of {key}"),
            Fact::AsksWithoutMap(slot, node) => write!(
                f,
                "no MOVED has named the owner of slot {slot} yet, so the client asks {node}"
            ),
            Fact::WasToldOwner(slot, node) => {
                write!(f, "a MOVED has named {node} as the owner of slot {slot}")
            }
            Fact::KnowsOnly(node) => write!(f, "this client knows {node} only"),
            Fact::HashChose(Hashing::Ketama, node) => {
                write!(
                    f,
                    "{node} has the next point on the ring after the key's hash"
                )
            }
            Fact::HashChose(Hashing::Modulo, node) => {
                write!(f, "the key's hash modulo the number of nodes gives {node}")
            }
            Fact::AnswersMoved(node, slot) => {
                write!(f, "{} answers MOVED {slot}", node.capital())
            }
            Fact::ClientFollows => f.write_str("the client remembers that and asks there"),
            Fact::ClientDoesNotFollow => f.write_str("this client takes it for an error"),
            Fact::Replica(fact) => fact.fmt(f),
            Fact::Zone(fact) => fact.fmt(f),
            Fact::Region(fact) => fact.fmt(f),
            Fact::Durable(fact) => fact.fmt(f),
            Fact::WritesGone(0) => f.write_str("no acknowledged write is gone"),
            Fact::WritesGone(1) => f.write_str("1 acknowledged write is gone"),
            Fact::WritesGone(count) => write!(
                f,
                "{} acknowledged writes are gone",
                grouped((*count).into())
            ),
            Fact::Serverless(fact) => fact.fmt(f),
            Fact::Reshard(fact) => fact.fmt(f),
            Fact::NodeFault(fault, node) => f.write_str(&trouble::node_fault(*fault, *node).0),
            Fact::NodeFaultMeans(fault, node) => f.write_str(trouble::node_fault(*fault, *node).1),
            Fact::FaultWithoutNode(fault) => f.write_str(trouble::without_node(*fault)),
            Fact::NothingChanges => f.write_str("nothing changes in this lane"),
            Fact::Fault(fault, effect) => f.write_str(trouble::fault(*fault, *effect).0),
            Fact::FaultMeans(fault, effect) => f.write_str(trouble::fault(*fault, *effect).1),
            Fact::StaleForGood(key) => {
                write!(f, "{key} can stay stale until it is evicted or written")
            }
            Fact::Spoiled(how, ago) => trouble::spoiled(f, *how, *ago),
            Fact::NothingPending => {
                f.write_str("it has no TTL, and no pending request will fix it")
            }
            Fact::WriteLost(key, version) => write!(f, "The write of {key} v{} is lost", version.0),
            Fact::WasQueuedFor(number) => write!(
                f,
                "the cache had accepted it, but request {number} never got it into the database"
            ),
            Fact::Console(line) => write!(f, "By hand: {line}"),
            Fact::Replies(Answer::Ok) => f.write_str("OK"),
            Fact::Replies(Answer::Nil) => f.write_str("the cache replies nil"),
            Fact::Replies(Answer::Integer(number)) => write!(f, "the cache replies {number}"),
            Fact::Replies(Answer::Told) => Ok(()),
            Fact::Replies(Answer::Error) => f.write_str("the cache refuses it"),
            Fact::YouExpire(key, Version(0)) => {
                write!(f, "You let “not found” for {key} expire")
            }
            Fact::YouExpire(key, version) => write!(f, "You let {key} v{} expire", version.0),
            Fact::StaysUntilFound => {
                f.write_str("it stays in the cache until something finds it expired")
            }
            Fact::NothingToExpire(key) => write!(f, "There is no copy of {key} to expire"),
            Fact::LaneWithoutCache => f.write_str("this lane has no cache"),
            Fact::PartitionHasUnits(_, 1) => {
                f.write_str("its one partition has enough units left in this second")
            }
            Fact::PartitionHasUnits(number, all) => write!(
                f,
                "its key is in partition {number} of {all}, which has enough units left in this second"
            ),
            Fact::ThrottlesQuery(key) => write!(f, "DynamoDB throttles the query for {key}"),
            Fact::NoPool => f.write_str("there is no pool of connections to wait for"),
        }
    }
}

fn node_or_cache(node: Option<NodeName>) -> String {
    node.map_or_else(|| "the cache".to_owned(), |node| node.to_string())
}

impl Plan {
    const fn words(self) -> &'static str {
        match self {
            Plan::CheckCache => "the application checks the cache first",
            Plan::LibraryChecksCache => "the caching library checks the cache first",
            Plan::AskDatabase => "the application asks the database",
            Plan::AskCacheOnly => "the application asks the cache; there is no database",
            Plan::WriteCacheOnly => "the application writes the cache; there is no database",
            Plan::CacheThenDatabase => "the cache is written now, and the database later",
            Plan::DeleteThenWrite => "it deletes the cached copy first, then writes the row",
            Plan::WriteDatabase => "writes go to the database, which holds the real data",
        }
    }
}

impl Purpose {
    const fn words(self) -> &'static str {
        match self {
            Purpose::SaveQuery => "a copy in the cache saves a database query",
            Purpose::NoCache => "without a cache every read goes to the database",
            Purpose::OnlyPlaceToLook => "without a database only the cache can have it",
            Purpose::OnlyPlaceToStore => "without a database the cache is the only place for it",
            Purpose::NoUsableCopy => {
                "the cache gave no usable copy, so the application asks the database"
            }
            Purpose::LoadRow => "the database has the current row",
            Purpose::KeepForNextRead => "so that the next read finds it in the cache",
            Purpose::CacheFirst => "write-behind writes the cache first",
            Purpose::UpdateCopy => "to bring a cached copy up to date with the row",
            Purpose::CacheToo => "write-through also writes the new value to the cache",
            Purpose::DeleteBeforeWrite => "to remove the copy before the row is written",
            Purpose::RowChanged => "the row has changed, so a copy may be out of date",
            Purpose::RemoveCopy => "to remove a copy that may be out of date",
            Purpose::FlushQueued => "the queued write goes to the database",
            Purpose::RealData => "the database holds the real data",
        }
    }
}

impl Deleter {
    const fn words(self) -> &'static str {
        match self {
            Deleter::BeforeWrite => "the write path deletes the copy before it writes the row",
            Deleter::AfterWrite => "the row has changed",
            Deleter::Writer => "the write path deletes the copy before and after it writes the row",
            Deleter::CommitLog => "the database's commit log reports a write",
            Deleter::TooLarge => "the new value is larger than the whole cache",
            Deleter::Console => "the console asked for it",
        }
    }
}
