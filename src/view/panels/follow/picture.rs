//! Where everything of a sequence diagram stands: one lane's lifelines side by side, time downwards, and
//! the labels in a column of their own, because microseconds leave no room for words.

use super::scale::{TimeAxis, spread};
use crate::view::shell::format::fit;
use cache::units::Micros;
use timeline::{Doing, Lifeline, Sequence};

/// The width that the axis's labels take.
const AXIS: f64 = 60.0;
/// The room above the axis: the lane's name, and the names of the lifelines.
const TOP: f64 = 62.0;
/// The room added where those stand in two lines.
const SECOND_LINE: f64 = 17.0;
/// The room below it.
const BOTTOM: f64 = 12.0;
/// The room that a label takes.
const LABEL: f64 = 20.0;
/// The least length of the axis.
const LENGTH_MIN: f64 = 300.0;
/// The room between the lifelines and the labels, for the lines that connect them.
const LEADER: f64 = 20.0;
/// Where the first lifeline stands.
const FIRST: f64 = AXIS + 14.0;
/// The fewest characters that labels have room for, so that most requests have their lifelines at the
/// same places.
const LABEL_CHARS_MIN: usize = 14;
/// The least room between two lifelines.
const GAP_MIN: f64 = 30.0;
/// The most.
const GAP_MAX: f64 = 140.0;
/// Below this gap the database's name is shortened.
const SHORT_BELOW: f64 = 66.0;
/// Below this gap their names stand in two lines.
const TWO_LINES_BELOW: f64 = 52.0;
/// How wide a character of a label is, in a wide font.
const CHAR: f64 = 8.4;
/// A lane's least width: with less, lanes stand one below the other.
const LANE_MIN: f64 = 320.0;
/// The room between two lanes.
const GUTTER: f64 = 24.0;

/// What a label is about: a place among the sequence's arrows or spans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// A message.
    Arrow(usize),
    /// A stretch of time.
    Span(usize),
}

/// A label, and what it points at.
#[derive(Clone, PartialEq, Debug)]
pub struct Label {
    /// What it is about.
    pub of: Of,
    /// Its words, as many as have room.
    pub text: String,
    /// The point that it is about.
    pub from: (f64, f64),
    /// The middle of its line.
    pub y: f64,
}

/// A lane's part of the drawing.
#[derive(Clone, PartialEq, Debug)]
pub struct LanePicture {
    /// Its upper left corner.
    pub at: (f64, f64),
    /// The lifelines with their places and names; all places are relative to the corner.
    pub lifelines: Vec<(Lifeline, f64, &'static str)>,
    /// The labels, in the order in which they stand.
    pub labels: Vec<Label>,
    /// Where the labels begin.
    pub labels_x: f64,
    top: f64,
    axis: TimeAxis,
}

/// The drawing.
#[derive(Clone, PartialEq, Debug)]
pub struct Picture {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Whether every other lifeline's name stands a line higher.
    pub two_lines: bool,
    /// The lanes.
    pub lanes: Vec<LanePicture>,
}

impl Picture {
    /// A drawing of some lanes' sequences, to one scale.
    pub fn new(sequences: &[Sequence], log: bool, width: f64) -> Picture {
        let lanes = sequences.len().max(1);
        let fit = ((width + GUTTER) / (LANE_MIN + GUTTER)).floor() as usize;
        let columns = fit.clamp(1, lanes);
        let lane_width = (width - GUTTER * (columns - 1) as f64) / columns as f64;
        let spans = sequences.iter().map(span_of);
        let most_labels = sequences.iter().map(count_labels).max().unwrap_or(0);
        let axis = TimeAxis {
            log,
            span: spans.max().unwrap_or_default(),
            length: LENGTH_MIN.max(LABEL * most_labels as f64),
        };
        let narrow = |sequence: &Sequence| lifelines(sequence, lane_width).1 < TWO_LINES_BELOW;
        let two_lines = sequences.iter().any(narrow);
        let top = TOP + if two_lines { SECOND_LINE } else { 0.0 };
        let lane_height = top + axis.length + BOTTOM;
        let at = |i: usize| {
            let (row, column) = (i / columns, i % columns);
            (
                column as f64 * (lane_width + GUTTER),
                row as f64 * lane_height,
            )
        };
        let lanes: Vec<LanePicture> = sequences
            .iter()
            .enumerate()
            .map(|(i, sequence)| LanePicture::new(sequence, at(i), (top, axis), lane_width))
            .collect();
        Picture {
            width,
            height: lane_height * sequences.len().div_ceil(columns) as f64,
            two_lines,
            lanes,
        }
    }
}

/// From a request's beginning to the end of the last thing that it does.
pub fn span_of(sequence: &Sequence) -> Micros {
    sequence.ends_at.since(sequence.began_at)
}

fn count_labels(sequence: &Sequence) -> usize {
    let waits = sequence
        .spans
        .iter()
        .filter(|span| span.doing == Doing::Waits);
    sequence.arrows.len() + waits.count()
}

/// Who takes part, and the room between two of them.
fn lifelines(sequence: &Sequence, width: f64) -> (Vec<Lifeline>, f64) {
    let with_cache = sequence
        .arrows
        .iter()
        .any(|arrow| arrow.to == Lifeline::Cache || arrow.from == Lifeline::Cache);
    let there: Vec<Lifeline> = Lifeline::ALL
        .into_iter()
        .filter(|&lifeline| match lifeline {
            Lifeline::Client | Lifeline::App => true,
            Lifeline::Cache => with_cache,
            Lifeline::Database => sequence.has_database,
        })
        .collect();
    let lengths = sequence
        .arrows
        .iter()
        .map(|arrow| arrow.label.chars().count());
    let longest = lengths.max().unwrap_or(0).max(LABEL_CHARS_MIN) as f64 * CHAR;
    let words = longest.min((width * 0.44).max(96.0));
    let gap = (width - FIRST - words - LEADER) / (there.len() - 1) as f64;
    (there, gap.clamp(GAP_MIN, GAP_MAX))
}

impl LanePicture {
    fn new(
        sequence: &Sequence,
        at: (f64, f64),
        (top, axis): (f64, TimeAxis),
        width: f64,
    ) -> LanePicture {
        let (there, gap) = lifelines(sequence, width);
        let short = |lifeline: Lifeline| match lifeline {
            Lifeline::Database if gap < SHORT_BELOW => "db",
            other => other.name(),
        };
        let last = FIRST + gap * (there.len() - 1) as f64;
        let labels_x = last + LEADER;
        let mut picture = LanePicture {
            at,
            lifelines: there
                .into_iter()
                .zip(0..)
                .map(|(lifeline, i)| (lifeline, FIRST + gap * f64::from(i), short(lifeline)))
                .collect(),
            labels: Vec::new(),
            labels_x,
            top,
            axis,
        };
        picture.place_labels(sequence, ((width - labels_x) / CHAR) as usize);
        picture
    }

