//! Joining: the first person of a party with one of its keys, everybody else by invitation.

use chancery_base::{
    crypto::{Bearer, Password, PasswordHash},
    db::Tx,
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{Email, InvitationId, PAGE_ITEMS, PersonId, UnixMillis},
};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    approvals,
    membership::{Office, keys::refuse_repetition},
    parties::{self, AuditScope, Caller, Invitation, Label, Party, Permission, Person, Role},
};

/// How long an invitation can be taken.
const INVITATION_DAYS: i64 = 7;

/// An invitation asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Whom.
    pub email: Email,
    /// As what.
    pub role: Role,
    /// What an auditor is to see.
    #[serde(default)]
    pub scope: AuditScope,
    /// When the membership is to end.
    pub membership_ends_at: Option<UnixMillis>,
}

/// An invitation with its secret, which is shown now and never again.
pub struct Invited {
    /// The invitation as it is kept.
    pub invitation: Invitation,
    /// What whoever is invited shows.
    pub secret: Zeroizing<String>,
}

/// What somebody who joins says of themselves.
pub struct NewPerson {
    /// What they are called.
    pub name: Label,
    /// What they want to sign in with.
    pub password: String,
}

/// Makes the first person of the caller's party, with the role of the key that is shown.
///
/// Errors: the key may not administer; the party has people already, who invite others; a password that would be guessed.
/// Each but the last is in the audit log.
pub fn first_person(office: &Office, caller: &Caller, email: Email, new: NewPerson) -> Result<Person, Problem> {
    let made = office.try_first_person(caller, email, new);
    office.recorder().recorded(caller, "create-first-person", &json!({}), made)
}

/// Invites somebody into the caller's party.
///
/// Errors: the caller may not administer its party; a role above its own, or a scope for a role that has none; somebody who
/// belongs to it already; one who could agree, where two people have to say so; an idempotency key, because the answer holds a
/// secret. Each is in the audit log.
pub fn invite(office: &Office, caller: &Caller, once: &Once, new: NewInvitation) -> Result<Invited, Problem> {
    let subject = json!({"role": new.role});
    let invited = office.try_invite(caller, once, new);
    office.recorder().recorded(caller, "invite-person", &subject, invited)
}

/// A page of the invitations of the caller's party that can still be taken, oldest first, made after the one named `after`.
///
/// Errors: the caller may not administer its party.
pub fn list_invitations(
    office: &Office,
    caller: &Caller,
    after: Option<InvitationId>,
) -> Result<Vec<Invitation>, Problem> {
    caller.require(Permission::Administer)?;
    let (party, now) = (caller.party.id, office.clock.now());
    office.database.read(|connection| Ok(parties::open_invitations(connection, party, now, after, PAGE_ITEMS)?))
}

/// Takes an open invitation back.
///
/// Errors: the caller may not administer its party; no such open invitation. Each is in the audit log.
pub fn withdraw_invitation(office: &Office, caller: &Caller, once: &Once, id: InvitationId) -> Result<(), Problem> {
    let withdrawn = office.try_withdraw(caller, once, id);
    office.recorder().recorded(caller, "withdraw-invitation", &json!({"invitation": id}), withdrawn)
}

/// The invitation that `secret` belongs to, if it can be taken, and the party it is into.
///
/// Errors: there is none such; the same for every reason.
pub fn find_invitation(office: &Office, secret: &str) -> Result<(Invitation, Party), Problem> {
    let gone = || {
        let detail = "this invitation was taken, withdrawn or has run out; ask whoever invited you for a new one";
        Problem::new(ProblemKind::NotFound, detail)
    };
    let bearer = Bearer::<InvitationId>::parse(secret).ok_or_else(gone)?;
    let found = office.database.read(|connection| parties::find_invitation(connection, bearer.id))?;
    found
        .filter(|(invitation, _)| invitation.hash.matches(&bearer.hash()) && invitation.is_open(office.clock.now()))
        .ok_or_else(gone)
}

