//! Requests for access: asked by whoever may see a model, answered by its owner with an offer, or declined.

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{AccessRequestId, Invalid, ModelName, PAGE_ITEMS, Purpose},
};
use chancery_domain::{
    licensing::{GrantSide, RequestState},
    parties::Permission,
    requesting::{self, NewRequest, RequestQuery, ShownRequest},
};

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    purposes,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "requests.html")]
struct RequestsPage {
    frame: Frame,
    side: GrantSide,
    requests: Vec<ShownRequest>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage {
    frame: Frame,
    form: Form,
    shown: ShownRequest,
    /// Whether the viewer's organisation decides about it, or else made it.
    is_ours: bool,
}

#[derive(Template)]
#[template(path = "request_new.html")]
struct NewRequestPage {
    frame: Frame,
    form: Form,
}

/// `GET /grants/requests?side=&after=`
pub async fn requests(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let side = fields.optional("side").ok().flatten().unwrap_or(GrantSide::Given);
    let query = RequestQuery { side, state: None, after: fields.optional("after").unwrap_or_default() };
    let requests = blocking::record(move || requesting::list(&app.registrar, &caller, &query)).await?;
    let is_full = u32::try_from(requests.len()).is_ok_and(|length| length >= PAGE_ITEMS);
    let next = requests.last().filter(|_| is_full);
    let next = next.map(|last| fields.address("/grants/requests", &["side"], ("after", &last.request.id)));
    Visit::show(&RequestsPage { frame, side, requests, next })
}

/// `GET /grants/requests/{id}`
pub async fn request(visit: Visit, id: web::Path<String>) -> Answer {
    let id = request_id(&id)?;
    show(visit, id, Form::default()).await
}

/// `GET /grants/requests/new?model=`: the form, or the request that was made already.
pub async fn ask_page(visit: Visit) -> Answer {
    visit.caller.require(Permission::Use)?;
    let model: Option<ModelName> = visit.fields.optional("model").unwrap_or_default();
    let (app, caller) = (visit.app.clone(), visit.caller.clone());
    let find = move || model.map_or(Ok(None), |model| requesting::open_of(&app.registrar, &caller, &model));
    if let Some(open) = blocking::record(find).await? {
        return Ok(see_other(&format!("/grants/requests/{}", open.id)));
    }
    Visit::show(&NewRequestPage { frame: visit.frame, form: Form::prefilled(visit.fields) })
}

/// `POST /grants/requests/new`
pub async fn ask(visit: Visit) -> Answer {
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let asked = move || requesting::ask(&app.registrar, &caller, &once, new_request(&fields)?);
    match blocking::record(asked).await {
        Ok(changed) => Ok(see_other(&format!("/grants/requests/{}?said=requested", changed.request))),
        Err(problem) => {
            let (status, form) = (problem.kind.status(), Form::refused(visit.fields, problem));
            Visit::with_status(Visit::show(&NewRequestPage { frame: visit.frame, form })?, status)
        }
    }
}

/// `POST /grants/requests/{id}/decline`
pub async fn decline(visit: Visit, id: web::Path<String>) -> Answer {
    let id = request_id(&id)?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let declined = move || requesting::decline(&app.registrar, &caller, &once, id, fields.text("reason"));
    match blocking::record(declined).await {
        Ok(_) => Ok(see_other(&format!("/grants/requests/{id}?said=declined"))),
        Err(problem) if problem.kind == ProblemKind::NotFound => Err(problem.into()),
        Err(problem) => {
            let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
            Visit::with_status(show(visit, id, form).await?, status)
        }
    }
}

/// `POST /grants/requests/{id}/withdraw`
pub async fn withdraw(visit: Visit, id: web::Path<String>) -> Answer {
    let id = request_id(&id)?;
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || requesting::withdraw(&app.registrar, &caller, &once, id)).await?;
    Ok(see_other(&format!("/grants/requests/{id}?said=request-withdrawn")))
}

async fn show(visit: Visit, id: AccessRequestId, form: Form) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let party = caller.party.id;
    let shown = blocking::record(move || requesting::show(&app.registrar, &caller, id)).await?;
    let is_ours = shown.request.owner == party;
    Visit::show(&RequestPage { frame, form, shown, is_ours })
}

fn new_request(fields: &Fields) -> Result<NewRequest, Problem> {
    let territories: Result<_, Invalid> = purposes::words(fields.text("territories")).map(str::parse).collect();
    Ok(NewRequest {
        model: fields.value("model")?,
        purposes: purposes::chosen(fields)?,
        territories: territories.map_err(|invalid| Problem::from(invalid).at("territories"))?,
        expected_tokens: fields.number("expected_tokens")?,
        message: fields.text("message").to_owned(),
    })
}

fn request_id(text: &str) -> Result<AccessRequestId, Problem> {
    text.parse().map_err(|_| Problem::not_found("request for access"))
}

/// What the tag of a state looks like.
const fn tag(state: &RequestState) -> &'static str {
    match state {
        RequestState::Open => "pending",
        RequestState::Answered => "offered",
        RequestState::Declined => "refused",
        RequestState::Withdrawn => "unknown",
    }
}
