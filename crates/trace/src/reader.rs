//! Reads a trace from a file's bytes as they arrive.

use super::Trace;
use super::bad::{BadTrace, Place, Unit};
use super::builder::{Builder, UNPACKED_MAX};
use super::format::{Format, PROBE, Parse, recognise};
use super::unpack::{MAGIC_BYTES, State, Unpacker};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a trace whose bytes arrive in pieces of any size, and in slices of bounded work. The same bytes
/// give the same trace, or the same error at the same place, however bytes and work are cut.
///
/// To cancel, drop it.
pub struct Reader {
    name: String,
    packing: Packing,
    data: Data,
    bytes: u64,
    failed: Option<BadTrace>,
}

enum Packing {
    /// Too few bytes have come to tell: these.
    Unknown(Vec<u8>),
    None,
    Packed(Unpacker),
}

/// The unpacked data.
struct Data {
    /// How many bytes have come.
    length: u64,
    format: Option<&'static Format>,
    /// The beginning, by which the format is recognised, and how much of that has been read since.
    begun: Vec<u8>,
    at: usize,
    /// The format's reader, once the format has been recognised.
    parser: Option<Box<dyn Parse>>,
    builder: Builder,
}

/// How far a reader has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadProgress {
    /// How many bytes of the file have been taken.
    pub bytes: u64,
    /// How many bytes of data they gave; more than `bytes` if the file is packed.
    pub unpacked: u64,
    /// How many requests have been read.
    pub records: u64,
    /// How many different keys they name.
    pub keys: u32,
}

impl Reader {
    /// A reader of the file of that name. Its format is recognised by what it contains.
    pub fn new(name: &str) -> Self {
        Self::of(name, None)
    }

    /// A reader of a file that is known to be of that format, packed or not.
    pub fn with_format(name: &str, format: &'static Format) -> Self {
        Self::of(name, Some(format))
    }

    /// Lowers the limit on the file's requests, which is [`RECORDS_MAX`](super::RECORDS_MAX).
    pub fn limited(mut self, records_max: usize) -> Self {
        let builder = &mut self.data.builder;
        builder.records_max = builder.records_max.min(records_max);
        self
    }

    fn of(name: &str, format: Option<&'static Format>) -> Self {
        Reader {
            name: name.to_owned(),
            packing: Packing::Unknown(Vec::new()),
            data: Data {
                length: 0,
                format,
                begun: Vec::new(),
                at: 0,
                parser: None,
                builder: Builder::default(),
            },
            bytes: 0,
            failed: None,
        }
    }

    /// Reads the next bytes of the file. The work is in proportion to the requests that they give, of
    /// which a few bytes can give millions: [`push_slice`](Self::push_slice) bounds it.
    ///
    /// # Errors
    /// The first thing that is not as expected, from then on always.
    pub fn push(&mut self, bytes: &[u8]) -> Result<ReadProgress, BadTrace> {
        self.push_slice(bytes, u64::MAX)?;
        Ok(self.progress())
    }

    /// Reads some of the next bytes of the file, and returns how many it has taken: all, unless `budget`
    /// is spent before. The others have to be pushed again. It can be none although something was done,
    /// because a few bytes can stand for millions of requests.
    ///
    /// A slice makes at most `budget` requests, and reads at most as many bytes of unpacked data (and
    /// the 16 KiB by which a format is recognised). It unpacks at most a block more, 128 KiB.
    ///
    /// # Errors
    /// The first thing that is not as expected, from then on always.
    pub fn push_slice(&mut self, bytes: &[u8], budget: u64) -> Result<usize, BadTrace> {
        self.check()?;
        self.data.builder.budget = budget.max(1);
        let result = self.unpack(bytes);
        let taken = self.keep(result)?;
        self.bytes += taken as u64;
        Ok(taken)
    }

