//! Arguments of `chancery serve`, and what they mean for the program.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    num::NonZeroU32,
    path::PathBuf,
};

use chancery_base::{
    outbound::Reach,
    values::{Invalid, Network},
};
use clap::Args;

use super::place::Place;
use crate::app::{Config, LineFormat, Listening, Proxies, ProxyHeader, Rates, TelemetrySettings, TlsFiles};

/// Where the registry keeps its things and listens.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery serve --data ./registry
  chancery serve --data /var/lib/chancery --listen 0.0.0.0:443 --tls-certificate fullchain.pem --tls-key privkey.pem
  chancery serve --data /var/lib/chancery --listen 0.0.0.0:8700 --trusted-proxy 10.0.0.0/8 --metrics 127.0.0.1:9700 \\
    --database postgres://chancery@db/chancery")]
pub struct Arguments {
    /// Where everything is.
    #[command(flatten)]
    pub place: Place,
    /// Address to listen on
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8700", value_parser = listening_address)]
    pub listen: SocketAddr,
    /// The server's certificate and those that lead from it to what clients trust, in PEM; read again at SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's private key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// Speak plain HTTP also to other machines, because a proxy in front protects the connections
    #[arg(long, conflicts_with = "tls_certificate")]
    pub behind_proxy: bool,
    /// Address or network of proxies whose word on where a request comes from is taken; can be given several times
    #[arg(long, value_name = "CIDR")]
    pub trusted_proxy: Vec<Network>,
    /// Header in which they give it: x-forwarded or forwarded
    #[arg(long, value_name = "NAME", default_value = "x-forwarded", requires = "trusted_proxy")]
    pub proxy_header: ProxyHeader,
    /// Address to show metrics on, for Prometheus [default: nowhere]
    #[arg(long, value_name = "HOST:PORT", value_parser = listening_address)]
    pub metrics: Option<SocketAddr>,
    /// How log lines are written: text or json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log_format: LineFormat,
    /// Which log lines are written: error, warn, info, debug, or directives such as warn,chancery=debug [default: RUST_LOG, or info]
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// Send traces to the OpenTelemetry collector at this address, as OTLP over HTTP with JSON
    #[arg(long, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub otlp: Option<String>,
    /// Address others reach this server at; its host names the logs, from the first start on for good [default: a name that
    /// is made up]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// A file of the identity providers that people may sign in with (OpenID Connect); browsers come back to --public-url
    #[arg(long, value_name = "FILE", requires = "public_url")]
    pub sign_in: Option<PathBuf>,
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
        config.sign_in.clone_from(&self.sign_in);
        config.public_url.clone_from(&self.public_url);
        config.origin = self.public_url.as_deref().map(host);
        Ok(config)
    }

    /// What is told of the server while it runs.
    #[must_use]
    pub fn telemetry(&self) -> TelemetrySettings {
        TelemetrySettings {
            format: self.log_format,
            filter: self.log_level.clone(),
            collector: self.otlp.clone().filter(|address| !address.is_empty()),
        }
    }

    /// Where and how the server can be reached.
    #[must_use]
    pub fn listening(&self) -> Listening {
        let files = self.tls_certificate.clone().zip(self.tls_key.clone());
        Listening {
            address: self.listen,
            tls: files.map(|(certificate, key)| TlsFiles { certificate, key }),
            proxies: Proxies {
                protect: self.behind_proxy,
                trusted: self.trusted_proxy.clone(),
                header: self.proxy_header,
            },
            metrics: self.metrics,
        }
    }
}

/// The host of an address: what stands between `//` and the next `/`.
fn host(url: &str) -> String {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

/// An address to listen on, by number or by a name of this machine. A name that has several is taken by the first of the older kind,
/// which is what `127.0.0.1` in other commands' defaults finds.
pub(super) fn listening_address(text: &str) -> Result<SocketAddr, Invalid> {
    let invalid = || Invalid::new(text, "HOST:PORT, such as 127.0.0.1:8700, with a host that is this machine");
    let mut found: Vec<SocketAddr> = text.to_socket_addrs().map_err(|_| invalid())?.collect();
    found.sort_by_key(SocketAddr::is_ipv6);
    found.first().copied().ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use super::listening_address;

    #[test]
    fn addresses_are_numbers_or_names_of_this_machine() {
        for (text, address) in
            [("127.0.0.1:8700", "127.0.0.1:8700"), ("[::1]:1", "[::1]:1"), ("localhost:0", "127.0.0.1:0")]
        {
            assert_eq!(listening_address(text).unwrap().to_string(), address);
        }
        for text in ["localhost", "127.0.0.1", ":8700", "localhost:port", ""] {
            assert!(listening_address(text).is_err(), "{text}");
        }
    }
}
