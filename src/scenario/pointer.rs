//! What is wrong with an input, and where: a JSON pointer for programs, a sentence for people.

use serde_path_to_error::{Path, Segment};
use std::fmt;

/// A refused input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    /// Where: a JSON pointer (RFC 6901), such as `/lanes/0/cache/capacity`.
    pub path: String,
    /// What was expected and what was found, in one sentence that names the field.
    pub message: String,
}

impl Invalid {
    /// Says that the field at `path` had to be `expected`, but is `found`.
    pub fn new(path: impl Into<String>, expected: &str, found: impl fmt::Display) -> Self {
        let path = path.into();
        let message = format!("{} must be {expected}, but is {found}.", dotted(&path));
        Invalid { path, message }
    }

    /// Says that there is no such field at `path`, and which there are.
    pub fn unknown(path: impl Into<String>, known: &str) -> Self {
        let path = path.into();
        let message = format!(
            "There is no field {}: known here are {known}.",
            dotted(&path)
        );
        Invalid { path, message }
    }

    /// Says where and why deserialization of `what` (such as "The scenario") failed.
    pub fn from_serde<E: fmt::Display>(what: &str, error: serde_path_to_error::Error<E>) -> Self {
        let path = pointer(error.path());
        let reason = error.inner().to_string();
        let reason = plain(reason.trim_start_matches("Error: ").trim_end_matches('.'));
        let message = match path.as_str() {
            "" => format!("{what} cannot be read: {reason}."),
            _ => format!("{} cannot be read: {reason}.", dotted(&path)),
        };
        Invalid { path, message }
    }
}

/// A deserializer's reason in the words of this page's readers: what was expected first, and no more
/// of what was found than they read.
fn plain(reason: &str) -> String {
    const CHARS_MAX: usize = 60;
    let stripped = ["invalid type: ", "invalid value: "]
        .into_iter()
        .find_map(|prefix| reason.strip_prefix(prefix));
    let Some((found, expected)) = stripped.and_then(|rest| rest.rsplit_once(", expected ")) else {
        return reason.to_owned();
    };
    let expected = match expected {
        "u64" | "u32" | "i32" => "a whole number",
        "f64" => "a number",
        other => other,
    };
    let more = if found.chars().count() > CHARS_MAX {
        "…"
    } else {
        ""
    };
    let found: String = found.chars().take(CHARS_MAX).collect();
    format!("expected {expected}, but found {found}{more}")
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { variant } => {
                pointer.push('/');
                pointer.push_str(variant);
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

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
