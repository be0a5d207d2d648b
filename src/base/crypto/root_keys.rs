//! The root keys of a registry: the one in force and, while that is being replaced, its successor.
//!
//! Replacing takes three steps, of which the middle one is the caller's: the successor is made durable beside the key in force;
//! everything is wrapped again under it, in one transaction; then it takes the old one's place, which is destroyed. Cut short
//! anywhere, both are at hand, and [`RootKeys::settle`] finds out which one what is stored opens with.

use std::sync::{Arc, PoisonError, RwLock};

use super::{
    key_envelope::{RootKey, TenantKey},
    wrapping::{EnvelopeKeyError, KeyVersion, WrappedKey},
};
use crate::values::{Entropy, PartyId};

/// Why root keys could not be read or replaced.
#[derive(Debug, thiserror::Error)]
#[error("the root key could not be read or replaced: {0}")]
pub struct RootKeyError(pub String);

/// The root keys as they are kept.
#[derive(Debug, Clone)]
pub struct StoredRootKeys {
    /// The key in force.
    pub current: Arc<RootKey>,
    /// The key that is to replace it.
    pub successor: Option<Arc<RootKey>>,
}

/// Where root keys are kept. Several processes may share one.
pub trait RootKeyStore: Send + Sync {
    /// Reads them.
    ///
    /// # Errors
    /// One is missing or is none.
    fn read(&self) -> Result<StoredRootKeys, RootKeyError>;
    /// Makes a successor durable, unless there is one already.
    ///
    /// # Errors
    /// It could not be written.
    fn keep_successor(&self, successor: &RootKey) -> Result<(), RootKeyError>;
    /// Forgets a successor that nothing was wrapped under.
    ///
    /// # Errors
    /// It could not be removed.
    fn drop_successor(&self) -> Result<(), RootKeyError>;
    /// Puts the successor in the place of the key in force, and destroys that one.
    ///
    /// # Errors
    /// It could not be moved; both are there still.
    fn promote(&self) -> Result<(), RootKeyError>;
}

/// Wraps and unwraps tenants' keys under whichever root key each was wrapped under.
pub struct RootKeys {
    store: Box<dyn RootKeyStore>,
    held: RwLock<StoredRootKeys>,
}

impl RootKeys {
    /// Reads the keys.
    ///
    /// # Errors
    /// Those of the store.
    pub fn open(store: Box<dyn RootKeyStore>) -> Result<Self, RootKeyError> {
        let held = RwLock::new(store.read()?);
        Ok(Self { store, held })
    }

    /// The key in force, as far as this process knows.
    #[must_use]
    pub fn current(&self) -> Arc<RootKey> {
        self.held().current
    }

    /// Wraps a tenant's key under the key in force.
    #[must_use]
    pub fn wrap(&self, key: &TenantKey, tenant: PartyId, entropy: &dyn Entropy) -> WrappedKey {
        self.current().wrap(key, tenant, entropy)
    }

    /// Unwraps version `version` of the key of `tenant`. Where another process has replaced the root key, the keys are read again.
    ///
    /// # Errors
    /// Each of [`EnvelopeKeyError`].
    pub fn unwrap(
        &self,
        wrapped: &WrappedKey,
        tenant: PartyId,
        version: KeyVersion,
    ) -> Result<TenantKey, EnvelopeKeyError> {
        let found = wrapped.version()?;
        let root = self.of_version(found).or_else(|| {
            // One that cannot be read now is as good as missing.
            self.read_again().ok()?;
            self.of_version(found)
        });
        let given = self.current().version();
        root.ok_or(EnvelopeKeyError::OtherVersion { found, given })?.unwrap(wrapped, tenant, version)
    }

