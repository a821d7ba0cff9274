//! The field table: one row an input, with its name, range, unit and help. Validation, the set-up panel
//! and the tests read the rows and know no input by name.

/// Makes a static table of choices: one for each value of an enum, in the order of its `ALL`.
macro_rules! choices {
    ($seen:vis $table:ident: $enum:ident, $value:ident => $choice:expr) => {
        $seen static $table: [Choice; $enum::ALL.len()] = {
            let mut all = [Choice::NONE; $enum::ALL.len()];
            let mut i = 0;
            while i < all.len() {
                let $value = $enum::ALL[i];
                all[i] = $choice;
                i += 1;
            }
            all
        };
    };
}

mod cache;
mod check;
mod cost;
mod day;
mod faults;
mod global;
mod lane;
mod scene;
mod serverless;
mod strategy;
mod traffic;
mod words;

pub(crate) use check::{check_range, check_ranges, check_text};
pub use faults::fault_words;
pub use strategy::changes_with;
pub use words::span_text;

use super::ranges::{LANES_MAX, Range};
use super::{Invalid, letter};
use serde_json::Value;

/// A group of the set-up panel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// Who asks for what, and when.
    Traffic,
    /// How the application uses the cache.
    Strategy,
    /// The cache node.
    Cache,
    /// The database.
    Database,
    /// The way between them.
    Network,
    /// What goes wrong.
    Faults,
    /// What is planned, and what it is charged.
    Cost,
    /// A day of traffic.
    Day,
    /// What the scenario is called, and where it begins.
    Scene,
}

impl Group {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Group; 9] = [
        Group::Traffic,
        Group::Strategy,
        Group::Cache,
        Group::Database,
        Group::Network,
        Group::Faults,
        Group::Cost,
        Group::Day,
        Group::Scene,
    ];

    /// The title on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Group::Traffic => "Traffic",
            Group::Strategy => "Strategy",
            Group::Cache => "Cache",
            Group::Database => "Database",
            Group::Network => "Network",
            Group::Faults => "Faults",
            Group::Cost => "Cost",
            Group::Day => "Day",
            Group::Scene => "Scene",
        }
    }

    /// Whether each lane has its own.
    pub fn of_lanes(self) -> bool {
        self.fields()
            .first()
            .is_some_and(|field| field.path.starts_with(LANE))
    }

    /// How many places each of its inputs has: one a lane, or one.
    pub fn places(self, lanes: usize) -> usize {
        if self.of_lanes() { lanes } else { 1 }
    }

    /// Its inputs.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Group::Traffic => &traffic::FIELDS,
            Group::Strategy => &strategy::FIELDS,
            Group::Cache => &cache::FIELDS,
            Group::Database => &lane::DATABASE,
            Group::Network => &lane::NETWORK,
            Group::Faults => &faults::FIELDS,
            Group::Cost => &cost::FIELDS,
            Group::Day => &day::FIELDS,
            Group::Scene => &scene::FIELDS,
        }
    }
}

/// How the place of a lane's input begins; `*` stands for the lane's number, from 0.
const LANE: &str = "/lanes/*";

/// One input.
#[derive(Debug)]
pub struct Field {
    /// Its place: a JSON pointer with `*` for the lane. Within a list or an object of several kinds, a pointer
    /// from the item's or the object's own place.
    pub path: &'static str,
    /// The name on screen; in the singular.
    pub label: &'static str,
    /// The values that it can have.
    pub kind: Kind,
    /// What it does, in a sentence; empty where the label says it.
    pub help: &'static str,
    /// The engines' or CloudWatch's name for it; empty if they have none.
    pub known_as: &'static str,
    /// The heading above it and the rows after it; empty if the heading before goes on.
    pub heading: &'static str,
    /// The inputs that decide whether it matters, and the values of theirs with which it does.
    pub only_with: &'static [With],
}

