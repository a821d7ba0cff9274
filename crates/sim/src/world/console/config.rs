//! CONFIG and INFO: the settings of the node, and what it tells about itself.

use super::{Done, World};
use crate::console::Reply;
use cache::{Cache, Capacity, from_maxmemory_policy, maxmemory_policy};

/// The parameters that CONFIG knows here, in the engine's words.
const PARAMETERS: [&str; 5] = [
    "maxmemory",
    "maxmemory-policy",
    "maxmemory-samples",
    "lfu-log-factor",
    "lfu-decay-time",
];

/// The order in which the engine lists its policies.
const POLICIES: &str = "volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, \
                        allkeys-lfu, allkeys-random, noeviction";

/// Serverless has no parameters to read or to set.
const NO_CONFIG: &str = "ERR unknown command 'CONFIG'";

impl World {
    fn parameter(&self, name: &str) -> String {
        let settings = self.cache().map(|cache| *cache.settings());
        let Some(settings) = settings else {
            return String::new();
        };
        let tuning = settings.tuning;
        match name {
            "maxmemory" => match settings.capacity {
                Capacity::Bytes { capacity_bytes, .. } => capacity_bytes.to_string(),
                // Entries are counted and bytes are not limited.
                Capacity::Entries(_) => "0".to_owned(),
            },
            // A policy that the engine does not have goes by its name here.
            "maxmemory-policy" => maxmemory_policy(settings.policy, settings.scope)
                .unwrap_or(settings.policy.name())
                .to_owned(),
            "maxmemory-samples" => tuning.samples.to_string(),
            "lfu-log-factor" => tuning.lfu_log_factor.to_string(),
            _ => (tuning.lfu_decay.0 / 60_000_000).to_string(),
        }
    }

    pub(super) fn config_get(&self, patterns: &[String]) -> Reply {
        if self.deployed.meter().is_some() {
            return Reply::error(NO_CONFIG);
        }
        let wanted = |name: &&str| patterns.iter().any(|pattern| matches(pattern, name));
        let known = PARAMETERS.into_iter().filter(wanted);
        Reply::List(
            known
                .flat_map(|name| [name.to_owned(), self.parameter(name)])
                .collect(),
        )
    }

    pub(super) fn config_set(&mut self, pairs: &[(String, String)], done: &mut Done) -> Reply {
        if self.deployed.meter().is_some() {
            return Reply::error(NO_CONFIG);
        }
        let refused = |name: &str, why: &str| {
            format!("ERR CONFIG SET failed (possibly related to argument '{name}') - {why}")
        };
        for (i, (name, _)) in pairs.iter().enumerate() {
            if !PARAMETERS.contains(&name.as_str()) {
                let text =
                    format!("ERR Unknown option or number of arguments for CONFIG SET - '{name}'");
                return Reply::Error(text);
            }
            if pairs[..i].iter().any(|(before, _)| before == name) {
                return Reply::Error(refused(name, "duplicate parameter"));
            }
        }
        // The others are inputs of the lane, and what a run depends on has to stay what it is.
        if let Some((name, _)) = pairs.iter().find(|(name, _)| name != "maxmemory-policy") {
            return Reply::Error(refused(name, "can't set immutable config"));
        }
        for (name, value) in pairs {
            let Some((policy, scope)) = from_maxmemory_policy(&value.to_ascii_lowercase()) else {
                let why = format!("argument(s) must be one of the following: {POLICIES}");
                return Reply::Error(refused(name, &why));
            };
            for node in &mut self.nodes {
                let settings = node.cache.settings();
                if (settings.policy, settings.scope) != (policy, scope) {
                    node.cache.change_policy(policy, scope);
                    done.changed = true;
                }
            }
        }
        Reply::Ok
    }

    pub(super) fn info(&self, sections: &[String]) -> String {
        if self.nodes.is_empty() {
            return String::new();
        }
        let sum = |of: fn(&Cache) -> u64| -> u64 { self.nodes().map(|(_, cache)| of(cache)).sum() };
        let all = ["default", "all", "everything"];
        let any = |names: &[&str]| {
            let named = |name: &&str| sections.iter().any(|of| of.eq_ignore_ascii_case(name));
            names.iter().any(named)
        };
        let wanted = |name: &str| sections.is_empty() || any(&all) || any(&[name]);
        let mut text = Vec::new();
        if wanted("memory") {
            text.push(format!(
                "# Memory\nused_memory:{}\nmaxmemory:{}\nmaxmemory_policy:{}",
                sum(Cache::used_bytes),
                self.parameter("maxmemory"),
                self.parameter("maxmemory-policy"),
            ));
        }
        if wanted("stats") {
            let counted = &self.metrics;
            text.push(format!(
                "# Stats\nexpired_keys:{}\nevicted_keys:{}\nkeyspace_hits:{}\nkeyspace_misses:{}",
                counted.expirations, counted.evictions, counted.hits, counted.misses,
            ));
        }
        if wanted("keyspace") {
            let mut keyspace = "# Keyspace".to_owned();
            let keys = sum(|cache| cache.len().into());
            if keys > 0 {
                let entries = self.nodes().flat_map(|(_, cache)| cache.entries());
                let ends = entries.filter_map(|entry| entry.expires_at);
                let left_ms: u64 = ends.map(|end| end.since(self.now).0 / 1_000).sum();
                let volatile = sum(|cache| cache.volatile_len().into());
                let mean_ms = left_ms.checked_div(volatile).unwrap_or(0);
                keyspace += &format!("\ndb0:keys={keys},expires={volatile},avg_ttl={mean_ms}");
            }
            text.push(keyspace);
        }
        text.join("\n\n")
    }
}

/// Whether a name fits a pattern: a star stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut last = first;
    let mut starred = false;
    for part in parts {
        starred = true;
        last = part;
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.is_empty() || (starred && (last.is_empty() || name.ends_with(last)))
}
