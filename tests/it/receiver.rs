//! Somebody else's server that webhooks lead to: it writes down what it is told and answers as it is bidden.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::Value;

/// How long a message may take: a busy machine, or a server that takes over what a dead one had leased.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bids a receiver to take a message in and never answer.
pub const SILENCE: u16 = 0;

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Message {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Message {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A server that listens until it is dropped.
pub struct Receiver {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<Message>>>,
    answer: Arc<AtomicU16>,
    is_closed: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    pub fn start() -> Self {
        Self::at("127.0.0.1:0".parse().unwrap())
    }

    /// Listens at an address, such as one where somebody listened before.
    pub fn at(address: SocketAddr) -> Self {
        Self::redirecting(address, "")
    }

    /// The same; every answer names `location` as where to go instead.
    pub fn redirecting(address: SocketAddr, location: &str) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::<Mutex<Vec<Message>>>::default();
        let (answer, is_closed) = (Arc::new(AtomicU16::new(204)), Arc::new(AtomicBool::new(false)));
        let (hears, answers, closes) = (Arc::clone(&heard), Arc::clone(&answer), Arc::clone(&is_closed));
        let head = format!("location: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let thread = std::thread::spawn(move || {
            let mut unanswered = Vec::new();
            for stream in listener.incoming() {
                if closes.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream.unwrap();
                let Some(message) = read(&stream) else { continue };
                hears.lock().unwrap().push(message);
                match answers.load(Ordering::SeqCst) {
                    SILENCE => unanswered.push(stream),
                    status => drop(stream.write_all(format!("HTTP/1.1 {status} X\r\n{head}").as_bytes())),
                }
            }
        });
        Self { address, heard, answer, is_closed, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}/in?from=chancery", self.address)
    }

    /// Answers so from now on.
    pub fn answer(&self, status: u16) {
        self.answer.store(status, Ordering::SeqCst);
    }

    /// Everything it was told.
    pub fn heard(&self) -> Vec<Message> {
        self.heard.lock().unwrap().clone()
    }

    /// Waits for so many messages of this type and answers all of them.
    #[track_caller]
    pub fn wait_for(&self, count: usize, event: &str) -> Vec<Message> {
        let started = Instant::now();
        loop {
            let heard = self.heard();
            let found: Vec<_> = heard.iter().filter(|message| message.json()["type"] == event).cloned().collect();
            if found.len() >= count {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "{} of {count} {event} in {heard:#?}", found.len());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads one request; nothing where none came.
fn read(stream: &TcpStream) -> Option<Message> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Message { path, headers, body: String::from_utf8(body).unwrap() })
}
