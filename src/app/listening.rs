//! Where and how a server can be reached.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use chancery_base::values::{Invalid, Network};

/// Port that a server listens on unless told otherwise.
const USUAL_PORT: u16 = 8700;

/// What a server needs to know of its connections.
#[derive(Debug, Clone)]
pub struct Listening {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it proves itself with; without it, it speaks plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Who may stand between it and its clients.
    pub proxies: Proxies,
    /// Where it shows its metrics, if anywhere; never at `address`.
    pub metrics: Option<SocketAddr>,
}

/// The files that a server proves itself with, in PEM.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// Its certificate, followed by those that lead from it to what clients trust.
    pub certificate: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
}

/// The proxies in front of a server, and how they say for whom they ask.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Whether what comes in plain was protected by a proxy until it arrived.
    pub protect: bool,
    /// Where the proxies are whose word is taken.
    pub trusted: Vec<Network>,
    /// The header in which they give it.
    pub header: ProxyHeader,
}

/// How a proxy says for whom it asks. A client can send either header, and a proxy sets one and passes the other on; so only the
/// one that is named here is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`, which nearly every proxy can set.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl FromStr for ProxyHeader {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "x-forwarded" => Ok(Self::XForwarded),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err(Invalid::new(text, "`x-forwarded` or `forwarded`, whichever the proxy sets")),
        }
    }
}

impl Listening {
    /// Plain HTTP at `address`, with nobody in between.
    #[must_use]
    pub fn plain_at(address: SocketAddr) -> Self {
        Self { address, tls: None, proxies: Proxies::default(), metrics: None }
    }

    /// Plain HTTP on this machine, at the usual port.
    #[must_use]
    pub fn usual() -> Self {
        Self::on_this_machine(USUAL_PORT)
    }

    /// Plain HTTP on this machine; port 0 is one that is free.
    #[must_use]
    pub fn on_this_machine(port: u16) -> Self {
        Self::plain_at(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    /// Whether API keys and answers would cross a network that others can read.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        self.tls.is_none() && !self.proxies.are_there() && !self.address.ip().to_canonical().is_loopback()
    }
}

impl Proxies {
    /// Whether there are any.
    #[must_use]
    pub fn are_there(&self) -> bool {
        self.protect || !self.trusted.is_empty()
    }

    /// Whether the word of whoever is at `address` is taken.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_and_for_proxies() {
        let at = |address: &str| Listening::plain_at(address.parse().unwrap());
        for (address, is_exposed) in [
            ("127.0.0.1:8700", false),
            ("127.8.8.8:8700", false),
            ("[::1]:8700", false),
            ("[::ffff:127.0.0.1]:8700", false),
            ("0.0.0.0:8700", true),
            ("[::]:8700", true),
            ("192.168.0.2:8700", true),
        ] {
            assert_eq!(at(address).is_exposed(), is_exposed, "{address}");
        }
        let trusted = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], ..Proxies::default() };
        let protected = Proxies { protect: true, ..Proxies::default() };
        let tls = TlsFiles { certificate: PathBuf::new(), key: PathBuf::new() };
        for listening in [
            Listening { proxies: trusted, ..at("0.0.0.0:8700") },
            Listening { proxies: protected, ..at("0.0.0.0:8700") },
            Listening { tls: Some(tls), ..at("0.0.0.0:8700") },
        ] {
            assert!(!listening.is_exposed(), "{listening:?}");
        }
    }
}
