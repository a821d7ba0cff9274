//! The active expiry cycle, which removes expired entries that no request asks for.
//!
//! As in Valkey (`activeExpireCycle` in `expire.c`): ten times a second, in loops. Each loop looks at
//! up to 20 of the entries with a TTL, going on where the last one stopped, and removes the
//! expired ones; there is another loop while more than a tenth of those just looked at had expired.
//! The engine bounds the whole by a quarter of the time, 25 ms; here a number of loops stands for
//! that, since the engine's work takes no time of its own.

use super::Cache;
use super::outcome::{ActiveCycle, Removal, RemovalCause};
use crate::units::Micros;

/// How often the cycle runs: ten times a second (`hz 10`).
pub const ACTIVE_EXPIRE_PERIOD: Micros = Micros(100_000);

/// 25 ms at about a microsecond an entry, with 20 entries a loop.
const LOOPS_MAX: u32 = 1_250;

/// The share of expired entries that is let be, in hundredths.
const STALE_PERCENT: u64 = 10;

impl Cache {
    /// One tick of the active cycle. `on_removed` hears of every expired entry.
    pub fn active_expire(
        &mut self,
        now: Micros,
        mut on_removed: impl FnMut(Removal),
    ) -> ActiveCycle {
        self.now = now;
        let mut cycle = ActiveCycle::default();
        while cycle.loops < LOOPS_MAX && self.volatile_len() > 0 {
            let looked_at = self.settings.tuning.active_expire_keys;
            let looked_at = looked_at.min(self.volatile_len());
            let mut expired = 0;
            for _ in 0..looked_at {
                let place = self.expiry_cursor % self.volatile_len();
                let slot = self.slab.volatile_slot(place);
                if self.slab.is_expired(slot, now) {
                    expired += 1;
                    on_removed(self.remove(slot, RemovalCause::Expired));
                    // Another one has taken its place: look there again.
                    self.expiry_cursor = place;
                } else {
                    self.expiry_cursor = place + 1;
                }
            }
            cycle.loops += 1;
            cycle.looked_at += looked_at;
            cycle.expired += expired;
            if u64::from(expired) * 100 <= u64::from(looked_at) * STALE_PERCENT {
                break;
            }
        }
        cycle
    }
}
