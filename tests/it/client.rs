//! A small HTTP client: what a test sends, and everything that came back.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use chancery_base::{logs::Opening, values::encode_hex};
use serde_json::Value;
use ureq::{
    Agent,
    http::{Method, Request, header::HeaderMap},
};

/// How long a record may take to be sequenced and published; a second is the promise, the rest is a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// The body as JSON; null when it is none.
    pub body: Value,
}

impl Answer {
    /// A header's text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the status and hands the body on.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.body
    }

    /// Asserts a problem document of this status whose type ends in `slug`, and hands its detail on.
    #[track_caller]
    pub fn problem(self, status: u16, slug: &str) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert!(self.header("x-request-id").starts_with("req_"), "{self:?}");
        let body = self.expect(status);
        assert_eq!(body["type"], format!("/problems/{slug}"), "{body}");
        assert_eq!(body["status"], status, "{body}");
        body["detail"].as_str().unwrap().to_owned()
    }
}

/// A client of one server with one API key.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    address: SocketAddr,
    token: String,
    /// The key its party exports with, where its own may not.
    exporter: Option<String>,
}

impl Client {
    pub fn new(address: SocketAddr, token: &str) -> Self {
        let configuration = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self { agent: Agent::new_with_config(configuration), address, token: token.to_owned(), exporter: None }
    }

    /// The same server with another key.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same key; what it could not export is exported with another of its party.
    pub fn exporting_with(&self, token: &str) -> Self {
        Self { exporter: Some(token.to_owned()), ..self.clone() }
    }

    /// The same key at another server.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    /// One request, with further headers. What may be repeated is, when a busy machine could not record it in time.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let started = Instant::now();
        loop {
            let answer = self.send_once(method, path, headers, body);
            let is_late = answer.status == 503 && answer.body["type"] == "/problems/log-unavailable";
            if !(is_late && matches!(method, "GET" | "PUT") && started.elapsed() < PATIENCE) {
                return answer;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn send_once(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut builder = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("http://{}{path}", self.address))
            .header("content-type", "application/json");
        if !self.token.is_empty() {
            builder = builder.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let answer = if matches!(method, "GET" | "DELETE" | "HEAD") {
            self.agent.run(builder.body(()).unwrap())
        } else {
            self.agent.run(builder.body(body).unwrap())
        };
        let mut answer = answer.unwrap();
        let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), bytes, body }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[], body.to_string().as_bytes())
    }

    pub fn post_bytes(&self, path: &str, body: &[u8]) -> Answer {
        self.send("POST", path, &[], body)
    }

    pub fn put(&self, path: &str, body: &[u8]) -> Answer {
        self.send("PUT", path, &[], body)
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], b"")
    }

    /// Announces `length` bytes, sends `bytes` and hangs up.
    pub fn put_broken_off(&self, path: &str, length: usize, bytes: &[u8]) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: {length}\r\n\r\n",
            self.address, self.token
        );
        stream.write_all(&[head.as_bytes(), bytes].concat()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said);
    }

    /// Calls a classifier.
    pub fn predict(&self, model: &str, text: &str) -> Answer {
        self.post(&format!("/api/v1/models/{model}/predict"), &serde_json::json!({"inputs": [text]}))
    }

    /// The files of an audit pack over all time, by name.
    pub fn pack(&self) -> std::collections::BTreeMap<String, Vec<u8>> {
        let started = Instant::now();
        loop {
            let exporter = self.exporter.as_ref().map_or_else(|| self.clone(), |token| self.with_token(token));
            let answer = exporter.get("/api/v1/exports/audit?from=0&to=4102444800000");
            // The newest entries may wait for their checkpoint.
            if answer.status == 409 && started.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(100));
                continue;
            }
            assert_eq!(answer.status, 200, "{}", answer.body);
            let text = String::from_utf8(answer.bytes).unwrap();
            let file = |line: &str| {
                let file: Value = serde_json::from_str(line).unwrap();
                (file["name"].as_str().unwrap().to_owned(), file["text"].as_str().unwrap().as_bytes().to_vec())
            };
            return text.lines().map(file).collect();
        }
    }

    /// What the audit log says to this party, in its order.
    pub fn log(&self) -> Vec<Value> {
        let lines = String::from_utf8(self.pack().remove("openings.jsonl").unwrap()).unwrap();
        let payload = |line: &str| serde_json::from_str::<Value>(line).unwrap()["opening"]["payload"].clone();
        lines.lines().map(payload).collect()
    }

    /// Waits for an entry that this party may open, and answers it.
    #[track_caller]
    pub fn logged(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let log = self.log();
            if let Some(found) = log.iter().find(|payload| is_it(payload)) {
                return found.clone();
            }
            assert!(started.elapsed() < PATIENCE, "the log does not say {what}: {log:#?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits for the entry that records a refused attempt.
    #[track_caller]
    pub fn logged_refusal(&self, attempt: &str, problem: &str) -> Value {
        self.logged(&format!("that {attempt} was refused as {problem}"), |payload| {
            payload["type"] == "attempt-refused"
                && payload["details"]["attempt"] == attempt
                && payload["details"]["problem"] == problem
        })
    }

    /// Waits for the full receipt of a leaf.
    #[track_caller]
    pub fn receipt(&self, leaf: &Value) -> Value {
        let path = format!("/api/v1/receipts/{}", leaf.as_str().unwrap());
        let started = Instant::now();
        loop {
            let receipt = self.get(&path).expect(200);
            if receipt["proof"].is_string() {
                return receipt;
            }
            assert!(started.elapsed() < PATIENCE, "no proof came: {receipt}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The opening in a receipt.
pub fn opening(receipt: &Value) -> Opening {
    serde_json::from_value(receipt["opening"].clone()).unwrap()
}

/// A name that no other test uses.
pub fn unique(prefix: &str) -> String {
    let mut bytes = [0; 6];
    chancery_base::values::Entropy::fill(&chancery::app::SystemEntropy, &mut bytes);
    format!("{prefix}{}", encode_hex(&bytes))
}
