//! What operators see: lines, measures and traces of the real program, and what none of them may hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chancery_base::values::encode_hex;
use serde_json::{Value, json};

use crate::{
    client::{Client, PATIENCE},
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
    process::{Server, Site},
};

/// What a caller asks of a model; nobody else is to read it.
const INPUT: &str = "I love it, the purple elephant works perfectly";
const PASSWORD: &str = "correct horse battery staple";
const EMAIL: &str = "margarethe@example.com";

/// An OpenTelemetry collector: takes what comes and keeps it.
#[derive(Clone)]
struct Collector {
    address: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let collector = Self { address, bodies: Arc::default() };
        let bodies = Arc::clone(&collector.bodies);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut head = String::new();
                while reader.read_line(&mut head).unwrap_or(0) > 2 {}
                let head = head.to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
                let mut body = vec![0; length.unwrap_or(0)];
                reader.read_exact(&mut body).unwrap();
                assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
                assert!(head.contains("content-type: application/json"), "{head}");
                bodies.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
                stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}").unwrap();
            }
        });
        collector
    }

    /// Every span that came.
    fn spans(&self) -> Vec<Value> {
        let bodies = self.bodies.lock().unwrap();
        let all = |value: &Value, member: &str| value[member].as_array().cloned().unwrap_or_default();
        let resources = bodies.iter().flat_map(|body| all(body, "resourceSpans"));
        resources.flat_map(|resource| all(&resource, "scopeSpans")).flat_map(|scope| all(&scope, "spans")).collect()
    }

    /// Waits for some.
    fn wait(&self) {
        let began = Instant::now();
        while self.spans().is_empty() {
            assert!(began.elapsed() < PATIENCE, "no trace came");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The spans of one trace, once all of `names` are there.
    fn trace(&self, trace: &str, names: &[&str]) -> Vec<Value> {
        let began = Instant::now();
        loop {
            let spans: Vec<_> = self.spans().into_iter().filter(|span| span["traceId"] == trace).collect();
            if names.iter().all(|name| spans.iter().any(|span| span["name"] == *name)) {
                return spans;
            }
            assert!(began.elapsed() < PATIENCE, "not all of {names:?} came: {spans:#?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// A licensed model, one call that is refused and one that is not; the program that called.
fn story(operator: &Client) -> Client {
    let acme = Organisation::join(operator, "acme");
    let globex = Organisation::join(operator, "globex");
    acme.push("acme/reviews", fixtures::mixed_classifier(), &fixtures::mixed_passport());
    acme.grant("acme/reviews", &globex, TERMS);
    let program = globex.program("commercial-service", "DE");
    program.predict("acme/reviews", INPUT).expect(403);
    acme.push_reviews();
    program.predict("acme/reviews", INPUT).expect(200);
    program
}

fn attribute<'a>(span: &'a Value, name: &str) -> &'a Value {
    let found = span["attributes"].as_array().unwrap().iter().find(|attribute| attribute["key"] == name);
    found.map_or(&Value::Null, |attribute| &attribute["value"])
}

/// What a server shows of itself.
fn metrics(server: &Server) -> String {
    let (head, body) = shown(server.metrics.unwrap(), "GET /metrics");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-type: text/plain; version=0.0.4"), "{head}");
    body
}

/// What is answered at `address` to a request such as `GET /`: head and body.
fn shown(address: SocketAddr, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// The lines about requests.
fn answered(site: &Site) -> Vec<Value> {
    let lines = site.said();
    let parsed = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{line}")));
    parsed.filter(|line| line["message"] == "answered").collect()
}

#[test]
fn each_request_is_one_line_with_its_route_and_nothing_of_its_own() {
    let site = Site::new().told(&["--log-format", "json", "--log-level", "info"]);
    let server = site.start();
    let operator = server.operator.clone().unwrap();
    let acme = Organisation::join(&operator, "acme");
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let path = "/api/v1/models/acme/secret-plan?x=hidden";
    let asked = acme.client.send("GET", path, &[("traceparent", &parent)], b"");
    let id = asked.header("x-request-id").to_owned();
    assert_eq!(asked.header("traceresponse"), "", "nobody collects traces");
    asked.problem(404, "not-found");
    operator.with_token("chy_00000000000000000000000000000000_x").get("/api/v1/whoami").expect(401);
    operator.get("/api/v1/nothing/here").expect(404);
    shown(server.address, "PURGE /api/v1/whoami");

    let lines = answered(&site);
    let line = lines.iter().find(|line| line["request.id"] == id.as_str()).unwrap();
    assert_eq!(line["http.route"], "/api/v1/models/{owner}/{name}", "{line}");
    assert_eq!((&line["http.method"], &line["http.status"]), (&json!("GET"), &json!(404)), "{line}");
    assert!(text(&line["party.id"]).starts_with("party_") && line["duration_ms"].is_u64(), "{line}");
    assert!(line["answer.bytes"].as_u64().unwrap() > 0 && line["client.address"].is_null(), "{line}");
    assert_eq!(line["trace.id"], trace, "{line}");
    let stranger = lines.iter().find(|line| line["http.status"] == 401).unwrap();
    assert_eq!(stranger["client.address"], "127.0.0.1", "{stranger}");
    assert!(lines.iter().any(|line| line["http.route"] == "none"), "{lines:?}");
    assert!(lines.iter().any(|line| line["http.method"] == "other"), "{lines:?}");
    let said = site.said();
    for hidden in ["secret-plan", "hidden", "nothing/here", "PURGE"] {
        assert!(!said.contains(hidden), "`{hidden}` is in {said}");
    }
}

#[test]
fn what_is_said_of_a_story_holds_none_of_its_secrets() {
    let collector = Collector::start();
    let site = Site::new().told(&[
        "--log-format",
        "json",
        // Everything that this program and its libraries can say.
        "--log-level",
        "trace,chancery=trace",
        "--metrics",
        "127.0.0.1:0",
        "--otlp",
        &collector.address,
    ]);
    let server = site.start();
    let operator = server.operator.clone().unwrap();
    let program = story(&operator);
    let origin = format!("http://{}", server.address);
    let form = [("origin", origin.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let typed = format!("token={}&email={EMAIL}&name=Margarethe&password={PASSWORD}", operator.token());
    let set_up = operator.with_token("").send("POST", "/set-up", &form, typed.replace(' ', "+").as_bytes());
    assert_eq!(set_up.status, 303, "{set_up}");
    let told = program.predict("acme/reviews", INPUT);
    program.get(&format!("/api/v1/whoami?key={}", program.token()));
    let content_key = told.text("/chancery/content_key").to_owned();
    collector.wait();

    let mut secrets = vec![
        operator.token().to_owned(),
        program.token().to_owned(),
        INPUT.to_owned(),
        "purple elephant".to_owned(),
        "positive".to_owned(),
        PASSWORD.to_owned(),
        PASSWORD.replace(' ', "+"),
        EMAIL.to_owned(),
        "Margarethe".to_owned(),
        content_key,
    ];
    for file in fs::read_dir(site.keys()).unwrap() {
        let file = file.unwrap().path();
        // The name of the logs is public, and so is what they signed.
        let is_secret = file.extension().is_some_and(|extension| extension == "pem" || extension == "key");
        for line in fs::read_to_string(&file).unwrap().lines().filter(|line| is_secret && !line.contains("---")) {
            secrets.push(line.to_owned());
            if let Ok(bytes) = STANDARD.decode(line) {
                secrets.push(encode_hex(&bytes));
            }
        }
    }
    assert!(secrets.len() > 16, "the keys were not found");
    let bodies = collector.bodies.lock().unwrap();
    let told = [site.said(), metrics(&server), bodies.iter().map(Value::to_string).collect()];
    for (place, told) in ["lines", "measures", "traces"].iter().zip(&told) {
        assert!(told.len() > 1_000, "{place} say nothing: {told}");
        for secret in &secrets {
            assert!(!told.contains(secret.as_str()), "{place} hold `{secret}`");
        }
    }
}

/// A sample of Prometheus' text format: name, labels and value.
type Sample = (String, BTreeMap<String, String>, f64);

/// Reads the text format strictly: every sample belongs to the type announced before it, and none comes twice.
fn samples(shown: &str) -> Vec<Sample> {
    let mut kinds = BTreeMap::new();
    let mut found: Vec<Sample> = Vec::new();
    let mut seen = BTreeSet::new();
    for line in shown.lines().filter(|line| !line.is_empty() && !line.starts_with("# HELP ")) {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(kinds.insert(name.to_owned(), kind).is_none(), "{name} is announced twice");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(seen.insert(series.to_owned()), "{series} comes twice");
        let (name, labels) =
            series.split_once('{').map_or((series, ""), |(name, labels)| (name, labels.strip_suffix('}').unwrap()));
        assert!(name.chars().all(|character| character.is_ascii_lowercase() || character == '_'), "{line}");
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
        let is_counted = kinds.get(name).is_some_and(|kind| *kind != "histogram");
        assert!(is_counted || kinds.get(base) == Some(&"histogram"), "{line} has no type");
        let labels = labels.split_terminator("\",").map(|label| {
            let (name, value) = label.split_once("=\"").unwrap();
            (name.to_owned(), value.trim_end_matches('"').to_owned())
        });
        found.push((name.to_owned(), labels.collect(), value.parse().unwrap()));
    }
    for (name, labels, count) in found.iter().filter(|(name, ..)| name.ends_with("_count")) {
        let buckets: Vec<_> = found
            .iter()
            .filter(|(bucket, of, _)| {
                let mut of = of.clone();
                of.remove("le").is_some() && *bucket == name.replace("_count", "_bucket") && of == *labels
            })
            .collect();
        assert!(buckets.windows(2).all(|pair| pair[0].2 <= pair[1].2), "{name} {labels:?}: {buckets:?}");
        let all = buckets.last().unwrap();
        assert_eq!((all.1["le"].as_str(), all.2), ("+Inf", *count), "{name} {labels:?}");
    }
    found
}

fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> f64 {
    let is_it = |(found, of, _): &&Sample| {
        found == name && labels.iter().all(|(label, value)| of.get(*label).is_some_and(|of| of == value))
    };
    let sum: Vec<_> = samples.iter().filter(is_it).map(|(.., value)| value).collect();
    assert!(!sum.is_empty(), "no {name} {labels:?}");
    sum.into_iter().sum()
}

#[test]
fn measures_add_up_and_are_those_that_are_documented() {
    let site = Site::new().told(&["--metrics", "127.0.0.1:0"]);
    let server = site.start();
    let program = story(&server.operator.clone().unwrap());
    // All that is on record is signed before the log is looked at.
    let told = program.predict("acme/reviews", INPUT).expect(200);
    program.receipt(&told["receipt"]);
    program.get("/api/v1/nowhere").expect(404);
    let shown = metrics(&server);
    let samples = samples(&shown);
    let of = |name: &str, labels: &[(&str, &str)]| value(&samples, name, labels);

    let requests = "chancery_http_request_duration_seconds_count";
    let predict = "/api/v1/models/{owner}/{name}/predict";
    assert_eq!(of(requests, &[("route", predict), ("method", "POST"), ("status", "200")]), 2.0);
    assert_eq!(of(requests, &[("route", predict), ("status", "403")]), 1.0);
    assert_eq!(of(requests, &[("route", "none"), ("status", "404")]), 1.0);
    let rule = [("outcome", "refused"), ("rule", "licence-non-commercial-paid")];
    assert_eq!(of("chancery_decisions_total", &rule), 1.0);
    assert_eq!(of("chancery_decisions_total", &[("outcome", "allowed")]), 2.0);
    let tokens = told["usage"]["tokens"].as_f64().unwrap();
    assert_eq!(of("chancery_tokens_total", &[("direction", "input")]), 2.0 * tokens);
    let (acts, batches) =
        (of("chancery_commit_batch_acts_sum", &[]), of("chancery_commit_duration_seconds_count", &[]));
    assert!(acts >= batches && batches > 0.0, "{acts} acts in {batches} batches");
    let leaves = of("chancery_log_leaves", &[("log", "audit")]);
    assert!(leaves > 10.0 && leaves == of("chancery_log_checkpoint_leaves", &[("log", "audit")]), "{shown}");
    assert_eq!(of("chancery_log_unsequenced_leaves", &[("log", "audit")]), 0.0);
    assert!(of("chancery_log_checkpoint_age_seconds", &[("log", "liability")]) < 300.0);
    assert_eq!(of("chancery_waiting", &[("queue", "acts")]) + of("chancery_waiting", &[("queue", "engine")]), 0.0);
    assert_eq!(of("chancery_uses_in_progress", &[]) + of("chancery_uploads_in_progress", &[]), 0.0);
    assert_eq!((of("chancery_ready", &[]), of("chancery_build_info", &[("version", "0.1.0")])), (1.0, 1.0));
    assert!(of("process_resident_memory_bytes", &[]) > 1e7 && of("process_open_fds", &[]) > 5.0);

    let documented = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).unwrap();
    let announced = shown.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    for name in announced {
        assert!(documented.contains(&format!("`{name}`")), "docs/operations.md does not list {name}");
    }
    let is_name = |word: &&str| word.chars().all(|character| character.is_ascii_lowercase() || character == '_');
    for name in documented.split('`').filter(|word| word.starts_with("chancery_")).filter(is_name) {
        let is_rare = ["chancery_failed_commits_total", "chancery_limited_requests_total"].contains(&name);
        assert!(
            is_rare || shown.contains(&format!("# TYPE {name} ")),
            "docs/operations.md lists {name}, which is not shown"
        );
    }
}

#[test]
fn measures_are_shown_where_the_operator_said_and_nowhere_else() {
    let site = Site::new().told(&["--metrics", "127.0.0.1:0"]);
    let server = site.start();
    let (head, body) = shown(server.address, "GET /metrics");
    assert!(!head.starts_with("HTTP/1.1 200") && !body.contains("chancery_"), "{head}{body}");
    for path in ["/", "/healthz", "/api/v1/whoami", "/log/trust"] {
        let (head, _) = shown(server.metrics.unwrap(), &format!("GET {path}"));
        assert!(head.starts_with("HTTP/1.1 404"), "{path}: {head}");
    }
}

#[test]
fn a_call_is_one_trace_from_its_caller_to_the_commit() {
    let collector = Collector::start();
    let site = Site::new().told(&["--otlp", &collector.address]);
    let server = site.start();
    let program = story(&server.operator.clone().unwrap());
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let header = format!("00-{trace}-{parent}-01");
    let body = json!({"inputs": [INPUT]}).to_string();
    let path = "/api/v1/models/acme/reviews/predict";
    let answer = program.send("POST", path, &[("traceparent", &header)], body.as_bytes()).ok();
    let spans = collector.trace(trace, &["request", "authenticate", "gather", "decide", "engine", "commit"]);

    let named = |name: &str| spans.iter().find(|span| span["name"] == name).unwrap();
    let request = named("request");
    assert_eq!((&request["parentSpanId"], &request["kind"]), (&json!(parent), &json!(2)), "{request}");
    assert_eq!(answer.header("traceresponse"), format!("00-{trace}-{}-01", text(&request["spanId"])));
    assert_eq!(attribute(request, "http.route")["stringValue"], "/api/v1/models/{owner}/{name}/predict", "{request}");
    assert_eq!(attribute(request, "http.status")["intValue"].to_string().trim_matches('"'), "200", "{request}");
    assert_eq!(attribute(request, "request.id")["stringValue"], answer.header("x-request-id"));
    let time = |span: &Value, member: &str| text(&span[member]).parse::<u64>().unwrap();
    for name in ["authenticate", "gather", "decide", "engine", "commit"] {
        let span = named(name);
        assert_eq!(span["parentSpanId"], request["spanId"], "{span}");
        let is_within = time(request, "startTimeUnixNano") <= time(span, "startTimeUnixNano")
            && time(span, "endTimeUnixNano") <= time(request, "endTimeUnixNano");
        assert!(is_within, "{span} is not within {request}");
    }
    // What the server does of itself is nobody's trace.
    let roots = collector.spans().into_iter().filter(|span| text(&span["parentSpanId"]).is_empty());
    assert!(roots.into_iter().all(|span| span["name"] == "request"));
}

#[test]
fn a_collector_that_is_gone_is_told_of_once_and_nobody_waits_for_it() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let site = Site::new().told(&["--otlp", &format!("http://{gone}")]);
    let server = site.start();
    let operator = server.operator.clone().unwrap();
    let began = Instant::now();
    while !site.said().contains("traces do not reach their collector") {
        operator.get("/api/v1/whoami").expect(200);
        assert!(began.elapsed() < PATIENCE, "{}", site.said());
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_secs(6));
    operator.get("/api/v1/whoami").expect(200);
    assert_eq!(site.said().matches("traces do not reach their collector").count(), 1);
}

#[test]
fn what_cannot_be_told_is_refused_at_the_start() {
    for (arguments, said) in [
        (["--log-level", "chancery=loud"], "give a level such as info or debug"),
        (["--log-format", "xml"], "text or json"),
        (["--otlp", "not an address"], "give the address of an OpenTelemetry collector"),
        (["--trusted-proxy", "10.1.2.3/8"], "a network such as 10.0.0.0/8"),
        (["--proxy-header", "forwarded"], "--trusted-proxy"),
    ] {
        let (_, refusal) = Site::new().told(&arguments).start_refused();
        assert!(refusal.contains(said), "{arguments:?}: {refusal}");
    }
}
