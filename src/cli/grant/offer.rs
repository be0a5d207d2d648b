//! `chancery grant offer`: a licence to a model, on numbered terms, to be accepted by its licensee.

use std::path::PathBuf;

use chancery_base::values::{AccessRequestId, ModelName, Slug};
use chancery_domain::{documents::MAXIMUM_DOCUMENT_BYTES, licensing::Terms};
use clap::Args;
use serde_json::json;

use super::view::GrantView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    text_file::read_text,
};

/// What is offered to whom.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery grant offer acme/minilm --to globex --terms terms.toml")]
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
}

/// Offers it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let file = &arguments.terms;
    let source = read_text(file, u64::try_from(MAXIMUM_DOCUMENT_BYTES).unwrap_or(u64::MAX))?;
    let terms = Terms::parse(&source)
        .map_err(|faults| CliError::failure(say!("terms-faults", file = file.display(), faults = faults)))?;
    let body =
        json!({ "model": arguments.model, "licensee": arguments.to, "terms": terms, "answers": arguments.answers });
    let answer = context.client()?.post::<GrantView>("/api/v1/grants", &body)?;
    answer.view.checked_digest()?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    context.output.note(&say!("grant-offered", id = answer.view.id, party = arguments.to));
    Ok(Exit::Success)
}
