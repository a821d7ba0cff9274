//! The view's own state: what is shown of the session, and how.

use crate::session::Snapshot;
use crate::view::panels::{Panel, TWO_FROM, follow};
use crate::view::shell::address::{self, Start};
use crate::view::shell::lab::LabHandle;
use crate::view::stage::animated_time::AnimatedTime;
use crate::view::timeline::Window;
use cache::units::Micros;
use scenario::link;
use std::rc::Rc;
use timeline::{Frame, Pace, Playing, ReadingPace, Unit};
use yew::{AttrValue, Reducible};

/// How long the picture glides from one step to the next when a person steps, in milliseconds.
const STEP_GLIDE_MS: f64 = 260.0;

/// The paces on offer: at reading pace, and then in proportion to simulated time.
pub const PACES: [(&str, Pace); 12] = [
    ("slow reading pace", Pace::Reading(ReadingPace::Slow)),
    ("reading pace", Pace::Reading(ReadingPace::Normal)),
    ("fast reading pace", Pace::Reading(ReadingPace::Fast)),
    ("1 ms lasts 5 s", Pace::Proportional(0.000_2)),
    ("1 ms lasts 1 s", Pace::Proportional(0.001)),
    ("1 ms lasts 250 ms", Pace::Proportional(0.004)),
    ("1 ms lasts 50 ms", Pace::Proportional(0.02)),
    ("1 ms lasts 10 ms", Pace::Proportional(0.1)),
    ("1 ms lasts 1 ms", Pace::Proportional(1.0)),
    ("1 ms lasts 100 µs", Pace::Proportional(10.0)),
    ("1 ms lasts 10 µs", Pace::Proportional(100.0)),
    ("1 ms lasts 1 µs", Pace::Proportional(1000.0)),
];
/// The pace at first: an index into [`PACES`].
const FIRST_PACE: usize = 1;

/// The colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    /// The system's.
    Auto,
    /// Dark ink on light ground.
    Light,
    /// Light ink on dark ground.
    Dark,
}

impl Theme {
    /// The theme that the theme button chooses next.
    pub fn next(self) -> Theme {
        match self {
            Theme::Auto => Theme::Dark,
            Theme::Dark => Theme::Light,
            Theme::Light => Theme::Auto,
        }
    }
}

/// A key or request that is followed through time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Follow {
    /// Everything that happens to a key.
    Key(Rc<str>),
    /// One request, by its number from 1.
    Request(u32),
}

/// A notice above the lanes.
#[derive(Clone)]
pub enum Notice {
    /// Something was refused: what, and why.
    Refused(String, String),
    /// A file could not be read to its end: what, why, how many requests precede that place, and the lab that
    /// has them.
    Partial(String, String, u64, Rc<LabHandle>),
}

impl PartialEq for Notice {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Notice::Refused(a, b), Notice::Refused(c, d)) => (a, b) == (c, d),
            (Notice::Partial(.., a), Notice::Partial(.., b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// The progress of reading a file.
#[derive(Clone)]
pub struct Reading {
    /// The file's name.
    pub name: String,
    /// How many bytes have been read.
    pub bytes: f64,
    /// The file's size in bytes.
    pub of: f64,
    /// How many requests have been read.
    pub requests: u64,
    /// The lab that reads it; dropping it ends the reading.
    pub lab: Rc<LabHandle>,
}

impl PartialEq for Reading {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.lab, &other.lab)
            && (self.bytes, self.requests) == (other.bytes, other.requests)
    }
}

/// A span of simulated time that the picture passes through.
#[derive(Clone, PartialEq, Debug)]
pub struct Glide {
    /// Its number, which tells one glide from the next.
    pub id: u32,
    /// Where it begins.
    pub from: Micros,
    /// Where it ends; earlier than `from` when stepping back.
    pub to: Micros,
    /// How long the picture rests before, in milliseconds.
    pub hold_ms: f64,
    /// How long it takes on the wall, in milliseconds.
    pub ms: f64,
    /// The frame before, whose messages still have to arrive.
    pub before: Option<Rc<Frame>>,
}

