//! Reports: what happened, as one party may read it. Lists and single entries of the logs, and a period of them in files that
//! auditors open and anybody can check.

mod archive;
mod describe;
mod entry;
mod job;
mod pack;
mod records;
mod table;
mod verify;

pub use archive::{ArchiveError, read_archive};
pub use entry::{EVENTS, Told};
pub use job::{ExportState, WrittenExport};
pub use pack::{AuditPack, ENTRY_LIMIT, PACK_FILES, PackFile, Reporter, is_export_signer};
pub use records::{ListedRecord, LogHead, OpenedRecord, RecordPage, RecordQuery};
pub use verify::{PackError, PackReport, verify_audit_pack};
