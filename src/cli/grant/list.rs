//! `chancery grant list`: licences given and received, page after page.

use clap::Args;
use serde::Deserialize;
use serde_json::json;

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
struct ItemView {
    id: String,
    model: String,
    status: String,
    terms_digest: String,
}

/// Asks the server until there is no further page.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let grants = context.client()?.every_page("/api/v1/grants")?;
    context.output.result(&json!({ "items": grants }), |words| {
        let headings = [say!("column-id"), say!("column-model"), say!("column-status"), say!("column-terms")];
        let row = |grant: ItemView| vec![grant.id, grant.model, grant.status, grant.terms_digest];
        let items = grants.iter().filter_map(|grant| ItemView::deserialize(grant).ok());
        table(words, &headings, items.map(row).collect())
    })?;
    Ok(Exit::Success)
}
