//! The glossary: each word once, with its other forms.

use cache::PolicyKind;
use sim::Pattern;

/// A word of the field.
#[derive(Debug)]
pub struct Term {
    /// The word as it is found in a text; case does not matter, except in an abbreviation.
    pub word: &'static str,
    /// Other forms of it.
    pub forms: &'static [&'static str],
    meaning: Meaning,
}

#[derive(Debug)]
enum Meaning {
    /// A sentence.
    Sentence(&'static str),
    /// What the policy's own file says of it.
    Policy(PolicyKind),
    /// What the pattern says of itself.
    Pattern(Pattern),
}

const fn term(word: &'static str, forms: &'static [&'static str], says: &'static str) -> Term {
    Term {
        word,
        forms,
        meaning: Meaning::Sentence(says),
    }
}

const fn policy(word: &'static str, policy: PolicyKind) -> Term {
    Term {
        word,
        forms: &[],
        meaning: Meaning::Policy(policy),
    }
}

const fn pattern(word: &'static str, pattern: Pattern) -> Term {
    Term {
        word,
        forms: &[],
        meaning: Meaning::Pattern(pattern),
    }
}

impl Term {
    /// What it means, in a sentence.
    pub fn says(&self) -> String {
        match self.meaning {
            Meaning::Sentence(says) => says.to_owned(),
            Meaning::Policy(policy) => format!("{} {}.", policy.about().title, policy.about().rule),
            Meaning::Pattern(pattern) => {
                format!("{}: {}.", pattern.about().title, pattern.about().rule)
            }
        }
    }

    /// The length of the word with which a text begins, if it is this one in any form.
    pub fn length_in(&self, text: &str) -> Option<usize> {
        let forms = [self.word].into_iter().chain(self.forms.iter().copied());
        let found = forms.filter(|form| begins_with(text, form));
        found.map(str::len).max()
    }
}

/// Whether a text begins with a word, which ends there.
fn begins_with(text: &str, word: &str) -> bool {
    let Some(begin) = text.get(..word.len()) else {
        return false;
    };
    let ends = text[word.len()..].chars().next();
    let abbreviation = word.chars().filter(|c| c.is_ascii_uppercase()).count() > 1;
    let same = if abbreviation {
        begin == word
    } else {
        begin.eq_ignore_ascii_case(word)
    };
    // A dot or colon behind it ends a sentence or clause, unless it goes on at once, as in a key.
    let mut behind = text[word.len()..].chars();
    let goes_on = match ends {
        Some('.' | ':') => behind.nth(1).is_some_and(char::is_alphanumeric),
        Some(letter) => super::is_of_a_word(letter),
        None => false,
    };
    same && !goes_on
}

/// The glossary.
pub static TERMS: [Term; 59] = [
    term(
        "hit",
        &["hits"],
        "The cache has a copy of the key that has not expired, so the database is left alone.",
    ),
    term(
        "miss",
        &["misses", "missed"],
        "The cache has no copy of the key, or only an expired one, so the database has to be asked, if there is one.",
    ),
    term(
        "hit rate",
        &["hit ratio"],
        "The hits among all look-ups in the cache. Without a look-up there is none.",
    ),
    term(
        "fill",
        &["fills"],
        "After a miss, the row is stored in the cache, so that the next read hits.",
    ),
    term(
        "stale",
        &["stale read", "stale reads", "out of date"],
        "The copy is older than the row, which has been written since the copy was stored.",
    ),
    term(
        "evict",
        &["evicts", "evicted", "eviction", "evictions"],
        "When the cache is full, it removes an entry to make room for a new one. The eviction policy chooses which.",
    ),
    term(
        "expire",
        &["expires", "expired", "expiry", "expiration"],
        "A copy whose TTL has run out counts as a miss. It stays in memory until a request or the expiry cycle removes it.",
    ),
    term(
        "TTL",
        &[],
        "Time to live: how long a copy may be served before it expires. It limits how long a copy can be stale.",
    ),
    term(
        "TTL jitter",
        &["jitter"],
        "A random part of each TTL, so that copies stored together do not expire together.",
    ),
    term(
        "single flight",
        &["single-flight", "request coalescing"],
        "Of many requests that miss the same key at once, one loads it and the others wait for its result.",
    ),
    term(
        "stampede",
        &["thundering herd"],
        "Many requests miss the same key at the same time, and all of them ask the database for it.",
    ),
    term(
        "lease",
        &["leases"],
        "A permission to store a value that a miss gets and a delete takes away, so that no old value is stored after a delete.",
    ),
    term(
        "negative caching",
        &[],
        "The cache also remembers that there is no row, so that asking again does not cost a query.",
    ),
    term(
        "version check",
        &[],
        "The cache refuses to store a value that is older than the one it has.",
    ),
    term(
        "double delete",
        &["delayed double delete"],
        "The writer deletes the copy, waits a little and deletes it again, in case an old value was stored in between.",
    ),
    term(
        "request shedding",
        &["load shedding"],
        "A database that is behind refuses new queries at once, so that it can finish those it has.",
    ),
    term(
        "replica",
        &["replicas"],
        "A second copy of the data that follows the first one, a little later.",
    ),
    term(
        "Region",
        &["Regions"],
        "A part of the world in which AWS runs data centers, apart from those of other Regions.",
    ),
    term(
        "Global Datastore",
        &[],
        "A cache in several Regions. One takes the writes, and the others follow it within about a second and only answer reads. If it is lost, a person promotes another one.",
    ),
    term(
        "serverless",
        &[],
        "A cache without nodes to choose: it grows by itself, and is charged by the data and the requests.",
    ),
    term(
        "ECPU",
        &["ECPUs"],
        "ElastiCache Processing Unit: what serverless charges for a command. One for each kilobyte moved, and at least one. A serverless cache and each of its slots have a limit of them in a second.",
    ),
    term(
        "system of record",
        &[],
        "The store whose data counts: what it has acknowledged must survive a failure. Other stores hold copies.",
    ),
    term(
        "durability",
        &["durable"],
        "What has been acknowledged survives a failure. ElastiCache for Valkey 9 can log each change in several zones.",
    ),
    term(
        "failover",
        &["fails over"],
        "A replica takes over from a node that failed. What had not reached it yet is lost.",
    ),
    term(
        "shard",
        &["shards"],
        "One of the parts of a cluster: it owns a share of the slots, and each key belongs to the shard that owns its slot.",
    ),
    term(
        "slot",
        &["slots", "hash slot"],
        "One of the 16,384 parts into which a cluster's keys are divided, by a hash of the key or of the {tag} in it.",
    ),
    term(
        "MOVED",
        &[],
        "A shard's answer to a command about a key that another shard owns. It names the owner.",
    ),
    term(
        "ASK",
        &[],
        "A shard's answer about a key that it no longer has, while the key's slot is being moved. The client asks the other shard this once.",
    ),
    term(
        "CLUSTERDOWN",
        &[],
        "The answer of every node of a cluster that requires full coverage, while some slot has no node that works.",
    ),
    term(
        "ketama",
        &["consistent hashing"],
        "A way to choose among Memcached nodes: each has many points on a ring, and a key goes to the next point after its hash.",
    ),
    term(
        "connection",
        &["connections"],
        "The database works on one query per connection. When all are busy, queries wait.",
    ),
    term(
        "queue",
        &["queued"],
        "Queries that wait because all of the database's connections are busy.",
    ),
    term(
        "partition",
        &["partitions"],
        "A part of a DynamoDB table's keys, by a hash. It delivers at most 3,000 read units and 1,000 write units a second.",
    ),
    term(
        "read unit",
        &["read units"],
        "What DynamoDB counts for a strongly consistent read of up to 4 KB; a larger item takes one for each 4 KB.",
    ),
    term(
        "write unit",
        &["write units"],
        "What DynamoDB counts for a write of up to 1 KB; a larger item takes one for each 1 KB.",
    ),
    term(
        "throttled",
        &["throttling"],
        "Refused at once, because more is asked for in a second than is allowed.",
    ),
    term(
        "p50",
        &["typical read", "median"],
        "Half of the requests took at most this long. It says what is typical, not what is bad.",
    ),
    term(
        "p95",
        &[],
        "95 of 100 requests took at most this long: one in twenty took longer.",
    ),
    term(
        "p99",
        &[],
        "99 of 100 requests took at most this long. The slowest 1 % are often the ones that go to the database.",
    ),
    term(
        "latency",
        &["latencies"],
        "The time from the request to its answer.",
    ),
    term(
        "round trip",
        &["trip", "trips"],
        "The way of a message to the cache or the database and back, with the work done there.",
    ),
    term(
        "look-up",
        &["look-ups"],
        "One question to the cache for a key: a hit or a miss.",
    ),
    term(
        "capacity",
        &[],
        "How much the cache can hold. When it is full, a new entry costs an old one.",
    ),
    term(
        "invalidate",
        &["invalidates", "invalidation"],
        "To delete the copy because the row has changed, so that the next read loads the new row.",
    ),
    term(
        "Zipf",
        &[],
        "A distribution in which a few keys are asked for very often and most of them rarely, as in real traffic.",
    ),
    term(
        "Belady",
        &["Bélády", "Bélády's bound", "optimum"],
        "The fewest misses that any policy could have: it knows the future and evicts what is needed last. No real cache can do that.",
    ),
    term(
        "no cache",
        &["without a cache"],
        "The same requests with the same database, and nothing in front of it: what the cache is compared with.",
    ),
    pattern("cache-aside", Pattern::CacheAside),
    pattern("read-through", Pattern::ReadThrough),
    pattern("write-through", Pattern::WriteThrough),
    pattern("write-behind", Pattern::WriteBehind),
    pattern("refresh-ahead", Pattern::RefreshAhead),
    pattern("cache only", Pattern::CacheOnly),
    policy("LRU", PolicyKind::Lru),
    policy("LFU", PolicyKind::Lfu),
    policy("FIFO", PolicyKind::Fifo),
    policy("CLOCK", PolicyKind::Clock),
    policy("S3-FIFO", PolicyKind::S3Fifo),
    policy("SIEVE", PolicyKind::Sieve),
];
