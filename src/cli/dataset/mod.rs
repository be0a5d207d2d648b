//! `chancery dataset …`: data sets with the standing of models.

mod add;
mod check;
mod export;
mod init;
mod list;
mod prepare;
mod show;

use chancery_base::values::ArtifactKind;
use clap::Subcommand;

use super::{
    context::Context,
    error::{CliError, Exit},
    model::{alias, destroy, licence, status},
};

/// What can be done with data sets.
#[derive(Debug, Subcommand)]
pub enum DatasetCommand {
    /// Write a commented datasheet.toml to fill in
    Init(init::Arguments),
    /// Name everything that a datasheet lacks or misstates, with its line
    Check(check::Arguments),
    /// Register a version: hash, sign, send and commit (owner)
    Add(add::Arguments),
    /// Clean, shape, split or redact a version by a recipe, and register what comes of it (owner)
    Prepare(prepare::Arguments),
    /// List the data sets this API key may see
    List(list::Arguments),
    /// Show a version: status, signer, files, what was found in its rows
    Show(show::Arguments),
    /// Tell what licences leave of a version, use by use, and which parent says so
    Licence(licence::Arguments),
    /// Write a version as Croissant or Data & Trust Alliance metadata
    Export(export::Arguments),
    /// Suspend, withdraw or reinstate a version (owner)
    Status(status::Arguments),
    /// Destroy what opens the files of a withdrawn version, for good (owner)
    Destroy(destroy::Arguments),
    /// Point an alias at a version (owner)
    Alias(alias::Arguments),
}

/// Does it.
pub fn run(command: &DatasetCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        DatasetCommand::Init(arguments) => init::run(arguments, context),
        DatasetCommand::Check(arguments) => check::run(arguments, context),
        DatasetCommand::Add(arguments) => add::run(arguments, context),
        DatasetCommand::Prepare(arguments) => prepare::run(arguments, context),
        DatasetCommand::List(arguments) => list::run(arguments, context),
        DatasetCommand::Show(arguments) => show::run(arguments, context),
        DatasetCommand::Licence(arguments) => licence::run(arguments, ArtifactKind::Dataset, context),
        DatasetCommand::Export(arguments) => export::run(arguments, context),
        DatasetCommand::Status(arguments) => status::run(arguments, ArtifactKind::Dataset, context),
        DatasetCommand::Destroy(arguments) => destroy::run(arguments, ArtifactKind::Dataset, context),
        DatasetCommand::Alias(arguments) => alias::run(arguments, ArtifactKind::Dataset, context),
    }
}
