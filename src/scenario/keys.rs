//! The names of keys, numbered in order of first appearance.

use crate::units::Key;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A growing table of names.
#[derive(Default)]
pub struct KeyTable {
    names: Vec<Rc<str>>,
    numbers: BTreeMap<Rc<str>, Key>,
}

impl KeyTable {
    /// The key of that name, if it is in the table.
    pub fn get(&self, name: &str) -> Option<Key> {
        self.numbers.get(name).copied()
    }

    /// The key of that name, which joins the table if it is not there.
    pub fn number(&mut self, name: &str) -> Key {
        if let Some(key) = self.get(name) {
            return key;
        }
        let (name, key): (Rc<str>, _) = (name.into(), Key(self.names.len() as u32));
        self.names.push(name.clone());
        self.numbers.insert(name, key);
        key
    }

    /// The keys in the order of their names, shorter names first.
    pub fn listed(&self) -> Vec<Key> {
        let mut listed: Vec<Key> = (0..self.names.len() as u32).map(Key).collect();
        listed.sort_unstable_by_key(|key| {
            let name = &self.names[key.0 as usize];
            (name.len(), name)
        });
        listed
    }

    /// The names, by number.
    pub fn into_names(self) -> Vec<Rc<str>> {
        self.names
    }
}
