//! Arguments of `chancery serve`.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;

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
    /// Address others reach this server at; part of links and of the logs' names [default: from --listen]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
}
