//! Rows of sessions.

use chancery_base::{
    crypto::TokenHash,
    db::{AnyConnection, Error, Tx},
    values::{PersonId, SessionId, Sha256Digest, UnixMillis},
};
use diesel::prelude::*;

use super::{
    parties::{PartyRow, parties},
    people::{PersonRow, people},
};
use crate::parties::{Party, Person, Session};

diesel::table! {
    sessions (id) {
        id -> Text,
        person_id -> Text,
        secret_hash -> Binary,
        agent -> Text,
        is_complete -> Bool,
        created_at -> BigInt,
        seen_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        known_hash -> Nullable<Binary>,
        failures -> Integer,
        issuer -> Nullable<Text>,
    }
}

diesel::joinable!(sessions -> people (person_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, people);
diesel::allow_tables_to_appear_in_same_query!(sessions, parties);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    id: String,
    person_id: String,
    secret_hash: Vec<u8>,
    agent: String,
    is_complete: bool,
    created_at: i64,
    seen_at: i64,
    ended_at: Option<i64>,
    issuer: Option<String>,
}

impl TryFrom<SessionRow> for Session {
    type Error = Error;

    fn try_from(row: SessionRow) -> Result<Self, Error> {
        let hash = row.secret_hash.try_into().map_err(|_| Error::Corrupt("length of a session's hash".to_owned()))?;
        Ok(Self {
            id: row.id.parse()?,
            person: row.person_id.parse()?,
            hash: TokenHash::new(Sha256Digest::from_bytes(hash)),
            agent: row.agent,
            issuer: row.issuer,
            is_complete: row.is_complete,
            created_at: UnixMillis::new(row.created_at),
            seen_at: UnixMillis::new(row.seen_at),
            ended_at: row.ended_at.map(UnixMillis::new),
        })
    }
}

/// Writes a new session.
pub fn insert_session(tx: &mut Tx<'_>, session: &Session) -> Result<(), Error> {
    let row = SessionRow {
        id: session.id.to_string(),
        person_id: session.person.to_string(),
        secret_hash: session.hash.digest().as_bytes().to_vec(),
        agent: session.agent.clone(),
        is_complete: session.is_complete,
        created_at: session.created_at.as_millis(),
        seen_at: session.seen_at.as_millis(),
        ended_at: session.ended_at.map(UnixMillis::as_millis),
        issuer: session.issuer.clone(),
    };
    diesel::insert_into(sessions::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The session `id`, whatever its state, with its person and their party.
pub fn find_session(connection: &mut AnyConnection, id: SessionId) -> Result<Option<(Session, Person, Party)>, Error> {
    let found: Option<(SessionRow, PersonRow, PartyRow)> = sessions::table
        .find(id.to_string())
        .inner_join(people::table.inner_join(parties::table))
        .select((SessionRow::as_select(), PersonRow::as_select(), PartyRow::as_select()))
        .first(connection)
        .optional()?;
    found.map(|(session, person, party)| Ok((session.try_into()?, person.try_into()?, party.try_into()?))).transpose()
}

/// The sessions of `person` that were not ended, newest first.
pub fn sessions_of(connection: &mut AnyConnection, person: PersonId) -> Result<Vec<Session>, Error> {
    let open = sessions::table
        .filter(sessions::person_id.eq(person.to_string()))
        .filter(sessions::ended_at.is_null())
        .order(sessions::id.desc());
    let rows = open.select(SessionRow::as_select()).load(connection)?;
    rows.into_iter().map(Session::try_from).collect()
}

/// Keeps by which its browser is known again when a session ended.
pub fn keep_known(tx: &mut Tx<'_>, id: SessionId, hash: &TokenHash) -> Result<(), Error> {
    let kept = sessions::known_hash.eq(Some(hash.digest().as_bytes().to_vec()));
    diesel::update(sessions::table.find(id.to_string())).set(kept).execute(&mut **tx)?;
    Ok(())
}

/// Whether a browser that shows what hashes to `hash` is the one of the session `id` of `person`, whether that still counts or not.
pub fn is_known(
    connection: &mut AnyConnection,
    id: SessionId,
    person: PersonId,
    hash: &TokenHash,
) -> Result<bool, Error> {
    let own = sessions::table.find(id.to_string()).filter(sessions::person_id.eq(person.to_string()));
    let kept: Option<Option<Vec<u8>>> = own.select(sessions::known_hash).first(connection).optional()?;
    let kept = kept.flatten().and_then(|kept| kept.try_into().ok());
    Ok(kept.is_some_and(|kept| TokenHash::new(Sha256Digest::from_bytes(kept)) == *hash))
}

/// Counts an attempt to type something right in a session, or by a browser that shows it was one's; `false` when there were `most`.
pub fn begin_session_attempt(tx: &mut Tx<'_>, id: SessionId, most: u32) -> Result<bool, Error> {
    let most = i32::try_from(most).unwrap_or(i32::MAX);
    let open = sessions::table.find(id.to_string()).filter(sessions::failures.lt(most));
    Ok(diesel::update(open).set(sessions::failures.eq(sessions::failures + 1)).execute(&mut **tx)? == 1)
}

/// Forgets them.
pub fn clear_session_attempts(tx: &mut Tx<'_>, id: SessionId) -> Result<(), Error> {
    diesel::update(sessions::table.find(id.to_string())).set(sessions::failures.eq(0)).execute(&mut **tx)?;
    Ok(())
}

/// Writes down that a session was used.
pub fn touch_session(tx: &mut Tx<'_>, id: SessionId, now: UnixMillis) -> Result<(), Error> {
    diesel::update(sessions::table.find(id.to_string()))
        .set(sessions::seen_at.eq(now.as_millis()))
        .execute(&mut **tx)?;
    Ok(())
}

/// Ends a session of `person`; `false` when there is none such that counts.
pub fn end_session(tx: &mut Tx<'_>, person: PersonId, id: SessionId, now: UnixMillis) -> Result<bool, Error> {
    let open = sessions::table
        .find(id.to_string())
        .filter(sessions::person_id.eq(person.to_string()))
        .filter(sessions::ended_at.is_null());
    Ok(diesel::update(open).set(sessions::ended_at.eq(now.as_millis())).execute(&mut **tx)? == 1)
}

/// Ends every session of `person` that began with the word of `issuer`, but `kept`.
pub fn end_sessions_from(
    tx: &mut Tx<'_>,
    person: PersonId,
    issuer: &str,
    kept: SessionId,
    now: UnixMillis,
) -> Result<(), Error> {
    let others = sessions::table
        .filter(sessions::person_id.eq(person.to_string()))
        .filter(sessions::issuer.eq(issuer))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::id.ne(kept.to_string()));
    diesel::update(others).set(sessions::ended_at.eq(now.as_millis())).execute(&mut **tx)?;
    Ok(())
}

/// Ends every session of `person` but `kept`.
pub fn end_sessions(tx: &mut Tx<'_>, person: PersonId, kept: Option<SessionId>, now: UnixMillis) -> Result<(), Error> {
    let kept = kept.map(|id| id.to_string()).unwrap_or_default();
    let others = sessions::table
        .filter(sessions::person_id.eq(person.to_string()))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::id.ne(kept));
    diesel::update(others).set(sessions::ended_at.eq(now.as_millis())).execute(&mut **tx)?;
    Ok(())
}
