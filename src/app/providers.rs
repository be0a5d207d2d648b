//! The providers that people may sign in with: reads the operator's file, and the secrets that it says are elsewhere.

use std::{
    env, fs,
    net::IpAddr,
    path::{Path, PathBuf},
};

use chancery_domain::{
    documents::Faults,
    membership::{Provider, Providers, SecretPlace},
};
use zeroize::Zeroizing;

use super::Config;

/// Why nobody could sign in through a provider.
#[derive(Debug, thiserror::Error)]
pub enum ProvidersError {
    /// No such file, or not for this user.
    #[error("cannot read the providers in `{}`: {cause}; check --sign-in", path.display())]
    Unreadable {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// What stands in it.
    #[error("`{}`: {faults}", path.display())]
    Faulty {
        /// Where.
        path: PathBuf,
        /// What is wrong with it.
        faults: Faults,
    },
    /// Where browsers come back to.
    #[error(
        "--sign-in needs --public-url, the address that browsers reach this server at and come back to from a provider: \
         `https://` with a host and nothing behind it, or `http://` with a loopback address"
    )]
    Public,
}

/// The providers that `config` names; none where it names no file.
///
/// # Errors
/// [`ProvidersError`], each of them.
pub fn open_providers(config: &Config) -> Result<Providers, ProvidersError> {
    let Some(file) = &config.sign_in else { return Ok(Providers::default()) };
    let public = config.public_url.as_deref().and_then(origin).ok_or(ProvidersError::Public)?;
    Ok(Providers::new(read_providers(file)?, &public))
}

/// The providers in `file`.
///
/// # Errors
/// [`ProvidersError::Unreadable`], [`ProvidersError::Faulty`].
pub fn read_providers(file: &Path) -> Result<Vec<Provider>, ProvidersError> {
    let source =
        fs::read_to_string(file).map_err(|cause| ProvidersError::Unreadable { path: file.to_owned(), cause })?;
    let folder = file.parent().unwrap_or(Path::new(""));
    Provider::parse_all(&source, &|place| secret(folder, place))
        .map_err(|faults| ProvidersError::Faulty { path: file.to_owned(), faults })
}

fn secret(folder: &Path, place: SecretPlace<'_>) -> Result<Zeroizing<String>, String> {
    match place {
        SecretPlace::File(name) => {
            let read = fs::read_to_string(folder.join(name)).map(Zeroizing::new);
            read.map_err(|error| error.to_string())
        }
        SecretPlace::Environment(name) => {
            env::var(name).map(Zeroizing::new).map_err(|_| "no such variable is set for this server".to_owned())
        }
    }
}

/// The scheme and host of `url` as browsers write them, if providers may send browsers there.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.strip_suffix('/').unwrap_or(rest).to_ascii_lowercase();
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    let host = authority.rsplit_once(':').map_or(authority.as_str(), |(host, _)| host);
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    let is_safe = scheme == "https" || (scheme == "http" && is_here);
    (is_safe && !authority.is_empty() && authority.chars().all(is_host)).then(|| format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_come_back_to_an_origin_that_is_protected() {
        for (url, kept) in [
            ("https://Registry.example.org", "https://registry.example.org"),
            ("https://registry.example.org:8443/", "https://registry.example.org:8443"),
            ("http://127.0.0.1:8700", "http://127.0.0.1:8700"),
            ("http://[::1]:8700/", "http://[::1]:8700"),
            ("http://localhost:8700", "http://localhost:8700"),
        ] {
            assert_eq!(origin(url).as_deref(), Some(kept), "{url}");
        }
        for url in [
            "",
            "registry.example.org",
            "http://registry.example.org",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://u@a",
            "http://127.0.0.1.evil.example",
            "ftp://a",
        ] {
            assert_eq!(origin(url), None, "{url}");
        }
    }
}
