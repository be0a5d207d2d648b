//! `chancery dataset check`: what a server would say about a datasheet, without a server.

use std::path::PathBuf;

use chancery_base::values::ArtifactKind;
use clap::Args;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    passport,
};

/// Which datasheet.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery dataset check ./reviews/datasheet.toml")]
pub struct Arguments {
    /// The datasheet, as TOML
    #[arg(default_value = "datasheet.toml")]
    file: PathBuf,
}

/// Reads it and prints the verdict.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    passport::check(ArtifactKind::Dataset, &arguments.file, context)
}
