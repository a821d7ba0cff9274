//! Plain data, as JSON has it: what a script or a file hands over, before it is known to be a
//! scenario or a command.
//!
//! Everything is read from this one type, whatever it was written in, for three reasons: errors carry
//! their place, both builds refuse the same with the same words, and the readers that serde derives
//! are compiled once.

use super::json;
use super::pointer::Invalid;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde::{Deserialize, forward_to_deserialize_any};
use std::fmt;

/// A plain value.
#[derive(Clone, PartialEq, Debug)]
pub enum Plain {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Plain>),
    /// An object: its fields in the order given.
    Object(Vec<(String, Plain)>),
}

impl Plain {
    /// Reads a value of type `T`; `what` names it as a whole (such as "The scenario").
    ///
    /// # Errors
    /// The first field that is missing, unknown or of the wrong type, with its path.
    pub fn read<'de, T: Deserialize<'de>>(&'de self, what: &str) -> Result<T, Invalid> {
        T::deserialize(self).map_err(|error| error.invalid(what))
    }

    /// Plain data from JSON text; `what` names it as a whole.
    ///
    /// # Errors
    /// Where the text is no JSON, by line and column.
    pub fn parse(what: &str, text: &str) -> Result<Plain, Invalid> {
        serde_json::from_str(text).map_err(|error| {
            let reason = match (error.line(), error.column()) {
                (0, _) => error.to_string(),
                (line, column) => format!("line {line}, column {column} is not JSON"),
            };
            Invalid::unreadable(what, String::new(), &reason)
        })
    }

    /// A value of ours as plain data.
    pub fn of(value: &impl Serialize) -> Plain {
        Plain::parse("It", &json(value)).expect("what is written as JSON can be read")
    }

    fn unexpected(&self) -> Unexpected<'_> {
        match self {
            Plain::Null => Unexpected::Unit,
            Plain::Bool(value) => Unexpected::Bool(*value),
            Plain::Whole(value) => Unexpected::Signed(*value),
            Plain::Real(value) => Unexpected::Float(*value),
            Plain::Text(text) => Unexpected::Str(text),
            Plain::List(_) => Unexpected::Seq,
            Plain::Object(_) => Unexpected::Map,
        }
    }
}

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Plain::Null => to.serialize_unit(),
            Plain::Bool(value) => to.serialize_bool(*value),
            Plain::Whole(value) => to.serialize_i64(*value),
            Plain::Real(value) => to.serialize_f64(*value),
            Plain::Text(text) => to.serialize_str(text),
            Plain::List(items) => to.collect_seq(items),
            Plain::Object(fields) => {
                let mut map = to.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// Why a plain value was not what was wanted. The path grows from its end as the error passes through
/// the lists and objects around it.
#[derive(Debug)]
pub struct ReadError {
    path: String,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    /// There is no such field; these there are.
    Unknown(&'static [&'static str]),
    /// Anything else.
    Other(String),
}

impl ReadError {
    fn within(mut self, place: &str) -> Self {
        let place = place.replace('~', "~0").replace('/', "~1");
        self.path.insert_str(0, &place);
        self.path.insert(0, '/');
        self
    }

    fn invalid(self, what: &str) -> Invalid {
        match self.reason {
            Reason::Unknown(known) => Invalid::unknown(self.path, &known.join(", ")),
            Reason::Other(reason) => Invalid::unreadable(what, self.path, &reason),
        }
    }

    fn mismatch(found: &Unexpected, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        let expected = match expected.as_str() {
            "u64" | "u32" | "u16" | "u8" | "i64" | "i32" | "usize" => "a whole number",
            "f64" => "a number",
            other => other,
        };
        let found = match *found {
            Unexpected::Unit => "null".to_owned(),
            Unexpected::Bool(value) => (if value { "true" } else { "false" }).to_owned(),
            Unexpected::Signed(value) => value.to_string(),
            Unexpected::Float(value) => number(value),
            Unexpected::Str(text) => quoted(text, 60),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "an object".to_owned(),
            _ => "something else".to_owned(),
        };
        de::Error::custom(format!("expected {expected}, but found {found}"))
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Unknown(_) => f.write_str("unknown field"),
            Reason::Other(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        ReadError {
            path: String::new(),
            reason: Reason::Other(reason.to_string()),
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(&found, expected)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(&found, expected)
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        ReadError {
            path: String::new(),
            reason: Reason::Unknown(known),
        }
    }
}

/// A text in quotes, cut to so many characters.
pub fn quoted(text: &str, chars_max: usize) -> String {
    let shown: String = text.chars().take(chars_max).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}

/// A number as it can be named in a sentence: with up to six decimals, and rounded where it is very
/// large or very small.
///
/// The standard library's exact formatting of floats is large, and nothing else on the page needs it.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let mut size = value.abs();
    if size.is_infinite() {
        return format!("{sign}Infinity");
    }
    let mut exponent = 0;
    if size >= 1e15 || (size < 1e-6 && size > 0.0) {
        while size >= 10.0 {
            size /= 10.0;
            exponent += 1;
        }
        while size < 1.0 {
            size *= 10.0;
            exponent -= 1;
        }
    }
    let millionths = (size * 1e6).round() as u64;
    let mut text = format!("{sign}{}", millionths / 1_000_000);
    let fraction = millionths % 1_000_000;
    if fraction > 0 {
        text += format!(".{fraction:06}").trim_end_matches('0');
    }
    if exponent != 0 {
        text += &format!("e{exponent}");
    }
    text
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            match self {
                Plain::Whole(value) => visitor.visit_i64(*value),
                Plain::Real(value) => visitor.visit_f64(*value),
                other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
            }
        }
    )*};
}

