//! A file that is being read: the one place that knows how a trace's reader is driven.

use crate::trace::{Reader, Trace};

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

    /// Takes the next piece. An error is a sentence with its place.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Some(reader) = &mut self.reader else {
            return Ok(());
        };
        let pushed = reader.push(bytes).map(|_| ());
        self.requests = reader.progress().records;
        pushed.map_err(|bad| bad.to_string())
    }

    /// Reads to the end. An error is a sentence with its place.
    pub(super) fn finish(&mut self) -> Result<Trace, String> {
        let Some(reader) = &mut self.reader else {
            return Err("The file has been read already.".to_owned());
        };
        let trace = reader.finish().map_err(|bad| bad.to_string());
        self.requests = reader.progress().records;
        if trace.is_ok() {
            self.reader = None;
        }
        trace
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
