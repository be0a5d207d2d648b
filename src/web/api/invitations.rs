//! Invitations into the caller's party. Whoever holds the link of one joins with it.

use actix_web::{HttpRequest, HttpResponse, web};
use chancery_base::{problem::Problem, values::InvitationId};
use chancery_domain::{
    membership::{self, NewInvitation},
    parties::Invitation,
};
use serde_json::{Value, json};

use crate::web::{
    arrival::Arrival,
    blocking,
    call::{Answer, Call},
    page::{Page, PageQuery},
    problem::set,
};

/// `POST /api/v1/invitations`
pub async fn invite(call: Call, request: HttpRequest) -> Answer {
    let new: NewInvitation = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let invited = blocking::record(move || membership::invite(&app.office, &caller, &once, new)).await?;
    let origin = Arrival::of(&request).origin().unwrap_or_default();
    let mut view = view(&invited.invitation);
    set(&mut view, "link", json!(format!("{origin}/join/{}", *invited.secret)));
    Ok(HttpResponse::Created().json(view))
}

/// `GET /api/v1/invitations?after=`
pub async fn list(call: Call, query: PageQuery) -> Answer {
    let after = query.after()?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let open = blocking::record(move || membership::list_invitations(&app.office, &caller, after)).await?;
    let Page { items, next } = query.cut(open, |last| last.id.to_string());
    let items: Vec<Value> = items.iter().map(view).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `DELETE /api/v1/invitations/{id}`
pub async fn withdraw(call: Call, path: web::Path<String>) -> Answer {
    let id: InvitationId = path.parse().map_err(|_| Problem::not_found("open invitation"))?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    blocking::record(move || membership::withdraw_invitation(&app.office, &caller, &once, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// An open invitation as programs see it; never its secret.
fn view(invitation: &Invitation) -> Value {
    json!({
        "id": invitation.id,
        "email": invitation.email,
        "role": invitation.role.code(),
        "scope": invitation.scope,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "membership_ends_at": invitation.membership_ends_at,
    })
}
