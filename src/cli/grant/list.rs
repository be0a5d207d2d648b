//! `chancery grant list`: licences given and received, page after page.

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::view::{QuotaView, UNLIMITED};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
    words::Words,
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
    licensor: String,
    licensee: String,
    terms: TermsView,
    quota: Option<QuotaView>,
}

#[derive(Debug, Deserialize)]
struct TermsView {
    term: TermView,
    quota_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct TermView {
    end: Option<String>,
}

impl ItemView {
    fn row(self, words: &Words) -> Vec<String> {
        let granted = self.terms.quota_tokens.map_or_else(|| UNLIMITED.to_owned(), |tokens| tokens.to_string());
        let used = self.quota.map_or(0, |quota| quota.settled);
        vec![
            self.id,
            self.model,
            words.named("state", &self.status),
            self.licensor,
            self.licensee,
            self.terms.term.end.unwrap_or_else(|| words.say(&say!("grant-without-end"))),
            format!("{used} / {granted}"),
        ]
    }
}

/// Asks the server until there is no further page.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let grants = context.client()?.every_page("/api/v1/grants")?;
    context.output.result(&json!({ "items": grants }), |words| {
        let headings = [
            say!("column-id"),
            say!("column-model"),
            say!("column-status"),
            say!("column-licensor"),
            say!("column-licensee"),
            say!("column-ends"),
            say!("column-tokens"),
        ];
        let items = grants.iter().filter_map(|grant| ItemView::deserialize(grant).ok());
        listing(words, &headings, items.map(|grant| grant.row(words)).collect(), &say!("grants-none"))
    })?;
    Ok(Exit::Success)
}
