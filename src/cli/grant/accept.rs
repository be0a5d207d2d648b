//! `chancery grant accept`: the licensee signs the digest of exactly the terms it was shown.

use std::path::PathBuf;

use chancery_base::{
    crypto::Envelope,
    values::{GrantId, PartyId, Sha256Digest},
};
use chancery_domain::licensing::{self, Acceptance};
use clap::Args;
use serde::Deserialize;
use serde_json::Value;

use super::view::GrantView;
use crate::cli::{
    confirm,
    context::Context,
    error::{CliError, Exit},
    key::{self, SigningAs},
    message::say,
};

/// Which offer, and the key that speaks for the licensee.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery grant accept grant_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2
  chancery grant accept grant_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --key ./globex.pem --yes")]
pub struct Arguments {
    /// The grant's identifier
    id: GrantId,
    /// Private key to sign with [default: the one `keygen` wrote]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Accept these terms only; refuse if the digest is another
    #[arg(long, value_name = "DIGEST")]
    terms_digest: Option<Sha256Digest>,
    /// Do not ask; at a terminal the terms are shown and a `yes` is asked for
    #[arg(long)]
    yes: bool,
}

/// The status of a grant that was accepted.
const ACCEPTED: &str = "accepted";

#[derive(Debug, Deserialize)]
struct OfferView {
    licensor_id: PartyId,
    licensee_id: PartyId,
    #[serde(flatten)]
    grant: GrantView,
}

/// Signs and sends the acceptance.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let client = context.client()?;
    let path = format!("/api/v1/grants/{}", arguments.id);
    let offer = client.get::<OfferView>(&path)?.view;
    if offer.grant.status == ACCEPTED {
        return Err(CliError::failure(say!("grant-accepted-before", id = arguments.id)));
    }
    let terms = offer.grant.checked_digest()?;
    if arguments.terms_digest.is_some_and(|expected| expected != terms) {
        return Err(CliError::failure(say!("grant-other-terms", id = arguments.id, digest = terms)));
    }
    let SigningAs { file, key } = key::read_private(arguments.key.as_deref(), context)?;
    if !arguments.yes {
        confirm(&offer.grant, context)?;
    }
    let acceptance = Acceptance {
        grant: arguments.id,
        model: offer.grant.model,
        terms,
        licensor: offer.licensor_id,
        licensee: offer.licensee_id,
    };
    let unsayable = |cause: &dyn std::fmt::Display| CliError::failure(say!("value", cause = cause));
    let statement = acceptance.to_bytes().map_err(|error| unsayable(&error))?;
    let envelope = Envelope::sign(licensing::PAYLOAD_TYPE, statement, &key).map_err(|error| unsayable(&error))?;
    let answer = client.post_text::<Value>(&format!("{path}/accept"), &envelope.to_json());
    let answer = answer.map_err(|error| key::explain(error, &file, &key, &client))?;
    context.output.result(&answer.document, |words| {
        words.say(&say!("grant-accepted", id = arguments.id, digest = terms, key = key.verifying_key().fingerprint()))
    })?;
    Ok(Exit::Success)
}

/// Shows the terms and asks, where there is somebody to ask.
fn confirm(grant: &GrantView, context: &Context) -> Result<(), CliError> {
    if !confirm::can_ask(context) {
        return Ok(());
    }
    context.output.note(&say!("value", cause = grant.prose(context.output.words())));
    let refused = say!("grant-not-accepted", id = grant.id);
    confirm::ask(&say!("grant-confirm"), &["yes", "是"], refused, context)
}
