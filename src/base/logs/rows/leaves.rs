//! Leaves, their openings and their readers.

use std::{collections::HashSet, ops::Range};

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Nullable, Text},
};

use super::{log_leaves, log_openings, log_readers, read, stored, tree_hash};
use crate::{
    crypto::CommitmentKey,
    db::{AnyConnection, Batched, Error, Tx},
    logs::{
        append::{AppendedLeaf, NewLeaf},
        leaf::{Entry, Opening},
        merkle::TreeHash,
        name::LogName,
        read::{Browsing, Listing, OpenedLeaf, ReadableLeaf},
    },
    values::{LeafId, PartyId, UnixMillis},
};

/// A leaf as it is stored: what is public, what opens it, and who may open it.
pub(in crate::logs) struct LeafRows {
    leaf: LeafRow,
    opening: OpeningRow,
    readers: Vec<ReaderRow>,
}

#[derive(Insertable)]
#[diesel(table_name = log_leaves, treat_none_as_default_value = false)]
struct LeafRow {
    id: String,
    log: &'static str,
    entry: Vec<u8>,
    leaf_hash: Vec<u8>,
    appended_at: i64,
}

#[derive(Insertable)]
#[diesel(table_name = log_openings, treat_none_as_default_value = false)]
struct OpeningRow {
    leaf_id: String,
    salt: Vec<u8>,
    payload: String,
}

#[derive(Insertable)]
#[diesel(table_name = log_readers, treat_none_as_default_value = false)]
struct ReaderRow {
    party_id: String,
    leaf_id: String,
}

impl LeafRows {
    pub(in crate::logs) fn of(new: &NewLeaf) -> Self {
        let (leaf, id) = (new.appended(), new.id().to_string());
        let reader = |party: &PartyId| ReaderRow { party_id: party.to_string(), leaf_id: id.clone() };
        Self {
            readers: new.readers.iter().map(reader).collect(),
            opening: OpeningRow {
                leaf_id: id.clone(),
                salt: new.opening.salt().expose().to_vec(),
                payload: new.opening.canonical_payload().to_owned(),
            },
            leaf: LeafRow {
                id,
                log: leaf.log.as_str(),
                entry: new.entry.to_bytes(),
                leaf_hash: leaf.hash.as_bytes().to_vec(),
                appended_at: leaf.appended_at.as_millis(),
            },
        }
    }
}

/// Most rows in one statement: SQLite takes 32 766 parameters, PostgreSQL 65 535, and a leaf has five.
const ROWS_PER_STATEMENT: usize = 1_000;

/// Inserts many rows at once, which diesel can for each backend but not for [`AnyConnection`].
macro_rules! insert_all {
    ($connection:expr, $table:expr, $rows:expr) => {
        for rows in $rows.chunks(ROWS_PER_STATEMENT) {
            let insert = diesel::insert_into($table).values(rows);
            match &mut *$connection {
                AnyConnection::Postgres(postgres) => insert.execute(postgres)?,
                AnyConnection::Sqlite(sqlite) => insert.execute(sqlite)?,
            };
        }
    };
}

impl Batched for LeafRows {
    fn write(rows: Vec<Self>, connection: &mut AnyConnection) -> Result<(), Error> {
        let (mut leaves, mut openings, mut readers) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            leaves.push(row.leaf);
            openings.push(row.opening);
            readers.extend(row.readers);
        }
        insert_all!(connection, log_leaves::table, leaves);
        insert_all!(connection, log_openings::table, openings);
        insert_all!(connection, log_readers::table, readers);
        Ok(())
    }
}

pub(in crate::logs) fn has_unsequenced(connection: &mut AnyConnection, log: LogName) -> Result<bool, Error> {
    let waiting: Option<String> = log_leaves::table
        .filter(log_leaves::log.eq(log.as_str()).and(log_leaves::position.is_null()))
        .select(log_leaves::id)
        .first(connection)
        .optional()?;
    Ok(waiting.is_some())
}

