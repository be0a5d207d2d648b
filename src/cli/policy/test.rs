//! `chancery policy test`: the worked examples that come with the rules, tried offline.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
};

/// Which rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery policy test
  chancery policy test --dir ./policies")]
pub struct Arguments {
    /// Folder of rules with their examples in `tests/` [default: those built in]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Runs them.
pub fn run(_: &Arguments, _: &Context) -> Result<Exit, CliError> {
    Ok(Exit::Failure)
}
