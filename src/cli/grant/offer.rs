//! `chancery grant offer`: a licence to a model, on numbered terms, to be accepted by its licensee.

use std::path::PathBuf;

use chancery_base::values::{AccessRequestId, ModelName, Slug};
use chancery_domain::{documents::MAXIMUM_DOCUMENT_BYTES, licensing::Terms};
use clap::Args;
use serde_json::json;
use ureq::http::Method;

use super::view::GrantView;
use crate::cli::{
    approval::Proposed,
    context::Context,
    error::{CliError, Exit},
    message::say,
    purpose,
    signer::Signer,
    text_file::read_text,
};

/// What is offered to whom.
#[derive(Debug, Args)]
#[command(after_help = "\
Where your organisation wants two people for an offer, a person proposes it with --as and another approves it.

Examples:
  chancery grant offer acme/minilm --to globex --terms terms.toml
  CHANCERY_PASSWORD=… chancery grant offer acme/minilm --to globex --terms terms.toml --as ada@acme.example --organisation acme")]
pub struct Arguments {
    /// The model, as owner/name
    model: ModelName,
    /// The party that may accept
    #[arg(long, value_name = "PARTY")]
    to: Slug,
    /// The terms, as TOML; `grant template` writes one to fill in
    #[arg(long, value_name = "FILE")]
    terms: PathBuf,
    /// The request for a licence that this answers
    #[arg(long, value_name = "REQUEST")]
    answers: Option<AccessRequestId>,
    #[command(flatten)]
    signer: Signer,
}

/// Offers it, or proposes to where that takes two people.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let file = &arguments.terms;
    let source = read_text(file, u64::try_from(MAXIMUM_DOCUMENT_BYTES).unwrap_or(u64::MAX))?;
    let terms = Terms::parse(&source)
        .map_err(|faults| CliError::failure(say!("terms-faults", file = file.display(), faults = faults)))?;
    purpose::note_unknown(&terms.purposes, &context.output);
    let body =
        json!({ "model": arguments.model, "licensee": arguments.to, "terms": terms, "answers": arguments.answers });
    let client = arguments.signer.client(context)?;
    let answer = client.propose::<GrantView>((Method::POST, "/api/v1/grants"), &body, "/grants/new")?;
    if let Proposed::Done(offer) = &answer.view {
        offer.checked_digest()?;
    }
    context.output.result(&answer.document, |words| answer.view.prose(words, |offer| offer.prose(words)))?;
    if let Proposed::Done(offer) = &answer.view {
        context.output.note(&say!("grant-offered", id = offer.id, party = arguments.to));
    }
    Ok(Exit::Success)
}