/// An input's place, and some of its values.
pub type With = (&'static str, &'static [&'static str]);

/// Equal to itself only: there is one row for each.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Field {}

/// Equal to itself only, like its row.
impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Kind {}

impl Field {
    const fn new(path: &'static str, label: &'static str, kind: Kind, help: &'static str) -> Self {
        Field {
            path,
            label,
            kind,
            help,
            known_as: "",
            heading: "",
            only_with: &[],
        }
    }

    /// Says with which values of other inputs it matters.
    const fn only_with(mut self, others: &'static [With]) -> Self {
        self.only_with = others;
        self
    }

    /// Begins a part of its group.
    const fn under(mut self, heading: &'static str) -> Self {
        self.heading = heading;
        self
    }

    /// Says what engines or CloudWatch call it.
    const fn known_as(mut self, name: &'static str) -> Self {
        self.known_as = name;
        self
    }

    /// Whether it matters in a lane, from 0, of some inputs.
    pub fn matters(&self, inputs: &Value, lane: usize) -> bool {
        self.only_with.iter().all(|(place, values)| {
            let other = inputs.pointer(&place.replace('*', &lane.to_string()));
            let name = other.and_then(Value::as_str);
            name.is_none_or(|name| values.contains(&name))
        })
    }

    /// Its place in a lane, from 0; lanes do not matter to an input that all share.
    pub fn place(&self, lane: usize) -> String {
        self.path.replace('*', &lane.to_string())
    }
}

/// The values that an input can have, and how they are written.
#[derive(Debug)]
pub enum Kind {
    /// A text of at most this many characters, which may be empty.
    Text(usize),
    /// A whole number.
    Number(Number),
    /// A span of time or an instant, in microseconds.
    Span(Range),
    /// On or off.
    Switch,
    /// One of a few names.
    Choice(&'static [Choice]),
    /// A value that may be absent.
    Optional(Optional),
    /// An object of one of a few kinds, each with its own fields.
    OneOf(&'static [Variant]),
    /// A list of objects.
    List(List),
    /// A list of texts, written one after the other with blanks between them.
    Names,
    /// A list of whole numbers, written the same way.
    Numbers,
    /// The number of a lane, from 1; nothing for all of them.
    Lane,
    /// A policy and a scope under Valkey's name for both together.
    MaxmemoryPolicy,
}

/// A whole number, and how people write it.
#[derive(Debug)]
pub struct Number {
    /// Its range, as it is stored.
    pub range: Range,
    /// How many of its digits follow the point when it is written: 950 thousandths are 95.0 %.
    pub decimals: u8,
    /// The unit after the number; empty if it has none.
    pub unit: &'static str,
}

/// A value that may be absent.
#[derive(Debug)]
pub struct Optional {
    /// The values that it has if present.
    pub of: &'static Kind,
    /// Its first value when it is switched on.
    pub when_on: fn() -> Value,
    /// The words for its absence.
    pub absent: &'static str,
}

/// Why an input was refused, by the name that it has on screen, if it is a row of the table of inputs.
pub fn in_words(invalid: &Invalid) -> String {
    let fields = || Group::ALL.iter().flat_map(|group| group.fields());
    let refused = (0..LANES_MAX).find_map(|lane| {
        let field = fields().find(|field| field.place(lane) == invalid.path)?;
        Some((field, lane))
    });
    match refused {
        Some((field, lane)) if field.path.contains('*') => {
            invalid.named(&format!("{} of lane {}", field.label, letter(lane)))
        }
        Some((field, _)) => invalid.named(field.label),
        None => invalid.message.clone(),
    }
}

/// One of a few names.
#[derive(Debug)]
pub struct Choice {
    /// The name in inputs.
    pub name: &'static str,
    /// The title on screen.
    pub title: &'static str,
    /// What it does, in words that go on after a lane's name, or after its own title and a colon.
    pub about: &'static str,
}

impl Choice {
    /// A placeholder in a table that is being made.
    const NONE: Choice = Choice {
        name: "",
        title: "",
        about: "",
    };
}

/// One kind of an object.
#[derive(Debug)]
pub struct Variant {
    /// The field or the text by which it is known.
    pub tag: &'static str,
    /// The title on screen.
    pub title: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Its inputs.
    pub fields: &'static [Field],
    /// Makes its first value of the value that it replaces.
    pub make: fn(&Value) -> Value,
}

impl Variant {
    /// Whether an object is of this kind.
    pub fn is(&self, of: &Value) -> bool {
        of.as_str() == Some(self.tag) || of.get(self.tag).is_some()
    }

    /// Finds the kind of an object.
    pub fn of<'a>(variants: &'a [Variant], value: &Value) -> Option<&'a Variant> {
        variants.iter().find(|variant| variant.is(value))
    }
}

/// A list of objects.
#[derive(Debug)]
pub struct List {
    /// How many there can be.
    pub range: Range,
    /// The noun for one item.
    pub noun: &'static str,
    /// The inputs of one item.
    pub of: &'static [Field],
    /// Makes one more item, after the present ones; `None` where only the run adds any.
    pub more: Option<fn(&[Value]) -> Value>,
    /// The field by which the items are in order, if they have to be.
    pub in_order_of: Option<&'static str>,
}

impl List {
    /// Puts items in the order that they have to have; equal ones keep theirs.
    pub fn arrange(&self, items: &mut [Value]) {
        let Some(by) = self.in_order_of else { return };
        let key = |item: &Value| item.pointer(by).and_then(Value::as_u64).unwrap_or(0);
        items.sort_by_key(key);
    }
}

/// A number without decimals.
const fn count(range: Range, unit: &'static str) -> Kind {
    Kind::Number(Number {
        range,
        decimals: 0,
        unit,
    })
}

/// A number with some of its digits behind the point.
const fn decimal(range: Range, decimals: u8, unit: &'static str) -> Kind {
    Kind::Number(Number {
        range,
        decimals,
        unit,
    })
}

/// An optional input whose absence reads "off".
const fn off_or(of: &'static Kind, when_on: fn() -> Value) -> Kind {
    Kind::Optional(Optional {
        of,
        when_on,
        absent: "off",
    })
}

/// An optional input whose absence reads "none".
const fn none_or(of: &'static Kind, when_on: fn() -> Value) -> Kind {
    Kind::Optional(Optional {
        of,
        when_on,
        absent: "none",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A misspelt place or value would hide a row for ever, or never.
    #[test]
    fn what_a_row_depends_on_is_another_row_and_its_values() {
        for group in Group::ALL {
            for field in group.fields() {
                for (place, values) in field.only_with {
                    let mut rows = group.fields().iter().chain(Group::Cache.fields());
                    let decides = rows.find(|row| row.path == *place);
                    let Some(Kind::Choice(choices)) = decides.map(|row| &row.kind) else {
                        panic!("{} depends on {place}", field.path);
                    };
                    let known = |name: &&str| choices.iter().any(|choice| choice.name == *name);
                    assert!(values.iter().all(known), "{}", field.path);
                }
            }
        }
    }

    #[test]
    fn a_row_matters_in_the_lanes_that_it_is_made_for() {
        let lane = |kind: &str| json!({"cache": {"deployment": {"kind": kind}}});
        let inputs = json!({"lanes": [lane("node"), lane("cluster")]});
        let row = |path: &str| {
            let mut rows = Group::Cache.fields().iter();
            rows.find(|row| row.path.ends_with(path)).expect("a row")
        };
        let in_lanes = |path| [0, 1].map(|lane| row(path).matters(&inputs, lane));
        assert_eq!(in_lanes("/shards"), [false, true]);
        assert_eq!(in_lanes("/policy"), [true, true]);
        assert_eq!(in_lanes("/hashing"), [false, false]);
    }
}
