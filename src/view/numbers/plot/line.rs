//! The lines of a plot, told apart by hue, dashes and markers.

use super::quantity::Quantity;
use super::scale::Scale;
use crate::view::shell::format::px;
use std::rc::Rc;
use yew::prelude::*;

/// A point of a line; without a height the line has a gap from there to the next point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// Where on the horizontal axis.
    pub x: u64,
    /// How high, if there is anything to say.
    pub y: Option<u64>,
}

/// How a line gets from a point to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A value holds until the next one.
    Steps,
    /// Straight from one to the other.
    Straight,
}

/// What tells a line from the others: hue, dashes and marker together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look(u8);

impl Look {
    /// How many looks there are: the first and the second eight of the eight hues, and the base.
    pub const COUNT: u8 = 17;

    /// The look of what lines are measured against: a lane without a cache, a bound.
    pub const BASE: Look = Look(0);

    /// The look of the lane (or the curve) of that number, from 0. There are sixteen; the seventeenth
    /// looks like the first.
    pub const fn of(number: usize) -> Look {
        Look((number % (Look::COUNT as usize - 1)) as u8 + 1)
    }

    /// Its class in the style sheet. The second eight have the hues of the first, with other dashes and
    /// hollow markers.
    pub fn class(self) -> String {
        match self.0 {
            first @ 0..=8 => format!("look-{first}"),
            second => format!("look-{} hollow", second - 8),
        }
    }

    /// The outline of its marker, around the origin.
    pub fn outline(self) -> &'static str {
        const SHAPES: [&str; 9] = [
            "M-4 -4L4 4M-4 4L4 -4",
            "M-3.5 0A3.5 3.5 0 1 1 3.5 0A3.5 3.5 0 1 1 -3.5 0Z",
            "M-3.3 -3.3H3.3V3.3H-3.3Z",
            "M0 -4.5L4.2 3.2H-4.2Z",
            "M0 -5L5 0L0 5L-5 0Z",
            "M0 4.5L4.2 -3.2H-4.2Z",
            "M-5 0H5M0 -5V5",
            "M-2 -5H2V5H-2Z",
            "M-5 -2H5V2H-5Z",
        ];
        match self.0 {
            // A cross of two strokes has nothing to be hollow.
            14 => "M-5 0H5M-2.5 -4.3L2.5 4.3M2.5 -4.3L-2.5 4.3",
            of => SHAPES[usize::from(of - of / 9 * 8)],
        }
    }

    /// Its marker, around the origin.
    pub fn marker(self) -> Html {
        html! { <path class="plot-marker" d={self.outline()} /> }
    }

    /// A short piece of the line with its marker, for a legend.
    pub fn sample(self) -> Html {
        html! {
            <svg class={classes!("plot-sample", self.class())} width="30" height="12" aria-hidden="true">
                <path class="plot-line" d="M1 6H29" />
                <svg x="15" y="6" overflow="visible">{ self.marker() }</svg>
            </svg>
        }
    }
}

/// A line.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// What stands in the legend: a lane's letter, a policy's name.
    pub name: AttrValue,
    /// The same in full, for a screen reader and the table: `Lane A`.
    pub full_name: AttrValue,
    /// What tells it from the others.
    pub look: Look,
    /// How it gets from point to point.
    pub shape: Shape,
    /// Its points, from left to right.
    pub points: Rc<[Point]>,
}

impl Line {
    /// Its value at a place of the horizontal axis: that of the last point at or before it.
    pub fn at(&self, x: u64) -> Option<u64> {
        let after = self.points.partition_point(|point| point.x <= x);
        self.points[..after].last()?.y
    }

    /// The highest value.
    pub fn most(&self) -> Option<u64> {
        self.points.iter().filter_map(|point| point.y).max()
    }

    /// Its path in a box of 1,000 by `height`, which is stretched to fit.
    pub(super) fn path(&self, x: Scale, y: Scale, height: f64) -> String {
        let mut path = String::new();
        let mut last: Option<f64> = None;
        for point in self.points.iter() {
            let left = x.place(point.x) * 1_000.0;
            if let (Some(top), Shape::Steps) = (last, self.shape) {
                path += &format!("H{}", px(left));
                // A level line needs no point of its own.
                if point.y.is_some_and(|value| above(y, value, height) == top) {
                    continue;
                }
            }
            match (point.y, last) {
                (None, _) => last = None,
                (Some(value), before) => {
                    let top = above(y, value, height);
                    path += &match (before, self.shape) {
                        (None, _) => format!("M{} {}", px(left), px(top)),
                        (Some(_), Shape::Steps) => format!("V{}", px(top)),
                        (Some(_), Shape::Straight) => format!("L{} {}", px(left), px(top)),
                    };
                    last = Some(top);
                }
            }
        }
        // The last value holds to the end.
        let ends = self.points.last().is_some_and(|point| point.x < x.to());
        if last.is_some() && ends && self.shape == Shape::Steps {
            path += "H1000";
        }
        path
    }

