//! The stage: a folder, a server in this process, and this program's own commands run against it.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    thread::JoinHandle,
};

use anyhow::{Context, Result, anyhow, bail};
use chancery_base::values::{Entropy, Language, encode_hex};
use serde_json::Value;

use crate::{
    app::{App, Config, Listening, SystemClock, SystemEntropy},
    web::{self, Data, Door, DoorError, ServerHandle},
};

/// How a command came out.
pub(super) struct Outcome {
    /// Its exit code.
    pub code: i32,
    /// Its document on standard output; null when there was none.
    pub document: Value,
    /// What it said on standard error.
    pub said: String,
}

/// Names of the tokens that the story hands around.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nobody: commands that work on files.
    Nobody,
    /// The registry's operator.
    Operator,
    /// The owner of the model.
    Owner,
    /// The licensee.
    Licensee,
    /// The licensee's program.
    Caller,
}

/// A server and a folder to play in.
pub(super) struct Stage {
    folder: PathBuf,
    address: SocketAddr,
    language: Language,
    server: ServerHandle,
    thread: JoinHandle<Result<(), DoorError>>,
    tokens: std::cell::RefCell<Vec<(Role, String)>>,
}

impl Stage {
    /// Opens everything in a new folder and listens where it was told to. Told nothing, it takes another port where the usual
    /// one is taken.
    pub(super) fn set(listen: Option<SocketAddr>, language: Language) -> Result<Self> {
        let mut name = [0; 4];
        SystemEntropy.fill(&mut name);
        let folder = std::env::temp_dir().join(format!("chancery-demo-{}", encode_hex(&name)));
        fs::create_dir(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        let app =
            App::open(&Config::in_directory(&folder.join("data")), Arc::new(SystemClock), Arc::new(SystemEntropy))?;
        let operator = app.first_party.as_ref().map(|first| first.owner.token.to_string());
        let operator = operator.ok_or_else(|| anyhow!("a new registry has no operator"))?;
        let started = start(Data::new(app), listen);
        let (address, server, thread) = started.inspect_err(|_| {
            // Nothing was played in it yet.
            let _ = fs::remove_dir_all(&folder);
        })?;
        let tokens = vec![(Role::Operator, operator)].into();
        Ok(Self { folder, address, language, server, thread, tokens })
    }

    /// Where the server listens.
    pub(super) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where everything lies.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path in the folder, as text for a command.
    pub(super) fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    /// Remembers whose token it is.
    pub(super) fn hand_out(&self, role: Role, token: &str) {
        self.tokens.borrow_mut().push((role, token.to_owned()));
    }

    fn token(&self, role: Role) -> String {
        let tokens = self.tokens.borrow();
        tokens.iter().find(|(holder, _)| *holder == role).map(|(_, token)| token.clone()).unwrap_or_default()
    }

    pub(super) fn owner_token(&self) -> String {
        self.token(Role::Owner)
    }

    pub(super) fn caller_token(&self) -> String {
        self.token(Role::Caller)
    }

    /// Runs one of this program's own commands as `role`.
    ///
    /// # Errors
    /// This program cannot be started again.
    pub(super) fn run(&self, role: Role, arguments: &[&str]) -> Result<Outcome> {
        let program = std::env::current_exe().context("cannot find this program")?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .args(["--json", "--lang", &self.language.to_string()])
            .env("CHANCERY_SERVER", self.address())
            .env("XDG_CONFIG_HOME", self.folder.join("config"))
            .env("XDG_STATE_HOME", self.folder.join("state"))
            .env_remove("CHANCERY_TOKEN");
        if role != Role::Nobody {
            command.env("CHANCERY_TOKEN", self.token(role));
        }
        let output = command.output().context("cannot start this program again")?;
        Ok(Outcome {
            code: output.status.code().unwrap_or(-1),
            document: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs a command that must succeed.
    ///
    /// # Errors
    /// It did not, with what it said.
    pub(super) fn succeed(&self, role: Role, arguments: &[&str]) -> Result<Value> {
        let outcome = self.run(role, arguments)?;
        if outcome.code != 0 {
            bail!("`chancery {}` failed ({}): {}", arguments.join(" "), outcome.code, outcome.said.trim());
        }
        Ok(outcome.document)
    }

    /// Stops the server and takes everything away.
    pub(super) fn clear(self) -> Result<()> {
        drop(self.server.stop(true));
        self.thread.join().map_err(|_| anyhow!("the server's thread panicked"))??;
        fs::remove_dir_all(&self.folder).with_context(|| format!("cannot remove `{}`", self.folder.display()))
    }

    /// Serves until told to stop.
    pub(super) fn serve_on(self) -> Result<()> {
        Ok(self.thread.join().map_err(|_| anyhow!("the server's thread panicked"))??)
    }
}

type Started = (SocketAddr, ServerHandle, JoinHandle<Result<(), DoorError>>);

/// Starts the server on a thread of its own.
fn start(app: Data<App>, listen: Option<SocketAddr>) -> Result<Started> {
    let (ready, started) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        web::run_until_stopped(|| {
            let server = match listen {
                // Its keys open nothing but the demo, so others may look on.
                Some(address) => web::serve(app, Door::open_to_all(Listening::plain_at(address))?.bind()?)?,
                // The usual address may be taken by a registry that is in use.
                None => {
                    let usual = Door::new(Listening::usual())?.bind();
                    web::serve(app, usual.or_else(|_| Door::new(Listening::on_this_machine(0))?.bind())?)?
                }
            };
            let _ = ready.send((server.address, server.handle()));
            Ok(server)
        })
    });
    match started.recv() {
        Ok((address, handle)) => Ok((address, handle, thread)),
        Err(_) => {
            let ended = thread.join().map_err(|_| anyhow!("the server's thread panicked"))?;
            ended.context("the server did not start")?;
            bail!("the server stopped before it listened")
        }
    }
}
