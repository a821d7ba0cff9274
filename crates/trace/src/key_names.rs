//! The names of a trace's keys.
//!
//! A trace can have millions of keys, and in many formats they are numbers. So a key takes 8 bytes if its
//! name is the plain decimal form of a number; other names have their text besides.

use cache::units::Key;
use scenario::{KEY_BYTES_MAX, valid_key};
use std::borrow::Cow;

/// Marks a cell that does not hold its key's number itself.
const ELSEWHERE: u64 = 1 << 63;

/// The names, by key.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KeyNames {
    /// A number below 2^63; or [`ELSEWHERE`], an offset (in the bits from 8 up) and a length. Length 0
    /// means a number that is too large for a cell: the offset is its place in `large`.
    cells: Vec<u64>,
    text: String,
    large: Vec<u64>,
}

/// A key's name in its compact form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Name<'a> {
    Number(u64),
    Text(&'a str),
}

impl<'a> Name<'a> {
    /// Reads a name, if a key may have it.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Name<'a>> {
        if let Some(number) = plain_number(bytes) {
            return Some(Name::Number(number));
        }
        let text = std::str::from_utf8(bytes).ok()?;
        // Nearly all keys are of these characters only, and looking at bytes is several times as fast.
        let plain =
            (1..=KEY_BYTES_MAX).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
        (plain || valid_key(text)).then_some(Name::Text(text))
    }

    /// Spreads names over 32 bits. It only decides where a name is looked up, never a result.
    fn hash(self) -> u32 {
        const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut hash = match self {
            Name::Number(number) => number,
            Name::Text(text) => text.as_bytes().chunks(8).fold(!0, |hash: u64, chunk| {
                let mut word = [0; 8];
                word[..chunk.len()].copy_from_slice(chunk);
                (hash.rotate_left(29) ^ u64::from_le_bytes(word)).wrapping_mul(SPREAD)
            }),
        };
        hash = (hash ^ (hash >> 32)).wrapping_mul(SPREAD);
        hash = (hash ^ (hash >> 29)).wrapping_mul(SPREAD);
        (hash >> 32) as u32
    }
}

/// The number whose plain decimal form this is: no sign, no leading zero.
fn plain_number(bytes: &[u8]) -> Option<u64> {
    let plain = match bytes {
        [] => false,
        [b'0', rest @ ..] => rest.is_empty(),
        _ => bytes.len() <= 20,
    };
    if !plain {
        return None;
    }
    bytes.iter().try_fold(0_u64, |number, &byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

impl KeyNames {
    /// How many keys there are.
    pub fn len(&self) -> u32 {
        self.cells.len() as u32
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The name of `key`, which must be one of this trace's.
    pub fn name(&self, key: Key) -> Cow<'_, str> {
        match self.get(key.0) {
            Name::Number(number) => Cow::Owned(number.to_string()),
            Name::Text(text) => Cow::Borrowed(text),
        }
    }

    /// How many bytes the name of `key` has, which must be one of this trace's.
    pub fn bytes(&self, key: Key) -> u32 {
        match self.get(key.0) {
            Name::Number(number) => number.checked_ilog10().unwrap_or(0) + 1,
            Name::Text(text) => text.len() as u32,
        }
    }

    /// Their size on the heap, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        let cells = (self.cells.capacity() + self.large.capacity()) as u64;
        cells * 8 + self.text.capacity() as u64
    }

    fn get(&self, key: u32) -> Name<'_> {
        let cell = self.cells[key as usize];
        let (offset, length) = ((cell & !ELSEWHERE) >> 8, cell & 255);
        match (cell & ELSEWHERE, length) {
            (0, _) => Name::Number(cell),
            (_, 0) => Name::Number(self.large[offset as usize]),
            _ => Name::Text(&self.text[offset as usize..(offset + length) as usize]),
        }
    }

    fn add(&mut self, name: Name) {
        let cell = match name {
            Name::Number(number) if number < ELSEWHERE => number,
            Name::Number(number) => {
                self.large.push(number);
                ELSEWHERE | (self.large.len() as u64 - 1) << 8
            }
            Name::Text(text) => {
                // A valid key has 1 to 250 bytes, so its length fits in 8 bits and is not 0.
                self.text.push_str(text);
                let offset = (self.text.len() - text.len()) as u64;
                ELSEWHERE | offset << 8 | text.len() as u64
            }
        };
        self.cells.push(cell);
    }
}

/// A growing table of names: numbers them in order of first appearance.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyTable {
    names: KeyNames,
    /// An open-addressed table of keys, at most half full. Its length is a power of two.
    index: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

impl KeyTable {
    /// The key of that name, which is added if it is new.
    pub(super) fn number(&mut self, name: Name) -> Key {
        if (self.names.cells.len() + 1) * 2 > self.index.len() {
            self.grow();
        }
        let mut cell = self.home(name);
        while self.index[cell] != EMPTY {
            let key = self.index[cell];
            if self.names.get(key) == name {
                return Key(key);
            }
            cell = (cell + 1) & (self.index.len() - 1);
        }
        let key = self.names.len();
        self.index[cell] = key;
        self.names.add(name);
        Key(key)
    }

    pub(super) fn len(&self) -> u32 {
        self.names.len()
    }

    /// The names without the table.
    pub(super) fn into_names(self) -> KeyNames {
        self.names
    }

    fn home(&self, name: Name) -> usize {
        name.hash() as usize & (self.index.len() - 1)
    }

    fn grow(&mut self) {
        let cells = (self.index.len() * 2).max(64);
        self.index = vec![EMPTY; cells];
        for key in 0..self.names.len() {
            let mut cell = self.home(self.names.get(key));
            while self.index[cell] != EMPTY {
                cell = (cell + 1) & (cells - 1);
            }
            self.index[cell] = key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were() {
        let mut names: Vec<String> = (0..500_u64).map(|n| (n * n).to_string()).collect();
        names.extend((0..500).map(|n| format!("user:{n}")));
        names.extend(
            ["00", "007", "-1", "+1", "1.0", "é", "9223372036854775807"].map(str::to_owned),
        );
        names.extend(
            [
                "9223372036854775808",
                "18446744073709551615",
                "18446744073709551616",
            ]
            .map(str::to_owned),
        );
        names.push("k".repeat(250));
        let mut table = KeyTable::default();
        for _ in 0..2 {
            for (n, name) in (0..).zip(&names) {
                let read = Name::read(name.as_bytes()).expect("a valid key");
                assert_eq!(table.number(read), Key(n), "{name}");
            }
        }
        let kept = table.into_names();
        for (n, name) in (0..).zip(&names) {
            assert_eq!(kept.name(Key(n)), name.as_str());
            assert_eq!(kept.bytes(Key(n)) as usize, name.len(), "{name}");
        }
        assert_eq!(kept.len() as usize, names.len());
    }

    #[test]
    fn a_number_takes_eight_bytes() {
        let mut table = KeyTable::default();
        for number in 0..100_000_u64 {
            table.number(Name::Number(number * 1_000_003));
        }
        let names = table.into_names();
        assert!(
            names.heap_bytes() <= 2 * 8 * 100_000,
            "{}",
            names.heap_bytes()
        );
        assert!(names.text.is_empty());
    }
}
