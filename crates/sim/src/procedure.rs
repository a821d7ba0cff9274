//! What the application does for one request: a short list of instructions, each of which is one
//! line of the pseudocode on screen. A request is a program counter over such a list, so the lit
//! line *is* the state, and nothing on screen can disagree with what runs.
//!
//! A request may go on after it has answered its client: a refresh, a second delete, a delayed
//! flush are the lines behind its answer.

use super::event::Verb;
use cache::units::Micros;
use std::rc::Rc;

/// One thing the application can do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Instruction {
    /// The line that names the procedure; takes no time.
    Begin,
    /// Ask the cache for the key and wait.
    CacheGet,
    /// If the cache had the key, answer the client with it and stop; takes no time.
    ReplyIfHit,
    /// If the cache had the key, answer the client with it and go on; takes no time.
    AnswerIfHit,
    /// If the client has its answer and the copy is fresh, stop; takes no time.
    StopIfFresh,
    /// XFetch: decide at random whether to treat a hit as a miss, which is likelier the closer it is to expiry.
    MissIfEarly,
    /// If it was a miss without a lease, sleep and try again.
    RetryUnlessLeased,
    /// If another request already loads the key, wait for it and answer with its result.
    JoinLoad,
    /// Read the row and wait.
    DatabaseRead,
    /// If the row does not exist, tell the client and stop; takes no time.
    ReplyIfAbsent,
    /// Store the row that was read in the cache, with the TTL, and wait.
    CacheFill,
    /// Store the written value in the cache and wait.
    CacheSet,
    /// Store the written value in the cache if it holds the key, and wait.
    CacheSetIfPresent,
    /// Store the new value in the cache, which queues it for the database, and wait.
    CacheSetAndQueue,
    /// Store the new value in the cache, its only place, and wait.
    CacheSetOnlyCopy,
    /// Delete the key from the cache and wait.
    CacheDelete,
    /// Write the row and wait for the commit.
    DatabaseWrite,
    /// Write the queued value to the row, unless it has been lost, and wait for the commit.
    DatabaseFlush,
    /// If the key was already queued, leave the flush to the earlier request; takes no time.
    StopIfQueued,
    /// Sleep for this long.
    Wait(Micros),
    /// Answer the client, unless it already has an answer; takes no time.
    Reply,
}

impl Instruction {
    /// The message that it sends and waits for; `None` if it sends none.
    pub const fn verb(self) -> Option<Verb> {
        match self {
            Instruction::CacheGet => Some(Verb::Get),
            Instruction::CacheFill
            | Instruction::CacheSet
            | Instruction::CacheSetIfPresent
            | Instruction::CacheSetAndQueue
            | Instruction::CacheSetOnlyCopy => Some(Verb::Set),
            Instruction::CacheDelete => Some(Verb::Delete),
            Instruction::DatabaseRead => Some(Verb::Select),
            Instruction::DatabaseWrite | Instruction::DatabaseFlush => Some(Verb::Update),
            _ => None,
        }
    }
}

/// One line of pseudocode and what it does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The line as shown, indented with spaces.
    pub code: Rc<str>,
    /// What executing it does.
    pub instruction: Instruction,
}

/// A read path's or a write path's instructions, made for one lane's settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Procedure {
    /// The lines in order; the first is [`Instruction::Begin`].
    pub lines: Rc<[Line]>,
}

impl Procedure {
    /// How many trips to the cache and the database the client waits for on a miss if nothing goes wrong.
    pub fn trips(&self) -> usize {
        let last = |line: &&Line| line.instruction != Instruction::Reply;
        let waited_for = self.lines.iter().take_while(last);
        waited_for
            .filter(|line| line.instruction.verb().is_some())
            .count()
    }

    /// The first message that it sends.
    pub fn first_verb(&self) -> Option<Verb> {
        self.lines.iter().find_map(|line| line.instruction.verb())
    }

    /// The index of the first line with this instruction.
    pub fn find(&self, instruction: Instruction) -> Option<usize> {
        self.lines
            .iter()
            .position(|line| line.instruction == instruction)
    }
}

/// Builds a procedure line by line: the pseudocode, and the instruction that it stands for.
pub(super) struct Writer {
    lines: Vec<Line>,
}

impl Writer {
    /// Begins with the line that names the procedure.
    pub(super) fn new(code: &str) -> Self {
        Writer { lines: Vec::new() }.line(code, Instruction::Begin)
    }

    pub(super) fn line(mut self, code: &str, instruction: Instruction) -> Self {
        let code = code.into();
        self.lines.push(Line { code, instruction });
        self
    }

    /// Adds a line if a condition holds.
    pub(super) fn line_if(self, condition: bool, code: &str, instruction: Instruction) -> Self {
        match condition {
            true => self.line(code, instruction),
            false => self,
        }
    }

    pub(super) fn end(self) -> Procedure {
        Procedure {
            lines: self.lines.into(),
        }
    }
}
