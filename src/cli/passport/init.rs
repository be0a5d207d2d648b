//! `chancery passport init`: the passport's fields, each explained, to be filled in.

use std::path::PathBuf;

use chancery_base::values::ArtifactKind;
use chancery_domain::passport::template;
use clap::Args;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    text_file::write_template,
};

/// Where it goes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery passport init --out ./model/passport.toml
  chancery passport init --lang zh")]
pub struct Arguments {
    /// File to write; an existing file is never overwritten
    #[arg(long, value_name = "FILE", default_value = "passport.toml")]
    out: PathBuf,
}

/// Writes it, in the language of the command.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    write_template(&context.output, &arguments.out, template(ArtifactKind::Model, context.language()))?;
    Ok(Exit::Success)
}
