//! Backups: a whole registry copied while it is served, brought back elsewhere, and what becomes of its logs then.
//!
//! A backup is a folder: `database/` as it was at one moment, `store/` with every sealed file that this database names, and
//! `manifest.json`, which is written last and holds the digest of everything. Keys are never in it: they open what is in it.

mod error;
mod keys;
mod manifest;
mod restore;
mod succession;
mod take;

pub use error::BackupError;
pub use manifest::{LogThen, Manifest};
pub use restore::{Found, Loss, Restored, Standing, restore};
pub use succession::{Succession, accept_loss, rotate};
pub use take::{Taken, take};

/// What is told while a backup is made or restored: how many bytes of how many are done.
pub type Tell<'a> = &'a dyn Fn(u64, u64);

/// Folder of the database in a backup.
const DATABASE: &str = "database";
/// Folder of the sealed files in a backup; laid out as a store.
const STORE: &str = "store";
