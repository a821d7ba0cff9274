//! Slots, redirects and refusals against a real cluster of three servers on this machine.
#![cfg(not(target_arch = "wasm32"))]

mod running;

use running::{Cluster, Command, NODES, bytes};
use sim::deployment::cluster::Answer;
use sim::deployment::slots::slot_of;
use std::collections::BTreeSet;
use support::server::Reply;
use support::streams::SplitMix;

/// A key of braces, words and any bytes, in a random order.
fn random_key(random: &mut SplitMix) -> String {
    let mut key = String::new();
    for _ in 0..random.below(8) {
        match random.below(8) {
            0 | 1 => key.push('{'),
            2 | 3 => key.push('}'),
            4 => key.push_str("{}"),
            5 => key.push_str("user1000"),
            // Each byte of UTF-8 as a character of its own.
            6 => key.extend("schlüssel 鍵".bytes().map(char::from)),
            _ => key.push(char::from(random.below(256) as u8)),
        }
    }
    key
}

/// A command to any node with up to three of these keys.
fn random_command(random: &mut SplitMix, nodes: u16, keys: &[String]) -> Command {
    let count = 1 + random.below(3) as usize;
    let mut chosen = BTreeSet::new();
    while chosen.len() < count {
        chosen.insert(&keys[random.below(keys.len() as u32) as usize]);
    }
    Command {
        node: random.below(u32::from(nodes)) as u16,
        asking: random.below(2) == 0,
        write: random.below(4) == 0,
        keys: chosen.into_iter().cloned().collect(),
    }
}

/// The answers to random commands, each of them compared.
fn compare(
    cluster: &mut Cluster,
    random: &mut SplitMix,
    commands: u32,
    keys: &[String],
) -> Vec<Answer> {
    let nodes = cluster.live();
    (0..commands)
        .map(|_| cluster.compare(&random_command(random, nodes, keys)))
        .collect()
}

/// Keys of one slot.
fn tagged(tag: &str, count: u32) -> Vec<String> {
    (0..count)
        .map(|number| format!("{{{tag}}}{number}"))
        .collect()
}

#[test]
fn slots_moved_and_crossslot_agree_with_real_servers() {
    let Some(mut cluster) = Cluster::start("slots", &[]) else {
        return;
    };
    let mut random = SplitMix::new(1);
    let keys: Vec<String> = (0..2_000).map(|_| random_key(&mut random)).collect();
    for key in &keys {
        let reply = cluster.call(0, &["CLUSTER", "KEYSLOT", key]);
        let slot = Reply::Integer(i64::from(slot_of(&bytes(key))));
        assert_eq!(reply, slot, "{key:?}");
    }
    for key in &keys[..300] {
        for node in 0..NODES {
            cluster.compare(&Command {
                node,
                asking: false,
                write: false,
                keys: vec![key.clone()],
            });
        }
    }
    // In any slots, and with one hash tag.
    let answers = compare(&mut cluster, &mut random, 600, &keys);
    assert!(answers.contains(&Answer::CrossSlot));
    let tagged: Vec<String> = keys[..20]
        .iter()
        .map(|key| format!("{{tag}}{key}"))
        .collect();
    let answers = compare(&mut cluster, &mut random, 200, &tagged);
    assert!(answers.contains(&Answer::Serve));
    assert!(!answers.contains(&Answer::CrossSlot));
}

#[test]
fn answers_about_a_slot_on_the_move_agree_with_real_servers() {
    let Some(mut cluster) = Cluster::start("moves", &[]) else {
        return;
    };
    let mut random = SplitMix::new(2);
    for round in 0..6 {
        let mut keys = tagged(&format!("round {round}"), 8);
        let slot = slot_of(keys[0].as_bytes());
        let from = cluster.owners[usize::from(slot)].expect("an owner");
        let to = (from + 1 + random.below(2) as u16) % NODES;
        // Some of the keys have entries.
        cluster.compare(&Command {
            node: from,
            asking: false,
            write: true,
            keys: keys[..5].to_vec(),
        });
        keys.push("in another slot".to_owned());
        cluster.start_move(slot, to);
        let mut answers = compare(&mut cluster, &mut random, 60, &keys);
        for _ in 0..3 {
            cluster.move_entries(|| random.below(3) == 0);
            answers.extend(compare(&mut cluster, &mut random, 60, &keys));
        }
        assert!(answers.contains(&Answer::Serve));
        assert!(answers.contains(&Answer::Ask { slot, to }));
        assert!(answers.contains(&Answer::TryAgain));
        assert!(answers.contains(&Answer::Moved { slot, to: from }));
        cluster.move_entries(|| true);
        compare(&mut cluster, &mut random, 60, &keys);
        cluster.finish_move();
        let answers = compare(&mut cluster, &mut random, 60, &keys);
        assert!(answers.contains(&Answer::Moved { slot, to }));
    }
}

