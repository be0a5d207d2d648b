//! `chancery export audit`: a period of the audit log, as far as the API key may open it.

use std::path::PathBuf;

use chancery_base::values::UnixMillis;
use clap::Args;
use serde_json::json;

use super::pack::{self, Written};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which period, and where it goes.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery export audit --from 2026-07-01 --to 2026-10-01 --out ./audit-2026Q3")]
pub struct Arguments {
    /// First moment: a date, or a time such as 2026-07-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: UnixMillis,
    /// First moment after the period
    #[arg(long, value_name = "TIME")]
    to: UnixMillis,
    /// Folder to write; it must not hold anything yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Fetches the pack and writes it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let Arguments { from, to, out } = arguments;
    if from >= to {
        return Err(CliError::usage(say!("export-period", from = from, to = to)));
    }
    refuse_occupied(out)?;
    let path = format!("/api/v1/exports/audit?from={}&to={}", from.as_millis(), to.as_millis());
    let sent = context.client()?.stream(&path)?;
    let Written { files, entries } = pack::write(out, sent)?;
    let document = json!({ "folder": out, "files": files, "entries": entries });
    context.output.result(&document, |words| {
        words.say(&say!("export-written", folder = out.display(), files = files.join(", "), entries = entries))
    })?;
    Ok(Exit::Success)
}

fn refuse_occupied(folder: &PathBuf) -> Result<(), CliError> {
    let occupied = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied { Err(CliError::failure(say!("export-occupied", folder = folder.display()))) } else { Ok(()) }
}
