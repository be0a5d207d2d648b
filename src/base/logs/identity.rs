//! What makes a log this log: its origin and its two keys, fixed when it is first opened.

use super::{
    append::AppendedLeaf,
    checkpoint::{Origin, SignedCheckpoint},
    error::LogError,
    merkle::TreeHash,
    name::LogName,
    note::{Note, NoteSigner, NoteVerifier},
    promise::{Promise, PromiseError, promise_key_name},
    rows, stored,
    trust::Trust,
};
use crate::{
    crypto::SigningKey,
    db::{AnyConnection, Database, Tx},
    values::Invalid,
};

/// A log's name, origin and signing keys.
#[derive(Debug)]
pub struct LogIdentity {
    log: LogName,
    origin: Origin,
    signer: NoteSigner,
    promiser: NoteSigner,
}

impl LogIdentity {
    /// Gives `log` an origin and two different keys: one signs its checkpoints, the other its promises.
    ///
    /// # Errors
    /// [`Invalid`] when both keys are the same.
    pub fn new(
        log: LogName,
        origin: Origin,
        checkpoint_key: SigningKey,
        promise_key: SigningKey,
    ) -> Result<Self, Invalid> {
        if checkpoint_key.verifying_key() == promise_key.verifying_key() {
            return Err(Invalid::new("(key)", "a promise key different from the checkpoint key"));
        }
        let promiser = NoteSigner::new(promise_key_name(&origin)?, promise_key);
        let signer = NoteSigner::new(origin.key_name().clone(), checkpoint_key);
        Ok(Self { log, origin, signer, promiser })
    }

    /// Which log.
    #[must_use]
    pub const fn log(&self) -> LogName {
        self.log
    }

    /// The log's name for the world.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The key that checks this log's checkpoints.
    #[must_use]
    pub const fn verifier(&self) -> &NoteVerifier {
        self.signer.verifier()
    }

    pub(super) const fn signer(&self) -> &NoteSigner {
        &self.signer
    }

    /// The lines of a trust file that pin this log.
    #[must_use]
    pub fn trust(&self) -> Trust {
        Trust {
            logs: vec![self.signer.verifier().clone()],
            promises: vec![self.promiser.verifier().clone()],
            signers: Vec::new(),
        }
    }

    /// Promises that a leaf will be in the log. To be called after the leaf's act was answered, never before; the same leaf
    /// always gets the same promise.
    ///
    /// # Errors
    /// None for a leaf of this log.
    pub fn promise(&self, leaf: &AppendedLeaf) -> Result<Note, PromiseError> {
        let promise = Promise { origin: self.origin.clone(), leaf: leaf.hash, promised_at: leaf.appended_at };
        promise.sign(&self.promiser)
    }

    /// Opens the log in a database: creates its state the first time, afterwards refuses another origin or key, a tree that
    /// does not hash to its root and one that does not continue the last checkpoint.
    ///
    /// # Errors
    /// [`LogError::OtherIdentity`], [`LogError::Altered`], [`LogError::RolledBack`]; those of the database.
    pub fn open(&self, database: &Database) -> Result<(), LogError> {
        if database.read(|connection| rows::find_state(connection, self.log))?.is_none() {
            let (log, state) = (self.log, self.initial_state());
            database.act(move |tx| Ok(create(tx, log, &state)?))?;
        }
        database.read(|connection| self.check_stored(connection))
    }

    fn initial_state(&self) -> rows::State {
        rows::State {
            origin: self.origin.to_string(),
            verifier: self.verifier().to_string(),
            size: 0,
            epoch: 0,
            root: TreeHash::of_empty_tree(),
        }
    }

    fn check_stored(&self, connection: &mut AnyConnection) -> Result<(), LogError> {
        let log = self.log;
        let last = rows::last_checkpoint(connection, log)?;
        let state = rows::state(connection, log)?;
        if state.origin != self.origin.to_string() || state.verifier != self.verifier().to_string() {
            return Err(LogError::OtherIdentity { log, origin: state.origin });
        }
        if stored::frontier(connection, log, state.size)?.root() != Some(state.root) {
            return Err(LogError::altered(log, format!("the hashes of {} leaves do not lead to the root", state.size)));
        }
        let Some((note, _)) = last else { return Ok(()) };
        let signed = SignedCheckpoint::open(note.as_bytes(), &[self.verifier()])?;
        stored::check_continues(connection, log, signed.checkpoint())
    }
}

fn create(tx: &mut Tx<'_>, log: LogName, state: &rows::State) -> Result<(), LogError> {
    tx.lock_exclusively(log.lock())?;
    // Another process may have been faster.
    if rows::find_state(tx, log)?.is_none() {
        rows::insert_state(tx, log, state)?;
    }
    Ok(())
}