/// How many leaves wait for their place.
pub(in crate::logs) fn count_unsequenced(connection: &mut AnyConnection, log: LogName) -> Result<u64, Error> {
    let waiting = log_leaves::log.eq(log.as_str()).and(log_leaves::position.is_null());
    read(log_leaves::table.filter(waiting).count().get_result(connection)?)
}

/// Gives up to `limit` waiting leaves the positions from `size` on, oldest id first, and answers how many.
pub(in crate::logs) fn assign_positions(tx: &mut Tx<'_>, log: LogName, size: u64, limit: u64) -> Result<u64, Error> {
    let assigned = sql_query(
        "UPDATE log_leaves SET position = waiting.position FROM ( \
             SELECT id, $1 - 1 + row_number() OVER (ORDER BY id) AS position FROM ( \
                 SELECT id FROM log_leaves WHERE log = $2 AND position IS NULL ORDER BY id LIMIT $3 \
             ) AS oldest \
         ) AS waiting WHERE log_leaves.id = waiting.id",
    )
    .bind::<BigInt, _>(stored(size)?)
    .bind::<Text, _>(log.as_str())
    .bind::<BigInt, _>(stored(limit)?)
    .execute(&mut **tx)?;
    Ok(assigned as u64)
}

/// The entries from position `start` on, at most `count`, each with its position and the leaf hash stored beside it.
pub(in crate::logs) fn placed_entries(
    connection: &mut AnyConnection,
    log: LogName,
    start: u64,
    count: u64,
) -> Result<Vec<(u64, Vec<u8>, TreeHash)>, Error> {
    let rows: Vec<(Option<i64>, Vec<u8>, Vec<u8>)> = log_leaves::table
        .filter(log_leaves::log.eq(log.as_str()))
        .filter(
            log_leaves::position.ge(stored(start)?).and(log_leaves::position.lt(stored(start.saturating_add(count))?)),
        )
        .order(log_leaves::position)
        .select((log_leaves::position, log_leaves::entry, log_leaves::leaf_hash))
        .load(connection)?;
    rows.into_iter()
        .map(|(position, entry, hash)| Ok((read(position.unwrap_or(-1))?, entry, tree_hash(&hash)?)))
        .collect()
}

pub(in crate::logs) fn find_leaf(connection: &mut AnyConnection, id: LeafId) -> Result<Option<AppendedLeaf>, Error> {
    let row: Option<(String, Vec<u8>, i64)> = log_leaves::table
        .find(id.to_string())
        .select((log_leaves::log, log_leaves::leaf_hash, log_leaves::appended_at))
        .first(connection)
        .optional()?;
    row.map(|(log, hash, appended_at)| {
        Ok(AppendedLeaf { id, log: log.parse()?, hash: tree_hash(&hash)?, appended_at: UnixMillis::new(appended_at) })
    })
    .transpose()
}

/// A leaf's log, position and entry; `None` when it is not there or has no position yet.
pub(in crate::logs) fn placed_leaf(
    connection: &mut AnyConnection,
    id: LeafId,
) -> Result<Option<(LogName, u64, Vec<u8>)>, Error> {
    let row: Option<(String, Option<i64>, Vec<u8>)> = log_leaves::table
        .find(id.to_string())
        .select((log_leaves::log, log_leaves::position, log_leaves::entry))
        .first(connection)
        .optional()?;
    let Some((log, Some(position), entry)) = row else { return Ok(None) };
    Ok(Some((log.parse()?, read(position)?, entry)))
}

/// The opening of a leaf, for a party that may have it.
pub(in crate::logs) fn find_opening(
    connection: &mut AnyConnection,
    leaf: LeafId,
    party: PartyId,
) -> Result<Option<Opening>, Error> {
    let row: Option<(Vec<u8>, String)> = log_leaves::table
        .inner_join(log_openings::table)
        .inner_join(log_readers::table)
        .filter(log_leaves::id.eq(leaf.to_string()).and(log_readers::party_id.eq(party.to_string())))
        .select((log_openings::salt, log_openings::payload))
        .first(connection)
        .optional()?;
    row.map(|(salt, payload)| read_opening(&salt, &payload)).transpose()
}