/// The state.
#[derive(Clone, PartialEq)]
pub struct ViewState {
    /// What the session shows.
    pub snapshot: Snapshot,
    /// The instant of the picture: the frame's, or one on the way to it.
    pub now: AnimatedTime,
    /// The glide under way.
    pub glide: Option<Glide>,
    /// Whether things move at all.
    pub motion: bool,
    /// What the Step button steps by.
    pub unit: Unit,
    /// The pace to play at: an index into [`PACES`].
    pub pace: usize,
    /// The file that is being read.
    pub reading: Option<Reading>,
    /// The notice.
    pub notice: Option<Notice>,
    /// What a change made different: shown in place of what happened, until the next step.
    pub told: Option<AttrValue>,
    /// Whether the sheet of keys is open.
    pub help: bool,
    /// The only lane shown on a narrow screen; `None` for all.
    pub solo: Option<usize>,
    /// The colours.
    pub theme: Theme,
    /// The part of the run that the timeline shows; `None` for all of it.
    pub zoom: Option<Window>,
    /// The key or request that is followed.
    pub follow: Option<Follow>,
    /// The open panels, the one opened last first.
    pub panels: Vec<Panel>,
    /// The page's width, in CSS pixels. Asking the document while drawing would lay it out again each time.
    pub page: u32,
    /// The size of text, in CSS pixels.
    pub text: f64,
    /// Whether the page is shown on a projector.
    pub present: bool,
    /// Whether the screen is empty for a while.
    pub blank: bool,
    /// How many panels have room side by side.
    pub room: usize,
    /// The state as a link's fragment; `None` before it is first made, or if it is too large.
    pub link: Option<AttrValue>,
    /// Whether the sheet that shares the state is open.
    pub sharing: bool,
    /// Whether the browser is about to print.
    pub printing: bool,
    glides: u32,
}

/// What changes it.
pub enum Action {
    /// The session has changed.
    Snapshot(Snapshot),
    /// The picture has arrived.
    Arrived,
    /// Things move, or don't.
    Motion(bool),
    /// Step by another unit.
    Unit(Unit),
    /// Play at another pace.
    Pace(usize),
    /// A file is being read, or none any more.
    Reading(Option<Reading>),
    /// Show or clear a notice.
    Notice(Option<Notice>),
    /// Say what a change made different.
    Told(AttrValue),
    /// Open or close the sheet of keys.
    Help(bool),
    /// Put one lane on the screen, or all.
    Solo(Option<usize>),
    /// Use other colours.
    Theme(Theme),
    /// Show a part of the run on the timeline, or all of it.
    Zoom(Option<Window>),
    /// Follow something, and open its panel; or stop following.
    Follow(Option<Follow>),
    /// Open a panel.
    Open(Panel),
    /// Open a panel, or close it if it is shown.
    Toggle(Panel),
    /// The page's width or the size of its text has changed.
    Page(u32, f64),
    /// Show the page on a projector, or as usual.
    Present(bool),
    /// Empty the screen for a while, or show the page again.
    Blank(bool),
    /// Open just these panels.
    Panels(Vec<Panel>),
    /// The state is this in a link, or too large for one.
    Link(Option<AttrValue>),
    /// Open or close the sheet that shares the state.
    Sharing(bool),
    /// The browser is about to print, or has printed.
    Printing(bool),
}

impl ViewState {
    /// The view of a session at rest.
    pub fn new(snapshot: Snapshot, start: &Start) -> Self {
        let Start { query, screen, .. } = start;
        let theme = match query.dark {
            None => screen.theme,
            Some(false) => Theme::Light,
            Some(true) => Theme::Dark,
        };
        ViewState {
            now: AnimatedTime::new(snapshot.frame.at_us),
            snapshot,
            glide: None,
            motion: !screen.still && !query.still,
            unit: Unit::Event,
            pace: FIRST_PACE,
            reading: None,
            notice: address::notice(&start.warnings),
            told: None,
            help: false,
            // One lane at a time keeps the transport near, with a line for each of the others.
            solo: Some(0),
            theme,
            zoom: None,
            follow: None,
            panels: start.panel.into_iter().collect(),
            page: screen.width,
            text: screen.text,
            present: query.present,
            blank: false,
            room: room_of(screen.width),
            link: None,
            sharing: false,
            printing: false,
            glides: 0,
        }
    }

    fn show(&mut self, snapshot: Snapshot) {
        let before = std::mem::replace(&mut self.snapshot, snapshot);
        let same_run = Rc::ptr_eq(&before.run, &self.snapshot.run);
        let steps_apart = before.frame.step.abs_diff(self.snapshot.frame.step);
        let at = self.snapshot.frame.at_us;
        let was_at = self.now.at();
        self.glide = None;
        self.solo = self
            .solo
            .filter(|&lane| lane < self.snapshot.frame.lanes.len());
        // Pausing in the middle of a step, and playing on, keep the picture's instant.
        let mut now = if same_run && steps_apart == 0 {
            was_at
        } else {
            at
        };
        let last = self.snapshot.run.known_steps();
        if let Some(zoom) = self.zoom
            && (!same_run || steps_apart > 0)
        {
            // The window follows the playhead, as far as the run goes.
            self.zoom = Some(zoom.showing(self.snapshot.frame.step, last));
        }
        if let Some(Playing { next, beat, .. }) = self.snapshot.playing {
            if next <= self.snapshot.frame.step {
                // The end of a loop is shown for a while before it begins again.
                now = at;
            }
            let next = self.snapshot.run.step_at(next).max(now);
            // Who presses Play has read what is shown.
            let hold_ms = if same_run && steps_apart == 0 {
                0.0
            } else {
                beat.hold_ms
            };
            let left = next.since(now).0 as f64 / next.since(at).0.max(1) as f64;
            self.begin_glide((now, next), hold_ms, beat.move_ms * left.min(1.0), None);
        } else if self.motion && same_run && steps_apart == 1 {
            now = was_at;
            self.begin_glide((was_at, at), 0.0, STEP_GLIDE_MS, Some(before.frame));
        }
        self.now.move_to(now);
    }

