//! Why a signature does not count: how its key stands with the party that signed.

use std::path::Path;

use chancery_base::crypto::SigningKey;
use serde::Deserialize;

use crate::cli::{
    client::Client,
    error::CliError,
    message::{Message, say},
};

/// The kind of problem that a signature by the wrong key ends with.
const DOUBTED: &str = "bad-signature";

#[derive(Debug, Deserialize)]
struct KeyView {
    id: String,
    fingerprint: String,
    status: String,
}

/// The same failure, told by how `key`, read from `file`, stands with the party, where that is what is wrong.
pub fn explain(error: CliError, file: &Path, key: &SigningKey, client: &Client) -> CliError {
    if !error.problem().is_some_and(|problem| problem.is(DOUBTED)) {
        return error;
    }
    // Whoever may not list the keys is told what the server said.
    let Ok(keys) = client.every_page("/api/v1/signing-keys") else { return error };
    let fingerprint = key.verifying_key().fingerprint().to_string();
    let keys = keys.iter().filter_map(|key| KeyView::deserialize(key).ok());
    match reason(keys.into_iter().find(|key| key.fingerprint == fingerprint).as_ref(), file, &fingerprint) {
        Some(reason) => error.told_as(reason),
        None => error,
    }
}

fn reason(key: Option<&KeyView>, file: &Path, fingerprint: &str) -> Option<Message> {
    let file = file.display();
    match key {
        None => Some(say!("key-not-enrolled", file = file, fingerprint = fingerprint)),
        Some(key) if key.status == "proposed" => {
            Some(say!("key-not-approved", file = file, fingerprint = fingerprint, id = key.id))
        }
        Some(key) if key.status == "revoked" => {
            Some(say!("key-is-revoked", file = file, fingerprint = fingerprint, id = key.id))
        }
        Some(_) => None,
    }
}
