//! The logs as one party may read them: a list from the newest entry back, one entry with all that proves it, and where each log
//! stands.
//!
//! An entry has no index by what it says, which is secret: what is looked for by that is looked for in a bounded number of entries
//! at a time, and a page says how far back it looked.

use chancery_base::{
    db::AnyConnection,
    logs::{self, AppendedLeaf, Browsing, LogName, Opening, ReadableLeaf, Receipt},
    problem::Problem,
    values::{LeafId, PartyId, UnixMillis},
};

use super::{Reporter, Told};
use crate::parties::{Caller, RecordSight};

/// Entries read at once, and most that are looked at for one page.
const READ_AT_ONCE: u32 = 200;
const MOST_LOOKED_AT: u32 = 1_000;

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct RecordQuery {
    /// Only those of this log.
    pub log: Option<LogName>,
    /// Only those of this type.
    pub event: Option<String>,
    /// Not before.
    pub from: Option<UnixMillis>,
    /// Before.
    pub until: Option<UnixMillis>,
    /// The last entry of the page before.
    pub before: Option<LeafId>,
    /// Most entries to list.
    pub limit: usize,
}

/// An entry as a list shows it.
#[derive(Debug, Clone)]
pub struct ListedRecord {
    /// Its identifier, which is that of its receipt.
    pub id: LeafId,
    /// In which log.
    pub log: LogName,
    /// Where; `None` until it has a place.
    pub index: Option<u64>,
    /// When.
    pub appended_at: UnixMillis,
    /// What it says; `None` where that was erased.
    pub told: Option<Told>,
}

/// A page of entries.
#[derive(Debug, Clone)]
pub struct RecordPage {
    /// Newest first.
    pub records: Vec<ListedRecord>,
    /// Where to go on; `None` where there are no more.
    pub next: Option<LeafId>,
    /// How far back was looked, where that was the limit rather than the length of the page.
    pub looked_back_to: Option<UnixMillis>,
}

/// An entry, opened, and what proves it.
#[derive(Debug)]
pub struct OpenedRecord {
    /// The leaf.
    pub leaf: AppendedLeaf,
    /// Its place in the log, once it has one.
    pub index: Option<u64>,
    /// What opens it.
    pub opening: Opening,
    /// The proof that it is in the log, once a checkpoint contains it.
    pub proof: Option<Receipt>,
}

/// Where a log stands.
#[derive(Debug, Clone)]
pub struct LogHead {
    /// Which log.
    pub log: LogName,
    /// Entries with a place.
    pub size: u64,
    /// The last checkpoint, a signed note, and when it was signed.
    pub checkpoint: Option<(String, UnixMillis)>,
}

impl Reporter {
    /// A page of the entries that the caller may open.
    ///
    /// Errors: the caller may not list; the database cannot be read.
    pub fn records(&self, caller: &Caller, query: &RecordQuery) -> Result<RecordPage, Problem> {
        self.database.read(|connection| {
            let sight = RecordSight::of_reader(connection, caller)?.within(query.from, query.until);
            search(connection, &sight, query)
        })
    }

    /// An entry that the caller may open.
    ///
    /// Errors: no such entry, or not for this caller.
    pub fn record(&self, caller: &Caller, id: LeafId) -> Result<OpenedRecord, Problem> {
        self.database.read(|connection| {
            let missing = || Problem::not_found("receipt");
            let sight = RecordSight::of(connection, caller)?;
            let opening = logs::opening(connection, id, sight.party)?.ok_or_else(missing)?;
            let leaf = logs::leaf(connection, id)?.ok_or_else(missing)?;
            let is_seen = sight.from <= leaf.appended_at && leaf.appended_at < sight.until;
            if !is_seen || !is_shared(connection, &sight, id)? {
                return Err(missing());
            }
            let index = logs::place(connection, id)?.map(|(_, index)| index);
            Ok(OpenedRecord { leaf, index, opening, proof: logs::receipt(connection, id)? })
        })
    }

    /// Where both logs stand. Anybody may know.
    ///
    /// Errors: the database cannot be read.
    pub fn heads(&self) -> Result<[LogHead; 2], Problem> {
        self.database.read(|connection| {
            let [audit, liability] = LogName::ALL;
            Ok([head(connection, audit)?, head(connection, liability)?])
        })
    }
}

fn head(connection: &mut AnyConnection, log: LogName) -> Result<LogHead, Problem> {
    Ok(LogHead { log, size: logs::size(connection, log)?, checkpoint: logs::checkpoint(connection, log)? })
}

fn is_shared(connection: &mut AnyConnection, sight: &RecordSight, id: LeafId) -> Result<bool, Problem> {
    Ok(match &sight.with {
        Some(with) => logs::shared_with(connection, &[id], with)?.contains(&id),
        None => true,
    })
}

fn search(connection: &mut AnyConnection, sight: &RecordSight, query: &RecordQuery) -> Result<RecordPage, Problem> {
    let RecordSight { party, from, until, .. } = *sight;
    let mut browsing = Browsing { party, from, until, before: query.before, limit: READ_AT_ONCE };
    let mut records = Vec::new();
    let mut looked_at = 0;
    loop {
        let leaves = logs::browse(connection, &browsing)?;
        let (is_last, last) =
            (leaves.len() < READ_AT_ONCE as usize, leaves.last().map(|leaf| (leaf.id, leaf.appended_at)));
        for leaf in looked_for(connection, sight.with.as_deref(), query, leaves)? {
            records.push(leaf);
            if records.len() >= query.limit {
                let next = records.last().map(|record| record.id);
                return Ok(RecordPage { records, next, looked_back_to: None });
            }
        }
        let Some((id, at)) = last.filter(|_| !is_last) else {
            return Ok(RecordPage { records, next: None, looked_back_to: None });
        };
        (browsing.before, looked_at) = (Some(id), looked_at + READ_AT_ONCE);
        if looked_at >= MOST_LOOKED_AT {
            return Ok(RecordPage { records, next: Some(id), looked_back_to: Some(at) });
        }
    }
}

fn looked_for(
    connection: &mut AnyConnection,
    with: Option<&[PartyId]>,
    query: &RecordQuery,
    mut leaves: Vec<ReadableLeaf>,
) -> Result<Vec<ListedRecord>, Problem> {
    leaves.retain(|leaf| query.log.is_none_or(|log| leaf.log == log));
    if let Some(with) = with {
        let ids: Vec<LeafId> = leaves.iter().map(|leaf| leaf.id).collect();
        let shared = logs::shared_with(connection, &ids, with)?;
        leaves.retain(|leaf| shared.contains(&leaf.id));
    }
    let records = leaves.into_iter().map(|ReadableLeaf { id, log, index, appended_at, payload }| ListedRecord {
        id,
        log,
        index,
        appended_at,
        told: payload.as_ref().map(Told::of),
    });
    let is_of = |record: &ListedRecord, event: &str| record.told.as_ref().is_some_and(|told| told.event == event);
    Ok(records.filter(|record| query.event.as_ref().is_none_or(|event| is_of(record, event))).collect())
}
