//! `chancery log verify`: the whole log, from its public addresses alone.

use std::path::PathBuf;

use chancery_base::logs::{LogName, Trust, verify_log};
use clap::Args;

use super::{
    or_both,
    source::{HttpSource, Meaning, meaning},
};
use crate::cli::{
    client::Client,
    context::Context,
    error::{CliError, Exit},
    message::say,
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
    /// Which log: audit or liability [default: both]
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
    for log in or_both(arguments.log) {
        verify(&client, log, &trust, &context.output, &mut findings);
    }
    findings.report(&client.server().to_string(), context)
}

fn verify(client: &Client, log: LogName, trust: &Trust, output: &Output, findings: &mut Findings) {
    let progress = Progress::spin(output, &say!("log-verifying", log = log));
    let told = |bundles| progress.set(bundles);
    let verified = verify_log(&HttpSource::new(client, log, &told), &trust.log_keys());
    progress.finish();
    match verified {
        Ok(signed) => {
            let checkpoint = signed.checkpoint();
            let (origin, size, root) = (&checkpoint.origin, checkpoint.size, checkpoint.root);
            findings.valid(log.as_str(), say!("log-sound", log = log, origin = origin, size = size, root = root));
        }
        Err(error) => match meaning(log, &error) {
            Meaning::Invalid(message) => findings.invalid(log.as_str(), message),
            Meaning::Unknown(message) => findings.unchecked(log.as_str(), message),
        },
    }
}
