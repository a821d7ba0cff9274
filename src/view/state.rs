//! The view's own state: what is shown of the session, and how.

use super::lab::LabHandle;
use crate::session::Scene;
use crate::timeline::{Frame, Unit};
use crate::units::Micros;
use std::rc::Rc;
use yew::{AttrValue, Reducible};

/// How long the picture takes from one step to the next when a person steps, in milliseconds.
const STEP_GLIDE_MS: f64 = 260.0;

/// How much simulated time a millisecond takes on the wall, as offered: (label, ratio).
pub const SPEEDS: [(&str, f64); 5] = [
    ("5 s", 0.000_2),
    ("1 s", 0.001),
    ("250 ms", 0.004),
    ("50 ms", 0.02),
    ("1 ms", 1.0),
];

/// Which colours are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    /// The system's.
    Auto,
    /// Dark ink on light ground.
    Light,
    /// Light ink on dark ground.
    Dark,
}

/// Something the page has to tell, above the lanes.
#[derive(Clone)]
pub enum Notice {
    /// Something was refused: what, and why.
    Refused(String, String),
    /// A file could not be read to its end: what, why, how many requests there are before that, and who
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

/// How far the reading of a file has come.
#[derive(Clone)]
pub struct Reading {
    /// The file's name.
    pub name: String,
    /// How many bytes have been read.
    pub bytes: f64,
    /// Of how many.
    pub of: f64,
    /// How many requests there are so far.
    pub requests: u64,
    /// Who reads: dropping it ends the reading.
    pub lab: Rc<LabHandle>,
}

impl PartialEq for Reading {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.lab, &other.lab)
            && (self.bytes, self.requests) == (other.bytes, other.requests)
    }
}

/// A stretch of simulated time that the picture passes through.
#[derive(Clone, PartialEq, Debug)]
pub struct Glide {
    /// Tells one glide from the next.
    pub id: u32,
    /// Where it begins.
    pub from: Micros,
    /// Where it ends; earlier than `from` when stepping back.
    pub to: Micros,
    /// How long it takes on the wall, in milliseconds.
    pub ms: f64,
    /// The frame left behind, whose messages still have to arrive.
    pub before: Option<Rc<Frame>>,
}

/// The state.
#[derive(Clone, PartialEq)]
pub struct ViewState {
    /// What the session shows.
    pub scene: Scene,
    /// The instant of the picture: the frame's, or on the way to it.
    pub now: Micros,
    /// The stretch being passed through.
    pub glide: Option<Glide>,
    /// Whether movement is wanted at all.
    pub motion: bool,
    /// What the Step button steps by.
    pub unit: Unit,
    /// The ratio of simulated to real time to play at: an index into [`SPEEDS`].
    pub speed: usize,
    /// The file that is being read.
    pub reading: Option<Reading>,
    /// What there is to tell.
    pub notice: Option<Notice>,
    /// What a change has just made different: told in the place of what happened, until the next step.
    pub told: Option<AttrValue>,
    /// Whether the sheet of keys is open.
    pub help: bool,
    /// The only lane on the screen, where it has no room for several; `None` for all.
    pub solo: Option<usize>,
    /// The colours.
    pub theme: Theme,
    glides: u32,
}

/// What changes it.
pub enum Action {
    /// The session has changed.
    Scene(Scene),
    /// The picture has got to this instant.
    Now(Micros),
    /// It has arrived.
    Arrived,
    /// Movement is or is not wanted.
    Motion(bool),
    /// Step by another unit.
    Unit(Unit),
    /// Play at another speed.
    Speed(usize),
    /// A file is being read, or none any more.
    Reading(Option<Reading>),
    /// Tell something, or nothing any more.
    Notice(Option<Notice>),
    /// Tell what a change has made different.
    Told(AttrValue),
    /// Open or close the sheet of keys.
    Help(bool),
    /// Put one lane on the screen, or all.
    Solo(Option<usize>),
    /// Use other colours.
    Theme(Theme),
}

impl ViewState {
    /// The view of a scene, at rest.
    pub fn new(scene: Scene, motion: bool, theme: Theme) -> Self {
        ViewState {
            now: scene.frame.at_us,
            scene,
            glide: None,
            motion,
            unit: Unit::Event,
            speed: 1,
            reading: None,
            notice: None,
            told: None,
            help: false,
            solo: None,
            theme,
            glides: 0,
        }
    }

    fn show(&mut self, scene: Scene) {
        let before = std::mem::replace(&mut self.scene, scene);
        let same_run = Rc::ptr_eq(&before.run, &self.scene.run);
        let steps_apart = before.frame.step.abs_diff(self.scene.frame.step);
        let at = self.scene.frame.at_us;
        let was_at = self.now;
        self.glide = None;
        self.solo = self
            .solo
            .filter(|&lane| lane < self.scene.frame.lanes.len());
        // Pausing and playing on in the middle of a step goes on where the picture was.
        self.now = match same_run && steps_apart == 0 {
            true => was_at,
            false => at,
        };
        if self.scene.speed.is_some() {
            let next = self.scene.run.step_at(self.scene.frame.step + 1);
            let (now, wait_ms) = (self.now, self.scene.wait_ms);
            let left = next.since(now).0 as f64 / next.since(at).0.max(1) as f64;
            self.begin_glide(now, next, wait_ms * left.min(1.0), None);
        } else if self.motion && same_run && steps_apart == 1 {
            self.now = was_at;
            self.begin_glide(was_at, at, STEP_GLIDE_MS, Some(before.frame));
        }
    }

    fn begin_glide(&mut self, from: Micros, to: Micros, ms: f64, before: Option<Rc<Frame>>) {
        self.glides += 1;
        self.glide = Some(Glide {
            id: self.glides,
            from,
            to,
            ms,
            before,
        });
    }

    /// Movement is or is not wanted from now on: what is left of a glide is passed through that way.
    fn set_motion(&mut self, motion: bool) {
        self.motion = motion;
        if let Some(glide) = self.glide.take() {
            let whole = glide.from.0.abs_diff(glide.to.0).max(1) as f64;
            let left = self.now.0.abs_diff(glide.to.0) as f64 / whole;
            self.begin_glide(self.now, glide.to, glide.ms * left, glide.before);
        }
    }
}

impl Reducible for ViewState {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = Self::clone(&self);
        match action {
            // Only what the open trace comes to has changed: what was told still holds.
            Action::Scene(scene)
                if Rc::ptr_eq(&next.scene.frame, &scene.frame)
                    && scene.speed == next.scene.speed =>
            {
                next.scene = scene;
            }
            Action::Scene(scene) => {
                // A change that was carried out answers whatever was refused before.
                if !Rc::ptr_eq(&next.scene.run, &scene.run) {
                    next.notice = None;
                }
                next.told = None;
                next.show(scene);
            }
            Action::Now(now) => next.now = now,
            Action::Arrived => {
                next.now = next.scene.frame.at_us;
                next.glide = None;
            }
            Action::Motion(motion) => next.set_motion(motion),
            Action::Unit(unit) => next.unit = unit,
            Action::Speed(speed) => next.speed = speed,
            Action::Reading(reading) => next.reading = reading,
            Action::Notice(notice) => next.notice = notice,
            Action::Told(told) => next.told = Some(told),
            Action::Help(help) => next.help = help,
            Action::Solo(solo) => next.solo = solo,
            Action::Theme(theme) => next.theme = theme,
        }
        // The same allocation tells Yew that there is nothing to draw.
        if next == *self { self } else { Rc::new(next) }
    }
}
