//! `chancery trust show`: the pinned keys.

use std::path::PathBuf;

use chancery_base::logs::Trust;
use clap::Args;
use serde_json::{Value, json};

use super::load;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::table,
    words::Words,
};

/// Which file.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery trust show")]
pub struct Arguments {
    /// Trust file [default: trust.txt in the configuration folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// Prints them.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let trust = load(arguments.trust.as_deref(), context)?;
    context.output.result(&document(&trust), |words| prose(&trust, words))?;
    Ok(Exit::Success)
}

/// The pinned keys, for programs.
#[must_use]
pub fn document(trust: &Trust) -> Value {
    let texts = |keys: &[chancery_base::logs::NoteVerifier]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    let signer = |signer: &chancery_base::logs::TrustedSigner| json!({ "name": signer.name, "public_key": signer.key, "fingerprint": signer.key.fingerprint() });
    json!({
        "logs": texts(&trust.logs),
        "promises": texts(&trust.promises),
        "signers": trust.signers.iter().map(signer).collect::<Vec<_>>(),
    })
}

/// The pinned keys, for people.
#[must_use]
pub fn prose(trust: &Trust, words: &Words) -> String {
    if *trust == Trust::default() {
        return words.say(&say!("trust-empty"));
    }
    let use_of = |kind| words.say(&kind);
    let note = |kind: &str, key: &chancery_base::logs::NoteVerifier| {
        vec![kind.to_owned(), key.name().to_string(), key.to_string()]
    };
    let (log, promise, signer) =
        (use_of(say!("trust-log")), use_of(say!("trust-promise")), use_of(say!("trust-signer")));
    let logs = trust.logs.iter().map(|key| note(&log, key));
    let promises = trust.promises.iter().map(|key| note(&promise, key));
    let signers =
        trust.signers.iter().map(|key| vec![signer.clone(), key.name.clone(), key.key.fingerprint().to_string()]);
    let headings = [say!("column-use"), say!("column-name"), say!("column-key")];
    table(words, &headings, logs.chain(promises).chain(signers).collect())
}
