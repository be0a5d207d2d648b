//! The real program as a process: started on a folder, asked over HTTP, killed without warning, started again.

use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use diesel::{
    Connection, QueryableByName, RunQueryDsl, connection::SimpleConnection, pg::PgConnection, sql_query,
    sql_types::BigInt, sqlite::SqliteConnection,
};
use serde_json::Value;

/// How long a client waits for anything before the test fails.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(15);

/// Where a server keeps its things: outlives the processes that are started on it.
pub struct Site {
    pub data: PathBuf,
    postgres: Option<String>,
    folder: tempfile::TempDir,
}

impl Site {
    /// A new folder and, on PostgreSQL, a new database.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self { data, postgres: new_postgres(), folder }
    }

    /// Keeps the data below another folder, such as one on a disk of its own; always on SQLite.
    pub fn with_data_in(folder: &Path) -> Self {
        Self { data: folder.join("data"), postgres: None, folder: tempfile::tempdir().unwrap() }
    }

    /// The address of the PostgreSQL database, if this site has one.
    pub fn postgres(&self) -> Option<&str> {
        self.postgres.as_deref()
    }

    /// The SQLite file.
    pub fn sqlite_file(&self) -> PathBuf {
        self.data.join("chancery.db")
    }

    /// The folder of the server's keys.
    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// Everything that servers said here on standard error.
    pub fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("said.log")).unwrap_or_default()
    }

    /// Starts a server and waits until it listens.
    pub fn start(&self) -> Server {
        let mut child = self.spawn();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(Ok(listens)) = out.next() else {
            let status = child.wait().unwrap();
            panic!("the server did not start ({status}):\n{}", self.said());
        };
        let address = listens.rsplit_once(' ').unwrap().1.to_owned();
        let mut server = Server { child, door: Door::at(address), operator: None };
        // The operator's key is told once, right after the address, by the first server of a site.
        if !self.folder.path().join("started").exists() {
            fs::write(self.folder.path().join("started"), "").unwrap();
            let told = out.next().unwrap().unwrap();
            server.operator = Some(told.rsplit_once(' ').unwrap().1.to_owned());
        }
        server
    }

    /// Starts a server that must refuse to run; answers how long that took and what it said.
    pub fn start_refused(&self) -> (Duration, String) {
        let before = self.said().len();
        let began = Instant::now();
        let mut child = self.spawn();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > CLIENT_TIMEOUT {
                child.kill().unwrap();
                panic!("the server runs although it must not:\n{}", self.said());
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(!status.success(), "the server ended as if all were well");
        (began.elapsed(), self.said().split_off(before))
    }

    fn spawn(&self) -> Child {
        let said = File::options().create(true).append(true).open(self.folder.path().join("said.log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.arg("serve").arg("--data").arg(&self.data).arg("--keys").arg(self.keys());
        command.args(["--listen", "127.0.0.1:0"]).env_remove("CHANCERY_DATABASE").env("RUST_LOG", "warn");
        if let Some(url) = &self.postgres {
            command.args(["--database", url]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(said).spawn().unwrap()
    }

    /// The one number that `query` selects as `number`.
    pub fn number(&self, query: &str) -> i64 {
        self.numbers(query)[0]
    }

    /// What `query` selects as `number`.
    pub fn numbers(&self, query: &str) -> Vec<i64> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            number: i64,
        }
        let rows: Vec<Row> = match &self.postgres {
            Some(url) => sql_query(query).load(&mut PgConnection::establish(url).unwrap()).unwrap(),
            None => sql_query(query).load(&mut self.sqlite()).unwrap(),
        };
        rows.iter().map(|row| row.number).collect()
    }

    /// Changes rows behind the server's back.
    pub fn alter(&self, statement: &str) {
        match &self.postgres {
            Some(url) => PgConnection::establish(url).unwrap().batch_execute(statement).unwrap(),
            None => self.sqlite().batch_execute(statement).unwrap(),
        }
    }

    /// A connection to the SQLite file that waits for others.
    pub fn sqlite(&self) -> SqliteConnection {
        let mut connection = SqliteConnection::establish(self.sqlite_file().to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
        connection
    }
}

/// A database of a name of its own where the tests are to run on PostgreSQL.
fn new_postgres() -> Option<String> {
    match env::var("CHANCERY_TEST_DATABASE").as_deref() {
        Err(_) | Ok("sqlite") => return None,
        Ok("postgres") => {}
        Ok(other) => panic!("CHANCERY_TEST_DATABASE is `{other}`; sqlite or postgres is expected"),
    }
    let server = env::var("CHANCERY_TEST_POSTGRES")
        .expect("CHANCERY_TEST_POSTGRES is not set; `scripts/test crash-postgres` sets it");
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let name = format!("process_{nanoseconds}_{}", std::process::id());
    let mut connection = PgConnection::establish(&format!("{server}/postgres")).unwrap();
    connection.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    Some(format!("{server}/{name}"))
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    /// Where clients come in.
    pub door: Door,
    /// The operator's key, at the first start of a site.
    pub operator: Option<String>,
}

impl Server {
    /// A client that presents `token`.
    pub fn client(&self, token: &str) -> Client {
        self.door.client(token)
    }

    /// Ends the process as a power cut would: SIGKILL, no chance to finish anything.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a server listens, and the connections to it.
#[derive(Clone)]
pub struct Door {
    agent: ureq::Agent,
    address: String,
}

impl Door {
    fn at(address: String) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(CLIENT_TIMEOUT));
        Self { agent: config.build().into(), address }
    }

    /// A client that presents `token`.
    pub fn client(&self, token: &str) -> Client {
        Client { door: self.clone(), token: token.to_owned() }
    }
}

/// An HTTP client for one server and one API key.
pub struct Client {
    door: Door,
    token: String,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub bytes: Vec<u8>,
    pub took: Duration,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    /// A text in the body.
    pub fn text(&self, pointer: &str) -> String {
        let found = self.json().pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        found.unwrap_or_else(|| panic!("no `{pointer}` in {self}"))
    }

    /// Demands success.
    pub fn ok(self) -> Self {
        assert!(self.is_success(), "{self}");
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.status, String::from_utf8_lossy(&self.bytes))
    }
}

/// The answer did not arrive: whether the server acted is not known.
#[derive(Debug)]
pub struct Lost;

impl Client {
    pub fn get(&self, path: &str) -> Result<Answer, Lost> {
        let began = Instant::now();
        answer(began, self.door.agent.get(self.url(path)).header("authorization", self.bearer()).call())
    }

    pub fn post(&self, path: &str, body: &Value) -> Result<Answer, Lost> {
        self.post_text(path, &body.to_string(), None)
    }

    /// Posts so that repeating it with the same key changes nothing.
    pub fn post_once(&self, path: &str, body: &Value, key: &str) -> Result<Answer, Lost> {
        self.post_text(path, &body.to_string(), Some(key))
    }

    pub fn post_text(&self, path: &str, body: &str, key: Option<&str>) -> Result<Answer, Lost> {
        let began = Instant::now();
        let mut request = self.door.agent.post(self.url(path)).header("authorization", self.bearer());
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        answer(began, request.send(body))
    }

    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<Answer, Lost> {
        let began = Instant::now();
        answer(began, self.door.agent.put(self.url(path)).header("authorization", self.bearer()).send(bytes))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.door.address)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

fn answer(began: Instant, sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, Lost> {
    let mut response = sent.map_err(|_| Lost)?;
    let bytes = response.body_mut().read_to_vec().map_err(|_| Lost)?;
    Ok(Answer { status: response.status().as_u16(), bytes, took: began.elapsed() })
}
