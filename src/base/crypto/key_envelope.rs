//! The key hierarchy: the root key wraps tenants' keys, a tenant's key wraps the file keys of its references to blobs.
//!
//! What a key is for ([`WrapContext`]) is bound to its wrapped form, so that a wrapped key moved to another tenant, artifact
//! or blob does not open. Rotation wraps again; sealed blobs do not change. Destroying a tenant's key makes its blobs
//! unreadable.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    FileKey, Secret,
    wrapping::{EnvelopeKeyError, KeyVersion, WrappedKey, WrappingKey},
};
use crate::values::{ByteCount, Entropy, Invalid, PartyId, Sha256Digest};

/// What a file key opens: bound to its wrapped form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrapContext {
    /// Whose reference it is.
    pub tenant: PartyId,
    /// What refers to the blob: an identifier as text, such as `version_…` or `dataset_…`, and a path where it has several.
    pub subject: String,
    /// SHA-256 of the plaintext.
    pub digest: Sha256Digest,
    /// Bytes of plaintext.
    pub length: ByteCount,
}

impl WrapContext {
    fn fields(&self) -> [Vec<u8>; 5] {
        [
            b"chancery/file-key/v1".to_vec(),
            self.tenant.to_string().into_bytes(),
            self.subject.clone().into_bytes(),
            self.digest.as_bytes().to_vec(),
            self.length.0.to_be_bytes().to_vec(),
        ]
    }
}

/// The key at the top; kept in a file outside the data directory, or in a key service.
pub struct RootKey(WrappingKey);

impl RootKey {
    const LABEL: &'static str = "chancery-root-key-v1";

    /// Draws a new root key.
    #[must_use]
    pub fn generate(version: KeyVersion, entropy: &dyn Entropy) -> Self {
        Self(WrappingKey { version, secret: Secret::generate(entropy) })
    }

    /// The version of this key.
    #[must_use]
    pub const fn version(&self) -> KeyVersion {
        self.0.version
    }

    /// The key as the one line of its file: label, version, base64.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(STANDARD.encode(self.0.secret.expose()));
        Zeroizing::new(format!("{} {} {}\n", Self::LABEL, self.0.version, *secret))
    }

    /// Wraps a tenant's key.
    #[must_use]
    pub fn wrap(&self, key: &TenantKey, tenant: PartyId, entropy: &dyn Entropy) -> WrappedKey {
        self.0.wrap(key.0.secret.expose(), &tenant_fields(tenant, key.0.version), entropy)
    }

    /// Unwraps version `version` of the key of `tenant`.
    ///
    /// # Errors
    /// Each of [`EnvelopeKeyError`].
    pub fn unwrap(
        &self,
        wrapped: &WrappedKey,
        tenant: PartyId,
        version: KeyVersion,
    ) -> Result<TenantKey, EnvelopeKeyError> {
        let bytes = self.0.unwrap(wrapped, &tenant_fields(tenant, version))?;
        let secret = Secret::copy_from(&bytes).ok_or(EnvelopeKeyError::Malformed)?;
        Ok(TenantKey(WrappingKey { version, secret }))
    }
}

impl FromStr for RootKey {
    type Err = Invalid;

    /// Reads the line of a root key's file; a refusal does not repeat it.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parse = || {
            let mut words = text.split_whitespace();
            let label = words.next().filter(|word| *word == Self::LABEL);
            let (version, secret) = label.and(words.next().zip(words.next()))?;
            let bytes = STANDARD.decode(secret).map(Zeroizing::new).ok()?;
            let secret = Secret::copy_from(&bytes).filter(|_| words.next().is_none())?;
            Some(Self(WrappingKey { version: KeyVersion(version.parse().ok()?), secret }))
        };
        parse()
            .ok_or_else(|| Invalid::new("(hidden)", "a root key (`chancery-root-key-v1`, version, 32 bytes in base64)"))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RootKey")
    }
}

/// A tenant's key, which wraps the file keys of everything the tenant refers to.
pub struct TenantKey(WrappingKey);

