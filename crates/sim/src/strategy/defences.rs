//! Defences against stale copies and stampedes, in addition to the read and write path. Each is a
//! switch that adds lines to the procedures.
//!
//! Sources: leases, and deletes driven by the commit log: R. Nishtala et al., "Scaling Memcache at
//! Facebook", NSDI 2013. Soft TTL and request coalescing: Amazon Builders' Library, "Caching
//! challenges and strategies". XFetch: A. Vattani, F. Chierichetti, K. Lowenstein, "Optimal
//! probabilistic cache stampede prevention", VLDB 2015.

use cache::units::Micros;
use serde::{Deserialize, Serialize};

/// The switches; all off by default.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object of defences")]
pub struct Defences {
    /// Varies each TTL by up to ± this, in percent, so that keys stored together
    /// do not expire together; 0 for none.
    pub ttl_jitter_percent: u32,
    /// While one request loads a key, others wait for it instead of asking the database themselves.
    pub single_flight: bool,
    /// On a miss one request gets a lease for this long, in microseconds, and may fill the cache; a
    /// delete voids it, and other requests wait.
    pub lease_us: Option<Micros>,
    /// The cache never overwrites a newer version with an older one.
    pub version_check: bool,
    /// A write that deletes the key deletes it a second time after this delay, in microseconds.
    pub double_delete_us: Option<Micros>,
    /// After this age, in microseconds, a copy is still served but reloaded in the background: stale while
    /// revalidate. Shorter than the TTL.
    pub soft_ttl_us: Option<Micros>,
    /// XFetch's β in percent: reads close to a copy's expiry sometimes reload it early.
    /// 100 is the value in the paper; `null` is off.
    pub xfetch_beta_percent: Option<u32>,
    /// Also caches that a row does not exist, for this long, in microseconds.
    pub negative_ttl_us: Option<Micros>,
    /// The database's commit log deletes a written key from the cache this long after the commit, in
    /// microseconds, and again until it has succeeded.
    pub commit_log_us: Option<Micros>,
}
