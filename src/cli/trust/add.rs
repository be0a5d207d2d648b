//! `chancery trust add`: pinning keys, once they were compared with what their holder says elsewhere.
//!
//! From a server come the keys that are the server's own: of its logs, their promises and its exports. Whose key speaks for an
//! owner is not the server's to say, since those keys are what the server is checked with.

use std::{path::Path, str::FromStr};

use chancery_base::{
    crypto::{KeyError, VerifyingKey},
    logs::{NoteVerifier, Trust, TrustedSigner},
    values::{Sha256Digest, Slug},
};
use chancery_domain::reports::is_export_signer;
use clap::Args;
use serde_json::json;

use super::{file, load, show};
use crate::cli::{
    context::Context,
    directories,
    error::{CliError, Exit},
    message::say,
    text_file::read_text,
};

/// Longest PEM file that is read; a key takes some hundred bytes.
const LARGEST_PEM: u64 = 4_096;

/// Whose keys.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery trust add --from https://registry.example.org
  chancery trust add --from https://registry.example.org --fingerprint 3f0a…
  chancery trust add --signer acme=ojs7L2S7Cbm6…
  chancery trust add --signer acme=acme.pub.pem")]
#[command(group = clap::ArgGroup::new("whose").required(true).multiple(true))]
pub struct Arguments {
    /// Pin this server's own keys: of its logs, their promises and its exports
    #[arg(long, value_name = "SERVER", group = "whose")]
    from: Option<String>,
    /// Pin nothing unless what the server sends has this SHA-256
    #[arg(long, value_name = "SHA256", requires = "from")]
    fingerprint: Option<Sha256Digest>,
    /// Pin a signer's public key under the name of its party: as `keygen` printed it, or the PEM file that holds it
    #[arg(long, value_name = "PARTY=KEY", group = "whose")]
    signer: Vec<NamedKey>,
}

/// A party and its public key, written `acme=BASE64`.
#[derive(Debug, Clone)]
struct NamedKey {
    party: Slug,
    key: VerifyingKey,
}

impl FromStr for NamedKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (party, key) = text.split_once('=').ok_or("expected PARTY=KEY, with the public key in base64")?;
        let party = party.parse::<Slug>().map_err(|error| error.to_string())?;
        Ok(Self { party, key: public_key(key)? })
    }
}

/// A public key in base64, or the PEM file that holds it, as `openssl pkey -pubout` writes it.
fn public_key(text: &str) -> Result<VerifyingKey, String> {
    // A key that was typed is never replaced by a file that happens to be called like it.
    let no_key = match text.parse() {
        Ok(key) => return Ok(key),
        Err::<_, KeyError>(error) => error,
    };
    let file = Path::new(text);
    if !file.is_file() {
        return Err(format!("{no_key}; nor is there a file of that name"));
    }
    let pem = read_text(file, LARGEST_PEM).map_err(|_| format!("`{text}` cannot be read, or holds more than a key"))?;
    VerifyingKey::from_pem(&pem).map_err(|error| error.to_string())
}

/// Adds to what is pinned; never replaces a pinned key by another of the same name.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let mut fetched = None;
    let mut added = match &arguments.from {
        Some(server) => {
            let (mut trust, fingerprint) = fetch(server, arguments.fingerprint, context)?;
            fetched = Some(fingerprint);
            for owner in remove_owners(&mut trust) {
                context.output.note(&say!("trust-owner-ignored", owner = owner));
            }
            trust
        }
        None => Trust::default(),
    };
    let named = |named: &NamedKey| TrustedSigner { name: named.party.to_string(), key: named.key };
    added.signers.extend(arguments.signer.iter().map(named));
    let merged = merge(load(None, context)?, &added)?;
    let file = context.directories.trust();
    directories::replace(&file, merged.to_string().as_bytes()).map_err(|error| CliError::unwritable(&file, &error))?;
    let document = json!({ "file": file, "fingerprint": fetched, "added": show::document(&added) });
    context.output.result(&document, |words| show::prose(&added, words))?;
    if let Some(fingerprint) = fetched {
        context.output.note(&say!("trust-compare", fingerprint = fingerprint));
    }
    Ok(Exit::Success)
}

fn fetch(server: &str, expected: Option<Sha256Digest>, context: &Context) -> Result<(Trust, Sha256Digest), CliError> {
    let text = context.client_of(server)?.bytes("/log/trust", file::LARGEST_TRUST)?;
    let fingerprint = Sha256Digest::of(&text);
    if expected.is_some_and(|expected| expected != fingerprint) {
        return Err(CliError::Local(Exit::Invalid, say!("trust-fingerprint", server = server, found = fingerprint)));
    }
    let unreadable = |cause: &dyn std::fmt::Display| {
        CliError::failure(say!("trust-unreadable", file = format!("{server}/log/trust"), cause = cause))
    };
    let text = std::str::from_utf8(&text).map_err(|error| unreadable(&error))?;
    Ok((text.parse().map_err(|error| unreadable(&error))?, fingerprint))
}

