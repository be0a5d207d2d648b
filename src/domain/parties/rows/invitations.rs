//! Rows of invitations.

use chancery_base::{
    crypto::TokenHash,
    db::{AnyConnection, Error, Tx},
    values::{InvitationId, PartyId, PersonId, Sha256Digest, UnixMillis},
};
use diesel::prelude::*;

use super::{
    parties::{PartyRow, parties},
    people::{scope, scope_column},
};
use crate::parties::{Invitation, Party};

diesel::table! {
    invitations (id) {
        id -> Text,
        party_id -> Text,
        email -> Text,
        role -> Text,
        scope -> Nullable<Text>,
        secret_hash -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        membership_ends_at -> Nullable<BigInt>,
        person_id -> Nullable<Text>,
        withdrawn_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(invitations -> parties (party_id));
diesel::allow_tables_to_appear_in_same_query!(invitations, parties);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations)]
struct InvitationRow {
    id: String,
    party_id: String,
    email: String,
    role: String,
    scope: Option<String>,
    secret_hash: Vec<u8>,
    created_at: i64,
    expires_at: i64,
    membership_ends_at: Option<i64>,
    person_id: Option<String>,
    withdrawn_at: Option<i64>,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = Error;

    fn try_from(row: InvitationRow) -> Result<Self, Error> {
        let hash =
            row.secret_hash.try_into().map_err(|_| Error::Corrupt("length of an invitation's hash".to_owned()))?;
        Ok(Self {
            id: row.id.parse()?,
            party: row.party_id.parse()?,
            email: row.email.parse()?,
            role: row.role.parse()?,
            scope: scope(row.scope.as_deref())?,
            hash: TokenHash::new(Sha256Digest::from_bytes(hash)),
            created_at: UnixMillis::new(row.created_at),
            expires_at: UnixMillis::new(row.expires_at),
            membership_ends_at: row.membership_ends_at.map(UnixMillis::new),
            person: row.person_id.map(TryInto::try_into).transpose()?,
            withdrawn_at: row.withdrawn_at.map(UnixMillis::new),
        })
    }
}

/// Writes a new invitation.
pub fn insert_invitation(tx: &mut Tx<'_>, invitation: &Invitation) -> Result<(), Error> {
    let row = InvitationRow {
        id: invitation.id.to_string(),
        party_id: invitation.party.to_string(),
        email: invitation.email.to_string(),
        role: invitation.role.to_string(),
        scope: scope_column(&invitation.scope)?,
        secret_hash: invitation.hash.digest().as_bytes().to_vec(),
        created_at: invitation.created_at.as_millis(),
        expires_at: invitation.expires_at.as_millis(),
        membership_ends_at: invitation.membership_ends_at.map(UnixMillis::as_millis),
        person_id: invitation.person.map(|person| person.to_string()),
        withdrawn_at: invitation.withdrawn_at.map(UnixMillis::as_millis),
    };
    diesel::insert_into(invitations::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The invitation `id`, whatever its state, with the party it is into.
pub fn find_invitation(connection: &mut AnyConnection, id: InvitationId) -> Result<Option<(Invitation, Party)>, Error> {
    let found: Option<(InvitationRow, PartyRow)> = invitations::table
        .find(id.to_string())
        .inner_join(parties::table)
        .select((InvitationRow::as_select(), PartyRow::as_select()))
        .first(connection)
        .optional()?;
    found.map(|(invitation, party)| Ok((invitation.try_into()?, party.try_into()?))).transpose()
}

/// At most `limit` invitations into `party` that can still be taken at `now`, oldest first, made after the one named `after`.
pub fn open_invitations(
    connection: &mut AnyConnection,
    party: PartyId,
    now: UnixMillis,
    after: Option<InvitationId>,
    limit: u32,
) -> Result<Vec<Invitation>, Error> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let open = invitations::table
        .filter(invitations::party_id.eq(party.to_string()))
        .filter(invitations::person_id.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .filter(invitations::expires_at.gt(now.as_millis()))
        .filter(invitations::id.gt(after))
        .order(invitations::id)
        .limit(limit.into());
    let rows = open.select(InvitationRow::as_select()).load(connection)?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// Marks an invitation as taken by `person`; `false` when it cannot be taken any more.
pub fn take_invitation(tx: &mut Tx<'_>, id: InvitationId, person: PersonId, now: UnixMillis) -> Result<bool, Error> {
    let open = invitations::table
        .find(id.to_string())
        .filter(invitations::person_id.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .filter(invitations::expires_at.gt(now.as_millis()));
    Ok(diesel::update(open).set(invitations::person_id.eq(person.to_string())).execute(&mut **tx)? == 1)
}

/// Takes an open invitation into `party` back; `false` when there is none such.
pub fn withdraw_invitation(tx: &mut Tx<'_>, party: PartyId, id: InvitationId, now: UnixMillis) -> Result<bool, Error> {
    let open = invitations::table
        .find(id.to_string())
        .filter(invitations::party_id.eq(party.to_string()))
        .filter(invitations::person_id.is_null())
        .filter(invitations::withdrawn_at.is_null());
    Ok(diesel::update(open).set(invitations::withdrawn_at.eq(now.as_millis())).execute(&mut **tx)? == 1)
}
