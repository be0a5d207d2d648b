//! The people of an organisation: who they are, who is invited, and what they may do.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, web};
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{Invalid, PersonId, Slug},
};
use chancery_domain::{
    membership::{self, Acted, NewInvitation, PersonChange},
    parties::{AuditScope, Invitation, LinkedIdentity, Person, Role},
};

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    providers::{Offered, label, offered_to},
    visit::{Visit, see_other},
};
use crate::web::{arrival::Arrival, blocking, call::Answer};

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage {
    frame: Frame,
    form: Form,
    organisation: String,
    people: Vec<Person>,
    invitations: Vec<Invitation>,
    identities: BTreeMap<PersonId, Vec<LinkedIdentity>>,
    providers: Vec<Offered>,
    /// Where whoever was just invited goes.
    invited: Option<String>,
}

impl MembersPage {
    /// The roles that whoever looks may give.
    fn roles(&self) -> Vec<Role> {
        let may = |role: &Role| *role != Role::Operator || self.frame.may_operate();
        Role::ALL.iter().copied().filter(may).collect()
    }

    /// What somebody signs in with: a password, providers, or both.
    fn ways_in(&self, person: &Person) -> String {
        let password = person.has_password.then(|| self.frame.t("password"));
        let linked = self.identities.get(&person.id).into_iter().flatten();
        let linked = linked.map(|identity| label(&self.providers, identity).to_owned());
        password.into_iter().chain(linked).collect::<Vec<_>>().join(", ")
    }

    /// What an auditor sees, in a line.
    fn scope(&self, scope: &AuditScope) -> String {
        let end = |end: Option<&chancery_base::values::UnixMillis>| {
            end.map_or_else(|| "…".to_owned(), |end| self.frame.day(end))
        };
        let last = scope.to.map(|to| to.plus_millis(-1));
        let parties: Vec<&str> = scope.parties.iter().map(Slug::as_str).collect();
        let period = self.frame.t2("scope-period", "from", end(scope.from.as_ref()), "to", end(last.as_ref()));
        self.frame.t2("scope-said", "period", period, "parties", parties.join(", "))
    }
}

/// `GET /members`
pub async fn members(visit: Visit) -> Answer {
    page(visit, Form::default(), None).await
}

/// `POST /members/invitations`
pub async fn invite(visit: Visit, request: HttpRequest) -> Answer {
    let (app, caller, mut once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    // The answer holds a secret, so it cannot be given twice.
    once.key = None;
    let invited = blocking::record(move || membership::invite(&app.office, &caller, &once, invitation(&fields)?)).await;
    match invited {
        Ok(invited) => {
            let origin = Arrival::of(&request).origin().unwrap_or_default();
            let place = format!("{origin}/join/{}", *invited.secret);
            page(visit, Form::default(), Some(place)).await
        }
        Err(problem) => {
            let status = problem.kind.status();
            let form = Form::refused(visit.fields.clone(), problem);
            let again = page(visit, form, None).await?;
            Visit::with_status(again, status)
        }
    }
}

/// `POST /members/invitations/{id}/withdraw`
pub async fn withdraw(visit: Visit, id: web::Path<String>) -> Answer {
    let id = id.parse().map_err(|_| Problem::not_found("invitation"))?;
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || membership::withdraw_invitation(&app.office, &caller, &once, id)).await?;
    Ok(see_other("/members?said=withdrawn"))
}

/// `POST /members/{id}/change`
pub async fn change(visit: Visit, id: web::Path<String>) -> Answer {
    let id = id.parse().map_err(|_| Problem::not_found("person"))?;
    let Visit { app, caller, once, fields, .. } = visit;
    let acted = blocking::record(move || {
        let role: Role = fields.choice("role")?;
        let person = membership::find_person(&app.office, &caller, id)?;
        // The scope goes with the role it limits.
        let scope = if role == Role::Auditor { person.scope } else { AuditScope::default() };
        app.change_person(&caller, &once, id, PersonChange { role, scope, expires_at: person.expires_at })
    })
    .await?;
    Ok(match acted {
        Acted::Done(()) => see_other("/members?said=saved"),
        Acted::Proposed(proposal) => see_other(&format!("/approvals/{proposal}?said=proposed")),
    })
}

/// `POST /members/{id}/remove`
pub async fn remove(visit: Visit, id: web::Path<String>) -> Answer {
    let id: PersonId = id.parse().map_err(|_| Problem::not_found("person"))?;
    if !visit.fields.is_ticked("sure") {
        let detail = "removing somebody cannot be taken back; tick that you are sure";
        let problem = Problem::new(ProblemKind::Unprocessable, detail).at(format!("sure-{id}"));
        let form = Form::refused(Fields::default(), problem);
        return Visit::with_status(page(visit, form, None).await?, ProblemKind::Unprocessable.status());
    }
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || membership::remove_person(&app.office, &caller, &once, id)).await?;
    Ok(see_other("/members?said=removed"))
}

async fn page(visit: Visit, form: Form, invited: Option<String>) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let (organisation, is_admin) = (caller.party.title.to_string(), frame.may_administer());
    let page = blocking::record(move || {
        let invitations = if is_admin { membership::list_invitations(&app.office, &caller, None)? } else { Vec::new() };
        let people = membership::list_people(&app.office, &caller)?;
        let identities = membership::list_identities(&app.office, &caller)?;
        let providers = offered_to(&app.office, &caller.party);
        Ok(MembersPage { frame, form, organisation, people, invitations, identities, providers, invited })
    })
    .await?;
    Visit::show(&page)
}

fn invitation(fields: &Fields) -> Result<NewInvitation, Problem> {
    let parties = fields.text("parties").split([' ', ',']).filter(|slug| !slug.is_empty());
    let parties: Result<Vec<Slug>, Invalid> = parties.map(str::parse).collect();
    let scope = AuditScope {
        from: fields.optional("from")?,
        to: fields.end_of_day("to")?,
        parties: parties.map_err(|invalid| Problem::from(invalid).at("parties"))?,
    };
    Ok(NewInvitation {
        email: fields.value("email")?,
        role: fields.choice("role")?,
        scope,
        membership_ends_at: fields.end_of_day("membership_ends_at")?,
    })
}
