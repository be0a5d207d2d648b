//! The address of a server: `http://HOST[:PORT][/PREFIX]` or with `https`, and nothing more.

use std::{fmt, str::FromStr};

use ureq::http::Uri;

use crate::cli::{error::CliError, message::say};

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// Without a slash at the end.
    text: String,
    is_exposed: bool,
}

impl ServerAddress {
    /// The address of `path`, which starts with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Scheme and host, as a browser names where a request comes from (RFC 6454, section 6.2).
    #[must_use]
    pub fn origin(&self) -> &str {
        let host = self.text.find("://").map_or(0, |scheme| scheme.saturating_add("://".len()));
        let end = self.text.get(host..).and_then(|rest| rest.find('/')).map(|path| host.saturating_add(path));
        end.and_then(|end| self.text.get(..end)).unwrap_or(&self.text)
    }

    /// Whether what is sent there can be read on the way: neither encrypted nor on this machine.
    #[must_use]
    pub const fn is_exposed(&self) -> bool {
        self.is_exposed
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl FromStr for ServerAddress {
    type Err = CliError;

    fn from_str(text: &str) -> Result<Self, CliError> {
        let refused = || CliError::usage(say!("server-address", address = text));
        let text = text.trim_end_matches('/');
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(refused)?;
        let has_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if has_user || uri.query().is_some() || text.contains('#') {
            return Err(refused());
        }
        let is_exposed = match uri.scheme_str() {
            Some("https") => false,
            Some("http") => !is_this_machine(host),
            _ => return Err(refused()),
        };
        Ok(Self { text: text.to_owned(), is_exposed })
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_web_addresses_without_ornaments() {
        for (text, exposed) in [
            ("http://127.0.0.1:8700", false),
            ("http://[::1]:8700/", false),
            ("http://localhost", false),
            ("https://registry.example.org/chancery", false),
            ("http://registry.example.org", true),
        ] {
            let address: ServerAddress = text.parse().unwrap();
            assert_eq!(address.is_exposed(), exposed, "{text}");
            assert!(text.starts_with(address.origin()) && address.origin().matches('/').count() == 2);
            assert_eq!(address.join("/x"), format!("{}/x", text.trim_end_matches('/')));
        }
        for refused in ["", "localhost:8700", "ftp://x", "http://", "http://a@b", "https://x/?q", "https://x/#f"] {
            assert!(refused.parse::<ServerAddress>().is_err(), "{refused}");
        }
    }
}
