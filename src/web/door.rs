//! What a server needs before it listens: an address that may be listened on, and something to prove itself with.
//!
//! Checked before anything is opened, so that a mistake on the command line changes nothing on the disk.

use std::net::{SocketAddr, TcpListener};

use super::tls::{Tls, TlsError};
use crate::app::Listening;

/// Why a server cannot be reached as it was told to be.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// API keys would cross a network in plain.
    #[error(
        "`{address}` can be reached from other machines and API keys would cross the network in plain; give --tls-certificate \
             and --tls-key, say --behind-proxy where a proxy protects the connections, or listen on 127.0.0.1"
    )]
    Exposed {
        /// Where it was to listen.
        address: SocketAddr,
    },
    /// Metrics where everybody asks.
    #[error("metrics cannot be shown on `{address}`, where the registry itself listens; give --metrics another port")]
    SharedMetrics {
        /// Where both were to listen.
        address: SocketAddr,
    },
    /// Certificate or key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address.
    #[error("cannot listen on `{address}`: {cause}; give --listen or --metrics another address or port")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
    /// The server stopped by itself.
    #[error("the server cannot go on: {0}; see what it logged before, and start it again")]
    Io(#[from] std::io::Error),
}

/// Where a server can be reached, checked.
#[derive(Debug, Clone)]
pub struct Door {
    pub(super) listening: Listening,
    pub(super) tls: Option<Tls>,
}

/// Where a server listens already, although nobody answers yet.
#[derive(Debug)]
pub struct Bound {
    pub(super) door: Door,
    pub(super) listener: TcpListener,
    pub(super) metrics: Option<TcpListener>,
}

impl Door {
    /// Checks `listening` and reads the files it names.
    ///
    /// # Errors
    /// [`DoorError::Exposed`], [`DoorError::SharedMetrics`], [`DoorError::Tls`].
    pub fn new(listening: Listening) -> Result<Self, DoorError> {
        if listening.is_exposed() {
            return Err(DoorError::Exposed { address: listening.address });
        }
        Self::open_to_all(listening)
    }

    /// The same without asking who could listen in, for a registry that holds nothing of anybody's.
    ///
    /// # Errors
    /// [`DoorError::SharedMetrics`], [`DoorError::Tls`].
    pub fn open_to_all(listening: Listening) -> Result<Self, DoorError> {
        let address = listening.address;
        if listening.metrics.is_some_and(|metrics| metrics == address && address.port() != 0) {
            return Err(DoorError::SharedMetrics { address });
        }
        let tls = listening.tls.as_ref().map(Tls::open).transpose()?;
        Ok(Self { listening, tls })
    }

    /// Takes the addresses, before anything is opened that answers at them: one that is taken is then a mistake that changed nothing.
    /// Whoever connects meanwhile waits.
    ///
    /// # Errors
    /// [`DoorError::Bind`].
    pub fn bind(&self) -> Result<Bound, DoorError> {
        let listen =
            |address: SocketAddr| TcpListener::bind(address).map_err(|cause| DoorError::Bind { address, cause });
        let listener = listen(self.listening.address)?;
        let metrics = self.listening.metrics.map(listen).transpose()?;
        Ok(Bound { door: self.clone(), listener, metrics })
    }

    /// The address as a client writes it.
    #[must_use]
    pub fn url(&self, address: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{address}")
    }
}
