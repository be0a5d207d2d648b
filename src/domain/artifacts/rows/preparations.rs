//! Rows of preparations and of the files that came of them.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    store::BlobName,
    values::{ModelName, PartyId, PreparationId, Sha256Digest, UnixMillis, VersionId},
};
use diesel::{dsl::exists, prelude::*, select};

use super::columns;
use crate::artifacts::{Preparation, PreparationState, PreparedFile};

diesel::table! {
    preparations (id) {
        id -> Text,
        party_id -> Text,
        source_id -> Text,
        source_name -> Text,
        source_file -> Text,
        recipe -> Text,
        redaction -> Text,
        state -> Text,
        rows_done -> BigInt,
        passes_done -> Integer,
        passes -> Integer,
        problem -> Nullable<Text>,
        report -> Nullable<Text>,
        created_at -> BigInt,
        touched_at -> BigInt,
        leaf_id -> Nullable<Text>,
    }
}

diesel::table! {
    preparation_files (preparation_id, path) {
        preparation_id -> Text,
        path -> Text,
        sha256 -> Text,
        size -> BigInt,
        is_data -> Bool,
        blob_id -> Text,
    }
}

diesel::joinable!(preparation_files -> preparations (preparation_id));
diesel::allow_tables_to_appear_in_same_query!(preparation_files, preparations);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = preparations)]
struct PreparationRow {
    id: String,
    party_id: String,
    source_id: String,
    source_name: String,
    source_file: String,
    recipe: String,
    redaction: String,
    state: String,
    rows_done: i64,
    passes_done: i32,
    passes: i32,
    problem: Option<String>,
    report: Option<String>,
    created_at: i64,
    touched_at: i64,
    leaf_id: Option<String>,
}

impl TryFrom<PreparationRow> for Preparation {
    type Error = Error;

    fn try_from(row: PreparationRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            party: row.party_id.parse()?,
            source: row.source_id.parse()?,
            source_name: row.source_name.parse()?,
            source_file: row.source_file.parse()?,
            recipe: row.recipe,
            redaction: row.redaction,
            state: row.state.parse()?,
            rows_done: columns::to_bytes(row.rows_done)?.0,
            pass: columns::to_number(row.passes_done)?,
            passes: columns::to_number(row.passes)?,
            problem: row.problem,
            report: row.report,
            created_at: UnixMillis::new(row.created_at),
            touched_at: UnixMillis::new(row.touched_at),
            leaf: row.leaf_id.map(|leaf| leaf.parse()).transpose()?,
        })
    }
}

