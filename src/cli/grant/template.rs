//! `chancery grant template`: the fields of a licence, each explained, to be filled in.

use std::path::PathBuf;

use chancery_domain::licensing::terms_template;
use clap::Args;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    output::write_template,
};

/// Where it goes.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery grant template --out terms.toml")]
pub struct Arguments {
    /// File to write; an existing file is never overwritten
    #[arg(long, value_name = "FILE", default_value = "terms.toml")]
    out: PathBuf,
}

/// Writes it, in the language of the command.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    write_template(&context.output, &arguments.out, terms_template(context.language()))?;
    Ok(Exit::Success)
}
