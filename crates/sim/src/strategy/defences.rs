//! What a strategy does against stale copies and stampedes beyond its read and write path. Each is a
//! switch; together they decide which lines the procedures have.
//!
//! Sources: leases, and deletes driven by the commit log: R. Nishtala et al., "Scaling Memcache at
//! Facebook", NSDI 2013. Soft time to live and request coalescing: Amazon Builders' Library, "Caching
//! challenges and strategies". XFetch: A. Vattani, F. Chierichetti, K. Lowenstein, "Optimal
//! probabilistic cache stampede prevention", VLDB 2015.

use cache::units::Micros;
use serde::{Deserialize, Serialize};

/// The switches; all off by default.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object of defences")]
pub struct Defences {
    /// Each time to live is longer or shorter by up to this, in percent, so that keys stored together
    /// do not expire together; 0 for none.
    pub ttl_jitter_percent: u32,
    /// While one request loads a key, others wait for it instead of asking the database themselves.
    pub single_flight: bool,
    /// A miss gives a lease of that long, in microseconds, without which nothing may be filled; a
    /// delete voids it, and others wait while it lasts.
    pub lease_us: Option<Micros>,
    /// The cache refuses to overwrite a newer version by an older one.
    pub version_check: bool,
    /// A write that deletes the key deletes it again so long after, in microseconds.
    pub double_delete_us: Option<Micros>,
    /// After so long, in microseconds, a copy is served once more and reloaded: stale while
    /// revalidate. Shorter than the time to live.
    pub soft_ttl_us: Option<Micros>,
    /// XFetch's β in percent: a read near a copy's end reloads it early, the likelier the nearer.
    /// 100 is the paper's; `null` for off.
    pub xfetch_beta_percent: Option<u32>,
    /// That a row does not exist is cached too, for so long, in microseconds.
    pub negative_ttl_us: Option<Micros>,
    /// The database's commit log deletes a written key from the cache, so long after the commit, in
    /// microseconds, and again until it has succeeded.
    pub commit_log_us: Option<Micros>,
}
