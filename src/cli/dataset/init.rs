//! `chancery dataset init`: the datasheet's fields, each explained, to be filled in; begun from another description where there is one.

use std::path::{Path, PathBuf};

use chancery_base::values::ArtifactKind;
use chancery_domain::{
    exchange::{Imported, read_croissant, read_dataset_card},
    passport::template,
    policy::catalogue,
};
use clap::Args;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    text_file::{read_text, write_new, write_template},
};

/// Largest description that is read, in bytes; those of large collections list every file.
const DESCRIPTION_BYTES: u64 = 8 << 20;

/// Where it goes, and what it begins with.
#[derive(Debug, Args)]
#[command(after_help = "\
A Croissant document or a dataset card fills in what it has an answer for. What it lacks, or says otherwise than a datasheet needs it, is
listed; the draft is yours to complete and to answer for.
Examples:
  chancery dataset init --out ./reviews/datasheet.toml
  chancery dataset init --from croissant.json
  chancery dataset init --from README.md --lang zh")]
pub struct Arguments {
    /// File to write; an existing file is never overwritten
    #[arg(long, value_name = "FILE", default_value = "datasheet.toml")]
    out: PathBuf,
    /// Begin from this description: Croissant (JSON) or a dataset card (README.md with front matter)
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

/// Writes it, in the language of the command.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    match &arguments.from {
        Some(from) => begin_from(from, &arguments.out, context)?,
        None => {
            write_template(&context.output, &arguments.out, template(ArtifactKind::Dataset, context.language()))?;
        }
    }
    Ok(Exit::Success)
}

fn begin_from(from: &Path, out: &Path, context: &Context) -> Result<(), CliError> {
    let source = read_text(from, DESCRIPTION_BYTES)?;
    let (kind, imported) = read(from, &source, context)?;
    write_new(out, &imported.datasheet_toml)?;
    for note in &imported.notes {
        let (field, found, expected) = (&note.field, &note.found, &note.expected);
        context.output.note(&say!("import-note", field = field, found = found, expected = expected));
    }
    let document = json!({ "file": out, "from": kind, "notes": imported.notes });
    context.output.result(&document, |words| {
        let (file, from, notes) = (out.display(), from.display(), imported.notes.len());
        words.say(&say!("import-written", file = file, from = from, notes = notes))
    })
}

/// Reads a description as what its first character says it is.
fn read(from: &Path, source: &str, context: &Context) -> Result<(&'static str, Imported), CliError> {
    let refused = |cause: String| CliError::failure(say!("import-unreadable", file = from.display(), cause = cause));
    let catalogue = catalogue().ok_or_else(|| refused("the catalogue of licences".to_owned()))?;
    let language = context.language();
    let (kind, read) = if source.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        ("croissant", read_croissant(source, language, catalogue))
    } else {
        ("dataset-card", read_dataset_card(source, language, catalogue))
    };
    Ok((kind, read.map_err(|unreadable| refused(unreadable.to_string()))?))
}
