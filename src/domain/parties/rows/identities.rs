//! Rows of identities and of browsers that were sent to a provider.

use chancery_base::{
    crypto::TokenHash,
    db::{AnyConnection, Error, Tx},
    values::{FlowId, PartyId, PersonId, Sha256Digest, UnixMillis},
};
use diesel::prelude::*;

use crate::parties::{Flow, LinkedIdentity};

diesel::table! {
    identities (party_id, issuer, subject) {
        party_id -> Text,
        issuer -> Text,
        subject -> Text,
        person_id -> Text,
        email -> Text,
        linked_at -> BigInt,
    }
}

diesel::table! {
    flows (id) {
        id -> Text,
        secret_hash -> Binary,
        provider -> Text,
        purpose -> Text,
        created_at -> BigInt,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = identities)]
struct IdentityRow {
    party_id: String,
    issuer: String,
    subject: String,
    person_id: String,
    email: String,
    linked_at: i64,
}

impl TryFrom<IdentityRow> for LinkedIdentity {
    type Error = Error;

    fn try_from(row: IdentityRow) -> Result<Self, Error> {
        Ok(Self {
            party: row.party_id.parse()?,
            person: row.person_id.parse()?,
            issuer: row.issuer,
            subject: row.subject,
            email: row.email.parse()?,
            linked_at: UnixMillis::new(row.linked_at),
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = flows)]
struct FlowRow {
    id: String,
    secret_hash: Vec<u8>,
    provider: String,
    purpose: String,
    created_at: i64,
}

impl TryFrom<FlowRow> for Flow {
    type Error = Error;

    fn try_from(row: FlowRow) -> Result<Self, Error> {
        let hash = row.secret_hash.try_into().map_err(|_| Error::Corrupt("length of a flow's hash".to_owned()))?;
        let purpose = serde_json::from_str(&row.purpose);
        Ok(Self {
            id: row.id.parse()?,
            hash: TokenHash::new(Sha256Digest::from_bytes(hash)),
            provider: row.provider.parse()?,
            purpose: purpose.map_err(|_| Error::Corrupt("what a flow is for".to_owned()))?,
            created_at: UnixMillis::new(row.created_at),
        })
    }
}

/// Writes a new identity; one that is linked already, or a second one of the same issuer, is [`Error::Unique`].
pub fn insert_identity(tx: &mut Tx<'_>, identity: &LinkedIdentity) -> Result<(), Error> {
    let row = IdentityRow {
        party_id: identity.party.to_string(),
        issuer: identity.issuer.clone(),
        subject: identity.subject.clone(),
        person_id: identity.person.to_string(),
        email: identity.email.to_string(),
        linked_at: identity.linked_at.as_millis(),
    };
    diesel::insert_into(identities::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Whom `issuer` means by `subject` in `party`.
pub fn find_identity(
    connection: &mut AnyConnection,
    party: PartyId,
    issuer: &str,
    subject: &str,
) -> Result<Option<LinkedIdentity>, Error> {
    let row = identities::table.find((party.to_string(), issuer, subject)).select(IdentityRow::as_select());
    row.first(connection).optional()?.map(LinkedIdentity::try_from).transpose()
}

/// The identities of the people of `party`, by issuer.
pub fn identities_of(connection: &mut AnyConnection, party: PartyId) -> Result<Vec<LinkedIdentity>, Error> {
    let rows = identities::table.filter(identities::party_id.eq(party.to_string())).order(identities::issuer);
    let rows: Vec<IdentityRow> = rows.select(IdentityRow::as_select()).load(connection)?;
    rows.into_iter().map(LinkedIdentity::try_from).collect()
}

/// Removes the identity of `person` at `issuer`; `false` when there is none.
pub fn remove_identity(tx: &mut Tx<'_>, person: PersonId, issuer: &str) -> Result<bool, Error> {
    let own = identities::table.filter(identities::person_id.eq(person.to_string()));
    Ok(diesel::delete(own.filter(identities::issuer.eq(issuer))).execute(&mut **tx)? == 1)
}

/// Removes all identities of `person`.
pub fn remove_identities(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    diesel::delete(identities::table.filter(identities::person_id.eq(person.to_string()))).execute(&mut **tx)?;
    Ok(())
}

/// Writes a new flow, and removes those that nobody came back from.
pub fn insert_flow(tx: &mut Tx<'_>, flow: &Flow) -> Result<(), Error> {
    let forgotten = flow.created_at.plus_millis(-Flow::LIFETIME_MS).as_millis();
    diesel::delete(flows::table.filter(flows::created_at.lt(forgotten))).execute(&mut **tx)?;
    let row = FlowRow {
        id: flow.id.to_string(),
        secret_hash: flow.hash.digest().as_bytes().to_vec(),
        provider: flow.provider.to_string(),
        purpose: serde_json::to_string(&flow.purpose).map_err(|error| Error::Other(error.to_string()))?,
        created_at: flow.created_at.as_millis(),
    };
    diesel::insert_into(flows::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Takes the flow `id`, whose browser shows the secret with this hash; it is there no more afterwards.
pub fn take_flow(tx: &mut Tx<'_>, id: FlowId, shown: &TokenHash) -> Result<Option<Flow>, Error> {
    let found: Option<FlowRow> =
        flows::table.find(id.to_string()).select(FlowRow::as_select()).first(&mut **tx).optional()?;
    let flow = found.map(Flow::try_from).transpose()?.filter(|flow| flow.hash.matches(shown));
    let Some(flow) = flow else { return Ok(None) };
    // Another server may have taken it meanwhile.
    let taken = diesel::delete(flows::table.find(id.to_string())).execute(&mut **tx)?;
    Ok(Some(flow).filter(|_| taken == 1))
}
