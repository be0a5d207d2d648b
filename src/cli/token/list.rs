//! `chancery token list`: the party's API keys, without their secrets.

use chancery_base::values::UnixMillis;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
    words::Words,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery token list --json | jq '.items[].label'")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct KeyView {
    id: String,
    role: String,
    label: Option<String>,
    purpose: Option<String>,
    territory: Option<String>,
    expires_at: Option<UnixMillis>,
    revoked_at: Option<UnixMillis>,
}

impl KeyView {
    fn row(&self, words: &Words) -> Vec<String> {
        let moment = |moment: Option<UnixMillis>| moment.map(|moment| moment.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (expires, revoked) = (moment(self.expires_at), moment(self.revoked_at));
        let (purpose, territory) = (text(&self.purpose), text(&self.territory));
        vec![self.id.clone(), words.named("role", &self.role), text(&self.label), purpose, territory, expires, revoked]
    }
}

/// Asks the server.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let keys = context.client()?.every_page("/api/v1/keys")?;
    let headings = [
        say!("column-id"),
        say!("column-role"),
        say!("column-label"),
        say!("column-purpose"),
        say!("column-territory"),
        say!("column-expires"),
        say!("column-revoked"),
    ];
    context.output.result(&json!({ "items": keys }), |words| {
        let items = keys.iter().filter_map(|key| KeyView::deserialize(key).ok());
        listing(words, &headings, items.map(|key| key.row(words)).collect(), &say!("tokens-none"))
    })?;
    Ok(Exit::Success)
}
