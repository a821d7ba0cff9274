//! The miss-ratio curves of the open trace: what each chosen policy misses as the capacity grows, and
//! Bélády's bound, below which none can be that stores what it misses.

use super::super::PanelProps;
use super::files;
use crate::session::Edit;
use crate::view::context::{Page, use_page};
use crate::view::dialogs::export::{SVG, file_name};
use crate::view::numbers::plot::{Axis, Chart, Line, Look, Point, Quantity, Scale, Shape, Table};
use crate::view::shell::drop_down::DropDown;
use crate::view::shell::format::letter;
use cache::{CAPACITY_MAX, PolicyKind};
use std::rc::Rc;
use web_sys::Element;
use worker::{CurvesFound, MissPoint};
use yew::prelude::*;

/// The name of Belady's algorithm.
const BELADY: &str = "belady";
/// The name of LRU, whose exact curve at all capacities is drawn in place of the engine's.
const LRU: &str = "lru";
/// Finds the initial curves unasked up to this many requests.
const UNASKED_MAX: u64 = 300_000;

/// The curves with what is chosen for them; nothing without a trace.
#[function_component(CurvesView)]
pub fn curves_view(props: &PanelProps) -> Html {
    let page = use_page();
    let chosen = use_state_eq(at_first);
    let (log, as_table, lane) = (
        use_state_eq(|| true),
        use_state_eq(|| false),
        use_state_eq(|| 0),
    );
    let cursor = use_state_eq(|| None);
    let plot = use_node_ref();
    let open = props.snapshot.trace.as_ref();
    let requests = open.map_or(0, |open| open.summary.requests);
    let find = {
        let (session, chosen) = (page.session.clone(), chosen.clone());
        Callback::from(move |()| {
            let names = chosen.iter().map(|policy| policy.name());
            session.find_curves(
                [BELADY]
                    .into_iter()
                    .chain(names)
                    .map(str::to_owned)
                    .collect(),
            );
        })
    };
    use_effect_with(open.map(|open| open.summary.clone()), {
        let (find, asked) = (find.clone(), open.is_some_and(|open| open.curves.is_some()));
        move |summary| {
            if !asked
                && summary
                    .as_ref()
                    .is_some_and(|of| of.requests <= UNASKED_MAX)
            {
                find.emit(());
            }
        }
    });
    let found = open.and_then(|open| open.curves.clone());
    let lines = use_memo((found.clone(), requests), |(found, _)| {
        found
            .as_ref()
            .map_or_else(|| Rc::from([]), |found| lines(found))
    });
    let Some(open) = open else {
        return html! {};
    };
    let lanes = props.snapshot.frame.lanes.len();
    let lane_of_click = (*lane).min(lanes - 1);
    let marks = marks(props);
    let most = lines
        .iter()
        .filter_map(|line| Some(line.points.last()?.x))
        .max()
        .unwrap_or(1);
    let scale = if *log {
        Scale::log(1, most)
    } else {
        Scale::linear(most)
    };
    let x = Axis::new("Capacity in entries", Quantity::Count, scale);
    let y = Axis::new("Misses", Quantity::Of(requests), Scale::linear(requests));
    let on_pick = {
        let page = page.clone();
        Callback::from(move |capacity: u64| {
            let capacity = capacity.clamp(1, CAPACITY_MAX.into());
            page.edit(&Edit::Capacity(lane_of_click, capacity));
        })
    };
    let on_cursor = {
        let cursor = cursor.setter();
        Callback::from(move |at| cursor.set(at))
    };
    let now = marks.get(lane_of_click).map(|(at, _)| *at);
    let save = |kind: &'static str| {
        let (name, plot) = (open.summary.name.clone(), plot.clone());
        let (found, lines, axes) = (found.clone(), (*lines).clone(), (x.clone(), y.clone()));
        page.on_press(move |page| {
            let title = format!("{name} miss ratio curves");
            let text = match (kind, &found, plot.cast::<Element>()) {
                ("csv", Some(found), _) => Some(files::csv(found, requests)),
                ("svg", _, Some(plot)) => Some(files::svg(&title, &axes.0, &axes.1, &lines, &plot)),
                _ => None,
            };
            let mime = if kind == "svg" { SVG } else { "text/csv" };
            if let Some(text) = text {
                page.save(&file_name(&title, kind), mime, &text);
            }
        })
    };
    let name = "Miss ratio by capacity";
    html! {
        <section class="curves" aria-label="Miss-ratio curves">
            <Choice chosen={(*chosen).clone()} on_choose={{
                let setter = chosen.setter();
                Callback::from(move |policies| setter.set(policies))
            }} />
            <div class="curves-bar">
                <button class="btn" type="button" onclick={find.reform(|_: MouseEvent| ())}>{ if found.is_some() { "Find these curves" } else { "Find the curves" } }</button>
                <div class="curves-progress">{ progress(&page, open.finding, found.as_deref()) }</div>
            </div>
            <div>
            if found.is_some() {
                <div class="curves-bar">
                    { toggle("Logarithmic capacity", &log) }
                    { toggle("As a table", &as_table) }
                    { finer(&page, open.finding, found.as_deref()) }
                    <button class="btn" type="button" onclick={save("csv")}>{ "Save as CSV" }</button>
                    <button class="btn" type="button" onclick={save("svg")}>{ "Save as SVG" }</button>
                    <label class="curves-lane">{ "click the plot to set the capacity of lane" }
                        <DropDown label="Lane whose capacity a click on the plot sets" chosen={lane_of_click}
                            options={(0..lanes).map(|lane| AttrValue::from(letter(lane).to_string())).collect::<Vec<_>>()}
                            on_choose={{ let setter = lane.setter(); Callback::from(move |lane| setter.set(lane)) }} />
                    </label>
                </div>
                if *as_table {
                    <Table {name} x={x.clone()} y={y.clone()} lines={asked_for(found.as_deref())} />
                } else {
                    <div ref={plot}>
                        <Chart {name} of={format!("misses of {} requests, treating every request as a read and storing every miss", crate::view::shell::format::grouped(requests))}
                            about="Every read and every write is a request; what is missed is stored; nothing expires. Bélády knows the future: no policy that stores its misses can do better."
                            {x} {y} lines={(*lines).clone()} large=true {now} cursor={*cursor} {on_cursor} {on_pick} {marks} />
                    </div>
                }
            }
            </div>
        </section>
    }
}

