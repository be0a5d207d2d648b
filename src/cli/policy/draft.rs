//! Which rules a command is about: a folder on this machine, a set that was in force before, or what the server came with.

use std::path::PathBuf;

use chancery_base::values::Sha256Digest;
use chancery_domain::policy::PolicySources;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{error::CliError, message::say};

/// Which rules.
#[derive(Debug, Args)]
pub struct DraftArguments {
    /// Folder of rules: a schema and `*.cedar` files
    #[arg(value_name = "DIR", required_unless_present_any = ["digest", "from_server"])]
    directory: Option<PathBuf>,
    /// A set that was in force before, by its digest (`chancery policy history`)
    #[arg(long, value_name = "SHA-256", conflicts_with = "directory")]
    digest: Option<Sha256Digest>,
    /// The rules that the server is started with
    #[arg(long, conflicts_with_all = ["directory", "digest"])]
    from_server: bool,
    /// A rule of the folder to try in shadow first; may be given again
    #[arg(long, value_name = "RULE", conflicts_with_all = ["digest", "from_server"])]
    shadow: Vec<String>,
}

impl DraftArguments {
    /// What the server is sent.
    ///
    /// # Errors
    /// [`CliError::Local`] if the folder cannot be read or holds too much.
    pub fn body(&self) -> Result<Value, CliError> {
        if let Some(directory) = &self.directory {
            let sources = PolicySources::read(directory);
            let sources = sources.map_err(|error| CliError::failure(say!("value", cause = error)))?;
            return Ok(json!({ "schema": sources.schema, "files": sources.files, "shadow": self.shadow }));
        }
        Ok(match self.digest {
            Some(digest) => json!({ "digest": digest }),
            None => json!({ "origin": "server" }),
        })
    }
}
