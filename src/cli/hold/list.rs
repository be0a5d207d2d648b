//! `chancery hold list`: what is frozen, by whose authority.

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
};

/// All that the caller may see: operators every hold, others those on their own models.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery hold list")]
pub struct Arguments {}

#[derive(Debug, Deserialize)]
struct HoldView {
    id: String,
    model: String,
    authority: String,
    reason: String,
}

/// Asks the server until there is no further page.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let holds = context.client()?.every_page("/api/v1/holds")?;
    context.output.result(&json!({ "items": holds }), |words| {
        let headings = [say!("column-id"), say!("column-model"), say!("column-authority"), say!("column-reason")];
        let items = holds.iter().filter_map(|hold| HoldView::deserialize(hold).ok());
        let rows = items.map(|hold| vec![hold.id, hold.model, hold.authority, hold.reason]);
        listing(words, &headings, rows.collect(), &say!("holds-none"))
    })?;
    Ok(Exit::Success)
}
