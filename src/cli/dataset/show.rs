//! `chancery dataset show`: one version with its papers, and what was found in its rows.

use chancery_base::values::{ArtifactKind, ModelReference};
use clap::Args;
use serde::Deserialize;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    model::{show::VersionView, version_path},
    output::table,
    words::Words,
};

/// Which version.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery dataset show acme/reviews
  chancery dataset show acme/reviews@v2 --json | jq .datasheet")]
pub struct Arguments {
    /// The data set, as owner/name, owner/name@v3 or owner/name@alias
    dataset: ModelReference,
}

#[derive(Debug, Deserialize)]
struct DatasetView {
    profile: Option<ProfileView>,
    #[serde(flatten)]
    version: VersionView,
}

#[derive(Debug, Deserialize)]
struct ProfileView {
    files: Vec<FileProfileView>,
}

/// What was found in one data file.
#[derive(Debug, Deserialize)]
struct FileProfileView {
    path: String,
    format: String,
    rows: u64,
    columns: Vec<ColumnView>,
}

#[derive(Debug, Deserialize)]
struct ColumnView {
    name: String,
    kind: String,
    missing: u64,
}

impl FileProfileView {
    fn prose(&self, words: &Words) -> String {
        let (path, format) = (&self.path, &self.format);
        let head = words.say(&say!("dataset-file", file = path, format = format, rows = self.rows));
        let headings = [say!("column-name"), say!("column-kind"), say!("column-missing")];
        let row = |column: &ColumnView| {
            vec![column.name.clone(), words.named("columnkind", &column.kind), column.missing.to_string()]
        };
        format!("{head}\n{}", table(words, &headings, self.columns.iter().map(row).collect()))
    }
}

/// Asks the server.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let path = version_path(ArtifactKind::Dataset, &arguments.dataset);
    let answer = context.client()?.get::<DatasetView>(&path)?;
    context.output.result(&answer.document, |words| {
        let files = answer.view.profile.iter().flat_map(|profile| &profile.files);
        files.fold(answer.view.version.prose(words), |told, file| format!("{told}\n\n{}", file.prose(words)))
    })?;
    Ok(Exit::Success)
}
