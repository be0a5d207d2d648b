//! `chancery party create`: a new organisation and the API key of its first owner.

use chancery_base::values::Slug;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Who is created.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery party create acme --title 'Acme Research Ltd'")]
pub struct Arguments {
    /// Its name in addresses: lower-case letters, digits, `-`, `_` and `.`
    slug: Slug,
    /// Its full name
    #[arg(long)]
    title: String,
}

#[derive(Debug, Deserialize)]
struct PartyView {
    id: String,
    slug: String,
    api_key: ApiKeyView,
}

#[derive(Debug, Deserialize)]
struct ApiKeyView {
    token: String,
}

/// Creates the party; its token is shown this once.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let body = json!({ "slug": arguments.slug, "title": arguments.title });
    let answer = context.client()?.post_for_secret::<PartyView>("/api/v1/parties", &body)?;
    let party = &answer.view;
    context.output.note(&say!("party-created", slug = party.slug, id = party.id));
    context.output.result(&answer.document, |_| party.api_key.token.clone())?;
    Ok(Exit::Success)
}
