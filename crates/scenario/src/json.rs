//! From Rust values to JSON text.

use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt;

/// A value as JSON. Numbers that are none, such as infinity, become null.
pub fn json(value: &impl Serialize) -> String {
    let mut json = Json(String::new());
    // Writing to a text cannot fail, and no value of ours refuses to be written.
    let done = value.serialize(&mut json);
    debug_assert!(done.is_ok());
    json.0
}

/// What has been written so far.
struct Json(String);

impl Json {
    fn text(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                '\0'..='\x1f' => {
                    let digits = [c as u8 >> 4, c as u8 & 15];
                    let digits = digits.map(|digit| b"0123456789abcdef"[digit as usize]);
                    self.0.push_str("\\u00");
                    self.0.extend(digits.map(char::from));
                }
                c => self.0.push(c),
            }
        }
        self.0.push('"');
    }

    /// A comma, unless this is the first in its list or object.
    fn separate(&mut self) {
        if !self.0.ends_with(['[', '{']) {
            self.0.push(',');
        }
    }

    fn field(&mut self, name: &str) {
        self.separate();
        self.text(name);
        self.0.push(':');
    }

    fn whole(&mut self, value: u64) {
        self.0 += &value.to_string();
    }

    fn open(&mut self, bracket: char) -> &mut Self {
        self.0.push(bracket);
        self
    }

    fn close(&mut self, brackets: &str) {
        self.0.push_str(brackets);
    }
}

/// No value of ours gives one.
#[derive(Debug)]
pub struct Never;

impl fmt::Display for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a value that can be written")
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Never
    }
}

type Done = Result<(), Never>;

impl<'a> Serializer for &'a mut Json {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Fields<'a>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Fields<'a>;

    fn serialize_bool(self, value: bool) -> Done {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Done {
        if value < 0 {
            self.0.push('-');
        }
        self.whole(value.unsigned_abs());
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Done {
        self.whole(value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Done {
        match value.is_finite() {
            true => self.0 += &value.to_string(),
            false => self.0 += "null",
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Done {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Done {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Done {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Done {
        self.open('{').field(name);
        value.serialize(&mut *self)?;
        self.close("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Never> {
        Ok(List(self.open('['), "]"))
    }

    fn serialize_tuple(self, length: usize) -> Result<List<'a>, Never> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<List<'a>, Never> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<List<'a>, Never> {
        self.open('{').field(name);
        Ok(List(self.open('['), "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'a>, Never> {
        Ok(Fields(self.open('{'), "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'a>, Never> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Fields<'a>, Never> {
        self.open('{').field(name);
        Ok(Fields(self.open('{'), "}}"))
    }
}

/// A list, and what closes it.
struct List<'a>(&'a mut Json, &'static str);

impl List<'_> {
    fn item<T: ?Sized + Serialize>(&mut self, value: &T) -> Done {
        self.0.separate();
        value.serialize(&mut *self.0)
    }
}

macro_rules! list {
    ($($kind:ident $item:ident)*) => {$(
        impl $kind for List<'_> {
            type Ok = ();
            type Error = Never;

            fn $item<T: ?Sized + Serialize>(&mut self, value: &T) -> Done {
                self.item(value)
            }

            fn end(self) -> Done {
                self.0.close(self.1);
                Ok(())
            }
        }
    )*};
}

list! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

/// An object, and what closes it.
struct Fields<'a>(&'a mut Json, &'static str);

macro_rules! fields {
    ($($kind:ident)*) => {$(
        impl $kind for Fields<'_> {
            type Ok = ();
            type Error = Never;

            fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Done {
                self.0.field(name);
                value.serialize(&mut *self.0)
            }

            fn end(self) -> Done {
                self.0.close(self.1);
                Ok(())
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }

/// Names that are no texts, such as numbers, become texts.
impl SerializeMap for Fields<'_> {
    type Ok = ();
    type Error = Never;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, name: &T) -> Done {
        let mut json = Json(String::new());
        name.serialize(&mut json)?;
        self.0.separate();
        match json.0.starts_with('"') {
            true => self.0.0 += &json.0,
            false => self.0.text(&json.0),
        }
        self.0.0.push(':');
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Done {
        value.serialize(&mut *self.0)
    }

    fn end(self) -> Done {
        self.0.close(self.1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::json;
    use serde::Serialize;
    use std::collections::BTreeMap;

    #[derive(Serialize)]
    enum Kind {
        Unit,
        One(u8),
        Two(i8, bool),
        Named { x: f64, y: Option<char> },
    }

    #[derive(Serialize)]
    struct Everything<'a> {
        text: &'a str,
        kinds: Vec<Kind>,
        map: BTreeMap<&'a str, (u64, i64)>,
        numbers: BTreeMap<u32, ()>,
        empty: [u8; 0],
    }

    #[test]
    fn what_is_written_is_what_the_usual_writer_writes() {
        let everything = Everything {
            text: "quote \" backslash \\ line \n nul \0 é \u{1F600} \u{7f}",
            kinds: vec![
                Kind::Unit,
                Kind::One(255),
                Kind::Two(-128, true),
                Kind::Named {
                    x: 1.5,
                    y: Some('"'),
                },
                Kind::Named {
                    x: f64::NAN,
                    y: None,
                },
            ],
            map: BTreeMap::from([("a\"b", (u64::MAX, i64::MIN)), ("", (0, 0))]),
            numbers: BTreeMap::from([(7, ()), (8, ())]),
            empty: [],
        };
        let expected = serde_json::to_value(&everything).expect("plain data");
        let written: serde_json::Value = serde_json::from_str(&json(&everything)).expect("JSON");
        assert_eq!(written, expected);
    }
}
