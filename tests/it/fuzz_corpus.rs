//! The fuzzing targets over their corpus: what fuzzing has found once stays mended.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn every_file_of_the_corpus_passes_its_target() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let folders = fs::read_dir(&corpus).expect("a folder for each target");
    let folders = folders.map(|folder| folder.expect("a folder").file_name().into_string());
    let folders: BTreeSet<String> = folders.map(|name| name.expect("a plain name")).collect();
    let targets = targets::targets();
    let names = targets.iter().map(|(name, _)| (*name).to_owned());
    assert_eq!(folders, names.collect());
    for (name, target) in targets {
        let files = fs::read_dir(corpus.join(name)).expect("a target's folder");
        let mut count = 0;
        for file in files {
            let path = file.expect("a file").path();
            // Shown if the target panics.
            println!("{}", path.display());
            target(&fs::read(&path).expect("a readable file"));
            count += 1;
        }
        assert!(count >= 5, "{name} has hardly any files");
    }
}
