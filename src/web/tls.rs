//! TLS with the operator's own certificate: versions 1.2 and 1.3, nothing older (RFC 8996), with the cipher suites of `rustls`.
//!
//! The files are read at the start and again when asked to (SIGHUP), so that a renewed certificate needs no restart. Clients do not
//! prove themselves here: API keys do that.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::app::TlsFiles;

/// Why a server cannot prove itself.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read.
    #[error("cannot read `{}`: {cause}; check that it is there and that the server's user may read it", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// No certificate where one should be.
    #[error("there is no certificate in `{}`; give a PEM file with the server's own certificate first and then those that lead \
             from it to what clients trust", path.display())]
    NoCertificate {
        /// Where.
        path: PathBuf,
    },
    /// No key where one should be.
    #[error("there is no private key in `{}`; give a PEM file with the certificate's key, not encrypted", path.display())]
    NoKey {
        /// Where.
        path: PathBuf,
    },
    /// A key of something else.
    #[error("the key in `{}` is not that of the first certificate in `{}`; give the two that belong together",
            key.display(), certificate.display())]
    Mismatch {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// What `rustls` does not accept.
    #[error("certificate `{}` and its key cannot be used: {cause}; have them issued anew, for ECDSA P-256 or RSA of 2048 bits or more",
            certificate.display())]
    Unusable {
        /// The certificate.
        certificate: PathBuf,
        /// Why.
        cause: rustls::Error,
    },
}

/// What a server proves itself with. Clones share it.
#[derive(Debug, Clone)]
pub struct Tls {
    files: TlsFiles,
    in_use: Arc<InUse>,
}

#[derive(Debug)]
struct InUse(RwLock<Arc<CertifiedKey>>);

impl Tls {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// Each [`TlsError`].
    pub fn open(files: &TlsFiles) -> Result<Self, TlsError> {
        let in_use = Arc::new(InUse(RwLock::new(Arc::new(read(files)?))));
        Ok(Self { files: files.clone(), in_use })
    }

    /// Reads the files again; connections from now on see what they hold now.
    ///
    /// # Errors
    /// As [`Self::open`]; then what was in use stays.
    pub fn renew(&self) -> Result<(), TlsError> {
        let renewed = Arc::new(read(&self.files)?);
        *self.in_use.0.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// How connections are taken.
    ///
    /// # Errors
    /// A defect of ours: the provider has no suite for these versions.
    pub fn server_config(&self) -> Result<ServerConfig, rustls::Error> {
        let versions = &[&rustls::version::TLS13, &rustls::version::TLS12];
        let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(versions)?;
        Ok(builder.with_no_client_auth().with_cert_resolver(Arc::clone(&self.in_use) as Arc<dyn ResolvesServerCert>))
    }
}

impl ResolvesServerCert for InUse {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let TlsFiles { certificate, key } = files;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes(certificate)?).collect();
    let chain = chain.unwrap_or_default();
    if chain.is_empty() {
        return Err(TlsError::NoCertificate { path: certificate.clone() });
    }
    let found = PrivateKeyDer::from_pem_slice(&bytes(key)?).map_err(|_| TlsError::NoKey { path: key.clone() })?;
    CertifiedKey::from_der(chain, found, &provider()).map_err(|cause| match cause {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch { certificate: certificate.clone(), key: key.clone() },
        cause => TlsError::Unusable { certificate: certificate.clone(), cause },
    })
}

fn bytes(path: &Path) -> Result<zeroize::Zeroizing<Vec<u8>>, TlsError> {
    let read = fs::read(path).map(zeroize::Zeroizing::new);
    read.map_err(|cause| TlsError::Unreadable { path: path.to_owned(), cause })
}
