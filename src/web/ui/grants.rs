//! Licences given and held: what was agreed in plain language and as a document, what is left of it, and its end.

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{GrantId, PAGE_ITEMS, UnixMillis},
};
use chancery_domain::{
    approvals::ProposalKind,
    granting::{GrantQuery, NewOffer, ShownGrant},
    licensing::{Clause, GrantStatus, Terms},
    membership,
};
use serde_json::{Value, json};

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    sign_in::empty,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "grants.html")]
struct GrantsPage {
    frame: Frame,
    grants: Vec<ShownGrant>,
    organisation: String,
    next: Option<String>,
    now: UnixMillis,
}

#[derive(Template)]
#[template(path = "grant.html")]
struct GrantPage {
    frame: Frame,
    form: Form,
    shown: ShownGrant,
    clauses: Vec<Clause>,
    document: String,
    is_ours: bool,
    now: UnixMillis,
}

#[derive(Template)]
#[template(path = "offer.html")]
struct OfferPage {
    frame: Frame,
    form: Form,
    /// The clauses as they would be offered, once everything is filled in.
    clauses: Vec<Clause>,
}

/// `GET /grants`
pub async fn grants(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let (after, now) = (fields.optional::<GrantId>("after").unwrap_or_default(), app.clock.now());
    let query = GrantQuery { after, ..GrantQuery::default() };
    let organisation = caller.party.slug.to_string();
    let grants = blocking::record(move || app.registrar.list(&caller, &query)).await?;
    let is_full = u32::try_from(grants.len()).is_ok_and(|length| length >= PAGE_ITEMS);
    let next = grants.last().filter(|_| is_full).map(|last| last.grant.id.to_string());
    Visit::show(&GrantsPage { frame, grants, organisation, next, now })
}

/// `GET /grants/{id}`
pub async fn grant(visit: Visit, id: web::Path<String>) -> Answer {
    let id = grant_id(&id)?;
    show(visit, id, empty()).await
}

/// `POST /grants/{id}/revoke`
pub async fn revoke(visit: Visit, id: web::Path<String>) -> Answer {
    let id = grant_id(&id)?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let revoked = if fields.is_ticked("sure") {
        blocking::record(move || app.registrar.revoke(&caller, &once, id, fields.text("reason"))).await.map(drop)
    } else {
        let detail = "revoking a grant cannot be taken back; tick that you are sure";
        Err(Problem::new(ProblemKind::Unprocessable, detail).at("sure"))
    };
    match revoked {
        Ok(()) => Ok(see_other(&format!("/grants/{id}?said=revoked"))),
        Err(problem) => {
            let form = Form::refused(visit.fields.clone(), problem.clone());
            let status = problem.kind.status();
            if status == 404 {
                return Err(problem.into());
            }
            Visit::with_status(show(visit, id, form).await?, status)
        }
    }
}

/// `GET /grants/new`
pub async fn offer_page(visit: Visit) -> Answer {
    let Visit { frame, fields, .. } = visit;
    Visit::show(&OfferPage { frame, form: Form::prefilled(fields), clauses: Vec::new() })
}

/// `POST /grants/new`: shows what would be offered, and offers it once that was seen.
pub async fn offer(visit: Visit) -> Answer {
    let new = match new_offer(&visit.fields) {
        Ok(new) => new,
        Err(problem) => return refused(visit, problem),
    };
    if !visit.fields.is_ticked("seen") {
        let clauses = new.terms.render(visit.frame.language());
        let Visit { frame, fields, .. } = visit;
        return Visit::show(&OfferPage { frame, form: Form::prefilled(fields), clauses });
    }
    let (app, caller, once) = (visit.app.clone(), visit.caller.clone(), visit.once.clone());
    let offered = blocking::record(move || match app.registrar.offer(&caller, &once, new.clone()) {
        Err(problem) if problem.kind == ProblemKind::ApprovalNeeded => {
            let subject = serde_json::to_value(&new).map_err(Problem::internal)?;
            let proposal = membership::propose(&app.office, &caller, &once, ProposalKind::GrantOffer, subject)?;
            Ok(format!("/approvals/{proposal}?said=proposed"))
        }
        offered => offered.map(|changed| format!("/grants/{}?said=offered", changed.grant)),
    });
    match offered.await {
        Ok(place) => Ok(see_other(&place)),
        Err(problem) => refused(visit, problem),
    }
}

fn refused(visit: Visit, problem: Problem) -> Answer {
    let status = problem.kind.status();
    let Visit { frame, fields, .. } = visit;
    let page = Visit::show(&OfferPage { frame, form: Form::refused(fields, problem), clauses: Vec::new() })?;
    Visit::with_status(page, status)
}

/// What the form offers, judged by the same rules as a terms file.
fn new_offer(fields: &Fields) -> Result<NewOffer, Problem> {
    let words = |name: &str| -> Vec<String> {
        fields.text(name).split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let mut terms = json!({
        "terms": 1,
        "purposes": words("purposes"),
        "territory": {"included": words("included"), "excluded": words("excluded")},
        "term": {"start": fields.text("start")},
        "price": {"model": fields.text("price")},
        "governing_law": fields.text("governing_law"),
        "versions": words("versions").iter().filter_map(|word| word.parse::<u32>().ok()).collect::<Vec<u32>>(),
    });
    let mut set = |path: [&str; 2], value: Value| {
        let object = if path[0].is_empty() { Some(&mut terms) } else { terms.get_mut(path[0]) };
        if let Some(object) = object.and_then(Value::as_object_mut) {
            object.insert(path[1].to_owned(), value);
        }
    };
    if let Some(end) = fields.end_of_day("end")? {
        set(["term", "end"], json!(end.to_string()));
    }
    if let Some(quota) = fields.number::<u64>("quota_tokens")? {
        set(["", "quota_tokens"], json!(quota));
    }
    for (path, name) in [
        (["price", "amount"], "amount"),
        (["", "attribution"], "attribution"),
        (["", "liability_cap"], "liability_cap"),
    ] {
        if !fields.text(name).is_empty() {
            set(path, json!(fields.text(name)));
        }
    }
    let terms = Terms::parse_json(terms.to_string().as_bytes())
        .map_err(|faults| Problem::new(ProblemKind::Unprocessable, faults.to_string()).at("terms"))?;
    Ok(NewOffer { model: fields.text("model").to_owned(), licensee: fields.value("licensee")?, terms, answers: None })
}

async fn show(visit: Visit, id: GrantId, form: Form) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let (party, now) = (caller.party.id, app.clock.now());
    let shown = blocking::record(move || app.registrar.show(&caller, id)).await?;
    let clauses = shown.grant.terms.render(frame.language());
    let document = serde_json::to_string_pretty(&shown.grant.terms).map_err(Problem::internal)?;
    let is_ours = shown.grant.licensor == party;
    Visit::show(&GrantPage { frame, form, shown, clauses, document, is_ours, now })
}

fn grant_id(text: &str) -> Result<GrantId, Problem> {
    text.parse().map_err(|_| Problem::not_found("grant"))
}

/// How a grant stands at `now`: what its tag is called.
fn state(shown: &ShownGrant, now: &UnixMillis) -> &'static str {
    let has_ended = shown.grant.terms.term.end.is_some_and(|end| end <= *now);
    match shown.grant.status {
        GrantStatus::Revoked => "revoked",
        GrantStatus::Offered => "offered",
        GrantStatus::Accepted if has_ended => "expired",
        GrantStatus::Accepted => "accepted",
    }
}
