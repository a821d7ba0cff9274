//! A Valkey or Redis server of the test's own, and its protocol spoken by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

/// What the server said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// A word, such as OK.
    Status(String),
    /// An error, its code first.
    Error(String),
    /// A whole number.
    Integer(i64),
    /// A string, or nothing. Each character stands for a byte, so that it can be any bytes.
    Bulk(Option<String>),
    /// Several replies.
    Array(Vec<Reply>),
}

impl Reply {
    /// The reply to a write that was done.
    pub fn ok() -> Self {
        Reply::Status("OK".to_owned())
    }

    /// The number of a reply that has to be one.
    pub fn integer(&self) -> i64 {
        match self {
            Reply::Integer(number) => *number,
            other => panic!("a number was expected: {other:?}"),
        }
    }

    /// The text of a reply that has to be a string.
    pub fn text(&self) -> &str {
        match self {
            Reply::Bulk(Some(text)) => text,
            other => panic!("a string was expected: {other:?}"),
        }
    }
}

/// A running server. It ends with this value.
pub struct Server {
    child: Child,
    input: BufReader<TcpStream>,
}

/// The server's program, or nothing if there is none on this machine.
fn program() -> Option<PathBuf> {
    let variable = "CACHE_PLAYGROUND_REDIS_SERVER";
    if let Some(file) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
        let file = PathBuf::from(file);
        assert!(file.is_file(), "{variable} names {}", file.display());
        return Some(file);
    }
    let folders = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    ["valkey-server", "redis-server"]
        .iter()
        .map(|name| format!("{name}{}", std::env::consts::EXE_SUFFIX))
        .flat_map(|name| folders.iter().map(move |folder| folder.join(&name)))
        .find(|file| file.is_file())
}

impl Server {
    /// Starts a server that writes nothing to disk, on a free port of this machine only. Nothing if
    /// there is no such program here, which a printed line says.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with more options on its command line.
    pub fn start_with(options: &[&str]) -> Option<Self> {
        let Some(program) = program() else {
            println!("There is no Valkey or Redis server here: this comparison is skipped.");
            return None;
        };
        // One at a time: of two that start at once both might be told the same free port.
        static STARTING: Mutex<()> = Mutex::new(());
        let _alone = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        // Another program may take the port between its choice and the server's start.
        for _ in 0..5 {
            let port = free_port();
            let mut child = Command::new(&program)
                .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
                .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
                .args(options)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the server's program runs");
            let Some(stream) = connect(port, &mut child).filter(answers) else {
                end(&mut child);
                continue;
            };
            let mut server = Server {
                child,
                input: BufReader::new(stream),
            };
            // It has to be the one that was started, and not one that took the port before it.
            if server.info("server", "process_id") == u64::from(server.child.id()) {
                return Some(server);
            }
        }
        panic!("{} does not listen on any port", program.display());
    }

    /// Sends a command and waits for the reply.
    pub fn call(&mut self, words: &[&str]) -> Reply {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        self.pipeline(&[words]).remove(0)
    }

    /// Sends commands at once and waits for their replies.
    pub fn pipeline(&mut self, commands: &[Vec<String>]) -> Vec<Reply> {
        let mut text = String::new();
        for words in commands {
            text += &format!("*{}\r\n", words.len());
            for word in words {
                text += &format!("${}\r\n{word}\r\n", word.chars().count());
            }
        }
        let byte = |character| u8::try_from(character).expect("a byte a character");
        let bytes: Vec<u8> = text.chars().map(byte).collect();
        let stream = self.input.get_mut();
        stream.write_all(&bytes).expect("a connection");
        commands.iter().map(|_| self.read()).collect()
    }

    /// Changes a setting.
    pub fn configure(&mut self, name: &str, value: &str) {
        assert_eq!(self.call(&["CONFIG", "SET", name, value]), Reply::ok());
    }

    /// A number among what the server tells of itself.
    pub fn info(&mut self, section: &str, name: &str) -> u64 {
        let reply = self.call(&["INFO", section]);
        let start = format!("{name}:");
        let mut lines = reply.text().lines();
        let value = lines.find_map(|line| line.strip_prefix(&start));
        let value = value.unwrap_or_else(|| panic!("{name} in the section {section}"));
        value.parse().expect("a number")
    }

    /// The server's clock, in microseconds since 1970.
    pub fn now_us(&mut self) -> u64 {
        time_us(&self.call(&["TIME"]))
    }

    fn read(&mut self) -> Reply {
        let mut line = String::new();
        self.input.read_line(&mut line).expect("a connection");
        let line = line.strip_suffix("\r\n").expect("a whole line");
        let (kind, rest) = line.split_at(1);
        match kind {
            "+" => Reply::Status(rest.to_owned()),
            "-" => Reply::Error(rest.to_owned()),
            ":" => Reply::Integer(rest.parse().expect("a number")),
            "$" => match usize::try_from(rest.parse::<i64>().expect("a length")) {
                Ok(length) => {
                    let mut bytes = vec![0; length + 2];
                    self.input.read_exact(&mut bytes).expect("a connection");
                    bytes.truncate(length);
                    Reply::Bulk(Some(bytes.into_iter().map(char::from).collect()))
                }
                Err(_) => Reply::Bulk(None),
            },
            "*" => {
                let count: i64 = rest.parse().expect("a length");
                Reply::Array((0..count).map(|_| self.read()).collect())
            }
            _ => panic!("not the server's protocol: {line:?}"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// The instant of a reply to `TIME`, in microseconds since 1970.
pub fn time_us(reply: &Reply) -> u64 {
    let Reply::Array(parts) = reply else {
        panic!("seconds and microseconds were expected: {reply:?}");
    };
    let number = |part: &Reply| -> u64 { part.text().parse().expect("a number") };
    number(&parts[0]) * 1_000_000 + number(&parts[1])
}

/// A port that is free. A node of a cluster also needs the one 10,000 above it.
fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        if port <= u16::MAX - 10_000 {
            return port;
        }
    }
}

/// A connection, as soon as the server listens; nothing if it ends or takes over ten seconds.
fn connect(port: u16, child: &mut Child) -> Option<TcpStream> {
    for _ in 0..500 {
        if let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            stream.set_nodelay(true).ok()?;
            return Some(stream);
        }
        if child.try_wait().ok()?.is_some() {
            return None;
        }
        sleep(Duration::from_millis(20));
    }
    None
}

/// Whether there is a server at the other end that stays.
fn answers(mut stream: &TcpStream) -> bool {
    let mut reply = [0; 7];
    stream.write_all(b"PING\r\n").is_ok()
        && stream.read_exact(&mut reply).is_ok()
        && reply == *b"+PONG\r\n"
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
