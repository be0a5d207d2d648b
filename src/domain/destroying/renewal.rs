//! Making useless what older databases and backups remember: envelopes that were destroyed here are still in them, wrapped under a
//! party's old key, which is in them too, wrapped under the old root key.
//!
//! So everything that lives is wrapped again under new keys, and the old ones are destroyed. That a party has several keys says that
//! this is not finished. Sealed files do not change.

use std::collections::BTreeMap;

use chancery_base::{
    crypto::{self, KeyVersion, RootKey, WrappedKey},
    db::Tx,
    logs,
    problem::Problem,
    store::BlobName,
    values::PartyId,
};
use serde_json::json;

use super::Destroyer;
use crate::{
    artifacts::{self, Blob},
    parties::{self, Person, TenantKey},
    registration,
    webhooks::{self, Webhook},
};

/// Envelopes wrapped again in one act.
const BATCH_ENVELOPES: u32 = 500;

/// Versions of one party's key, oldest first; the last is the newest.
type Versions = Vec<TenantKey>;

impl Destroyer {
    /// Finishes what was begun: where a party has several keys, everything of it is wrapped under the newest, the root key is replaced,
    /// and the old keys are destroyed. Does nothing where nothing is to be done.
    ///
    /// Errors: those of the database and of where the root key is kept; what was done stays, and is gone on with the next time.
    pub fn finish(&self) -> Result<(), Problem> {
        self.settle()?;
        let unfinished: Vec<_> = self.keys_by_party()?.into_iter().filter(|(_, keys)| keys.len() > 1).collect();
        if unfinished.is_empty() {
            return Ok(());
        }
        for (party, keys) in &unfinished {
            self.rewrap_files(*party, keys)?;
        }
        let next = self.roots().successor(&*self.entropy).map_err(Problem::internal)?;
        let this = self.clone();
        self.database.act(move |tx| this.replace_keys(tx, &next))?;
        self.settle()
    }

    /// Ends a replacement of the root key that was cut short.
    fn settle(&self) -> Result<(), Problem> {
        let key = self.database.read(parties::all_tenant_keys)?.pop();
        let opens = |root: &RootKey| key.as_ref().is_some_and(|key| opened(root, key).is_ok());
        self.roots().settle(opens).map_err(Problem::internal)
    }

    fn keys_by_party(&self) -> Result<BTreeMap<PartyId, Versions>, Problem> {
        Ok(by_party(self.database.read(parties::all_tenant_keys)?))
    }

    /// Wraps the files of a party under its newest key, a few at a time. Nothing new comes under an older one meanwhile.
    fn rewrap_files(&self, party: PartyId, keys: &[TenantKey]) -> Result<(), Problem> {
        let keys = keys.iter().map(|key| key.open(self.roots())).collect::<Result<Vec<_>, _>>()?;
        let mut after: Option<BlobName> = None;
        loop {
            let blobs =
                self.database.read(|connection| artifacts::blobs_of(connection, party, after, BATCH_ENVELOPES))?;
            let Some(last) = blobs.last() else { return Ok(()) };
            after = Some(last.name);
            let rewrapped = blobs.iter().filter_map(|blob| self.rewrapped(blob, &keys));
            let rewrapped: Vec<(BlobName, Vec<u8>, Vec<u8>)> = rewrapped.collect();
            self.database.act(move |tx| {
                for (name, old, new) in &rewrapped {
                    artifacts::replace_envelope(tx, *name, old, new)?;
                }
                Ok(())
            })?;
        }
    }

    /// The envelope of a blob under the newest of its party's keys, where it has another. One that does not open stays as it is: it is
    /// found as tampered with whenever it is read, and its key is destroyed with the others.
    fn rewrapped(&self, blob: &Blob, keys: &[crypto::TenantKey]) -> Option<(BlobName, Vec<u8>, Vec<u8>)> {
        let (newest, old) = keys.split_last()?;
        let wrapped = WrappedKey::from_bytes(blob.envelope.clone());
        let version = wrapped.version().ok()?;
        let key = old.iter().find(|key| key.version() == version)?;
        let again = newest.rewrap(key, &wrapped, &registration::context(blob), &*self.entropy);
        let again = again.inspect_err(|error| {
            tracing::error!(blob.name = %blob.name, error.cause = %error, "the key of a file does not open and is lost");
        });
        Some((blob.name, blob.envelope.clone(), again.ok()?.as_bytes().to_vec()))
    }

