//! The assembly: opens every part once, in order, from the configuration, and hands them to a door.
//!
//! providers → lock → database → keys → logs → store → policy → engine → acts → sequencers → postman. What fails names itself and what to do.

mod approving;
mod background;
pub mod backup;
mod config;
mod counter;
pub mod doctor;
mod keys;
mod listening;
mod postman;
mod providers;
mod sweeper;
mod system;
mod telemetry;

use std::{
    fs::{self, File, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use chancery_base::{
    crypto::{RootKeyError, RootKeys},
    db::{self, Database, Location},
    logs::{AppendedLeaf, LastSigned, LogError, LogIdentity, LogName, Origin, Sequencer, Trust},
    outbound::Outbound,
    problem::{Problem, ProblemKind},
    store::{BlobStore, LocalStore},
    values::{Clock, Entropy, encode_hex},
};
use chancery_domain::{
    catalogue,
    destroying::Destroyer,
    granting::Registrar,
    licensing::{self, QuotaDesk},
    membership::{self, Hashing, Office, PartyJoined},
    notifying::Notifier,
    policy::{PolicyError, RuleSet},
    preparing::Preparer,
    recording::Recorder,
    registration::{Archive, ArchivePlaces, ChallengeSecret, Vault},
    reports::Reporter,
    serving::{Desk, DeskParts, Outcome, UseRequest},
};
use chancery_engine::{Engine, EngineConfig, EngineError, EngineHandle};

use background::Rounds;
use postman::Postman;

pub use config::{Config, Rates};
use keys::ROOT_KEY;
pub use keys::{Keys, KeysError};
pub use listening::{Listening, Proxies, ProxyHeader, TlsFiles};
pub use providers::ProvidersError;
pub use system::{SystemClock, SystemEntropy};
pub use telemetry::{LineFormat, Measures, Telemetry, TelemetryError, TelemetrySettings, accept};

/// Name of the file that a running server keeps locked in its data directory, and ending of the one beside a SQLite file.
const LOCK_FILE: &str = "lock";
const CHALLENGE_KEY: &str = "challenge.key";
const EXPORT_KEY: &str = "export.pem";
const ORIGIN: &str = "origin";
/// All files that the folder of keys holds from the first start on.
const KEY_FILES: [&str; 8] = [
    ROOT_KEY,
    CHALLENGE_KEY,
    EXPORT_KEY,
    ORIGIN,
    "audit-checkpoint.pem",
    "audit-promise.pem",
    "liability-checkpoint.pem",
    "liability-promise.pem",
];
/// Only the server's user reads the data: the database holds openings of what the logs commit to.
const DATA_FOLDER_MODE: u32 = 0o700;

/// Why the program could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server runs on the same data.
    #[error("another server has `{}` open; stop it first, or use another --data and --database", held.display())]
    Locked {
        /// The data directory or database file.
        held: PathBuf,
    },
    /// A folder or file could not be opened.
    #[error("cannot open `{}`: {cause}; check that it is there and writable", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A registry whose keys are not where they should be.
    #[error("there is no root key in `{}`, where the keys of this registry should be; restore them from a copy, or name their \
             folder with --keys", folder.display())]
    KeysMissing {
        /// Where they were looked for.
        folder: PathBuf,
    },
    /// The root key.
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// The database.
    #[error("cannot open the database; check --database and that it runs")]
    Database(#[source] db::Error),
    /// Tables of a newer version.
    #[error(transparent)]
    Newer(db::Error),
    /// Tables that are not up to date, and are not to be brought up to date by starting.
    #[error("the tables are not up to date ({}): make a backup, run `chancery migrate`, then start again; or leave --no-migrate away",
            pending.join(", "))]
    NotUpToDate {
        /// The migrations that are missing.
        pending: Vec<String>,
    },
    /// A log that is not what it was.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The blob store.
    #[error("cannot open the blob store")]
    Store(#[from] chancery_base::store::StoreError),
    /// The policies.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The identity providers.
    #[error(transparent)]
    Providers(#[from] ProvidersError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A value that was refused, such as the logs' origin.
    #[error(transparent)]
    Invalid(#[from] chancery_base::values::Invalid),
    /// An act at start-up.
    #[error(transparent)]
    Act(#[from] Problem),
}

impl From<db::Error> for OpenError {
    fn from(error: db::Error) -> Self {
        match error {
            newer @ db::Error::Newer { .. } => Self::Newer(newer),
            other => Self::Database(other),
        }
    }
}

/// The opened program. Dropping it stops sequencers, counter, postman and sweeper after their round.
pub struct App {
    /// Where everything is recorded.
    pub database: Database,
    /// Registration.
    pub archive: Archive,
    /// Membership.
    pub office: Office,
    /// Grants.
    pub registrar: Registrar,
    /// Uses.
    pub desk: Arc<Desk>,
    /// Preparations of data sets.
    pub preparer: Preparer,
    /// Destruction of keys.
    pub destroyer: Destroyer,
    /// Webhooks.
    pub notifier: Notifier,
    /// Exports.
    pub reporter: Reporter,
    /// The verifier keys of this server's logs, promises and exports.
    pub trust: Trust,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// How often may be asked.
    pub rates: Rates,
    /// The operator's first key, when this start made it.
    pub first_party: Option<PartyJoined>,
    engine: EngineHandle,
    audit: Arc<LogIdentity>,
    liability: Arc<LogIdentity>,
    sequencers: Vec<Sequencer>,
    is_closing: Arc<AtomicBool>,
    _counter: Rounds,
    _postman: Postman,
    _sweeper: Rounds,
    _locks: Vec<File>,
}

impl App {
    /// Opens everything.
    ///
    /// Errors: each part's own; a data directory that another server holds.
    pub fn open(config: &Config, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Self, OpenError> {
        let providers = providers::open_providers(config)?;
        let locks = lock_all(config)?;
        let database = open_database(config)?;
        if !config.keys.join(ROOT_KEY).exists() && membership::has_registry(&database)? {
            return Err(OpenError::KeysMissing { folder: config.keys.clone() });
        }
        let keys = Keys::open(&config.keys)?;
        keys.make_root_key(&*entropy)?;
        let roots = Arc::new(RootKeys::open(Box::new(keys.clone()))?);
        let logs = open_logs(&keys, config.origin.as_deref(), &*entropy)?;
        let store: Arc<dyn BlobStore> = Arc::new(LocalStore::open(&config.store)?);
        let vault = Vault { store, roots: Arc::clone(&roots) };
        let rules = Arc::new(match &config.policies {
            Some(directory) => RuleSet::load(directory)?,
            None => RuleSet::builtin()?,
        });
        let engine = Engine::start(EngineConfig::default())?;
        let challenge_secret = Arc::new(ChallengeSecret::new(keys.commitment_key(CHALLENGE_KEY, &*entropy)?));
        let archive = Archive {
            database: database.clone(),
            vault: vault.clone(),
            challenge_secret,
            places: ArchivePlaces::default(),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        };
        let office = Office {
            database: database.clone(),
            roots: Arc::clone(&roots),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            hashing: Hashing::default(),
            providers,
        };
        let registrar =
            Registrar { database: database.clone(), clock: Arc::clone(&clock), entropy: Arc::clone(&entropy) };
        let notifier = Notifier {
            database: database.clone(),
            roots,
            outbound: Outbound::new(config.webhooks),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        };
        let is_closing = Arc::new(AtomicBool::new(false));
        let preparer = Preparer {
            archive: archive.clone(),
            is_closing: Arc::clone(&is_closing),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        };
        let destroyer = Destroyer {
            database: database.clone(),
            archive: archive.clone(),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        };
        let desk = Arc::new(Desk::open(DeskParts {
            database: database.clone(),
            vault,
            engine: engine.clone(),
            audit: Arc::clone(&logs.audit),
            rules,
            quota: QuotaDesk::new(holder(&*entropy)),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        }));
        let reporter = Reporter::new(database.clone(), logs.audit.origin(), keys.signing_key(EXPORT_KEY, &*entropy)?);
        let trust = logs.trust(&reporter);
        if config.is_alone() {
            database.act(licensing::reclaim_all)?;
            archive.sweep_uploads()?;
            archive.sweep_preparations()?;
            archive.remove_orphans(&archive.orphans()?, clock.now())?;
        }
        let sweeper = sweeper::start(archive.clone(), destroyer.clone())
            .map_err(|cause| OpenError::Io { path: config.store.clone(), cause })?;
        sweeper::finish_destruction(&destroyer);
        let first_party = membership::open_registry(&office)?;
        desk.adopt_rules()?;
        catalogue::catch_up(&database)?;
        let sequencers = logs.start(&database, &clock)?;
        let postman = Postman::start(&notifier).map_err(|cause| OpenError::Io { path: config.data.clone(), cause })?;
        let counter =
            counter::start(&desk, &registrar).map_err(|cause| OpenError::Io { path: config.data.clone(), cause })?;
        Ok(Self {
            database,
            archive,
            office,
            registrar,
            desk,
            preparer,
            destroyer,
            notifier,
            reporter,
            trust,
            clock,
            entropy,
            rates: config.rates,
            first_party,
            engine,
            audit: logs.audit,
            liability: logs.liability,
            sequencers,
            is_closing,
            _counter: counter,
            _postman: postman,
            _sweeper: sweeper,
            _locks: locks,
        })
    }

    /// Whether records can be made durable and the logs advance, as far as is known.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.is_closing() && self.database.is_writable() && self.sequencers.iter().all(Sequencer::is_healthy)
    }

    /// Whether it was told to stop: it is then not ready for anything new.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }

    /// Tells it that it will stop.
    pub fn begin_closing(&self) {
        self.is_closing.store(true, Ordering::Release);
    }

    /// Ends the sequencers once what was recorded has its place and is signed. To be called when nothing is asked any more.
    pub fn finish_closing(&self) {
        self.sequencers.iter().for_each(Sequencer::stop);
    }

    /// Takes a use all the way ([`Desk::infer`]).
    ///
    /// Errors: a log that contradicts what was signed of it (503), since no record of the use could ever be proven; those of the
    /// desk.
    pub fn infer(&self, request: &UseRequest) -> Result<Outcome, Problem> {
        if self.sequencers.iter().any(Sequencer::is_contradicted) {
            let detail =
                "a log is not what was signed of it, so nothing is answered; ask the operator to bring it back";
            return Err(Problem::new(ProblemKind::LogUnavailable, detail));
        }
        let outcome = self.desk.infer(request)?;
        telemetry::count(&outcome);
        Ok(outcome)
    }

    /// What writes down refused requests.
    #[must_use]
    pub fn recorder(&self) -> Recorder<'_> {
        Recorder { database: &self.database, clock: &*self.clock, entropy: &*self.entropy }
    }

    /// The signed promise that `leaf` is, or will be, in its log.
    ///
    /// Errors: a defect of ours; the keys were checked when the logs were opened.
    pub fn promise(&self, leaf: &AppendedLeaf) -> Result<String, Problem> {
        let identity = match leaf.log {
            LogName::Audit => &self.audit,
            LogName::Liability => &self.liability,
        };
        identity.promise(leaf).map(|note| note.to_string()).map_err(Problem::internal)
    }
}

/// Opens the database, its tables brought up to date or required to be.
fn open_database(config: &Config) -> Result<Database, OpenError> {
    if config.migrates {
        let applied = db::bring_up_to_date(&config.database)?;
        if !applied.is_empty() {
            tracing::info!(db.migrations = applied.join(", "), "tables were brought up to date");
        }
    } else {
        let pending = db::pending_migrations(&config.database)?;
        if !pending.is_empty() {
            return Err(OpenError::NotUpToDate { pending });
        }
    }
    Ok(Database::open(&config.database)?)
}

/// Brings the tables of a registry up to date; answers the migrations that were missing. A SQLite file must not be served
/// meanwhile; servers on PostgreSQL wait for each other.
///
/// Errors: a server runs on it; those of the database.
pub fn migrate(config: &Config) -> Result<Vec<String>, OpenError> {
    let _lock = lock_database(config)?;
    Ok(db::bring_up_to_date(&config.database)?)
}

/// Locks the data directory, and the database where it is a file, wherever that lies.
fn lock_all(config: &Config) -> Result<Vec<File>, OpenError> {
    let made = fs::DirBuilder::new().recursive(true).mode(DATA_FOLDER_MODE).create(&config.data);
    made.map_err(|cause| OpenError::Io { path: config.data.clone(), cause })?;
    let data = lock(&config.data.join(LOCK_FILE), &config.data)?;
    Ok([data].into_iter().chain(lock_database(config)?).collect())
}

/// Locks the database where it is a file.
fn lock_database(config: &Config) -> Result<Option<File>, OpenError> {
    match &config.database {
        Location::Sqlite(file) => lock(&file.with_added_extension(LOCK_FILE), file).map(Some),
        Location::Postgres(_) => Ok(None),
    }
}

/// Locks the file at `path` on behalf of `held`.
fn lock(path: &Path, held: &Path) -> Result<File, OpenError> {
    let failed = |cause| OpenError::Io { path: path.to_owned(), cause };
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { held: held.to_owned() }),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// A name that no other process has used, for this process's quota leases.
fn holder(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    encode_hex(&bytes)
}

/// The two logs' identities.
struct Logs {
    audit: Arc<LogIdentity>,
    liability: Arc<LogIdentity>,
}

fn open_logs(keys: &Keys, origin: Option<&str>, entropy: &dyn Entropy) -> Result<Logs, OpenError> {
    let name = |base: &str, log: LogName| format!("{base}/{log}").parse::<Origin>();
    let made_up = || format!("chancery-{}.local", holder(entropy).get(..12).unwrap_or_default());
    let base = origin.map_or_else(made_up, str::to_owned);
    // A name is kept for good, so it is looked at before.
    LogName::ALL.into_iter().try_for_each(|log| name(&base, log).map(drop))?;
    let base = keys.fixed_text(ORIGIN, || base)?;
    let open = |log: LogName| -> Result<Arc<LogIdentity>, OpenError> {
        let origin = name(&base, log)?;
        let checkpoint_key = keys.signing_key(&format!("{log}-checkpoint.pem"), entropy)?;
        let promise_key = keys.signing_key(&format!("{log}-promise.pem"), entropy)?;
        let last_signed = LastSigned::in_folder(keys.folder(), log);
        Ok(Arc::new(LogIdentity::new(log, origin, checkpoint_key, promise_key, last_signed)?))
    };
    Ok(Logs { audit: open(LogName::Audit)?, liability: open(LogName::Liability)? })
}

impl Logs {
    fn start(&self, database: &Database, clock: &Arc<dyn Clock>) -> Result<Vec<Sequencer>, OpenError> {
        [&self.audit, &self.liability]
            .into_iter()
            .map(|identity| Ok(Sequencer::start(database.clone(), Arc::clone(identity), Arc::clone(clock))?))
            .collect()
    }

    /// What outsiders pin: the keys of both logs, of their promises, and of exports.
    fn trust(&self, reporter: &Reporter) -> Trust {
        let mut trust = self.audit.trust();
        let liability = self.liability.trust();
        trust.logs.extend(liability.logs);
        trust.promises.extend(liability.promises);
        trust.signers.push(reporter.signer());
        trust
    }
}
