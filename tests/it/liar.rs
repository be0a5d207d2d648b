//! A server between a registry and those who verify it, which passes on what it does not lie about.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
};

use crate::{app::TestApp, client::Client};

/// What is answered to a request for a path.
pub enum Lie {
    /// The truth about another path, or about the same.
    From(String),
    /// These bytes, with this status.
    Said(u16, Vec<u8>),
}

/// Listens until the test ends; answers the address to give to the program.
pub fn before(app: &TestApp, lie: impl Fn(&str) -> Lie + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    before_at(&listener.local_addr().unwrap(), listener, app, lie)
}

/// The same on a listener at hand.
pub fn before_at(
    address: &SocketAddr,
    listener: TcpListener,
    app: &TestApp,
    lie: impl Fn(&str) -> Lie + Send + Sync + 'static,
) -> String {
    let (registry, lie) = (app.nobody(), Arc::new(lie));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (registry, lie) = (registry.clone(), Arc::clone(&lie));
            // A program that hangs up in the middle is its own affair.
            std::thread::spawn(move || answer(stream, &registry, &*lie));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream, registry: &Client, lie: &dyn Fn(&str) -> Lie) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let mut body = vec![0; header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (status, bytes) = match lie(path) {
        Lie::Said(status, bytes) => (status, bytes),
        Lie::From(path) => {
            let token = header("authorization").and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned));
            let told = registry.with_token(&token.unwrap_or_default()).send(method, &path, &[], &body);
            (told.status, told.bytes)
        }
    };
    let head = format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", bytes.len());
    stream.write_all(&[head.as_bytes(), &bytes].concat())
}
