//! A real server in this process, on a database of its own, and the organisations that use it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use chancery::{
    app::{App, Config, Listening, OpenError, Proxies, SystemClock, SystemEntropy},
    web::{self, Data, Door, DoorError, ServerHandle},
};
use chancery_base::logs::Trust;

use crate::{
    client::Client,
    database::{self, on_postgres},
    organisation::Organisation,
};

/// A server that answers until it is dropped.
pub struct TestApp {
    pub address: SocketAddr,
    pub config: Config,
    listening: Listening,
    /// The operator's client.
    pub operator: Client,
    server: Option<(ServerHandle, JoinHandle<Result<(), DoorError>>)>,
    folder: Arc<tempfile::TempDir>,
}

impl TestApp {
    /// Opens a new registry and serves it.
    pub fn start() -> Self {
        Self::start_with(|_, _| {})
    }

    /// The same with another configuration; `change` is also given a folder for what that names.
    pub fn start_with(change: impl FnOnce(&mut Config, &Path)) -> Self {
        Self::start_behind(Proxies::default(), change)
    }

    /// The same with somebody in between.
    pub fn start_behind(proxies: Proxies, change: impl FnOnce(&mut Config, &Path)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut config = Config::in_directory(&folder.path().join("data"));
        if on_postgres() {
            config.database = database::new_postgres();
        }
        change(&mut config, folder.path());
        let listening = Listening { proxies, ..Listening::on_this_machine(0) };
        Self::open(config, listening, folder, None).unwrap()
    }

    fn open(
        config: Config,
        listening: Listening,
        folder: Arc<tempfile::TempDir>,
        operator: Option<&Client>,
    ) -> Result<Self, OpenError> {
        let app = App::open(&config, Arc::new(SystemClock), Arc::new(SystemEntropy))?;
        let token = app.first_party.as_ref().map(|first| first.owner.token.to_string());
        let app = Data::new(app);
        let door = Door::new(listening.clone()).unwrap();
        let (ready, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            web::run_until_stopped(|| {
                let server = web::serve(app, door.bind()?)?;
                ready.send((server.address, server.handle())).unwrap();
                Ok(server)
            })
        });
        let (address, handle) = started.recv().unwrap();
        let operator = operator.map_or_else(|| Client::new(address, &token.unwrap()), |operator| operator.at(address));
        Ok(Self { address, config, listening, operator, server: Some((handle, thread)), folder })
    }

    /// The same registry after a stop and a start.
    pub fn restarted(mut self) -> Self {
        self.stop();
        let started = Instant::now();
        loop {
            match Self::open(
                self.config.clone(),
                self.listening.clone(),
                Arc::clone(&self.folder),
                Some(&self.operator),
            ) {
                // The threads of the server end in their own time, and the lock with the last of them.
                Err(OpenError::Locked { .. }) if started.elapsed() < Duration::from_secs(10) => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                opened => return opened.unwrap(),
            }
        }
    }

    fn stop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            drop(handle.stop(false));
            let _ = thread.join();
        }
    }

    /// A client without a key.
    pub fn nobody(&self) -> Client {
        Client::new(self.address, "")
    }

    /// A folder for a test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The trust file as it is served.
    pub fn trust_text(&self) -> String {
        String::from_utf8(self.nobody().get("/log/trust").bytes).unwrap()
    }

    pub fn trust(&self) -> Trust {
        self.trust_text().parse().unwrap()
    }

    /// Writes the trust file where commands can be pointed at it.
    pub fn trust_file(&self) -> PathBuf {
        let path = self.folder().join("trust.txt");
        std::fs::write(&path, self.trust_text()).unwrap();
        path
    }

    /// Changes rows behind the server's back.
    pub fn tamper(&self, statement: &str) {
        database::alter(&self.config.database, statement);
    }

    /// Creates an organisation with an approved signing key.
    pub fn party(&self, slug: &str) -> Organisation {
        Organisation::join(&self.operator, slug)
    }

    /// `acme`, which owns models, and `globex`, which is to use them.
    pub fn two_parties(&self) -> (Organisation, Organisation) {
        (self.party("acme"), self.party("globex"))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
    }
}
