//! While playing and while dragging on the timeline, the parts of the page follow the session one after the
//! other, with the animation frames: to draw all of them at once takes a slow processor longer than a frame.
//! How many follow at a time is measured. Everything else that changes the session is drawn whole and at once.

use crate::session::{Scene, Session};
use crate::view::state::{Action, ViewState};
use crate::view::timeline::dock::carry_out;
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::utils::{document_element, window};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use timeline::Command;
use yew::prelude::*;

/// So long an animation frame may take with the parts that follow in it, in milliseconds, before what moves is
/// drawn.
const TURN_MS: f64 = 4.0;
/// … and so long the whole frame, before a part is put off to the next one, in milliseconds.
const FRAME_MS: f64 = 8.0;
/// How much of what a part took at worst counts for the next.
const REMEMBERED: f64 = 0.98;
/// So many parts a lane has.
const A_LANE: usize = 3;
/// The parts besides the lanes.
const OTHERS: usize = 3;

/// What each part of the page shows.
#[derive(Clone, PartialEq)]
pub struct Shown {
    /// The lanes' stages in their order, the caches on them, what stands below them, the numbers, the panels, and what is said: it is
    /// the last to tell of a step, so that whoever reads it finds it everywhere.
    scenes: Vec<Scene>,
    /// The part that is the next to follow.
    next: usize,
    /// How often some have followed.
    turns: u32,
    /// Which parts have followed a drag since all were drawn at once: in them an entry's element may have been
    /// another's before, because nobody sees it glide, and making others takes long.
    passing: Vec<bool>,
}

impl Shown {
    /// The same scene in all of them.
    pub fn all(scene: &Scene) -> Self {
        let parts = A_LANE * scene.frame.lanes.len() + OTHERS;
        Shown {
            scenes: vec![scene.clone(); parts],
            next: 0,
            turns: 0,
            passing: vec![false; parts],
        }
    }

    /// What a lane's stage shows, but for the cache.
    pub fn lane(&self, lane: usize) -> &Scene {
        &self.scenes[lane]
    }

    /// What the cache on a lane's stage shows.
    pub fn cache(&self, lane: usize) -> &Scene {
        &self.scenes[self.lanes() + lane]
    }

    /// What stands below a lane's stage.
    pub fn below(&self, lane: usize) -> &Scene {
        &self.scenes[2 * self.lanes() + lane]
    }

    /// Whether a lane's stage, but for the cache, and the cache on it show what was dragged to.
    pub fn passing(&self, lane: usize) -> [bool; 2] {
        [lane, self.lanes() + lane].map(|part| self.passing[part])
    }

    fn lanes(&self) -> usize {
        (self.scenes.len() - OTHERS) / A_LANE
    }

    /// What the table of numbers shows.
    pub fn metrics(&self) -> &Scene {
        self.last_but(2)
    }

    /// What the panels show.
    pub fn panels(&self) -> &Scene {
        self.last_but(1)
    }

    /// What the sentences are about.
    pub fn narration(&self) -> &Scene {
        self.last_but(0)
    }

    fn last_but(&self, back: usize) -> &Scene {
        &self.scenes[self.scenes.len() - 1 - back]
    }

    /// Which parts show another scene than this.
    pub fn behind(&self, scene: &Scene) -> Behind {
        let differs = |shown: &Scene| shown != scene;
        let stages = 2 * self.lanes();
        if self.scenes[..stages].iter().any(differs) {
            Behind::Stages
        } else if self.scenes[stages..].iter().any(differs) {
            Behind::Others
        } else {
            Behind::Nothing
        }
    }

    /// Lets at most so many parts follow. Whatever comes meanwhile, each has its turn; or the stages have the
    /// first ones.
    pub fn follow(&mut self, scene: &Scene, parts: usize, from_first: bool) {
        let count = self.scenes.len();
        let first = if from_first { 0 } else { self.next };
        let mut left = parts;
        for place in (0..count).map(|past| (first + past) % count) {
            if left == 0 {
                break;
            }
            if self.scenes[place] != *scene {
                self.scenes[place] = scene.clone();
                self.passing[place] |= from_first;
                self.next = (place + 1) % count;
                left -= 1;
            }
        }
        self.turns = self.turns.wrapping_add(1);
    }
}

