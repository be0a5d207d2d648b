//! The HTTP client of the tests: what a test sends, and everything that came back.

use std::{
    fmt,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use chancery_base::logs::{LogName, LogSource, Opening, SourceError};
use serde_json::{Value, json};
use ureq::{
    Agent,
    http::{Method, Request, header::HeaderMap},
    tls::{Certificate, RootCerts, TlsConfig},
};

use crate::contract;

/// How long a record may take to be sequenced and published; a second is the promise, the rest is a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long a client waits for any answer before the test fails.
const LONGEST_ANSWER: Duration = Duration::from_secs(60);

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// The body as JSON; null when it is none.
    pub body: Value,
    /// From sending the request until the whole answer was there.
    pub took: Duration,
}

/// No answer came: whether the server acted is not known.
#[derive(Debug)]
pub struct Lost;

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.status, String::from_utf8_lossy(&self.bytes))
    }
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Demands success of whatever kind.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.is_success(), "{self}");
        self
    }

    /// A text in the body.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no `{pointer}` in {self}"))
    }

    /// A header's text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the status and hands the body on.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
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

fn agent(tls: TlsConfig) -> Agent {
    let configuration = Agent::config_builder().http_status_as_error(false).max_redirects(0).tls_config(tls);
    Agent::new_with_config(configuration.timeout_global(Some(LONGEST_ANSWER)).build())
}

/// A client of one server with one API key.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    address: SocketAddr,
    scheme: &'static str,
    token: String,
    /// The key its party exports with, where its own may not.
    exporter: Option<String>,
}

impl Client {
    pub fn new(address: SocketAddr, token: &str) -> Self {
        Self { agent: agent(TlsConfig::default()), address, scheme: "http", token: token.to_owned(), exporter: None }
    }

    /// The same server over TLS, believed for this authority's certificate in PEM.
    pub fn trusting(&self, authority: &str) -> Self {
        let authority = Certificate::from_pem(authority.as_bytes()).unwrap();
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[authority])).build();
        Self { agent: agent(tls), scheme: "https", ..self.clone() }
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

    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    /// One request that must be answered. What may be repeated is, when a busy machine could not record it in time.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let started = Instant::now();
        loop {
            let answer = self.attempt(method, path, headers, body).unwrap();
            let is_late = answer.status == 503 && answer.body["type"] == "/problems/log-unavailable";
            if !(is_late && matches!(method, "GET" | "PUT") && started.elapsed() < PATIENCE) {
                return answer;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// One request, sent once.
    pub fn attempt(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, Lost> {
        let started = Instant::now();
        let mut builder = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("{}{path}", self.url()));
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            builder = builder.header("content-type", "application/json");
        }
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
        let mut answer = answer.map_err(|_| Lost)?;
        let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec().map_err(|_| Lost)?;
        let received = serde_json::from_slice(&bytes).unwrap_or_default();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let answer = Answer { status, headers, bytes, body: received, took: started.elapsed() };
        contract::check(method, path, body, &answer);
        Ok(answer)
    }

    /// Posts once; a `key` makes it safe to repeat.
    pub fn attempt_post(&self, path: &str, body: &[u8], key: Option<&str>) -> Result<Answer, Lost> {
        let header = key.map(|key| ("idempotency-key", key));
        self.attempt("POST", path, header.as_slice(), body)
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

    /// Announces `body` and sends the first half of it; what is to follow on the same connection.
    pub fn half_a_post(&self, path: &str, body: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let (half, rest) = body.split_at(body.len() / 2);
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{half}",
            self.address,
            self.token,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        (stream, rest.to_owned())
    }

    /// Announces a long body, sends a byte of it each second, and answers what the server said once it had enough.
    pub fn trickle(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: 1000000\r\n\r\n",
            self.address, self.token
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let (began, mut said) = (Instant::now(), [0; 4096]);
        while began.elapsed() < LONGEST_ANSWER {
            let _ = stream.write_all(b" ");
            match stream.read(&mut said) {
                Ok(length) => return String::from_utf8_lossy(&said[..length]).into_owned(),
                Err(_) => continue,
            }
        }
        panic!("the server waits for ever");
    }

    /// Calls a classifier.
    pub fn predict(&self, model: &str, text: &str) -> Answer {
        self.post(&format!("/api/v1/models/{model}/predict"), &json!({"inputs": [text]}))
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

    /// Waits for an entry that records a refused attempt, whatever others there are.
    #[track_caller]
    pub fn logged_refusal(&self, attempt: &str, problem: &str) -> Value {
        self.logged(&format!("that {attempt} was refused as {problem}"), |payload| {
            payload["type"] == "attempt-refused"
                && payload["details"]["attempt"] == attempt
                && payload["details"]["problem"] == problem
        })
    }

    /// Waits for the entries that record refused attempts, and demands that they are `expected`, each `(attempt, problem)`, in this
    /// order and no others.
    #[track_caller]
    pub fn logged_refusals(&self, expected: &[(&str, &str)]) {
        let started = Instant::now();
        loop {
            let log = self.log();
            let refused = log.iter().filter(|payload| payload["type"] == "attempt-refused");
            let said =
                |member: &'static str| move |payload: &Value| payload["details"][member].as_str().unwrap().to_owned();
            let found: Vec<_> = refused.map(|payload| (said("attempt")(payload), said("problem")(payload))).collect();
            let found: Vec<_> = found.iter().map(|(attempt, problem)| (attempt.as_str(), problem.as_str())).collect();
            if found == expected {
                return;
            }
            let may_follow = found.len() < expected.len() && started.elapsed() < PATIENCE;
            assert!(may_follow, "the log says {found:?} instead of {expected:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
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

/// A log as the server shows it to the world.
pub struct Served {
    pub client: Client,
    pub log: LogName,
}

impl LogSource for Served {
    fn log(&self) -> LogName {
        self.log
    }

    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let answer = self.client.get(&format!("/log/{}/{path}", self.log));
        match answer.status {
            200 => Ok(Some(answer.bytes)),
            404 => Ok(None),
            status => Err(SourceError(format!("{path} answers {status}"))),
        }
    }
}
