//! `chancery dataset prepare`: the server carries a recipe out, step by step; what comes of it is signed here and registered.

use std::{fs, path::PathBuf, thread, time::Duration};

use chancery_base::values::{
    Alias, ArtifactKind, ArtifactPath, ByteCount, ModelName, ModelReference, Selector, Sha256Digest,
};
use chancery_domain::{artifacts::ManifestFile, passport::Document};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cli::{
    client::{Answer, Client},
    context::Context,
    error::{CliError, Exit},
    message::say,
    model::version_path,
    output::{Output, table},
    passport,
    progress::Progress,
    push::Pushing,
    words::Words,
};

/// How often the server is asked how far it is.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(250);

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Redaction {
    /// The name of its class
    Mask,
    /// A token, the same for the same value
    Token,
    /// A value of the same form that belongs to nobody
    Surrogate,
    /// Nothing
    Drop,
}

/// What is prepared, how, and what becomes of it.
#[derive(Debug, Args)]
#[command(after_help = "\
The recipe is TOML: docs/recipes.md names every step. With --as what comes of it is registered as a version of that data set, made from
the one that was read; its datasheet is that of the source unless another is given.
Examples:
  chancery dataset prepare acme/raw --recipe clean.toml
  chancery dataset prepare acme/raw@v2 --recipe clean.toml --redaction token --as acme/clean")]
pub struct Arguments {
    /// The version to read, as owner/name, owner/name@v3 or owner/name@alias
    dataset: ModelReference,
    /// What is done, as TOML
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// The data file to read; not needed where there is one
    #[arg(long, value_name = "PATH")]
    file: Option<ArtifactPath>,
    /// What is put in the place of personal data, where the recipe redacts
    #[arg(long, default_value = "mask")]
    redaction: Redaction,
    /// Register what comes of it as a version of this data set, as owner/name
    #[arg(long = "as", value_name = "OWNER/NAME")]
    becomes: Option<ModelName>,
    /// What was done, as the lineage says: filter, annotate or collect
    #[arg(long, default_value = "filter", requires = "becomes")]
    activity: String,
    /// Datasheet of what comes of it [default: that of the source]
    #[arg(long, value_name = "FILE", requires = "becomes")]
    datasheet: Option<PathBuf>,
    /// Private key to sign with [default: the one `keygen` wrote]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Alias to point at the new version
    #[arg(long, requires = "becomes")]
    alias: Option<Alias>,
    /// List the data set to nobody else
    #[arg(long, requires = "becomes")]
    private: bool,
}

#[derive(Debug, Deserialize)]
struct PreparationView {
    id: String,
    dataset: ModelReference,
    state: String,
    rows: u64,
    problem: Option<String>,
    files: Vec<FileView>,
    report: Option<ReportView>,
}

#[derive(Debug, Deserialize)]
struct FileView {
    path: ArtifactPath,
    sha256: Sha256Digest,
    size: ByteCount,
}

#[derive(Debug, Deserialize)]
struct ReportView {
    rows_in: u64,
    rows_out: u64,
    steps: Vec<StepView>,
}

#[derive(Debug, Deserialize)]
struct StepView {
    step: u64,
    kind: String,
    rows_in: u64,
    rows_out: u64,
    cells_changed: u64,
    counts: std::collections::BTreeMap<String, u64>,
}

impl PreparationView {
    fn prose(&self, words: &Words) -> String {
        let Some(report) = &self.report else { return String::new() };
        let head = say!("prepared", preparation = self.id, rows_in = report.rows_in, rows_out = report.rows_out);
        let headings = [
            say!("column-step"),
            say!("column-kind"),
            say!("column-rows-in"),
            say!("column-rows-out"),
            say!("column-changed-cells"),
            say!("column-counts"),
        ];
        let row = |step: &StepView| {
            let counts: Vec<String> = step.counts.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
            vec![
                step.step.to_string(),
                step.kind.clone(),
                step.rows_in.to_string(),
                step.rows_out.to_string(),
                step.cells_changed.to_string(),
                counts.join(", "),
            ]
        };
        format!("{}\n\n{}", words.say(&head), table(words, &headings, report.steps.iter().map(row).collect()))
    }
}

/// Has it prepared, and registers what comes of it where that is asked for.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let client = context.client()?;
    let recipe = fs::read_to_string(&arguments.recipe);
    let recipe = recipe.map_err(|error| CliError::unreadable(&arguments.recipe, &error))?;
    let body = json!({
        "dataset": arguments.dataset.to_string(), "file": arguments.file, "recipe": recipe, "redaction": arguments.redaction,
    });
    let begun = client.post::<PreparationView>("/api/v1/preparations", &body)?;
    let ended = wait(&begun.view.id, &client, &context.output)?;
    if ended.view.state != "done" {
        let why = ended.view.problem.clone().unwrap_or_else(|| ended.view.state.clone());
        return Err(CliError::failure(say!("preparation-failed", preparation = ended.view.id, why = why)));
    }
    let Some(becomes) = &arguments.becomes else {
        context.output.result(&ended.document, |words| {
            let next = say!("preparation-next", dataset = arguments.dataset);
            format!("{}\n{}", ended.view.prose(words), words.say(&next))
        })?;
        return Ok(Exit::Success);
    };
    context.output.note(&say!("preparation-done", preparation = ended.view.id));
    let papers = papers(arguments, &ended.view.dataset, &client)?;
    let files = ended.view.files.into_iter();
    let files = files.map(|FileView { path, sha256, size }| ManifestFile { path, size, sha256 }).collect();
    let pushing = Pushing {
        kind: ArtifactKind::Dataset,
        name: becomes,
        key: arguments.key.as_deref(),
        alias: arguments.alias.as_ref(),
        is_private: arguments.private,
        resume: None,
        bundle: None,
    };
    pushing.register_held(files, &papers, context)
}

/// Asks how far it is until it has ended.
fn wait(id: &str, client: &Client, output: &Output) -> Result<Answer<PreparationView>, CliError> {
    let progress = Progress::spin(output, &say!("preparing"));
    loop {
        let now = client.get::<PreparationView>(&format!("/api/v1/preparations/{id}"))?;
        if now.view.state != "running" {
            progress.finish();
            return Ok(now);
        }
        progress.set(now.view.rows);
        thread::sleep(BETWEEN_QUESTIONS);
    }
}

/// The datasheet that was given, or the source's with what was done to it.
fn papers(arguments: &Arguments, source: &ModelReference, client: &Client) -> Result<Document, CliError> {
    if let Some(file) = &arguments.datasheet {
        return passport::read(ArtifactKind::Dataset, file);
    }
    let Selector::Number(_) = source.selector else {
        return Err(CliError::failure(say!("preparation-no-datasheet", cause = source)));
    };
    let shown = client.get::<Value>(&version_path(ArtifactKind::Dataset, source))?.view;
    let mut datasheet = shown.get("datasheet").cloned().unwrap_or_default();
    if let Some(sections) = datasheet.as_object_mut() {
        let parent = json!({"dataset": source.to_string(), "activity": arguments.activity, "permission": null});
        sections.insert("parent".to_owned(), json!([parent]));
        if let Some(dataset) = sections.get_mut("dataset").and_then(Value::as_object_mut) {
            dataset.insert("digest".to_owned(), Value::Null);
            dataset.insert("data_points".to_owned(), Value::Null);
        }
    }
    Document::parse_json(ArtifactKind::Dataset, datasheet.to_string().as_bytes())
        .map_err(|faults| CliError::failure(say!("preparation-no-datasheet", cause = faults)))
}