/// Takes an invitation: whoever shows its secret becomes a person of the party.
///
/// Errors: as [`find_invitation`]; a password that would be guessed; somebody who belongs to the party already, or would become one who
/// can agree where that needs two people.
pub fn accept_invitation(office: &Office, secret: &str, new: NewPerson) -> Result<Person, Problem> {
    let (invitation, party) = find_invitation(office, secret)?;
    let person = office.person(&party, new.name, invitation.email.clone(), invitation.role);
    let person = Person { scope: invitation.scope.clone(), expires_at: invitation.membership_ends_at, ..person };
    let password = office.choose(&party, &person, new.password)?;
    let joined = Caller { party, by: parties::Actor::Person(person.clone()) };
    let details = json!({"person": person.id, "role": person.role, "invitation": invitation.id, "scope": person.scope});
    let leaf = office.recorder().leaf("person-joined", &joined, &[], &details)?;
    let (row, now) = (person.clone(), office.clock.now());
    office.database.act(move |tx| {
        refuse_alone(tx, &row)?;
        parties::insert_person(tx, &row, Some(&password)).map_err(taken)?;
        take_invitation(tx, invitation.id, row.id, now)?;
        logs::append(tx, &leaf);
        Ok(())
    })?;
    Ok(person)
}

impl Office {
    fn try_first_person(&self, caller: &Caller, email: Email, new: NewPerson) -> Result<Person, Problem> {
        caller.require(Permission::Administer)?;
        caller.key()?;
        let party = caller.party.id;
        let refuse_if_any = |people: &[Person]| {
            let detail = "this organisation has people already; sign in, or ask one of its owners for an invitation";
            if people.is_empty() { Ok(()) } else { Err(Problem::new(ProblemKind::Conflict, detail)) }
        };
        self.database.read(|connection| refuse_if_any(&parties::people_of(connection, party)?))?;
        let person = self.person(&caller.party, new.name, email, caller.role());
        let password = self.choose(&caller.party, &person, new.password)?;
        let details = json!({"person": person.id, "role": person.role});
        let leaf = self.recorder().leaf("person-joined", caller, &[], &details)?;
        let row = person.clone();
        self.database.act(move |tx| {
            parties::lock_party(tx, party)?;
            refuse_if_any(&parties::people_of(tx, party)?)?;
            parties::insert_person(tx, &row, Some(&password)).map_err(taken)?;
            logs::append(tx, &leaf);
            Ok(())
        })?;
        Ok(person)
    }

    fn try_invite(&self, caller: &Caller, once: &Once, new: NewInvitation) -> Result<Invited, Problem> {
        caller.require(Permission::Administer)?;
        refuse_repetition(once)?;
        require_role(caller, new.role, &new.scope)?;
        let now = self.clock.now();
        require_to_come("membership_ends_at", new.membership_ends_at, now)?;
        let bearer = Bearer::generate(InvitationId::generate(&*self.entropy, now), &*self.entropy);
        let invitation = Invitation {
            id: bearer.id,
            party: caller.party.id,
            email: new.email,
            role: new.role,
            scope: new.scope,
            hash: bearer.hash(),
            created_at: now,
            expires_at: now.plus_days(INVITATION_DAYS),
            membership_ends_at: new.membership_ends_at,
            person: None,
            withdrawn_at: None,
        };
        let details = json!({
            "invitation": invitation.id, "role": invitation.role, "scope": invitation.scope,
            "membership_ends_at": invitation.membership_ends_at,
        });
        let leaf = self.recorder().leaf("person-invited", caller, &[], &details)?;
        let row = invitation.clone();
        self.database.act(move |tx| {
            parties::lock_party(tx, row.party)?;
            if parties::sign_in_facts(tx, row.party, &row.email)?.is_some() {
                return Err(already_here());
            }
            if row.role.may(Permission::Approve) && approvals::rules_of(tx, row.party)?.is_anything() {
                return Err(one_at_a_time(row.role));
            }
            parties::insert_invitation(tx, &row)?;
            logs::append(tx, &leaf);
            Ok(())
        })?;
        Ok(Invited { invitation, secret: bearer.expose() })
    }