type ListedRow = (String, Option<i64>, Vec<u8>, i64, Vec<u8>, String);

/// The leaves of a listing. Their ids carry their time, so that a period is a range of one party's readers.
pub(in crate::logs) fn list(connection: &mut AnyConnection, listing: &Listing) -> Result<Vec<OpenedLeaf>, Error> {
    let page = log_leaves::table
        .inner_join(log_openings::table)
        .inner_join(log_readers::table)
        .filter(log_readers::party_id.eq(listing.party.to_string()))
        .filter(log_readers::leaf_id.lt(LeafId::first_at(listing.until).to_string()))
        .filter(log_leaves::log.eq(listing.log.as_str()).and(log_leaves::position.is_not_null()))
        .order(log_readers::leaf_id)
        .limit(i64::from(listing.limit))
        .select((
            log_leaves::id,
            log_leaves::position,
            log_leaves::entry,
            log_leaves::appended_at,
            log_openings::salt,
            log_openings::payload,
        ))
        .into_boxed();
    let page = match listing.after {
        Some(after) => page.filter(log_readers::leaf_id.gt(after.to_string())),
        None => page.filter(log_readers::leaf_id.ge(LeafId::first_at(listing.from).to_string())),
    };
    page.load(connection)?.into_iter().map(|row: ListedRow| opened(listing.log, row)).collect()
}

type BrowsedRow = (String, String, Option<i64>, i64, Option<String>);

/// The newest leaves of one party, whatever their log.
pub(in crate::logs) fn browse(connection: &mut AnyConnection, browsing: &Browsing) -> Result<Vec<ReadableLeaf>, Error> {
    let end = LeafId::first_at(browsing.until);
    let end = browsing.before.map_or(end, |before| before.min(end));
    let rows: Vec<BrowsedRow> = log_readers::table
        .inner_join(log_leaves::table.left_join(log_openings::table))
        .filter(log_readers::party_id.eq(browsing.party.to_string()))
        .filter(log_readers::leaf_id.ge(LeafId::first_at(browsing.from).to_string()))
        .filter(log_readers::leaf_id.lt(end.to_string()))
        .order(log_readers::leaf_id.desc())
        .limit(i64::from(browsing.limit))
        .select((
            log_leaves::id,
            log_leaves::log,
            log_leaves::position,
            log_leaves::appended_at,
            log_openings::payload.nullable(),
        ))
        .load(connection)?;
    rows.into_iter().map(browsed).collect()
}

fn browsed((id, log, position, appended_at, payload): BrowsedRow) -> Result<ReadableLeaf, Error> {
    let payload = payload.map(|payload| serde_json::from_str(&payload)).transpose();
    Ok(ReadableLeaf {
        id: id.parse()?,
        log: log.parse()?,
        index: position.map(read).transpose()?,
        appended_at: UnixMillis::new(appended_at),
        payload: payload.map_err(|_| Error::Corrupt("an opening that is not JSON".to_owned()))?,
    })
}

pub(in crate::logs) fn shared_with(
    connection: &mut AnyConnection,
    leaves: &[LeafId],
    parties: &[PartyId],
) -> Result<HashSet<LeafId>, Error> {
    let leaves: Vec<String> = leaves.iter().map(ToString::to_string).collect();
    let mut shared = HashSet::new();
    for party in parties {
        let found: Vec<String> = log_readers::table
            .filter(log_readers::party_id.eq(party.to_string()).and(log_readers::leaf_id.eq_any(&leaves)))
            .select(log_readers::leaf_id)
            .load(connection)?;
        for leaf in found {
            shared.insert(leaf.parse()?);
        }
    }
    Ok(shared)
}

