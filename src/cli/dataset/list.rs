//! `chancery dataset list`: every data set this API key may see.

use chancery_base::values::ArtifactKind;
use clap::Args;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    model::list::of_kind,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery dataset list")]
pub struct Arguments;

/// Asks the server until there is no further page.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    of_kind(ArtifactKind::Dataset, &say!("column-dataset"), &say!("datasets-none"), context)
}
