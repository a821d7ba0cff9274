//! What a person can do to a thing on the stage at this moment: only what changes something.

use super::Snapshot;
use cache::units::Version;
use scenario::field::fault_words;
use sim::{
    Ask, ByHand, ConsoleCommand, ExpireCommand, Fault, FaultCommand, NodeId, Operation, Party,
    Reach, RequestCommand, World, Zone,
};
use std::rc::Rc;
use timeline::{NodeFrame, Role};

/// The most keys that are offered where no rows are listed.
const KEYS_LISTED: u32 = 300;

/// A thing on a lane's stage that can be pressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Thing {
    /// An entry, a row or a ghost: the key that it is about.
    Key(Rc<str>),
    /// A request or its message, by its number from 1.
    Request(u32),
    /// The application.
    App,
    /// The cache.
    Cache,
    /// One of several cache nodes, from 1.
    Node(u16),
    /// The cache nodes of an availability zone.
    Zone(Zone),
    /// The database.
    Database,
    /// The way between application and cache.
    WayToCache,
    /// The way between application and database.
    WayToDatabase,
}

/// Something to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// Send a request for a key.
    Ask(Operation, Rc<str>),
    /// Send a request for a key that is yet to be chosen.
    AskFor(Operation),
    /// Delete a key from the cache.
    Delete(Rc<str>),
    /// Let a key's copy expire.
    Expire(Rc<str>),
    /// Delete everything from the cache.
    Flush,
    /// Break or mend something.
    Fault(Fault),
    /// Break or mend one of several cache nodes, from 1.
    NodeFault(Fault, u16),
    /// Break or mend the cache nodes of an availability zone.
    ZoneFault(Fault, Zone),
    /// Follow a key through time.
    FollowKey(Rc<str>),
    /// Follow a request, by its number from 1.
    FollowRequest(u32),
    /// Open the console.
    Console,
}

impl Act {
    /// Its name in the menu of a thing.
    pub fn title(&self, of: &Thing) -> String {
        let named = |key: &Rc<str>| *of != Thing::Key(key.clone());
        match self {
            Act::Ask(Operation::Read, key) if named(key) => format!("Read {key} now"),
            Act::Ask(Operation::Read, _) => "Read it now".to_owned(),
            Act::Ask(Operation::Write, key) if named(key) => format!("Write {key}"),
            Act::Ask(Operation::Write, _) => "Write it".to_owned(),
            Act::AskFor(Operation::Read) => "Read a key…".to_owned(),
            Act::AskFor(Operation::Write) => "Write a key…".to_owned(),
            Act::Delete(_) => "Delete the copy".to_owned(),
            Act::Expire(_) => "Let it expire".to_owned(),
            Act::Flush => "Delete everything (FLUSHALL)".to_owned(),
            Act::Fault(fault) => fault_words(*fault).title.to_owned(),
            Act::NodeFault(fault, _) => node_fault_title(*fault).to_owned(),
            Act::ZoneFault(fault, zone) => zone_fault_title(*fault, *zone),
            Act::FollowKey(key) if named(key) => format!("Follow {key}"),
            Act::FollowKey(_) => "Follow it".to_owned(),
            Act::FollowRequest(number) => format!("Follow request {number}"),
            Act::Console => "Open the console".to_owned(),
        }
    }

    /// The command that does it in a lane, from 1, or in all; `None` if it does nothing to the worlds.
    pub fn command(&self, lane: Option<u32>) -> Option<ByHand> {
        let console = |line: String| {
            Some(ByHand::Console(ConsoleCommand {
                console: line.into(),
                lane,
            }))
        };
        match self {
            Act::Ask(op, key) => Some(ByHand::Request(RequestCommand {
                request: Ask {
                    op: *op,
                    key: key.clone(),
                },
                lane,
            })),
            Act::Delete(key) => console(format!("DEL {}", quoted(key))),
            Act::Expire(key) => Some(ByHand::Expire(ExpireCommand {
                expire: key.clone(),
                lane,
            })),
            Act::Flush => console("FLUSHALL".to_owned()),
            Act::Fault(fault) => Some(ByHand::Fault(FaultCommand {
                fault: *fault,
                lane,
                node: None,
                zone: None,
            })),
            Act::NodeFault(fault, node) => Some(ByHand::Fault(FaultCommand {
                fault: *fault,
                lane,
                node: Some(*node),
                zone: None,
            })),
            Act::ZoneFault(fault, zone) => Some(ByHand::Fault(FaultCommand {
                fault: *fault,
                lane,
                node: None,
                zone: Some(*zone),
            })),
            Act::AskFor(_) | Act::FollowKey(_) | Act::FollowRequest(_) | Act::Console => None,
        }
    }
}

