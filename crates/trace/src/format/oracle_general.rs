//! libCacheSim's binary `oracleGeneral`: 24 bytes a record, little-endian and packed: the time in
//! seconds (`u32`), the object's number (`u64`), its size in bytes (`u32`, 0 if not known), and the
//! number of the request that asks for it next (`i64`, −1 or the largest if none does).
//!
//! The format has no magic number, so it is recognised by its first records: times do not go back, and
//! next requests are in range.

use super::super::bad::{BadTrace, Place, Unit};
use super::super::builder::Builder;
use super::super::key_names::Name;
use super::super::record::{Access, Lifetime, Record};
use super::{Format, Parse, Sample};
use cache::units::Micros;

pub(super) const FORMAT: Format = Format {
    name: "oracle-general",
    title: "libCacheSim's oracleGeneral",
    recognise: |beginning| !beginning.is_text && fits(beginning.bytes),
    parser: |start| Box::new(OracleGeneral::new(start)),
    sample: Sample {
        file: b"\x05\0\0\0\x01\0\0\0\0\0\0\0\x0A\0\0\0\x02\0\0\0\0\0\0\0\
                \x05\0\0\0\x02\0\0\0\0\0\0\0\x14\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
                \x09\0\0\0\x01\0\0\0\0\0\0\0\x0A\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
        requests: 3,
    },
};

const RECORD_BYTES: usize = 24;

/// More than the number of requests of any trace.
const NEXT_MAX: i64 = 1 << 48;

struct OracleGeneral {
    /// The current record, and how many bytes of it have come.
    begun: [u8; RECORD_BYTES],
    have: usize,
    place: Place,
    first: Option<u32>,
    last: u32,
}

/// A record as it stands in the file.
struct Raw {
    time: u32,
    object: u64,
    size: u32,
    next: i64,
}

impl Raw {
    fn read(bytes: &[u8; RECORD_BYTES]) -> Raw {
        let [
            t0,
            t1,
            t2,
            t3,
            o0,
            o1,
            o2,
            o3,
            o4,
            o5,
            o6,
            o7,
            s0,
            s1,
            s2,
            s3,
            next @ ..,
        ] = *bytes;
        Raw {
            time: u32::from_le_bytes([t0, t1, t2, t3]),
            object: u64::from_le_bytes([o0, o1, o2, o3, o4, o5, o6, o7]),
            size: u32::from_le_bytes([s0, s1, s2, s3]),
            next: i64::from_le_bytes(next),
        }
    }

    fn next_is_in_range(&self) -> bool {
        self.next == i64::MAX || (-1..NEXT_MAX).contains(&self.next)
    }
}

/// Whether a file that begins with `probe` may be of this format.
fn fits(probe: &[u8]) -> bool {
    let (records, _) = probe.as_chunks::<RECORD_BYTES>();
    let mut last = 0;
    let plausible = |record: Raw| {
        let in_order = record.time >= last;
        last = record.time;
        in_order && record.next_is_in_range()
    };
    !records.is_empty() && records.iter().map(Raw::read).all(plausible)
}

impl OracleGeneral {
    pub(super) fn new(start: u64) -> Self {
        OracleGeneral {
            begun: [0; RECORD_BYTES],
            have: 0,
            place: Place {
                unit: Unit::Record,
                number: 1,
                offset: start,
            },
            first: None,
            last: 0,
        }
    }

    fn record(
        &mut self,
        bytes: &[u8; RECORD_BYTES],
        builder: &mut Builder,
    ) -> Result<(), BadTrace> {
        let Raw {
            time,
            object,
            size,
            next,
        } = Raw::read(bytes);
        if time < self.last {
            let found = format!("{time} s after {} s", self.last);
            return Err(self.place.bad("times in ascending order", found));
        }
        if !Raw::read(bytes).next_is_in_range() {
            let expected = "the number of the next request for the same object, or -1";
            return Err(self.place.bad(expected, next.to_string()));
        }
        self.last = time;
        let first = *self.first.get_or_insert(time);
        let record = Record {
            at: Micros(u64::from(time - first) * 1_000_000),
            access: Access::Read,
            key: builder.keys.number(Name::Number(object)),
            size_bytes: size,
            lifetime: Lifetime::Unsaid,
        };
        builder.records.set_timed();
        builder.push(self.place, record)?;
        self.place.number += 1;
        self.place.offset += RECORD_BYTES as u64;
        Ok(())
    }
}

impl Parse for OracleGeneral {
    fn push(&mut self, mut bytes: &[u8], builder: &mut Builder) -> Result<usize, BadTrace> {
        let all = bytes.len();
        if self.have > 0 {
            let (rest, missing) = (bytes, RECORD_BYTES - self.have);
            let (now, later) = rest.split_at(missing.min(rest.len()));
            self.begun[self.have..self.have + now.len()].copy_from_slice(now);
            self.have += now.len();
            if self.have < RECORD_BYTES {
                return Ok(all);
            }
            let begun = self.begun;
            self.record(&begun, builder)?;
            bytes = later;
        }
        let (records, rest) = bytes.as_chunks::<RECORD_BYTES>();
        for record in records {
            self.record(record, builder)?;
        }
        self.begun[..rest.len()].copy_from_slice(rest);
        self.have = rest.len();
        Ok(all)
    }

    fn finish(&mut self, _: &mut Builder) -> Result<bool, BadTrace> {
        match self.have {
            0 => Ok(true),
            have => {
                let found = format!("{have} and the end of the file");
                Err(self.place.bad("24 bytes a record", found))
            }
        }
    }
}
