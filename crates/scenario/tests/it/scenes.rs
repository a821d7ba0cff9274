//! The scenes that come with the page: each data file is listed, valid and runs.

use scenario::{PRESETS, RACES, Scenario, opening};
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
    let names = PRESETS.iter().map(|scene| scene.name);
    let names = names.chain(RACES.iter().map(|race| race.name));
    let listed: Vec<String> = names
        .chain(["opening"])
        .map(|name| format!("{name}.json"))
        .collect();
    assert_eq!(listed.len(), files.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), files);
}

#[test]
fn every_scene_is_valid_and_runs() {
    let presets = PRESETS.iter().map(|scene| scene.scenario());
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
    for input in [opening()].into_iter().chain(presets).chain(races) {
        let title = input.title.clone();
        assert!(!title.is_empty() && input.intro.ends_with('.'), "{title}");
        let scenario = Scenario::new(input).unwrap_or_else(|invalid| panic!("{title}: {invalid}"));
        assert!(Run::new(Rc::new(scenario)).step_count() > 0, "{title}");
    }
}
