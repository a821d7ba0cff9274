//! The console: each command and each of its errors in the engine's words, what a line leaves in the
//! world, and that it is an input like any other.
//!
//! The replies of `data/console.tsv` are those of a Redis 7.0.15 server. Where there is a server on this
//! machine, the same lines are sent to it again.
#![cfg(not(target_arch = "wasm32"))]

use cache::PolicyKind;
use cache::units::Micros;
use cache_playground::session::console::complete;
use scenario::{Scenario, ScenarioInput, WarmInput, WorkloadInput};
use serde_json::{Value, json};
use sim::{
    ByHand, CONSOLE_COMMANDS, ConsoleCommand, EventKind, Fault, FaultCommand, Intervention,
    Operation, Pattern, ReadPath, Spoiler, WritePath,
};
use support::scenarios::{lane, player, request, run, scenario};
use support::server::{self, Server};
use timeline::{Command, ConsoleLine, Player, sentence};

const SECOND_US: u64 = 1_000_000;

/// Rows k, l and m of version 1, and k written once after a second; the cache holds l, which lives for
/// a hundred seconds.
fn scene() -> ScenarioInput {
    let requests = vec![
        request(0, Operation::Read, "k"),
        request(SECOND_US, Operation::Write, "k"),
        request(20 * SECOND_US, Operation::Read, "m"),
        request(300 * SECOND_US, Operation::Read, "k"),
    ];
    let mut lane = lane(Pattern::CacheAside.paths());
    lane.strategy.ttl_us = Some(Micros(100 * SECOND_US));
    let mut input = scenario(requests, vec![lane]);
    input.warm = vec![WarmInput {
        key: "l".to_owned(),
        age_us: 0,
    }];
    input
}

/// A player at the last step no later than `second`.
fn at_second(input: ScenarioInput, second: u64) -> Player {
    let mut player = player(input);
    let step = player.run().step_before(Micros(second * SECOND_US));
    player.command(Command::Seek { step }).expect("a step");
    player
}

fn ask(player: &mut Player, line: &str) -> String {
    let reply = player.console(0, line);
    reply.expect("a lane and a line").to_string()
}

fn hash(player: &Player) -> u64 {
    player.moment().state_hash()
}

/// Lines and replies, one after the other, on an empty server whose rows are `k` at v2 and `l` at v1.
fn lines() -> impl Iterator<Item = (&'static str, String)> {
    let table = include_str!("../data/console.tsv").lines().skip(1);
    table.map(|row| {
        let (line, reply) = row.split_once('\t').expect("two columns");
        (line, reply.replace("\\n", "\n"))
    })
}

/// Where the cache is empty and the row of k is at v2.
fn empty() -> Player {
    let mut input = scene();
    input.lanes[0].cache.policy = PolicyKind::ValkeyLru;
    let mut player = at_second(input, 10);
    assert_eq!(ask(&mut player, "FLUSHALL"), "OK");
    player
}

#[test]
fn replies_and_errors_are_the_engines() {
    let mut player = empty();
    for (line, reply) in lines() {
        assert_eq!(ask(&mut player, line), reply, "{line}");
    }
}

