//! A receipt as the server gives it: the promise at once, the full proof within a second.

use std::{
    thread,
    time::{Duration, Instant},
};

use chancery_base::logs::Opening;
use serde::Deserialize;
use serde_json::Value;

use crate::cli::{client::Client, error::CliError, message::say, output::Output};

/// How long the full proof is waited for; a sequencer needs a second.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(250);

/// What a caller holds about one leaf.
#[derive(Debug, Deserialize)]
pub struct ReceiptDocument {
    /// The signed inclusion promise.
    pub promise: Option<String>,
    /// What opens the public entry.
    pub opening: Option<Opening>,
    /// The proof of inclusion (`c2sp.org/tlog-proof@v1`), once there is one.
    pub proof: Option<String>,
}

/// The leaf that a receipt, or a mere reference to one, is about.
#[must_use]
pub fn name(receipt: &Value) -> &str {
    receipt.as_str().or_else(|| receipt.pointer("/leaf")?.as_str()).unwrap_or_default()
}

/// Asks for the receipt until it has its full proof; then answers it.
///
/// # Errors
/// Those of the client, and [`CliError::Local`] if the proof does not come.
pub fn wait_for_proof(receipt: &Value, client: &Client, output: &Output) -> Result<Value, CliError> {
    let leaf = name(receipt);
    let started = Instant::now();
    loop {
        let answer = client.get::<Value>(&format!("/api/v1/receipts/{leaf}"))?;
        if answer.view.pointer("/proof").is_some_and(Value::is_string) {
            return Ok(answer.document);
        }
        if started.elapsed() > PATIENCE {
            return Err(CliError::failure(say!("receipt-late", leaf = leaf, seconds = PATIENCE.as_secs())));
        }
        if started.elapsed() < PAUSE {
            output.note(&say!("receipt-waiting"));
        }
        thread::sleep(PAUSE);
    }
}