/// The button that finds the curves at the capacities in between.
fn finer(page: &Page, finding: bool, found: Option<&CurvesFound>) -> Html {
    let more = found.map_or(0, |found| found.between().len());
    let session = page.session.clone();
    let there = more > 0 && !finding;
    let onclick = Callback::from(move |_: MouseEvent| session.refine_curves());
    html! {
        <button class="btn" type="button" aria-disabled={(!there).then_some("true")} title="Counts the same curves at the capacities in between"
            {onclick}>{ "More capacities" }</button>
    }
}

/// The lanes' capacities with their letters, as marks of the axis.
fn marks(props: &PanelProps) -> Rc<[(u64, AttrValue)]> {
    let lanes = props.snapshot.frame.lanes.iter().enumerate();
    let mut marks: Vec<(u64, String)> = Vec::new();
    for (lane, frame) in lanes {
        let (at, letter) = (u64::from(frame.cache.capacity), letter(lane));
        match marks.iter_mut().find(|(other, _)| *other == at && at > 0) {
            Some((_, letters)) => letters.push(letter),
            None => marks.push((at, letter.to_string())),
        }
    }
    marks
        .into_iter()
        .map(|(at, letters)| (at, letters.into()))
        .collect()
}

fn progress(page: &Page, finding: bool, found: Option<&CurvesFound>) -> Html {
    if !finding {
        return html! {};
    }
    let per_mille = found.map_or(0, |found| found.per_mille);
    let session = page.session.clone();
    let stop = Callback::from(move |_: MouseEvent| session.stop_curves());
    html! {
        <>
            <progress aria-label="Finding the curves" max="1000" value={per_mille.to_string()}></progress>
            <button class="btn" type="button" onclick={stop}>{ "Stop" }</button>
        </>
    }
}

