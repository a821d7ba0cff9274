//! The console's language: what a line means, and the engine's words for what is wrong with it.
//!
//! The syntax and the errors are those of Valkey and Redis (their `server.c`, `t_string.c`, `expire.c`,
//! `object.c` and `config.c`), as a server of version 7 replies. What only this program can say, such as
//! that a value has to be a version of a row, begins with `ERR` as well.

use std::fmt;

/// A line that has been understood. Keys are as they were typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Parsed {
    Get(String),
    Set(Set),
    Delete(Vec<String>),
    Exists(Vec<String>),
    Expire {
        key: String,
        milliseconds: i64,
        only: Vec<When>,
    },
    /// The flag asks for milliseconds.
    TimeToLive(String, bool),
    Persist(String),
    Frequency(String),
    IdleTime(String),
    ConfigGet(Vec<String>),
    ConfigSet(Vec<(String, String)>),
    Info(Vec<String>),
    FlushAll,
    Size,
    Help,
}

/// A SET.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Set {
    pub(super) key: String,
    pub(super) value: String,
    /// The TTL, in milliseconds.
    pub(super) milliseconds: Option<i64>,
    pub(super) keep_ttl: bool,
    /// Only if the key is not there (`NX`), or only if it is (`XX`).
    pub(super) only: Option<When>,
}

/// The condition of a SET or EXPIRE.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum When {
    Nx,
    Xx,
    Gt,
    Lt,
}

/// What the cache replies. Shown as the engine's own command line does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// Success.
    Ok,
    /// No value.
    Nil,
    /// A whole number.
    Integer(i64),
    /// A value.
    Value(String),
    /// Several values.
    List(Vec<String>),
    /// A text of several lines.
    Text(String),
    /// A refusal, with its reason.
    Error(String),
}

impl Reply {
    pub(super) fn error(text: impl Into<String>) -> Self {
        Reply::Error(text.into())
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Reply::Ok => f.write_str("OK"),
            Reply::Nil => f.write_str("(nil)"),
            Reply::Integer(number) => write!(f, "(integer) {number}"),
            Reply::Value(value) => write!(f, "\"{value}\""),
            Reply::List(values) if values.is_empty() => f.write_str("(empty array)"),
            Reply::List(values) => {
                let mut number = 0;
                for value in values {
                    let line_break = if number > 0 { "\n" } else { "" };
                    number += 1;
                    write!(f, "{line_break}{number}) \"{value}\"")?;
                }
                Ok(())
            }
            Reply::Text(text) => f.write_str(text),
            Reply::Error(text) => write!(f, "(error) {text}"),
        }
    }
}

/// The commands with what they do or reply: HELP lists them and the console completes them.
pub const CONSOLE_COMMANDS: [(&str, &str); 16] = [
    ("GET key", "the value; counts as a use"),
    (
        "SET key v1 [NX|XX] [EX seconds|PX milliseconds|KEEPTTL]",
        "stores a version of the key",
    ),
    ("DEL key [key ...]", "deletes keys; the number that existed"),
    (
        "EXISTS key [key ...]",
        "the number of these keys that exist",
    ),
    (
        "EXPIRE key seconds [NX|XX|GT|LT]",
        "sets the TTL; 1 if it was set, otherwise 0",
    ),
    (
        "TTL key",
        "seconds until the key expires; -1 without a TTL, -2 without the key",
    ),
    ("PTTL key", "the same in milliseconds"),
    ("PERSIST key", "removes the TTL"),
    ("OBJECT FREQ key", "the counter of uses that LFU compares"),
    ("OBJECT IDLETIME key", "seconds since the last use"),
    ("CONFIG GET parameter", "such as maxmemory-policy"),
    (
        "CONFIG SET maxmemory-policy policy",
        "changes the eviction policy",
    ),
    ("INFO [section]", "memory, stats, keyspace"),
    ("DBSIZE", "the number of keys"),
    ("FLUSHALL", "deletes everything"),
    ("HELP", "this list"),
];

/// The longest line, in characters.
pub const CONSOLE_LINE_MAX: usize = 500;

