//! `chancery grant decline`: the owner of a model says no to a request for a licence, or a licensee to an offer.

use std::str::FromStr;

use chancery_base::values::{AccessRequestId, GrantId, Invalid};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which one, and why.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery grant decline request_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --reason 'not licensed for medical use'
  chancery grant decline grant_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --reason 'too dear'")]
pub struct Arguments {
    /// The identifier of a request for your model, or of an offer to you
    id: Declined,
    /// Why, for the record and for who asked or offered
    #[arg(long)]
    reason: String,
}

/// What is declined.
#[derive(Debug, Clone, Copy)]
enum Declined {
    Request(AccessRequestId),
    Offer(GrantId),
}

impl FromStr for Declined {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self::Request).or_else(|_| text.parse().map(Self::Offer))
    }
}

/// Declines it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let (path, told) = match arguments.id {
        Declined::Request(id) => (format!("/api/v1/access-requests/{id}"), say!("grant-request-declined", id = id)),
        Declined::Offer(id) => (format!("/api/v1/grants/{id}"), say!("grant-offer-declined", id = id)),
    };
    let body = json!({ "reason": arguments.reason });
    let answer = context.client()?.post::<Value>(&format!("{path}/decline"), &body)?;
    context.output.result(&answer.document, |words| words.say(&told))?;
    Ok(Exit::Success)
}
