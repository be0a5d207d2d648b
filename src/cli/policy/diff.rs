//! `chancery policy diff`: what other rules would have made of the decisions on record. The server makes them again, page by
//! page; here the pages are added up.

use std::collections::BTreeMap;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{draft::DraftArguments, words::change};
use crate::cli::{
    client::{Client, escaped},
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::table,
    period::Period,
    progress::Progress,
    words::Words,
};

/// Decisions that one request makes again at most; the server allows no more.
const PAGE: u64 = 1_000;
/// Groups that a person is shown; programs get all.
const SHOWN: usize = 50;

/// Which rules, and on which decisions.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery policy diff ./policies
  chancery policy diff ./policies --from 2026-11-01 --limit 100000
  chancery policy diff --digest 4f8c… --json")]
pub struct Arguments {
    #[command(flatten)]
    draft: DraftArguments,
    #[command(flatten)]
    period: Period,
    /// Decisions to look at, from the first of the period on [default: all]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct PageView {
    policy_digest: String,
    decisions: u64,
    equal: u64,
    items: Vec<GroupView>,
    next: Option<String>,
}

/// Decisions that would change alike.
#[derive(Debug, Deserialize, Serialize)]
struct GroupView {
    change: String,
    cause: String,
    model: String,
    licensee: String,
    decisions: u64,
    first: String,
    last: String,
}

/// What all pages come to.
#[derive(Debug, Default, Serialize)]
struct Report {
    policy_digest: String,
    decisions: u64,
    equal: u64,
    changes: BTreeMap<String, u64>,
    items: Vec<GroupView>,
    /// Where to go on when `--limit` ended it.
    next: Option<String>,
}

/// Has every page made again and tells what came of it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let progress = Progress::spin(&context.output, &say!("policy-diffing"));
    let report = add_up(arguments, &context.client()?, &progress);
    progress.finish();
    let report = report?;
    context.output.result(&report, |words| report.prose(words))?;
    Ok(Exit::Success)
}

fn add_up(arguments: &Arguments, client: &Client, progress: &Progress) -> Result<Report, CliError> {
    let (body, period) = (arguments.draft.body()?, arguments.period.query()?);
    let (mut report, mut groups) = (Report::default(), BTreeMap::new());
    loop {
        let left = arguments.limit.map_or(PAGE, |limit| limit.saturating_sub(report.decisions).min(PAGE));
        if left == 0 {
            break;
        }
        let after = report.next.take().map(|after| format!("&after={}", escaped(&after))).unwrap_or_default();
        let path = format!("/api/v1/policies/diff?{period}decisions={left}{after}");
        let page = client.post::<PageView>(&path, &body)?.view;
        report.add(page, &mut groups)?;
        progress.set(report.decisions);
        if report.next.is_none() {
            break;
        }
    }
    report.items = groups.into_values().collect();
    Ok(report)
}

type Groups = BTreeMap<(String, String, String, String), GroupView>;

impl Report {
    /// Adds a page. The rules tried are those in force with others in their place, so they change when those in force do.
    fn add(&mut self, page: PageView, groups: &mut Groups) -> Result<(), CliError> {
        if self.decisions > 0 && self.policy_digest != page.policy_digest {
            return Err(CliError::failure(say!("policy-diff-moved")));
        }
        self.policy_digest = page.policy_digest;
        self.decisions = self.decisions.saturating_add(page.decisions);
        self.equal = self.equal.saturating_add(page.equal);
        self.next = page.next;
        for group in page.items {
            let number = self.changes.entry(group.change.clone()).or_default();
            *number = number.saturating_add(group.decisions);
            let name = (group.change.clone(), group.cause.clone(), group.model.clone(), group.licensee.clone());
            match groups.get_mut(&name) {
                Some(known) => {
                    known.decisions = known.decisions.saturating_add(group.decisions);
                    known.last = group.last;
                }
                None => drop(groups.insert(name, group)),
            }
        }
        Ok(())
    }

    fn prose(&self, words: &Words) -> String {
        let total = words.say(&say!(
            "policy-diff-total",
            decisions = self.decisions,
            equal = self.equal,
            digest = self.policy_digest,
        ));
        let changes: String =
            self.changes.iter().map(|(name, decisions)| format!("  {}: {decisions}\n", change(words, name))).collect();
        let mut largest: Vec<_> = self.items.iter().collect();
        largest.sort_by_key(|group| std::cmp::Reverse(group.decisions));
        let headings = [
            say!("column-change"),
            say!("column-cause"),
            say!("column-model"),
            say!("column-licensee"),
            say!("column-decisions"),
            say!("column-first"),
            say!("column-last"),
        ];
        let rows: Vec<_> = largest.iter().take(SHOWN).map(|group| group.row(words)).collect();
        let more = largest.len().saturating_sub(SHOWN);
        let mut told = format!("{total}\n{changes}");
        if !rows.is_empty() {
            told = format!("{told}\n{}", table(words, &headings, rows));
        }
        if more > 0 {
            told = format!("{told}{}\n", words.say(&say!("policy-diff-more", more = more)));
        }
        if self.next.is_some() {
            told = format!("{told}{}\n", words.say(&say!("policy-diff-limited")));
        }
        told
    }
}

impl GroupView {
    fn row(&self, words: &Words) -> Vec<String> {
        vec![
            change(words, &self.change),
            self.cause.clone(),
            self.model.clone(),
            self.licensee.clone(),
            self.decisions.to_string(),
            self.first.clone(),
            self.last.clone(),
        ]
    }
}
