//! Licences given and held: found by party, model and state; what was agreed in plain language and as a document, what is left of it,
//! how it is used, and its end.

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{GrantId, PAGE_ITEMS},
};
use chancery_domain::{
    granting::{GrantQuery, ShownGrant},
    licensing::{Clause, GrantState},
    parties::{self, EnrolledKey, Permission},
    serving::{COUNTED_CALLS, GrantUsage},
};

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

/// What an address of the list may say beside where to go on.
const NARROWED: [&str; 3] = ["side", "state", "name"];

#[derive(Template)]
#[template(path = "grants.html")]
struct GrantsPage {
    frame: Frame,
    form: Form,
    grants: Vec<(ShownGrant, GrantState)>,
    organisation: String,
    next: Option<String>,
    is_narrowed: bool,
}

#[derive(Template)]
#[template(path = "grant.html")]
struct GrantPage {
    frame: Frame,
    form: Form,
    shown: ShownGrant,
    clauses: Vec<Clause>,
    document: String,
    usage: GrantUsage,
    /// Fingerprints of the keys whose signatures speak for the viewer's organisation, where it may accept.
    signers: Option<Vec<String>>,
    is_ours: bool,
    state: GrantState,
}

impl GrantPage {
    /// Who lets whom use it, or would.
    fn between(&self) -> String {
        let ShownGrant { licensor, licensee, .. } = &self.shown;
        match self.state {
            GrantState::Offered => self.frame.t2("grant-offered-between", "licensor", licensor, "licensee", licensee),
            GrantState::InForce | GrantState::Ending => {
                self.frame.t2("grant-between", "licensor", licensor, "licensee", licensee)
            }
            GrantState::Ended | GrantState::Revoked | GrantState::Declined => {
                self.frame.t2("grant-was-between", "licensor", licensor, "licensee", licensee)
            }
        }
    }

    /// What accepts exactly these terms on a command line.
    fn accept_command(&self) -> String {
        let grant = &self.shown.grant;
        format!("chancery grant accept {} --terms-digest {}", grant.id, grant.terms_digest)
    }
}

#[derive(Template)]
#[template(path = "grant_revoke.html")]
struct RevokePage {
    frame: Frame,
    form: Form,
    shown: ShownGrant,
    usage: GrantUsage,
    state: GrantState,
}

/// `GET /grants?side=&state=&name=&after=`
pub async fn grants(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let query = query(&fields);
    let (organisation, now) = (caller.party.slug.to_string(), app.clock.now());
    let is_narrowed = query.side.is_some() || query.state.is_some() || query.name.is_some();
    let grants = blocking::record(move || app.registrar.list(&caller, &query)).await?;
    let is_full = u32::try_from(grants.len()).is_ok_and(|length| length >= PAGE_ITEMS);
    let next = grants.last().filter(|_| is_full);
    let next = next.map(|last| fields.address("/grants", &NARROWED, ("after", &last.grant.id)));
    let form = Form::prefilled(fields);
    let grants = grants.into_iter().map(|shown| (shown.grant.state(now), shown)).map(|(state, shown)| (shown, state));
    Visit::show(&GrantsPage { frame, form, grants: grants.collect(), organisation, next, is_narrowed })
}

/// What the address asks for; what it says of no known side, state or grant counts as not said.
fn query(fields: &Fields) -> GrantQuery {
    let name = fields.text("name");
    GrantQuery {
        side: fields.optional("side").unwrap_or_default(),
        state: fields.optional("state").unwrap_or_default(),
        name: (!name.is_empty()).then(|| name.to_owned()),
        after: fields.optional("after").unwrap_or_default(),
    }
}

/// `GET /grants/{id}`
pub async fn grant(visit: Visit, id: web::Path<String>) -> Answer {
    let id = grant_id(&id)?;
    show(visit, id, Form::default()).await
}

