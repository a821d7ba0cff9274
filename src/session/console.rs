//! Completions for a line of the console, and its usage.

use cache::maxmemory_policies;
use sim::CONSOLE_COMMANDS;

/// The words that the last one of a line can be completed to, in the order in which they are offered:
/// commands, their options, and `keys`. None for an empty word, or one that is complete.
pub fn complete(line: &str, keys: &[&str]) -> Vec<String> {
    if line.ends_with(char::is_whitespace) {
        return Vec::new();
    }
    let mut before: Vec<&str> = line.split_whitespace().collect();
    let Some(word) = before.pop() else {
        return Vec::new();
    };
    let offered = offered(&before, keys);
    if offered.iter().any(|offer| offer.eq_ignore_ascii_case(word)) {
        return Vec::new();
    }
    let begins = |offer: &&str| {
        let head = offer.get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    offered
        .into_iter()
        .filter(begins)
        .map(str::to_owned)
        .collect()
}

/// What can stand after these words.
fn offered<'a>(before: &[&str], keys: &[&'a str]) -> Vec<&'a str> {
    let upper = |place: usize| before.get(place).map(|word| word.to_ascii_uppercase());
    let Some(command) = upper(0) else {
        let mut names = Vec::new();
        for (usage, _) in CONSOLE_COMMANDS {
            let name = usage.split(' ').next().unwrap_or(usage);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        return names;
    };
    let second = upper(1);
    let second = second.as_deref();
    match (command.as_str(), before.len()) {
        ("GET" | "SET" | "EXPIRE" | "TTL" | "PTTL" | "PERSIST", 1) => keys.to_vec(),
        ("DEL" | "EXISTS", _) => keys.to_vec(),
        ("SET", 3..) => vec!["NX", "XX", "EX", "PX", "KEEPTTL"],
        ("EXPIRE", 3..) => vec!["NX", "XX", "GT", "LT"],
        ("OBJECT", 1) => vec!["FREQ", "IDLETIME"],
        ("OBJECT", 2) => keys.to_vec(),
        ("CONFIG", 1) => vec!["GET", "SET"],
        ("CONFIG", 2) if second == Some("SET") => vec!["maxmemory-policy"],
        ("CONFIG", 2) => vec![
            "maxmemory-policy",
            "maxmemory",
            "maxmemory-samples",
            "lfu-log-factor",
            "lfu-decay-time",
        ],
        ("CONFIG", 3) if second == Some("SET") => {
            maxmemory_policies().map(|(name, ..)| name).collect()
        }
        ("INFO", _) => vec!["memory", "stats", "keyspace"],
        _ => Vec::new(),
    }
}

/// How a line's command is used and what it does, as HELP lists it: the last one that the line's words
/// begin, so that `CONFIG SET` is told apart from `CONFIG GET`.
pub fn usage(line: &str) -> Option<(&'static str, &'static str)> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    let second = words.next();
    let mut of_command = CONSOLE_COMMANDS.into_iter().filter(|(usage, _)| {
        let name = usage.split(' ').next();
        name.is_some_and(|name| name.eq_ignore_ascii_case(first))
    });
    let same = |usage: &str| {
        let named = usage.split(' ').nth(1);
        second.is_none_or(|second| {
            named.is_some_and(|named| {
                named.chars().any(char::is_lowercase) || named.eq_ignore_ascii_case(second)
            })
        })
    };
    of_command.find(|(usage, _)| same(usage))
}
