//! A cluster of three servers, what the test knows of it, and commands whose replies are compared with
//! `answer`'s.

use sim::deployment::cluster::{Answer, Health, Migration, NamedKey, View, answer};
use sim::deployment::slots::{SLOTS, even_range, shard_of, slot_of};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;
use support::server::{Reply, Server};

pub const NODES: u16 = 3;

/// A slot on the move.
#[derive(Clone, Copy)]
pub struct Move {
    pub slot: u16,
    pub from: u16,
    pub to: u16,
}

/// A command and who gets it.
#[derive(Clone, Debug)]
pub struct Command {
    pub node: u16,
    pub asking: bool,
    pub write: bool,
    /// At least one, each once.
    pub keys: Vec<String>,
}

impl Command {
    fn words(&self) -> Vec<String> {
        let verb = match (self.write, self.keys.len()) {
            (false, 1) => "GET",
            (false, _) => "MGET",
            (true, 1) => "SET",
            (true, _) => "MSET",
        };
        let mut words = vec![verb.to_owned()];
        for key in &self.keys {
            words.push(key.clone());
            if self.write {
                words.push("value".to_owned());
            }
        }
        words
    }
}

/// The servers share the slots evenly at first.
pub struct Cluster {
    /// Those that live: the first of the primaries, and then a replica.
    servers: Vec<Server>,
    addresses: Vec<String>,
    ids: Vec<String>,
    /// Whose each slot is.
    pub owners: Vec<Option<u16>>,
    pub moving: Option<Move>,
    pub health: Health,
    /// What each node holds.
    entries: Vec<BTreeSet<String>>,
    /// A replica whose client has said `READONLY`, and its primary.
    reader: Option<(u16, u16)>,
    /// The last field: it goes after the servers have ended.
    folder: Folder,
}

impl Cluster {
    /// Starts a cluster and waits until it serves. Nothing if there is no server here, or one that is too old,
    /// which a printed line says.
    pub fn start(name: &str, options: &[&str]) -> Option<Self> {
        let mut cluster = Cluster {
            servers: Vec::new(),
            addresses: Vec::new(),
            ids: Vec::new(),
            owners: (0..SLOTS).map(|slot| Some(shard_of(slot, NODES))).collect(),
            moving: None,
            health: Health {
                majority: true,
                all_slots_served: true,
                full_coverage: true,
            },
            entries: Vec::new(),
            reader: None,
            folder: Folder::new(name),
        };
        for _ in 0..NODES {
            cluster.add_server(options)?;
        }
        cluster.join();
        Some(cluster)
    }

    fn add_server(&mut self, options: &[&str]) -> Option<()> {
        let folder = self.folder.add(self.live());
        let mut all = vec!["--cluster-enabled", "yes", "--dir", &folder];
        all.extend(options);
        let mut server = Server::start_with(&all)?;
        if major_version(&mut server) < 7 {
            println!("Servers before 7.0 answer otherwise: this comparison is skipped.");
            return None;
        }
        let Reply::Array(port) = server.call(&["CONFIG", "GET", "port"]) else {
            panic!("the server tells its port");
        };
        self.addresses.push(format!("127.0.0.1:{}", port[1].text()));
        let id = server.call(&["CLUSTER", "MYID"]);
        self.ids.push(id.text().to_owned());
        self.entries.push(BTreeSet::new());
        self.servers.push(server);
        Some(())
    }

    fn join(&mut self) {
        for node in 0..NODES {
            let slots = even_range(node, NODES);
            let (first, last) = (slots.start().to_string(), slots.end().to_string());
            self.order(node, &["CLUSTER", "ADDSLOTSRANGE", &first, &last]);
            let epoch = (node + 1).to_string();
            self.order(node, &["CLUSTER", "SET-CONFIG-EPOCH", &epoch]);
        }
        (1..NODES).for_each(|node| self.meet(node));
        self.wait_for("cluster_known_nodes:3");
        self.wait_for("cluster_slots_assigned:16384");
        self.wait_for("cluster_state:ok");
    }

    /// Makes a node known to the first one, which tells the others.
    fn meet(&mut self, node: u16) {
        let address = self.addresses[usize::from(node)].clone();
        let (host, port) = address.split_once(':').expect("a host and a port");
        self.order(0, &["CLUSTER", "MEET", host, port]);
    }

