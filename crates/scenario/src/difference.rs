//! The differences between two scenarios, in the words of the fields.

use super::field::{Field, Group, Kind};
use super::input::ScenarioInput;

/// An input that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The input.
    pub field: &'static Field,
    /// The lanes in which it differs, from 0; none if all lanes share it.
    pub lanes: Vec<usize>,
    /// Its value in the first scenario.
    pub before: String,
    /// Its value in the second one.
    pub after: String,
}

/// The differences, in the order in which inputs are offered. Lanes that differ in the same way share one.
/// Lanes that only one of the two has are left out.
pub fn differences(before: &ScenarioInput, after: &ScenarioInput) -> Vec<Difference> {
    let lanes = before.lanes.len().min(after.lanes.len());
    let [before, after] = [before, after].map(ScenarioInput::to_value);
    let mut found: Vec<Difference> = Vec::new();
    for group in Group::ALL {
        for field in group.fields() {
            // Its two parts have rows of their own.
            if matches!(field.kind, Kind::MaxmemoryPolicy) {
                continue;
            }
            for lane in 0..group.places(lanes) {
                let place = field.place(lane);
                let (Some(before), Some(after)) = (before.pointer(&place), after.pointer(&place))
                else {
                    continue;
                };
                if before == after {
                    continue;
                }
                let [before, after] = [before, after].map(|value| field.kind.written(value));
                let same = |known: &&mut Difference| {
                    known.field == field && known.before == before && known.after == after
                };
                match found.iter_mut().find(same) {
                    Some(known) => known.lanes.push(lane),
                    None => found.push(Difference {
                        field,
                        lanes: match group.of_lanes() {
                            true => vec![lane],
                            false => Vec::new(),
                        },
                        before,
                        after,
                    }),
                }
            }
        }
    }
    found
}
