//! Checking a receipt with pinned keys: the checkpoint's signature, the proof, and that the opening opens the entry.

use chancery_base::logs::{
    CheckpointError, Entry, LogName, NoteError, Promise, PromiseError, Receipt, ReceiptError, TreeHash, Trust,
};

use super::ReceiptDocument;
use crate::cli::{message::say, verdict::Findings};

/// The word for this check in documents.
const CHECK: &str = "receipt";

/// Checks everything `receipt` claims, and that it is of the log `expected`, where only one will do; without a pinned key of
/// its log there is no answer.
pub fn check(receipt: &ReceiptDocument, expected: Option<LogName>, trust: &Trust, findings: &mut Findings) {
    let Some(proof) = &receipt.proof else {
        check_promise(receipt, trust, findings);
        return;
    };
    let Ok(proof) = proof.parse::<Receipt>() else {
        return findings.invalid(CHECK, say!("receipt-malformed"));
    };
    match proof.verify(&trust.log_keys()) {
        Ok(signed) => {
            let checkpoint = signed.checkpoint();
            let (origin, size) = (&checkpoint.origin, checkpoint.size);
            if let Some(log) = expected.filter(|log| !origin.is_of(*log)) {
                return findings.invalid(CHECK, say!("receipt-other-log", origin = origin, log = log));
            }
            findings.valid(CHECK, say!("receipt-included", index = proof.index, origin = origin, size = size));
        }
        Err(ReceiptError::Checkpoint(CheckpointError::Note(NoteError::Unsigned))) => {
            findings.unchecked(CHECK, say!("receipt-log-unpinned"));
        }
        Err(error) => findings.invalid(CHECK, say!("receipt-wrong", cause = error)),
    }
    check_opening(receipt, &proof, findings);
}

fn check_opening(receipt: &ReceiptDocument, proof: &Receipt, findings: &mut Findings) {
    let Some(opening) = &receipt.opening else {
        return findings.unchecked("opening", say!("receipt-no-opening"));
    };
    match Entry::try_from(proof.entry.as_slice()) {
        Ok(entry) if opening.opens(&entry) => findings.valid("opening", say!("receipt-opened")),
        Ok(_) => findings.invalid("opening", say!("receipt-opens-another")),
        Err(error) => findings.invalid("opening", say!("receipt-wrong", cause = error)),
    }
}

/// A promise is the log's word, not yet proof: even a good one leaves the question open.
fn check_promise(receipt: &ReceiptDocument, trust: &Trust, findings: &mut Findings) {
    let Some(promise) = &receipt.promise else {
        return findings.unchecked(CHECK, say!("receipt-empty"));
    };
    match Promise::open(promise.as_bytes(), &trust.promise_keys()) {
        Ok(promise) if opens(receipt, promise.leaf) == Some(false) => {
            findings.invalid(CHECK, say!("receipt-opens-another"));
        }
        Ok(promise) => {
            findings.unchecked(CHECK, say!("receipt-promised", origin = promise.origin, time = promise.promised_at));
        }
        Err(PromiseError::Note(NoteError::Unsigned)) => findings.unchecked(CHECK, say!("receipt-log-unpinned")),
        Err(error) => findings.invalid(CHECK, say!("receipt-wrong", cause = error)),
    }
}

fn opens(receipt: &ReceiptDocument, leaf: TreeHash) -> Option<bool> {
    receipt.opening.as_ref().map(|opening| opening.entry().leaf_hash() == leaf)
}