    /// Adds a server that is a replica, and waits until it has what its primary has.
    pub fn add_replica(&mut self, primary: u16) -> u16 {
        let replica = self.live();
        self.add_server(&[]).expect("one more server");
        self.meet(replica);
        self.wait_for("cluster_known_nodes:4");
        self.wait_for("cluster_slots_assigned:16384");
        self.wait_for("cluster_state:ok");
        let id = self.ids[usize::from(primary)].clone();
        self.order(replica, &["CLUSTER", "REPLICATE", &id]);
        let server = &mut self.servers[usize::from(replica)];
        wait_until("master_link_status:up", || {
            says(server, &["INFO", "replication"], "master_link_status:up")
        });
        self.entries[usize::from(replica)] = self.entries[usize::from(primary)].clone();
        replica
    }

    /// Says `READONLY` to a replica.
    pub fn read_from(&mut self, replica: u16, primary: u16) {
        self.order(replica, &["READONLY"]);
        self.reader = Some((replica, primary));
    }

    /// Waits until every server says this of the cluster.
    pub fn wait_for(&mut self, line: &str) {
        let servers = &mut self.servers;
        wait_until(line, || {
            let mut all = servers.iter_mut();
            all.all(|server| says(server, &["CLUSTER", "INFO"], line))
        });
    }

    pub fn call(&mut self, node: u16, words: &[&str]) -> Reply {
        self.servers[usize::from(node)].call(words)
    }

    fn order(&mut self, node: u16, words: &[&str]) {
        assert_eq!(
            self.call(node, words),
            Reply::ok(),
            "node {node}: {words:?}"
        );
    }

    pub fn live(&self) -> u16 {
        self.servers.len() as u16
    }

    /// Ends the last of the servers that live.
    pub fn kill_last(&mut self) {
        self.servers.pop().expect("a server that lives");
        self.health.all_slots_served = false;
        self.health.majority = self.live() > NODES / 2;
    }

    pub fn set_full_coverage(&mut self, required: bool) {
        let value = if required { "yes" } else { "no" };
        for server in &mut self.servers {
            server.configure("cluster-require-full-coverage", value);
        }
        self.health.full_coverage = required;
    }

    /// Opens a slot at both ends of its way.
    pub fn start_move(&mut self, slot: u16, to: u16) {
        let from = self.owners[usize::from(slot)].expect("an owner");
        let text = slot.to_string();
        let (from_id, to_id) = (
            self.ids[usize::from(from)].clone(),
            self.ids[usize::from(to)].clone(),
        );
        self.order(to, &["CLUSTER", "SETSLOT", &text, "IMPORTING", &from_id]);
        self.order(from, &["CLUSTER", "SETSLOT", &text, "MIGRATING", &to_id]);
        self.moving = Some(Move { slot, from, to });
    }

    /// Moves those entries of the slot on the move that `is_next` picks.
    pub fn move_entries(&mut self, mut is_next: impl FnMut() -> bool) {
        let Move { slot, from, to } = self.moving.expect("a slot on the move");
        let in_slot = |key: &&String| slot_of(&bytes(key)) == slot;
        let all = self.entries[usize::from(from)].iter().filter(in_slot);
        let next: Vec<String> = all.filter(|_| is_next()).cloned().collect();
        let address = self.addresses[usize::from(to)].clone();
        let (host, port) = address.split_once(':').expect("a host and a port");
        for key in next {
            let words = ["MIGRATE", host, port, &key, "0", "10000", "REPLACE"];
            self.order(from, &words);
            self.entries[usize::from(from)].remove(&key);
            self.entries[usize::from(to)].insert(key);
        }
    }

    /// Gives the slot on the move, all of whose entries have arrived, to its new owner.
    pub fn finish_move(&mut self) {
        let Move { slot, from, to } = self.moving.take().expect("a slot on the move");
        let id = self.ids[usize::from(to)].clone();
        let other = (0..NODES).find(|&node| node != from && node != to);
        for node in [Some(to), Some(from), other].into_iter().flatten() {
            self.order(
                node,
                &["CLUSTER", "SETSLOT", &slot.to_string(), "NODE", &id],
            );
        }
        self.owners[usize::from(slot)] = Some(to);
    }

    /// Takes a slot from its owner, and from the maps of the others.
    pub fn delete_slot(&mut self, slot: u16) {
        let owner = self.owners[usize::from(slot)].take().expect("an owner");
        self.order(owner, &["CLUSTER", "DELSLOTS", &slot.to_string()]);
        // What the owner has told before may still be on its way to the others.
        sleep(Duration::from_millis(500));
        for node in (0..NODES).filter(|&node| node != owner) {
            // It may have heard of it from the owner.
            let _ = self.call(node, &["CLUSTER", "DELSLOTS", &slot.to_string()]);
        }
        self.health.all_slots_served = false;
        self.wait_for("cluster_slots_assigned:16383");
    }

