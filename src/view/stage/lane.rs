//! One lane: its settings, its stage, the pseudocode and the request's time.

use crate::view::context::use_page;
use crate::view::shell::format::letter;
use crate::view::stage::act_menu::{ActMenu, Press};
use crate::view::stage::code::Code;
use crate::view::stage::controls::Controls;
use crate::view::stage::picture::Picture;
use crate::view::stage::request::RequestPanel;
use crate::view::stage::time_scale::TimeScale;
use crate::view::state::Follow;
use scenario::WorkloadInput;
use sim::{EventKind, Fault, LaneSetup};
use std::rc::Rc;
use timeline::{Frame, PhaseFrame, Run};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct LaneProps {
    /// Which lane, from 0.
    pub lane: usize,
    pub setup: Rc<LaneSetup>,
    /// The frame at the playhead.
    pub frame: Rc<Frame>,
    /// The frame left behind, while the picture is on the way from it.
    pub before: Option<Rc<Frame>>,
    /// The width of the stage, in CSS pixels.
    pub width: u32,
    pub follow: Option<Follow>,
}

/// A lane.
#[function_component(Lane)]
pub fn lane(props: &LaneProps) -> Html {
    let page = use_page();
    let lane = &props.frame.lanes[props.lane];
    let run = page.session.snapshot().run;
    let clients = use_memo(run.scenario().input.clone(), |input| {
        clients(&input.workload)
    });
    let emptied = use_memo((props.frame.clone(), props.lane), {
        let run = run.clone();
        move |(frame, lane)| emptied(&run, frame.step, *lane)
    });
    let press = use_state(|| None::<Rc<Press>>);
    let on_press = {
        let press = press.setter();
        use_callback(page.clone(), move |pressed: Press, page| {
            page.hold_still();
            press.set(Some(Rc::new(pressed)));
        })
    };
    let on_close = {
        let press = press.setter();
        use_callback((), move |(), ()| press.set(None))
    };
    let scale = TimeScale::of(&run);
    let request = props.frame.lanes[props.lane].shown_request();
    let read = &props.setup.procedures.read.lines;
    let write = &props.setup.procedures.write.lines;
    html! {
        <section class="lane" aria-label={format!("Lane {}: {}", letter(props.lane), lane.name)}>
            <Controls lane={props.lane}
                lanes={props.frame.lanes.len()} setup={props.setup.clone()} running={lane.cache.policy} />
            <Picture lane={props.lane} setup={props.setup.clone()} frame={props.frame.clone()} before={props.before.clone()}
                now={page.now.clone()} width={props.width} clients={*clients} emptied={*emptied}
                followed={props.follow.clone()} {on_press} />
            <ActMenu lane={props.lane} frame={props.frame.clone()} press={(*press).clone()} {on_close} />
            <div class="under">
                <Code lines={request.map_or(read, |request| request.lines(&props.setup)).clone()}
                    line={request.map_or(0, |request| request.line)}
                    answered={request.is_some_and(|request| request.phase == PhaseFrame::Answered)}
                    room={read.len().max(write.len())} />
                <RequestPanel request={request.cloned()} at={props.frame.at_us} now={page.now.clone()} {scale} />
            </div>
        </section>
    }
}

/// How many clients a workload has.
pub fn clients(workload: &WorkloadInput) -> usize {
    match workload {
        WorkloadInput::Script(requests) => {
            let mut clients: Vec<u32> = Vec::new();
            for request in requests {
                if let Err(gap) = clients.binary_search(&request.client) {
                    clients.insert(gap, request.client);
                }
            }
            clients.len()
        }
        WorkloadInput::Generated(generated) => generated.clients as usize,
    }
}

/// Whether the lane's cache node lost its contents at a step.
pub fn emptied(run: &Run, step: u32, lane: usize) -> bool {
    let lost = |kind: &EventKind| match kind {
        EventKind::Fault { fault, entries, .. } => match fault {
            Fault::RestartCache => true,
            Fault::FailOverCache => *entries == 0,
            _ => false,
        },
        _ => false,
    };
    let events = run.events_at(step);
    let of_lane = |logged: &&timeline::LoggedEvent| usize::from(logged.lane) == lane;
    step > 0
        && events
            .iter()
            .filter(of_lane)
            .any(|logged| lost(&logged.event.kind))
}