/// How many characters of an unknown command's arguments the engine repeats.
const ARGUMENTS_SHOWN: usize = 128;

/// Reads a line.
pub(super) fn parse(line: &str) -> Result<Parsed, String> {
    let words = words(line)?;
    let Some((name, arguments)) = words.split_first() else {
        return Err("ERR type a command first; HELP lists them".to_owned());
    };
    let lower = name.to_ascii_lowercase();
    let arity = |fits: bool| match fits {
        true => Ok(()),
        false => Err(wrong_number(&lower)),
    };
    let count = arguments.len();
    let key = || arguments[0].clone();
    Ok(match lower.as_str() {
        "get" => {
            arity(count == 1)?;
            Parsed::Get(key())
        }
        "set" => {
            arity(count >= 2)?;
            Parsed::Set(set(arguments)?)
        }
        "del" => {
            arity(count >= 1)?;
            Parsed::Delete(arguments.to_vec())
        }
        "exists" => {
            arity(count >= 1)?;
            Parsed::Exists(arguments.to_vec())
        }
        "expire" => {
            arity(count >= 2)?;
            expire(arguments)?
        }
        "ttl" | "pttl" => {
            arity(count == 1)?;
            Parsed::TimeToLive(key(), lower == "pttl")
        }
        "persist" => {
            arity(count == 1)?;
            Parsed::Persist(key())
        }
        "object" => object(arguments)?,
        "config" => config(arguments)?,
        "info" => Parsed::Info(arguments.to_vec()),
        "dbsize" => {
            arity(count == 0)?;
            Parsed::Size
        }
        "flushall" => match arguments {
            [] => Parsed::FlushAll,
            [how] if is(how, "async") || is(how, "sync") => Parsed::FlushAll,
            _ => return Err(SYNTAX.to_owned()),
        },
        "help" => Parsed::Help,
        _ => return Err(unknown(name, arguments)),
    })
}

const SYNTAX: &str = "ERR syntax error";

fn is(word: &str, name: &str) -> bool {
    word.eq_ignore_ascii_case(name)
}

fn wrong_number(command: &str) -> String {
    format!("ERR wrong number of arguments for '{command}' command")
}

fn unknown(name: &str, arguments: &[String]) -> String {
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let mut shown = String::new();
    for argument in arguments {
        let room = ARGUMENTS_SHOWN.saturating_sub(shown.chars().count());
        if room == 0 {
            break;
        }
        shown.push_str(&format!("'{}' ", cut(argument, room)));
    }
    let name = cut(name, ARGUMENTS_SHOWN);
    format!("ERR unknown command '{name}', with args beginning with: {shown}")
}

/// Splits a line into words at spaces, except within single or double quotes.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start().chars().peekable();
    while let Some(&first) = rest.peek() {
        let mut word = String::new();
        if first == '"' || first == '\'' {
            rest.next();
            let closed = loop {
                match rest.next() {
                    Some(c) if c == first => break true,
                    Some(c) => word.push(c),
                    None => break false,
                }
            };
            if !closed || rest.peek().is_some_and(|c| !c.is_whitespace()) {
                return Err("Invalid argument(s)".to_owned());
            }
        } else {
            while let Some(&c) = rest.peek().filter(|c| !c.is_whitespace()) {
                word.push(c);
                rest.next();
            }
        }
        words.push(word);
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
    }
    Ok(words)
}

/// Reads a whole number as the engine does: no plus sign and no leading zeros.
fn integer(word: &str) -> Result<i64, String> {
    let number: Result<i64, _> = word.parse();
    number
        .ok()
        .filter(|number| number.to_string() == word)
        .ok_or_else(|| "ERR value is not an integer or out of range".to_owned())
}

