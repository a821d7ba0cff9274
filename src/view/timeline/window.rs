//! The part of the run that the timeline shows.

use crate::view::shell::format::share;

/// A range of steps, as wide as the timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// The step at the left end.
    pub from: u32,
    /// The step at the right end.
    pub to: u32,
}

impl Window {
    /// The fewest steps that it shows: single marks are far apart then.
    const STEPS_MIN: u32 = 10;

    /// All of a run.
    pub const fn whole(last: u32) -> Self {
        Window { from: 0, to: last }
    }

    /// How many steps it is wide.
    pub const fn steps(self) -> u32 {
        self.to - self.from
    }

    /// Whether a step is in it.
    pub fn contains(self, step: u32) -> bool {
        (self.from..=self.to).contains(&step)
    }

    /// Where a step is drawn, as a share of the width; one outside is drawn at the nearer end.
    pub fn place(self, step: u32) -> String {
        let step = step.clamp(self.from, self.to);
        share((step - self.from).into(), self.steps().into())
    }

    /// The step at a share of the width, from 0 to 1.
    pub fn step_at(self, share: f64) -> u32 {
        self.from + (share.clamp(0.0, 1.0) * f64::from(self.steps()) + 0.5) as u32
    }

    /// A window of `steps` in which `around` stays where it is. `None` if it is the whole run.
    pub fn resized(self, steps: f64, around: u32, last: u32) -> Option<Self> {
        let steps = (steps as u32).max(Self::STEPS_MIN);
        if steps >= last {
            return None;
        }
        let around = around.clamp(self.from, self.to);
        let left =
            u64::from(around - self.from) * u64::from(steps) / u64::from(self.steps().max(1));
        Some(Self::beginning_at(
            around.saturating_sub(left as u32),
            steps,
            last,
        ))
    }

    /// The same width, moved by some steps as far as the run goes.
    pub fn moved(self, by: f64, last: u32) -> Self {
        let from = (f64::from(self.from) + by).max(0.0) as u32;
        Self::beginning_at(from, self.steps(), last)
    }

    /// The same width, moved so that a step is in it: with an eighth of the width before it, or behind it
    /// for one that lay to the left.
    pub fn showing(self, step: u32, last: u32) -> Self {
        let steps = self.steps().min(last);
        let margin = steps / 8;
        let from = match step {
            inside if self.contains(inside) && self.to <= last => return self,
            left if left < self.from => (left + margin).saturating_sub(steps),
            right => right.saturating_sub(margin),
        };
        Self::beginning_at(from, steps, last)
    }

    fn beginning_at(from: u32, steps: u32, last: u32) -> Self {
        let from = from.min(last - steps);
        let to = from + steps;
        Window { from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_what_is_looked_at_in_place() {
        let whole = Window::whole(1000);
        let half = whole.resized(500.0, 400, 1000).expect("a part");
        assert_eq!(half, Window { from: 200, to: 700 });
        assert_eq!(
            (whole.place(400), half.place(400)),
            ("40.000%".into(), "40.000%".into())
        );
        assert_eq!(half.step_at(0.4), 400);
        assert_eq!(half.resized(1000.0, 400, 1000), None);
        let closest = half.resized(0.0, 700, 1000).expect("a part");
        assert_eq!(closest, Window { from: 690, to: 700 });
    }

    #[test]
    fn a_window_stays_in_the_run() {
        let window = Window { from: 10, to: 20 };
        assert_eq!(window.moved(-50.0, 100), Window { from: 0, to: 10 });
        assert_eq!(window.moved(500.0, 100), Window { from: 90, to: 100 });
        assert_eq!(
            window.resized(40.0, 10, 100),
            Some(Window { from: 10, to: 50 })
        );
        assert_eq!(window.place(5), "0.000%");
        assert_eq!(window.place(25), "100.000%");
    }

    #[test]
    fn a_window_follows_the_playhead() {
        let window = Window { from: 100, to: 180 };
        assert_eq!(window.showing(150, 1000), window);
        assert_eq!(window.showing(181, 1000), Window { from: 171, to: 251 });
        assert_eq!(window.showing(99, 1000), Window { from: 29, to: 109 });
        assert_eq!(window.showing(0, 1000), Window { from: 0, to: 80 });
        assert_eq!(
            window.showing(1000, 1000),
            Window {
                from: 920,
                to: 1000
            }
        );
        // A shorter run has taken its place.
        assert_eq!(window.showing(150, 160), Window { from: 80, to: 160 });
        assert_eq!(window.showing(20, 50), Window { from: 0, to: 50 });
    }
}
