//! Requests for access: asked, declined, withdrawn; an offer answers one.

use actix_web::{HttpResponse, web};
use chancery_base::{problem::Problem, values::AccessRequestId};
use chancery_domain::{
    licensing::{GrantSide, RequestState},
    requesting::{self, Changed, NewRequest, RequestQuery, ShownRequest},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Asked, Page, PageQuery},
    problem::set,
};

/// Which requests a listing shows: those for models of the party, unless `side=held` asks for those it made.
#[derive(Deserialize)]
pub struct ListQuery {
    side: Option<GrantSide>,
    state: Option<RequestState>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclineBody {
    reason: String,
}

/// `POST /api/v1/access-requests`
pub async fn ask(call: Call) -> Answer {
    let new: NewRequest = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let changed = blocking::record(move || requesting::ask(&app.registrar, &caller, &once, new)).await?;
    Ok(HttpResponse::Created().json(changed_view(&call, changed).await?))
}

/// `GET /api/v1/access-requests?side=&state=&after=`
pub async fn list(call: Call, page: PageQuery, Asked(asked): Asked<ListQuery>) -> Answer {
    let side = asked.side.unwrap_or(GrantSide::Given);
    let query = RequestQuery { side, state: asked.state, after: page.after()? };
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let shown = blocking::record(move || requesting::list(&app.registrar, &caller, &query)).await?;
    let Page { items, next } = page.cut(shown, |last| last.request.id.to_string());
    let items: Vec<Value> = items.iter().map(view).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `GET /api/v1/access-requests/{id}`
pub async fn show(call: Call, path: web::Path<String>) -> Answer {
    Ok(HttpResponse::Ok().json(request_view(&call, request_id(&path)?).await?))
}

/// `POST /api/v1/access-requests/{id}/decline`
pub async fn decline(call: Call, path: web::Path<String>) -> Answer {
    let (id, body) = (request_id(&path)?, call.body::<DeclineBody>()?);
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let decline = move || requesting::decline(&app.registrar, &caller, &once, id, &body.reason);
    let changed = blocking::record(decline).await?;
    Ok(HttpResponse::Ok().json(changed_view(&call, changed).await?))
}

/// `POST /api/v1/access-requests/{id}/withdraw`
pub async fn withdraw(call: Call, path: web::Path<String>) -> Answer {
    let id = request_id(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let changed = blocking::record(move || requesting::withdraw(&app.registrar, &caller, &once, id)).await?;
    Ok(HttpResponse::Ok().json(changed_view(&call, changed).await?))
}

fn request_id(path: &str) -> Result<AccessRequestId, Problem> {
    path.parse().map_err(|_| Problem::not_found("request for access"))
}

async fn changed_view(call: &Call, changed: Changed) -> Result<Value, Problem> {
    let mut view = request_view(call, changed.request).await?;
    set(&mut view, "receipt", json!(changed.leaf));
    Ok(view)
}

async fn request_view(call: &Call, id: AccessRequestId) -> Result<Value, Problem> {
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let shown = blocking::record(move || requesting::show(&app.registrar, &caller, id)).await?;
    Ok(view(&shown))
}

/// A request as programs see it.
fn view(shown: &ShownRequest) -> Value {
    let ShownRequest { request, model, owner, requester } = shown;
    json!({
        "id": request.id,
        "state": request.state.code(),
        "model": model,
        "owner": owner,
        "requester": requester,
        "purposes": request.purposes,
        "territories": request.territories,
        "expected_tokens": request.expected_tokens,
        "message": request.message,
        "grant": request.grant,
        "reason": request.reason,
        "created_at": request.created_at,
        "closed_at": request.closed_at,
    })
}