    fn place_labels(&mut self, sequence: &Sequence, chars: usize) {
        for (i, arrow) in sequence.arrows.iter().enumerate() {
            // The end away from the application is the one nearer to the labels.
            let out = self.x(arrow.to) > self.x(arrow.from);
            let (party, instant) = if out {
                (arrow.to, arrow.arrives_at)
            } else {
                (arrow.from, arrow.departed_at)
            };
            let from = (self.x(party), self.y(sequence, instant));
            self.add_label(Of::Arrow(i), &arrow.label, from, chars);
        }
        for (i, span) in sequence.spans.iter().enumerate() {
            if span.doing == Doing::Waits {
                let ends = [span.from, span.until].map(|end| self.y(sequence, end));
                let from = (self.x(span.at), f64::midpoint(ends[0], ends[1]));
                // Where there is no room, how long says more than what for, and that it waits more
                // than how long: the bar shows that.
                let fits = |text: &&str| text.chars().count() <= chars;
                let shorter = [" for ", " "].map(|end| span.label.split_once(end));
                let shorter = shorter.into_iter().flatten().map(|(start, _)| start);
                let text = [&*span.label].into_iter().chain(shorter).find(fits);
                let text = text.unwrap_or(&span.label);
                self.add_label(Of::Span(i), text, from, chars);
            }
        }
        let mut places: Vec<f64> = self.labels.iter().map(|label| label.from.1).collect();
        spread(&mut places, LABEL, (self.top, self.top + self.axis.length));
        for (label, y) in self.labels.iter_mut().zip(places) {
            label.y = y;
        }
    }

    fn add_label(&mut self, of: Of, text: &str, from: (f64, f64), chars: usize) {
        let place = self.labels.partition_point(|other| other.from.1 <= from.1);
        let text = fit(text, chars.max(8));
        let y = from.1;
        self.labels.insert(place, Label { of, text, from, y });
    }

    /// The place of a lifeline.
    pub fn x(&self, of: Lifeline) -> f64 {
        let found = self.lifelines.iter().find(|(lifeline, ..)| *lifeline == of);
        found.map_or(AXIS, |(_, x, _)| *x)
    }

    /// The place of an instant.
    pub fn y(&self, sequence: &Sequence, at: Micros) -> f64 {
        self.top + self.axis.at(at.since(sequence.began_at))
    }

    /// The upper and the lower end of the lifelines.
    pub fn ends(&self) -> (f64, f64) {
        (self.top, self.top + self.axis.length)
    }

    /// The axis's ticks: places and labels.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let ticks = self.axis.ticks().into_iter();
        ticks.map(|(y, label)| (self.top + y, label)).collect()
    }

    /// Where the axis's labels end and its lines begin.
    pub fn axis_x(&self) -> f64 {
        AXIS
    }
}
