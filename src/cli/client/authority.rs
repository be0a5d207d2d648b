//! Whom the client believes that a server is the one it asks for: the authorities that browsers trust, or one of the person's own.

use std::{fs, path::Path};

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::cli::{error::CliError, message::say};

/// How servers are checked: against the certificates in `file`, or without one against those that browsers trust.
///
/// # Errors
/// [`CliError::Local`] if the file cannot be read or holds no certificate.
pub fn trusting(file: Option<&Path>) -> Result<TlsConfig, CliError> {
    let Some(file) = file else { return Ok(TlsConfig::default()) };
    let bytes = fs::read(file).map_err(|error| CliError::unreadable(file, &error))?;
    let certificate = |item| if let Ok(PemItem::Certificate(found)) = item { Some(found) } else { None };
    let found: Vec<Certificate<'static>> = parse_pem(&bytes).filter_map(certificate).collect();
    if found.is_empty() {
        return Err(CliError::usage(say!("no-authority", file = file.display())));
    }
    Ok(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&found)).build())
}
