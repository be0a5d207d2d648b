//! Parties, and who the caller is.

use actix_web::HttpResponse;
use chancery_domain::{
    membership::{self, NewParty},
    parties::{Actor, Party},
};
use serde_json::{Value, json};

use super::{
    keys::{key_view, shown_view},
    people::person_view,
};
use crate::web::{
    blocking,
    call::{Answer, Call},
    problem::set,
};

/// `POST /api/v1/parties`
pub async fn create(call: Call) -> Answer {
    let new: NewParty = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let joined = blocking::record(move || membership::join(&app.office, &caller, &once, new)).await?;
    let mut view = party_view(&joined.party);
    set(&mut view, "api_key", shown_view(&joined.owner));
    Ok(HttpResponse::Created().json(view))
}

/// `GET /api/v1/whoami`
pub async fn whoami(call: Call) -> Answer {
    let party = party_view(&call.caller.party);
    Ok(HttpResponse::Ok().json(match &call.caller.by {
        Actor::Key(key) => json!({"party": party, "key": key_view(key)}),
        Actor::Person(person) | Actor::Pair(person, _) => json!({"party": party, "person": person_view(person)}),
    }))
}

/// A party as programs see it.
pub fn party_view(party: &Party) -> Value {
    json!({"id": party.id, "slug": party.slug, "title": party.title, "created_at": party.created_at})
}