    /// Sends a command, and holds that the reply is `answer`'s and that what is served is what the node has.
    pub fn compare(&mut self, command: &Command) -> Answer {
        let node = usize::from(command.node);
        let named = command.keys.iter().map(|key| NamedKey {
            slot: slot_of(&bytes(key)),
            here: self.entries[node].contains(key),
        });
        let named: Vec<NamedKey> = named.collect();
        let expected = answer(&self.view(command, named[0].slot), &named);
        let mut lines = vec![command.words()];
        if command.asking {
            lines.insert(0, vec!["ASKING".to_owned()]);
        }
        let reply = self.servers[node].pipeline(&lines).pop();
        let reply = reply.expect("a reply to the last command");
        assert_eq!(self.meaning(&reply), expected, "{command:?}: {reply:?}");
        if expected == Answer::Serve && command.write {
            self.entries[node].extend(command.keys.iter().cloned());
        } else if expected == Answer::Serve {
            let here: Vec<bool> = named.iter().map(|key| key.here).collect();
            assert_eq!(found(&reply), here, "{command:?}: {reply:?}");
        }
        expected
    }

    /// What the node of a command knows of the slot.
    fn view(&self, command: &Command, slot: u16) -> View {
        let migration = match self.moving {
            Some(Move { slot: moved, .. }) if moved != slot => None,
            Some(Move { from, to, .. }) if from == command.node => Some(Migration::Leaving { to }),
            Some(Move { to, .. }) if to == command.node => Some(Migration::Arriving),
            _ => None,
        };
        View {
            node: command.node,
            owner: self.owners[usize::from(slot)],
            migration,
            asking: command.asking,
            reads_for: match self.reader {
                Some((replica, primary)) if replica == command.node && !command.write => {
                    Some(primary)
                }
                _ => None,
            },
            health: self.health,
        }
    }

    /// A reply as one of the answers.
    fn meaning(&self, reply: &Reply) -> Answer {
        let Reply::Error(text) = reply else {
            return Answer::Serve;
        };
        let node = |address: &str| -> u16 {
            let place = self.addresses.iter().position(|one| one == address);
            place.expect("an address of the cluster") as u16
        };
        let slot = |text: &str| text.parse().expect("a slot");
        let words: Vec<&str> = text.split(' ').collect();
        match words.as_slice() {
            ["MOVED", number, address] => Answer::Moved {
                slot: slot(number),
                to: node(address),
            },
            ["ASK", number, address] => Answer::Ask {
                slot: slot(number),
                to: node(address),
            },
            ["TRYAGAIN", ..] => Answer::TryAgain,
            ["CROSSSLOT", ..] => Answer::CrossSlot,
            ["CLUSTERDOWN", "The", "cluster", "is", "down"] => Answer::ClusterDown,
            ["CLUSTERDOWN", "Hash", "slot", "not", "served"] => Answer::SlotNotServed,
            _ => panic!("not a reply of a cluster: {text}"),
        }
    }
}

/// Whether this is one of the lines of a server's reply.
fn says(server: &mut Server, words: &[&str], line: &str) -> bool {
    let reply = server.call(words);
    reply.text().lines().any(|said| said == line)
}

fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if is() {
            return;
        }
        sleep(Duration::from_millis(30));
    }
    panic!("no {what} within half a minute");
}

/// Which of the keys the reply to a read has values of.
fn found(reply: &Reply) -> Vec<bool> {
    match reply {
        Reply::Array(values) => values.iter().flat_map(found).collect(),
        Reply::Bulk(value) => vec![value.is_some()],
        other => panic!("not the reply to a read: {other:?}"),
    }
}

/// The bytes of a text of which each character stands for a byte, as the server's commands have it.
pub fn bytes(text: &str) -> Vec<u8> {
    let byte = |character| u8::try_from(character).expect("a byte a character");
    text.chars().map(byte).collect()
}

/// The version of Redis that the server is, or that Valkey says it is like.
fn major_version(server: &mut Server) -> u32 {
    let reply = server.call(&["INFO", "server"]);
    let mut lines = reply.text().lines();
    let version = lines.find_map(|line| line.strip_prefix("redis_version:"));
    let major = version.and_then(|version| version.split('.').next()?.parse().ok());
    major.expect("a version")
}

/// A folder for the servers' own files. It goes with this value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("cache-playground-{name}-{}", std::process::id());
        Folder(std::env::temp_dir().join(name))
    }

    /// A folder within it for a node.
    fn add(&self, node: u16) -> String {
        let folder = self.0.join(node.to_string());
        fs::create_dir_all(&folder).expect("a temporary folder");
        folder.to_str().expect("a path in UTF-8").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // There is none if no server was started.
        let _ = fs::remove_dir_all(&self.0);
    }
}
