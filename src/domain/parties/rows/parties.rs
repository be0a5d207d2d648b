//! Rows of parties.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{PartyId, Slug, UnixMillis},
};
use diesel::prelude::*;

use crate::parties::Party;

diesel::table! {
    parties (id) {
        id -> Text,
        slug -> Text,
        title -> Text,
        created_at -> BigInt,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = parties)]
pub(super) struct PartyRow {
    id: String,
    slug: String,
    title: String,
    created_at: i64,
}

impl TryFrom<PartyRow> for Party {
    type Error = Error;

    fn try_from(row: PartyRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            slug: row.slug.parse()?,
            title: row.title.parse()?,
            created_at: UnixMillis::new(row.created_at),
        })
    }
}

/// Lets nobody else change who belongs to a party, what they may do and what it granted until the transaction ends: what is counted
/// before something is written stays so.
pub fn lock_party(tx: &mut Tx<'_>, id: PartyId) -> Result<(), Error> {
    tx.lock_named(&format!("party {id}"))
}

/// Writes a new party; a slug that is taken is [`Error::Unique`].
pub fn insert_party(tx: &mut Tx<'_>, party: &Party) -> Result<(), Error> {
    let row = PartyRow {
        id: party.id.to_string(),
        slug: party.slug.to_string(),
        title: party.title.to_string(),
        created_at: party.created_at.as_millis(),
    };
    diesel::insert_into(parties::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The party `id`.
pub fn find_party(connection: &mut AnyConnection, id: PartyId) -> Result<Option<Party>, Error> {
    let row = parties::table.find(id.to_string()).select(PartyRow::as_select()).first(connection).optional()?;
    row.map(Party::try_from).transpose()
}

/// The party named `slug`.
pub fn find_party_by_slug(connection: &mut AnyConnection, slug: &Slug) -> Result<Option<Party>, Error> {
    let named = parties::table.filter(parties::slug.eq(slug.as_str()));
    let row = named.select(PartyRow::as_select()).first(connection).optional()?;
    row.map(Party::try_from).transpose()
}

/// All parties, in order of their slugs.
pub fn list_parties(connection: &mut AnyConnection) -> Result<Vec<Party>, Error> {
    let rows = parties::table.order(parties::slug).select(PartyRow::as_select()).load(connection)?;
    rows.into_iter().map(Party::try_from).collect()
}

/// At most `limit` parties whose slugs begin with `beginning`.
pub fn parties_named(connection: &mut AnyConnection, beginning: &str, limit: u32) -> Result<Vec<PartyId>, Error> {
    // Slugs are ASCII, so nothing that begins so sorts after this.
    let named = parties::table.filter(parties::slug.ge(beginning)).filter(parties::slug.le(format!("{beginning}~")));
    let ids: Vec<String> = named.order(parties::slug).limit(limit.into()).select(parties::id).load(connection)?;
    ids.iter().map(|id| Ok(id.parse()?)).collect()
}
