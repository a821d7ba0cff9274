//! What the references are made of: a vector of keys, the newest first, searched from the front.

use cache_playground::units::Key;

/// Takes `key` out of the queue, and says whether it was there.
pub fn take(queue: &mut Vec<Key>, key: Key) -> bool {
    let place = queue.iter().position(|&other| other == key);
    place.is_some_and(|place| {
        queue.remove(place);
        true
    })
}

/// Moves `key` to the front, if it is there, and says whether it was.
pub fn refresh(queue: &mut Vec<Key>, key: Key) -> bool {
    let there = take(queue, key);
    if there {
        queue.insert(0, key);
    }
    there
}
