//! The metrics over time, and how latencies are distributed: each lane beside the same requests without
//! a cache.
//!
//! The whole run is drawn as far as it is known, lighter after the playhead, so that while playing only the
//! playhead and the values move.

mod data;
mod distribution;
mod metric;

use self::data::{Mode, PlotData, Sample, plots, sample, sampled_steps};
use self::distribution::Distribution;
use super::{Panel, PanelProps};
use crate::view::context::use_page;
use crate::view::numbers::plot::{Axis, Chart, Quantity, Scale, Table};
use crate::view::shell::slices::{Next, slice, use_slices};
use sim::ByHand;
use std::rc::Rc;
use timeline::Run;
use yew::prelude::*;

/// The metrics over time.
pub const PANEL: Panel = Panel {
    name: "plots",
    title: "Plots",
    is_in: |_| true,
    draw: |props| html! { <PlotsPanel ..props /> },
    keep: |page| page,
};

/// The panel.
#[function_component(PlotsPanel)]
pub(super) fn plots_panel(props: &PanelProps) -> Html {
    let page = use_page();
    let run = &props.snapshot.run;
    let chosen = use_state_eq(|| None);
    let mode = chosen.unwrap_or_else(|| first_mode(run));
    let chosen_tables = use_state_eq(|| None);
    let as_tables = chosen_tables.unwrap_or_default();
    let cursor = use_state_eq(|| None);
    let known = known(run);
    let samples = use_samples(run, known);
    let made = use_memo(
        (run.clone(), known, samples, mode),
        |(run, _, samples, mode)| plots(run, &samples.0, *mode),
    );
    let end = run.step_at(run.known_steps());
    let x = Axis::new("At", Quantity::Time, Scale::linear(end.0));
    let on_cursor = {
        let cursor = cursor.setter();
        Callback::from(move |at| cursor.set(at))
    };
    let on_pick = {
        let run = run.clone();
        Callback::from(move |at: u64| page.go_to(run.step_before(cache::units::Micros(at))))
    };
    let chart = |plot: &PlotData| {
        if as_tables {
            html! {
                <Table key={plot.name} name={format!("{} {}", plot.name, plot.of)} x={x.clone()} y={plot.y.clone()} lines={plot.lines.clone()} />
            }
        } else {
            html! {
                <Chart key={plot.name} name={plot.name} about={plot.about} of={plot.of} x={x.clone()} y={plot.y.clone()}
                    lines={plot.lines.clone()} now={props.snapshot.frame.at_us.0} cursor={*cursor}
                    on_cursor={on_cursor.clone()} on_pick={on_pick.clone()} to_come={true} />
            }
        }
    };
    let (shown, zero) = &*made;
    html! {
        <>
            <div class="plots-bar">
                { choice("Counted", ["so far", "in each interval"], mode, &chosen, [Mode::SoFar, Mode::Within]) }
                { choice("Shown as", ["plots", "tables"], as_tables, &chosen_tables, [false, true]) }
            </div>
            <div class={classes!("plots", as_tables.then_some("as-tables"))}>
                { for shown.iter().map(chart) }
                <Distribution snapshot={props.snapshot.clone()} as_table={as_tables} />
            </div>
            if !zero.is_empty() {
                <p class="plots-note">{ format!("Always zero here: {}.", zero.join(", ").to_lowercase()) }</p>
            }
        </>
    }
}

/// How a run is counted at first: a fault would be lost in numbers over all of it.
fn first_mode(run: &Run) -> Mode {
    let scenario = run.scenario();
    let by_hand = scenario.interventions.iter();
    let mut by_hand = by_hand.map(|given| matches!(given.command, ByHand::Fault(_)));
    if !scenario.input.faults.is_empty() || by_hand.any(|is_fault| is_fault) {
        Mode::Within
    } else {
        Mode::SoFar
    }
}

/// A choice of two, as two buttons.
fn choice<T: Copy + PartialEq + 'static>(
    name: &'static str,
    titles: [&'static str; 2],
    present: T,
    state: &UseStateHandle<Option<T>>,
    values: [T; 2],
) -> Html {
    let button = |i: usize| {
        let (setter, value) = (state.setter(), values[i]);
        let onclick = Callback::from(move |_: MouseEvent| setter.set(Some(value)));
        let pressed = (present == value).to_string();
        html! { <button class="btn" type="button" aria-pressed={pressed} {onclick}>{ titles[i] }</button> }
    };
    html! {
        <div class="plots-choice" role="group" aria-label={name}>
            <span aria-hidden="true">{ name }</span>
            { button(0) }{ button(1) }
        </div>
    }
}

/// How far the run is known, in 32nds of its requests. The plots are made again with each.
fn known(run: &Run) -> u32 {
    if run.is_finished() {
        u32::MAX
    } else {
        let all = u64::from(run.scenario().workload.len().max(1));
        (u64::from(run.known_requests()) * 32 / all) as u32
    }
}

/// The metrics at some steps, in order; equal to itself only.
#[derive(Clone)]
struct Samples(Rc<Vec<Sample>>);

impl PartialEq for Samples {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The metrics at a few dozen steps of the run. A short run's are there at once; a long one's are taken in
/// slices, because each may mean executing a part of the run again.
#[hook]
fn use_samples(run: &Rc<Run>, known: u32) -> Samples {
    let first = use_memo((run.clone(), known), |(run, _)| {
        let mut sampling = Sampling::new(run);
        slice(&mut || sampling.piece(run));
        sampling
    });
    let later = use_state(|| None::<(Rc<Sampling>, Samples)>);
    let (begun, setter) = (first.clone(), later.setter());
    use_slices((run.clone(), known), move |(run, _)| {
        let (run, mut sampling) = (run.clone(), Sampling::clone(&begun));
        move || {
            let next = sampling.piece(&run);
            if sampling.left.is_empty() && !begun.left.is_empty() {
                setter.set(Some((begun.clone(), sampling.found.clone())));
            }
            next
        }
    });
    match &*later {
        Some((of, found)) if Rc::ptr_eq(of, &first) => found.clone(),
        _ => first.found.clone(),
    }
}

/// The samples taken, and the steps still to be sampled, the next one last.
#[derive(Clone)]
struct Sampling {
    left: Vec<u32>,
    found: Samples,
}

impl Sampling {
    fn new(run: &Run) -> Self {
        // The end comes first: it tells how high the plots are, and which are worth drawing.
        let mut left = sampled_steps(run.known_steps());
        left.dedup();
        left.rotate_right(1);
        left.reverse();
        Sampling {
            left,
            found: Samples(Rc::default()),
        }
    }

    fn piece(&mut self, run: &Run) -> Next {
        if let Some(step) = self.left.pop() {
            let found = sample(run, step);
            let all = Rc::make_mut(&mut self.found.0);
            let place = all.partition_point(|other| other.at() < found.at());
            all.insert(place, found);
        }
        if self.left.is_empty() {
            Next::Nothing
        } else {
            Next::Piece
        }
    }
}
