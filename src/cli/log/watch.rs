//! `chancery log watch`: each checkpoint must continue the last one seen; a fork is found and its evidence kept.

use std::{path::PathBuf, thread, time::Duration};

use chancery_base::logs::{
    Checkpoint, NodeError, ProofError, TileNodes, Trust, check_consistency, consistency_proof, decode_hashes,
};
use clap::Args;
use serde_json::json;

use super::{
    LogName,
    remembered::Remembered,
    source::{Seen, Source},
};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    trust,
};

/// What is watched, and how often.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery log watch --once
  chancery log watch --interval 60 --json")]
pub struct Arguments {
    /// Which log [default: both]
    #[arg(long)]
    log: Option<LogName>,
    /// Look once instead of on and on
    #[arg(long)]
    once: bool,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    interval: u64,
    /// Pinned keys [default: trust.txt in the configuration folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// Watches until something is wrong, or once.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let trust = trust::load(arguments.trust.as_deref(), context)?;
    let client = context.client()?;
    loop {
        for log in LogName::or_both(arguments.log) {
            look(&Source::new(&client, log), &trust, context)?;
        }
        if arguments.once {
            return Ok(Exit::Success);
        }
        thread::sleep(Duration::from_secs(arguments.interval));
    }
}

/// Looks at one log: what is new must contain what was seen.
fn look(source: &Source<'_>, trust: &Trust, context: &Context) -> Result<(), CliError> {
    let name = source.log.segment();
    let seen = source.checkpoint(trust)?;
    let Seen { checkpoint, note, .. } = &seen;
    if !seen.is_pinned {
        return Err(CliError::unverifiable(say!("watch-unpinned", log = name, origin = checkpoint.origin)));
    }
    let remembered = Remembered::of(&checkpoint.origin, &context.directories.state);
    let last = remembered.last()?;
    if let Some(last) = &last
        && let Err(fault) = consistent(source, last, checkpoint)?
    {
        let evidence = remembered.keep_evidence(note)?;
        let (old, new) = (last.size, checkpoint.size);
        let message =
            say!("watch-fork", log = name, old = old, new = new, cause = fault, evidence = evidence.display());
        return Err(CliError::Local(Exit::Invalid, message));
    }
    remembered.remember(note)?;
    let before = last.map(|last| last.size);
    let document = json!({
        "log": name,
        "origin": checkpoint.origin.to_string(),
        "size": checkpoint.size,
        "root": checkpoint.root.to_string(),
        "previous_size": before,
        "verdict": "consistent",
    });
    context.output.result(&document, |words| match before {
        None => words.say(&say!("watch-first", log = name, size = checkpoint.size)),
        Some(old) => words.say(&say!("watch-consistent", log = name, old = old, size = checkpoint.size)),
    })
}

/// Whether the log of `new` begins with the log of `old`, by a proof made from the log's tiles and then checked.
fn consistent(source: &Source<'_>, old: &Checkpoint, new: &Checkpoint) -> Result<Result<(), ProofError>, CliError> {
    let proof = if old.size < new.size { proof(source, old.size, new.size)? } else { Vec::new() };
    Ok(check_consistency((old.size, old.root), (new.size, new.root), &proof))
}

fn proof(
    source: &Source<'_>,
    old_size: u64,
    size: u64,
) -> Result<Vec<chancery_base::logs::TreeHash>, CliError> {
    let unusable = || CliError::unverifiable(say!("watch-tile", log = source.log.segment()));
    let mut nodes = TileNodes::new(size, |tile| decode_hashes(&source.tile(tile)?, tile).ok_or_else(unusable));
    match consistency_proof(&mut nodes, old_size, size) {
        Ok(proof) => proof.ok_or_else(unusable),
        Err(NodeError::Fetch(error)) => Err(error),
        Err(NodeError::NotInTree) => Err(unusable()),
    }
}
