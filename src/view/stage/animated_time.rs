//! The instant of the picture. It moves with every animation frame, and nothing is drawn again for that but
//! what is seen to move: it is a value of its own beside the view's state, and a component hears of it by
//! itself.

use cache::units::Micros;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::prelude::*;

/// Numbers that move are written anew with every so-manieth picture: nobody reads faster.
const READ_EVERY: u32 = 4;

/// The instant that is shown: the frame's, or one on the way to it. Clones are handles to the same one.
#[derive(Clone)]
pub struct Instant {
    inner: Rc<Inner>,
}

struct Inner {
    at: Cell<Micros>,
    /// How many pictures it has passed.
    passed: Cell<u32>,
    listeners: RefCell<Vec<(u32, Listener)>>,
    next: Cell<u32>,
}

/// Hears where it is, and whether numbers are to be written anew.
type Listener = Rc<dyn Fn(Micros, bool)>;

/// How finely a component shows the instant.
#[derive(Clone, Copy, PartialEq)]
pub enum Grain {
    /// It moves with every picture.
    EachPicture,
    /// It is a number: at rest it is exact.
    ToBeRead,
    /// It shows no shorter spans than this.
    Each(Micros),
}

impl Grain {
    fn of(self, at: Micros) -> Micros {
        match self {
            Grain::EachPicture | Grain::ToBeRead => at,
            Grain::Each(span) => Micros(at.0 - at.0 % span.0),
        }
    }
}

/// Equal to itself only: where it is, its own listeners hear.
impl PartialEq for Instant {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Instant {
    /// One that stands there.
    pub fn new(at: Micros) -> Self {
        Instant {
            inner: Rc::new(Inner {
                at: Cell::new(at),
                passed: Cell::new(0),
                listeners: RefCell::default(),
                next: Cell::new(0),
            }),
        }
    }

    /// Where it is.
    pub fn at(&self) -> Micros {
        self.inner.at.get()
    }

    /// Passes through there on the way to somewhere else.
    pub fn pass(&self, at: Micros) {
        let passed = self.inner.passed.get().wrapping_add(1);
        self.inner.passed.set(passed);
        self.tell(at, passed.is_multiple_of(READ_EVERY));
    }

    /// Stands there now.
    pub fn move_to(&self, at: Micros) {
        self.tell(at, true);
    }

    fn tell(&self, at: Micros, read: bool) {
        self.inner.at.set(at);
        // One that is called may end its own listening or begin another: nothing is borrowed meanwhile.
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

/// Ends when dropped.
struct Listening {
    to: Instant,
    id: u32,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut listeners = self.to.inner.listeners.borrow_mut();
        listeners.retain(|(id, _)| *id != self.id);
    }
}

/// The instant, as finely as a component shows it; the component is drawn again when that has changed. With
/// no grain it shows nothing that moves, and is not.
#[hook]
pub fn use_instant(instant: &Instant, grain: Option<Grain>) -> Micros {
    let again = use_force_update();
    let shown = grain.map(|grain| grain.of(instant.at()));
    let drawn = use_mut_ref(|| None);
    *drawn.borrow_mut() = shown;
    use_effect_with((instant.clone(), grain), move |(instant, grain)| {
        let listening = grain.map(|grain| {
            instant.listen(move |at, read| {
                let due = read || grain != Grain::ToBeRead;
                if due && *drawn.borrow() != Some(grain.of(at)) {
                    again.force_update();
                }
            })
        });
        move || drop(listening)
    });
    shown.unwrap_or_default()
}

/// Moves what a component has drawn, without drawing it again: `place` is called after each drawing and with
/// every picture. Nothing moves without it.
#[hook]
pub fn use_moving(instant: &Instant, place: Option<Rc<dyn Fn(Micros)>>) {
    let instant = instant.clone();
    use_effect(move || {
        let listening = place.map(|place| {
            // What was placed by hand since the last drawing is not known to Yew.
            place(instant.at());
            instant.listen(move |at, _| place(at))
        });
        move || drop(listening)
    });
}