/// Removes the keys that a server names for others than itself, and answers for whom.
fn remove_owners(sent: &mut Trust) -> Vec<String> {
    let owners = sent.signers.extract_if(.., |signer| !is_export_signer(signer));
    owners.map(|signer| signer.name).collect()
}

/// Everything pinned so far and what is added.
///
/// # Errors
/// [`CliError::Local`] with [`Exit::Invalid`] where a server already has another key for the same use: that is what a forgery
/// looks like.
fn merge(mut pinned: Trust, added: &Trust) -> Result<Trust, CliError> {
    merge_notes(&mut pinned.logs, &added.logs)?;
    merge_notes(&mut pinned.promises, &added.promises)?;
    for signer in &added.signers {
        if pinned.signers.contains(signer) {
            continue;
        }
        // A party may have several keys, a server one for its exports.
        if is_export_signer(signer) && pinned.signers.iter().any(|pinned| pinned.name == signer.name) {
            return Err(conflict(&signer.name));
        }
        pinned.signers.push(signer.clone());
    }
    Ok(pinned)
}

fn merge_notes(pinned: &mut Vec<NoteVerifier>, added: &[NoteVerifier]) -> Result<(), CliError> {
    for key in added {
        match pinned.iter().find(|pinned| pinned.name() == key.name()) {
            Some(same) if same == key => {}
            Some(_) => return Err(conflict(key.name().as_str())),
            None => pinned.push(key.clone()),
        }
    }
    Ok(())
}

fn conflict(name: &str) -> CliError {
    CliError::Local(Exit::Invalid, say!("trust-conflict", name = name))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use chancery_base::crypto::SigningKey;

    use super::*;
    use crate::app::SystemEntropy;

    fn key() -> VerifyingKey {
        SigningKey::generate(&SystemEntropy).verifying_key()
    }

    fn log(name: &str, key: VerifyingKey) -> Trust {
        let verifier = NoteVerifier::new(name.parse().unwrap(), key);
        Trust { logs: vec![verifier], ..Trust::default() }
    }

    #[test]
    fn a_pinned_log_key_is_never_replaced() {
        let (first, other) = (key(), key());
        let pinned = merge(Trust::default(), &log("example.org/log", first)).unwrap();
        let pinned = merge(pinned, &log("example.org/other", other)).unwrap();
        assert_eq!(merge(pinned.clone(), &log("example.org/log", first)).unwrap(), pinned);
        let refused = merge(pinned, &log("example.org/log", other)).unwrap_err();
        assert_eq!(refused.exit(), Exit::Invalid);
    }

    #[test]
    fn a_party_may_have_several_signers() {
        let signer = |key| Trust { signers: vec![TrustedSigner { name: "acme".to_owned(), key }], ..Trust::default() };
        let (first, second) = (key(), key());
        let pinned = merge(signer(first), &signer(second)).unwrap();
        assert_eq!(merge(pinned, &signer(first)).unwrap().signers.len(), 2);
    }

    #[test]
    fn a_server_speaks_for_itself_only() {
        let signer = |name: &str| TrustedSigner { name: name.to_owned(), key: key() };
        let sent = vec![signer("acme"), signer("example.org/exports"), signer("exports")];
        let mut sent = Trust { signers: sent, ..Trust::default() };
        assert_eq!(remove_owners(&mut sent), ["acme", "exports"]);
        assert_eq!(sent.signers.len(), 1);
        let pinned = merge(Trust::default(), &sent).unwrap();
        assert_eq!(merge(pinned.clone(), &sent).unwrap(), pinned);
        let other = Trust { signers: vec![signer("example.org/exports")], ..Trust::default() };
        assert_eq!(merge(pinned, &other).unwrap_err().exit(), Exit::Invalid);
    }

    #[test]
    fn named_keys_are_read_strictly() {
        assert!(format!("acme={}", key()).parse::<NamedKey>().is_ok());
        let folder = tempfile::tempdir().unwrap();
        let (file, written) = (folder.path().join("acme.pem"), key());
        fs::write(&file, written.to_pem()).unwrap();
        let named: NamedKey = format!("acme={}", file.display()).parse().unwrap();
        assert_eq!(named.key, written);
        fs::write(&file, "-----BEGIN PUBLIC KEY-----").unwrap();
        assert!(format!("acme={}", file.display()).parse::<NamedKey>().is_err());
        for refused in ["acme", "acme=", "Acme=AAAA", "acme=AAAA"] {
            assert!(refused.parse::<NamedKey>().is_err(), "{refused}");
        }
    }
}
