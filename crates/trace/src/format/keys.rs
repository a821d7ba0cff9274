//! One key a line. White space at the end of a line is ignored, and so are empty lines at the end of the
//! file; an empty line between two keys is an error.

use super::super::bad::{BadTrace, Place, quoted};
use super::super::builder::Builder;
use super::super::record::{Access, Lifetime, Record, SPACING};
use super::lines::{Lines, ReadLine};
use super::{Format, Sample};
use cache::units::Micros;

pub(super) const FORMAT: Format = Format {
    name: "keys",
    title: "one key a line",
    // Any text that no other format has recognised.
    recognise: |beginning| beginning.is_text,
    parser: |start| Box::new(Lines::new(start, Keys::default())),
    sample: Sample {
        file: b"\xEF\xBB\xBFa\nb\r\n12\na\n\n",
        requests: 4,
    },
};

#[derive(Default)]
struct Keys {
    /// The first empty line since the last key.
    empty: Option<Place>,
}

impl ReadLine for Keys {
    fn line(&mut self, place: Place, line: &[u8], builder: &mut Builder) -> Result<bool, BadTrace> {
        let name = line.trim_ascii_end();
        if name.is_empty() {
            self.empty.get_or_insert(place);
            return Ok(true);
        }
        if let Some(empty) = self.empty {
            builder.key(empty, b"")?;
        }
        if name.contains(&b',') {
            let expected =
                "one key a line (a CSV file begins with a header that names its columns)";
            return Err(place.bad(expected, quoted(name)));
        }
        let key = builder.key(place, name)?;
        let record = Record {
            at: Micros(builder.records.len() as u64 * SPACING.0),
            access: Access::Read,
            key,
            size_bytes: 0,
            lifetime: Lifetime::Unsaid,
        };
        builder.push(place, record).map(|()| true)
    }
}
