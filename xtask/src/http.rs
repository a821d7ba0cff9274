//! A small file server for the built site, under the headers that the documentation asks hosts
//! for. One request a connection and one thread each: a page asks for about six files.

use crate::run::Outcome;
use std::{
    io::{BufRead, BufReader, Read, Result, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Component, Path, PathBuf},
    thread,
    time::Duration,
};

/// The policy that the documentation gives to hosts. Development and tests run under it, so that
/// nothing slips in which it would block.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
     base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; frame-ancestors *";

/// How long a browser may keep an opened connection unused.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest request that is read.
const REQUEST_BYTES: u64 = 64 * 1024;

const TEXT: &str = "text/plain; charset=utf-8";

/// Serves a folder in the background for as long as the program runs, and gives the port, which
/// the system chooses if `port` is 0.
pub fn start(folder: &str, port: u16) -> Outcome<u16> {
    let refused =
        |error| format!("Port {port} cannot be served ({error}): give another with --port.");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(refused)?;
    let port = listener.local_addr().map_err(refused)?.port();
    let folder = PathBuf::from(folder);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            // A browser that goes away before its answer is no fault of ours.
            thread::spawn(move || answer(&stream, &folder));
        }
    });
    Ok(port)
}

fn answer(stream: &TcpStream, folder: &Path) -> Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.take(REQUEST_BYTES)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The headers change nothing, but a connection closed before they are read loses the answer.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let (method, url) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let reply = match method {
        "GET" | "HEAD" => find(url, folder),
        _ => Reply::refusal(
            "405 Method Not Allowed",
            "This server only answers GET and HEAD.\n",
        ),
    };
    reply.write(stream, method != "HEAD")
}

struct Reply {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

impl Reply {
    fn refusal(status: &'static str, sentence: &str) -> Self {
        Self {
            status,
            kind: TEXT,
            body: sentence.into(),
        }
    }

    /// A sandboxed frame has no origin of its own: its scripts are blocked but for the header that
    /// allows every origin.
    fn write(&self, mut stream: &TcpStream, with_body: bool) -> Result<()> {
        let Self { status, kind, body } = self;
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\n\
             Content-Type: {kind}\r\n\
             Content-Length: {length}\r\n\
             Content-Security-Policy: {CONTENT_SECURITY_POLICY}\r\n\
             Access-Control-Allow-Origin: *\r\n\
             Allow: GET, HEAD\r\n\
             Cache-Control: no-cache\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes())?;
        if with_body {
            stream.write_all(body)?;
        }
        stream.flush()
    }
}

fn find(url: &str, folder: &Path) -> Reply {
    let found = relative_path(url).and_then(|path| {
        let body = std::fs::read(folder.join(&path)).ok()?;
        Some(Reply {
            status: "200 OK",
            kind: media_type(&path),
            body,
        })
    });
    found.unwrap_or_else(|| {
        Reply::refusal(
            "404 Not Found",
            "There is no such file on this server: start from /.\n",
        )
    })
}

/// The file a URL asks for, below the served folder. Nothing above that folder, and no hidden file,
/// can be named.
fn relative_path(url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?;
    let mut text = percent_decoded(path.strip_prefix('/')?)?;
    if text.is_empty() || text.ends_with('/') {
        text.push_str("index.html");
    }
    let path = PathBuf::from(&text);
    let plain = |part: Component| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    let acceptable = !text.contains(['\\', '\0', ':']) && path.components().all(plain);
    acceptable.then_some(path)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("txt" | "md") => TEXT,
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{media_type, relative_path, start};
    use std::{
        io::{Read, Write},
        net::TcpStream,
        path::{Path, PathBuf},
    };

    #[test]
    fn maps_urls_to_files_below_the_folder() {
        let cases = [
            ("/", Some("index.html")),
            ("/?seed=7#v1.abc", Some("index.html")),
            ("/embed/", Some("embed/index.html")),
            ("/a%20b.css", Some("a b.css")),
            ("/../secret", None),
            ("/%2e%2e/secret", None),
            ("/a/..%2f..%2fsecret", None),
            ("//etc/passwd", None),
            ("/a\\..\\b", None),
            ("/C:/secret", None),
            ("/.stage/index.html", None),
            ("/%zz", None),
            ("/%e", None),
            ("http://elsewhere/", None),
        ];
        for (url, expected) in cases {
            assert_eq!(relative_path(url), expected.map(PathBuf::from), "{url}");
        }
    }

    #[test]
    fn knows_the_types_that_browsers_insist_on() {
        assert_eq!(media_type(Path::new("a.wasm")), "application/wasm");
        assert_eq!(
            media_type(Path::new("a.js")),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(media_type(Path::new("a")), "application/octet-stream");
    }

    #[test]
    fn answers_with_the_documented_headers() {
        let port = start("../static", 0).expect("some port is free");
        let head = ask(port, "HEAD /icon.svg");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(
            head.contains("Content-Security-Policy: default-src 'none'; script-src 'self'"),
            "{head}"
        );
        assert!(head.contains("Access-Control-Allow-Origin: *"), "{head}");
        assert!(!head.contains("<svg"), "{head}");
        assert!(ask(port, "GET /icon.svg").contains("<svg"));
        let missing = ask(port, "GET /../Cargo.toml");
        assert!(
            missing.starts_with("HTTP/1.1 404") && missing.contains("no such file"),
            "{missing}"
        );
        assert!(ask(port, "POST /icon.svg").starts_with("HTTP/1.1 405"));
    }

    fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
        write!(stream, "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            .expect("the request is sent");
        let mut reply = String::new();
        stream
            .read_to_string(&mut reply)
            .expect("the reply is text");
        reply
    }
}
