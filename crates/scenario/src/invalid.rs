//! Why an input is refused: its place as a JSON pointer for programs, and a sentence for people.

use std::fmt;

/// A refused input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    /// The input's place: a JSON pointer (RFC 6901), such as `/lanes/0/cache/capacity`.
    pub path: String,
    /// What was expected and what was found, in one sentence that names the field.
    pub message: String,
    /// The message without the field's name, if it begins with that.
    must: Option<String>,
}

impl Invalid {
    /// Says that the field at `path` has to be `expected`, but is `found`.
    pub fn new(path: impl Into<String>, expected: &str, found: impl fmt::Display) -> Self {
        let path = path.into();
        let must = format!("must be {expected}, but is {found}.");
        Invalid {
            message: format!("{} {must}", dotted(&path)),
            path,
            must: Some(must),
        }
    }

    /// Says that there is no field at `path`, and which there are.
    pub fn unknown(path: impl Into<String>, known: &str) -> Self {
        let path = path.into();
        let dotted = dotted(&path);
        Invalid {
            path,
            message: format!("There is no field {dotted}; the fields here are {known}."),
            must: None,
        }
    }

    /// Says that `what` (such as "The scenario"), or the field at `path` in it, could not be read.
    pub fn unreadable(what: &str, path: String, reason: &str) -> Self {
        let dotted = dotted(&path);
        let what = if path.is_empty() { what } else { &dotted };
        let message = format!("{what} cannot be read: {}.", reason.trim_end_matches('.'));
        Invalid {
            path,
            message,
            must: None,
        }
    }

    /// The message with the field under the name that it has on screen.
    pub fn named(&self, name: &str) -> String {
        match &self.must {
            Some(must) => format!("{name} {must}"),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

/// `/lanes/0/cache` as people write it: `lanes[0].cache`.
fn dotted(pointer: &str) -> String {
    let mut dotted = String::new();
    for part in pointer.split('/').skip(1) {
        if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
            dotted.push_str(&format!("[{part}]"));
        } else {
            if !dotted.is_empty() {
                dotted.push('.');
            }
            dotted.push_str(&part.replace("~1", "/").replace("~0", "~"));
        }
    }
    dotted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_read_as_people_write_paths() {
        assert_eq!(dotted("/lanes/0/cache/capacity"), "lanes[0].cache.capacity");
        assert_eq!(dotted("/seed"), "seed");
    }
}
