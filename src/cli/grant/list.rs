//! `chancery grant list`: licences given and received.

use clap::Args;
use serde::Deserialize;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::table,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery grant list")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct ListView {
    items: Vec<ItemView>,
}

#[derive(Debug, Deserialize)]
struct ItemView {
    id: String,
    model: String,
    status: String,
    terms_digest: String,
}

/// Asks the server.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.get::<ListView>("/api/v1/grants")?;
    context.output.result(&answer.document, |words| {
        let headings = [say!("column-id"), say!("column-model"), say!("column-status"), say!("column-terms")];
        let row = |grant: ItemView| vec![grant.id, grant.model, grant.status, grant.terms_digest];
        table(words, &headings, answer.view.items.into_iter().map(row).collect())
    })?;
    Ok(Exit::Success)
}