    /// Returns the trace, once all bytes of the file have been taken. The reader takes no more then.
    ///
    /// # Errors
    /// The first thing that is not as expected, such as the end in the middle of a record.
    pub fn finish(&mut self) -> Result<Trace, BadTrace> {
        loop {
            if let Some(trace) = self.finish_slice(u64::MAX)? {
                return Ok(trace);
            }
        }
    }

    /// Does some of what is left to do once all bytes of the file have been taken, as
    /// [`push_slice`](Self::push_slice) does. Returns the trace when that is all; until then it has to be
    /// called again, and nothing may be pushed.
    ///
    /// # Errors
    /// The first thing that is not as expected, such as the end in the middle of a record.
    pub fn finish_slice(&mut self, budget: u64) -> Result<Option<Trace>, BadTrace> {
        self.check()?;
        self.data.builder.budget = budget.max(1);
        let result = self.end();
        if !self.keep(result)? {
            return Ok(None);
        }
        let end = Place::line(1, 0);
        self.failed = Some(end.bad("nothing after the end of the file", "more"));
        let trace = self.take();
        trace
            .map(Some)
            .ok_or_else(|| end.bad("at least one request", "the end of the file"))
    }

    /// The requests that have been read so far, after an error or to stop here. `None` if there are none.
    pub fn so_far(mut self) -> Option<Trace> {
        // What has come may be too little to recognise the format for certain; it is all there is.
        if self.data.parser.is_none() {
            self.data.builder.budget = u64::MAX;
            let _ = self.data.read_begun();
        }
        self.take()
    }

    fn take(&mut self) -> Option<Trace> {
        let builder = std::mem::take(&mut self.data.builder);
        builder.into_trace(self.name.clone(), self.data.format?)
    }

    /// How far it has come.
    pub fn progress(&self) -> ReadProgress {
        ReadProgress {
            bytes: self.bytes,
            unpacked: self.data.length,
            records: self.data.builder.records.len() as u64,
            keys: self.data.builder.keys.len(),
        }
    }

    /// The file's format, once it has been recognised.
    pub fn format(&self) -> Option<&'static Format> {
        self.data.format
    }

    fn check(&self) -> Result<(), BadTrace> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn keep<T>(&mut self, result: Result<T, BadTrace>) -> Result<T, BadTrace> {
        self.failed = result.as_ref().err().cloned();
        result
    }

    fn unpack(&mut self, bytes: &[u8]) -> Result<usize, BadTrace> {
        match &mut self.packing {
            Packing::None => self.data.push(bytes),
            Packing::Packed(unpacker) => unpack(unpacker, bytes, &mut self.data),
            Packing::Unknown(first) => {
                let missing = (MAGIC_BYTES - first.len()).min(bytes.len());
                let (now, rest) = bytes.split_at(missing);
                first.extend_from_slice(now);
                if first.len() < MAGIC_BYTES {
                    return Ok(now.len());
                }
                self.begin()?;
                Ok(now.len() + self.unpack(rest)?)
            }
        }
    }

    /// Decides by the first bytes how the file is packed, and reads them.
    fn begin(&mut self) -> Result<(), BadTrace> {
        let Packing::Unknown(first) = &mut self.packing else {
            return Ok(());
        };
        let first = std::mem::take(first);
        self.packing = Packing::None;
        match Unpacker::for_file(&first) {
            None => {
                // So few are taken whatever the budget is.
                self.data.push(&first)?;
            }
            Some(mut unpacker) => {
                let mut taken = 0;
                while taken < first.len() {
                    taken += unpacker.feed(&first[taken..]);
                }
                self.packing = Packing::Packed(unpacker);
            }
        }
        Ok(())
    }

    /// Reads what is left. Returns whether that was all.
    fn end(&mut self) -> Result<bool, BadTrace> {
        self.begin()?;
        if let Packing::Packed(unpacker) = &mut self.packing {
            unpacker.end();
            unpack(unpacker, &[], &mut self.data)?;
            if self.data.builder.is_spent() {
                return Ok(false);
            }
        }
        self.data.finish()
    }
}

