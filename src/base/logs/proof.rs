//! Receipts: a file that proves offline that an entry is in a log (`c2sp.org/tlog-proof@v1`).
//!
//! The file holds the entry (as `extra` data), its index, the inclusion proof and the signed checkpoint. The keys that make
//! it worth something are not in it: whoever checks it brings a trust file.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    checkpoint::{CheckpointError, SignedCheckpoint},
    merkle::{ProofError, TreeHash, check_inclusion},
    note::NoteVerifier,
    tile::ENTRY_BYTES,
};
use crate::values::Invalid;

/// First line of every proof file.
const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// Most hashes in a proof: a tree has at most 64 levels.
const HASHES: usize = 64;

/// A receipt as read, nothing checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The entry as logged.
    pub entry: Vec<u8>,
    /// Its place in the log.
    pub index: u64,
    /// The inclusion proof, from the leaf upwards.
    pub hashes: Vec<TreeHash>,
    /// The signed checkpoint, byte for byte.
    pub checkpoint: String,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The checkpoint is not one to trust.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not in the tree of the checkpoint.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl Receipt {
    /// Checks checkpoint and proof with the pinned keys of logs, and answers the checkpoint that contains the entry.
    ///
    /// # Errors
    /// Every [`ReceiptError`].
    pub fn verify(&self, known: &[&NoteVerifier]) -> Result<SignedCheckpoint, ReceiptError> {
        let signed = SignedCheckpoint::open(self.checkpoint.as_bytes(), known)?;
        let tree = signed.checkpoint();
        check_inclusion(TreeHash::of_leaf(&self.entry), self.index, tree.size, tree.root, &self.hashes)?;
        Ok(signed)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{FIRST_LINE}\nextra {}\nindex {}", STANDARD.encode(&self.entry), self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(formatter, "{hash}"))?;
        write!(formatter, "\n{}", self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        parse(text).ok_or_else(|| Invalid::new(text, "a receipt (c2sp.org/tlog-proof@v1 with the entry as extra data)"))
    }
}

fn parse(text: &str) -> Option<Receipt> {
    let (head, checkpoint) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    if lines.next()? != FIRST_LINE {
        return None;
    }
    let entry = STANDARD.decode(lines.next()?.strip_prefix("extra ")?).ok()?;
    let index_text = lines.next()?.strip_prefix("index ")?;
    let index: u64 = index_text.parse().ok()?;
    let hashes: Vec<TreeHash> = lines.map(|line| line.parse().ok()).collect::<Option<_>>()?;
    // One spelling of the number, and no more than a proof can be.
    let in_form = index.to_string() == index_text && hashes.len() <= HASHES && entry.len() <= ENTRY_BYTES;
    in_form.then(|| Receipt { entry, index, hashes, checkpoint: checkpoint.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{
        checkpoint::Checkpoint,
        merkle::{inclusion_proof, root, tests::Memory, tests::leaves},
        note::{NoteSigner, tests::signer},
    };

    fn receipt(signer: &NoteSigner) -> Receipt {
        let mut tree = Memory::new(leaves(11));
        let checkpoint =
            Checkpoint { origin: "example.com/log".parse().unwrap(), size: 11, root: root(&mut tree, 11).unwrap() };
        Receipt {
            entry: b"entry-6".to_vec(),
            index: 6,
            hashes: inclusion_proof(&mut tree, 6, 11).unwrap().unwrap(),
            checkpoint: checkpoint.sign(signer).unwrap().to_string(),
        }
    }

    #[test]
    fn a_receipt_proves_its_entry() {
        let signer = signer("example.com/log", 1);
        let receipt = receipt(&signer);
        let text = receipt.to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra ZW50cnktNg==\nindex 6\n"), "{text}");
        assert_eq!(text.parse(), Ok(receipt.clone()));
        assert_eq!(receipt.verify(&[signer.verifier()]).unwrap().checkpoint().size, 11);
    }

    #[test]
    fn any_changed_byte_is_refused() {
        let signer = signer("example.com/log", 1);
        let text = receipt(&signer).to_string();
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] ^= 1;
            let read = String::from_utf8(bytes).ok().and_then(|text| text.parse::<Receipt>().ok());
            let accepted = read.is_some_and(|receipt| receipt.verify(&[signer.verifier()]).is_ok());
            assert!(!accepted, "byte {index}");
        }
    }

    #[test]
    fn other_keys_entries_and_indexes_prove_nothing() {
        let own = signer("example.com/log", 1);
        let receipt = receipt(&own);
        let stranger = signer("example.com/log", 2);
        assert!(matches!(receipt.verify(&[stranger.verifier()]), Err(ReceiptError::Checkpoint(_))));
        let other_entry = Receipt { entry: b"entry-7".to_vec(), ..receipt.clone() };
        assert_eq!(other_entry.verify(&[own.verifier()]), Err(ReceiptError::Proof(ProofError::WrongRoot)));
        let beyond = Receipt { index: 11, ..receipt };
        assert!(matches!(beyond.verify(&[own.verifier()]), Err(ReceiptError::Proof(ProofError::OutOfRange { .. }))));
    }
}