#[test]
fn answers_about_a_slot_without_an_owner_agree_with_real_servers() {
    let Some(mut cluster) = Cluster::start("unowned", &[]) else {
        return;
    };
    let mut random = SplitMix::new(3);
    // Servers differ in which they say first of keys in different slots one of which has no owner.
    let (unowned, owned) = (tagged("unowned", 4), tagged("owned", 4));
    compare(&mut cluster, &mut random, 40, &unowned);
    cluster.delete_slot(slot_of(unowned[0].as_bytes()));
    cluster.wait_for("cluster_state:fail");
    for (keys, answer) in [
        (&unowned, Answer::SlotNotServed),
        (&owned, Answer::ClusterDown),
    ] {
        let answers = compare(&mut cluster, &mut random, 40, keys);
        assert_eq!(answers, [answer; 40]);
    }
    cluster.set_full_coverage(false);
    cluster.wait_for("cluster_state:ok");
    let answers = compare(&mut cluster, &mut random, 40, &unowned);
    assert_eq!(answers, [Answer::SlotNotServed; 40]);
    let answers = compare(&mut cluster, &mut random, 40, &owned);
    assert!(answers.contains(&Answer::Serve));
}

#[test]
fn answers_of_a_replica_agree_with_a_real_one() {
    let Some(mut cluster) = Cluster::start("replica", &[]) else {
        return;
    };
    let mut random = SplitMix::new(5);
    let mut keys: Vec<String> = (0..20).map(|number| format!("key {number}")).collect();
    keys.extend(tagged("tag", 4));
    compare(&mut cluster, &mut random, 200, &keys);
    let primary = 0;
    let replica = cluster.add_replica(primary);
    let mut of_replica = |cluster: &mut Cluster, write| -> Vec<Answer> {
        let commands = (0..100).map(|_| Command {
            node: replica,
            write,
            ..random_command(&mut random, 1, &keys)
        });
        commands.map(|command| cluster.compare(&command)).collect()
    };
    let is_moved = |answer: &Answer| matches!(answer, Answer::Moved { to, .. } if *to == primary);
    let answers = of_replica(&mut cluster, false);
    assert!(answers.iter().any(is_moved));
    assert!(!answers.contains(&Answer::Serve));
    cluster.read_from(replica, primary);
    let answers = of_replica(&mut cluster, false);
    assert!(answers.contains(&Answer::Serve));
    assert!(!answers.iter().any(is_moved));
    let answers = of_replica(&mut cluster, true);
    assert!(answers.iter().any(is_moved));
    assert!(!answers.contains(&Answer::Serve));
}

#[test]
fn answers_after_nodes_have_died_agree_with_real_servers() {
    let Some(mut cluster) = Cluster::start("deaths", &["--cluster-node-timeout", "2000"]) else {
        return;
    };
    let mut random = SplitMix::new(4);
    let keys: Vec<String> = (0..60).map(|number| format!("key {number}")).collect();
    let is_moved_to =
        |answer: &Answer, node| matches!(answer, Answer::Moved { to, .. } if *to == node);
    cluster.kill_last();
    cluster.wait_for("cluster_state:fail");
    let answers = compare(&mut cluster, &mut random, 60, &keys);
    assert!(answers.contains(&Answer::ClusterDown));
    // Without full coverage the survivors serve their own slots and send clients to the dead node for its.
    cluster.set_full_coverage(false);
    cluster.wait_for("cluster_state:ok");
    let answers = compare(&mut cluster, &mut random, 200, &keys);
    assert!(answers.contains(&Answer::Serve));
    assert!(answers.iter().any(|answer| is_moved_to(answer, 2)));
    // One of three is no majority.
    cluster.kill_last();
    cluster.wait_for("cluster_state:fail");
    let answers = compare(&mut cluster, &mut random, 60, &keys);
    assert!(answers.contains(&Answer::ClusterDown));
}
