//! `chancery dataset export`: a version in a format that other people's tools read.

use std::path::PathBuf;

use chancery_base::values::{ArtifactKind, ModelReference};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    model::version_path,
    text_file::write_new,
};

/// The formats, as they stand in addresses.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Croissant 1.1 with its responsible-AI vocabulary
    Croissant,
    /// Data & Trust Alliance metadata 1.0.0
    DataTrustAlliance,
}

impl Format {
    const fn segment(self) -> &'static str {
        match self {
            Self::Croissant => "croissant",
            Self::DataTrustAlliance => "data-trust-alliance",
        }
    }
}

/// Which version, and how.
#[derive(Debug, Args)]
#[command(after_help = "\
Croissant names files by their path in the data set, so put it beside them where it is to be loaded.
Examples:
  chancery dataset export acme/reviews@v1 --format croissant --out ./reviews/croissant.json
  chancery dataset export acme/reviews --format data-trust-alliance | jq .use")]
pub struct Arguments {
    /// The data set, as owner/name, owner/name@v3 or owner/name@alias
    dataset: ModelReference,
    /// What to write it as
    #[arg(long)]
    format: Format,
    /// File to write instead of standard output; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Asks the server and writes what it says.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let version = version_path(ArtifactKind::Dataset, &arguments.dataset);
    let path = format!("{version}/{}", arguments.format.segment());
    let written = context.client()?.get::<Value>(&path)?.document;
    match &arguments.out {
        Some(file) => {
            write_new(file, &format!("{written:#}\n"))?;
            let document = json!({ "file": file, "format": arguments.format.segment() });
            let (dataset, name) = (&arguments.dataset, file.display());
            context
                .output
                .result(&document, |words| words.say(&say!("dataset-exported", dataset = dataset, file = name)))?;
        }
        None => context.output.result(&written, |_| format!("{written:#}"))?,
    }
    Ok(Exit::Success)
}