fn toggle(name: &'static str, state: &UseStateHandle<bool>) -> Html {
    let (setter, on) = (state.setter(), **state);
    let onclick = Callback::from(move |_: MouseEvent| setter.set(!on));
    html! { <button class="btn" type="button" aria-pressed={on.to_string()} {onclick}>{ name }</button> }
}

/// The policies whose curves are chosen at first.
fn at_first() -> Vec<PolicyKind> {
    let all = PolicyKind::ALL.into_iter();
    all.filter(|policy| policy.about().curve_at_first).collect()
}

#[derive(Properties, PartialEq)]
struct ChoiceProps {
    chosen: Vec<PolicyKind>,
    on_choose: Callback<Vec<PolicyKind>>,
}

#[function_component(Choice)]
fn choice(props: &ChoiceProps) -> Html {
    let flip = |policy: PolicyKind| {
        let (chosen, on_choose) = (props.chosen.clone(), props.on_choose.clone());
        Callback::from(move |_: Event| {
            let on = |of: &PolicyKind| chosen.contains(of) != (*of == policy);
            on_choose.emit(PolicyKind::ALL.into_iter().filter(on).collect());
        })
    };
    let all = props
        .on_choose
        .reform(|_: MouseEvent| PolicyKind::ALL.to_vec());
    let first = props.on_choose.reform(|_: MouseEvent| at_first());
    html! {
        <fieldset class="curves-choice">
            <legend>{ "Curves of" }</legend>
            { for PolicyKind::ALL.into_iter().map(|policy| html! {
                <label><input type="checkbox" checked={props.chosen.contains(&policy)} onchange={flip(policy)} />{ policy.title() }</label>
            }) }
            <button class="link" type="button" onclick={all}>{ "all" }</button>
            <button class="link" type="button" onclick={first}>{ "a few" }</button>
        </fieldset>
    }
}

/// The curves as lines: Bélády first, as what the others are measured against, then the policies. LRU is
/// drawn at as many capacities as can be told apart, because all of them are known.
fn lines(found: &CurvesFound) -> Rc<[Line]> {
    let groups = found.points.chunk_by(|a, b| a.of == b.of);
    let of_policies = groups.map(|points| {
        let exact = found
            .lru
            .iter()
            .map(|&(capacity, misses)| (capacity, misses));
        if points[0].of == LRU && !found.lru.is_empty() {
            (LRU, exact.collect())
        } else {
            (points[0].of.as_str(), pairs(points))
        }
    });
    let shown = of_policies
        .enumerate()
        .map(|(i, (of, points))| line(i, of, &points));
    shown.collect()
}

/// The curves at the capacities that were asked for only, for the table.
fn asked_for(found: Option<&CurvesFound>) -> Rc<[Line]> {
    let groups = found
        .map_or(&[][..], |found| &found.points)
        .chunk_by(|a, b| a.of == b.of);
    let shown = groups
        .enumerate()
        .map(|(i, points)| line(i, &points[0].of, &pairs(points)));
    shown.collect()
}

fn pairs(points: &[MissPoint]) -> Vec<(u32, u64)> {
    points
        .iter()
        .map(|point| (point.capacity, point.misses))
        .collect()
}

fn line(place: usize, of: &str, points: &[(u32, u64)]) -> Line {
    let title = PolicyKind::from_name(of).map_or("Bélády", PolicyKind::title);
    let point = |&(capacity, misses): &(u32, u64)| Point {
        x: capacity.into(),
        y: Some(misses),
    };
    Line {
        name: title.into(),
        full_name: title.into(),
        look: if of == BELADY {
            Look::BASE
        } else {
            Look::of(place - 1)
        },
        shape: Shape::Straight,
        points: points.iter().map(point).collect(),
    }
}
