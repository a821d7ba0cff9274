//! From a file's bytes to a trace, as they arrive.

use super::Trace;
use super::bad::{BadTrace, Place, Unit};
use super::builder::{Builder, UNPACKED_MAX};
use super::format::{Format, PROBE, Parse, recognise};
use super::gunzip::{self, Gunzip, Trouble};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a trace whose bytes arrive in pieces of any size. The same bytes give the same trace, or the
/// same error at the same place, however they are cut.
///
/// To cancel, drop it.
pub struct Reader {
    name: String,
    /// How the file is packed; its first bytes while there are too few to say.
    packing: Packing,
    data: Data,
    bytes: u64,
    failed: Option<BadTrace>,
}

enum Packing {
    Unknown(Vec<u8>),
    None,
    Gzip(Gunzip),
}

/// The unpacked data.
struct Data {
    /// How many bytes of it there have been.
    length: u64,
    format: Option<Format>,
    state: State,
    builder: Builder,
}

enum State {
    /// The data so far, while there is too little to recognise its format.
    Begun(Vec<u8>),
    /// Its format's reader.
    Known(Box<dyn Parse>),
}

/// How far a reader has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadProgress {
    /// How many bytes of the file have been pushed.
    pub bytes: u64,
    /// How many bytes of data they were, unpacked if the file is packed.
    pub unpacked: u64,
    /// How many requests have been read.
    pub records: u64,
    /// How many keys they name.
    pub keys: u32,
}

impl Reader {
    /// A reader of the file of that name. Its format is recognised by what it contains.
    pub fn new(name: &str) -> Self {
        Self::of(name, None)
    }

    /// A reader of a file that is known to be of that format, gzipped or not.
    pub fn with_format(name: &str, format: Format) -> Self {
        Self::of(name, Some(format))
    }

    /// The same, for files of at most so many requests; [`RECORDS_MAX`](super::RECORDS_MAX) holds anyway.
    pub fn limited(mut self, records_max: usize) -> Self {
        let builder = &mut self.data.builder;
        builder.records_max = builder.records_max.min(records_max);
        self
    }

    fn of(name: &str, format: Option<Format>) -> Self {
        Reader {
            name: name.to_owned(),
            packing: Packing::Unknown(Vec::new()),
            data: Data {
                length: 0,
                format,
                state: State::Begun(Vec::new()),
                builder: Builder::default(),
            },
            bytes: 0,
            failed: None,
        }
    }

    /// Reads the next bytes of the file. The work is in proportion to how many there are, or to how
    /// many they unpack to, which can be a thousand times as many: push small pieces where it must not
    /// take long.
    ///
    /// # Errors
    /// The first thing that is not as expected, from then on always.
    pub fn push(&mut self, bytes: &[u8]) -> Result<ReadProgress, BadTrace> {
        self.check()?;
        self.bytes += bytes.len() as u64;
        let result = self.unpack(bytes);
        self.keep(result)?;
        Ok(self.progress())
    }

    /// Gives the trace, once all bytes of the file have been pushed. The reader takes no more then.
    ///
    /// # Errors
    /// The first thing that is not as expected, such as the end in the middle of a record.
    pub fn finish(&mut self) -> Result<Trace, BadTrace> {
        self.check()?;
        let result = self.end();
        self.keep(result)?;
        let end = Place::line(1, 0);
        self.failed = Some(end.bad("nothing after the end of the file", "more"));
        let trace = self.take();
        trace.ok_or_else(|| end.bad("at least one request", "the end of the file"))
    }