    fn try_withdraw(&self, caller: &Caller, once: &Once, id: InvitationId) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let leaf = self.recorder().leaf("invitation-withdrawn", caller, &[], &json!({"invitation": id}))?;
        let (party, now, once) = (caller.party.id, self.clock.now(), once.clone());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                if !parties::withdraw_invitation(tx, party, id, now)? {
                    return Err(Problem::not_found("open invitation"));
                }
                logs::append(tx, &leaf);
                Ok(())
            })
        })?;
        Ok(())
    }

    pub(in crate::membership) fn person(&self, party: &Party, name: Label, email: Email, role: Role) -> Person {
        let now = self.clock.now();
        Person {
            id: PersonId::generate(&*self.entropy, now),
            party: party.id,
            email,
            name,
            role,
            scope: AuditScope::default(),
            has_password: false,
            has_second_factor: false,
            created_at: now,
            expires_at: None,
            removed_at: None,
        }
    }

    /// Judges and hashes the password that `person` wants.
    pub(super) fn choose(&self, party: &Party, person: &Person, password: String) -> Result<PasswordHash, Problem> {
        let about = [party.slug.as_str(), party.title.as_str(), person.name.as_str(), person.email.as_str()];
        let password = Password::choose(password, &about)
            .map_err(|error| Problem::new(ProblemKind::Unprocessable, error.to_string()).at("password"))?;
        self.hashing.run(|| PasswordHash::of(&password, &*self.entropy))
    }
}

/// Refuses a role above the caller's own, and a scope for a role that sees what it needs.
pub(super) fn require_role(caller: &Caller, role: Role, scope: &AuditScope) -> Result<(), Problem> {
    if role == Role::Operator {
        caller.require(Permission::Operate)?;
    }
    if scope.is_limited() && role != Role::Auditor {
        let detail = "only an auditor's sight is limited; leave the scope out, or invite an auditor";
        return Err(Problem::new(ProblemKind::Unprocessable, detail).at("scope"));
    }
    let is_time = |time: UnixMillis| (UnixMillis::new(0)..=UnixMillis::LATEST).contains(&time);
    if ![scope.from, scope.to].into_iter().flatten().all(is_time) {
        let detail = "a time is given in milliseconds since 1970, before the year 10 000; correct the period";
        return Err(Problem::new(ProblemKind::Unprocessable, detail).at("scope"));
    }
    if scope.from.zip(scope.to).is_some_and(|(from, to)| to <= from) {
        let detail = "the period ends before it begins; give a later end";
        return Err(Problem::new(ProblemKind::Unprocessable, detail).at("scope"));
    }
    Ok(())
}

/// Refuses an end that has passed or is no time.
pub(super) fn require_to_come(field: &str, end: Option<UnixMillis>, now: UnixMillis) -> Result<(), Problem> {
    if end.is_none_or(|end| now < end && end <= UnixMillis::LATEST) {
        return Ok(());
    }
    let detail = "the membership would end in the past or never; give a date to come";
    Err(Problem::new(ProblemKind::Unprocessable, detail).at(field))
}

/// Whoever invites holds the secret, so they could join themselves as their own second person.
fn one_at_a_time(role: Role) -> Problem {
    let detail = format!(
        "where two people are needed, two say who can agree: invite a `member`, and make them `{role}` once they joined"
    );
    Problem::new(ProblemKind::ApprovalNeeded, detail).at("role")
}

/// Refuses to let somebody become one who can agree where that needs two people, however they were invited: that may have been before.
pub(in crate::membership) fn refuse_alone(tx: &mut Tx<'_>, person: &Person) -> Result<(), Problem> {
    parties::lock_party(tx, person.party)?;
    if person.role.may(Permission::Approve) && approvals::rules_of(tx, person.party)?.is_anything() {
        let detail = format!(
            "this organisation wants two people to say who may be `{}`, and you were invited by one; ask to be invited as `member`",
            person.role
        );
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    Ok(())
}

/// Marks an invitation as taken by `person`.
///
/// Errors: it was taken or withdrawn since it was looked at.
pub(in crate::membership) fn take_invitation(
    tx: &mut Tx<'_>,
    id: InvitationId,
    person: PersonId,
    now: UnixMillis,
) -> Result<(), Problem> {
    if parties::take_invitation(tx, id, person, now)? {
        return Ok(());
    }
    let detail = "this invitation was taken or withdrawn meanwhile; ask for a new one";
    Err(Problem::new(ProblemKind::Conflict, detail))
}

/// What it means that a person cannot be written.
pub(in crate::membership) fn taken(error: chancery_base::db::Error) -> Problem {
    if error.is_unique("email") { already_here() } else { error.into() }
}

fn already_here() -> Problem {
    let detail = "somebody with this address belongs to the organisation already; they can sign in";
    Problem::new(ProblemKind::Conflict, detail).at("email")
}
