//! Arguments of `chancery serve`, and what they mean for the program.

use std::{net::SocketAddr, num::NonZeroU32};

use chancery_base::{outbound::Reach, values::Invalid};
use clap::Args;

use super::place::Place;
use crate::app::{Config, Rates};

/// Where the registry keeps its things and listens.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery serve --data ./registry
  chancery serve --data /var/lib/chancery --listen 0.0.0.0:8700 --database postgres://chancery@db/chancery")]
pub struct Arguments {
    /// Where everything is.
    #[command(flatten)]
    pub place: Place,
    /// Address to listen on
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8700")]
    pub listen: SocketAddr,
    /// Address others reach this server at; its host names the logs, from the first start on for good [default: a name that
    /// is made up]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Refuse to start on tables that are not up to date, instead of bringing them up to date; `chancery migrate` does that
    #[arg(long)]
    pub no_migrate: bool,
    /// Requests a second that one API key may make
    #[arg(long, value_name = "NUMBER", default_value_t = Rates::DEFAULT.key)]
    pub key_rate: NonZeroU32,
    /// Requests a second that all keys of a party may make together
    #[arg(long, value_name = "NUMBER", default_value_t = Rates::DEFAULT.party)]
    pub party_rate: NonZeroU32,
    /// Requests a second without a good key from one address
    #[arg(long, value_name = "NUMBER", default_value_t = Rates::DEFAULT.stranger)]
    pub stranger_rate: NonZeroU32,
    /// Attempts a second to sign in from one address
    #[arg(long, value_name = "NUMBER", default_value_t = Rates::DEFAULT.sign_in)]
    pub sign_in_rate: NonZeroU32,
    /// Let webhooks reach this machine's own loopback addresses too, also unencrypted; for trying them out
    #[arg(long)]
    pub webhooks_to_loopback: bool,
}

impl Arguments {
    /// The configuration of a server started with these arguments.
    ///
    /// # Errors
    /// A database address that is none.
    pub fn config(&self) -> Result<Config, Invalid> {
        let mut config = self.place.config()?;
        config.rates = Rates {
            key: self.key_rate,
            party: self.party_rate,
            stranger: self.stranger_rate,
            sign_in: self.sign_in_rate,
        };
        config.migrates = !self.no_migrate;
        config.webhooks = if self.webhooks_to_loopback { Reach::PublicAndLoopback } else { Reach::Public };
        config.origin = self.public_url.as_deref().map(host);
        Ok(config)
    }
}

/// The host of an address: what stands between `//` and the next `/`.
fn host(url: &str) -> String {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}
