//! Why a backup could not be made or brought back.

use std::{io, path::PathBuf};

use chancery_base::{
    db,
    logs::{LogError, LogName},
    problem::Problem,
    store::{BlobName, StoreError},
};

use crate::app::{KeysError, OpenError};

/// Every way backups fail. Nothing is ever half done in silence: what was begun and is of no use says so.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder.
    #[error("cannot read or write `{}`: {cause}; check the path, its permissions and the space left", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The folder for the backup holds something else.
    #[error("`{}` is not empty and holds no backup; name a new folder, or that of an earlier backup", folder.display())]
    NotABackup {
        /// Which folder.
        folder: PathBuf,
    },
    /// Another backup is written there at the moment.
    #[error("another backup is being written to `{}`; wait for it, or name another folder", folder.display())]
    Busy {
        /// Which folder.
        folder: PathBuf,
    },
    /// Keys in the folder of the data would let whoever has the backup open it.
    #[error("keys and backup must not lie in one another: keep `{}` elsewhere, best on another medium", folder.display())]
    KeysInBackup {
        /// The folder asked for.
        folder: PathBuf,
    },
    /// A sealed file that the database names is not in the store.
    #[error(
        "the store lacks the sealed file {name}, which the database names; `chancery doctor` tells more, and pushing its model again \
             brings it back"
    )]
    BlobMissing {
        /// Which.
        name: BlobName,
    },
    /// There is no manifest.
    #[error("`{}` has no manifest: it was not finished, or is no backup; use an earlier one", folder.display())]
    Unfinished {
        /// The folder.
        folder: PathBuf,
    },
    /// The manifest is none.
    #[error("`{}` is not a manifest that this version reads: {cause}; use the version that made it", file.display())]
    Manifest {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: String,
    },
    /// A file of the backup is missing or not what it was.
    #[error("`{}` is {}; the backup cannot be trusted, use another one", file.display(),
            if *is_missing { "missing" } else { "not what it was when the backup was made" })]
    Changed {
        /// The file.
        file: PathBuf,
        /// Whether it is not there at all.
        is_missing: bool,
    },
    /// Where the registry is to go is something already.
    #[error("`{what}` is not empty; restore into a new folder and an empty database, so that nothing is overwritten")]
    Occupied {
        /// What.
        what: String,
    },
    /// A backup of the other kind of database.
    #[error("this is a backup of {backup}, and --database names {asked}; restore it to the kind it came from")]
    OtherKind {
        /// What it is of.
        backup: &'static str,
        /// What was asked for.
        asked: &'static str,
    },
    /// Keys are missing.
    #[error("`{}` lacks {missing}: bring back the copy of the keys first, or name their folder with --keys", folder.display())]
    KeysMissing {
        /// Where they should be.
        folder: PathBuf,
        /// The files.
        missing: String,
    },
    /// A copy of keys that are not those there are now.
    #[error(
        "`{}` is another key than the one there is now, which a backup needs; copy the keys to a new folder, and destroy this copy if keys \
         were destroyed since it was made", file.display()
    )]
    OlderKeys {
        /// The file that differs.
        file: PathBuf,
    },
    /// The keys of another registry.
    #[error("the keys in `{}` are not those of this registry ({origin}); name the right folder with --keys", folder.display())]
    OtherKeys {
        /// Where they are.
        folder: PathBuf,
        /// The origin of the registry's log.
        origin: String,
    },
    /// Nobody remembers what was signed after the backup.
    #[error(
        "`{}` does not remember what the {log} log signed last, so nobody can tell whether entries are missing from this backup: \
         bring back that file too; or say --nothing-signed-since if the server was stopped before this backup was made and not started \
         again; or --accept-loss to go on under another name", folder.join(format!("{log}-checkpoint.last")).display()
    )]
    NotRemembered {
        /// Where the memory should be.
        folder: PathBuf,
        /// Which log.
        log: LogName,
    },
    /// Nobody decided it.
    #[error(
        "nobody decided that the logs go on under another name, or that was more than a week ago: order it in the browser under Log, or \
         with `chancery log order-rotation --reason …`, then stop the server and run this again"
    )]
    NotOrdered,
    /// Nothing is lost.
    #[error(
        "the logs continue everything that was signed of them: nothing is lost, so they keep their name; start the server"
    )]
    NothingLost,
    /// The database.
    #[error(transparent)]
    Database(#[from] db::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Locking, or reading the keys of the logs.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An act.
    #[error(transparent)]
    Act(#[from] Problem),
}

impl BackupError {
    /// What failed at `path`.
    pub(super) fn at(path: &std::path::Path) -> impl Fn(io::Error) -> Self + '_ {
        |cause| Self::Io { path: path.to_owned(), cause }
    }
}
