//! Who belongs to a party, what they may do, and until when. At least one person who can administer it stays.

use chancery_base::{
    db::Tx,
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{PAGE_ITEMS, PersonId, UnixMillis},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::joining::{require_role, require_to_come};
use crate::{
    approvals::{self, ProposalKind},
    membership::{Office, approval_rules::require_approvers},
    parties::{self, AuditScope, Caller, Label, Permission, Person, Role},
};

/// What a person is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    /// What they may do.
    pub role: Role,
    /// What an auditor may see.
    #[serde(default)]
    pub scope: AuditScope,
    /// From when on they may not sign in.
    pub expires_at: Option<UnixMillis>,
}

impl PersonChange {
    /// Whether `person` could agree to what others propose when they could not before, or for longer than before.
    fn makes_approver(&self, person: &Person) -> bool {
        let lasts = match (person.expires_at, self.expires_at) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(before), Some(after)) => after > before,
        };
        self.role.may(Permission::Approve) && (lasts || !person.role.may(Permission::Approve))
    }
}

/// A change of a person that is proposed to a second one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonProposal {
    /// Who is to be changed.
    pub person: PersonId,
    /// Into what.
    pub change: PersonChange,
}

/// Whether anybody can sign in anywhere.
///
/// Errors: those of the database.
pub fn has_people(office: &Office) -> Result<bool, Problem> {
    office.database.read(|connection| Ok(parties::has_people(connection)?))
}

/// The people of the caller's party who were not taken out, oldest first. Who may not administer sees these as well: one knows
/// one's colleagues.
///
/// Errors: those of the database.
pub fn list_people(office: &Office, caller: &Caller) -> Result<Vec<Person>, Problem> {
    let people = office.database.read(|connection| parties::people_of(connection, caller.party.id))?;
    Ok(people.into_iter().filter(|person| person.removed_at.is_none()).collect())
}

/// A page of the same, after the person named `after`. Programs need a role that may export: addresses are not for every key.
///
/// Errors: a program whose role may not; those of the database.
pub fn people_page(office: &Office, caller: &Caller, after: Option<PersonId>) -> Result<Vec<Person>, Problem> {
    if caller.person().is_err() {
        caller.require(Permission::Export)?;
    }
    let party = caller.party.id;
    office.database.read(|connection| Ok(parties::present_people(connection, party, after, PAGE_ITEMS)?))
}

/// A person of the caller's party who was not taken out.
///
/// Errors: no such person.
pub fn find_person(office: &Office, caller: &Caller, id: PersonId) -> Result<Person, Problem> {
    let found = office.database.read(|connection| parties::find_person(connection, caller.party.id, id))?;
    found.filter(|person| person.removed_at.is_none()).ok_or_else(|| Problem::not_found("person"))
}

/// Gives a person another role, from their next request on.
///
/// Errors: the caller may not administer its party; a role above its own; a time that is no time; no such person; the last who
/// could administer; somebody would become one who can agree, where that needs a second person. Each is in the audit log.
pub fn change_person(
    office: &Office,
    caller: &Caller,
    once: &Once,
    id: PersonId,
    change: PersonChange,
) -> Result<(), Problem> {
    let changed = office.try_change(caller, once, id, change);
    office.recorder().recorded(caller, "change-person", &json!({"person": id}), changed)
}

/// Takes a person out: their sessions end at once.
///
/// Errors: as [`change_person`].
pub fn remove_person(office: &Office, caller: &Caller, once: &Once, id: PersonId) -> Result<(), Problem> {
    let removed = office.try_remove_person(caller, once, id);
    office.recorder().recorded(caller, "remove-person", &json!({"person": id}), removed)
}

/// Changes what the caller is called.
///
/// Errors: a program calls.
pub fn rename(office: &Office, caller: &Caller, name: Label) -> Result<(), Problem> {
    let person = caller.person()?.id;
    let leaf = office.recorder().leaf("person-renamed", caller, &[], &json!({"person": person}))?;
    office.database.act(move |tx| {
        parties::rename_person(tx, person, &name)?;
        logs::append(tx, &leaf);
        Ok(())
    })
}

impl Office {
    fn try_change(&self, caller: &Caller, once: &Once, id: PersonId, change: PersonChange) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        require_role(caller, change.role, &change.scope)?;
        require_to_come("expires_at", change.expires_at, self.clock.now())?;
        let details = json!({
            "person": id, "role": change.role, "scope": change.scope, "expires_at": change.expires_at,
        });
        let leaf = self.recorder().leaf("person-changed", caller, &[], &details)?;
        let (caller, now, once) = (caller.clone(), self.clock.now(), once.clone());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                parties::lock_party(tx, caller.party.id)?;
                let person = require_above(tx, &caller, id)?;
                approvals::require(tx, &caller, ProposalKind::PersonChange, now, |rules| {
                    rules.is_anything() && change.makes_approver(&person)
                })?;
                parties::change_person(tx, id, change.role, &change.scope, change.expires_at)?;
                require_administrator(tx, &caller, now)?;
                logs::append(tx, &leaf);
                Ok(())
            })
        })?;
        Ok(())
    }

    fn try_remove_person(&self, caller: &Caller, once: &Once, id: PersonId) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let leaf = self.recorder().leaf("person-removed", caller, &[], &json!({"person": id}))?;
        let (caller, now, once) = (caller.clone(), self.clock.now(), once.clone());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                parties::lock_party(tx, caller.party.id)?;
                require_above(tx, &caller, id)?;
                parties::remove_person(tx, id, now)?;
                parties::remove_identities(tx, id)?;
                parties::end_sessions(tx, id, None, now)?;
                require_administrator(tx, &caller, now)?;
                logs::append(tx, &leaf);
                Ok(())
            })
        })?;
        Ok(())
    }
}

/// Refuses to touch people of other parties, and operators unless one calls.
fn require_above(tx: &mut Tx<'_>, caller: &Caller, id: PersonId) -> Result<Person, Problem> {
    let person = parties::find_person(tx, caller.party.id, id)?.filter(|person| person.removed_at.is_none());
    let person = person.ok_or_else(|| Problem::not_found("person"))?;
    if person.role == Role::Operator {
        caller.require(Permission::Operate)?;
    }
    Ok(person)
}

/// Refuses to leave a party without anybody who can administer it at `now` and stays.
fn require_administrator(tx: &mut Tx<'_>, caller: &Caller, now: UnixMillis) -> Result<(), Problem> {
    let people = parties::people_of(tx, caller.party.id)?;
    if approvals::rules_of(tx, caller.party.id)?.is_anything() {
        require_approvers(&people, now)?;
    }
    let stays = |person: &Person| {
        person.is_active(now) && person.expires_at.is_none() && person.role.may(Permission::Administer)
    };
    if people.iter().any(stays) {
        return Ok(());
    }
    let detail = "nobody would be left who can administer the organisation; give another person that role first";
    Err(Problem::new(ProblemKind::Conflict, detail))
}
