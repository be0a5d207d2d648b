//! `chancery key enroll`: proposing a public key, with proof that its private half is at hand.
//!
//! The server draws a challenge; what is signed names challenge and key, so that the proof is good for nothing else.

use std::path::PathBuf;

use chancery_domain::parties::possession_statement;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::read_private;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which key, and what it is called.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery key enroll --label 'release signing'
  chancery key enroll --key ./acme.pem --label 'release signing'")]
pub struct Arguments {
    /// The private key [default: the one `keygen` wrote]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A name to recognise it by
    #[arg(long)]
    label: String,
}

#[derive(Debug, Deserialize)]
struct ChallengeView {
    challenge: String,
}

#[derive(Debug, Deserialize)]
struct ProposedView {
    id: String,
    fingerprint: String,
}

/// Proposes the key; an owner's approval makes its signatures count.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let key = read_private(arguments.key.as_deref(), context)?.key;
    let client = context.client()?;
    let challenge = client.post::<ChallengeView>("/api/v1/signing-keys/challenge", &json!({}))?.view.challenge;
    let public = key.verifying_key();
    let signature = key.sign(&possession_statement(&challenge, &public));
    let body = json!({
        "public_key": public,
        "label": arguments.label,
        "challenge": challenge,
        "signature": signature,
    });
    let answer = client.post::<ProposedView>("/api/v1/signing-keys", &body)?;
    context.output.result(&answer.document, |words| {
        words.say(&say!("key-proposed", id = answer.view.id, fingerprint = answer.view.fingerprint))
    })?;
    Ok(Exit::Success)
}