fn set(arguments: &[String]) -> Result<Set, String> {
    let mut set = Set {
        key: arguments[0].clone(),
        value: arguments[1].clone(),
        milliseconds: None,
        keep_ttl: false,
        only: None,
    };
    // A span is read after the rest: what is wrong with the syntax comes first.
    let mut span: Option<(&String, bool)> = None;
    let mut rest = arguments[2..].iter();
    while let Some(option) = rest.next() {
        let seconds = is(option, "ex");
        if is(option, "nx") && set.only != Some(When::Xx) {
            set.only = Some(When::Nx);
        } else if is(option, "xx") && set.only != Some(When::Nx) {
            set.only = Some(When::Xx);
        } else if is(option, "keepttl") && span.is_none() {
            set.keep_ttl = true;
        } else if (seconds || is(option, "px"))
            && !set.keep_ttl
            && span.is_none_or(|(_, unit)| unit == seconds)
        {
            span = Some((rest.next().ok_or(SYNTAX)?, seconds));
        } else {
            return Err(SYNTAX.to_owned());
        }
    }
    if let Some((word, seconds)) = span {
        let span = integer(word)?;
        let milliseconds = if seconds {
            span.checked_mul(1_000)
        } else {
            Some(span)
        };
        let fits = |&span: &i64| span > 0 && span < SPAN_MAX_MS;
        let refused = || "ERR invalid expire time in 'set' command".to_owned();
        set.milliseconds = Some(milliseconds.filter(fits).ok_or_else(refused)?);
    }
    Ok(set)
}

/// From this many milliseconds on, an expiry would be past the last instant that the engine can name.
const SPAN_MAX_MS: i64 = i64::MAX - (1 << 41);

fn expire(arguments: &[String]) -> Result<Parsed, String> {
    let mut only = Vec::new();
    for option in &arguments[2..] {
        let names = ["nx", "xx", "gt", "lt"];
        let place = names.iter().position(|name| is(option, name));
        let Some(place) = place else {
            return Err(format!("ERR Unsupported option {option}"));
        };
        only.push([When::Nx, When::Xx, When::Gt, When::Lt][place]);
    }
    let has = |when| only.contains(&when);
    if has(When::Nx) && only.iter().any(|&when| when != When::Nx) {
        let text = "ERR NX and XX, GT or LT options at the same time are not compatible";
        return Err(text.to_owned());
    }
    if has(When::Gt) && has(When::Lt) {
        let text = "ERR GT and LT options at the same time are not compatible";
        return Err(text.to_owned());
    }
    let milliseconds = integer(&arguments[1])?.checked_mul(1_000);
    let milliseconds = milliseconds.filter(|&span| span < SPAN_MAX_MS);
    Ok(Parsed::Expire {
        key: arguments[0].clone(),
        milliseconds: milliseconds
            .ok_or_else(|| "ERR invalid expire time in 'expire' command".to_owned())?,
        only,
    })
}

fn object(arguments: &[String]) -> Result<Parsed, String> {
    let Some(of) = arguments.first() else {
        return Err(wrong_number("object"));
    };
    let lower = of.to_ascii_lowercase();
    let make: fn(String) -> Parsed = match lower.as_str() {
        "freq" => Parsed::Frequency,
        "idletime" => Parsed::IdleTime,
        _ => return Err(format!("ERR unknown subcommand '{of}'. Try OBJECT HELP.")),
    };
    match arguments {
        [_, key] => Ok(make(key.clone())),
        _ => Err(wrong_number(&format!("object|{lower}"))),
    }
}

fn config(arguments: &[String]) -> Result<Parsed, String> {
    let Some((of, rest)) = arguments.split_first() else {
        return Err(wrong_number("config"));
    };
    if is(of, "get") && !rest.is_empty() {
        return Ok(Parsed::ConfigGet(rest.to_vec()));
    }
    if is(of, "set") && rest.len() >= 2 && rest.len().is_multiple_of(2) {
        let pairs = rest.chunks_exact(2);
        let pairs = pairs.map(|pair| (pair[0].to_ascii_lowercase(), pair[1].clone()));
        return Ok(Parsed::ConfigSet(pairs.collect()));
    }
    match is(of, "get") || is(of, "set") {
        true => Err(wrong_number(&format!("config|{}", of.to_ascii_lowercase()))),
        false => Err(format!("ERR unknown subcommand '{of}'. Try CONFIG HELP.")),
    }
}
