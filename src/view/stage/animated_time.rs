//! The simulated time that the picture shows. While playing it lies between two steps and moves with every
//! animation frame. It is no part of the view's state, so that such a frame redraws only what moves: a
//! component subscribes to it by a hook.

use cache::units::Micros;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::prelude::*;

/// A number that moves is redrawn once in this many animation frames, because nobody reads faster.
const READ_EVERY: u32 = 4;

/// The time of the shown frame, or one on the way to it. Clones are handles to the same time.
#[derive(Clone)]
pub struct AnimatedTime {
    inner: Rc<Inner>,
}

struct Inner {
    at: Cell<Micros>,
    /// How many animation frames it has passed.
    passed: Cell<u32>,
    listeners: RefCell<Vec<(u32, Listener)>>,
    next: Cell<u32>,
}

/// Is told the time, and whether numbers are to be redrawn.
type Listener = Rc<dyn Fn(Micros, bool)>;

/// How finely a component shows the time.
#[derive(Clone, Copy, PartialEq)]
pub enum Resolution {
    /// It moves with every animation frame.
    EachFrame,
    /// It is a number, and exact only at rest.
    Number,
    /// It shows no shorter spans than this one.
    Each(Micros),
}

impl Resolution {
    fn of(self, at: Micros) -> Micros {
        match self {
            Resolution::EachFrame | Resolution::Number => at,
            Resolution::Each(span) => Micros(at.0 - at.0 % span.0),
        }
    }
}

/// Equal to itself only: listeners are told what time it is.
impl PartialEq for AnimatedTime {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl AnimatedTime {
    /// The time at rest.
    pub fn new(at: Micros) -> Self {
        AnimatedTime {
            inner: Rc::new(Inner {
                at: Cell::new(at),
                passed: Cell::new(0),
                listeners: RefCell::default(),
                next: Cell::new(0),
            }),
        }
    }

    /// The time that is shown now.
    pub fn at(&self) -> Micros {
        self.inner.at.get()
    }

    /// Passes through a time on the way to another.
    pub fn pass(&self, at: Micros) {
        let passed = self.inner.passed.get().wrapping_add(1);
        self.inner.passed.set(passed);
        self.tell(at, passed.is_multiple_of(READ_EVERY));
    }

    /// Comes to rest at a time.
    pub fn move_to(&self, at: Micros) {
        self.tell(at, true);
    }

    fn tell(&self, at: Micros, read: bool) {
        self.inner.at.set(at);
        // A listener may subscribe or unsubscribe, so nothing is borrowed meanwhile.
        let listeners = self.inner.listeners.borrow().clone();
        for (_, listener) in listeners {
            listener(at, read);
        }
    }

    fn listen(&self, listener: impl Fn(Micros, bool) + 'static) -> Listening {
        let id = self.inner.next.get();
        self.inner.next.set(id + 1);
        let mut listeners = self.inner.listeners.borrow_mut();
        listeners.push((id, Rc::new(listener)));
        Listening {
            to: self.clone(),
            id,
        }
    }
}

/// A subscription, which ends when dropped.
struct Listening {
    to: AnimatedTime,
    id: u32,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut listeners = self.to.inner.listeners.borrow_mut();
        listeners.retain(|(id, _)| *id != self.id);
    }
}

/// The time as finely as a component shows it, which is redrawn when that changes. A component that shows
/// nothing that moves has no resolution, and is not redrawn.
#[hook]
pub fn use_animated_time(time: &AnimatedTime, resolution: Option<Resolution>) -> Micros {
    let again = use_force_update();
    let shown = resolution.map(|resolution| resolution.of(time.at()));
    let drawn = use_mut_ref(|| None);
    *drawn.borrow_mut() = shown;
    use_effect_with((time.clone(), resolution), move |(time, resolution)| {
        let listening = resolution.map(|resolution| {
            time.listen(move |at, read| {
                let due = read || resolution != Resolution::Number;
                if due && *drawn.borrow() != Some(resolution.of(at)) {
                    again.force_update();
                }
            })
        });
        move || drop(listening)
    });
    shown.unwrap_or_default()
}

/// Moves what a component has drawn without redrawing it: `place` is called after each drawing and with every
/// animation frame.
#[hook]
pub fn use_moving(time: &AnimatedTime, place: Option<Rc<dyn Fn(Micros)>>) {
    let time = time.clone();
    use_effect(move || {
        let listening = place.map(|place| {
            // Yew does not know what was placed by hand since the last drawing.
            place(time.at());
            time.listen(move |at, _| place(at))
        });
        move || drop(listening)
    });
}
