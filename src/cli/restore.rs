//! `chancery restore`: a backup brought back where nothing is yet, looked over, and what became of its logs said.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::{
    backup::failure,
    context::Context,
    doctor,
    error::{CliError, Exit},
    message::{Message, say},
    place::Place,
    progress::Progress,
    succession,
};
use crate::app::{
    Config, SystemClock, SystemEntropy,
    backup::{BackupError, Found, Loss, Restored, Standing, accept_loss, restore},
    doctor::{Health, examine, worst},
};

/// Which backup, where to, and what is known to be lost.
#[derive(Debug, Args)]
#[command(after_help = "\
Bring the keys back first: to the folder beside --data, or wherever --keys says. Folder and database must be empty.
If entries that were signed are missing, the server does not start: restore a newer backup, or, if there is none, go on under
another name with --accept-loss. Without --from that is done to a registry that is restored already.

Examples:
  chancery restore --from /mnt/backup/registry --data ./registry
  chancery restore --from /mnt/backup/registry --data ./registry --nothing-signed-since
  chancery restore --accept-loss --data ./registry")]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Folder of the backup
    #[arg(long, value_name = "DIR", required_unless_present = "accept_loss")]
    from: Option<PathBuf>,
    /// Say that the server was stopped before the backup was made, where the keys' folder does not remember what was signed
    #[arg(long, conflicts_with = "accept_loss")]
    nothing_signed_since: bool,
    /// Entries that are missing are lost for good: end the logs and go on under another name, which everybody has to pin
    #[arg(long)]
    accept_loss: bool,
}

/// Brings it back and tells how it is.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let config = match &arguments.from {
        Some(_) => arguments.place.config().map_err(|invalid| CliError::because(Exit::Failure, &invalid))?,
        None => arguments.place.existing()?,
    };
    let mut told = Vec::new();
    let (mut restoration, mut succeeded_as) = (Value::Null, Value::Null);
    let mut is_older = false;
    if let Some(from) = &arguments.from {
        let restored = bring_back(&config, from, arguments.loss(), context)?;
        is_older = restored.logs.iter().any(|found| matches!(found.standing, Standing::Older { .. }));
        told.extend(restored_told(&restored, &config));
        restoration = restored_document(&restored, from);
    }
    if arguments.accept_loss {
        match accept_loss(&config, &SystemClock, &SystemEntropy) {
            Ok(succeeded) => {
                is_older = false;
                told.extend(succession::ended(&succeeded));
                told.push(say!("restore-announce", aside = succeeded.aside.display()));
                succeeded_as = succession::document(&succeeded);
            }
            // It was not known before whether anything would be lost.
            Err(BackupError::NothingLost) if arguments.from.is_some() => told.push(say!("restore-nothing-lost")),
            Err(error) => return Err(failure(&error)),
        }
    }
    let findings = examine(&config);
    let health = worst(&findings);
    let document =
        json!({ "restored": restoration, "succession": succeeded_as, "health": health, "findings": findings });
    context.output.result(&document, |words| {
        let lines = told.iter().map(|message| words.say(message) + "\n");
        lines.chain(findings.iter().map(|finding| doctor::told(finding, words))).collect()
    })?;
    if is_older {
        context.output.note(&say!("restore-older-next", data = config.data.display()));
    }
    Ok(if is_older || health == Health::Bad { Exit::Failure } else { Exit::Success })
}

impl Arguments {
    const fn loss(&self) -> Loss {
        match (self.accept_loss, self.nothing_signed_since) {
            (true, _) => Loss::Accepted,
            (false, true) => Loss::NothingSignedSince,
            (false, false) => Loss::Unsaid,
        }
    }
}

fn bring_back(config: &Config, from: &Path, loss: Loss, context: &Context) -> Result<Restored, CliError> {
    let progress = Progress::start(&context.output, &say!("restore-copying"), 0);
    let restored = restore(config, from, loss, &|done, total| progress.set_of(done, total));
    progress.finish();
    restored.map_err(|error| failure(&error))
}

fn restored_told(restored: &Restored, config: &Config) -> Vec<Message> {
    let (taken, blobs) = (&restored.manifest.taken_at, restored.manifest.blobs.len());
    let done = say!("restore-done", data = config.data.display(), taken = taken, blobs = blobs);
    [done].into_iter().chain(restored.logs.iter().map(log_told)).collect()
}

fn log_told(Found { log, restored, standing }: &Found) -> Message {
    match standing {
        Standing::Whole => say!("restore-log-whole", log = log, size = restored),
        Standing::Older { signed } => {
            let missing = signed.saturating_sub(*restored);
            say!("restore-log-older", log = log, size = restored, signed = signed, missing = missing)
        }
        Standing::NotRemembered => say!("restore-log-unremembered", log = log, size = restored),
    }
}

fn restored_document(restored: &Restored, from: &Path) -> Value {
    let log = |found: &Found| {
        let (standing, signed) = match found.standing {
            Standing::Whole => ("whole", None),
            Standing::Older { signed } => ("older", Some(signed)),
            Standing::NotRemembered => ("not-remembered", None),
        };
        json!({ "log": found.log, "restored": found.restored, "standing": standing, "signed": signed })
    };
    let manifest = &restored.manifest;
    json!({
        "from": from, "taken_at": manifest.taken_at, "sealed_files": manifest.blobs.len(),
        "logs": restored.logs.iter().map(log).collect::<Vec<_>>(),
    })
}
