//! `chancery key list`: the party's signing keys.

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
#[command(after_help = "Example:\n  chancery key list")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct ListView {
    items: Vec<KeyView>,
}

#[derive(Debug, Deserialize)]
struct KeyView {
    id: String,
    label: Option<String>,
    status: String,
    fingerprint: String,
}

/// Asks the server.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.get::<ListView>("/api/v1/signing-keys")?;
    context.output.result(&answer.document, |words| {
        let headings = [say!("column-id"), say!("column-label"), say!("column-status"), say!("column-fingerprint")];
        let row = |key: KeyView| vec![key.id, key.label.unwrap_or_default(), key.status, key.fingerprint];
        table(words, &headings, answer.view.items.into_iter().map(row).collect())
    })?;
    Ok(Exit::Success)
}
