//! `chancery key list`: the party's signing keys.

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery key list")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct KeyView {
    id: String,
    label: Option<String>,
    status: String,
    fingerprint: String,
}

/// Asks the server.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let keys = context.client()?.every_page("/api/v1/signing-keys")?;
    context.output.result(&json!({ "items": keys }), |words| {
        let headings = [say!("column-id"), say!("column-label"), say!("column-status"), say!("column-fingerprint")];
        let row = |key: KeyView| {
            vec![key.id, key.label.unwrap_or_default(), words.named("keystate", &key.status), key.fingerprint]
        };
        let items = keys.iter().filter_map(|key| KeyView::deserialize(key).ok());
        listing(words, &headings, items.map(row).collect(), &say!("keys-none"))
    })?;
    Ok(Exit::Success)
}
