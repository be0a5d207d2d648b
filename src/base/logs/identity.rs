//! What makes a log this log: its origin and its two keys, fixed when it is first opened, and what they last signed.

use super::{
    append::AppendedLeaf,
    checkpoint::{Checkpoint, Origin, SignedCheckpoint},
    error::LogError,
    last_signed::LastSigned,
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

/// A log's name, origin and signing keys, and the memory of what was signed.
#[derive(Debug)]
pub struct LogIdentity {
    log: LogName,
    origin: Origin,
    signer: NoteSigner,
    promiser: NoteSigner,
    last_signed: LastSigned,
}

impl LogIdentity {
    /// Gives `log` an origin and two different keys: one signs its checkpoints, the other its promises.
    /// `last_signed` belongs to the checkpoint key.
    ///
    /// # Errors
    /// [`Invalid`] when the origin is not that of a log of this name, and when both keys are the same.
    pub fn new(
        log: LogName,
        origin: Origin,
        checkpoint_key: SigningKey,
        promise_key: SigningKey,
        last_signed: LastSigned,
    ) -> Result<Self, Invalid> {
        if !origin.is_of(log) {
            return Err(Invalid::new(&origin.to_string(), "an origin that ends in `/` and the name of the log"));
        }
        if checkpoint_key.verifying_key() == promise_key.verifying_key() {
            return Err(Invalid::new("(key)", "a promise key different from the checkpoint key"));
        }
        let promiser = NoteSigner::new(promise_key_name(&origin)?, promise_key);
        let signer = NoteSigner::new(origin.key_name().clone(), checkpoint_key);
        Ok(Self { log, origin, signer, promiser, last_signed })
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

    pub(super) const fn memory(&self) -> &LastSigned {
        &self.last_signed
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
    /// does not hash to its root and one that does not continue what was signed last.
    ///
    /// # Errors
    /// [`LogError::OtherIdentity`], [`LogError::Altered`], [`LogError::RolledBack`], [`LogError::Memory`]; those of the
    /// database.
    pub fn open(&self, database: &Database) -> Result<(), LogError> {
        if database.read(|connection| rows::find_state(connection, self.log))?.is_none() {
            let (log, state) = (self.log, self.initial_state());
            database.act(move |tx| Ok(create(tx, log, &state)?))?;
        }
        database.read(|connection| self.check_stored(connection))
    }

    /// Checks a log as [`Self::open`] does, without creating or remembering anything: also one that is not there, or shows no
    /// checkpoint, although something was signed.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn check(&self, database: &Database) -> Result<(), LogError> {
        let (log, remembered) = (self.log, self.last_signed.read(self.verifier())?);
        database.read(|connection| match (rows::find_state(connection, log)?, remembered) {
            (None, None) => Ok(()),
            (None, Some(last)) => Err(LogError::RolledBack { log, published: last.size, stored: 0 }),
            (Some(_), remembered) => {
                self.check_tree(connection)?;
                self.newer_than_remembered(connection)?;
                if remembered.is_some() && rows::last_checkpoint(connection, log)?.is_none() {
                    return Err(LogError::altered(log, "the checkpoint that was signed last is gone"));
                }
                Ok(())
            }
        })
    }

    /// What was signed last, as far as is remembered outside the database.
    ///
    /// # Errors
    /// [`LogError::Memory`].
    pub fn last_signed(&self) -> Result<Option<Checkpoint>, LogError> {
        self.last_signed.read(self.verifier())
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
        self.check_tree(connection)?;
        self.check_continues(connection)
    }

    pub(super) fn check_tree(&self, connection: &mut AnyConnection) -> Result<(), LogError> {
        let log = self.log;
        let state = rows::state(connection, log)?;
        if state.origin != self.origin.to_string() || state.verifier != self.verifier().to_string() {
            return Err(LogError::OtherIdentity { log, origin: state.origin });
        }
        if stored::frontier(connection, log, state.size)?.root() != Some(state.root) {
            return Err(LogError::altered(log, format!("the hashes of {} leaves do not lead to the root", state.size)));
        }
        Ok(())
    }

    /// Refuses a database that does not continue what was signed last, here or according to the database.
    ///
    /// # Errors
    /// [`LogError::RolledBack`], [`LogError::Memory`]; what reading fails with.
    pub(super) fn check_continues(&self, connection: &mut AnyConnection) -> Result<(), LogError> {
        let newer = self.newer_than_remembered(connection)?;
        newer.map_or(Ok(()), |signed| self.remember(&signed))
    }

    /// What the database shows as signed last, where that is not what is remembered; both must be continued by the tree.
    fn newer_than_remembered(&self, connection: &mut AnyConnection) -> Result<Option<SignedCheckpoint>, LogError> {
        // Read first: what is read from the database after it is the same or newer.
        let remembered = self.last_signed.note()?;
        let Some((last, _)) = rows::last_checkpoint(connection, self.log)? else {
            return self.check_remembered(connection).map(|()| None);
        };
        // The usual case, many times a minute; signing compares the root itself.
        if remembered.is_some_and(|remembered| remembered == last) {
            return Ok(None);
        }
        self.check_remembered(connection)?;
        let last = SignedCheckpoint::open(last.as_bytes(), &[self.verifier()])?;
        stored::check_continues(connection, self.log, last.checkpoint())?;
        Ok(Some(last))
    }

    fn check_remembered(&self, connection: &mut AnyConnection) -> Result<(), LogError> {
        let remembered = self.last_signed.read(self.verifier())?;
        remembered.map_or(Ok(()), |remembered| stored::check_continues(connection, self.log, &remembered))
    }

    /// Remembers a checkpoint that was signed, before anyone sees it.
    ///
    /// # Errors
    /// Those of [`LastSigned::remember`].
    pub(super) fn remember(&self, signed: &SignedCheckpoint) -> Result<(), LogError> {
        self.last_signed.remember(self.log, signed, self.verifier())
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
