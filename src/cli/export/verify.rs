//! `chancery export verify`: an export against its own digests, its openings and pinned keys, without a server.

use std::path::PathBuf;

use clap::Args;

use super::pack;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    trust,
    verdict::Findings,
};

/// Which export, and whose keys count.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  chancery export verify ./audit-2026Q3 --trust trust.txt\n  chancery export verify chancery-audit.zip"
)]
pub struct Arguments {
    /// The folder that `export audit` wrote, or the archive that the pages gave
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// Pinned keys [default: trust.txt in the configuration folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// Verifies it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let trust = trust::load(arguments.trust.as_deref(), context)?;
    let mut findings = Findings::default();
    pack::check(&arguments.pack, &trust, &mut findings)?;
    findings.report(&arguments.pack.display().to_string(), context)
}
