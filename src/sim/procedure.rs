//! What the application does for one request: a short list of instructions, each of which is one
//! line of the pseudocode on screen. A request is a program counter over such a list, so the lit
//! line *is* the state, and nothing on screen can disagree with what runs.

use super::event::Verb;

/// One thing the application can do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Instruction {
    /// The line that names the procedure; takes no time.
    Begin,
    /// Ask the cache for the key and wait.
    CacheGet,
    /// If the cache had the key, answer the client with it; takes no time.
    ReplyIfHit,
    /// Read the row and wait.
    DatabaseRead,
    /// Store what was read or written in the cache, with the time to live, and wait.
    CacheSet,
    /// Write the row and wait for the commit.
    DatabaseWrite,
    /// Delete the key from the cache and wait.
    CacheDelete,
    /// Answer the client; takes no time.
    Reply,
}

impl Instruction {
    /// The message that it sends and waits for; `None` if it takes no time.
    pub const fn verb(self) -> Option<Verb> {
        match self {
            Instruction::CacheGet => Some(Verb::Get),
            Instruction::CacheSet => Some(Verb::Set),
            Instruction::CacheDelete => Some(Verb::Delete),
            Instruction::DatabaseRead => Some(Verb::Select),
            Instruction::DatabaseWrite => Some(Verb::Update),
            Instruction::Begin | Instruction::ReplyIfHit | Instruction::Reply => None,
        }
    }
}

/// One line of pseudocode and what it does.
#[derive(PartialEq, Eq, Debug)]
pub struct Line {
    /// The line as shown, indented with spaces.
    pub code: &'static str,
    /// What executing it does.
    pub instruction: Instruction,
}

/// A read path's or a write path's instructions. Ends with [`Instruction::Reply`].
#[derive(PartialEq, Eq, Debug)]
pub struct Procedure {
    /// The lines in order; the first is [`Instruction::Begin`].
    pub lines: &'static [Line],
}

impl Procedure {
    /// How many trips to the cache and the database it makes if nothing is found in the cache.
    pub fn trips(&self) -> usize {
        let verbs = self.lines.iter().filter_map(|line| line.instruction.verb());
        verbs.count()
    }
}

/// Writes a procedure the way it is read: the line of pseudocode, an arrow, what it does.
macro_rules! procedure {
    ($($code:literal => $instruction:ident),+ $(,)?) => {
        $crate::sim::procedure::Procedure {
            lines: &[$($crate::sim::procedure::Line {
                code: $code,
                instruction: $crate::sim::procedure::Instruction::$instruction,
            }),+],
        }
    };
}
pub(crate) use procedure;
