//! The plots' lines, made of the run's series and of its metrics at a few dozen steps.

use super::metric::{METRICS, Metric, Of, STORED, Span};
use crate::view::numbers::plot::{Axis, Line, Look, Point, Quantity, Scale, Shape};
use crate::view::shell::format::letter;
use cache::units::Micros;
use sim::{LaneSetup, Strategy};
use std::rc::Rc;
use timeline::{MetricsFrame, Run, SeriesFrame};

/// The most steps at which metrics are sampled.
const SAMPLES_MAX: u32 = 64;

/// How things are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// From the start to each instant: the numbers of the table.
    SoFar,
    /// Within each interval.
    Within,
}

/// A plot's lines and axis.
#[derive(Clone, PartialEq)]
pub struct PlotData {
    /// The metric's name.
    pub name: &'static str,
    /// The metric's meaning.
    pub about: &'static str,
    /// What stands beside the name.
    pub of: &'static str,
    /// The vertical axis.
    pub y: Axis,
    /// The lines.
    pub lines: Rc<[Line]>,
}

/// The metrics at a step: each lane's, and after them the baseline's.
#[derive(Clone)]
pub struct Sample {
    at: Micros,
    metrics: Vec<MetricsFrame>,
}

impl Sample {
    /// The step's instant.
    pub fn at(&self) -> Micros {
        self.at
    }
}

/// The steps that are sampled: all of a short run, and otherwise evenly spaced ones.
pub fn sampled_steps(last: u32) -> Vec<u32> {
    let count = last.min(SAMPLES_MAX);
    let step = |i: u32| (u64::from(i) * u64::from(last) / u64::from(count.max(1))) as u32;
    (0..=count).map(step).collect()
}

/// The metrics at a step.
pub fn sample(run: &Run, step: u32) -> Sample {
    let moment = run.seek(step);
    Sample {
        at: moment.at,
        metrics: MetricsFrame::all(&moment),
    }
}

/// A line's short and full name and its look: a lane's, or after the last lane those of the requests without
/// a cache.
pub fn name(lane: usize, lanes: &[Rc<LaneSetup>]) -> (String, String, Look) {
    match lanes.get(lane) {
        None => ("no cache".to_owned(), "No cache".to_owned(), Look::BASE),
        Some(setup) => {
            let letter = letter(lane);
            let full_name = format!("Lane {letter}: {}", setup.name);
            (letter.to_string(), full_name, Look::of(lane))
        }
    }
}

fn line(lane: usize, lanes: &[Rc<LaneSetup>], points: Vec<Point>) -> Line {
    let (name, full_name, look) = name(lane, lanes);
    Line {
        name: name.into(),
        full_name: full_name.into(),
        look,
        shape: Shape::Steps,
        points: points.into(),
    }
}

/// All plots but those that are zero from end to end in every lane, and the names of these.
pub fn plots(run: &Run, samples: &[Sample], mode: Mode) -> (Vec<PlotData>, Vec<&'static str>) {
    let series = SeriesFrame::aligned(run.series());
    let end = run.step_at(run.known_steps());
    let (mut plots, mut zero) = (Vec::new(), Vec::new());
    for metric in METRICS.iter().chain([&STORED]) {
        let made = match mode {
            Mode::SoFar => so_far(metric, run, samples),
            Mode::Within => within(metric, run, &series, end),
        };
        let Some((unit, of, lines)) = made else {
            continue;
        };
        // A plot of nothing but zeros says nothing.
        let most = lines.iter().filter_map(Line::most).max().unwrap_or(0);
        if most == 0 {
            zero.push(metric.name);
            continue;
        }
        let scale = match unit {
            Quantity::Share if metric.name == METRICS[0].name => Scale::linear(1_000),
            _ => Scale::linear_to_tick(unit, most, 3),
        };
        plots.push(PlotData {
            name: metric.name,
            about: metric.about,
            of,
            y: Axis::new(metric.name, unit, scale),
            lines: lines.into(),
        });
    }
    (plots, zero)
}

type Made = Option<(Quantity, &'static str, Vec<Line>)>;

/// Whether a lane, or the baseline after the last of them, has what a number is about.
fn has(run: &Run, lane: usize, what: Of) -> bool {
    let strategy = run.scenario().lanes.get(lane).map(|setup| &setup.strategy);
    match what {
        Of::Requests => true,
        Of::Cache => strategy.is_some_and(Strategy::caches),
        Of::Database => strategy.is_none_or(Strategy::has_database),
    }
}

fn lanes_of(metric: &Metric, run: &Run) -> Vec<usize> {
    let lanes = run.scenario().lanes.len();
    (0..=lanes)
        .filter(|&lane| has(run, lane, metric.of))
        .collect()
}

fn so_far(metric: &Metric, run: &Run, samples: &[Sample]) -> Made {
    let reading = metric.so_far.as_ref()?;
    let lanes = &run.scenario().lanes;
    let of_lane = |lane: usize| {
        let point = |sample: &Sample| Point {
            x: sample.at.0,
            y: (reading.read)(&sample.metrics[lane]),
        };
        line(lane, lanes, samples.iter().map(point).collect())
    };
    let lines = lanes_of(metric, run).into_iter().map(of_lane).collect();
    Some((reading.unit, reading.of, lines))
}

fn within(metric: &Metric, run: &Run, series: &[SeriesFrame], end: Micros) -> Made {
    let reading = metric.within.as_ref()?;
    let setups = &run.scenario().lanes;
    let of_lane = |lane: usize| {
        let SeriesFrame {
            interval_us,
            intervals,
        } = &series[lane];
        let database = &setups.get(lane).unwrap_or(&setups[0]).database;
        let connections = database.intake.connections();
        let begun = intervals
            .iter()
            .zip((0..).map(|i| Micros(i * interval_us.0)))
            .take_while(|(_, from)| *from <= end);
        let point = |(interval, from): (&sim::Interval, Micros)| Point {
            x: from.0,
            y: (reading.read)(&Span {
                interval: *interval,
                length: Micros(interval_us.0.min(end.since(from).0.max(1))),
                connections,
            }),
        };
        line(lane, setups, begun.map(point).collect())
    };
    let lines = lanes_of(metric, run).into_iter().map(of_lane).collect();
    Some((reading.unit, reading.of, lines))
}
