//! Inputs as people read and write them: `950` thousandths as `95 %`, `250000` microseconds as
//! `250 ms`. They are written exactly, so that reading them back gives the same.

use super::{Field, Kind, Number, Variant};
use crate::quoted;
use serde_json::Value;

/// The units of spans, the largest first, in microseconds.
const UNITS: [(&str, u64); 6] = [
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("µs", 1),
];
/// Whole seconds from here on are written in minutes, hours and days as well.
const MINUTES_FROM_US: u64 = 120_000_000;

impl Kind {
    /// The kind of the value itself, whether it is optional or not.
    pub fn single(&self) -> &Kind {
        match self {
            Kind::Optional(optional) => optional.of,
            kind => kind,
        }
    }

    /// A value as it stands in its field, without a unit that stands beside it.
    pub fn typed(&self, value: &Value) -> String {
        match (self, value) {
            (_, Value::Null) => String::new(),
            (Kind::Optional(optional), value) => optional.of.typed(value),
            (Kind::Number(number), value) => {
                let sign = if value.as_i64().is_some_and(|value| value < 0) {
                    "-"
                } else {
                    ""
                };
                let size = value.as_u64().or(value.as_i64().map(i64::unsigned_abs));
                format!("{sign}{}", decimal(size.unwrap_or(0), number.decimals))
            }
            (Kind::Span(_), value) => span_text(value.as_u64().unwrap_or(0)),
            (Kind::Names | Kind::Numbers, Value::Array(items)) => {
                let items: Vec<String> = items.iter().map(one).collect();
                items.join(" ")
            }
            (_, value) => one(value),
        }
    }

    /// Makes a value of what was typed; validation then accepts or refuses it. `before` is the value that it
    /// replaces.
    ///
    /// # Errors
    /// A sentence, if it is written in a way that gives no value.
    pub fn read(&self, typed: &str, before: &Value) -> Result<Value, String> {
        let trimmed = typed.trim();
        match self {
            Kind::Optional(_) if trimmed.is_empty() => Ok(Value::Null),
            Kind::Optional(optional) => optional.of.read(typed, before),
            Kind::Number(number) => number.read(trimmed),
            Kind::Span(_) => read_span(trimmed, before).map(Value::from).ok_or_else(|| {
                format!(
                    "{} is not a duration: write a number and a unit, such as 250 µs, 5 ms, 1.5 s or 4 min 30 s.",
                    quoted(trimmed, 60)
                )
            }),
            Kind::Names => Ok(Value::Array(trimmed.split_whitespace().map(Value::from).collect())),
            Kind::Numbers => Ok(Value::Array(trimmed.split_whitespace().map(whole_or_text).collect())),
            _ => Ok(Value::from(typed)),
        }
    }

    /// A value in a sentence.
    pub fn written(&self, value: &Value) -> String {
        match self {
            Kind::Optional(optional) if *value == Value::Null => optional.absent.to_owned(),
            Kind::Optional(optional) => optional.of.written(value),
            Kind::Number(number) => number.with_unit(&self.typed(value)),
            Kind::Switch => match value {
                Value::Bool(true) => "on".to_owned(),
                _ => "off".to_owned(),
            },
            Kind::Choice(choices) => {
                let name = value.as_str().unwrap_or_default();
                let choice = choices.iter().find(|choice| choice.name == name);
                choice.map_or(name, |choice| choice.title).to_owned()
            }
            Kind::OneOf(variants) => one_of(variants, value),
            Kind::List(list) => {
                let count = value.as_array().map_or(0, Vec::len);
                let plural = if count == 1 { "" } else { "s" };
                format!("{count} {}{plural}", list.noun)
            }
            Kind::Text(_) => match value.as_str() {
                Some("") | None => "empty".to_owned(),
                Some(text) => quoted(text, 40),
            },
            Kind::Lane => match value.as_u64() {
                Some(lane) => format!("lane {lane}"),
                None => "every lane".to_owned(),
            },
            Kind::Names | Kind::Numbers if value.as_array().is_none_or(Vec::is_empty) => {
                "empty".to_owned()
            }
            _ => self.typed(value),
        }
    }

    /// Why a number with decimals is refused, in the units in which it is written; `None` if it isn't, or if
    /// it is something else.
    pub fn out_of_range(&self, name: &str, value: &Value) -> Option<String> {
        let Kind::Number(number) = self.single() else {
            return None;
        };
        let (low, high) = number.range;
        let known = value.is_i64() || value.is_u64();
        let inside = value
            .as_u64()
            .is_some_and(|value| (low..=high).contains(&value));
        (number.decimals > 0 && known && !inside).then(|| {
            let (range, found) = (self.range_text(), self.typed(value));
            format!("{name} must be from {range}, but is {found}.")
        })
    }