/// A key as a word of the console's, where a quotation mark at its beginning would end a word.
fn quoted(key: &str) -> String {
    match key.chars().next() {
        Some('"') => format!("'{key}'"),
        Some('\'') => format!("\"{key}\""),
        _ => key.to_owned(),
    }
}

impl Snapshot {
    /// What a thing is, in full, and what it is like in a lane, from 0.
    pub fn told(&self, thing: &Thing, lane: usize) -> (String, String) {
        let frame = &self.frame.lanes[lane];
        match thing {
            Thing::Key(key) => (key.to_string(), self.versions(key, lane)),
            Thing::Request(number) => {
                let wanted = number
                    .checked_sub(1)
                    .map(|of| self.run.scenario().request(of));
                let wanted = wanted.map_or_else(String::new, |(operation, key)| {
                    let verb = match operation {
                        Operation::Read => "reads",
                        Operation::Write => "writes",
                    };
                    format!("{verb} {}", self.run.scenario().key_name(key))
                });
                (format!("Request {number}"), wanted)
            }
            Thing::App => {
                let active = match frame.request_count {
                    0 => "idle".to_owned(),
                    1 => "one request under way".to_owned(),
                    all => format!("{all} requests under way"),
                };
                ("Application".to_owned(), active)
            }
            Thing::Cache => {
                let used = format!("{} of {} entries", frame.cache.used, frame.cache.capacity);
                let rate = frame.cache.serverless.map(|rate| {
                    format!(", {} in this second, {}", rate.of_cache(), rate.of_slot())
                });
                ("Cache".to_owned(), used + &rate.unwrap_or_default())
            }
            Thing::Node(number) => {
                let mut nodes = frame.nodes.iter();
                let node = nodes.find(|node| node.id == *number);
                let like = node.map(|node| match node.slots_in_words() {
                    slots if slots.is_empty() => node.state(),
                    slots => format!("{}, {slots}", node.state()),
                });
                let name = node.map_or_else(String::new, NodeFrame::name);
                (name, like.unwrap_or_default())
            }
            Thing::Zone(zone) => zone_told(*zone, &frame.nodes),
            Thing::Database => {
                let database = &frame.database;
                (database.name().to_owned(), database.load())
            }
            Thing::WayToCache => way("cache", frame.faults.cache_cut),
            Thing::WayToDatabase => way("database", frame.faults.database_cut),
        }
    }

    /// A key's copy and row in a lane.
    fn versions(&self, name: &str, lane: usize) -> String {
        let moment = self.run.seek(self.frame.step);
        let world = &moment.lanes[lane];
        let Some(key) = self.run.scenario().key_named(name) else {
            return String::new();
        };
        let has_database = world.setup().strategy.has_database();
        let row = has_database.then(|| match world.row(key).version {
            Version(0) => "no row".to_owned(),
            Version(version) => format!("row v{version}"),
        });
        let copy = world.cache().map(|_| match world.copy(key) {
            None => "no copy".to_owned(),
            Some(entry) => {
                let version = match entry.value.version {
                    Version(0) => "“not found”".to_owned(),
                    Version(version) => format!("copy v{version}"),
                };
                let expired = entry.is_expired(moment.at);
                format!("{version}{}", if expired { ", expired" } else { "" })
            }
        });
        let both: Vec<String> = copy.into_iter().chain(row).collect();
        both.join(", ")
    }