/// The same lines, sent to a server: the table is not from memory.
#[test]
fn a_server_replies_the_same() {
    let Some(mut server) = Server::start() else {
        return;
    };
    server.configure("maxmemory-policy", "allkeys-lru");
    let mut wrong = Vec::new();
    for (line, reply) in lines() {
        let words: Vec<&str> = line.split(' ').map(|word| word.trim_matches('"')).collect();
        let said = shown(&server.call(&words));
        // Time passes at a server while it is asked, and only forward.
        let timed = line.starts_with("TTL") || line.starts_with("OBJECT IDLETIME");
        let number = |reply: &str| reply.strip_prefix("(integer) ")?.parse::<i64>().ok();
        let near = match (number(&reply), number(&said)) {
            (Some(ours), Some(its)) => ours >= 0 && its >= 0 && ours.abs_diff(its) < 40,
            _ => false,
        };
        // A server counts in its own way what INFO says of keys.
        let info = line.starts_with("INFO") && said.lines().next() == reply.lines().next();
        if reply != said && !(timed && near) && !info {
            wrong.push(format!("{line}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A server's reply as its command line shows it; INFO is shown as it is.
fn shown(reply: &server::Reply) -> String {
    match reply {
        server::Reply::Status(text) => text.clone(),
        server::Reply::Error(text) => format!("(error) {text}"),
        server::Reply::Integer(number) => format!("(integer) {number}"),
        server::Reply::Bulk(None) => "(nil)".to_owned(),
        server::Reply::Bulk(Some(text)) if text.is_empty() || text.starts_with('#') => {
            text.replace("\r\n", "\n")
        }
        server::Reply::Bulk(Some(text)) => format!("\"{text}\""),
        server::Reply::Array(all) if all.is_empty() => "(empty array)".to_owned(),
        server::Reply::Array(all) => {
            let numbered = (1..).zip(all);
            let lines = numbered.map(|(number, one)| format!("{number}) {}", shown(one)));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn what_only_the_playground_says_is_said_plainly() {
    let mut player = empty();
    let same = hash(&player);
    for (line, reply) in [
        (
            "SET k v3",
            "(error) ERR a value is a version of the row, and k has v1 to v2",
        ),
        (
            "SET k v0",
            "(error) ERR a value is a version of the row, and k has v1 to v2",
        ),
        (
            "SET k hello",
            "(error) ERR a value is a version of the row, and k has v1 to v2",
        ),
        (
            "SET k v02",
            "(error) ERR a value is a version of the row, and k has v1 to v2",
        ),
        (
            "SET l v2",
            "(error) ERR a value is a version of the row, and l has v1",
        ),
        (
            "SET n v1",
            "(error) ERR this scenario has no row n: SET takes one of its keys",
        ),
        ("", "(error) ERR type a command first; HELP lists them"),
        ("GET \"k", "(error) Invalid argument(s)"),
        (
            "CONFIG SET maxmemory 100",
            "(error) ERR CONFIG SET failed (possibly related to argument 'maxmemory') - can't set immutable config",
        ),
        (
            "CONFIG SET maxmemory-policy allkeys-lru maxmemory-policy allkeys-lru",
            "(error) ERR CONFIG SET failed (possibly related to argument 'maxmemory-policy') - duplicate parameter",
        ),
    ] {
        assert_eq!(ask(&mut player, line), reply, "{line}");
    }
    let help = ask(&mut player, "help");
    assert_eq!(help.lines().count(), CONSOLE_COMMANDS.len());
    assert_eq!(hash(&player), same, "nothing has changed");
    assert_eq!(player.forks().len(), 2, "and only FLUSHALL made a run");

    let info = ask(&mut player, "INFO");
    for line in [
        "# Memory",
        "used_memory:0",
        "maxmemory:0",
        "maxmemory_policy:allkeys-lru",
        "# Stats",
    ] {
        assert!(info.lines().any(|of| of == line), "{line} in {info}");
    }
    let metrics = player.frame().lanes[0].metrics.clone();
    assert!(info.contains(&format!("keyspace_misses:{}", metrics.misses)));
    assert!(metrics.misses > 0);

    let mut bare = scene();
    bare.lanes
        .push(lane((ReadPath::NoCache, WritePath::WriteAround)));
    let mut player = at_second(bare, 10);
    let reply = player.console(1, "DBSIZE").expect("a lane");
    assert_eq!(reply.to_string(), "(error) ERR this lane has no cache");
    assert!(
        player.console(2, "DBSIZE").is_err(),
        "there is no third lane"
    );
    let long = "GET ".to_owned() + &"k".repeat(600);
    assert_eq!(
        player.console(0, &long).err().map(|e| e.path),
        Some("/console".to_owned())
    );
    assert!(player.console(0, "GET\nk").is_err());
}

/// What only looks makes no run; what changes something, if only how recently a key was used, does.
#[test]
fn a_line_that_changes_something_forks_and_one_can_go_back() {
    let looks = [
        "TTL k",
        "PTTL k",
        "EXISTS k",
        "DBSIZE",
        "INFO",
        "HELP",
        "OBJECT IDLETIME k",
        "CONFIG GET *",
        "GET m",
        "DEL m",
        "PERSIST m",
        "EXPIRE m 5",
        "SET k v1 NX",
        "SET m v1 XX",
        "CONFIG SET maxmemory-policy allkeys-lru",
        "GET nothing",
        "DEL nothing",
    ];
    let acts = [
        "GET k",
        "SET k v1",
        "SET m v1 EX 5",
        "DEL k",
        "DEL m l",
        "EXPIRE k 5",
        "PERSIST k",
        "PERSIST l",
        "EXPIRE k -1",
        "FLUSHALL",
        "CONFIG SET maxmemory-policy volatile-ttl",
        "EXPIRE k 5 NX",
    ];
    let mut input = scene();
    input.lanes[0].cache.policy = PolicyKind::ValkeyLru;
    for line in looks {
        let mut player = at_second(input.clone(), 10);
        let (before, step) = (hash(&player), player.step());
        ask(&mut player, line);
        assert_eq!(player.forks().len(), 1, "{line}");
        assert_eq!((hash(&player), player.step()), (before, step), "{line}");
    }
    for line in acts {
        let mut player = at_second(input.clone(), 10);
        let (before, step) = (hash(&player), player.step());
        ask(&mut player, line);
        assert_eq!(player.forks().len(), 2, "{line}");
        assert_eq!(player.step(), step + 1, "{line}");
        assert_ne!(hash(&player), before, "{line}");
        let at = player.run().step_at(step + 1);
        assert_eq!(
            at,
            player.run().step_at(step),
            "{line}: at the same instant"
        );
        assert_eq!(player.run().seek(step).state_hash(), before, "{line}");
        let events = player.run().events_at(step + 1);
        let first = &events[0];
        assert!(matches!(
            first.event.kind,
            EventKind::Console { command: 0, .. }
        ));
        let told = sentence(player.run().scenario(), first).text();
        assert!(told.starts_with(&format!("By hand: {line}")), "{told}");
        player.switch_to(0).expect("the run before");
        player.command(Command::Seek { step }).expect("a step");
        assert_eq!(hash(&player), before, "{line}: and back");
    }
}

/// A key that has expired is found out by whatever looks it up, as in the engine.
#[test]
fn a_look_at_an_expired_key_removes_it() {
    let mut input = scene();
    if let WorkloadInput::Script(script) = &mut input.workload {
        script.insert(3, request(200 * SECOND_US, Operation::Read, "m"));
    }
    let mut player = at_second(input, 200);
    let entries = |player: &Player| player.frame().lanes[0].cache.used;
    let before = entries(&player);
    assert_eq!(ask(&mut player, "TTL l"), "(integer) -2");
    assert_eq!(player.forks().len(), 2);
    assert_eq!(entries(&player), before - 1);
    let step = player.step();
    let events = player.run().events_at(step);
    let kinds: Vec<&str> = events
        .iter()
        .map(|logged| logged.event.kind.name())
        .collect();
    assert_eq!(kinds, ["console", "expire"]);
    let told = sentence(player.run().scenario(), &events[1]).text();
    assert!(
        told.ends_with("the console command found it expired."),
        "{told}"
    );
}

/// What is counted of entries and bytes is what the cache holds, whatever is typed.
#[test]
fn gauges_and_the_replica_follow_what_is_typed() {
    let mut input = scene();
    input.lanes[0].cache.capacity = 2;
    input.lanes[0].cache.replica_lag_us = Some(0);
    let lines = [
        "SET m v1",
        "SET k v1 PX 1",
        "GET k",
        "DEL k",
        "SET k v2",
        "SET l v1",
        "EXPIRE l 1",
        "PERSIST l",
        "SET m v1 EX 5",
        "FLUSHALL",
        "SET l v1",
        "EXPIRE l -1",
        "SET l v1 EX 40",
    ];
    let mut player = at_second(input, 10);
    for line in lines {
        ask(&mut player, line);
        let frame = player.frame();
        let (cache, metrics) = (&frame.lanes[0].cache, &frame.lanes[0].metrics);
        assert_eq!(metrics.entries, cache.used, "{line}");
        let moment = player.moment();
        let entries = moment.lanes[0].cache().expect("a cache").entries();
        let bytes: u64 = entries.map(|entry| u64::from(entry.size_bytes)).sum();
        assert_eq!(metrics.stored_bytes, bytes, "{line}");
    }
    // The replica has heard of everything: it holds the same keys when it takes over.
    let keys = |player: &Player| {
        let frame = player.frame();
        let entries = frame.lanes[0].cache.entries.iter();
        entries
            .map(|entry| (entry.key.clone(), entry.version, entry.expires_at_us))
            .collect::<Vec<_>>()
    };
    let before = keys(&player);
    let fault = Fault::FailOverCache;
    let fail_over = FaultCommand {
        fault,
        lane: None,
        node: None,
        zone: None,
    };
    player.command(Command::Fault(fail_over)).expect("a fault");
    assert_eq!(keys(&player), before);
}

/// An old version that is stored by hand is stale, and the monitor says who stored it.
#[test]
fn an_old_version_from_the_console_is_stale_and_traced_to_it() {
    let mut player = at_second(scene(), 10);
    assert_eq!(ask(&mut player, "SET k v2"), "OK");
    assert!(!player.frame().lanes[0].cache.entries[0].stale);
    assert_eq!(ask(&mut player, "SET k v1"), "OK");
    let entry = player.frame().lanes[0].cache.entries[0].clone();
    assert!(entry.stale);
    assert_eq!(entry.request, None);
    let given = player.step();
    let log = player.run().log();
    let broken = log.iter().find_map(|logged| match logged.event.kind {
        EventKind::Violation { promise } => Some((promise, logged)),
        _ => None,
    });
    let (promise, logged) = broken.expect("the read at 300 s is stale, and nothing bounds it");
    let sim::Broken::BoundedStaleness { since } = promise else {
        panic!("{promise:?}");
    };
    assert_eq!(since.by, Spoiler::Console);
    assert_eq!(since.at, player.run().step_at(given));
    let told = sentence(player.run().scenario(), logged).text();
    assert!(told.contains("stored from the console"), "{told}");
    let hit = log.iter().find(|logged| {
        logged.event.request == Some(3) && matches!(logged.event.kind, EventKind::Hit { .. })
    });
    let told = sentence(player.run().scenario(), hit.expect("a hit")).text();
    assert!(told.contains("it was stored from the console"), "{told}");
}

/// Where the cache holds the only copy, a SET is a write: it may make the key's next version, or an old one
/// again, and nothing is stale.
#[test]
fn without_a_database_a_set_makes_the_next_version_at_most() {
    let mut input = scene();
    (input.lanes[0].strategy.read, input.lanes[0].strategy.write) = Pattern::CacheOnly.paths();
    // k has been written once, l has been there from the start, m has never been there.
    let mut player = at_second(input, 10);
    for (line, reply) in [
        ("GET k", "\"v1\""),
        ("GET m", "(nil)"),
        (
            "SET k v3",
            "(error) ERR a value is a version of the key, and k takes v1 to v2",
        ),
        (
            "SET m v2",
            "(error) ERR a value is a version of the key, and m takes v1",
        ),
        (
            "SET n v1",
            "(error) ERR this scenario has no key n: SET takes one of its keys",
        ),
        ("SET k v2", "OK"),
        ("SET k v3", "OK"),
        ("SET k v1", "OK"),
        ("SET m v1 EX 5", "OK"),
    ] {
        assert_eq!(ask(&mut player, line), reply, "{line}");
    }
    let frame = player.frame();
    let lane = &frame.lanes[0];
    assert!(lane.cache.used == 3 && lane.cache.entries.iter().all(|entry| !entry.stale));
    let log = player.run().log();
    let stale = log.iter().any(|logged| {
        let name = logged.event.kind.name();
        name == "stale" || name == "violation"
    });
    assert!(!stale);
}

/// Under a policy that may evict nothing, a SET that does not fit is refused in the engine's words.
#[test]
fn a_full_cache_refuses_as_the_engine_does() {
    let mut input = scene();
    input.lanes[0].cache.capacity = 2;
    let mut player = at_second(input, 10);
    assert_eq!(
        ask(&mut player, "CONFIG SET maxmemory-policy noeviction"),
        "OK"
    );
    assert_eq!(player.frame().lanes[0].cache.policy, PolicyKind::NoEviction);
    let full = hash(&player);
    assert_eq!(
        ask(&mut player, "SET m v1"),
        "(error) OOM command not allowed when used memory > 'maxmemory'."
    );
    assert_eq!(hash(&player), full);
    assert_eq!(
        ask(&mut player, "SET k v1"),
        "OK",
        "what is there can be overwritten"
    );
    // A restart reads the settings again: CONFIG SET is lost, as it is in the engine.
    let fault = Fault::RestartCache;
    let restart = FaultCommand {
        fault,
        lane: None,
        node: None,
        zone: None,
    };
    player.command(Command::Fault(restart)).expect("a fault");
    assert_eq!(player.frame().lanes[0].cache.policy, PolicyKind::Lru);
}

/// The entries stay what they are when the policy changes, and the new one governs them.
#[test]
fn a_change_of_policy_keeps_the_entries() {
    let mut player = at_second(scene(), 30);
    let facts = |player: &Player| {
        let frame = player.frame();
        let mut facts: Vec<String> = (frame.lanes[0].cache.entries.iter())
            .map(|entry| {
                let times = (entry.inserted_at_us, entry.used_at_us, entry.expires_at_us);
                format!(
                    "{} {:?} {times:?} {:?}",
                    entry.key, entry.version, entry.request
                )
            })
            .collect();
        facts.sort();
        facts
    };
    let before = facts(&player);
    for name in [
        "allkeys-lfu",
        "volatile-lfu",
        "volatile-ttl",
        "allkeys-random",
        "volatile-random",
        "volatile-lru",
        "noeviction",
        "allkeys-lru",
    ] {
        let line = format!("CONFIG SET maxmemory-policy {name}");
        assert_eq!(ask(&mut player, &line), "OK");
        assert_eq!(facts(&player), before, "{name}");
        assert_eq!(
            ask(&mut player, &line),
            "OK",
            "and again, which changes nothing"
        );
        let counter = ask(&mut player, "OBJECT FREQ k");
        assert_eq!(
            counter.starts_with("(integer)"),
            name.ends_with("lfu"),
            "{name}"
        );
    }
    assert_eq!(player.forks().len(), 9);
}

/// Console commands are inputs: the same run from the JSON text, and from the same lines typed again.
#[test]
fn a_run_with_console_commands_is_its_inputs() {
    let lines = [
        "SET k v1 EX 7",
        "GET k",
        "CONFIG SET maxmemory-policy allkeys-lfu",
        "DEL l",
        "FLUSHALL",
    ];
    let typed = |input: ScenarioInput| {
        let mut player = at_second(input, 10);
        for line in lines {
            ask(&mut player, line);
        }
        player
    };
    let player = typed(scene());
    let input = player.run().scenario().input.clone();
    assert_eq!(input.commands.len(), lines.len());
    let text = input.to_json();
    assert!(text.contains(r#"{"console":"GET k","lane":1}"#), "{text}");
    let again = Scenario::from_json(&text).expect("canonical inputs are valid");
    assert_eq!(*again.input, *input);
    assert_eq!(
        run(ScenarioInput::clone(&again.input)).log_hash(),
        player.run().log_hash()
    );
    assert_eq!(typed(scene()).run().log_hash(), player.run().log_hash());
    let step = player.step();
    assert_eq!(
        run(ScenarioInput::clone(&input)).seek(step).state_hash(),
        hash(&player)
    );

    // A line that the engine refuses is a valid input too: it makes a step that says so.
    let mut input = scene();
    input.commands.push(Intervention {
        step: 3,
        command: ByHand::Console(ConsoleCommand {
            console: "SET k v99".into(),
            lane: None,
        }),
    });
    let refused = run(input);
    let told = sentence(refused.scenario(), &refused.events_at(4)[0]).text();
    assert_eq!(told, "By hand: SET k v99: the cache refuses it.");
}

#[test]
fn commands_that_are_neither_or_both_are_refused_with_their_place() {
    let read = |command: &str| {
        let text = scene()
            .to_json()
            .replace("\"commands\":[]", &format!("\"commands\":[{command}]"));
        Scenario::from_json(&text).map_err(|invalid| (invalid.path, invalid.message))
    };
    assert!(read(r#"{"step":2,"command":{"console":"GET k"}}"#).is_ok());
    assert!(read(r#"{"step":2,"command":{"fault":"cut-cache"}}"#).is_ok());
    for (command, path) in [
        (r#"{}"#, "/commands/0/command"),
        (
            r#"{"fault":"cut-cache","console":"GET k"}"#,
            "/commands/0/command",
        ),
        (r#"{"console":3}"#, "/commands/0/command/console"),
        (
            r#"{"console":"GET k","lane":9}"#,
            "/commands/0/command/lane",
        ),
        (r#"{"console":"GET\tk"}"#, "/commands/0/command/console"),
        (r#"{"consol":"GET k"}"#, "/commands/0/command/consol"),
    ] {
        let refused = read(&format!(r#"{{"step":2,"command":{command}}}"#)).err();
        let (found, message) = refused.expect("it is refused");
        assert_eq!(found, path, "{message}");
    }
}

#[test]
fn a_line_is_completed_from_what_can_stand_there() {
    let keys = ["user:1", "user:12", "cart:7"];
    let complete = |line: &str| complete(line, &keys);
    let all = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    for (line, words) in [
        ("", &[][..]),
        ("g", &["GET"]),
        ("E", &["EXISTS", "EXPIRE"]),
        ("GET", &[]),
        ("GET ", &[]),
        ("get u", &["user:1", "user:12"]),
        ("GET user:12", &[]),
        ("GET user:1 u", &[]),
        ("DEL user:1 c", &["cart:7"]),
        ("SET c", &["cart:7"]),
        ("SET cart:7 v1 k", &["KEEPTTL"]),
        ("object f", &["FREQ"]),
        ("object freq c", &["cart:7"]),
        ("CONFIG g", &["GET"]),
        ("CONFIG SET m", &["maxmemory-policy"]),
        (
            "CONFIG SET maxmemory-policy allkeys-l",
            &["allkeys-lru", "allkeys-lfu"],
        ),
        ("INFO st", &["stats"]),
        ("EXPIRE user:1 10 l", &["LT"]),
        ("TTL x", &[]),
        ("FLUSHALL a", &[]),
    ] {
        assert_eq!(complete(line), all(words), "{line:?}");
    }
}

#[test]
fn scripts_write_a_line_with_its_lane() {
    let read = |command: Value| ConsoleLine::read(&command);
    let line = read(json!({"type": "console", "text": "GET k", "lane": 2}));
    let line = line.expect("it is valid").expect("it is one");
    assert_eq!((line.lane, line.text.as_str()), (1, "GET k"));
    let first = read(json!({"type": "console", "text": "GET k"}));
    assert_eq!(first.expect("it is valid").map(|line| line.lane), Some(0));
    assert_eq!(read(json!({"type": "pause"})).expect("another"), None);
    for (command, path) in [
        (json!({"type": "console"}), ""),
        (json!({"type": "console", "text": 1}), "/text"),
        (json!({"type": "console", "text": "", "lane": 0}), "/lane"),
        (json!({"type": "console", "text": "", "step": 0}), "/step"),
    ] {
        let refused = read(command).expect_err("it is refused");
        assert_eq!(refused.path, path, "{}", refused.message);
    }
}
