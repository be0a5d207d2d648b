//! `chancery model licence` and `dataset licence`: what licences leave of a version, use by use, and which parent says so.

use std::collections::BTreeMap;

use chancery_base::values::{ArtifactKind, Localized, ModelReference};
use clap::Args;
use serde::Deserialize;

use super::version_path;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::table,
    words::Words,
};

/// Which version.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery model licence acme/minilm
  chancery dataset licence acme/reviews@v2 --json | jq .conflicts")]
pub struct Arguments {
    /// The version, as owner/name, owner/name@v3 or owner/name@alias
    version: ModelReference,
}

#[derive(Debug, Deserialize)]
struct TableView {
    cells: Vec<CellView>,
    conflicts: Vec<ConflictView>,
}

#[derive(Debug, Deserialize)]
struct CellView {
    right: String,
    form: String,
    verdict: String,
    causes: Vec<CauseView>,
}

#[derive(Debug, Deserialize)]
struct CauseView {
    title: String,
    licence: Option<String>,
    effect: String,
    clause: Option<String>,
    condition: Option<Localized>,
}

#[derive(Debug, Deserialize)]
struct ConflictView {
    explanation: Localized,
}

impl TableView {
    fn prose(&self, words: &Words) -> String {
        let mut rows: BTreeMap<usize, (String, Vec<String>)> = BTreeMap::new();
        let mut order: Vec<&str> = Vec::new();
        for cell in &self.cells {
            let place = order.iter().position(|known| *known == cell.right).unwrap_or_else(|| {
                order.push(&cell.right);
                order.len() - 1
            });
            let row = rows.entry(place).or_insert_with(|| (words.named("right", &cell.right), Vec::new()));
            row.1.push(words.named("outcome", &cell.verdict));
        }
        let headings = [
            say!("column-use"),
            say!("column-raw"),
            say!("column-weights"),
            say!("column-service"),
            say!("column-output"),
        ];
        let rows =
            rows.into_values().map(|(right, verdicts)| std::iter::once(right).chain(verdicts).collect()).collect();
        let uses = table(words, &headings, rows);
        let conflicts = self.conflicts.iter().map(|conflict| {
            let explanation = conflict.explanation.in_language(words.language()).to_owned();
            words.say(&say!("licence-conflict", explanation = explanation))
        });
        [uses].into_iter().chain(self.reasons(words)).chain(conflicts).collect::<Vec<_>>().join("\n")
    }

    /// What stands in the way, each clause once.
    fn reasons(&self, words: &Words) -> Vec<String> {
        let mut told: Vec<String> = Vec::new();
        for cell in &self.cells {
            for cause in &cell.causes {
                let condition = cause.condition.as_ref().map(|said| said.in_language(words.language()).to_owned());
                let line = words.say(&say!(
                    "licence-reason",
                    right = words.named("right", &cell.right),
                    form = words.named("form", &cell.form),
                    title = cause.title,
                    licence = cause.licence.as_deref().unwrap_or("–"),
                    effect = words.named("leaves", &cause.effect),
                    clause = cause.clause.as_deref().unwrap_or("–"),
                ));
                let line = condition.map_or_else(|| line.clone(), |condition| format!("{line}: {condition}"));
                if !told.contains(&line) {
                    told.push(line);
                }
            }
        }
        told
    }
}

/// Asks the server.
pub fn run(arguments: &Arguments, kind: ArtifactKind, context: &Context) -> Result<Exit, CliError> {
    let path = format!("{}/licence", version_path(kind, &arguments.version));
    let answer = context.client()?.get::<TableView>(&path)?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    Ok(Exit::Success)
}