impl TenantKey {
    /// Draws a new key.
    #[must_use]
    pub fn generate(version: KeyVersion, entropy: &dyn Entropy) -> Self {
        Self(WrappingKey { version, secret: Secret::generate(entropy) })
    }

    /// The version of this key.
    #[must_use]
    pub const fn version(&self) -> KeyVersion {
        self.0.version
    }

    /// Wraps the key of a blob for one reference to it.
    #[must_use]
    pub fn wrap(&self, key: &FileKey, context: &WrapContext, entropy: &dyn Entropy) -> WrappedKey {
        self.0.wrap(key.expose(), &context.fields(), entropy)
    }

    /// Unwraps the key of a blob for the reference `context`.
    ///
    /// # Errors
    /// Each of [`EnvelopeKeyError`].
    pub fn unwrap(&self, wrapped: &WrappedKey, context: &WrapContext) -> Result<FileKey, EnvelopeKeyError> {
        let bytes = self.0.unwrap(wrapped, &context.fields())?;
        FileKey::copy_from(&bytes).ok_or(EnvelopeKeyError::Malformed)
    }

    /// Seals a short secret of `tenant` that is kept in a row; `subject` says which, and is bound to it.
    #[must_use]
    pub fn seal(&self, secret: &[u8], tenant: PartyId, subject: &str, entropy: &dyn Entropy) -> WrappedKey {
        self.0.wrap(secret, &secret_fields(tenant, subject), entropy)
    }

    /// Opens what [`TenantKey::seal`] sealed for the same `tenant` and `subject`.
    ///
    /// # Errors
    /// Each of [`EnvelopeKeyError`].
    pub fn open(
        &self,
        sealed: &WrappedKey,
        tenant: PartyId,
        subject: &str,
    ) -> Result<Zeroizing<Vec<u8>>, EnvelopeKeyError> {
        self.0.unwrap(sealed, &secret_fields(tenant, subject))
    }

    /// Wraps again what `old` wrapped; the blob stays as it is.
    ///
    /// # Errors
    /// Each of [`EnvelopeKeyError`].
    pub fn rewrap(
        &self,
        old: &Self,
        wrapped: &WrappedKey,
        context: &WrapContext,
        entropy: &dyn Entropy,
    ) -> Result<WrappedKey, EnvelopeKeyError> {
        Ok(self.wrap(&old.unwrap(wrapped, context)?, context, entropy))
    }
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TenantKey")
    }
}

fn tenant_fields(tenant: PartyId, version: KeyVersion) -> [Vec<u8>; 3] {
    [b"chancery/tenant-key/v1".to_vec(), tenant.to_string().into_bytes(), version.0.to_be_bytes().to_vec()]
}

