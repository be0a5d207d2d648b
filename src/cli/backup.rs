//! `chancery backup`: a registry copied on its own machine, while it is served or not.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    place::Place,
    progress::Progress,
};
use crate::app::{
    SystemClock,
    backup::{BackupError, take},
};

/// Which registry, and where to.
#[derive(Debug, Args)]
#[command(after_help = "\
The server may run meanwhile. Keys are not in a backup: they open what is in it. Into the folder of an earlier backup only what
is new is copied.

Examples:
  chancery backup --data ./registry --to /mnt/backup/registry
  chancery backup --data ./registry --to /mnt/backup/registry --with-keys /media/safe/registry-keys
  chancery backup --data /var/lib/chancery --database postgres://chancery@db/chancery --to /mnt/backup/registry --json")]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Folder of the backup: a new one, or that of an earlier backup
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Copy the keys too, to this folder outside the backup; better on another medium
    #[arg(long, value_name = "DIR")]
    with_keys: Option<PathBuf>,
}

/// Makes it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let config = arguments.place.existing()?;
    let progress = Progress::start(&context.output, &say!("backup-copying"), 0);
    let tell = |done, total| progress.set_of(done, total);
    let taken = take(&config, &arguments.to, arguments.with_keys.as_deref(), &SystemClock, &tell);
    progress.finish();
    let taken = taken.map_err(|error| failure(&error))?;
    let manifest = &taken.manifest;
    let (blobs, bytes) = (manifest.blobs.len(), manifest.bytes());
    let document = json!({
        "to": arguments.to, "taken_at": manifest.taken_at, "database": manifest.database, "logs": manifest.logs,
        "sealed_files": blobs, "kept": taken.kept, "bytes": bytes, "keys": taken.keys,
    });
    let to = arguments.to.display();
    context.output.result(&document, |words| {
        let mut told = words.say(&say!(
            "backup-done",
            to = to,
            taken = manifest.taken_at,
            database = manifest.database.title(),
            blobs = blobs,
            kept = taken.kept,
            bytes = bytes
        ));
        for log in &manifest.logs {
            told += &format!("\n  {}", words.say(&say!("backup-log", log = log.log, size = log.size, root = log.root)));
        }
        told
    })?;
    context.output.note(&match &taken.keys {
        Some(folder) => say!("backup-keys-copied", folder = folder.display()),
        None => say!("backup-keys-apart", folder = config.keys.display()),
    });
    Ok(Exit::Success)
}

/// What a failure to back up or restore is to the command line: a copy that was changed is as invalid as a forged signature.
pub(super) fn failure(error: &BackupError) -> CliError {
    let exit = if matches!(error, BackupError::Changed { .. }) { Exit::Invalid } else { Exit::Failure };
    CliError::because(exit, error)
}
