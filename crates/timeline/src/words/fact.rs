//! The facts that sentences are made of. A sentence says nothing that is not one of these, so whoever
//! can check every fact can check every sentence: `tests/it/truth` does, from the events and states.

use super::durable::DurableFact;
use super::region::RegionFact;
use super::replica::ReplicaFact;
use super::reshard::ReshardFact;
use super::serverless::ServerlessFact;
use super::zone::ZoneFact;
use cache::EvictionReason;
use cache::units::{Micros, Version};
use sim::{Answer, Failure, Fault, Hashing, Operation, Refused, Spoiled, Verb};
use std::rc::Rc;

/// One clause of a sentence, with its values; `Display` gives its words. Requests are numbered from 1,
/// as on screen. Version 0 of a copy is a cached "not found".
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fact {
    /// A client reads or writes a key.
    Asks(u32, Operation, Rc<str>),
    /// The person at the page reads or writes a key by hand.
    YouAsk(Operation, Rc<str>),
    /// What a request does first.
    Plan(Plan),
    /// The application sends a command about a key.
    Sends(Verb, Rc<str>),
    /// Why it sends it.
    Purpose(Purpose),
    /// The cache has a usable copy of this version.
    Hit(Rc<str>, Version),
    /// The cache serves this version, and the row has that one.
    StaleHit(Rc<str>, Version, Version),
    /// The cache has no usable copy.
    Miss(Rc<str>),
    /// Where the copy is from.
    StoredBy(Source),
    /// The copy expires after this time.
    ExpiresIn(Micros),
    /// The copy has expired since the read, or does so now.
    TtlIsUp,
    /// The copy has no TTL.
    NoTtl,
    /// The row got its present version this long ago.
    RowChangedAgo(Micros),
    /// The stale copy stays for up to this long.
    StaleForUpTo(Micros),
    /// The stale copy has no TTL.
    StaleWithoutTtl,
    /// The key is not in the cache.
    NotInCache,
    /// It was, but its TTL had run out.
    TtlHadRunOut,
    /// The value has to come from the database, by this request or by another that loads it.
    NeedsDatabase,
    /// The lane has no database, so that no other place has the key.
    NowhereElse,
    /// The console got nothing, and nothing is loaded.
    ConsoleGetsNil,
    /// The cache stores this version.
    Stores(Rc<str>, Version),
    /// What is stored replaces a copy of this version.
    Overwrites(Version),
    /// What is stored is stale at once, because the row has this version.
    StaleOnArrival(Version),
    /// The key is evicted.
    Evicted(Rc<str>),
    /// The cache holds as many entries as fit: this many.
    FullOfEntries(Option<NodeName>, u32),
    /// No room was left for the new entry within this many bytes.
    FullOfBytes(Option<NodeName>, u64),
    /// Why the policy chose this entry.
    Chosen(EvictionReason),
    /// The entry has not been used since the start.
    UnusedSinceStart,
    /// A copy of this version expired.
    Expired(Rc<str>, Version),
    /// A read finds an expired copy of this version, which is a miss.
    ExpiredSoMiss(Rc<str>, Version),
    /// Its TTL ran out this long ago.
    TtlRanOutAgo(Micros),
    /// What removed the expired copy.
    FoundBy(Finder),
    /// The cache deletes the key.
    Deletes(Rc<str>),
    /// The cache has no such key to delete.
    NothingToDelete(Rc<str>),
    /// Who asked for a deletion, and when.
    DeletedFor(Deleter),
    /// The cache holds no copy.
    NoCopy,
    /// The lane has no cache.
    NoCache,
    /// The database starts on a query.
    StartsQuery(Verb, Rc<str>),
    /// The query did not have to wait for a connection.
    ConnectionFree,
    /// It waited this long for one.
    WaitedForConnection(Micros),
    /// A query has to wait for a connection.
    QueryWaits(Rc<str>),
    /// All of this many connections are busy.
    AllBusy(u32),
    /// This many queries wait, this one among them.
    QueriesWaiting(u32),
    /// The database returns this version.
    Returns(Rc<str>, Version),
    /// There is no such row.
    NoRow(Rc<str>),
    /// The replica that was read does not have this row yet.
    ReplicaLacksRow(Rc<str>),
    /// The application is told that there is no such row.
    ToldAbsent,
    /// The row goes to the application.
    RowToApplication,
    /// The read was served by a replica that lags behind this version of the row.
    FromLaggingReplica(Version),
    /// The database commits this version.
    Commits(Rc<str>, Version),
    /// The cache already holds that same version.
    CopyCurrent(Version),
    /// The cache holds this newer version.
    CopyNewer(Version),
    /// The cache holds this older version.
    CopyStale(Version),
    /// A request is answered after this time.
    Answered(u32, Micros),
    /// A request fails after this time.
    Failed(u32, Micros),
    /// Its client gets an error.
    ClientGetsError,
    /// Its client is told that there is no such row.
    AnsweredAbsent,
    /// Its client is told that there is no such key, where there are no rows.
    AnsweredNoKey,
    /// It made this many trips to the cache and the database.
    Trips(u32),
    /// A request has done everything.
    Done(u32),
    /// What it had to do after its answer is finished.
    BackgroundDone,
    /// A request can go on when its client gets its turn.
    Ready(u32, Rc<str>),
    /// Its client has to be pressed.
    PressClient,
    /// A request waits for the next move.
    WaitsForMove(u32),
    /// A second passes without a move.
    SecondPasses,
    /// Only timers run.
    OnlyTimers,
    /// A client cannot move.
    CannotMove(u32),
    /// It waits, or has nothing left to do.
    NothingToDo,
    /// A request gets no lease.
    NoLease(u32, Rc<str>),
    /// Another request holds it, and this one asks again after this time.
    LeaseHeld(Micros),
    /// The first request waits for the second.
    WaitsFor(u32, u32),
    /// The one that it waits for is loading this key.
    Loading(Rc<str>),
    /// A request sleeps this long.
    Sleeps(u32, Micros),
    /// Its client has its answer.
    AlreadyAnswered,
    /// A copy is reloaded after it was served.
    ReloadedAfter(Rc<str>),
    /// The copy was past the age at which it is reloaded.
    NoLongerFresh,
    /// A copy is reloaded early.
    ReloadedEarly(Rc<str>),
    /// XFetch picked the read; the copy took this long to build.
    XFetchPicked(Micros),
    /// The cache does not store this version.
    Rejects(Rc<str>, Version),
    /// It holds this newer version.
    HoldsNewer(Version),
    /// The key has been deleted or written, or the lease has run out or been lost.
    LeaseVoid,
    /// The copy to be reloaded is gone, or newer than this version, which was read.
    NothingToReload(Version),
    /// The SET only overwrites, and there is no copy.
    NothingToOverwrite,
    /// A version is queued for the database.
    Queued(Rc<str>, Version),
    /// It replaces this queued version.
    ReplacesQueued(Version),
    /// This many keys are queued, this one among them.
    WritesWaiting(u32),
    /// The database's replica has this version.
    ReplicaHas(Rc<str>, Version),
    /// The commit has reached it.
    CommitArrived,
    /// A command fails.
    CommandFails(Verb, Rc<str>),
    /// Why, with the time-out.
    FailedBecause(Failure, Micros),
    /// The database refuses the query for a key.
    RefusesQuery(Rc<str>),
    /// Where the query was.
    RefusedAt(Refused),
    /// The application sends a command about a key to one of several nodes.
    SendsTo(Verb, Rc<str>, NodeName),
    /// A key hashes to a slot that this shard owns.
    SlotOwnedBy(Rc<str>, u16, NodeName),
    /// Another shard owns the slot of a key.
    OwnsSlotOf(Rc<str>, NodeName),
    /// The client has not been told who owns the slot, and asks this shard.
    AsksWithoutMap(u16, NodeName),
    /// A MOVED has named this shard as the owner of a slot.
    WasToldOwner(u16, NodeName),
    /// The client knows this shard only.
    KnowsOnly(NodeName),
    /// The client chose this node by the key's hash.
    HashChose(Hashing, NodeName),
    /// A shard answers that another one owns the slot.
    AnswersMoved(NodeName, u16),
    /// The client asks the owner that it has been told.
    ClientFollows,
    /// The client does not know MOVED.
    ClientDoesNotFollow,
    /// Something about replicas.
    Replica(ReplicaFact),
    /// What is said of availability zones.
    Zone(ZoneFact),
    /// Something about the Regions of a Global Datastore.
    Region(RegionFact),
    /// Something about durability.
    Durable(DurableFact),
    /// This many acknowledged writes are gone.
    WritesGone(u32),
    /// Something about a serverless cache.
    Serverless(ServerlessFact),
    /// Something about shards that join or leave.
    Reshard(ReshardFact),
    /// A fault begins or ends at one of several nodes.
    NodeFault(Fault, NodeName),
    /// What it means there.
    NodeFaultMeans(Fault, NodeName),
    /// A fault that has no node to change here.
    FaultWithoutNode(Fault),
    /// It changes nothing.
    NothingChanges,
    /// A fault begins or ends in a lane that meets it in this way.
    Fault(Fault, Effect),
    /// What it means there.
    FaultMeans(Fault, Effect),
    /// A stale copy of the key will be served for good.
    StaleForGood(Rc<str>),
    /// What made it stale, and how long ago.
    Spoiled(Spoiled, Micros),
    /// Nothing pending will remove the copy.
    NothingPending,
    /// A write is lost.
    WriteLost(Rc<str>, Version),
    /// The cache had queued it, and this request was to write it to the database.
    WasQueuedFor(u32),
    /// A line was typed at the console.
    Console(Rc<str>),
    /// The console's reply.
    Replies(Answer),
    /// The person at the page lets a copy of this version expire.
    YouExpire(Rc<str>, Version),
    /// The expired copy stays for now.
    StaysUntilFound,
    /// There is no usable copy that could expire.
    NothingToExpire(Rc<str>),
    /// The lane has no cache.
    LaneWithoutCache,
    /// The query's key is in this partition of that many, and its units are enough.
    PartitionHasUnits(u16, u16),
    /// The database has no pool of connections.
    NoPool,
    /// The database throttles the query for a key.
    ThrottlesQuery(Rc<str>),
}

