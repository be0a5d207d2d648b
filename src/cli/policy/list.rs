//! `chancery policy list`: every rule that refuses, and in which mode it runs, since when and by whom.

use chancery_base::values::UnixMillis;
use clap::Args;
use serde::Deserialize;

use super::words::{actor, mode, moment, origin};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::table,
    words::Words,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery policy list")]
pub struct Arguments;

/// The rules as the server tells them.
#[derive(Debug, Deserialize)]
pub struct PolicySetView {
    digest: String,
    number: u64,
    origin: String,
    activated_at: UnixMillis,
    by: Option<String>,
    rules: Vec<RuleView>,
}

#[derive(Debug, Deserialize)]
struct RuleView {
    id: String,
    stage: serde_json::Value,
    mode: String,
    since: Option<UnixMillis>,
    by: Option<String>,
    clause: Option<String>,
    source: Option<String>,
}

impl PolicySetView {
    /// Told to a person.
    #[must_use]
    pub fn prose(&self, words: &Words) -> String {
        let headings = [
            say!("column-rule"),
            say!("column-stage"),
            say!("column-mode"),
            say!("column-since"),
            say!("column-by"),
            say!("column-clause"),
            say!("column-source"),
        ];
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let stage = |stage: &serde_json::Value| stage.as_str().map_or_else(|| stage.to_string(), str::to_owned);
        let row = |rule: &RuleView| {
            vec![
                rule.id.clone(),
                stage(&rule.stage),
                mode(words, &rule.mode),
                moment(rule.since),
                actor(words, rule.by.as_deref()),
                text(&rule.clause),
                text(&rule.source),
            ]
        };
        let about = words.say(&say!(
            "policy-set",
            digest = self.digest,
            number = self.number,
            at = self.activated_at,
            by = actor(words, self.by.as_deref()),
            origin = origin(words, &self.origin),
        ));
        format!("{about}\n\n{}", table(words, &headings, self.rules.iter().map(row).collect()))
    }
}

/// Asks the server.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.get::<PolicySetView>("/api/v1/policies")?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    Ok(Exit::Success)
}
