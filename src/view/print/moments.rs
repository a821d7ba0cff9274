//! The steps that a handout shows.

use timeline::{Run, Unit};

/// So many fit on a page with two lanes, large enough to be read.
const MOMENTS_MAX: usize = 2;
/// In longer runs decisive steps aren't looked for: one that never comes would have to be simulated to the
/// run's end first.
const REQUESTS_MAX: usize = 10_000;

/// A step, and why it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    pub step: u32,
    pub name: &'static str,
}

/// The playhead's step and, of no more than two lanes, the steps of the run that tell most: what goes wrong
/// first, the end, and the first miss.
pub fn moments(run: &Run, here: u32, lanes: usize) -> Vec<Moment> {
    let most = if lanes > 2 { 1 } else { MOMENTS_MAX };
    let now = (here > 0).then_some((here, "This moment"));
    let mut found: Vec<Moment> = Vec::new();
    let searched = run.scenario().workload.len() as usize <= REQUESTS_MAX;
    let first = |unit, name| {
        let step = searched.then(|| run.find(0, unit, true, 1).0)?;
        step.map(|step| (step, name))
    };
    let wrong = || {
        first(Unit::Stale, "The first stale read")
            .or_else(|| first(Unit::Error, "The first error"))
            .or_else(|| first(Unit::Eviction, "The first eviction"))
    };
    let end = || searched.then(|| (run.step_count(), "The end"));
    let miss = || first(Unit::Miss, "The first miss");
    let nothing_yet = || Some((here, "The start"));
    let wanted: [&dyn Fn() -> Option<(u32, &'static str)>; 5] =
        [&|| now, &wrong, &end, &miss, &nothing_yet];
    for (step, name) in wanted.iter().filter_map(|find| find()) {
        if found.len() < most && found.iter().all(|moment| moment.step != step) {
            found.push(Moment { step, name });
        }
    }
    found.sort_by_key(|moment| moment.step);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::{Scenario, opening};
    use std::rc::Rc;

    fn steps(here: u32, lanes: usize) -> Vec<(u32, &'static str)> {
        let run = Run::new(Rc::new(Scenario::new(opening()).expect("valid")));
        let found = moments(&run, here, lanes);
        found
            .iter()
            .map(|moment| (moment.step, moment.name))
            .collect()
    }

    #[test]
    fn the_playhead_comes_first_and_then_what_tells_most() {
        let run = Run::new(Rc::new(Scenario::new(opening()).expect("valid")));
        let first = |unit| run.find(0, unit, true, 1).0.expect("there is one");
        let stale = first(Unit::Stale);
        let end = (run.step_count(), "The end");
        let stale_read = (stale, "The first stale read");
        assert_eq!(steps(0, 2), [stale_read, end]);
        let here = (stale + 2, "This moment");
        assert_eq!(steps(here.0, 2), [stale_read, here]);
        assert_eq!(steps(stale, 2), [(stale, "This moment"), end]);
        assert_eq!(steps(here.0, 4), [here]);
    }
}
