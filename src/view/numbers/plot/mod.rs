//! Plots: a few lines over an axis, with ticks at round values, a legend that reads out the values, a
//! playhead, and the same as a table.
//!
//! A plot is SVG of any width: horizontal places are percentages, vertical ones pixels, and the lines are
//! stretched to fit. Every number is whole, in the finest part of its [`Quantity`], so that what is read out
//! is what was counted.
//!
//! ```text
//! let lines: Rc<[Line]> = …;                       // made once, and kept: plots compare by pointer
//! html! {
//!     <Chart name="Misses" x={Axis::new("Capacity", Quantity::Count, Scale::log(1, 10_000))}
//!         y={Axis::new("Miss ratio", Quantity::Share, Scale::linear(1_000))}
//!         {lines} now={capacity} {cursor} on_cursor={…} on_pick={…} />
//!     <Table name="Misses" … />
//! }
//! ```

mod chart;
mod line;
mod quantity;
mod scale;
mod table;

pub use chart::Chart;
pub use line::{Line, Look, Point, Shape};
pub use quantity::Quantity;
pub use scale::Scale;
pub use table::Table;

use yew::AttrValue;

/// An axis.
#[derive(Clone, PartialEq, Debug)]
pub struct Axis {
    /// Its name, in words: `Time`, `Capacity`.
    pub label: AttrValue,
    /// The kind of its numbers.
    pub unit: Quantity,
    /// Its ends.
    pub scale: Scale,
}

impl Axis {
    /// An axis.
    pub fn new(label: impl Into<AttrValue>, unit: Quantity, scale: Scale) -> Self {
        Axis {
            label: label.into(),
            unit,
            scale,
        }
    }
}
