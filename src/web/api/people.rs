//! The people of the caller's party: who they are and what they may do.

use actix_web::{HttpResponse, web};
use chancery_base::{
    problem::Problem,
    values::{PersonId, UnixMillis},
};
use chancery_domain::{
    membership::{self, Acted, PersonChange},
    parties::{AuditScope, Person, Role},
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::approvals::proposed;
use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Page, PageQuery},
};

/// What is to change of a person; what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    role: Option<Role>,
    scope: Option<AuditScope>,
    #[serde(default, deserialize_with = "given")]
    expires_at: Option<Option<UnixMillis>>,
}

impl ChangeBody {
    /// The person as they are to be. A scope goes with the role that it limits.
    fn applied_to(self, person: Person) -> PersonChange {
        let role = self.role.unwrap_or(person.role);
        let kept = if role == Role::Auditor { person.scope } else { AuditScope::default() };
        let expires_at = self.expires_at.unwrap_or(person.expires_at);
        PersonChange { role, scope: self.scope.unwrap_or(kept), expires_at }
    }
}

/// `null` says that there is to be no end; nothing says nothing.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<UnixMillis>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// `GET /api/v1/people?after=`
pub async fn list(call: Call, query: PageQuery) -> Answer {
    let after = query.after()?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let people = blocking::record(move || membership::people_page(&app.office, &caller, after)).await?;
    let Page { items, next } = query.cut(people, |last| last.id.to_string());
    let items: Vec<Value> = items.iter().map(person_view).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `PATCH /api/v1/people/{id}`
pub async fn change(call: Call, path: web::Path<String>) -> Answer {
    let (id, body) = (person_id(&path)?, call.body::<ChangeBody>()?);
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let changed = blocking::record(move || {
        let change = body.applied_to(membership::find_person(&app.office, &caller, id)?);
        Ok(match app.change_person(&caller, &once, id, change)? {
            Acted::Done(()) => Acted::Done(membership::find_person(&app.office, &caller, id)?),
            Acted::Proposed(proposal) => Acted::Proposed(proposal),
        })
    });
    match changed.await? {
        Acted::Done(person) => Ok(HttpResponse::Ok().json(person_view(&person))),
        Acted::Proposed(proposal) => proposed(&call, proposal).await,
    }
}

/// `DELETE /api/v1/people/{id}`
pub async fn remove(call: Call, path: web::Path<String>) -> Answer {
    let id = person_id(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    blocking::record(move || membership::remove_person(&app.office, &caller, &once, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn person_id(path: &str) -> Result<PersonId, Problem> {
    path.parse().map_err(|_| Problem::not_found("person"))
}

/// A person as programs see them.
pub fn person_view(person: &Person) -> Value {
    json!({
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "role": person.role.code(),
        "scope": person.scope,
        "has_second_factor": person.has_second_factor,
        "created_at": person.created_at,
        "expires_at": person.expires_at,
        "removed_at": person.removed_at,
    })
}
