//! Mouse, pen and fingers on the timeline: pointing shows the tooltip, pressing goes there, dragging scrubs,
//! dragging with Shift marks a loop, two fingers or the wheel zoom.

use super::drawn::DrawnPart;
use super::window::Window;
use crate::view::context::Page;
use crate::view::state::Action;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use timeline::{Command, Repeat};
use wasm_bindgen::JsCast;
use web_sys::{Element, WheelEvent};
use yew::prelude::*;

/// The turn of the wheel that halves or doubles what is shown, in pixels.
const WHEEL_PX: f64 = 240.0;
/// How near a mark has to be to be meant, in pixels.
const NEAR_PX: f64 = 8.0;
/// How long the tooltip stays after a touch, in milliseconds: a finger does not leave as a mouse does.
const TOUCHED_MS: u32 = 4_000;

/// What is pointed at.
#[derive(Clone, Copy, PartialEq, Default)]
pub struct Pointed {
    /// The step, if any.
    pub step: Option<u32>,
    /// The begin of a loop that is being drawn.
    pub band: Option<u32>,
    /// Whether the playhead is dragged: the tooltip is then about it.
    pub dragged: bool,
}

/// What the fingers that are down are doing.
#[derive(Default)]
pub struct Gesture {
    /// Which pointers are down, and where.
    down: Vec<(i32, f64)>,
    /// The begin of a loop that is being drawn.
    band: Option<u32>,
    /// The distance of two fingers at first, and the part shown then.
    pinch: Option<(f64, Window)>,
    /// The drawing's left end and width when the first finger went down.
    bounds: Option<(f64, f64)>,
    /// Hides the tooltip after a touch.
    forget: Option<Timeout>,
}

/// What the timeline does with pointers.
#[derive(Clone)]
pub struct Pointer {
    /// The drawing, which is as wide as the window.
    pub drawing: NodeRef,
    /// Goes to the step under the hand.
    pub scrub: Callback<u32>,
    /// The page, for the loop and the zoom.
    pub page: Page,
    /// What is drawn.
    pub part: DrawnPart,
    /// The run's last step.
    pub last: u32,
    /// What is pointed at.
    pub pointed: UseStateSetter<Pointed>,
    /// Kept from one drawing to the next.
    pub gesture: Rc<RefCell<Gesture>>,
}

impl Pointer {
    fn share_at(&self, x: f64) -> Option<f64> {
        let (left, width) = self.bounds()?;
        Some((x - left) / width)
    }

    /// The left end of the drawing and its width.
    fn bounds(&self) -> Option<(f64, f64)> {
        let known = self.gesture.borrow().bounds;
        known.or_else(|| {
            let bounds = self.drawing.cast::<Element>()?.get_bounding_client_rect();
            Some((bounds.left(), bounds.width().max(1.0)))
        })
    }

    /// The step at a place on the screen, and how many steps are near it.
    fn step_at(&self, x: f64) -> Option<(u32, u32)> {
        let (left, width) = self.bounds()?;
        let near = NEAR_PX / width * f64::from(self.part.window.steps());
        let step = self.part.window.step_at((x - left) / width);
        Some((step, near as u32))
    }

    /// The step that is pointed at: that of the nearest mark, if one is near.
    fn meant(&self, x: f64) -> Option<u32> {
        let (step, near) = self.step_at(x)?;
        if self.part.stretches.is_some() {
            return Some(step);
        }
        let around = (0..=near).flat_map(|by| [step.saturating_sub(by), step + by]);
        let mut inside = around.filter(|&step| self.part.window.contains(step));
        Some(
            inside
                .find(|&step| self.part.is_marked(step))
                .unwrap_or(step),
        )
    }

    /// A button or a finger goes down.
    pub fn press(&self, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        let x = f64::from(event.client_x());
        let Some(step) = self.meant(x) else { return };
        if let Some(track) = self.drawing.cast::<Element>() {
            // A pointer that is gone already can't be captured, and need not be.
            track.set_pointer_capture(event.pointer_id()).ok();
        }
        let bounds = self.bounds();
        let mut gesture = self.gesture.borrow_mut();
        gesture.bounds = bounds;
        gesture.forget = None;
        gesture.down.retain(|(id, _)| *id != event.pointer_id());
        gesture.down.push((event.pointer_id(), x));
        match gesture.down[..] {
            [_] if event.shift_key() => gesture.band = Some(step),
            [_] => self.scrub.emit(step),
            [(_, a), (_, b), ..] => gesture.pinch = Some(((a - b).abs(), self.part.window)),
            [] => {}
        }
        let (band, pinched) = (gesture.band, gesture.pinch.is_some());
        drop(gesture);
        let dragged = band.is_none() && !pinched;
        self.pointed.set(Pointed {
            step: band.is_some().then_some(step),
            band,
            dragged,
        });
    }

