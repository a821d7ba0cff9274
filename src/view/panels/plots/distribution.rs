//! The distribution of read latencies: for every latency the share of reads that took at most that.

use super::data::name;
use crate::session::Snapshot;
use crate::view::numbers::plot::{Axis, Chart, Line, Point, Quantity, Scale, Shape, Table};
use cache::units::Micros;
use std::rc::Rc;
use timeline::Frame;
use yew::prelude::*;

/// About the most points of a curve.
const POINTS: u64 = 128;

#[derive(Properties, PartialEq)]
pub struct DistributionProps {
    pub snapshot: Snapshot,
    pub as_table: bool,
}

/// The plot, or the table.
#[function_component(Distribution)]
pub fn distribution(props: &DistributionProps) -> Html {
    let snapshot = &props.snapshot;
    let deps = (snapshot.run.clone(), reads(&snapshot.frame));
    let step = snapshot.frame.step;
    let lines = use_memo(deps, |(run, _)| {
        let moment = run.seek(step);
        let lanes = &run.scenario().lanes;
        let curves = moment.of_worlds(|world| {
            let histogram = &world.metrics().read_replies.served;
            let all = histogram.count();
            let curve = histogram.cumulative(POINTS).into_iter();
            let point = |(span, at_most): (Micros, u64)| Point {
                x: span.0,
                y: Some(at_most * 1_000 / all),
            };
            curve.map(point).collect()
        });
        let line = |(lane, points)| {
            let (name, full_name, look) = name(lane, lanes);
            Line {
                name: name.into(),
                full_name: full_name.into(),
                look,
                shape: Shape::Steps,
                points,
            }
        };
        curves
            .into_iter()
            .enumerate()
            .map(line)
            .collect::<Rc<[Line]>>()
    });
    let cursor = use_state_eq(|| None);
    let spans = || {
        lines
            .iter()
            .flat_map(|line| line.points.iter().map(|point| point.x))
    };
    let Some((least, most)) = spans().min().zip(spans().max()) else {
        return html! { <p class="plots-note">{ "No read has been answered yet: there are no latencies to show." }</p> };
    };
    let x = Axis::new("At most", Quantity::Time, Scale::log_to_ticks(least, most));
    let y = Axis::new("Share of reads", Quantity::Share, Scale::linear(1_000));
    let title = "Read latency, distribution";
    if props.as_table {
        return html! { <Table name={title} {x} {y} lines={(*lines).clone()} /> };
    }
    let on_cursor = {
        let cursor = cursor.setter();
        Callback::from(move |at| cursor.set(at))
    };
    html! {
        <Chart name={title} about="For every latency the share of reads so far that took at most that; the axis is logarithmic"
            of="share that took at most …, so far" {x} {y} lines={(*lines).clone()} cursor={*cursor} {on_cursor} />
    }
}

/// How many reads have been answered: the distribution changes with nothing else.
fn reads(frame: &Frame) -> Vec<u64> {
    let lanes = frame.lanes.iter().map(|lane| lane.metrics.reads);
    lanes.chain([frame.baseline.reads]).collect()
}
