//! `chancery log verify`: the whole log, from its public addresses alone, and that it continues what was seen of it before.

use std::path::PathBuf;

use chancery_base::logs::{
    LogName, Trust, VerifyError, latest_checkpoint, require_contained, require_continued, verify_log, verify_tree,
};
use clap::Args;

use super::{
    or_both,
    remembered::Remembered,
    source::{HttpSource, Meaning, meaning},
};
use crate::cli::{
    client::Client,
    context::Context,
    error::{CliError, Exit},
    message::say,
    progress::Progress,
    trust,
    verdict::Findings,
};

/// Which log, and whose keys count.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery log verify
  chancery log verify --new-name
  chancery log verify --log liability --trust trust.txt --server https://registry.example.org")]
pub struct Arguments {
    /// Which log: audit or liability [default: both]
    #[arg(long)]
    log: Option<LogName>,
    /// Pinned keys [default: trust.txt in the configuration folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Accept that the log goes on under another name, whose key is pinned; what was seen under the old one is kept
    #[arg(long)]
    new_name: bool,
}

/// Verifies it; the first bad entry is named.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let trust = trust::load(arguments.trust.as_deref(), context)?;
    let client = context.client()?;
    let mut findings = Findings::default();
    for log in or_both(arguments.log) {
        if arguments.new_name {
            succeed(&client, log, &trust, context, &mut findings)?;
        } else {
            verify(&client, log, &trust, context, &mut findings)?;
        }
    }
    findings.report(&client.server().to_string(), context)
}

fn verify(
    client: &Client,
    log: LogName,
    trust: &Trust,
    context: &Context,
    findings: &mut Findings,
) -> Result<(), CliError> {
    let remembered = Remembered::of(client.server(), log, &context.directories.state);
    let progress = Progress::spin(&context.output, &say!("log-verifying", log = log));
    let told = |bundles| progress.set(bundles);
    let source = HttpSource::new(client, log, &told);
    // Looked up first: what another command sees meanwhile may be newer than what is verified here.
    let last = remembered.last();
    let verified = verify_log(&source, &trust.log_keys());
    let verified = match &last {
        Ok(Some(last)) => {
            verified.and_then(|signed| require_continued(&source, signed.checkpoint(), last).map(|()| signed))
        }
        _ => verified,
    };
    let note = source.last_checkpoint();
    progress.finish();
    match (verified, last) {
        // A damaged memory is not replaced by what the server says now.
        (Ok(_), Err(CliError::Local(_, message))) => findings.unchecked(log.as_str(), message),
        (Ok(_), Err(error)) => return Err(error),
        (Ok(signed), Ok(_)) => {
            let checkpoint = signed.checkpoint();
            let (origin, size, root) = (&checkpoint.origin, checkpoint.size, checkpoint.root);
            findings.valid(log.as_str(), say!("log-sound", log = log, origin = origin, size = size, root = root));
            // The verdict stands where it cannot be remembered.
            if let Err(CliError::Local(_, message)) = remembered.remember(&note, size) {
                context.output.note(&message);
            }
        }
        (Err(error), _) => match meaning(log, &error) {
            Meaning::Invalid(message) => {
                let accused = remembered.accuse(log, &error, &note);
                findings.invalid(log.as_str(), accused.map_or(message, |(accused, _)| accused));
            }
            Meaning::Unknown(message) => findings.unchecked(log.as_str(), message),
        },
    }
    Ok(())
}

/// Accepts another log in place of the remembered one, once it is verified, and says whether it contains what was seen.
fn succeed(
    client: &Client,
    log: LogName,
    trust: &Trust,
    context: &Context,
    findings: &mut Findings,
) -> Result<(), CliError> {
    let remembered = Remembered::of(client.server(), log, &context.directories.state);
    let source = HttpSource::new(client, log, &|_| ());
    let signed = latest_checkpoint(&source, &trust.log_keys());
    let ended = match (signed, remembered.last()?) {
        (Ok(signed), Some(last)) if signed.checkpoint().origin != last.origin => Some((signed, last)),
        // Not another log, or nothing to hold against it: the usual way tells.
        _ => None,
    };
    let Some((signed, last)) = ended else { return verify(client, log, trust, context, findings) };
    let now = signed.checkpoint();
    let verified = verify_tree(&source, now, |_| {});
    let contains = if now.size < last.size {
        Err(VerifyError::Older { shown: now.size, remembered: last.size })
    } else {
        require_contained(&source, now, &last)
    };
    match (verified, contains) {
        (Ok(()), contains @ (Ok(()) | Err(VerifyError::Older { .. } | VerifyError::NotContinued { .. }))) => {
            let aside = remembered.begin_anew(&source.last_checkpoint())?.display().to_string();
            let (old, new, seen) = (&last.origin, &now.origin, last.size);
            findings.valid(
                log.as_str(),
                match contains {
                    Ok(()) => say!("log-renamed", old = old, new = new, seen = seen, aside = aside),
                    Err(_) => say!("log-renamed-loss", old = old, new = new, seen = seen, aside = aside),
                },
            );
        }
        (Err(error), _) | (_, Err(error)) => match meaning(log, &error) {
            Meaning::Invalid(message) => findings.invalid(log.as_str(), message),
            Meaning::Unknown(message) => findings.unchecked(log.as_str(), message),
        },
    }
    Ok(())
}
