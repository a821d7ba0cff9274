//! What a control changes: one place in the scenario, in one lane or in all of them.

use crate::session::{Edit, Set};
use crate::view::context::Page;
use scenario::Invalid;
use scenario::field::{Kind, List, changes_with, in_words};
use serde_json::Value;
use std::rc::Rc;
use yew::prelude::*;

/// Where a control's value goes. Cheap to clone.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) page: Page,
    /// The row's places: one, or one a lane.
    pub(super) places: Rc<[String]>,
    /// The row's value, which is replaced as a whole, so that all lanes get the same.
    pub(super) root: Rc<Value>,
    /// Where in it the control's value is.
    pub(super) within: String,
    /// Its name, which begins a sentence, and is the control's name to a screen reader.
    pub(super) name: AttrValue,
    /// The list that it is in, and that list's place in the row's value.
    pub(super) list: Option<(Rc<str>, &'static List)>,
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        self.page == other.page
            && self.places == other.places
            && Rc::ptr_eq(&self.root, &other.root)
            && self.within == other.within
            && self.name == other.name
    }
}

impl Target {
    /// A part of it, by its own name if that is capitalized.
    pub(super) fn part(&self, path: &str, label: &str) -> Target {
        let of_its_own = label.starts_with(char::is_uppercase);
        let name = if of_its_own {
            label.to_owned()
        } else {
            format!("{} ({label})", self.name)
        };
        Target {
            within: format!("{}{path}", self.within),
            name: name.into(),
            ..self.clone()
        }
    }

    /// An item of this list, or a part of one.
    pub(super) fn item(
        &self,
        list: &'static List,
        place: usize,
        path: &str,
        label: &str,
    ) -> Target {
        Target {
            within: format!("{}/{place}{path}", self.within),
            name: format!("{label} of {} {}", list.noun, place + 1).into(),
            list: Some((self.within.as_str().into(), list)),
            ..self.clone()
        }
    }

    /// Puts a value there.
    ///
    /// # Errors
    /// Why it is refused: a sentence. Nothing changes then.
    pub(super) fn set(&self, kind: &Kind, value: Value) -> Result<(), String> {
        let told = format!("{} is {} now.", self.name, kind.written(&value));
        self.put(value, told)
    }

    /// Puts a value there, announced by `told`.
    pub(super) fn put(&self, value: Value, mut told: String) -> Result<(), String> {
        let mut root = Value::clone(&self.root);
        if let Some(at) = root.pointer_mut(&self.within) {
            *at = value;
        }
        if let Some((place, list)) = &self.list
            && let Some(Value::Array(items)) = root.pointer_mut(place)
        {
            list.arrange(items);
        }
        let places = self.places.iter();
        let mut values: Vec<_> = places.map(|place| (place.clone(), root.clone())).collect();
        let now = self.page.session.snapshot().run.scenario().input.to_value();
        for place in &*self.places {
            if let Some((place, value, why)) = changes_with(&now, place, &root) {
                values.push((place, value));
                if let Some(told_so_far) = told.strip_suffix('.') {
                    told = format!("{told_so_far}, {why}");
                }
            }
        }
        if !told.ends_with('.') {
            told.push('.');
        }
        self.carry_out(&Edit::Set(Set { values, told }))
    }

    /// Why something was refused, by the name that the control has on screen.
    fn why(&self, invalid: Invalid) -> String {
        let mut own = self.places.iter().map(|place| place.clone() + &self.within);
        if own.any(|own| own == invalid.path) {
            invalid.named(&self.name)
        } else {
            in_words(&invalid)
        }
    }

    /// Edits the scenario.
    ///
    /// # Errors
    /// Why that is refused.
    pub(super) fn carry_out(&self, edit: &Edit) -> Result<(), String> {
        self.page
            .session
            .edit(edit)
            .map_err(|invalid| self.why(invalid))?;
        self.page
            .tell(edit.sentence() + " You are at the same moment of the new run.");
        Ok(())
    }
}
