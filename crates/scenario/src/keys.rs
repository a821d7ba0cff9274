//! The names of keys, numbered in order of first appearance.

use cache::units::Key;
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
        let longest = self.names.iter().map(|name| name.len()).max();
        let mut by_length = vec![Vec::new(); longest.unwrap_or(0) + 1];
        // The table gives the names in their order.
        for (name, &key) in &self.numbers {
            by_length[name.len()].push(key);
        }
        by_length.concat()
    }

    /// The names, by number.
    pub fn into_names(self) -> Vec<Rc<str>> {
        self.names
    }
}
