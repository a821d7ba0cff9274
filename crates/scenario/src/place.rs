//! Inputs as plain data, to be looked at and changed at one place: a JSON pointer (RFC 6901).

use super::plain::Plain;

impl Plain {
    /// The field of an object.
    pub fn field(&self, name: &str) -> Option<&Plain> {
        let Plain::Object(fields) = self else {
            return None;
        };
        let mut fields = fields.iter();
        fields.find(|(known, _)| known == name).map(|(_, it)| it)
    }

    /// The value at a pointer.
    pub fn at(&self, pointer: &str) -> Option<&Plain> {
        let mut at = self;
        for part in pointer.split('/').skip(1) {
            at = match at {
                Plain::List(items) => items.get(part.parse::<usize>().ok()?)?,
                other => other.field(part)?,
            };
        }
        Some(at)
    }

    /// Puts a value at a pointer, in place of what is there. Gives whether there was anything: what is
    /// left out nowhere has a place.
    pub fn put(&mut self, pointer: &str, value: Plain) -> bool {
        let mut at = self;
        for part in pointer.split('/').skip(1) {
            let found = match at {
                Plain::List(items) => {
                    let place = part.parse::<usize>().ok();
                    place.and_then(|place| items.get_mut(place))
                }
                Plain::Object(fields) => {
                    let mut fields = fields.iter_mut();
                    fields.find(|(name, _)| name == part).map(|(_, it)| it)
                }
                _ => None,
            };
            match found {
                Some(found) => at = found,
                None => return false,
            }
        }
        *at = value;
        true
    }

    /// A whole number.
    pub fn whole(&self) -> Option<u64> {
        match self {
            Plain::Whole(value) => u64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// A text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Plain::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Plain] {
        match self {
            Plain::List(items) => items,
            _ => &[],
        }
    }

    /// An object of these fields.
    pub fn object(fields: impl IntoIterator<Item = (&'static str, Plain)>) -> Plain {
        let fields = fields.into_iter();
        Plain::Object(fields.map(|(name, it)| (name.to_owned(), it)).collect())
    }
}

/// From a whole number. Inputs are below 2^63.
impl From<u64> for Plain {
    fn from(value: u64) -> Plain {
        Plain::Whole(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Plain {
    fn from(text: &str) -> Plain {
        Plain::Text(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opening;

    #[test]
    fn a_place_is_found_and_filled() {
        let mut plain = Plain::of(&opening());
        let place = "/lanes/1/cache/capacity";
        assert_eq!(plain.at(place).and_then(Plain::whole), Some(4));
        assert!(plain.put(place, Plain::from(9)));
        assert_eq!(plain.at(place).and_then(Plain::whole), Some(9));
        for nowhere in ["/lanes/2", "/lanes/x", "/title/0", "/capacity"] {
            assert_eq!(plain.at(nowhere), None);
            assert!(!plain.put(nowhere, Plain::Null));
        }
    }
}