/// What has not followed yet.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Behind {
    /// All parts have.
    #[default]
    Nothing,
    /// Stages, at least.
    Stages,
    /// Other parts.
    Others,
}

/// How long a part takes.
#[derive(Default)]
struct Pace {
    /// Since when parts are being drawn, and how many.
    begun: Option<(f64, usize)>,
    /// What one takes, if that is known.
    part_ms: Option<f64>,
}

impl Pace {
    /// How many fit into an animation frame that has taken so long already.
    fn fitting(&self, spent_ms: f64) -> usize {
        let left_ms = TURN_MS - spent_ms;
        self.part_ms
            .map_or(1, |ms| (left_ms / ms.max(0.1)).max(0.0) as usize)
    }

    /// Begins to draw as many, but one at least.
    fn begin(&mut self, now_ms: f64, spent_ms: f64) -> usize {
        let parts = self.fitting(spent_ms).max(1);
        self.begun = Some((now_ms, parts));
        parts
    }

    /// Whether another part would be too much for a frame that has taken so long already.
    fn is_full(&self, spent_ms: f64) -> bool {
        self.part_ms.is_some_and(|ms| spent_ms + ms > FRAME_MS)
    }

    fn end(&mut self, now_ms: f64) {
        if let Some((begun_ms, parts)) = self.begun.take() {
            let took_ms = (now_ms - begun_ms) / parts as f64;
            let known_ms = self.part_ms.unwrap_or_default() * REMEMBERED;
            self.part_ms = Some(took_ms.max(known_ms));
        }
    }
}

/// Moves the playhead while it is dragged, and lets the parts of the page follow: with an animation frame one
/// or the other, so that no frame takes long.
pub struct CatchingUp {
    session: Session,
    view: UseReducerDispatcher<ViewState>,
    /// Where to go with the next animation frame, and whether the hand is already on its way further.
    wanted: Cell<Option<(u32, bool)>>,
    dragging: Cell<bool>,
    behind: Cell<Behind>,
    pace: RefCell<Pace>,
    /// Whether the last turn was left out.
    skipped: Cell<bool>,
    frame: RefCell<Option<AnimationFrame>>,
}

/// Equal to itself only.
impl PartialEq for CatchingUp {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl CatchingUp {
    /// Goes to a step with the next animation frame; of several only the last counts. Parts of the page may
    /// follow later: the hand is already on its way to the next step.
    pub fn drag(self: &Rc<Self>, step: u32) {
        self.wanted.set(Some((step, true)));
        self.wake();
    }

    /// Goes to a step at once, or with the next animation frame if that is on its way.
    pub fn go(self: &Rc<Self>, step: u32) {
        match self.frame.borrow().is_some() {
            true => self.wanted.set(Some((step, false))),
            false => self.seek(step),
        }
        self.wake();
    }

    fn seek(&self, step: u32) {
        if self.session.scene().run.known_steps() >= step {
            carry_out(&self.session, Command::Seek { step });
        }
    }

    fn wake(self: &Rc<Self>) {
        let mut frame = self.frame.borrow_mut();
        if frame.is_none() {
            // Not a strong one: with the page goes what it still wanted.
            let weak = Rc::downgrade(self);
            *frame = Some(request_animation_frame(move |begun_ms| {
                if let Some(catching_up) = weak.upgrade() {
                    catching_up.frame.take();
                    catching_up.turn(now_ms() - begun_ms);
                }
            }));
        }
    }

    /// In an animation frame that has taken so long already.
    fn turn(self: &Rc<Self>, spent_ms: f64) {
        // What moved, or a step, can have been work enough for this frame. But each second one is the parts',
        // however much there is.
        let waits = self.behind.get() != Behind::Nothing && !self.dragging.get();
        if waits && self.pace.borrow().is_full(spent_ms) && !self.skipped.replace(true) {
            self.wake();
            return;
        }
        self.skipped.set(false);
        match (self.behind.get(), self.wanted.get()) {
            (Behind::Stages, _) | (Behind::Others, None) => {
                let parts = self.pace.borrow_mut().begin(now_ms(), spent_ms);
                let from_first = self.dragging.get();
                self.view.dispatch(Action::CatchUp { parts, from_first });
            }
            (_, Some((step, dragging))) => {
                self.wanted.set(None);
                self.set_dragging(dragging);
                self.view.dispatch(Action::Drag(dragging));
                self.seek(step);
                self.view.dispatch(Action::Drag(false));
            }
            (Behind::Nothing, None) => self.set_dragging(false),
        }
    }

