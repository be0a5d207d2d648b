//! `chancery model …`: what is registered, and its owner's say over it.

pub mod alias;
pub mod destroy;
pub mod licence;
pub mod list;
pub mod show;
pub mod status;

use chancery_base::values::{ArtifactKind, ModelName, ModelReference};
use clap::Subcommand;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with registered models.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// List the models this API key may see
    List(list::Arguments),
    /// Show a version: status, signer, files, effective licence
    Show(show::Arguments),
    /// Tell what licences leave of a version, use by use, and which parent says so
    Licence(licence::Arguments),
    /// Suspend, withdraw or reinstate a version (owner)
    Status(status::Arguments),
    /// Destroy what opens the files of a withdrawn version, for good (owner)
    Destroy(destroy::Arguments),
    /// Point an alias at a version (owner)
    Alias(alias::Arguments),
}

/// Does it.
pub fn run(command: &ModelCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        ModelCommand::List(arguments) => list::run(arguments, context),
        ModelCommand::Show(arguments) => show::run(arguments, context),
        ModelCommand::Licence(arguments) => licence::run(arguments, ArtifactKind::Model, context),
        ModelCommand::Status(arguments) => status::run(arguments, ArtifactKind::Model, context),
        ModelCommand::Destroy(arguments) => destroy::run(arguments, ArtifactKind::Model, context),
        ModelCommand::Alias(arguments) => alias::run(arguments, ArtifactKind::Model, context),
    }
}

/// The path of the version `reference` means.
#[must_use]
pub fn version_path(kind: ArtifactKind, reference: &ModelReference) -> String {
    format!("{}/versions/{}", artifact_path(kind, &reference.model), reference.selector)
}

/// The path of a model or data set.
#[must_use]
pub fn artifact_path(kind: ArtifactKind, name: &ModelName) -> String {
    format!("/api/v1/{}/{name}", kind.collection())
}

#[cfg(test)]
mod tests {
    use chancery_base::values::ArtifactKind;

    use super::version_path;

    #[test]
    fn references_become_paths() {
        for (reference, path) in [
            ("acme/minilm", "/api/v1/models/acme/minilm/versions/latest"),
            ("acme/minilm@v3", "/api/v1/models/acme/minilm/versions/v3"),
            ("acme/minilm@production", "/api/v1/models/acme/minilm/versions/production"),
        ] {
            assert_eq!(version_path(ArtifactKind::Model, &reference.parse().unwrap()), path);
        }
    }
}