    /// What can be done to a thing of a lane, from 0: in that lane `only`, or in all of them.
    pub fn acts(&self, thing: &Thing, lane: usize, only: bool) -> Vec<Act> {
        let race = self.run.scenario().input.schedule.is_some();
        let ask = |key: &Rc<str>| {
            let both = [Operation::Read, Operation::Write];
            // In a race only the clients ask.
            let both = both.into_iter().filter(|_| !race);
            both.map(|operation| Act::Ask(operation, key.clone()))
                .collect::<Vec<_>>()
        };
        match thing {
            Thing::Key(key) => {
                let mut acts = ask(key);
                acts.extend(self.acts_on_copy(key, lane, only));
                acts.push(Act::FollowKey(key.clone()));
                acts
            }
            Thing::Request(number) => {
                let mut acts = vec![Act::FollowRequest(*number)];
                if let Some(of) = number.checked_sub(1) {
                    let (_, key) = self.run.scenario().request(of);
                    let key = self.run.scenario().key_name(key);
                    acts.push(Act::FollowKey(key.clone()));
                    acts.extend(ask(&key));
                }
                acts
            }
            Thing::App => {
                let both = [Operation::Read, Operation::Write].into_iter();
                let shown = self.frame.lanes[lane].shown_request();
                let ask = both.filter(|_| !race).map(Act::AskFor);
                ask.chain(shown.map(|request| Act::FollowRequest(request.id)))
                    .collect()
            }
            Thing::Cache => {
                let mut acts =
                    self.acts_of_faults(lane, only, |fault| fault.party() == Party::Cache);
                if self
                    .lanes(lane, only)
                    .any(|at| self.frame.lanes[at].cache.used > 0)
                {
                    acts.push(Act::Flush);
                }
                acts.push(Act::Console);
                acts
            }
            Thing::Node(number) => self.acts_on_node(*number, lane, only),
            Thing::Zone(zone) => self.acts_on_zone(*zone, lane, only),
            Thing::Database => {
                self.acts_of_faults(lane, only, |fault| fault.party() == Party::Database)
            }
            Thing::WayToCache => self.acts_of_faults(lane, only, |fault| {
                matches!(
                    fault,
                    Fault::CutCache | Fault::HealCache | Fault::LoseNextDelete
                )
            }),
            Thing::WayToDatabase => {
                let cut = self
                    .lanes(lane, only)
                    .any(|at| self.frame.lanes[at].faults.database_cut);
                // A database that is only slow is healed at the database itself.
                self.acts_of_faults(lane, only, |fault| {
                    fault == Fault::CutDatabase || cut && fault == Fault::HealDatabase
                })
            }
        }
    }

    fn lanes(&self, lane: usize, only: bool) -> impl Iterator<Item = usize> {
        let all = 0..self.frame.lanes.len();
        all.filter(move |&at| !only || at == lane)
    }

    fn acts_of_faults(&self, lane: usize, only: bool, of: impl Fn(Fault) -> bool) -> Vec<Act> {
        let faults = self.faults(only.then_some(lane)).into_iter();
        let faults = faults.filter(|&(fault, _)| of(fault));
        faults.map(|(fault, _)| Act::Fault(fault)).collect()
    }

    /// What would change one of several cache nodes, and in any lane that is asked.
    fn acts_on_node(&self, number: u16, lane: usize, only: bool) -> Vec<Act> {
        let moment = self.run.seek(self.frame.step);
        let node = NodeId(number - 1);
        let changes = |fault: Fault| {
            let mut lanes = self.lanes(lane, only);
            lanes.any(|at| {
                let world = &moment.lanes[at];
                let cache = &world.setup().cache;
                let has_replica =
                    cache.replica_lag.is_some() || cache.deployment.replication().is_some();
                world.setup().cache.deployment.has_several()
                    && world.deployed().is_changed_by(fault, node)
                    && (fault != Fault::FailOverCache || has_replica)
                    && !(fault.is_of_shards() && world.setup().is_durable())
            })
        };
        let faults = Fault::ALL.into_iter().filter(|&fault| fault.is_of_nodes());
        let faults = faults.filter(|&fault| changes(fault));
        let mut acts: Vec<Act> = faults.map(|fault| Act::NodeFault(fault, number)).collect();
        // It is not this node that joins, but whoever looks for it looks here.
        if changes(Fault::AddShard) {
            acts.push(Act::Fault(Fault::AddShard));
        }
        let deployment = moment.lanes[lane].setup().cache.deployment;
        if let Some(zone) = deployment.zone_of(node) {
            acts.extend(self.acts_on_zone(zone, lane, only));
        }
        acts
    }

