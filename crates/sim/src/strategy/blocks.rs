//! The parts that several paths share, with the lines that the defences add to them.

use super::{Strategy, WriteTtl};
use crate::procedure::{Instruction, Writer};
use cache::units::Micros;

impl Writer {
    /// Looks in the cache and answers from it.
    pub(super) fn look_up(self, strategy: &Strategy) -> Writer {
        let with = &strategy.defences;
        let get = match with.lease_us {
            Some(_) => "  value, lease = cache.GET(key)",
            None => "  value = cache.GET(key)",
        };
        let writer = self.line(get, Instruction::CacheGet).line_if(
            with.xfetch_beta_percent.is_some(),
            "  if early(value): value = none",
            Instruction::MissIfEarly,
        );
        let writer = match strategy.refreshes() {
            true => writer
                .line("  if value: answer value", Instruction::AnswerIfHit)
                .line("  if value is fresh: stop", Instruction::StopIfFresh),
            false => writer.line("  if value: return value", Instruction::ReplyIfHit),
        };
        writer
            .line_if(
                with.lease_us.is_some(),
                "  if no lease: sleep, retry",
                Instruction::RetryUnlessLeased,
            )
            .line_if(
                with.single_flight,
                "  if loading(key): wait for it",
                Instruction::JoinLoad,
            )
    }

    /// Reads the row and fills the cache with it.
    pub(super) fn load(self, strategy: &Strategy, rows_may_be_absent: bool) -> Writer {
        let with = &strategy.defences;
        let mut set = String::from("  cache.SET(key, value");
        set.push_str(ttl_argument(strategy.ttl_us, with.ttl_jitter_percent));
        if with.lease_us.is_some() {
            set.push_str(", lease");
        }
        if with.version_check {
            set.push_str(", if newer");
        }
        set.push(')');
        self.line("  value = db.SELECT(key)", Instruction::DatabaseRead)
            .line_if(
                rows_may_be_absent && with.negative_ttl_us.is_none(),
                "  if no row: return none",
                Instruction::ReplyIfAbsent,
            )
            .line(&set, Instruction::CacheFill)
            .line("  return value", Instruction::Reply)
    }

    /// Stores what was written.
    pub(super) fn store(self, strategy: &Strategy, instruction: Instruction) -> Writer {
        let with = &strategy.defences;
        let mut set = String::from("  cache.SET(key, value");
        set.push_str(match strategy.write_ttl {
            WriteTtl::Set => ttl_argument(strategy.ttl_us, with.ttl_jitter_percent),
            WriteTtl::Drop => "",
            WriteTtl::Keep => ", KEEPTTL",
        });
        if instruction == Instruction::CacheSetIfPresent {
            set.push_str(", XX");
        }
        // The only copy's new version is one more than the old one's: there is nothing to check.
        if with.version_check && instruction != Instruction::CacheSetOnlyCopy {
            set.push_str(", if newer");
        }
        set.push(')');
        if instruction == Instruction::CacheSetAndQueue {
            set.push_str("; queue key");
        }
        self.line(&set, instruction)
    }

    /// Answers, and deletes once more a while later if that is wanted.
    pub(super) fn reply_and_delete_again(self, strategy: &Strategy) -> Writer {
        let writer = self.line("  return", Instruction::Reply);
        match strategy.defences.double_delete_us {
            Some(delay) => writer
                .line("  sleep(delay)", Instruction::Wait(delay))
                .line("  cache.DELETE(key)", Instruction::CacheDelete),
            None => writer,
        }
    }
}

/// The TTL as a SET's argument.
fn ttl_argument(ttl: Option<Micros>, jitter_percent: u32) -> &'static str {
    match (ttl, jitter_percent) {
        (None, _) => "",
        (Some(_), 0) => ", ttl",
        (Some(_), _) => ", ttl ± jitter",
    }
}
