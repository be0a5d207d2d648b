//! Rows of people, with what they sign in with.

use chancery_base::{
    crypto::{PasswordHash, TokenHash, WrappedKey},
    db::{AnyConnection, Error, Tx},
    values::{Email, PartyId, PersonId, UnixMillis},
};
use diesel::prelude::*;

use super::parties::parties;
use crate::parties::{AuditScope, Label, Person, Role};

diesel::table! {
    people (id) {
        id -> Text,
        party_id -> Text,
        email -> Text,
        name -> Text,
        role -> Text,
        scope -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        authenticator -> Nullable<Binary>,
        authenticator_step -> BigInt,
        failures -> Integer,
        locked_until -> BigInt,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    recovery_codes (person_id, code_hash) {
        person_id -> Text,
        code_hash -> Binary,
        used_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(people -> parties (party_id));
diesel::allow_tables_to_appear_in_same_query!(people, parties);

#[derive(Queryable, Selectable)]
#[diesel(table_name = people)]
pub(super) struct PersonRow {
    id: String,
    party_id: String,
    email: String,
    name: String,
    role: String,
    scope: Option<String>,
    #[diesel(select_expression = people::password_hash.is_not_null())]
    has_password: bool,
    authenticator: Option<Vec<u8>>,
    created_at: i64,
    expires_at: Option<i64>,
    removed_at: Option<i64>,
}

impl TryFrom<PersonRow> for Person {
    type Error = Error;

    fn try_from(row: PersonRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            party: row.party_id.parse()?,
            email: row.email.parse()?,
            name: row.name.parse()?,
            role: row.role.parse()?,
            scope: scope(row.scope.as_deref())?,
            has_password: row.has_password,
            has_second_factor: row.authenticator.is_some(),
            created_at: UnixMillis::new(row.created_at),
            expires_at: row.expires_at.map(UnixMillis::new),
            removed_at: row.removed_at.map(UnixMillis::new),
        })
    }
}

/// Reads a scope as it is stored.
pub(super) fn scope(stored: Option<&str>) -> Result<AuditScope, Error> {
    let read = |text| serde_json::from_str(text).map_err(|_| Error::Corrupt("what an auditor may see".to_owned()));
    stored.map_or_else(|| Ok(AuditScope::default()), read)
}

/// A scope as it is stored.
pub(super) fn scope_column(scope: &AuditScope) -> Result<Option<String>, Error> {
    if !scope.is_limited() {
        return Ok(None);
    }
    serde_json::to_string(scope).map(Some).map_err(|error| Error::Other(error.to_string()))
}

/// What somebody signs in with, and how often that went wrong.
pub struct SignInFacts {
    /// Who.
    pub person: Person,
    /// Hash of the password.
    pub password: Option<PasswordHash>,
    /// What their authenticator shares with us, sealed.
    pub authenticator: Option<WrappedKey>,
    /// The last time step whose code was taken.
    pub authenticator_step: u64,
    /// Wrong attempts since the last right one.
    pub failures: u32,
}

impl SignInFacts {
    /// Of `person`, who is new and has neither password nor second factor.
    #[must_use]
    pub const fn without_any(person: Person) -> Self {
        Self { person, password: None, authenticator: None, authenticator_step: 0, failures: 0 }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = people)]
struct SignInRow {
    #[diesel(embed)]
    person: PersonRow,
    password_hash: Option<String>,
    authenticator_step: i64,
    failures: i32,
}

impl TryFrom<SignInRow> for SignInFacts {
    type Error = Error;

    fn try_from(row: SignInRow) -> Result<Self, Error> {
        Ok(Self {
            authenticator: row.person.authenticator.clone().map(WrappedKey::from_bytes),
            person: row.person.try_into()?,
            password: row.password_hash.map(PasswordHash::stored),
            authenticator_step: u64::try_from(row.authenticator_step).unwrap_or_default(),
            failures: u32::try_from(row.failures).unwrap_or_default(),
        })
    }
}

/// Writes a new person; an address that the party has already is [`Error::Unique`].
pub fn insert_person(tx: &mut Tx<'_>, person: &Person, password: Option<&PasswordHash>) -> Result<(), Error> {
    let row = (
        people::id.eq(person.id.to_string()),
        people::party_id.eq(person.party.to_string()),
        people::email.eq(person.email.as_str()),
        people::name.eq(person.name.as_str()),
        people::role.eq(person.role.code()),
        people::scope.eq(scope_column(&person.scope)?),
        people::password_hash.eq(password.map(PasswordHash::as_str)),
        people::authenticator_step.eq(0_i64),
        people::failures.eq(0),
        people::locked_until.eq(0_i64),
        people::created_at.eq(person.created_at.as_millis()),
        people::expires_at.eq(person.expires_at.map(UnixMillis::as_millis)),
    );
    diesel::insert_into(people::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// What the person of `party` with this address signs in with; nobody who was taken out.
pub fn sign_in_facts(
    connection: &mut AnyConnection,
    party: PartyId,
    email: &Email,
) -> Result<Option<SignInFacts>, Error> {
    let present = people::table
        .filter(people::party_id.eq(party.to_string()))
        .filter(people::email.eq(email.as_str()))
        .filter(people::removed_at.is_null());
    let found: Option<SignInRow> = present.select(SignInRow::as_select()).first(connection).optional()?;
    found.map(SignInFacts::try_from).transpose()
}

/// The same by identity, whoever it is.
pub fn sign_in_facts_of(connection: &mut AnyConnection, id: PersonId) -> Result<Option<SignInFacts>, Error> {
    let found: Option<SignInRow> =
        people::table.find(id.to_string()).select(SignInRow::as_select()).first(connection).optional()?;
    found.map(SignInFacts::try_from).transpose()
}

/// Whether there is anybody who was not taken out.
pub fn has_people(connection: &mut AnyConnection) -> Result<bool, Error> {
    let present = people::table.filter(people::removed_at.is_null()).select(people::id);
    Ok(present.first::<String>(connection).optional()?.is_some())
}

/// The people of `party`, oldest first, those taken out as well.
pub fn people_of(connection: &mut AnyConnection, party: PartyId) -> Result<Vec<Person>, Error> {
    let members = people::table.filter(people::party_id.eq(party.to_string())).order(people::id);
    let rows = members.select(PersonRow::as_select()).load(connection)?;
    rows.into_iter().map(Person::try_from).collect()
}

/// At most `limit` people of `party` who were not taken out, oldest first, who joined after the one named `after`.
pub fn present_people(
    connection: &mut AnyConnection,
    party: PartyId,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<Person>, Error> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let present = people::table
        .filter(people::party_id.eq(party.to_string()))
        .filter(people::removed_at.is_null())
        .filter(people::id.gt(after))
        .order(people::id)
        .limit(limit.into());
    let rows = present.select(PersonRow::as_select()).load(connection)?;
    rows.into_iter().map(Person::try_from).collect()
}

/// The person `id` of `party`.
pub fn find_person(connection: &mut AnyConnection, party: PartyId, id: PersonId) -> Result<Option<Person>, Error> {
    let member = people::table.find(id.to_string()).filter(people::party_id.eq(party.to_string()));
    let row = member.select(PersonRow::as_select()).first(connection).optional()?;
    row.map(Person::try_from).transpose()
}

/// Counts an attempt to sign in before it is judged, so that attempts made at once are all counted; how many have now failed
/// in a row if this one does, or `None` while none is looked at.
pub fn begin_attempt(tx: &mut Tx<'_>, id: PersonId, now: UnixMillis) -> Result<Option<u32>, Error> {
    let open = people::table.find(id.to_string()).filter(people::locked_until.le(now.as_millis()));
    let counted = diesel::update(open).set(people::failures.eq(people::failures + 1)).execute(&mut **tx)?;
    if counted == 0 {
        return Ok(None);
    }
    let failures: i32 = people::table.find(id.to_string()).select(people::failures).first(&mut **tx)?;
    Ok(Some(u32::try_from(failures).unwrap_or(u32::MAX)))
}

/// Lets no attempt be looked at until then.
pub fn lock_person(tx: &mut Tx<'_>, id: PersonId, until: UnixMillis) -> Result<(), Error> {
    let locked = people::locked_until.eq(until.as_millis());
    diesel::update(people::table.find(id.to_string())).set(locked).execute(&mut **tx)?;
    Ok(())
}

/// Forgets the attempts that failed.
pub fn clear_attempts(tx: &mut Tx<'_>, id: PersonId) -> Result<(), Error> {
    let cleared = (people::failures.eq(0), people::locked_until.eq(0_i64));
    diesel::update(people::table.find(id.to_string())).set(cleared).execute(&mut **tx)?;
    Ok(())
}

/// Remembers the time step whose code was taken; `false` when it, or a later one, was taken before.
pub fn take_step(tx: &mut Tx<'_>, id: PersonId, step: u64) -> Result<bool, Error> {
    let step = i64::try_from(step).map_err(|_| Error::Other("a time step beyond all time".to_owned()))?;
    let earlier = people::table.find(id.to_string()).filter(people::authenticator_step.lt(step));
    Ok(diesel::update(earlier).set(people::authenticator_step.eq(step)).execute(&mut **tx)? == 1)
}

/// Sets what somebody signs in with.
pub fn set_password(tx: &mut Tx<'_>, id: PersonId, password: &PasswordHash) -> Result<(), Error> {
    let hash = people::password_hash.eq(password.as_str());
    diesel::update(people::table.find(id.to_string())).set(hash).execute(&mut **tx)?;
    Ok(())
}

/// Sets, or with `None` removes, somebody's second factor and the codes that replace it.
pub fn set_second_factor(
    tx: &mut Tx<'_>,
    id: PersonId,
    factor: Option<(&WrappedKey, u64)>,
    codes: &[TokenHash],
) -> Result<(), Error> {
    let (sealed, step) = factor.map_or((None, 0), |(sealed, step)| (Some(sealed.as_bytes()), step));
    let step = i64::try_from(step).map_err(|_| Error::Other("a time step beyond all time".to_owned()))?;
    let changed = (people::authenticator.eq(sealed), people::authenticator_step.eq(step));
    diesel::update(people::table.find(id.to_string())).set(changed).execute(&mut **tx)?;
    let old = recovery_codes::table.filter(recovery_codes::person_id.eq(id.to_string()));
    diesel::delete(old).execute(&mut **tx)?;
    for code in codes {
        let row = (
            recovery_codes::person_id.eq(id.to_string()),
            recovery_codes::code_hash.eq(code.digest().as_bytes().to_vec()),
        );
        diesel::insert_into(recovery_codes::table).values(row).execute(&mut **tx)?;
    }
    Ok(())
}

/// What the authenticators of the people of `party` share with us, sealed; those who left have none.
pub fn authenticators_of(connection: &mut AnyConnection, party: PartyId) -> Result<Vec<(PersonId, WrappedKey)>, Error> {
    let set = people::table.filter(people::party_id.eq(party.to_string())).filter(people::authenticator.is_not_null());
    let rows: Vec<(String, Option<Vec<u8>>)> = set.select((people::id, people::authenticator)).load(connection)?;
    let sealed = rows.into_iter().filter_map(|(id, sealed)| Some((id, sealed?)));
    sealed.map(|(id, sealed)| Ok((id.parse()?, WrappedKey::from_bytes(sealed)))).collect()
}

/// Keeps another sealed form of what an authenticator shares with us.
pub fn keep_authenticator(tx: &mut Tx<'_>, id: PersonId, sealed: &WrappedKey) -> Result<(), Error> {
    let kept = people::authenticator.eq(Some(sealed.as_bytes()));
    diesel::update(people::table.find(id.to_string())).set(kept).execute(&mut **tx)?;
    Ok(())
}

/// Uses a recovery code up; `false` when there is none such.
pub fn use_recovery_code(tx: &mut Tx<'_>, id: PersonId, code: &TokenHash, now: UnixMillis) -> Result<bool, Error> {
    let unused = recovery_codes::table
        .find((id.to_string(), code.digest().as_bytes().to_vec()))
        .filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(unused).set(recovery_codes::used_at.eq(now.as_millis())).execute(&mut **tx)? == 1)
}

/// How many recovery codes somebody has left.
pub fn recovery_codes_left(connection: &mut AnyConnection, id: PersonId) -> Result<u32, Error> {
    let unused = recovery_codes::table
        .filter(recovery_codes::person_id.eq(id.to_string()))
        .filter(recovery_codes::used_at.is_null());
    let count: i64 = unused.count().get_result(connection)?;
    Ok(u32::try_from(count).unwrap_or_default())
}

/// Changes what a person may do.
pub fn change_person(
    tx: &mut Tx<'_>,
    id: PersonId,
    role: Role,
    scope: &AuditScope,
    expires_at: Option<UnixMillis>,
) -> Result<(), Error> {
    let changed = (
        people::role.eq(role.code()),
        people::scope.eq(scope_column(scope)?),
        people::expires_at.eq(expires_at.map(UnixMillis::as_millis)),
    );
    diesel::update(people::table.find(id.to_string())).set(changed).execute(&mut **tx)?;
    Ok(())
}

/// Takes a person out of their party.
pub fn remove_person(tx: &mut Tx<'_>, id: PersonId, now: UnixMillis) -> Result<(), Error> {
    let changed = (people::removed_at.eq(now.as_millis()), people::password_hash.eq(None::<String>));
    diesel::update(people::table.find(id.to_string())).set(changed).execute(&mut **tx)?;
    Ok(())
}

/// Gives a person another name.
pub fn rename_person(tx: &mut Tx<'_>, id: PersonId, name: &Label) -> Result<(), Error> {
    diesel::update(people::table.find(id.to_string())).set(people::name.eq(name.as_str())).execute(&mut **tx)?;
    Ok(())
}
