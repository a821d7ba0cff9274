//! Serverless over a day: a supported rate that doubles while demand is above it, a minimum that can be
//! ordered beforehand, and throttling of what is beyond.

use super::{DayInput, HOURS, STEP_S, STEPS_AN_HOUR, in_a_month, milli_ecpu};
use crate::cost::scaling::{
    ECPU_RATE_MAX, ECPU_RATE_START, ECPU_RATE_START_WITH_REPLICAS, doubling, grown,
};
use crate::cost::{
    Cost, Engine, PlanInput, Prices, SLOT_ECPU_RATE_MAX, SLOT_ECPU_RATE_WITH_REPLICAS_MAX, month,
};
use cache::units::Micros;
use serde::Serialize;

const STEP_US: u64 = STEP_S * 1_000_000;

/// A step of serverless.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ServerlessStep {
    /// The rate that it supports, in ECPUs a second.
    pub ecpu_per_second: u64,
    /// The requests that this is, over the step.
    pub supports: u64,
    /// Those that it serves.
    pub served: u64,
    /// Those that it throttles.
    pub throttled: u64,
}

/// A day of serverless.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ServerlessDay {
    /// The requests that it serves.
    pub served: u64,
    /// Those that it throttles.
    pub throttled: u64,
    /// Of these, those for the most popular key that are beyond what its slot gets.
    pub throttled_by_slot: u64,
    /// The ECPUs of the requests served, in thousandths.
    pub used_milli_ecpu: u64,
    /// The ECPUs that are billed, in thousandths: in each hour those of the minimum if they are more.
    pub billed_milli_ecpu: u64,
    /// A day.
    pub day: Cost,
    /// A month of such days.
    pub month: Cost,
}

/// The rate that a cache supports: what it was at last, and for how long demand has been above it since.
struct Supported {
    from: u64,
    over: Micros,
    doubling: Micros,
}

impl Supported {
    fn now(&self) -> u64 {
        grown(self.from, self.over, self.doubling)
    }

    fn set(&mut self, rate: u64) {
        (self.from, self.over) = (rate.min(ECPU_RATE_MAX), Micros(0));
    }
}

/// What a request for the most popular key meets: its slot never gets more, however far the cache has grown.
struct Slot {
    per_mille: u64,
    most: u64,
}

impl Slot {
    /// Writes go to the primary whatever reads do.
    fn of(plan: &PlanInput, replica_reads: bool) -> Self {
        let writes = 1_000 - u64::from(plan.read_per_mille.min(1_000));
        let by_writes = (SLOT_ECPU_RATE_MAX * 1_000).checked_div(writes);
        let most = match replica_reads {
            true => SLOT_ECPU_RATE_WITH_REPLICAS_MAX.min(by_writes.unwrap_or(u64::MAX)),
            false => SLOT_ECPU_RATE_MAX,
        };
        Slot {
            per_mille: u64::from(plan.hot_key_per_mille),
            most,
        }
    }

    /// How many of a step's requests are beyond it.
    fn beyond(&self, requests: u64, milli_ecpu: u64) -> u64 {
        let hot = requests * self.per_mille / 1_000;
        hot.saturating_sub(in_step(self.most, milli_ecpu))
    }
}

/// The requests of a step at so many ECPUs a second.
fn in_step(ecpu_per_second: u64, milli_ecpu: u64) -> u64 {
    ecpu_per_second * STEP_S * 1_000 / milli_ecpu
}

/// The ECPUs a second that so many requests in a step ask for.
fn ecpu_rate(requests: u64, milli_ecpu: u64) -> u64 {
    (requests * milli_ecpu).div_ceil(STEP_S * 1_000)
}

pub(super) fn play(
    requests: &[u64],
    input: &DayInput,
    plan: &PlanInput,
    prices: &Prices,
) -> (Vec<ServerlessStep>, ServerlessDay) {
    let milli_ecpu = milli_ecpu(plan);
    // Memcached has no replicas to read from.
    let replica_reads = input.replica_reads && plan.engine != Engine::Memcached;
    let start = match replica_reads {
        true => ECPU_RATE_START_WITH_REPLICAS,
        false => ECPU_RATE_START,
    };
    let slot = Slot::of(plan, replica_reads);
    let minimum = u64::from(input.pre_scaled_ecpu_per_second);
    let first = u64::from(input.pre_scaled_from_hour);
    let pre_scaled = first..(first + u64::from(input.pre_scaled_hours)).min(HOURS);
    let mut supported = Supported {
        from: start,
        over: Micros(0),
        doubling: doubling(plan.engine),
    };
    let (mut steps, mut throttled_by_slot) = (Vec::with_capacity(requests.len()), 0);
    let (mut used_milli_ecpu, mut billed_milli_ecpu) = (0, 0);
    for (hour, of_hour) in requests.chunks(STEPS_AN_HOUR).enumerate() {
        let hour = hour as u64;
        let holds = minimum > 0 && pre_scaled.contains(&hour);
        let ended = minimum > 0 && pre_scaled.end == hour;
        let mut used = 0;
        for (i, &requests) in of_hour.iter().enumerate() {
            let by_slot = slot.beyond(requests, milli_ecpu);
            let asked = ecpu_rate(requests - by_slot, milli_ecpu);
            if i == 0 && (hour == 0 || ended) {
                // The evening before has brought it to what it serves at midnight. What was pre-scaled is given
                // back down to that, too.
                supported.set(asked.max(start));
            }
            if holds && supported.now() < minimum {
                supported.set(minimum);
            }
            let ecpu_per_second = supported.now();
            let supports = in_step(ecpu_per_second, milli_ecpu);
            let served = (requests - by_slot).min(supports);
            steps.push(ServerlessStep {
                ecpu_per_second,
                supports,
                served,
                throttled: requests - served,
            });
            throttled_by_slot += by_slot;
            used += served * milli_ecpu;
            if asked > ecpu_per_second {
                supported.over = supported.over.after(Micros(STEP_US));
            }
        }
        used_milli_ecpu += used;
        let least = if holds { minimum * 3_600 * 1_000 } else { 0 };
        billed_milli_ecpu += used.max(least);
    }
    let billed = u128::from(billed_milli_ecpu);
    let day = ServerlessDay {
        served: steps.iter().map(|step| step.served).sum(),
        throttled: steps.iter().map(|step| step.throttled).sum(),
        throttled_by_slot,
        used_milli_ecpu,
        billed_milli_ecpu,
        day: plan.serverless_cost_over(prices, HOURS, billed),
        month: plan.serverless_cost_over(prices, month::HOURS, in_a_month(billed)),
    };
    (steps, day)
}
