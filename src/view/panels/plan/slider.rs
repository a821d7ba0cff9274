//! An input of the plan with a slider beside its field. Dragging shows what is planned at once; it is put
//! into the scenario when the slider has come to rest.

use super::super::setup::Row;
use crate::session::{Edit, Set};
use crate::view::context::Page;
use gloo::timers::callback::Timeout;
use scenario::field::{Field, Group};
use serde_json::Value;
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// How long a slider has to rest, in milliseconds.
const REST_MS: u32 = 300;

/// The row of an input of the plan.
pub(in crate::view::panels) fn field(path: &str) -> &'static Field {
    let mut fields = [Group::Cost, Group::Day]
        .into_iter()
        .flat_map(Group::fields);
    fields
        .find(|field| field.path == path)
        .expect("every input has a row")
}

/// A value that is being dragged.
#[derive(Clone, PartialEq)]
pub(in crate::view::panels) struct Draft {
    pub(in crate::view::panels) field: &'static Field,
    pub(in crate::view::panels) value: u64,
}

impl Draft {
    /// Puts it into the scenario.
    fn put(&self, page: &Page) {
        let value = Value::from(self.value);
        let told = format!(
            "{} is {} now.",
            self.field.label,
            self.field.kind.written(&value)
        );
        page.edit(&Edit::Set(Set {
            values: vec![(self.field.path.to_owned(), value)],
            told,
        }));
    }
}

/// What is being dragged, and how to drag. Whatever is dragged last is put into the scenario, when it rests,
/// when something else is dragged, or when the panel is closed.
#[hook]
pub(in crate::view::panels) fn use_draft(page: &Page) -> (Option<Draft>, Callback<Draft>) {
    let draft = use_state_eq(|| None::<Draft>);
    let last = use_mut_ref(|| None::<Draft>);
    use_effect_with((*draft).clone(), {
        let (page, draft, last) = (page.clone(), draft.setter(), last.clone());
        move |now| {
            let rest = now.is_some().then(|| {
                Timeout::new(REST_MS, move || {
                    if let Some(rested) = last.take() {
                        rested.put(&page);
                    }
                    draft.set(None);
                })
            });
            move || drop(rest)
        }
    });
    use_effect_with((), {
        let (page, last) = (page.clone(), last.clone());
        move |()| {
            move || {
                if let Some(left) = last.take() {
                    left.put(&page);
                }
            }
        }
    });
    let drag = {
        let (page, draft) = (page.clone(), draft.setter());
        Callback::from(move |now: Draft| {
            let before = last.replace(Some(now.clone()));
            if let Some(before) = before.filter(|before| before.field != now.field) {
                before.put(&page);
            }
            draft.set(Some(now));
        })
    };
    ((*draft).clone(), drag)
}

/// Numbers of two digits and zeros from one to the other: equal ratios, nearly, at equal distances.
fn ladder(from: u64, to: u64) -> Vec<u64> {
    let mut rungs = Vec::new();
    let mut rung = from;
    while rung < to {
        rungs.push(rung);
        let tens = rung.max(1).ilog10().saturating_sub(1);
        rung += 10_u64.pow(tens);
    }
    rungs.push(to);
    rungs
}

/// The values at which a slider stops.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::view::panels) enum Stops {
    /// From one to the other, in steps.
    Steps(u64, u64, u64),
    /// Over several powers of ten.
    Decades(u64, u64),
}

impl Stops {
    fn all(self) -> Vec<u64> {
        match self {
            Stops::Steps(from, to, by) => (from..=to).step_by(by as usize).collect(),
            Stops::Decades(from, to) => ladder(from, to),
        }
    }
}

#[derive(Properties, PartialEq)]
pub(in crate::view::panels) struct SliderProps {
    /// The input.
    pub(in crate::view::panels) field: &'static Field,
    pub(in crate::view::panels) stops: Stops,
    pub(in crate::view::panels) value: u64,
    /// Called while it is dragged.
    pub(in crate::view::panels) on_drag: Callback<Draft>,
}

/// The field and the slider.
#[function_component(Slider)]
pub(in crate::view::panels) fn slider(props: &SliderProps) -> Html {
    let (field, value) = (props.field, props.value);
    let stops = use_memo(props.stops, |stops| stops.all());
    // A value between two stops is at the one below it.
    let place = stops
        .partition_point(|&stop| stop <= value)
        .saturating_sub(1);
    let oninput = {
        let (stops, on_drag) = (stops.clone(), props.on_drag.clone());
        Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let place = input.and_then(|input| input.value().parse::<usize>().ok());
            if let Some(&value) = place.and_then(|place| stops.get(place)) {
                on_drag.emit(Draft { field, value });
            }
        })
    };
    let written = field.kind.written(&Value::from(value));
    html! {
        <div class="plan-input">
            <Row {field} value={Value::from(value)} ids="plan-about" />
            <input class="plan-slider" type="range" min="0" max={(stops.len() - 1).to_string()} step="1" value={place.to_string()}
                aria-label={format!("{}, slider", field.label)} aria-valuetext={written} {oninput} />
        </div>
    }
}

/// Rows without a slider.
pub(in crate::view::panels) fn rows(paths: &[&str], plain: &Rc<Value>) -> Html {
    let row = |path: &&str| {
        let field = field(path);
        let value = plain.pointer(path).cloned().unwrap_or(Value::Null);
        html! { <Row key={field.path} {field} {value} ids="plan-about" /> }
    };
    html! { { for paths.iter().map(row) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ladder_has_ninety_rungs_for_each_power_of_ten() {
        let rungs = ladder(1, 20_000_000);
        assert_eq!(rungs[..12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        assert!(rungs.contains(&99) && rungs.contains(&110) && rungs.contains(&41_000));
        assert_eq!(
            (rungs.len(), rungs.last()),
            (9 + 6 * 90 + 11, Some(&20_000_000))
        );
        let rungs = ladder(10, 1_048_576);
        assert_eq!(rungs[rungs.len() - 2..], [1_000_000, 1_048_576]);
    }
}
