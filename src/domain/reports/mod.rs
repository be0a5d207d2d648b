//! Reports: what happened in a period, in files that auditors open and anybody can check.

mod describe;
mod pack;
mod table;
mod verify;

pub use pack::{AuditPack, PACK_FILES, PackFile, Reporter, is_export_signer};
pub use verify::{PackError, PackReport, verify_audit_pack};
