//! Where people schedule: a button for each client, whose next instruction it lets the application
//! execute.

use super::dock::send;
use super::state::ViewState;
use crate::scenario::{ScenarioInput, WorkloadInput};
use crate::session::Session;
use crate::timeline::Command;
use std::rc::Rc;
use yew::prelude::*;

/// Whose requests.
#[derive(Properties, PartialEq)]
pub struct MovesProps {
    /// The session that is moved.
    pub session: Session,
    /// Hears what is refused.
    pub view: UseReducerDispatcher<ViewState>,
    /// The scenario.
    pub input: Rc<ScenarioInput>,
}

/// The buttons; nothing where time decides.
#[function_component(Moves)]
pub fn moves(props: &MovesProps) -> Html {
    if props.input.schedule.is_none() {
        return html! {};
    }
    let mut clients: Vec<u32> = match &props.input.workload {
        WorkloadInput::Script(script) => script.iter().map(|request| request.client).collect(),
        WorkloadInput::Generated(settings) => (1..=settings.clients).collect(),
    };
    clients.sort_unstable();
    clients.dedup();
    html! {
        <div class="moves" role="group" aria-label="Whose turn it is">
            { for clients.into_iter().map(|client| {
                let (session, view) = (props.session.clone(), props.view.clone());
                let onclick = Callback::from(move |_: MouseEvent| {
                    send(&session, &view, Command::Move { client });
                });
                html! { <button class="btn" type="button" {onclick}>{ format!("Client {client}") }<span class="more">{ ": next instruction" }</span></button> }
            }) }
        </div>
    }
}
