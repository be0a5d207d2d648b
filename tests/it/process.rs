//! The real program as a process: started on a folder, asked over HTTP, killed without warning, started again.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use chancery_base::db::Location;

use crate::{
    client::Client,
    database::{self, on_postgres},
};

/// A free port of this machine.
const ANY_PORT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
/// How long a server that must not run may take to say so before the test fails.
const LONGEST_REFUSAL: Duration = Duration::from_secs(15);

/// Where a server keeps its things: outlives the processes that are started on it.
pub struct Site {
    pub data: PathBuf,
    pub database: Location,
    /// Where servers listen: on a free port, unless a test needs the one that another server had.
    pub listen: SocketAddr,
    /// What servers here are told besides.
    pub arguments: Vec<String>,
    folder: Arc<tempfile::TempDir>,
    /// Whether webhooks reach this machine.
    reaches_loopback: bool,
}

impl Site {
    /// A new folder and, on PostgreSQL, a new database.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let database = if on_postgres() { database::new_postgres() } else { sqlite_in(&data) };
        Self {
            data,
            database,
            listen: ANY_PORT,
            arguments: Vec::new(),
            folder: Arc::new(folder),
            reaches_loopback: false,
        }
    }

    /// A place for what is restored: another folder, an empty database, and no keys.
    pub fn elsewhere(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let database = if on_postgres() { database::empty_postgres() } else { sqlite_in(&data) };
        // The operator's key was told by another server already.
        fs::write(folder.path().join("started"), "").unwrap();
        Self {
            data,
            database,
            listen: self.listen,
            arguments: Vec::new(),
            folder: Arc::new(folder),
            reaches_loopback: false,
        }
    }

    /// The options that name this place to commands.
    pub fn options(&self) -> Vec<String> {
        let shown = |path: &Path| path.to_str().unwrap().to_owned();
        let named = [("--data", self.data.clone()), ("--keys", self.keys()), ("--store", self.store())];
        let mut options: Vec<_> = named.iter().flat_map(|(name, path)| [(*name).to_owned(), shown(path)]).collect();
        if let Location::Postgres(url) = &self.database {
            options.extend(["--database".to_owned(), url.clone()]);
        }
        options
    }

    /// Keeps the data below another folder, such as one on a disk of its own; always on SQLite.
    pub fn with_data_in(folder: &Path) -> Self {
        let data = folder.join("data");
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self {
            database: sqlite_in(&data),
            data,
            listen: ANY_PORT,
            arguments: Vec::new(),
            folder,
            reaches_loopback: false,
        }
    }

    /// A place for another server on the same database, keys and store, with a data directory of its own.
    pub fn beside(&self, name: &str) -> Self {
        let (database, folder) = (self.database.clone(), Arc::clone(&self.folder));
        Self {
            data: self.folder.path().join(name),
            database,
            listen: self.listen,
            arguments: self.arguments.clone(),
            folder,
            reaches_loopback: self.reaches_loopback,
        }
    }

    /// The same place, whose servers are told more.
    pub fn told(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// A folder for a test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The same place, whose servers' webhooks reach this machine.
    pub fn with_webhooks_to_loopback(self) -> Self {
        Self { reaches_loopback: true, ..self }
    }

    /// The SQLite file.
    pub fn sqlite_file(&self) -> &Path {
        let Location::Sqlite(file) = &self.database else { panic!("this site is on PostgreSQL") };
        file
    }

    /// The folder of the server's keys.
    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// The folder of the sealed files.
    pub fn store(&self) -> PathBuf {
        match self.database {
            Location::Postgres(_) => self.folder.path().join("store"),
            Location::Sqlite(_) => self.data.join("blobs"),
        }
    }

    /// Everything that servers said here on standard error.
    pub fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("said.log")).unwrap_or_default()
    }

    /// Starts a server and waits until it listens.
    pub fn start(&self) -> Server {
        let mut child = self.spawn();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        // The operator's key is told once, before anything else, by the first server of a site.
        let is_first = !self.folder.path().join("started").exists();
        let told = is_first.then(|| out.next()).flatten();
        let Some(Ok(listens)) = out.next() else {
            let status = child.wait().unwrap();
            panic!("the server did not start ({status}):\n{}", self.said());
        };
        fs::write(self.folder.path().join("started"), "").unwrap();
        let address: SocketAddr = listens.rsplit_once("://").unwrap().1.parse().unwrap();
        let shows_metrics = self.arguments.iter().any(|argument| argument == "--metrics");
        let metrics = shows_metrics.then(|| {
            let shown = out.next().unwrap().unwrap();
            shown.rsplit_once("://").unwrap().1.trim_end_matches("/metrics").parse().unwrap()
        });
        let operator = told.map(|told| Client::new(address, told.unwrap().rsplit_once(' ').unwrap().1));
        Server { child, address, metrics, operator }
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
            if began.elapsed() > LONGEST_REFUSAL {
                panic!("the server runs although it must not:\n{}", self.said());
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(!status.success(), "the server ended as if all were well");
        (began.elapsed(), self.said().split_off(before))
    }

    fn spawn(&self) -> Running {
        let said = File::options().create(true).append(true).open(self.folder.path().join("said.log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.arg("serve").args(self.options()).args(["--listen", &self.listen.to_string()]).args(&self.arguments);
        command.env_remove("CHANCERY_DATABASE").env("RUST_LOG", "warn,chancery=info,chancery::web::observe=warn");
        if self.reaches_loopback {
            command.arg("--webhooks-to-loopback");
            // Nobody listens there: what went through a proxy would not arrive.
            for proxy in ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy"] {
                command.env(proxy, "http://127.0.0.1:1").env_remove("NO_PROXY").env_remove("no_proxy");
            }
        }
        Running(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(said).spawn().unwrap())
    }
}

fn sqlite_in(data: &Path) -> Location {
    Location::Sqlite(data.join("chancery.db"))
}

/// A process that is killed when dropped, whatever fails in between.
struct Running(Child);

impl Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running server; killed when dropped.
pub struct Server {
    child: Running,
    pub address: SocketAddr,
    /// Where it shows its measures, if it was told to.
    pub metrics: Option<SocketAddr>,
    /// The operator's client, at the first start of a site.
    pub operator: Option<Client>,
}

impl Server {
    /// Ends the process as a power cut would: SIGKILL, no chance to finish anything.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop, as service managers do.
    pub fn terminate(&self) {
        let told = Command::new("kill").args(["-TERM", &self.process().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Waits until it has ended.
    #[track_caller]
    pub fn ended_within(&mut self, limit: Duration) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < limit, "the server still runs");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}