    /// It moves, down or not.
    pub fn go_on(&self, event: &PointerEvent) {
        let x = f64::from(event.client_x());
        let mut gesture = self.gesture.borrow_mut();
        let down = gesture
            .down
            .iter_mut()
            .find(|(id, _)| *id == event.pointer_id());
        let is_down = match down {
            Some((_, at)) => {
                *at = x;
                true
            }
            None => false,
        };
        if let (Some((apart, from)), [(_, a), (_, b), ..]) = (gesture.pinch, &gesture.down[..]) {
            let (now, middle) = ((a - b).abs().max(1.0), (a + b) / 2.0);
            drop(gesture);
            let Some(share) = self.share_at(middle) else {
                return;
            };
            let steps = f64::from(from.steps()) * apart / now;
            self.zoom(from.resized(steps, from.step_at(share), self.last));
            return;
        }
        let band = gesture.band;
        drop(gesture);
        // A dragged playhead follows the hand; only pointing snaps to marks.
        let step = if is_down {
            self.step_at(x).map(|(step, _)| step)
        } else {
            self.meant(x)
        };
        let Some(step) = step else { return };
        let dragged = is_down && band.is_none();
        if dragged {
            self.scrub.emit(step);
        }
        let step = (!dragged).then_some(step);
        self.pointed.set(Pointed {
            step,
            band,
            dragged,
        });
    }

    /// It goes up, or is taken away.
    pub fn release(&self, event: &PointerEvent) {
        let step = self
            .step_at(f64::from(event.client_x()))
            .map(|(step, _)| step);
        let mut gesture = self.gesture.borrow_mut();
        gesture.down.retain(|(id, _)| *id != event.pointer_id());
        if !gesture.down.is_empty() {
            return;
        }
        let dragged = gesture.bounds.take().is_some() && gesture.pinch.take().is_none();
        let band = gesture.band.take();
        let pointed = self.pointed.clone();
        if event.pointer_type() != "mouse" {
            let forget = move || pointed.set(Pointed::default());
            gesture.forget = Some(Timeout::new(TOUCHED_MS, forget));
        }
        drop(gesture);
        if dragged {
            self.pointed.set(Pointed {
                step,
                ..Pointed::default()
            });
        }
        if let (Some(anchor), Some(step)) = (band, step) {
            let (from, to, on) = (anchor.min(step), anchor.max(step), true);
            if from < to {
                let repeat = Some(Repeat { from, to, on });
                self.page.carry_out(Command::Loop(repeat));
            }
        }
    }

    /// The mouse leaves.
    pub fn leave(&self, event: &PointerEvent) {
        let gesture = self.gesture.borrow();
        if event.pointer_type() == "mouse" && gesture.down.is_empty() {
            self.pointed.set(Pointed::default());
        }
    }

    /// The wheel turns: up is closer, sideways is along. Returns whether it changed anything.
    fn wheel(&self, event: &WheelEvent) -> bool {
        let window = self.part.window;
        let Some(share) = self.share_at(f64::from(event.client_x())) else {
            return false;
        };
        // Lines, or pages, where a mouse reports those.
        let unit_px = match event.delta_mode() {
            WheelEvent::DOM_DELTA_PIXEL => 1.0,
            WheelEvent::DOM_DELTA_LINE => 30.0,
            _ => 300.0,
        };
        let (mut along, mut closer) = (event.delta_x() * unit_px, event.delta_y() * unit_px);
        if event.shift_key() && along == 0.0 {
            (along, closer) = (closer, 0.0);
        }
        let steps = f64::from(window.steps());
        if along.abs() > closer.abs() {
            let moved = window.moved(along * steps / 1000.0, self.last);
            if moved == window {
                return false;
            }
            self.zoom(Some(moved));
            return true;
        }
        // Without a power: two turns back and forth need not cancel out to the step.
        let turn = (closer / WHEEL_PX).clamp(-1.0, 1.0);
        let factor = if turn < 0.0 {
            1.0 / (1.0 - turn)
        } else {
            1.0 + turn
        };
        let resized = window.resized(steps * factor, window.step_at(share), self.last);
        if resized.unwrap_or(Window::whole(self.last)) == window {
            return false;
        }
        self.zoom(resized);
        true
    }

    fn zoom(&self, window: Option<Window>) {
        self.pointed.set(Pointed::default());
        self.page.view.dispatch(Action::Zoom(window));
    }
}

/// Listens to the wheel, which would scroll the page as well.
#[hook]
pub fn use_wheel(track: &NodeRef, pointer: Pointer) {
    let latest = use_mut_ref(|| None);
    *latest.borrow_mut() = Some(pointer);
    use_effect_with(track.clone(), move |track| {
        let listener = track.cast::<Element>().map(|track| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&track, "wheel", options, move |event| {
                let pointer: Option<Pointer> = latest.borrow().clone();
                if let (Some(pointer), Some(wheel)) = (pointer, event.dyn_ref::<WheelEvent>())
                    && pointer.wheel(wheel)
                {
                    event.prevent_default();
                }
            })
        });
        move || drop(listener)
    });
}