/// Writes a preparation that begins.
pub fn insert_preparation(tx: &mut Tx<'_>, preparation: &Preparation) -> Result<(), Error> {
    let row = PreparationRow {
        id: preparation.id.to_string(),
        party_id: preparation.party.to_string(),
        source_id: preparation.source.to_string(),
        source_name: preparation.source_name.to_string(),
        source_file: preparation.source_file.to_string(),
        recipe: preparation.recipe.clone(),
        redaction: preparation.redaction.clone(),
        state: preparation.state.to_string(),
        rows_done: 0,
        passes_done: columns::from_number(preparation.pass)?,
        passes: columns::from_number(preparation.passes)?,
        problem: None,
        report: None,
        created_at: preparation.created_at.as_millis(),
        touched_at: preparation.touched_at.as_millis(),
        leaf_id: None,
    };
    diesel::insert_into(preparations::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Notes how far a running preparation is; `false` when it is no longer running.
pub fn touch_preparation(
    tx: &mut Tx<'_>,
    id: PreparationId,
    (pass, rows): (u32, u64),
    now: UnixMillis,
) -> Result<bool, Error> {
    let running = preparations::table
        .filter(preparations::id.eq(id.to_string()))
        .filter(preparations::state.eq(PreparationState::Running.code()));
    let touched = diesel::update(running)
        .set((
            preparations::rows_done.eq(i64::try_from(rows).unwrap_or(i64::MAX)),
            preparations::passes_done.eq(columns::from_number(pass)?),
            preparations::touched_at.eq(now.as_millis()),
        ))
        .execute(&mut **tx)?;
    Ok(touched == 1)
}

/// Ends a running preparation; `false` when it was ended before.
pub fn end_preparation(tx: &mut Tx<'_>, ended: &Preparation) -> Result<bool, Error> {
    let running = preparations::table
        .filter(preparations::id.eq(ended.id.to_string()))
        .filter(preparations::state.eq(PreparationState::Running.code()));
    let changed = diesel::update(running)
        .set((
            preparations::state.eq(ended.state.code()),
            preparations::problem.eq(&ended.problem),
            preparations::report.eq(&ended.report),
            preparations::touched_at.eq(ended.touched_at.as_millis()),
            preparations::leaf_id.eq(ended.leaf.map(|leaf| leaf.to_string())),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Writes a file that came of a preparation.
pub fn insert_prepared_file(tx: &mut Tx<'_>, id: PreparationId, file: &PreparedFile) -> Result<(), Error> {
    diesel::insert_into(preparation_files::table)
        .values((
            preparation_files::preparation_id.eq(id.to_string()),
            preparation_files::path.eq(file.path.to_string()),
            preparation_files::sha256.eq(file.sha256.to_string()),
            preparation_files::size.eq(columns::from_bytes(file.size)?),
            preparation_files::is_data.eq(file.is_data),
            preparation_files::blob_id.eq(file.blob.to_string()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The preparation `id`, whoever it belongs to.
pub fn find_preparation(connection: &mut AnyConnection, id: PreparationId) -> Result<Option<Preparation>, Error> {
    let found = preparations::table.find(id.to_string()).select(PreparationRow::as_select());
    found.first(connection).optional()?.map(Preparation::try_from).transpose()
}

/// At most `limit` preparations of a party, of one data set where one is named, the newest first, older than `before`.
pub fn preparations_of(
    connection: &mut AnyConnection,
    party: PartyId,
    of: Option<&ModelName>,
    before: Option<PreparationId>,
    limit: u32,
) -> Result<Vec<Preparation>, Error> {
    let mut page = preparations::table
        .filter(preparations::party_id.eq(party.to_string()))
        .order(preparations::id.desc())
        .limit(limit.into())
        .select(PreparationRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        page = page.filter(preparations::id.lt(before.to_string()));
    }
    if let Some(name) = of {
        // Names are ASCII without `@`, which stands before the version.
        let (first, beyond) = (format!("{name}@"), format!("{name}A"));
        page = page.filter(preparations::source_name.ge(first)).filter(preparations::source_name.lt(beyond));
    }
    page.load::<PreparationRow>(connection)?.into_iter().map(Preparation::try_from).collect()
}

/// The files that came of a preparation, by path.
pub fn prepared_files(connection: &mut AnyConnection, id: PreparationId) -> Result<Vec<PreparedFile>, Error> {
    let all = preparation_files::table.filter(preparation_files::preparation_id.eq(id.to_string()));
    let rows: Vec<(String, String, i64, bool, String)> = all
        .order(preparation_files::path)
        .select((
            preparation_files::path,
            preparation_files::sha256,
            preparation_files::size,
            preparation_files::is_data,
            preparation_files::blob_id,
        ))
        .load(connection)?;
    let file = |(path, sha256, size, is_data, blob): (String, String, i64, bool, String)| {
        Ok(PreparedFile {
            path: path.parse()?,
            sha256: sha256.parse()?,
            size: columns::to_bytes(size)?,
            is_data,
            blob: blob.parse()?,
        })
    };
    rows.into_iter().map(file).collect()
}

/// The finished preparations of `party` that made a data file with this digest, the newest first.
pub fn preparations_that_made(
    connection: &mut AnyConnection,
    party: PartyId,
    sha256: &Sha256Digest,
) -> Result<Vec<Preparation>, Error> {
    let made = preparation_files::table
        .inner_join(preparations::table)
        .filter(preparation_files::sha256.eq(sha256.to_string()))
        .filter(preparation_files::is_data)
        .filter(preparations::party_id.eq(party.to_string()))
        .filter(preparations::state.eq(PreparationState::Done.code()))
        .order(preparations::id.desc());
    let rows = made.select(PreparationRow::as_select()).load(connection)?;
    rows.into_iter().map(Preparation::try_from).collect()
}

/// Preparations that ended before `before` and whose files are still kept for whoever wants to register them.
pub fn expired_preparations(connection: &mut AnyConnection, before: UnixMillis) -> Result<Vec<Preparation>, Error> {
    let kept = preparation_files::table.filter(preparation_files::preparation_id.eq(preparations::id));
    let rows = preparations::table
        .filter(preparations::state.eq(PreparationState::Done.code()))
        .filter(preparations::touched_at.lt(before.as_millis()))
        .filter(exists(kept))
        .select(PreparationRow::as_select())
        .load(connection)?;
    rows.into_iter().map(Preparation::try_from).collect()
}

/// How many preparations are under way: those of `party`, and those of all. One that was silent since `silent_since` is not.
pub fn preparations_under_way(
    connection: &mut AnyConnection,
    party: PartyId,
    silent_since: UnixMillis,
) -> Result<(i64, i64), Error> {
    let running = preparations::table
        .filter(preparations::state.eq(PreparationState::Running.code()))
        .filter(preparations::touched_at.ge(silent_since.as_millis()));
    let own = running.filter(preparations::party_id.eq(party.to_string())).count().get_result(connection)?;
    Ok((own, running.count().get_result(connection)?))
}

/// Forgets what preparations made of `source` and say of its rows; the blobs that held it.
pub fn forget_preparations_of(tx: &mut Tx<'_>, source: VersionId) -> Result<Vec<BlobName>, Error> {
    let of_source = preparations::table.filter(preparations::source_id.eq(source.to_string()));
    let ids: Vec<String> = of_source.select(preparations::id).load(&mut **tx)?;
    let files = preparation_files::table.filter(preparation_files::preparation_id.eq_any(&ids));
    let blobs: Vec<String> = files.select(preparation_files::blob_id).load(&mut **tx)?;
    let files = preparation_files::table.filter(preparation_files::preparation_id.eq_any(&ids));
    diesel::delete(files).execute(&mut **tx)?;
    let of_source = preparations::table.filter(preparations::source_id.eq(source.to_string()));
    let silent = (preparations::problem.eq(None::<String>), preparations::report.eq(None::<String>));
    diesel::update(of_source).set(silent).execute(&mut **tx)?;
    blobs.into_iter().map(|blob| Ok(blob.parse()?)).collect()
}

/// Forgets the files of a preparation; what they were stands in the report and the log.
pub fn delete_prepared_files(tx: &mut Tx<'_>, id: PreparationId) -> Result<(), Error> {
    let all = preparation_files::table.filter(preparation_files::preparation_id.eq(id.to_string()));
    diesel::delete(all).execute(&mut **tx)?;
    Ok(())
}

pub(super) fn is_prepared(connection: &mut AnyConnection, blob: BlobName) -> Result<bool, Error> {
    let files = preparation_files::table.filter(preparation_files::blob_id.eq(blob.to_string()));
    Ok(select(exists(files)).get_result(connection)?)
}