    /// What would change a node of a zone.
    fn acts_on_zone(&self, zone: Zone, lane: usize, only: bool) -> Vec<Act> {
        let moment = self.run.seek(self.frame.step);
        let changes = |fault: Fault| {
            self.lanes(lane, only).any(|at| {
                let world = &moment.lanes[at];
                let deployment = world.setup().cache.deployment;
                let mut nodes = world.nodes();
                nodes.any(|(id, _)| {
                    deployment.is_reached(Reach::Zone(zone), id)
                        && world.deployed().is_changed_by(fault, id)
                })
            })
        };
        let faults = Fault::ALL.into_iter().filter(|fault| fault.is_of_zones());
        let faults = faults.filter(|&fault| changes(fault));
        faults.map(|fault| Act::ZoneFault(fault, zone)).collect()
    }

    fn acts_on_copy(&self, name: &Rc<str>, lane: usize, only: bool) -> Vec<Act> {
        let moment = self.run.seek(self.frame.step);
        let key = self.run.scenario().key_named(name);
        let copies = self
            .lanes(lane, only)
            .filter_map(|at| World::copy(&moment.lanes[at], key?));
        let copies: Vec<_> = copies.collect();
        let mut acts = Vec::new();
        if !copies.is_empty() {
            acts.push(Act::Delete(name.clone()));
        }
        let goes_on = |end: Option<_>| end.is_none_or(|end| end > moment.at);
        if copies.iter().any(|entry| goes_on(entry.expires_at)) {
            acts.push(Act::Expire(name.clone()));
        }
        acts
    }

    /// A few keys to choose among, those that are cached first.
    pub fn keys_to_choose(&self, lane: usize, at_most: usize) -> Vec<Rc<str>> {
        let frame = &self.frame.lanes[lane];
        let cached = frame.cache.entries.iter().map(|entry| entry.key.clone());
        let mut keys: Vec<Rc<str>> = Vec::new();
        for key in cached.chain(self.keys_listed(lane)) {
            if keys.len() == at_most {
                break;
            }
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        keys
    }

    /// The keys to offer in a lane, from 0: those of the rows that can be seen; without a database, the
    /// workload's first.
    pub fn keys_listed(&self, lane: usize) -> Vec<Rc<str>> {
        let database = self.frame.lanes.get(lane).map(|of| &of.database);
        if let Some(database) = database.filter(|database| database.exists()) {
            return database.rows.iter().map(|row| row.key.clone()).collect();
        }
        let scenario = self.run.scenario();
        let first = 0..scenario.workload.key_count().min(KEYS_LISTED);
        first
            .map(|place| scenario.key_name(scenario.workload.listed(place)))
            .collect()
    }
}

/// What a zone is called, and which of a lane's nodes are in it.
fn zone_told(zone: Zone, nodes: &[NodeFrame]) -> (String, String) {
    let here = || {
        let in_use = nodes.iter().filter(|node| node.in_use);
        in_use.filter(|node| node.zone == Some(zone.letter()))
    };
    let counted =
        |of: &dyn Fn(&&NodeFrame) -> bool, one: &str, more: &str| match here().filter(of).count() {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {more}")),
        };
    let parts = [
        counted(&|node| node.role == Role::Primary, "primary", "primaries"),
        counted(&|node| node.role == Role::Replica, "replica", "replicas"),
        counted(&|node| !node.reachable, "node down", "nodes down"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (format!("Zone {}", zone.letter()), parts.join(", "))
}

/// What a fault of one of several nodes is called in its menu.
fn node_fault_title(fault: Fault) -> &'static str {
    match fault {
        Fault::RestartCache => "Restart it, empty",
        Fault::FailOverCache => "Fail over to a replica",
        Fault::CutCache => "Cut it off",
        Fault::HealCache => "Reconnect it",
        Fault::StopCacheNode => "Stop it",
        Fault::RemoveCacheNode => "Take it off the client's list",
        Fault::AddCacheNode => "Put it on the client's list",
        Fault::RemoveShard => "Remove its shard from the cluster",
        Fault::PromoteRegion => "Promote this Region",
        other => fault_words(other).title,
    }
}

/// What a fault of a zone is called in a node's menu.
fn zone_fault_title(fault: Fault, zone: Zone) -> String {
    match fault {
        Fault::RestartCache => format!("Restart all of {zone}"),
        Fault::CutCache => format!("Cut all of {zone} off"),
        Fault::HealCache => format!("Reconnect all of {zone}"),
        _ => format!("Take {zone} down"),
    }
}

fn way(to: &str, cut: bool) -> (String, String) {
    let state = if cut { "cut" } else { "up" };
    (format!("Connection to the {to}"), state.to_owned())
}