    /// The points with markers: a few, at other places than those of the other lines, and each point with a
    /// gap on both sides, which would be invisible otherwise.
    pub fn marked(&self, x: Scale, number: usize, of: usize) -> Vec<Point> {
        const MARKERS: usize = 4;
        let has = |i: usize| self.points.get(i).is_some_and(|point| point.y.is_some());
        let alone = |i: &usize| has(*i) && !has(i.wrapping_sub(1)) && !has(i + 1);
        let alone = (0..self.points.len()).filter(alone);
        let mut marked: Vec<Point> = alone.map(|i| self.points[i]).collect();
        for i in 0..MARKERS {
            let place = (i as f64 + (number as f64 + 0.5) / of.max(1) as f64) / MARKERS as f64;
            let at = x.at(place);
            let Some(y) = self.at(at) else { continue };
            // On a stepped line any place is one of its own; on a straight one only its points are.
            let at = match self.shape {
                Shape::Steps => at,
                Shape::Straight => {
                    let after = self.points.partition_point(|point| point.x <= at);
                    self.points[after - 1].x
                }
            };
            marked.push(Point { x: at, y: Some(y) });
        }
        marked
    }
}

/// How far below the top edge a value is.
fn above(y: Scale, value: u64, height: f64) -> f64 {
    ((1.0 - y.place(value)) * height * 10.0).round() / 10.0
}

/// A value as it is read out, or that there is none.
pub(super) fn read_out(unit: Quantity, value: Option<u64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| unit.text(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(shape: Shape, points: &[(u64, Option<u64>)]) -> Line {
        let points = points.iter().map(|&(x, y)| Point { x, y });
        Line {
            name: "A".into(),
            full_name: "Lane A".into(),
            look: Look::of(0),
            shape,
            points: points.collect(),
        }
    }

    #[test]
    fn no_two_of_seventeen_lines_look_alike() {
        let sheet = include_str!("../../../../static/numbers.css");
        let looks = [Look::BASE].into_iter().chain((0..16).map(Look::of));
        let looks: Vec<[String; 4]> = looks
            .map(|look| {
                let class = look.class();
                let rule = format!(".{} {{", class.replace(' ', "."));
                let rules = sheet.lines().find_map(|line| line.strip_prefix(&*rule));
                let of = |name: &str| {
                    let (_, value) = rules?.split_once(name)?;
                    Some(value.split_once(';')?.0.to_owned())
                };
                let hue = of("--look: ").unwrap_or_else(|| {
                    let (first, _) = class
                        .split_once(' ')
                        .expect("only the second eight share a hue");
                    format!(" var(--{first})").trim().to_owned()
                });
                let dashes = of("--dashes: ").expect("each has its own dashes");
                let hollow = class.contains("hollow").to_string();
                [hue, dashes, look.outline().to_owned(), hollow]
            })
            .collect();
        for (i, a) in looks.iter().enumerate() {
            for b in &looks[..i] {
                assert!(a[..2] != b[..2], "the same without markers: {a:?}");
                assert!(
                    (&a[0], &a[2..]) != (&b[0], &b[2..]),
                    "the same without dashes: {a:?}"
                );
                assert!(a[2..] != b[2..], "the same marker: {a:?}");
            }
        }
    }

    #[test]
    fn a_line_is_read_at_its_last_point() {
        let line = line(Shape::Steps, &[(10, Some(3)), (20, None), (30, Some(5))]);
        let read = [0, 10, 19, 20, 31].map(|x| line.at(x));
        assert_eq!(read, [None, Some(3), Some(3), None, Some(5)]);
        assert_eq!(line.most(), Some(5));
    }

    #[test]
    fn steps_hold_and_gaps_are_left_out() {
        let (x, y) = (Scale::linear(10), Scale::linear(10));
        let points = [
            (0, Some(0)),
            (2, Some(0)),
            (4, Some(10)),
            (6, None),
            (8, Some(5)),
            (10, Some(5)),
        ];
        let steps = line(Shape::Steps, &points);
        assert_eq!(steps.path(x, y, 100.0), "M0 100H200H400V0H600M800 50H1000");
        let straight = line(Shape::Straight, &points[2..]);
        assert_eq!(straight.path(x, y, 100.0), "M400 0M800 50L1000 50");
    }
}
