//! A file that is being read: the one place that knows how a trace's reader is driven.

use trace::{Reader, Trace};

/// So much is read between two looks at the clock, in bytes of data and in requests: one or two
/// milliseconds, whatever the file makes of its bytes.
const SLICE: u64 = 8_192;

/// The reader of a file, until it has given what it has.
pub(super) struct Reading {
    reader: Option<Reader>,
    requests: u64,
}

impl Reading {
    pub(super) fn new(name: &str) -> Self {
        Reading {
            reader: Some(Reader::new(name)),
            requests: 0,
        }
    }

    /// Reads some of the next piece, and says how many bytes it has taken; the others have to be given
    /// again. An error is a sentence with its place.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<usize, String> {
        let Some(reader) = &mut self.reader else {
            return Ok(bytes.len());
        };
        let pushed = reader.push_slice(bytes, SLICE);
        self.requests = reader.progress().records;
        pushed.map_err(|bad| bad.to_string())
    }

    /// Reads some of what is left, and gives the trace once that is all. An error is a sentence with its
    /// place.
    pub(super) fn finish(&mut self) -> Result<Option<Trace>, String> {
        let Some(reader) = &mut self.reader else {
            return Err("The file has been read already.".to_owned());
        };
        let trace = reader.finish_slice(SLICE);
        // A trace that has been given is no longer in the reader.
        let given = trace.as_ref().ok().and_then(Option::as_ref);
        self.requests = given.map_or(reader.progress().records, |trace| {
            trace.records.len() as u64
        });
        if given.is_some() {
            self.reader = None;
        }
        trace.map_err(|bad| bad.to_string())
    }

    /// How many requests there are so far.
    pub(super) fn requests(&self) -> u64 {
        self.requests
    }

    /// What was read before the fault, if it is any request at all.
    pub(super) fn so_far(&mut self) -> Option<Trace> {
        self.reader.take()?.so_far()
    }
}
