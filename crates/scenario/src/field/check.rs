//! Checks inputs against their rows: the only place where a range is enforced.

use super::{Group, Kind, Range, Variant};
use crate::{Invalid, ScenarioInput};
use serde_json::Value;

/// Checks each input that has a row against what the row allows.
///
/// # Errors
/// The first input that is out of its range.
pub(crate) fn check_ranges(input: &ScenarioInput) -> Result<(), Invalid> {
    let inputs = input.to_value();
    for group in Group::ALL {
        for lane in 0..group.places(input.lanes.len()) {
            for field in group.fields() {
                let path = field.place(lane);
                if let Some(value) = inputs.pointer(&path) {
                    field.kind.check(&path, value)?;
                }
            }
        }
    }
    Ok(())
}

impl Kind {
    fn check(&self, path: &str, value: &Value) -> Result<(), Invalid> {
        match self {
            Kind::Optional(_) if value.is_null() => Ok(()),
            Kind::Optional(optional) => optional.of.check(path, value),
            Kind::Number(number) => check_number(path, value, number.range),
            Kind::Span(range) => check_number(path, value, *range),
            Kind::Text(chars_max) => check_text(path, value.as_str().unwrap_or(""), *chars_max),
            Kind::List(list) => {
                let items = value.as_array().map_or(&[][..], Vec::as_slice);
                let nouns = format!("{}s", list.noun);
                check_range(path, &nouns, items.len() as u64, list.range)?;
                for (i, item) in items.iter().enumerate() {
                    for field in list.of {
                        field.check_within(&format!("{path}/{i}"), item)?;
                    }
                }
                Ok(())
            }
            Kind::OneOf(variants) => {
                let fields = Variant::of(variants, value).map_or(&[][..], |of| of.fields);
                let mut fields = fields.iter();
                fields.try_for_each(|field| field.check_within(path, value))
            }
            // Reading has checked names, and whatever else depends on other inputs.
            Kind::Switch
            | Kind::Choice(_)
            | Kind::Names
            | Kind::Numbers
            | Kind::Lane
            | Kind::MaxmemoryPolicy => Ok(()),
        }
    }
}

impl super::Field {
    fn check_within(&self, path: &str, value: &Value) -> Result<(), Invalid> {
        match value.pointer(self.path) {
            Some(value) => self.kind.check(&format!("{path}{}", self.path), value),
            None => Ok(()),
        }
    }
}

fn check_number(path: &str, value: &Value, range: Range) -> Result<(), Invalid> {
    // Reading has made sure that it is a whole number.
    check_range(path, "", value.as_u64().unwrap_or(0), range)
}

/// Texts are shown as they are, so they only have to be of a length that can be shown.
pub(crate) fn check_text(path: &str, text: &str, chars_max: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length > chars_max {
        let expected = format!("at most {chars_max} characters long");
        return Err(Invalid::new(path, &expected, format!("{length} long")));
    }
    Ok(())
}

/// Checks a number; `nouns` names what it counts, if anything.
pub(crate) fn check_range(
    path: &str,
    nouns: &str,
    value: u64,
    (low, high): Range,
) -> Result<(), Invalid> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let expected = match nouns {
        "" => format!("from {low} to {high}"),
        nouns => format!("{low} to {high} {nouns}"),
    };
    Err(Invalid::new(path, &expected, value))
}