/// Counts one party's leaves in a period, no further than `most`.
pub(in crate::logs) fn count_up_to(
    connection: &mut AnyConnection,
    party: PartyId,
    (from, until): (UnixMillis, UnixMillis),
    most: u32,
) -> Result<u32, Error> {
    let found: Counted = sql_query(
        "SELECT COUNT(*) AS found FROM (SELECT 1 FROM log_readers \
             WHERE party_id = $1 AND leaf_id >= $2 AND leaf_id < $3 LIMIT $4) AS some_of_them",
    )
    .bind::<Text, _>(party.to_string())
    .bind::<Text, _>(LeafId::first_at(from).to_string())
    .bind::<Text, _>(LeafId::first_at(until).to_string())
    .bind::<BigInt, _>(i64::from(most))
    .get_result(connection)?;
    Ok(u32::try_from(found.found).unwrap_or(most))
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

/// A leaf with one of those who may open it.
#[derive(QueryableByName)]
struct ReadableRow {
    #[diesel(sql_type = Text)]
    party_id: String,
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    position: Option<i64>,
    #[diesel(sql_type = Binary)]
    entry: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    appended_at: i64,
    #[diesel(sql_type = Binary)]
    salt: Vec<u8>,
    #[diesel(sql_type = Text)]
    payload: String,
}

/// The leaves at `places` that any of `parties` may open, in log order, with who may.
pub(in crate::logs) fn leaves_of(
    connection: &mut AnyConnection,
    log: LogName,
    places: Range<u64>,
    parties: &[PartyId],
) -> Result<Vec<(PartyId, OpenedLeaf)>, Error> {
    let placeholders: Vec<String> = (4..).take(parties.len()).map(|number| format!("${number}")).collect();
    // SQLite joins a CROSS JOIN in the order written: places first, not all that a party may ever have read.
    let mut query = sql_query(format!(
        "SELECT r.party_id, l.id, l.position, l.entry, l.appended_at, o.salt, o.payload \
         FROM log_leaves AS l CROSS JOIN log_readers AS r CROSS JOIN log_openings AS o \
         WHERE l.log = $1 AND l.position >= $2 AND l.position < $3 AND r.leaf_id = l.id AND o.leaf_id = l.id \
         AND r.party_id IN ({}) ORDER BY l.position, r.party_id",
        placeholders.join(", ")
    ))
    .into_boxed()
    .bind::<Text, _>(log.as_str())
    .bind::<BigInt, _>(stored(places.start)?)
    .bind::<BigInt, _>(stored(places.end)?);
    for party in parties {
        query = query.bind::<Text, _>(party.to_string());
    }
    let rows: Vec<ReadableRow> = query.load(connection)?;
    let readable = |row: ReadableRow| {
        let leaf = (row.id, row.position, row.entry, row.appended_at, row.salt, row.payload);
        Ok((row.party_id.parse()?, opened(log, leaf)?))
    };
    rows.into_iter().map(readable).collect()
}

fn opened(log: LogName, row: ListedRow) -> Result<OpenedLeaf, Error> {
    let (id, position, entry, appended_at, salt, payload) = row;
    Ok(OpenedLeaf {
        id: id.parse()?,
        log,
        index: read(position.unwrap_or(-1))?,
        appended_at: UnixMillis::new(appended_at),
        entry: Entry::try_from(entry.as_slice())?,
        opening: read_opening(&salt, &payload)?,
    })
}

fn read_opening(salt: &[u8], payload: &str) -> Result<Opening, Error> {
    let corrupt = || Error::Corrupt("an opening that is not a salt and canonical JSON".to_owned());
    let salt = CommitmentKey::copy_from(salt).ok_or_else(corrupt)?;
    let payload: serde_json::Value = serde_json::from_str(payload).map_err(|_| corrupt())?;
    Opening::new(salt, &payload).map_err(|_| corrupt())
}