    /// While dragging, entries do not glide to their places: each picture would be drawn for a quarter of a
    /// second.
    fn set_dragging(&self, dragging: bool) {
        if self.dragging.replace(dragging) == dragging {
            return;
        }
        let page = document_element();
        let told = match dragging {
            true => page.set_attribute("data-dragging", "true"),
            false => page.remove_attribute("data-dragging"),
        };
        debug_assert!(told.is_ok());
    }

    /// What the last turn let follow has been drawn by now.
    fn drawn(self: &Rc<Self>, behind: Behind) {
        self.pace.borrow_mut().end(now_ms());
        self.behind.set(behind);
        if behind != Behind::Nothing || self.wanted.get().is_some() {
            self.wake();
        } else {
            self.set_dragging(false);
        }
    }
}

/// Lets the parts follow, some with each animation frame, until all have.
#[hook]
pub fn use_catching_up(session: &Session, view: &UseReducerHandle<ViewState>) -> Rc<CatchingUp> {
    let catching_up = use_memo((session.clone(), view.dispatcher()), |(session, view)| {
        CatchingUp {
            session: session.clone(),
            view: view.clone(),
            wanted: Cell::default(),
            dragging: Cell::default(),
            behind: Cell::default(),
            pace: RefCell::default(),
            skipped: Cell::default(),
            frame: RefCell::default(),
        }
    });
    let deps = (view.shown.turns, view.shown.behind(&view.scene));
    let drawn = catching_up.clone();
    use_effect_with(deps, move |&(_, behind)| drawn.drawn(behind));
    catching_up
}

fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenes(count: u32) -> Vec<Scene> {
        let session = Session::new();
        let scene = |step| {
            let gone = session.command(Command::Seek { step });
            gone.map(|()| session.scene())
        };
        let scenes: Result<_, _> = (0..count).map(scene).collect();
        scenes.expect("the opening scene has as many steps")
    }

    #[test]
    fn stages_follow_first_and_sentences_last() {
        let scenes = scenes(2);
        let mut shown = Shown::all(&scenes[0]);
        assert!(shown.behind(&scenes[0]) == Behind::Nothing);
        let mut turns = 0;
        while shown.behind(&scenes[1]) == Behind::Stages {
            shown.follow(&scenes[1], 1, true);
            turns += 1;
        }
        assert_eq!(turns, 2 * scenes[0].frame.lanes.len(), "one at a time");
        while shown.behind(&scenes[1]) != Behind::Nothing {
            assert!(*shown.narration() == scenes[0]);
            shown.follow(&scenes[1], 1, true);
        }
        assert!(shown == shown.clone() && *shown.narration() == scenes[1]);
    }

    #[test]
    fn each_part_has_its_turn_however_fast_steps_come() {
        let scenes = scenes(12);
        let mut shown = Shown::all(&scenes[0]);
        let parts = shown.scenes.len();
        for scene in &scenes[1..=parts] {
            shown.follow(scene, 1, false);
        }
        assert!(shown.scenes.iter().all(|of| *of != scenes[0]));
    }

    #[test]
    fn as_many_parts_follow_as_fit_into_a_frame() {
        let mut pace = Pace::default();
        assert_eq!(pace.begin(0.0, 0.0), 1, "while nothing is known");
        pace.end(0.5);
        assert_eq!(pace.begin(10.0, 0.0), 8);
        pace.end(10.0 + 8.0 * 0.5);
        assert_eq!(pace.begin(20.0, 2.2), 3, "what the frame took already");
        pace.end(20.0 + 3.0 * 6.0);
        assert!(pace.is_full(2.5) && !pace.is_full(1.5));
        assert_eq!(pace.begin(100.0, 0.0), 1, "one at least");
        pace.end(100.0);
        assert_eq!(
            pace.begin(200.0, 0.0),
            1,
            "what took long once is remembered"
        );
    }
}
