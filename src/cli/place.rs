//! Where a registry keeps its things: the options of every command that opens one.

use std::path::PathBuf;

use chancery_base::values::Invalid;
use clap::Args;

use super::{
    error::{CliError, Exit},
    message::say,
};
use crate::app::Config;

/// Where everything is.
#[derive(Debug, Args)]
pub struct Place {
    /// Folder for everything the registry keeps; `serve` makes it if it is not there
    #[arg(long, value_name = "DIR", default_value = "chancery-data")]
    data: PathBuf,
    /// Database: postgres://… or sqlite:FILE [default: SQLite in the data folder]
    #[arg(long, value_name = "URL", env = "CHANCERY_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// Folder of the root and log keys; better on another disk than the data [default: beside the data folder]
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Folder of the sealed files [default: in the data folder]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Folder of policies that replace those built in
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
}

impl Place {
    /// The configuration of a registry that is there already.
    ///
    /// # Errors
    /// [`CliError::Local`] if nothing is in this place.
    pub fn existing(&self) -> Result<Config, CliError> {
        let config = self.config().map_err(|invalid| CliError::because(Exit::Failure, &invalid))?;
        if config.data.is_dir() || config.store.is_dir() {
            Ok(config)
        } else {
            Err(CliError::failure(say!("data-missing", folder = config.data.display())))
        }
    }

    /// The configuration of a registry in this place.
    ///
    /// # Errors
    /// A database address that is none.
    pub fn config(&self) -> Result<Config, Invalid> {
        let mut config = Config::in_directory(&self.data);
        if let Some(database) = &self.database {
            config.database = database.parse()?;
        }
        if let Some(keys) = &self.keys {
            config.keys.clone_from(keys);
        }
        if let Some(store) = &self.store {
            config.store.clone_from(store);
        }
        config.policies.clone_from(&self.policies);
        Ok(config)
    }
}
