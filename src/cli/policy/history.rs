//! `chancery policy history`: what came into force, when, by whom, and what it changed.

use chancery_base::values::UnixMillis;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::words::{actor, mode, origin};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::table,
    words::Words,
};

/// Rules that a row names; more are counted.
const NAMED: usize = 4;

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery policy history
  chancery policy activate --digest 4f8c…")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct PastView {
    number: u64,
    digest: String,
    origin: String,
    activated_at: UnixMillis,
    by: Option<String>,
    changes: Vec<ChangeView>,
}

#[derive(Debug, Deserialize)]
struct ChangeView {
    rule: String,
    mode: Option<String>,
}

impl PastView {
    fn row(&self, words: &Words) -> Vec<String> {
        let change = |change: &ChangeView| {
            format!("{}: {}", change.rule, mode(words, change.mode.as_deref().unwrap_or("absent")))
        };
        let mut changes: Vec<String> = self.changes.iter().take(NAMED).map(change).collect();
        let more = self.changes.len().saturating_sub(NAMED);
        if more > 0 {
            changes.push(words.say(&say!("policy-more-rules", more = more)));
        }
        vec![
            self.number.to_string(),
            self.activated_at.to_string(),
            actor(words, self.by.as_deref()),
            origin(words, &self.origin),
            changes.join(", "),
            self.digest.clone(),
        ]
    }
}

/// Asks the server until there is no further page.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let past = context.client()?.every_page("/api/v1/policies/history")?;
    context.output.result(&json!({ "items": past }), |words| {
        let headings = [
            say!("column-number"),
            say!("column-since"),
            say!("column-by"),
            say!("column-texts"),
            say!("column-changed"),
            say!("column-digest"),
        ];
        let items = past.iter().filter_map(|past| PastView::deserialize(past).ok());
        table(words, &headings, items.map(|past| past.row(words)).collect())
    })?;
    Ok(Exit::Success)
}