    /// Its range in the units in which it is written; empty if it has none.
    pub fn range_text(&self) -> String {
        match self {
            Kind::Optional(optional) => optional.of.range_text(),
            Kind::Number(number) => {
                let [low, high] =
                    [number.range.0, number.range.1].map(|end| decimal(end, number.decimals));
                number.with_unit(&format!("{low} to {high}"))
            }
            Kind::Span((low, high)) => format!("{} to {}", span_text(*low), span_text(*high)),
            _ => String::new(),
        }
    }
}

impl Number {
    fn read(&self, typed: &str) -> Result<Value, String> {
        let typed = typed.strip_suffix(self.unit).unwrap_or(typed).trim_end();
        let (sign, size) = match typed.strip_prefix('-') {
            Some(size) => ("-", size),
            None => ("", typed),
        };
        let (whole, fraction) = size.split_once(['.', ',']).unwrap_or((size, ""));
        let places = usize::from(self.decimals);
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            let example = if places == 0 { "12" } else { "12 or 12.5" };
            return Err(match typed {
                "" => format!("Write a number, such as {example}."),
                _ => format!("{} is not a number, such as {example}.", quoted(typed, 60)),
            });
        }
        if places == 0 && size != whole {
            return Err(format!(
                "{typed} is not a whole number: write it with digits only."
            ));
        }
        if fraction.len() > places {
            return Err(format!("{typed} has too many decimals: at most {places}."));
        }
        let number = format!("{sign}{whole}{fraction:0<places$}");
        let read: Result<i64, _> = number.parse();
        read.map(Value::from)
            .map_err(|_| format!("{typed} is too long a number."))
    }

    pub(crate) fn with_unit(&self, number: &str) -> String {
        match self.unit {
            "" => number.to_owned(),
            unit => format!("{number} {unit}"),
        }
    }
}

/// A number if the text looks like one; otherwise the text, which validation refuses.
fn whole_or_text(typed: &str) -> Value {
    typed
        .parse()
        .map_or_else(|_| Value::from(typed), |number: i64| Value::from(number))
}

/// A text or a number without quotes.
fn one(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn one_of(variants: &[Variant], value: &Value) -> String {
    let Some(variant) = Variant::of(variants, value) else {
        return String::new();
    };
    // All settings of a generator, or all requests of a script, would be too long for a sentence.
    let told = |field: &&Field| !matches!(field.kind, Kind::List(_)) && variant.fields.len() <= 4;
    let fields = variant.fields.iter().filter(told).filter_map(|field| {
        let value = value.pointer(field.path)?;
        Some(format!("{} {}", field.label, field.kind.written(value)))
    });
    match fields.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => variant.title.to_owned(),
        fields => format!("{} ({fields})", variant.title),
    }
}

/// A number with decimals, without trailing zeros.
fn decimal(value: u64, decimals: u8) -> String {
    let scale = 10_u64.pow(decimals.into());
    let (whole, fraction) = (value / scale, value % scale);
    if fraction == 0 {
        return whole.to_string();
    }
    let fraction = format!("{fraction:0width$}", width = usize::from(decimals));
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

/// A span exactly: `250 µs`, `4.1 ms`, `1.5 s`, `4 min 30 s`.
pub fn span_text(us: u64) -> String {
    if us >= MINUTES_FROM_US && us.is_multiple_of(1_000_000) {
        let mut left = us;
        let mut parts = Vec::new();
        for (name, unit) in &UNITS[..4] {
            if left >= *unit {
                parts.push(format!("{} {name}", left / unit));
                left %= unit;
            }
        }
        return parts.join(" ");
    }
    match us {
        1_000_000.. if us.is_multiple_of(1_000) => format!("{} s", decimal(us / 1_000, 3)),
        1_000.. => format!("{} ms", decimal(us, 3)),
        0 => "0 s".to_owned(),
        _ => format!("{us} µs"),
    }
}

/// Reads one or more numbers with their units, which add up. A number alone is in the unit of what it
/// replaces.
fn read_span(typed: &str, before: &Value) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = typed;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','));
        let (number, after) = rest.split_at(end.unwrap_or(rest.len()));
        let after = after.trim_start();
        let end = after.find(|c: char| c.is_ascii_digit() || c.is_whitespace());
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let alone = unit.is_empty() && total == 0 && after.is_empty();
        let unit_us = if alone {
            unit_of(before)
        } else {
            unit_named(unit)?
        };
        total = total.checked_add(in_us(number, unit_us)?)?;
        rest = after.trim_start();
    }
    Some(total)
}

fn unit_named(name: &str) -> Option<u64> {
    let name = match name {
        // The micro sign and the Greek letter look alike.
        "us" | "μs" => "µs",
        "m" => "min",
        "sec" => "s",
        name => name,
    };
    UNITS.iter().find(|unit| unit.0 == name).map(|unit| unit.1)
}

