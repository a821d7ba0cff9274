//! `MONITOR` prints what a server refuses like everything else: which commands are requests and which
//! did nothing. The answers are those of Redis 7.0.
#![cfg(not(target_arch = "wasm32"))]

use trace::{Access, Format, Reader, Trace};

/// What is read of one command, after a read of another key, and the names of what is passed over.
fn told(command: &str) -> (Vec<String>, Vec<String>) {
    let words: Vec<String> = command
        .split(' ')
        .map(|word| format!("\"{word}\""))
        .collect();
    let text = format!(
        "OK\n1700000000.5 [0 a:1] \"GET\" \"before\"\n1700000000.5 [0 a:1] {}\n",
        words.join(" ")
    );
    let mut reader = Reader::with_format("test", Format::named("monitor").expect("a format"));
    reader.push(text.as_bytes()).expect("lines of MONITOR");
    let trace: Trace = reader.finish().expect("a trace");
    let requests = trace.records.iter().skip(1);
    let tell = |access| match access {
        Access::Read => "read",
        Access::Write => "write",
        Access::Delete => "delete",
        Access::Expire => "expire",
    };
    let requests = requests.map(|record| tell(record.access).to_owned());
    (requests.collect(), trace.unused)
}

#[test]
fn what_the_server_refuses_is_no_request() {
    let refused = [
        // "invalid expire time"
        "SET k w EX 0",
        "SET k w EX -1",
        "SET k w PX 0",
        "SET k w EXAT 0",
        "SET k w PXAT -5",
        "SET k w EX 9223372036854775807",
        // In milliseconds it can be counted, but not from now.
        "SET k w EX 9223372036854775",
        "SET k w PX 9223372036854775807",
        "SET k w EXAT 9223372036854776",
        "SETEX k -1 w",
        "SETEX k 0 w",
        "SETEX k 9223372036854775807 w",
        "PSETEX k 0 w",
        "GETEX k EX 0",
        "GETEX k EX -1",
        "GETEX k EXAT 0",
        "GETEX k EX 9223372036854775807",
        "EXPIRE k 9223372036854775807",
        "EXPIRE k -9223372036854776",
        "PEXPIRE k 9223372036854775807",
        "EXPIREAT k 9223372036854775807",
        // "value is not an integer or out of range"
        "SET k w EX +5",
        "SET k w EX 05",
        "SET k w EX -0",
        "SET k w EX 1.5",
        "SET k w EX soon",
        "EXPIRE k ten",
        "EXPIRE k 9223372036854775808",
        // "syntax error"
        "SET k w EX",
        "SET k w NX XX",
        "SET k w XX NX",
        "SET k w EX 10 KEEPTTL",
        "SET k w KEEPTTL EX 10",
        "SET k w EX 10 PX 10",
        "SET k w EX 10 EXAT 99999999999",
        "SET k w PERSIST",
        "SET k w FOO",
        "GETEX k PERSIST EX 10",
        "GETEX k EX 10 PERSIST",
        "GETEX k EX 10 PX 10",
        "GETEX k KEEPTTL",
        "GETEX k NX",
        "GETEX k GET",
        // "not compatible", "unsupported option"
        "EXPIRE k 10 NX XX",
        "EXPIRE k 10 NX GT",
        "EXPIRE k 10 GT LT",
        "EXPIRE k 10 FOO",
        "EXPIRE k -1 FOO",
        // "wrong number of arguments"
        "MSET a 1 b",
    ];
    for command in refused {
        let (requests, passed_over) = told(command);
        assert_eq!(requests, [""; 0], "{command}");
        let name = command.split(' ').next().unwrap_or_default();
        assert_eq!(passed_over, [format!("\"{name}\" (once)")], "{command}");
    }
}

#[test]
fn what_the_server_does_is_a_request_however_odd() {
    let done: [(&str, &[&str]); 27] = [
        ("SET k w EX 10 EX 20", &["write"]),
        // Only the last one is looked at.
        ("SET k w EX 0 EX 20", &["write"]),
        ("SET k w KEEPTTL KEEPTTL", &["write"]),
        ("SET k w NX NX", &["write"]),
        ("SET k w NX GET", &["write"]),
        ("SET k w XX GET GET", &["write"]),
        ("SET k w ex 10 nx", &["write"]),
        ("SET k w IFEQ EX PX 10", &["write"]),
        ("SET k w EXAT 9223372036854775", &["write"]),
        ("SET k w PXAT 9223372036854775807", &["write"]),
        ("SETEX k 10 w", &["write"]),
        ("GETEX k", &["read"]),
        ("GETEX k PERSIST PERSIST", &["read", "expire"]),
        ("GETEX k EX 10 EX 20", &["read", "expire"]),
        ("EXPIRE k 10 XX GT", &["expire"]),
        ("EXPIRE k 10 nx nx", &["expire"]),
        ("PEXPIREAT k 9223372036854775807", &["expire"]),
        // A time that is over deletes the key, where one is given that counts.
        ("SET k w EXAT 1", &["delete"]),
        ("SET k w PXAT 1700000000500", &["delete"]),
        ("GETEX k EXAT 1", &["read", "delete"]),
        ("EXPIRE k 0", &["delete"]),
        ("EXPIRE k -1", &["delete"]),
        ("EXPIRE k -9223372036854775", &["delete"]),
        ("PEXPIRE k -9223372036854775807", &["delete"]),
        ("EXPIREAT k 0", &["delete"]),
        ("EXPIREAT k 1700000000", &["delete"]),
        ("EXPIREAT k 1700000001", &["expire"]),
    ];
    for (command, expected) in done {
        let (requests, passed_over) = told(command);
        assert_eq!(requests, expected, "{command}");
        assert_eq!(passed_over, [""; 0], "{command}");
    }
}
