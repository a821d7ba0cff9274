//! Inputs as an edit leaves them.

use cache_playground::session::Edit;
use scenario::ScenarioInput;
use support::scenarios::valid;

/// The inputs after an edit.
pub fn edited(input: &ScenarioInput, edit: Edit) -> ScenarioInput {
    let edited = edit.apply(&valid(input.clone()));
    edited.expect("what is put there belongs there")
}