/// One of several cache nodes, by its noun and its number from 1: shard 2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeName {
    /// What it is.
    pub noun: &'static str,
    /// Its number.
    pub number: u16,
}

impl NodeName {
    /// The name at the beginning of a sentence.
    pub(super) fn capital(self) -> String {
        let name = self.to_string();
        name[..1].to_uppercase() + &name[1..]
    }
}

impl std::fmt::Display for NodeName {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{} {}", self.noun, self.number)
    }
}

/// How a lane meets a fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// As lanes do that have a cache in front of a database.
    Usual,
    /// It lacks what the fault is about: a replica to fail over to, a DELETE to lose, a database.
    Lacking,
    /// The cache's contents are lost, and there is no database to load them from.
    ForGood,
    /// What is in the log comes back.
    FromLog,
}

/// What a request does first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plan {
    /// The application sends a GET.
    CheckCache,
    /// The caching library sends a GET.
    LibraryChecksCache,
    /// The application sends a SELECT.
    AskDatabase,
    /// The application sends a GET, and there is no database.
    AskCacheOnly,
    /// The cache is written now, the database later.
    CacheThenDatabase,
    /// The cache is written, and there is no database.
    WriteCacheOnly,
    /// The copy is deleted, then the row is written.
    DeleteThenWrite,
    /// The row is written.
    WriteDatabase,
}