fn secret_fields(tenant: PartyId, subject: &str) -> [Vec<u8>; 3] {
    [b"chancery/secret/v1".to_vec(), tenant.to_string().into_bytes(), subject.as_bytes().to_vec()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;
    use crate::values::UnixMillis;

    struct Case {
        entropy: Counting,
        tenant: TenantKey,
        file: FileKey,
        context: WrapContext,
    }

    fn case() -> Case {
        let entropy = Counting::default();
        let context = WrapContext {
            tenant: PartyId::generate(&entropy, UnixMillis::new(1)),
            subject: "version_1".to_owned(),
            digest: Sha256Digest::of(b"plain"),
            length: ByteCount(5),
        };
        let tenant = TenantKey::generate(KeyVersion(1), &entropy);
        Case { tenant, file: FileKey::generate(&entropy), context, entropy }
    }

    #[test]
    fn hierarchy_opens_from_the_top() {
        let Case { entropy, tenant, file, context } = case();
        let root = RootKey::generate(KeyVersion(7), &entropy);
        let wrapped_tenant = root.wrap(&tenant, context.tenant, &entropy);
        let wrapped_file = tenant.wrap(&file, &context, &entropy);
        let root: RootKey = root.expose().parse().unwrap();
        let tenant = root.unwrap(&wrapped_tenant, context.tenant, KeyVersion(1)).unwrap();
        assert!(tenant.unwrap(&wrapped_file, &context).unwrap() == file);
        assert_eq!(wrapped_tenant.version(), Ok(KeyVersion(7)));
        assert_eq!(format!("{root:?} {tenant:?} {file:?}"), "RootKey TenantKey FileKey");
    }

    #[test]
    fn every_field_of_the_context_is_bound() {
        let Case { entropy, tenant, file, context } = case();
        let wrapped = tenant.wrap(&file, &context, &entropy);
        let other_tenant = PartyId::generate(&entropy, UnixMillis::new(2));
        for moved in [
            WrapContext { tenant: other_tenant, ..context.clone() },
            WrapContext { subject: "version_2".to_owned(), ..context.clone() },
            WrapContext { digest: Sha256Digest::of(b"other"), ..context.clone() },
            WrapContext { length: ByteCount(6), ..context.clone() },
        ] {
            assert_eq!(tenant.unwrap(&wrapped, &moved), Err(EnvelopeKeyError::Refused), "{moved:?}");
        }
        let root = RootKey::generate(KeyVersion(1), &entropy);
        let wrapped = root.wrap(&tenant, context.tenant, &entropy);
        assert_eq!(root.unwrap(&wrapped, other_tenant, KeyVersion(1)).err(), Some(EnvelopeKeyError::Refused));
        assert_eq!(root.unwrap(&wrapped, context.tenant, KeyVersion(2)).err(), Some(EnvelopeKeyError::Refused));
    }

    #[test]
    fn a_sealed_secret_opens_for_its_tenant_and_subject_only() {
        let Case { entropy, tenant, context, .. } = case();
        let sealed = tenant.seal(b"a secret", context.tenant, "one", &entropy);
        assert_eq!(tenant.open(&sealed, context.tenant, "one").unwrap().as_slice(), b"a secret");
        let other = PartyId::generate(&entropy, UnixMillis::new(2));
        for (party, subject) in [(context.tenant, "other"), (other, "one")] {
            assert_eq!(tenant.open(&sealed, party, subject).err(), Some(EnvelopeKeyError::Refused));
        }
    }

    #[test]
    fn every_byte_of_a_wrapped_key_is_bound() {
        let Case { entropy, tenant, file, context } = case();
        let wrapped = tenant.wrap(&file, &context, &entropy);
        for index in 0..wrapped.0.len() {
            let mut changed = wrapped.clone();
            changed.0[index] ^= 1;
            assert!(tenant.unwrap(&changed, &context).is_err(), "{index}");
            let cut = WrappedKey(wrapped.0[..index].to_vec());
            assert!(tenant.unwrap(&cut, &context).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn rotation_wraps_again_and_the_old_version_is_named() {
        let Case { entropy, tenant, file, context } = case();
        let wrapped = tenant.wrap(&file, &context, &entropy);
        let new = TenantKey::generate(KeyVersion(2), &entropy);
        let rewrapped = new.rewrap(&tenant, &wrapped, &context, &entropy).unwrap();
        assert!(new.unwrap(&rewrapped, &context).unwrap() == file);
        let refused = EnvelopeKeyError::OtherVersion { found: KeyVersion(1), given: KeyVersion(2) };
        assert_eq!(new.unwrap(&wrapped, &context), Err(refused));
        let same_number = TenantKey::generate(KeyVersion(1), &entropy);
        assert_eq!(same_number.unwrap(&wrapped, &context), Err(EnvelopeKeyError::Refused));
    }

    #[test]
    fn broken_root_key_files_are_refused_without_being_repeated() {
        let text = RootKey::generate(KeyVersion(1), &Counting::default()).expose();
        for broken in [
            text.replace("v1", "v2"),
            text.replace(" 1 ", " x "),
            format!("{} more", *text),
            text.split_at(40).0.to_owned(),
        ] {
            let refused = broken.parse::<RootKey>().unwrap_err().to_string();
            assert!(refused.contains("hidden"), "{refused}");
        }
    }
}
