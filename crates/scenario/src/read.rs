//! From JSON to inputs.
//!
//! Everything from outside becomes a [`Value`] first and is read from that: so errors carry the place,
//! and a file, a link and a script are refused with the same words.

use super::Invalid;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// The most characters of a name or a text that are repeated in a message.
const SHOWN_CHARS_MAX: usize = 60;

/// The value in a JSON text; `what` names the whole, such as "The scenario".
///
/// # Errors
/// Where the text is not JSON, by line and column.
pub fn parse(what: &str, text: &str) -> Result<Value, Invalid> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let reason = format!("line {line}, column {column} is not JSON");
        Invalid::unreadable(what, String::new(), &reason)
    })
}

/// Reads a `T` from a value; `what` names the whole, such as "The scenario".
///
/// # Errors
/// The first field that is missing, unknown or of the wrong type, with its path.
pub fn read<T: DeserializeOwned>(what: &str, value: &Value) -> Result<T, Invalid> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = pointer(error.path(), value);
        let reason = error.inner().to_string();
        match reason.rsplit_once(", expected ") {
            Some((start, known)) if start.starts_with("unknown field") => {
                let known = known.trim_start_matches("one of ").replace(" or ", ", ");
                Invalid::unknown(path, &known.replace('`', ""))
            }
            // A number that its own type knows the range of.
            Some((start, range))
                if start.starts_with("invalid value") && range.starts_with("from ") =>
            {
                let found = value.pointer(&path).map_or("missing".to_owned(), shown);
                Invalid::new(path, range, found)
            }
            Some((start, expected))
                if start.starts_with("invalid ") || start.starts_with("unknown variant") =>
            {
                let expected = plain(expected);
                let found = value.pointer(&path).map_or("missing".to_owned(), shown);
                let reason = format!("expected {expected}, but found {found}");
                Invalid::unreadable(what, path, &reason)
            }
            _ => Invalid::unreadable(what, path, &reason),
        }
    })
}

/// A path as a JSON pointer.
fn pointer(path: &Path, value: &Value) -> String {
    let mut pointer = String::new();
    let mut segments = path.iter().peekable();
    while let Some(segment) = segments.next() {
        let place = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => escaped(key),
            Segment::Enum { variant } => {
                let place = escaped(variant);
                // A variant without a value is a text, in which there is no place.
                let is_text = value.pointer(&format!("{pointer}/{place}")).is_none();
                if is_text && segments.peek().is_none() {
                    break;
                }
                place
            }
            Segment::Unknown => break,
        };
        pointer.push('/');
        pointer.push_str(&place);
    }
    pointer
}

/// A name as a part of a JSON pointer, cut where it is long.
pub fn escaped(name: &str) -> String {
    let name: String = name.chars().take(SHOWN_CHARS_MAX).collect();
    name.replace('~', "~0").replace('/', "~1")
}

/// What serde calls a type, in words that are not Rust's.
fn plain(expected: &str) -> &str {
    match expected {
        "u64" | "u32" | "u16" | "u8" | "i64" | "i32" | "usize" => "a whole number",
        "f64" => "a number",
        other => other,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text, SHOWN_CHARS_MAX),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// A text in quotes, cut to a number of characters.
pub fn quoted(text: &str, chars_max: usize) -> String {
    let shown: String = text.chars().take(chars_max).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::WritePath;

    #[test]
    fn a_long_text_is_cut_in_the_message() {
        let long = Value::from("x".repeat(1_000_000));
        for message in [
            read::<WritePath>("It", &long).expect_err("no path").message,
            read::<u32>("It", &long).expect_err("no number").message,
        ] {
            assert!(message.len() < 400, "{} characters", message.len());
        }
    }
}
