//! What the page can be asked to do, whoever asks: a button, a key, a dropped file.

use crate::session::Edit;
use crate::view::context::Page;
use crate::view::dialogs::export::download;
use crate::view::shell::lab::LabHandle;
use crate::view::state::{Action, Notice, PACES, Reading};
use crate::view::timeline::none_further;
use scenario::field::in_words;
use std::rc::Rc;
use timeline::{Command, Unit};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlElement};
use worker::Answer;
use yew::prelude::*;

/// The largest file that is read, in bytes: with its keys a larger one would not fit in a tab's memory.
const FILE_BYTES_MAX: f64 = 200_000_000.0;
/// The id of the file input.
pub const FILE_INPUT: &str = "trace-file";
/// The id of the button that opens it.
pub const FILE_BUTTON: &str = "open-trace";

impl Page {
    /// A listener that acts on the page when a button is pressed.
    pub fn on_press(&self, act: impl Fn(&Page) + 'static) -> Callback<MouseEvent> {
        let page = self.clone();
        Callback::from(move |_| act(&page))
    }

    /// Carries out a command whose values are in range by the way it was made.
    pub fn carry_out(&self, command: Command) {
        let done = self.session.command(command);
        debug_assert!(done.is_ok());
    }

    /// Carries out a command, or says why it is refused.
    pub fn send(&self, command: Command) {
        if let Err(invalid) = self.session.command(command) {
            self.refuse(invalid.message);
        }
    }

    /// Goes to a step of the run.
    pub fn go_to(&self, step: u32) {
        self.carry_out(Command::Seek { step });
    }

    /// Steps by one unit, or says that there is no further one.
    pub fn step(&self, forward: bool, unit: Unit) {
        let before = self.session.snapshot().frame.step;
        let by = if forward { 1 } else { -1 };
        self.carry_out(Command::Step { by, unit });
        let snapshot = self.session.snapshot();
        if snapshot.frame.step == before {
            self.tell(none_further(&snapshot, forward, unit));
        }
    }

    /// Chooses another of [`PACES`], which takes effect at once while playing.
    pub fn set_pace(&self, place: usize) {
        self.view.dispatch(Action::Pace(place));
        if self.session.snapshot().playing.is_some() {
            self.play(place);
        }
    }

    /// Plays at one of [`PACES`].
    pub fn play(&self, place: usize) {
        let (_, pace) = PACES[place];
        self.carry_out(Command::Play { pace });
    }

    /// Goes to another of the runs that are kept.
    pub fn switch_to(&self, run: u32) {
        let gone = self.session.switch_to(run);
        debug_assert!(gone.is_ok());
    }

    /// Edits the scenario and says what is different, or why it is refused.
    pub fn edit(&self, edit: &Edit) {
        match self.session.edit(edit) {
            Ok(()) => {
                self.tell(edit.sentence());
                self.view.dispatch(Action::Notice(None));
            }
            Err(invalid) => self.refuse(in_words(&invalid)),
        }
    }

    /// Undoes or redoes the last change, and says what is different.
    pub fn undo(&self, redo: bool) {
        if let Some(told) = self.session.undo(redo) {
            self.tell(told);
        }
    }

    /// Says what is different, where the sentences of the step stand otherwise.
    pub fn tell(&self, told: String) {
        self.view.dispatch(Action::Told(told.into()));
    }

    /// Says why nothing was done.
    pub fn refuse(&self, why: String) {
        let what = "Nothing was changed.".to_owned();
        self.view
            .dispatch(Action::Notice(Some(Notice::Refused(what, why))));
    }

    /// Hands a text to the person as a file, or says why it may not have been saved.
    pub fn save(&self, name: &str, mime: &str, text: &str) {
        let failed = download(name, mime, text).err().map(|why| {
            let what = "The file may not have been saved.".to_owned();
            Notice::Refused(what, why.to_owned())
        });
        self.view.dispatch(Action::Notice(failed));
    }

    /// Shows a notice, or none, and ends the reading of a file. If the focus is on a button of the present
    /// notice, it moves to the button that opens a trace: otherwise it would be lost.
    pub fn notice(&self, notice: Option<Notice>) {
        let document = gloo::utils::document();
        let focused = document.active_element();
        let in_notice =
            focused.is_some_and(|element| matches!(element.closest(".notices"), Ok(Some(_))));
        if in_notice && let Some(button) = element(FILE_BUTTON) {
            button.focus().ok();
        }
        self.view.dispatch(Action::Reading(None));
        self.view.dispatch(Action::Notice(notice));
    }

    /// Reads a file and opens it as a trace. Nothing changes until all of it has been read.
    pub fn open_file(&self, file: &File) {
        let (name, of) = (file.name(), file.size());
        let refused = format!("{name} was not opened. What you had is still here.");
        if of > FILE_BYTES_MAX {
            let mb = of as u64 / 1_000_000;
            let why = format!("A trace file can have at most 200 MB; this one has {mb} MB.");
            let notice = Notice::Refused(refused, why);
            return self.view.dispatch(Action::Notice(Some(notice)));
        }
        let seed = self.session.snapshot().run.scenario().input.seed.clone();
        let reading = move |lab: &Rc<LabHandle>, bytes, requests| {
            Action::Reading(Some(Reading {
                name: name.clone(),
                bytes,
                of,
                requests,
                lab: lab.clone(),
            }))
        };
        let (page, progress) = (self.clone(), reading.clone());
        let lab = LabHandle::open(file, &seed, move |lab, answer| match answer {
            Answer::Progress { bytes, requests } => {
                page.view.dispatch(progress(lab, bytes as f64, requests));
            }
            Answer::Opened(opened) => {
                let opened = page.session.open_trace(*opened, lab.clone());
                let refused = |why| Notice::Refused(refused.clone(), why);
                page.notice(opened.err().map(|invalid| refused(invalid.message)));
            }
            Answer::Refused { why, requests } => page.notice(Some(match requests {
                0 => Notice::Refused(refused.clone(), why),
                _ => Notice::Partial(refused.clone(), why, requests, lab.clone()),
            })),
            Answer::Counted { number, replays } => page.session.counted(number, replays),
            Answer::Curves(found) => page.session.curves_found(found),
        });
        self.view.dispatch(Action::Notice(None));
        self.view.dispatch(reading(&lab, 0.0, 0));
    }
}

/// Opens the browser's file chooser.
pub fn choose_file() {
    if let Some(input) = element(FILE_INPUT) {
        input.click();
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    let element = gloo::utils::document().get_element_by_id(id)?;
    element.dyn_into().ok()
}
