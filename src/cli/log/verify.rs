//! `chancery log verify`: the whole log, from its public addresses alone.

use std::path::PathBuf;

use chancery_base::logs::Trust;
use clap::Args;

use super::{
    LogName,
    source::{Seen, Source},
    tree::{self, TreeFault},
};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    output::Output,
    progress::Progress,
    trust,
    verdict::Findings,
};

/// Which log, and whose keys count.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery log verify
  chancery log verify --log liability --trust trust.txt --server https://registry.example.org")]
pub struct Arguments {
    /// Which log [default: both]
    #[arg(long)]
    log: Option<LogName>,
    /// Pinned keys [default: trust.txt in the configuration folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// Verifies it; the first bad entry is named.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let trust = trust::load(arguments.trust.as_deref(), context)?;
    let client = context.client()?;
    let mut findings = Findings::default();
    for log in LogName::or_both(arguments.log) {
        verify(&Source::new(&client, log), &trust, &context.output, &mut findings)?;
    }
    findings.report(&client.server().to_string(), context)
}

fn verify(source: &Source<'_>, trust: &Trust, output: &Output, findings: &mut Findings) -> Result<(), CliError> {
    let name = source.log.segment();
    let seen = match source.checkpoint(trust) {
        Ok(seen) => seen,
        Err(CliError::Local(Exit::Invalid, message)) => {
            findings.invalid(name, message);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let progress = Progress::count(output, &say!("log-verifying", log = name), seen.checkpoint.size);
    let verified = tree::verify(&seen.checkpoint, |tile| source.tile(tile), |done| progress.set(done))?;
    progress.finish();
    match verified {
        Ok(()) => judge_sound(name, &seen, findings),
        Err(fault) => findings.invalid(name, describe(name, &fault)),
    }
    Ok(())
}

/// A sound tree under a checkpoint that nobody vouches for proves little.
fn judge_sound(name: &'static str, seen: &Seen, findings: &mut Findings) {
    let (origin, size, root) = (&seen.checkpoint.origin, seen.checkpoint.size, seen.checkpoint.root);
    if seen.is_pinned {
        findings.valid(name, say!("log-sound", log = name, origin = origin, size = size, root = root));
    } else {
        findings.unchecked(name, say!("log-unpinned", log = name, origin = origin, size = size));
    }
}

fn describe(log: &str, fault: &TreeFault) -> Message {
    match fault {
        TreeFault::Malformed { tile } => say!("log-malformed", log = log, tile = tile),
        TreeFault::Entry { index } => say!("log-entry-wrong", log = log, index = index),
        TreeFault::Form { index } => say!("log-entry-form", log = log, index = index),
        TreeFault::Tile { tile } => say!("log-tile-wrong", log = log, tile = tile),
        TreeFault::Root { found } => {
            let found = found.map_or_else(|| "–".to_owned(), |root| root.to_string());
            say!("log-root-wrong", log = log, found = found)
        }
    }
}
