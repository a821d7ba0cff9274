//! Plots: a few lines over an axis, with ticks at round values, a legend that reads out the values, a
//! playhead, and the same as a table.
//!
//! A plot is SVG that needs to know no width: horizontal places are percentages, vertical ones pixels,
//! and the lines are stretched to fit. Every number is a whole number in its [`Unit`]'s finest part, so
//! that what is read out is what was counted.
//!
//! ```text
//! let lines: Rc<[Line]> = …;                       // made once, and kept: plots compare by pointer
//! html! {
//!     <Chart name="Misses" x={Axis::new("Capacity", Unit::Count, Scale::log(1, 10_000))}
//!         y={Axis::new("Miss ratio", Unit::Share, Scale::linear(1_000))}
//!         {lines} now={capacity} {cursor} on_cursor={…} on_pick={…} />
//!     <Table caption="Misses" … />
//! }
//! ```

mod chart;
mod line;
mod scale;
mod table;
mod unit;

pub use chart::Chart;
pub use line::{Line, Look, Point, Shape};
pub use scale::Scale;
pub use table::Table;
pub use unit::Unit;

use yew::AttrValue;

/// What an axis stands for.
#[derive(Clone, PartialEq, Debug)]
pub struct Axis {
    /// Its name, in words: `Time`, `Capacity`.
    pub label: AttrValue,
    /// What its numbers are.
    pub unit: Unit,
    /// From where to where it reaches.
    pub scale: Scale,
}

impl Axis {
    /// An axis.
    pub fn new(label: impl Into<AttrValue>, unit: Unit, scale: Scale) -> Self {
        Axis {
            label: label.into(),
            unit,
            scale,
        }
    }
}
