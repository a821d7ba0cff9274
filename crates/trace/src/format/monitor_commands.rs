//! What the commands of Valkey (as of 8.0) and Redis do to their keys. Commands that are not listed are
//! ignored and counted: among them those that look at a key without using its value (`EXISTS`, `TYPE`,
//! `TTL`, `OBJECT` …) and those that change many keys at once (`FLUSHALL`, `RENAME`).
//!
//! `MONITOR` does not print what a command did: a `SET` with `NX` counts as a write.

/// What a command does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Doing {
    /// Reads the key that is its first argument.
    Read,
    /// Reads all its arguments.
    ReadAll,
    /// Changes a part of the key that is its first argument, which keeps its TTL.
    Change,
    /// `SET`: the key, the value, and options.
    Set,
    /// Stores a value without a TTL: the key, then the value.
    Store,
    /// `SETEX`, `PSETEX`: the key, a TTL and the value.
    StoreFor(Span),
    /// `MSET`: keys and values in turn.
    StoreAll,
    /// `GETEX`: reads, and changes the TTL as its options say.
    ReadAndExpire,
    /// `GETDEL`: reads, and deletes.
    ReadAndDelete,
    /// Deletes all its arguments.
    DeleteAll,
    /// `EXPIRE` and its kin: the key and a TTL.
    Expire(Span),
    /// `PERSIST`: removes the key's TTL.
    Persist,
}

/// How a TTL is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Span {
    /// Seconds from now.
    Seconds,
    /// Milliseconds from now.
    Millis,
    /// A Unix time in seconds.
    UntilSeconds,
    /// A Unix time in milliseconds.
    UntilMillis,
}

/// Commands that read their first argument.
const READS: &[&str] = &[
    "BITCOUNT",
    "BITFIELD_RO",
    "BITPOS",
    "GEODIST",
    "GEOHASH",
    "GEOPOS",
    "GEORADIUSBYMEMBER_RO",
    "GEORADIUS_RO",
    "GEOSEARCH",
    "GET",
    "GETBIT",
    "GETRANGE",
    "HEXISTS",
    "HGET",
    "HGETALL",
    "HKEYS",
    "HLEN",
    "HMGET",
    "HRANDFIELD",
    "HSCAN",
    "HSTRLEN",
    "HVALS",
    "LINDEX",
    "LLEN",
    "LPOS",
    "LRANGE",
    "SCARD",
    "SISMEMBER",
    "SMEMBERS",
    "SMISMEMBER",
    "SORT_RO",
    "SRANDMEMBER",
    "SSCAN",
    "STRLEN",
    "SUBSTR",
    "XLEN",
    "XRANGE",
    "XREVRANGE",
    "ZCARD",
    "ZCOUNT",
    "ZLEXCOUNT",
    "ZMSCORE",
    "ZRANDMEMBER",
    "ZRANGE",
    "ZRANGEBYLEX",
    "ZRANGEBYSCORE",
    "ZRANK",
    "ZREVRANGE",
    "ZREVRANGEBYLEX",
    "ZREVRANGEBYSCORE",
    "ZREVRANK",
    "ZSCAN",
    "ZSCORE",
];

/// Commands that change a part of their first argument.
const CHANGES: &[&str] = &[
    "APPEND",
    "BITFIELD",
    "DECR",
    "DECRBY",
    "GEOADD",
    "HDEL",
    "HINCRBY",
    "HINCRBYFLOAT",
    "HMSET",
    "HSET",
    "HSETNX",
    "INCR",
    "INCRBY",
    "INCRBYFLOAT",
    "LINSERT",
    "LPOP",
    "LPUSH",
    "LPUSHX",
    "LREM",
    "LSET",
    "LTRIM",
    "PFADD",
    "RPOP",
    "RPUSH",
    "RPUSHX",
    "SADD",
    "SETBIT",
    "SETRANGE",
    "SPOP",
    "SREM",
    "XACK",
    "XADD",
    "XDEL",
    "XTRIM",
    "ZADD",
    "ZINCRBY",
    "ZPOPMAX",
    "ZPOPMIN",
    "ZREM",
    "ZREMRANGEBYLEX",
    "ZREMRANGEBYRANK",
    "ZREMRANGEBYSCORE",
];

/// What the command of that name does, in whatever case it is written.
pub(super) fn doing(name: &[u8]) -> Option<Doing> {
    let name = name.to_ascii_uppercase();
    let is_in = |list: &[&str]| {
        list.binary_search_by(|other| other.as_bytes().cmp(&name))
            .is_ok()
    };
    let doing = match name.as_slice() {
        b"SET" => Doing::Set,
        b"SETNX" | b"GETSET" => Doing::Store,
        b"SETEX" => Doing::StoreFor(Span::Seconds),
        b"PSETEX" => Doing::StoreFor(Span::Millis),
        b"MSET" | b"MSETNX" => Doing::StoreAll,
        b"MGET" | b"PFCOUNT" | b"SDIFF" | b"SINTER" | b"SUNION" | b"TOUCH" => Doing::ReadAll,
        b"GETEX" => Doing::ReadAndExpire,
        b"GETDEL" => Doing::ReadAndDelete,
        b"DEL" | b"UNLINK" => Doing::DeleteAll,
        b"EXPIRE" => Doing::Expire(Span::Seconds),
        b"PEXPIRE" => Doing::Expire(Span::Millis),
        b"EXPIREAT" => Doing::Expire(Span::UntilSeconds),
        b"PEXPIREAT" => Doing::Expire(Span::UntilMillis),
        b"PERSIST" => Doing::Persist,
        _ if is_in(READS) => Doing::Read,
        _ if is_in(CHANGES) => Doing::Change,
        _ => return None,
    };
    Some(doing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        for list in [READS, CHANGES] {
            assert!(list.is_sorted());
            for name in list {
                let found = doing(name.to_ascii_lowercase().as_bytes());
                assert!(matches!(found, Some(Doing::Read | Doing::Change)), "{name}");
            }
        }
    }
}