    /// Reads the keys again.
    ///
    /// # Errors
    /// Those of the store.
    pub fn read_again(&self) -> Result<(), RootKeyError> {
        let read = self.store.read()?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// The key that is to replace the one in force; drawn and made durable where there is none yet.
    ///
    /// # Errors
    /// Those of the store.
    pub fn successor(&self, entropy: &dyn Entropy) -> Result<Arc<RootKey>, RootKeyError> {
        self.read_again()?;
        if self.held().successor.is_none() {
            let version = KeyVersion(self.current().version().0 + 1);
            self.store.keep_successor(&RootKey::generate(version, entropy))?;
            // Another process may have been first; what is kept counts.
            self.read_again()?;
        }
        self.held().successor.ok_or_else(|| RootKeyError("its successor was not kept".to_owned()))
    }

    /// Ends a replacement that was cut short: the successor takes its place if what is stored `opens` with it, and is forgotten
    /// if that opens with the key in force.
    ///
    /// # Errors
    /// Those of the store.
    pub fn settle(&self, opens: impl Fn(&RootKey) -> bool) -> Result<(), RootKeyError> {
        self.read_again()?;
        let StoredRootKeys { current, successor } = self.held();
        let Some(successor) = successor else { return Ok(()) };
        if opens(&successor) {
            self.store.promote()?;
        } else if opens(&current) {
            self.store.drop_successor()?;
        }
        self.read_again()
    }

    fn held(&self) -> StoredRootKeys {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn of_version(&self, version: KeyVersion) -> Option<Arc<RootKey>> {
        let StoredRootKeys { current, successor } = self.held();
        std::iter::once(current).chain(successor).find(|root| root.version() == version)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::values::{Counting, UnixMillis};

    /// Where two processes keep their root keys.
    struct Shared(Arc<Mutex<StoredRootKeys>>);

    impl RootKeyStore for Shared {
        fn read(&self) -> Result<StoredRootKeys, RootKeyError> {
            Ok(self.0.lock().unwrap().clone())
        }

        fn keep_successor(&self, successor: &RootKey) -> Result<(), RootKeyError> {
            let copy = Arc::new(successor.expose().parse().unwrap());
            self.0.lock().unwrap().successor.get_or_insert(copy);
            Ok(())
        }

        fn drop_successor(&self) -> Result<(), RootKeyError> {
            self.0.lock().unwrap().successor = None;
            Ok(())
        }

        fn promote(&self) -> Result<(), RootKeyError> {
            let mut stored = self.0.lock().unwrap();
            if let Some(successor) = stored.successor.take() {
                stored.current = successor;
            }
            Ok(())
        }
    }

    struct Case {
        entropy: Counting,
        tenant: PartyId,
        key: TenantKey,
        kept: Arc<Mutex<StoredRootKeys>>,
    }

    fn case() -> Case {
        let entropy = Counting::default();
        let current = Arc::new(RootKey::generate(KeyVersion(1), &entropy));
        let kept = Arc::new(Mutex::new(StoredRootKeys { current, successor: None }));
        let tenant = PartyId::generate(&entropy, UnixMillis::new(1));
        Case { tenant, key: TenantKey::generate(KeyVersion(1), &entropy), kept, entropy }
    }

    impl Case {
        fn process(&self) -> RootKeys {
            RootKeys::open(Box::new(Shared(Arc::clone(&self.kept)))).unwrap()
        }
    }

    #[test]
    fn another_process_follows_a_replacement() {
        let case = case();
        let (one, other) = (case.process(), case.process());
        let old = other.wrap(&case.key, case.tenant, &case.entropy);
        let next = one.successor(&case.entropy).unwrap();
        assert_eq!(one.successor(&case.entropy).unwrap().version(), next.version(), "there is one successor");
        let new = next.wrap(&case.key, case.tenant, &case.entropy);
        for wrapped in [&old, &new] {
            assert!(other.unwrap(wrapped, case.tenant, KeyVersion(1)).is_ok(), "both are at hand meanwhile");
        }
        one.settle(|root| root.unwrap(&new, case.tenant, KeyVersion(1)).is_ok()).unwrap();
        assert_eq!(one.current().version(), KeyVersion(2));
        assert!(one.unwrap(&old, case.tenant, KeyVersion(1)).is_err(), "the old one is destroyed");
        other.read_again().unwrap();
        assert!(other.unwrap(&new, case.tenant, KeyVersion(1)).is_ok());
        assert!(other.unwrap(&old, case.tenant, KeyVersion(1)).is_err());
    }

    #[test]
    fn a_successor_that_nothing_was_wrapped_under_is_forgotten() {
        let case = case();
        let roots = case.process();
        let wrapped = roots.wrap(&case.key, case.tenant, &case.entropy);
        let opens = |root: &RootKey| root.unwrap(&wrapped, case.tenant, KeyVersion(1)).is_ok();
        let first = roots.successor(&case.entropy).unwrap();
        roots.settle(|_| false).unwrap();
        assert!(case.kept.lock().unwrap().successor.is_some(), "what opens with neither decides nothing");
        roots.settle(opens).unwrap();
        assert_eq!(roots.current().version(), KeyVersion(1));
        let second = roots.successor(&case.entropy).unwrap();
        assert!(*first.expose() != *second.expose());
    }
}
