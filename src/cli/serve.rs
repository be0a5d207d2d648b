//! Arguments of `chancery serve`, and what they mean for the program.

use std::{net::SocketAddr, path::PathBuf};

use chancery_base::values::Invalid;
use clap::Args;

use crate::app::Config;

/// Where the registry keeps its things and listens.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery serve --data ./registry
  chancery serve --data /var/lib/chancery --listen 0.0.0.0:8700 --database postgres://chancery@db/chancery")]
pub struct Arguments {
    /// Folder for everything the registry keeps; made if it is not there
    #[arg(long, value_name = "DIR", default_value = "chancery-data")]
    pub data: PathBuf,
    /// Address to listen on
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8700")]
    pub listen: SocketAddr,
    /// Database: postgres://… or sqlite:FILE [default: SQLite in the data folder]
    #[arg(long, value_name = "URL", env = "CHANCERY_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// Folder of the root and log keys; better on another disk than the data [default: beside the data folder]
    #[arg(long, value_name = "DIR")]
    pub keys: Option<PathBuf>,
    /// Folder of the sealed files [default: in the data folder]
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Folder of policies that replace those built in
    #[arg(long, value_name = "DIR")]
    pub policies: Option<PathBuf>,
    /// Address others reach this server at; its host names the logs, from the first start on for good [default: a name that
    /// is made up]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
}

impl Arguments {
    /// The configuration of a server started with these arguments.
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
        config.origin = self.public_url.as_deref().map(host);
        Ok(config)
    }
}

/// The host of an address: what stands between `//` and the next `/`.
fn host(url: &str) -> String {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}
