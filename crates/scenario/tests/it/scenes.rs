//! The scenes that come with the page: each data file is listed, valid and runs.

use scenario::{Chapter, Listed, RACES, SCENES, Scenario, Scene, opening};
use std::collections::BTreeSet;
use std::rc::Rc;
use timeline::Run;

#[test]
fn every_data_file_is_listed_once() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenes");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder of scenes")
        .map(|entry| {
            entry
                .expect("a file")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    let listed: Vec<String> = Listed::all()
        .map(|listed| format!("{}.json", listed.name))
        .collect();
    assert_eq!(listed.len(), files.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), files);
}

#[test]
fn every_scene_is_valid_and_runs() {
    let scenes = SCENES.iter().map(Scene::scenario);
    let races = RACES.iter().map(|race| {
        let mut input = race.scenario();
        assert_eq!(
            input.schedule,
            Some(Vec::new()),
            "{}: nobody has moved",
            race.name
        );
        input.schedule = Some(race.moves.clone());
        input
    });
    for input in scenes.chain(races) {
        let title = input.title.clone();
        assert!(!title.is_empty() && input.intro.ends_with('.'), "{title}");
        let scenario = Scenario::new(input).unwrap_or_else(|invalid| panic!("{title}: {invalid}"));
        assert!(Run::new(Rc::new(scenario)).step_count() > 0, "{title}");
    }
}

#[test]
fn every_scene_asks_answers_and_goes_on() {
    for scene in SCENES.iter() {
        let name = scene.name;
        assert!(scene.question.ends_with('?'), "{name}");
        for sentence in [&scene.remember, &scene.otherwise] {
            assert!(sentence.ends_with('.'), "{name}: {sentence}");
        }
        assert!((1..=3).contains(&scene.next.len()), "{name}");
        for next in &scene.next {
            assert!(
                Listed::named(next).is_some() && next != name,
                "{name}: {next}"
            );
        }
    }
}

#[test]
fn scenes_stand_in_the_order_of_their_chapters() {
    let places = SCENES.iter().map(|scene| {
        let place = Chapter::ALL
            .iter()
            .position(|chapter| *chapter == scene.chapter);
        place.expect("every chapter is in the list")
    });
    assert!(places.is_sorted());
    let titles: BTreeSet<&str> = Listed::all().map(|listed| listed.title).collect();
    assert_eq!(
        titles.len(),
        Listed::all().count(),
        "a scenario is known by its title"
    );
}

/// What is shown of a scene depends on whether it was changed, so validation must not change it.
#[test]
fn a_scene_is_known_and_unchanged_until_something_is() {
    for listed in Listed::all() {
        let scenario = Scenario::new(listed.scenario()).expect("valid");
        let open = Listed::of(&scenario.input).expect("it is in the list");
        assert_eq!(open.name, listed.name);
        assert!(!open.is_changed_in(&scenario.input), "{}", listed.name);
        let mut other = listed.scenario();
        other.lanes[0].cache.capacity += 1;
        let open = Listed::of(&other).expect("it is in the list");
        assert!(open.name == listed.name && open.is_changed_in(&other));
    }
    let mut old = opening();
    old.title = "Lazy or write-through?".to_owned();
    assert_eq!(Scene::of(&old).map(|scene| scene.name), Some("opening"));
    old.workload = Scene::named("leaderboard")
        .expect("a scene")
        .scenario()
        .workload;
    assert_eq!(Scene::of(&old).map(|scene| scene.name), Some("leaderboard"));
    let mut race = RACES[0].scenario();
    race.schedule = Some(vec![1, 1]);
    let open = Listed::of(&race).expect("a race");
    assert!(!open.is_changed_in(&race), "moves are how it is played");
}