/// The last unit in which a span is written.
fn unit_of(span: &Value) -> u64 {
    let written = span_text(span.as_u64().unwrap_or(1_000));
    let name = written.rsplit(' ').next().unwrap_or_default();
    unit_named(name).unwrap_or(1_000)
}

/// A number of units in microseconds, if it is a whole number of them.
fn in_us(number: &str, unit_us: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let places = u32::try_from(fraction.len())
        .ok()
        .filter(|&places| places <= 18)?;
    let scale = 10_u128.pow(places);
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let us = digits.checked_mul(unit_us.into())?;
    match us % scale {
        0 => u64::try_from(us / scale).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_exactly_and_read_back() {
        for (us, text) in [
            (0, "0 s"),
            (250, "250 µs"),
            (1_000, "1 ms"),
            (4_123, "4.123 ms"),
            (60_000, "60 ms"),
            (1_500_000, "1.5 s"),
            (1_000_001, "1000.001 ms"),
            (70_000_000, "70 s"),
            (120_000_000, "2 min"),
            (270_000_000, "4 min 30 s"),
            (130_500_000, "130.5 s"),
            (3_600_000_000, "1 h"),
            (86_405_000_000, "1 d 5 s"),
            (1_000_000_000_000_000, "11574 d 1 h 46 min 40 s"),
        ] {
            assert_eq!(span_text(us), text);
            assert_eq!(read_span(text, &Value::Null), Some(us), "{text}");
        }
    }

    #[test]
    fn spans_are_read_as_people_write_them() {
        let ms = Value::from(2_500);
        for (text, us) in [
            ("250us", 250),
            ("250μs", 250),
            ("5", 5_000),
            ("1,5 s", 1_500_000),
            ("0.25ms", 250),
            ("4min30s", 270_000_000),
            ("1h", 3_600_000_000),
            ("1.5 min", 90_000_000),
        ] {
            assert_eq!(read_span(text, &ms), Some(us), "{text}");
        }
        for text in [
            "",
            "ms",
            "five ms",
            "5 years",
            "-5 ms",
            "0.5 µs",
            "1.2.3 s",
            "5 ms 3",
            "1.00005 ms",
            "99999999999999999999 s",
            "999999999999999 d",
        ] {
            assert_eq!(read_span(text, &ms), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_written_in_their_units() {
        let share = Number {
            range: (0, 1_000),
            decimals: 1,
            unit: "%",
        };
        for (typed, value) in [
            ("95", 950),
            ("66.7 %", 667),
            ("66,7%", 667),
            ("0", 0),
            ("200", 2_000),
        ] {
            assert_eq!(share.read(typed), Ok(Value::from(value)), "{typed}");
        }
        assert!(share.read("0.25").is_err());
        assert_eq!(share.read("-1.5"), Ok(Value::from(-15)));
        let why = |typed| share.read(typed).expect_err("no number");
        assert_eq!(why(""), "Write a number, such as 12 or 12.5.");
        for typed in ["half", "-", ".", "1e3", "0x1"] {
            let expected = format!("{typed:?} is not a number, such as 12 or 12.5.");
            assert_eq!(why(typed), expected);
        }
        let long = "9".repeat(30);
        assert_eq!(why(&long), format!("{long} is too long a number."));
        let kind = Kind::Number(share);
        assert_eq!(kind.typed(&Value::from(-15)), "-1.5");
        let refused = |value: i64| kind.out_of_range("Share", &Value::from(value));
        assert_eq!(refused(1_000), None);
        let why = "Share must be from 0 to 100 %, but is -1.5.";
        assert_eq!(refused(-15).as_deref(), Some(why));
        let why = "Share must be from 0 to 100 %, but is 100.1.";
        assert_eq!(refused(1_001).as_deref(), Some(why));
        assert_eq!(kind.written(&Value::from(667)), "66.7 %");
        assert_eq!(kind.written(&Value::from(400)), "40 %");
        assert_eq!(kind.range_text(), "0 to 100 %");
        let no_fraction = Number {
            range: (1, 4),
            decimals: 0,
            unit: "entries",
        };
        assert_eq!(no_fraction.read("3 entries"), Ok(Value::from(3)));
        for typed in ["1.5", "1,000"] {
            let why = no_fraction.read(typed).expect_err("a fraction");
            assert!(why.starts_with(&format!("{typed} is not a whole number")));
        }
        let whole = Kind::Number(Number {
            range: (1, 4),
            decimals: 0,
            unit: "",
        });
        assert_eq!(whole.read("-5", &Value::Null), Ok(Value::from(-5)));
    }
}