/// Why the application sends a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A copy in the cache would save a query.
    SaveQuery,
    /// There is no cache.
    NoCache,
    /// There is no database: what is read can only be in the cache.
    OnlyPlaceToLook,
    /// There is no database: what is written is kept in the cache only.
    OnlyPlaceToStore,
    /// The cache gave no usable copy.
    NoUsableCopy,
    /// The row is read, whether to answer or to reload a copy.
    LoadRow,
    /// What was read is kept for the next read.
    KeepForNextRead,
    /// Write-behind writes the cache before the database.
    CacheFirst,
    /// A copy is brought up to date with the row that was written.
    UpdateCopy,
    /// Write-through writes the cache too, after the database.
    CacheToo,
    /// The copy is deleted before the row is written.
    DeleteBeforeWrite,
    /// The copy is deleted because the row has changed.
    RowChanged,
    /// The copy is deleted before or after the row is written.
    RemoveCopy,
    /// A queued write goes to the database.
    FlushQueued,
    /// The database holds the real data.
    RealData,
}

/// Where a copy is from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// It was in the cache at the start.
    Start,
    /// This request stored it.
    Request(u32),
    /// It was stored from the console.
    Console,
}

/// What finds an expired copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finder {
    /// A request's command.
    Command(Verb),
    /// A console command.
    Console,
    /// The active expiry cycle.
    Cycle,
}

/// Who asks the cache to delete a key, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deleter {
    /// A request that has not written the row yet.
    BeforeWrite,
    /// A request that has written the row.
    AfterWrite,
    /// A request that deletes before and after it writes the row.
    Writer,
    /// The database's commit log.
    CommitLog,
    /// A SET that was refused because its value is larger than the cache.
    TooLarge,
    /// The console.
    Console,
}