/// Unpacks and reads some of these bytes, and returns how many it has taken: all, unless the budget is
/// spent before.
fn unpack(unpacker: &mut Unpacker, bytes: &[u8], data: &mut Data) -> Result<usize, BadTrace> {
    let mut taken = 0;
    while !data.builder.is_spent() {
        match unpacker.advance(data.length) {
            Ok(State::HasOutput) => {
                let read = data.push(unpacker.output())?;
                unpacker.consume(read);
            }
            Ok(State::NeedsInput) if taken < bytes.len() => {
                let now = unpacker.feed(&bytes[taken..]);
                data.builder.spend(now as u64);
                taken += now;
            }
            Ok(State::NeedsInput | State::End) => break,
            // An error in the data before comes first.
            Err(bad) if data.read_begun()? => return Err(bad),
            Err(_) => break,
        }
    }
    Ok(taken)
}

impl Data {
    /// Reads some of the next data, and returns how much: all, or less once the budget is spent.
    fn push(&mut self, bytes: &[u8]) -> Result<usize, BadTrace> {
        let mut taken = 0;
        if self.parser.is_none() {
            taken = bytes.len().min(PROBE - self.begun.len());
            self.begun.extend_from_slice(&bytes[..taken]);
            self.length += taken as u64;
            if self.begun.len() < PROBE {
                return Ok(taken);
            }
        }
        if !self.read_begun()? {
            return Ok(taken);
        }
        let rest = &bytes[taken..];
        let room = (UNPACKED_MAX - self.length).min(self.builder.budget);
        let now = &rest[..rest.len().min(room.try_into().unwrap_or(usize::MAX))];
        if let Some(parser) = &mut self.parser {
            let now = parser.push(now, &mut self.builder)?;
            self.builder.spend(now as u64);
            self.length += now as u64;
            taken += now;
        }
        if taken < bytes.len() && self.length == UNPACKED_MAX {
            let place = Place {
                unit: Unit::Packed,
                number: 0,
                offset: self.length,
            };
            return Err(place.bad("at most 1 GiB of data", "more"));
        }
        Ok(taken)
    }

    /// Recognises the format and reads the beginning, unless that has been done. Returns whether all of
    /// it has been read; if not, the budget is spent.
    fn read_begun(&mut self) -> Result<bool, BadTrace> {
        let parser = match &mut self.parser {
            Some(parser) => parser,
            none => {
                let mark = self.begun.starts_with(BYTE_ORDER_MARK);
                self.at = if mark { BYTE_ORDER_MARK.len() } else { 0 };
                let start = self.at as u64;
                let format = match self.format {
                    Some(format) => format,
                    None => recognise(&self.begun[self.at..])?,
                };
                self.format = Some(format);
                none.insert(format.parser(start))
            }
        };
        while self.at < self.begun.len() {
            if self.builder.is_spent() {
                return Ok(false);
            }
            let left = &self.begun[self.at..];
            let most = self.builder.budget.try_into().unwrap_or(usize::MAX);
            let taken = parser.push(&left[..left.len().min(most)], &mut self.builder)?;
            self.builder.spend(taken as u64);
            self.at += taken;
        }
        Ok(true)
    }

    /// Reads what is left. Returns whether that was all.
    fn finish(&mut self) -> Result<bool, BadTrace> {
        let read = self.read_begun()? && !self.builder.is_spent();
        match &mut self.parser {
            Some(parser) if read => parser.finish(&mut self.builder),
            _ => Ok(false),
        }
    }
}

/// Reads a whole file.
///
/// # Errors
/// The first thing that is not as expected.
pub fn read(name: &str, bytes: &[u8]) -> Result<Trace, BadTrace> {
    let mut reader = Reader::new(name);
    reader.push(bytes)?;
    reader.finish()
}