macro_rules! texts {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            match self {
                Plain::Text(text) => visitor.visit_borrowed_str(text),
                other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
            }
        }
    )*};
}

/// Each method takes what its name says and nothing else: an array is no struct.
impl<'de> Deserializer<'de> for &'de Plain {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self {
            Plain::Null => visitor.visit_unit(),
            Plain::Bool(_) => self.deserialize_bool(visitor),
            Plain::Whole(_) | Plain::Real(_) => self.deserialize_f64(visitor),
            Plain::Text(_) => self.deserialize_str(visitor),
            Plain::List(_) => self.deserialize_seq(visitor),
            Plain::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self {
            Plain::Bool(value) => visitor.visit_bool(*value),
            other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    texts! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self {
            Plain::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self {
            Plain::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self {
            Plain::Object(fields) => visitor.visit_map(Fields { fields, next: 0 }),
            other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self {
            Plain::Text(name) => visitor.visit_enum(Variant { name, value: None }),
            Plain::Object(fields) if fields.len() == 1 => visitor.visit_enum(Variant {
                name: &fields[0].0,
                value: Some(&fields[0].1),
            }),
            other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 bytes byte_buf unit unit_struct tuple_struct ignored_any
    }
}

/// The items of a list, as they are read.
struct Items<'de> {
    items: &'de [Plain],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let place = self.next;
        let Some(item) = self.items.get(place) else {
            return Ok(None);
        };
        self.next += 1;
        match seed.deserialize(item) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.within(&place.to_string())),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

/// The fields of an object, as they are read: the value that is next belongs to the name before.
struct Fields<'de> {
    fields: &'de [(String, Plain)],
    next: usize,
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some((name, _)) = self.fields.get(self.next) else {
            return Ok(None);
        };
        self.next += 1;
        match seed.deserialize(Name(name)) {
            Ok(key) => Ok(Some(key)),
            Err(error) => Err(error.within(name)),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ReadError> {
        let (name, value) = &self.fields[self.next - 1];
        seed.deserialize(value).map_err(|error| error.within(name))
    }
}

/// The name of a field or of an enum's variant.
struct Name<'de>(&'de str);

impl<'de> Deserializer<'de> for Name<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_borrowed_str(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A variant of an enum, with its value if it has one.
struct Variant<'de> {
    name: &'de str,
    value: Option<&'de Plain>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        Ok((seed.deserialize(Name(self.name))?, self))
    }
}

impl<'de> Variant<'de> {
    fn value(&self) -> &'de Plain {
        self.value.unwrap_or(&Plain::Null)
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        match self.value {
            None => Ok(()),
            Some(value) => {
                let error = ReadError::mismatch(&value.unexpected(), &"only the name");
                Err(error.within(self.name))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        let read = seed.deserialize(self.value());
        read.map_err(|error| error.within(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        let read = self.value().deserialize_seq(visitor);
        read.map_err(|error| error.within(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let read = self.value().deserialize_map(visitor);
        read.map_err(|error| error.within(self.name))
    }
}

/// From any format that serde knows.
impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(PlainVisitor)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("plain data")
    }

    fn visit_unit<E>(self) -> Result<Plain, E> {
        Ok(Plain::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Plain, E> {
        Ok(Plain::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Plain, E> {
        Ok(Plain::Whole(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Plain, E> {
        Ok(i64::try_from(value).map_or(Plain::Real(value as f64), Plain::Whole))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Plain, E> {
        Ok(Plain::Real(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Plain, E> {
        Ok(Plain::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Plain, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = source.next_element()? {
            items.push(item);
        }
        Ok(Plain::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Plain, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = source.next_entry()? {
            fields.push(field);
        }
        Ok(Plain::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let cases = [
            (0.0, "0"),
            (1.5, "1.5"),
            (-0.25, "-0.25"),
            (0.000_001, "0.000001"),
            (4_294_967_296.0, "4294967296"),
            (1e9, "1000000000"),
            (1e300, "1e300"),
            (-2.5e-9, "-2.5e-9"),
            (f64::INFINITY, "Infinity"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
        assert_eq!(number(f64::NAN), "NaN");
    }
}
