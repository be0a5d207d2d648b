//! `chancery dataset add`: register a version of a data set, as `push` does with a model.

use std::path::PathBuf;

use chancery_base::values::{Alias, ArtifactKind, ModelName, UploadId};
use clap::Args;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    local,
    push::Pushing,
};

/// What is added, as what.
#[derive(Debug, Args)]
#[command(after_help = "\
Data files are CSV, JSON lines, Parquet or plain text; every row is read before the version becomes visible. Other texts, such as a
README or the licence, may lie beside them.
Examples:
  chancery dataset add ./reviews --dataset acme/reviews
  chancery dataset add reviews.csv --dataset acme/reviews --datasheet datasheet.toml --private")]
pub struct Arguments {
    /// Folder with the data set's files, or one file; symbolic links are refused
    data: PathBuf,
    /// The data set this becomes a version of, as owner/name
    #[arg(long, value_name = "OWNER/NAME")]
    dataset: ModelName,
    /// Private key to sign with [default: the one `keygen` wrote]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The datasheet [default: datasheet.toml in the folder, or beside the file]
    #[arg(long, value_name = "FILE")]
    datasheet: Option<PathBuf>,
    /// Alias to point at the new version
    #[arg(long)]
    alias: Option<Alias>,
    /// List the data set to nobody else
    #[arg(long)]
    private: bool,
    /// Continue an upload that broke off
    #[arg(long, value_name = "UPLOAD")]
    resume: Option<UploadId>,
    /// Also write the offline bundle, which `verify --bundle` checks without a server
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
}

/// Registers a version of a data set.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let is_folder = arguments.data.is_dir();
    let beside =
        if is_folder { arguments.data.join("datasheet.toml") } else { arguments.data.with_file_name("datasheet.toml") };
    let files = if is_folder { local::files(&arguments.data)? } else { vec![local::file(&arguments.data)?] };
    let pushing = Pushing {
        kind: ArtifactKind::Dataset,
        name: &arguments.dataset,
        key: arguments.key.as_deref(),
        alias: arguments.alias.as_ref(),
        is_private: arguments.private,
        resume: arguments.resume,
        bundle: arguments.bundle.as_deref(),
    };
    pushing.register(arguments.datasheet.as_ref().unwrap_or(&beside), &files, context)
}