    /// What has been read so far, after an error or in place of going on. `None` if that is no request
    /// at all.
    pub fn so_far(mut self) -> Option<Trace> {
        // What has come may be too little to recognise the format for certain; it is all there is.
        let _ = self.data.begin();
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
    pub fn format(&self) -> Option<Format> {
        self.data.format
    }

    fn check(&self) -> Result<(), BadTrace> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn keep(&mut self, result: Result<(), BadTrace>) -> Result<(), BadTrace> {
        self.failed = result.err();
        self.check()
    }

    fn unpack(&mut self, bytes: &[u8]) -> Result<(), BadTrace> {
        match &mut self.packing {
            Packing::None => self.data.push(bytes),
            Packing::Gzip(gunzip) => unzip(gunzip, bytes, &mut self.data),
            Packing::Unknown(first) => {
                first.extend_from_slice(bytes);
                if first.len() < gunzip::MAGIC.len() {
                    return Ok(());
                }
                let first = std::mem::take(first);
                self.packing = match first.starts_with(&gunzip::MAGIC) {
                    true => Packing::Gzip(Gunzip::new()),
                    false => Packing::None,
                };
                self.unpack(&first)
            }
        }
    }

    fn end(&mut self) -> Result<(), BadTrace> {
        match &mut self.packing {
            Packing::None => {}
            Packing::Unknown(first) => self.data.push(first)?,
            Packing::Gzip(gunzip) => loop {
                let (output, end) = gunzip.finish();
                self.data.push(output)?;
                match end {
                    None => {}
                    Some(Ok(())) => break,
                    Some(Err(trouble)) => {
                        return Err(bad_packing(gunzip.taken, &mut self.data, &trouble));
                    }
                }
            },
        }
        self.data.finish()
    }
}

fn unzip(gunzip: &mut Gunzip, mut bytes: &[u8], data: &mut Data) -> Result<(), BadTrace> {
    while !bytes.is_empty() {
        let (taken, output, result) = gunzip.next(bytes);
        data.push(output)?;
        if let Err(trouble) = result {
            return Err(bad_packing(gunzip.taken, data, &trouble));
        }
        bytes = &bytes[taken..];
    }
    Ok(())
}

/// What is wrong with the packing, unless something is wrong with the data before that.
fn bad_packing(taken: u64, data: &mut Data, Trouble(expected, found): &Trouble) -> BadTrace {
    let place = Place {
        unit: Unit::Packed,
        number: taken,
        offset: data.length,
    };
    match data.begin() {
        Err(earlier) => earlier,
        Ok(()) => place.bad(expected, *found),
    }
}

impl Data {
    fn push(&mut self, bytes: &[u8]) -> Result<(), BadTrace> {
        let room = UNPACKED_MAX - self.length;
        let taken = &bytes[..bytes.len().min(room.try_into().unwrap_or(usize::MAX))];
        self.length += taken.len() as u64;
        match &mut self.state {
            State::Known(parser) => parser.push(taken, &mut self.builder)?,
            State::Begun(begun) => {
                begun.extend_from_slice(taken);
                if begun.len() >= PROBE {
                    self.begin()?;
                }
            }
        }
        if taken.len() < bytes.len() {
            let place = Place {
                unit: Unit::Packed,
                number: 0,
                offset: self.length,
            };
            return Err(place.bad("at most 1 GiB of data", "more"));
        }
        Ok(())
    }

    /// Recognises the format and reads what has come.
    fn begin(&mut self) -> Result<(), BadTrace> {
        let State::Begun(begun) = &mut self.state else {
            return Ok(());
        };
        let begun = std::mem::take(begun);
        let data = begun.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&begun);
        let start = (begun.len() - data.len()) as u64;
        let format = match self.format {
            Some(format) => format,
            None => {
                let probe = &begun[start as usize..begun.len().min(PROBE)];
                recognise(probe, start)?
            }
        };
        self.format = Some(format);
        let mut parser = format.parser(start);
        let result = parser.push(data, &mut self.builder);
        self.state = State::Known(parser);
        result
    }

    fn finish(&mut self) -> Result<(), BadTrace> {
        self.begin()?;
        match &mut self.state {
            State::Known(parser) => parser.finish(&mut self.builder),
            State::Begun(_) => Ok(()),
        }
    }
}

/// Reads a trace that is there as a whole.
///
/// # Errors
/// The first thing that is not as expected.
pub fn read(name: &str, bytes: &[u8]) -> Result<Trace, BadTrace> {
    let mut reader = Reader::new(name);
    reader.push(bytes)?;
    reader.finish()
}
