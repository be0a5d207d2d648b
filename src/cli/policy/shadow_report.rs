//! `chancery policy shadow-report`: what rules in shadow would have refused, by model and licensee.

use std::cmp::Reverse;

use chancery_base::values::UnixMillis;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::words::{actor, mode, moment};
use crate::cli::{
    client::escaped,
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::table,
    period::Period,
    words::Words,
};

/// Which rule, and when.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery policy shadow-report
  chancery policy shadow-report --rule grant-missing --from 2026-11-01")]
pub struct Arguments {
    /// One rule [default: every rule that ever was in shadow]
    #[arg(long)]
    rule: Option<String>,
    #[command(flatten)]
    period: Period,
}

#[derive(Debug, Deserialize)]
struct PageView {
    rules: Vec<Value>,
    items: Vec<Value>,
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RuleView {
    rule: String,
    mode: Option<String>,
    since: Option<UnixMillis>,
    by: Option<String>,
    would_refuse: u64,
    refused_anyway: u64,
}

#[derive(Debug, Deserialize)]
struct GroupView {
    rule: String,
    model: String,
    licensee: String,
    would_refuse: u64,
    refused_anyway: u64,
    first: String,
    last: String,
}

/// Asks the server until there is no further page.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let rule = arguments.rule.as_ref().map(|rule| format!("rule={}&", escaped(rule))).unwrap_or_default();
    let path = format!("/api/v1/policies/shadow/report?{rule}{}", arguments.period.query()?);
    let client = context.client()?;
    let mut page = client.get::<PageView>(&path)?.view;
    // The numbers of whole rules come with the first page.
    let (rules, mut groups) = (std::mem::take(&mut page.rules), std::mem::take(&mut page.items));
    while let Some(after) = page.next.take() {
        page = client.get::<PageView>(&format!("{path}after={}", escaped(&after)))?.view;
        groups.append(&mut page.items);
    }
    context.output.result(&json!({ "rules": rules, "items": groups }), |words| prose(&rules, &groups, words))?;
    Ok(Exit::Success)
}

fn prose(rules: &[Value], groups: &[Value], words: &Words) -> String {
    if rules.is_empty() {
        return words.say(&say!("shadow-none"));
    }
    let rules = rules.iter().filter_map(|rule| RuleView::deserialize(rule).ok());
    let mut groups: Vec<_> = groups.iter().filter_map(|group| GroupView::deserialize(group).ok()).collect();
    groups.sort_by_key(|group| (group.rule.clone(), Reverse((group.would_refuse, group.refused_anyway))));
    let totals = table(
        words,
        &[
            say!("column-rule"),
            say!("column-mode"),
            say!("column-since"),
            say!("column-by"),
            say!("column-would-refuse"),
            say!("column-refused-anyway"),
        ],
        rules.map(|rule| rule.row(words)).collect(),
    );
    if groups.is_empty() {
        return format!("{totals}\n{}", words.say(&say!("shadow-empty")));
    }
    let headings = [
        say!("column-rule"),
        say!("column-model"),
        say!("column-licensee"),
        say!("column-would-refuse"),
        say!("column-refused-anyway"),
        say!("column-first"),
        say!("column-last"),
    ];
    let groups = table(words, &headings, groups.into_iter().map(GroupView::row).collect());
    format!("{totals}\n{groups}\n{}", words.say(&say!("shadow-next")))
}

impl RuleView {
    fn row(self, words: &Words) -> Vec<String> {
        vec![
            self.rule,
            mode(words, self.mode.as_deref().unwrap_or("absent")),
            moment(self.since),
            self.since.map(|_| actor(words, self.by.as_deref())).unwrap_or_default(),
            self.would_refuse.to_string(),
            self.refused_anyway.to_string(),
        ]
    }
}

impl GroupView {
    fn row(self) -> Vec<String> {
        let (would_refuse, refused_anyway) = (self.would_refuse.to_string(), self.refused_anyway.to_string());
        vec![self.rule, self.model, self.licensee, would_refuse, refused_anyway, self.first, self.last]
    }
}
