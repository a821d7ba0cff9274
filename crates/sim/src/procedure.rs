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
    /// XFetch: decide by a draw whether to treat a hit as a miss, the likelier the nearer its end.
    MissIfEarly,
    /// If the cache neither had the key nor gave a lease, sleep and ask again.
    RetryUnlessLeased,
    /// If another request loads the key already, wait for it and answer with what it got.
    JoinLoad,
    /// Read the row and wait.
    DatabaseRead,
    /// If there is no such row, say so to the client and stop; takes no time.
    ReplyIfAbsent,
    /// Store what was read in the cache, with the time to live, and wait.
    CacheFill,
    /// Store what was written in the cache and wait.
    CacheSet,
    /// Store what was written in the cache if it holds the key, and wait.
    CacheSetIfPresent,
    /// Store what is to be written in the cache, which queues the key for the database, and wait.
    CacheSetAndQueue,
    /// Delete the key from the cache and wait.
    CacheDelete,
    /// Write the row and wait for the commit.
    DatabaseWrite,
    /// Write what is queued for the row, if it still is, and wait for the commit.
    DatabaseFlush,
    /// If the key was queued already, leave the flush to the earlier request; takes no time.
    StopIfQueued,
    /// Let that much time pass.
    Wait(Micros),
    /// Answer the client, unless it has its answer; takes no time.
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
            | Instruction::CacheSetAndQueue => Some(Verb::Set),
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
    /// How many trips to the cache and the database the client waits for if nothing is found in the
    /// cache and nothing goes wrong.
    pub fn trips(&self) -> usize {
        let last = |line: &&Line| line.instruction != Instruction::Reply;
        let waited_for = self.lines.iter().take_while(last);
        waited_for
            .filter(|line| line.instruction.verb().is_some())
            .count()
    }

    /// The line of the first such instruction.
    pub(super) fn find(&self, instruction: Instruction) -> Option<usize> {
        self.lines
            .iter()
            .position(|line| line.instruction == instruction)
    }
}

/// Writes a procedure the way it is read: a line of pseudocode and what it does.
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

    /// A line that is there only under a condition.
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
