//! The day as lines: what arrives and what is supported, and how much is not served.

use crate::view::numbers::plot::{Axis, Line, Look, Point, Quantity, Scale, Shape};
use sim::day::{Day, DayInput, DayStep, SECONDS, STEP_S};
use std::rc::Rc;
use yew::AttrValue;

/// What the charts show.
#[derive(Clone, PartialEq)]
pub(super) struct Lines {
    /// The time of day.
    pub(super) x: Axis,
    /// Requests a second; in the table requests an hour.
    pub(super) rates: Axis,
    pub(super) of_rates: Rc<[Line]>,
    /// Shares in thousandths of a percent.
    pub(super) shares: Axis,
    pub(super) of_shares: Rc<[Line]>,
    /// The failover.
    pub(super) marks: Rc<[(u64, AttrValue)]>,
}

fn line(name: &'static str, look: Look, points: impl Iterator<Item = (u64, u64)>) -> Line {
    Line {
        name: name.into(),
        full_name: name.into(),
        look,
        shape: Shape::Steps,
        points: points.map(|(x, y)| Point { x, y: Some(y) }).collect(),
    }
}

/// A number of each step, at its second of the day.
fn by_step(day: &Day, of: impl Fn(&DayStep) -> u64) -> impl Iterator<Item = (u64, u64)> {
    let steps = day.steps.iter().enumerate();
    steps.map(move |(i, step)| (i as u64 * STEP_S, of(step)))
}

/// Requests of a step as a rate, to the nearest whole number a second.
fn rate(requests: u64) -> u64 {
    (requests + STEP_S / 2) / STEP_S
}

/// A share of a step's requests, in thousandths of a percent.
fn share(part: u64, whole: u64) -> u64 {
    (part * 100_000 + whole / 2) / whole.max(1)
}

impl Lines {
    /// The lines of the charts, one point a step.
    pub(super) fn of(day: &Day, input: &DayInput) -> Self {
        let of_rates = [
            line(
                "Demand",
                Look::of(2),
                by_step(day, |step| rate(step.requests)),
            ),
            line(
                "Nodes support",
                Look::of(0),
                by_step(day, |step| rate(step.nodes.supports)),
            ),
            line(
                "Serverless supports",
                Look::of(1),
                by_step(day, |step| rate(step.serverless.supports)),
            ),
        ];
        let of_shares = [
            line(
                "Nodes",
                Look::of(0),
                by_step(day, |step| {
                    share(step.nodes.beyond + step.nodes.failed, step.requests)
                }),
            ),
            line(
                "Serverless, throttled",
                Look::of(1),
                by_step(day, |step| share(step.serverless.throttled, step.requests)),
            ),
        ];
        let axis = |name: &'static str, unit, lines: &[Line]| {
            let most = lines.iter().filter_map(Line::most).max().unwrap_or(0);
            // Where all is zero, any axis will do.
            let most = if most == 0 { 1_000 } else { most };
            Axis::new(name, unit, Scale::linear_to_tick(unit, most, 4))
        };
        let failover = input.failover_hour.map(|hour| u64::from(hour) * 3_600);
        Lines {
            x: Axis::new("Time of day", Quantity::Clock, Scale::linear(SECONDS)),
            rates: axis("Requests per second", Quantity::Count, &of_rates),
            shares: axis("Percent of the requests", Quantity::Milli, &of_shares),
            of_rates: of_rates.into(),
            of_shares: of_shares.into(),
            marks: failover
                .map(|at| (at, "Failover".into()))
                .into_iter()
                .collect(),
        }
    }
}

impl Lines {
    /// One hour of them.
    pub(super) fn within(&self, hour: u64) -> Self {
        let (from, to) = (hour * 3_600, (hour + 1) * 3_600);
        let cut = |lines: &[Line]| -> Rc<[Line]> {
            let cut = |line: &Line| {
                let points = line.points.iter().copied();
                Line {
                    points: points
                        .filter(|point| (from..to).contains(&point.x))
                        .collect(),
                    ..line.clone()
                }
            };
            lines.iter().map(cut).collect()
        };
        let marks = self.marks.iter().cloned();
        Lines {
            x: Axis::new("Time of day", Quantity::Clock, Scale::between(from, to)),
            of_rates: cut(&self.of_rates),
            of_shares: cut(&self.of_shares),
            marks: marks.filter(|(at, _)| (from..to).contains(at)).collect(),
            ..self.clone()
        }
    }
}

/// The hour in which the most requests arrive in a step, the first one if there are several.
pub(super) fn busiest_hour(day: &Day) -> u64 {
    let most = |step: &DayStep| step.requests == day.total.peak_requests;
    let first = day.steps.iter().position(most).unwrap_or(0) as u64;
    first * STEP_S / 3_600
}

/// The day's requests hour by hour, for the table.
pub(super) fn hours(day: &Day) -> Lines {
    let per_hour = (3_600 / STEP_S) as usize;
    let by_hour = |of: fn(&DayStep) -> u64| {
        let hours = day.steps.chunks(per_hour).enumerate();
        hours.map(move |(hour, steps)| (hour as u64 * 3_600, steps.iter().map(of).sum()))
    };
    let of_rates = [
        line("Requests", Look::of(2), by_hour(|step| step.requests)),
        line(
            "Nodes, beyond their rate",
            Look::of(0),
            by_hour(|step| step.nodes.beyond),
        ),
        line(
            "Nodes, failed",
            Look::of(0),
            by_hour(|step| step.nodes.failed),
        ),
        line(
            "Serverless, throttled",
            Look::of(1),
            by_hour(|step| step.serverless.throttled),
        ),
    ];
    let axis = |name: &'static str| Axis::new(name, Quantity::Count, Scale::linear(1));
    Lines {
        x: Axis::new("From", Quantity::Clock, Scale::linear(SECONDS)),
        rates: axis("Requests"),
        shares: axis("Requests"),
        of_rates: of_rates.into(),
        of_shares: Rc::new([]),
        marks: Rc::new([]),
    }
}