    /// Destroys the old keys of every party whose files are all wrapped under its newest, and wraps what is left under `next`, unless
    /// another process did it.
    fn replace_keys(&self, tx: &mut Tx<'_>, next: &RootKey) -> Result<(), Problem> {
        if !parties::hold_root_version(tx, KeyVersion(next.version().0.saturating_sub(1)))? {
            return Ok(());
        }
        for (party, keys) in by_party(parties::all_tenant_keys(tx)?) {
            let Some((newest, old)) = keys.split_last() else { continue };
            let mut kept = vec![newest];
            if self.is_rewrapped(tx, party, &keys)? {
                self.reseal_secrets(tx, party, &keys)?;
                for key in old {
                    parties::delete_tenant_key(tx, key)?;
                }
                if let Some(last) = old.last() {
                    let details = json!({"from": last.version, "to": newest.version, "root": next.version()});
                    logs::append(tx, &self.recorder().own_leaf("keys-replaced", vec![party], &details)?);
                }
            } else {
                kept.extend(old);
            }
            for key in kept {
                let wrapped = next.wrap(&key.open(self.roots())?, party, &*self.entropy).as_bytes().to_vec();
                parties::rewrap_tenant_key(tx, &TenantKey { wrapped, ..key.clone() })?;
            }
        }
        Ok(())
    }

    /// Whether no file of a party that could be opened is wrapped under an older key than the newest.
    fn is_rewrapped(&self, tx: &mut Tx<'_>, party: PartyId, keys: &[TenantKey]) -> Result<bool, Problem> {
        if keys.len() < 2 {
            return Ok(true);
        }
        let keys = keys.iter().map(|key| key.open(self.roots())).collect::<Result<Vec<_>, _>>()?;
        let mut after = None;
        loop {
            let blobs = artifacts::blobs_of(tx, party, after, BATCH_ENVELOPES)?;
            let Some(last) = blobs.last() else { return Ok(true) };
            after = Some(last.name);
            if blobs.iter().any(|blob| self.rewrapped(blob, &keys).is_some()) {
                return Ok(false);
            }
        }
    }

    /// Seals under a party's newest key what is kept sealed in rows: webhooks' secrets and what authenticators share. What does not open
    /// stays as it is, like a file's key, and keeps nobody's old keys alive.
    fn reseal_secrets(&self, tx: &mut Tx<'_>, party: PartyId, keys: &[TenantKey]) -> Result<(), Problem> {
        if keys.len() < 2 {
            return Ok(());
        }
        let keys = keys.iter().map(|key| key.open(self.roots())).collect::<Result<Vec<_>, _>>()?;
        let Some(newest) = keys.last() else { return Ok(()) };
        let reseal = |sealed: &[u8], subject: &str| {
            let sealed = WrappedKey::from_bytes(sealed.to_vec());
            let opened = keys.iter().rev().find_map(|key| key.open(&sealed, party, subject).ok());
            if opened.is_none() {
                tracing::error!(party.id = %party, secret.subject = subject, "a sealed secret does not open and is lost");
            }
            opened.map_or(sealed, |opened| newest.seal(&opened, party, subject, &*self.entropy))
        };
        for mut webhook in webhooks::of_party(tx, party)? {
            let subject = Webhook::secret_subject(webhook.id);
            webhook.secret = reseal(&webhook.secret, &subject).as_bytes().to_vec();
            if let Some(previous) = &mut webhook.previous {
                previous.sealed = reseal(&previous.sealed, &subject).as_bytes().to_vec();
            }
            webhooks::keep_secrets(tx, &webhook)?;
        }
        for (person, sealed) in parties::authenticators_of(tx, party)? {
            let sealed = reseal(sealed.as_bytes(), &Person::authenticator_subject(person));
            parties::keep_authenticator(tx, person, &sealed)?;
        }
        Ok(())
    }
}

fn by_party(keys: Vec<TenantKey>) -> BTreeMap<PartyId, Versions> {
    let mut sorted = BTreeMap::<_, Versions>::new();
    for key in keys {
        sorted.entry(key.party).or_default().push(key);
    }
    sorted
}

fn opened(root: &RootKey, key: &TenantKey) -> Result<crypto::TenantKey, crypto::EnvelopeKeyError> {
    root.unwrap(&WrappedKey::from_bytes(key.wrapped.clone()), key.party, KeyVersion(key.version))
}
