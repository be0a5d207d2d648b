//! `chancery receipt verify`: a receipt against pinned keys, without asking anybody.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{ReceiptDocument, check};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    text_file::read_text,
    trust,
    verdict::Findings,
};

/// Largest receipt that is read, in bytes.
const LARGEST_RECEIPT: u64 = 4 << 20;

/// Which receipt, and whose keys count.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery receipt verify receipt.json --trust trust.txt
  chancery receipt verify receipt.json")]
pub struct Arguments {
    /// The receipt: what `receipt get` wrote, or a bare tlog-proof
    file: PathBuf,
    /// Pinned keys [default: trust.txt in the configuration folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// Verifies it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let receipt = read(&arguments.file)?;
    let trust = trust::load(arguments.trust.as_deref(), context)?;
    let mut findings = Findings::default();
    check(&receipt, None, &trust, &mut findings);
    findings.report(&arguments.file.display().to_string(), context)
}

fn read(file: &Path) -> Result<ReceiptDocument, CliError> {
    let text = read_text(file, LARGEST_RECEIPT).map_err(CliError::while_verifying)?;
    if text.starts_with("c2sp.org/tlog-proof@") {
        return Ok(ReceiptDocument { promise: None, opening: None, proof: Some(text) });
    }
    serde_json::from_str(&text)
        .map_err(|error| CliError::unverifiable(say!("receipt-unreadable", file = file.display(), cause = error)))
}