/// `POST /grants/{id}/decline`
pub async fn decline(visit: Visit, id: web::Path<String>) -> Answer {
    let id = grant_id(&id)?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    match blocking::record(move || app.registrar.decline(&caller, &once, id, fields.text("reason"))).await {
        Ok(_) => Ok(see_other(&format!("/grants/{id}?said=offer-declined"))),
        Err(problem) => {
            let form = Form::refused(visit.fields.clone(), problem.clone());
            match problem.kind.status() {
                403 | 404 | 500.. => Err(problem.into()),
                status => Visit::with_status(show(visit, id, form).await?, status),
            }
        }
    }
}

async fn show(visit: Visit, id: GrantId, form: Form) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let (party, now) = (caller.party.id, app.clock.now());
    let (shown, usage, keys) = blocking::record(move || {
        let (shown, usage) = (app.registrar.show(&caller, id)?, app.desk.usage_under(&caller, id)?);
        let keys = app.database.read(|connection| parties::signing_keys_of(connection, party))?;
        Ok((shown, usage, keys))
    })
    .await?;
    let is_ours = shown.grant.licensor == party;
    let state = shown.grant.state(now);
    let may_accept = !is_ours && state == GrantState::Offered && frame.may_administer();
    let trusted = keys.iter().filter(|key| key.is_trusted()).map(EnrolledKey::fingerprint);
    let signers = may_accept.then(|| trusted.map(|fingerprint| fingerprint.to_string()).collect());
    let clauses = shown.grant.terms.render(frame.language());
    let document = serde_json::to_string_pretty(&shown.grant.terms).map_err(Problem::internal)?;
    Visit::show(&GrantPage { frame, form, shown, clauses, document, usage, signers, is_ours, state })
}

/// `GET /grants/{id}/revoke`: what ending it stops.
pub async fn revoke_page(visit: Visit, id: web::Path<String>) -> Answer {
    let id = grant_id(&id)?;
    visit.caller.require(Permission::Administer)?;
    confirm(visit, id, Form::default()).await
}

/// `POST /grants/{id}/revoke`
pub async fn revoke(visit: Visit, id: web::Path<String>) -> Answer {
    let id = grant_id(&id)?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let revoked = if fields.is_ticked("sure") {
        blocking::record(move || app.registrar.revoke(&caller, &once, id, fields.text("reason"))).await.map(drop)
    } else {
        let detail = "ending a licence cannot be taken back; tick that you are sure";
        Err(Problem::new(ProblemKind::Unprocessable, detail).at("sure"))
    };
    match revoked {
        Ok(()) => Ok(see_other(&format!("/grants/{id}?said=revoked"))),
        Err(problem) if problem.kind == ProblemKind::NotFound => Err(problem.into()),
        Err(problem) => {
            let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
            Visit::with_status(confirm(visit, id, form).await?, status)
        }
    }
}

async fn confirm(visit: Visit, id: GrantId, form: Form) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let (party, now) = (caller.party.id, app.clock.now());
    let read = move || Ok((app.registrar.show(&caller, id)?, app.desk.usage_under(&caller, id)?));
    let (shown, usage) = blocking::record(read).await?;
    if shown.grant.licensor != party {
        return Err(Problem::new(ProblemKind::Forbidden, "only the licensor ends a licence; ask it to").into());
    }
    let state = shown.grant.state(now);
    Visit::show(&RevokePage { frame, form, shown, usage, state })
}

pub(super) fn grant_id(text: &str) -> Result<GrantId, Problem> {
    text.parse().map_err(|_| Problem::not_found("grant"))
}

/// What the tag of a state looks like.
pub(super) const fn tag(state: &GrantState) -> &'static str {
    match state {
        GrantState::Offered => "offered",
        GrantState::InForce => "active",
        GrantState::Ending => "expiring",
        GrantState::Ended => "unknown",
        GrantState::Revoked => "revoked",
        GrantState::Declined => "refused",
    }
}

/// A number of calls that was counted as far as it matters.
fn counted(frame: &Frame, usage: &GrantUsage) -> String {
    let number = frame.number(usage.calls);
    if usage.calls < COUNTED_CALLS { number } else { frame.t1("or-more", "number", number) }
}
