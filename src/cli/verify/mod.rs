//! `chancery verify`: is this model what its owner signed, are these its bytes, and was its registration logged?
//!
//! Three outcomes, never two: valid (exit 0), INVALID naming what (exit 6), could not be checked (exit 7). Only pinned keys
//! count: a key inside a bundle proves nothing.

mod bundle;
mod files;
mod server;

use std::path::PathBuf;

use chancery_base::values::ModelReference;
use clap::Args;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What is verified, and whose keys count.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery verify acme/minilm
  chancery verify acme/minilm@v3 --trust trust.txt
  chancery verify --bundle minilm.chancery.json --trust trust.txt --dir ./minilm")]
pub struct Arguments {
    /// A model on the server, as owner/name, owner/name@v3 or owner/name@alias
    #[arg(required_unless_present = "bundle", conflicts_with = "bundle")]
    model: Option<ModelReference>,
    /// An offline bundle; no server is asked
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Pinned keys [default: trust.txt in the configuration folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Also compare the files in this folder with what was signed
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Verifies it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let trust = super::trust::load(arguments.trust.as_deref(), context)?;
    let folder = arguments.dir.as_deref();
    match (&arguments.model, &arguments.bundle) {
        (_, Some(file)) => bundle::verify_file(file, &trust, folder, context),
        (Some(model), None) => server::verify(model, &trust, folder, context),
        // INVARIANT: clap requires one of the two.
        (None, None) => Ok(Exit::Usage),
    }
}