    /// The link to what is shown now; `None` if it is too large.
    pub fn link_to_here(&self) -> Option<AttrValue> {
        let panel = self.panels.first().map(|panel| panel.name);
        let Snapshot { run, frame, .. } = &self.snapshot;
        link::encode(&run.scenario().input, frame.step, panel).map(AttrValue::from)
    }

    fn lay_out(&mut self, page: u32, text: f64) {
        self.page = page;
        self.text = text;
        self.room = room_of(page);
    }

    fn open(&mut self, panel: Panel) {
        self.panels.retain(|&open| open != panel);
        self.panels.insert(0, panel);
    }

    fn begin_glide(
        &mut self,
        (from, to): (Micros, Micros),
        hold_ms: f64,
        ms: f64,
        before: Option<Rc<Frame>>,
    ) {
        self.glides += 1;
        self.glide = Some(Glide {
            id: self.glides,
            from,
            to,
            hold_ms,
            ms,
            before,
        });
    }

    /// Switches movement on or off, for the rest of a glide as well.
    fn set_motion(&mut self, motion: bool) {
        self.motion = motion;
        if let Some(glide) = self.glide.take() {
            let whole = glide.from.0.abs_diff(glide.to.0).max(1) as f64;
            let now = self.now.at();
            let left = now.0.abs_diff(glide.to.0) as f64 / whole;
            self.begin_glide((now, glide.to), 0.0, glide.ms * left, glide.before);
        }
    }
}

fn room_of(page: u32) -> usize {
    if page >= TWO_FROM { 2 } else { 1 }
}

impl Reducible for ViewState {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = Self::clone(&self);
        match action {
            // Only the trace's results changed, so the message stays.
            Action::Snapshot(snapshot)
                if Rc::ptr_eq(&next.snapshot.frame, &snapshot.frame)
                    && snapshot.playing == next.snapshot.playing =>
            {
                next.snapshot = snapshot;
            }
            Action::Snapshot(snapshot) => {
                // A change that succeeded clears what was refused before.
                if !Rc::ptr_eq(&next.snapshot.run, &snapshot.run) {
                    next.notice = None;
                }
                next.told = None;
                next.show(snapshot);
            }
            Action::Arrived => {
                next.now.move_to(next.snapshot.frame.at_us);
                next.glide = None;
            }
            Action::Motion(motion) => next.set_motion(motion),
            Action::Unit(unit) => next.unit = unit,
            Action::Pace(pace) => next.pace = pace,
            Action::Reading(reading) => next.reading = reading,
            Action::Notice(notice) => next.notice = notice,
            Action::Told(told) => next.told = Some(told),
            Action::Help(help) => next.help = help,
            Action::Solo(solo) => next.solo = solo,
            Action::Theme(theme) => next.theme = theme,
            Action::Zoom(zoom) => next.zoom = zoom,
            Action::Follow(follow) => {
                let shown = next.panels.iter().take(next.room);
                if follow.is_some() && shown.into_iter().all(|&open| open != follow::PANEL) {
                    next.open(follow::PANEL);
                }
                next.follow = follow;
            }
            Action::Open(panel) => next.open(panel),
            Action::Toggle(panel) => {
                // A panel that has no room is not kept: closing one would open another.
                next.panels.truncate(next.room);
                if next.panels.contains(&panel) {
                    next.panels.retain(|&open| open != panel)
                } else {
                    next.open(panel)
                }
                next.panels.truncate(next.room);
            }
            Action::Page(width, text) => next.lay_out(width, text),
            Action::Present(present) => {
                next.present = present;
                next.blank = false;
            }
            Action::Blank(blank) => next.blank = blank,
            Action::Panels(panels) => next.panels = panels,
            Action::Link(link) => next.link = link,
            Action::Sharing(sharing) => {
                if sharing {
                    next.link = next.link_to_here();
                }
                next.sharing = sharing;
            }
            Action::Printing(printing) => next.printing = printing,
        }
        // The same allocation tells Yew that there is nothing to draw.
        if next == *self { self } else { Rc::new(next) }
    }
}
