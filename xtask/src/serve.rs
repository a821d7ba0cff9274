//! `cargo xtask serve`: the built site on this machine, built again when a source changes.

use crate::{http, run::Outcome, site};
use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    thread,
    time::Duration,
};

/// The port when none is asked for.
pub const DEFAULT_PORT: u16 = 8080;

/// How often the sources' times are looked at.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);

/// `cargo xtask serve`: does not return while all is well.
pub fn command(port: u16) -> Outcome {
    site::build_if_stale()?;
    let port = http::start(site::DIST, free_port_from(port)?)?;
    println!("\nCache Playground is at http://localhost:{port} (stop with Ctrl+C).");
    rebuild_on_change()
}

/// The first port from this one that nobody listens on. Asking beats trying to listen: a server
/// of another address family would not stand in our way, yet `localhost` may lead to it.
fn free_port_from(first: u16) -> Outcome<u16> {
    let taken = |port: u16| {
        [
            SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
        ]
        .iter()
        .any(|address| TcpStream::connect_timeout(address, Duration::from_millis(200)).is_ok())
    };
    (first..=first.saturating_add(50))
        .find(|&port| !taken(port))
        .ok_or_else(|| format!("The 50 ports from {first} on are taken: give another with --port."))
}

fn rebuild_on_change() -> Outcome {
    let mut seen = site::newest_input();
    loop {
        thread::sleep(WATCH_INTERVAL);
        let newest = site::newest_input();
        if newest == seen {
            continue;
        }
        seen = newest;
        println!("\nA source changed, rebuilding.");
        match site::build_if_stale() {
            Ok(()) => println!("rebuilt, reload the page"),
            Err(sentence) => eprintln!("error: {sentence}\nThe last good build is still served."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::free_port_from;
    use std::net::TcpListener;

    #[test]
    fn passes_over_a_port_that_is_taken() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).expect("some port is free");
        let port = taken.local_addr().expect("it is bound").port();
        assert!(free_port_from(port).is_ok_and(|free| free > port));
    }
}
