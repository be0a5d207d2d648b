//! Signing keys of an organisation: made in the browser or elsewhere, compared, approved, revoked.

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{ModelName, PAGE_ITEMS, PartyId, SigningKeyId},
};
use chancery_domain::{
    artifacts,
    granting::Names,
    parties::{self, Caller, EnrolledKey, KeyStatus, Permission},
};

use super::{
    form::Form,
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::{
    app::App,
    web::{blocking, call::Answer},
};

/// Digits of a fingerprint that somebody types who compared it: its last ones, since lists show the first.
const COMPARED_DIGITS: usize = 8;
/// Versions that are named before a key is revoked; of more, the number is told.
const NAMED_VERSIONS: u32 = 50;

#[derive(Template)]
#[template(path = "signing_keys.html")]
struct SigningKeysPage {
    frame: Frame,
    keys: Vec<EnrolledKey>,
    party: PartyId,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "signing_key_approve.html")]
struct ApprovePage {
    frame: Frame,
    form: Form,
    key: EnrolledKey,
}

#[derive(Template)]
#[template(path = "signing_key_revoke.html")]
struct RevokePage {
    frame: Frame,
    form: Form,
    key: EnrolledKey,
    /// How many versions it signed, and the first of them by name.
    versions: u64,
    named: Vec<(ModelName, u32)>,
}

/// `GET /keys`
pub async fn signing_keys(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let (party, after) = (caller.party.id, fields.optional::<SigningKeyId>("after").unwrap_or_default());
    let read = move || {
        let page = |connection: &mut _| parties::signing_keys_page(connection, party, after, PAGE_ITEMS);
        app.database.read(page).map_err(Problem::from)
    };
    let keys = blocking::record(read).await?;
    let is_full = u32::try_from(keys.len()).is_ok_and(|length| length >= PAGE_ITEMS);
    let next = keys.last().filter(|_| is_full).map(|last| last.id.to_string());
    Visit::show(&SigningKeysPage { frame, keys, party, next })
}

/// `GET /keys/{id}/approve`: the whole fingerprint, to be compared.
pub async fn approve_page(visit: Visit, id: web::Path<String>) -> Answer {
    let id = key_id(&id)?;
    visit.caller.require(Permission::Administer)?;
    ask_to_compare(visit, id, Form::default()).await
}

/// `POST /keys/{id}/approve`
pub async fn approve(visit: Visit, id: web::Path<String>) -> Answer {
    let id = key_id(&id)?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let approved = blocking::record(move || {
        let key = own(&app, &caller, id)?;
        let is_compared = fields.text("compared").to_lowercase() == last_digits(&key);
        // Whoever may not approve is told so by the act, which writes it down.
        if !is_compared && caller.require(Permission::Administer).is_ok() {
            let detail = format!(
                "these are not the last {COMPARED_DIGITS} digits of this key's fingerprint; if its holder reads you others, do not \
                 approve it"
            );
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("compared"));
        }
        app.archive.approve_signing_key(&caller, &once, id)
    });
    match approved.await {
        Ok(_) => Ok(see_other("/keys?said=key-approved")),
        Err(problem) if problem.kind == ProblemKind::NotFound => Err(problem.into()),
        Err(problem) => {
            let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
            Visit::with_status(ask_to_compare(visit, id, form).await?, status)
        }
    }
}

/// `GET /keys/{id}/revoke`: what stops with it.
pub async fn revoke_page(visit: Visit, id: web::Path<String>) -> Answer {
    let id = key_id(&id)?;
    visit.caller.require(Permission::Administer)?;
    confirm(visit, id, Form::default()).await
}

/// `POST /keys/{id}/revoke`
pub async fn revoke(visit: Visit, id: web::Path<String>) -> Answer {
    let id = key_id(&id)?;
    if !visit.fields.is_ticked("sure") {
        let detail = "revoking a key cannot be taken back; tick that you are sure";
        let problem = Problem::new(ProblemKind::Unprocessable, detail).at("sure");
        let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
        return Visit::with_status(confirm(visit, id, form).await?, status);
    }
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || app.archive.revoke_signing_key(&caller, &once, id)).await?;
    Ok(see_other("/keys?said=revoked"))
}

async fn ask_to_compare(visit: Visit, id: SigningKeyId, form: Form) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let key = blocking::record(move || own(&app, &caller, id)).await?;
    Visit::show(&ApprovePage { frame, form, key })
}

async fn confirm(visit: Visit, id: SigningKeyId, form: Form) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let (key, versions, named) = blocking::record(move || {
        let key = own(&app, &caller, id)?;
        app.database.read(|connection| {
            let mut names = Names::default();
            let signed = artifacts::signed_by(connection, id, NAMED_VERSIONS)?;
            let name = |(model, number)| Ok::<_, Problem>((names.model(connection, model)?, number));
            let named = signed.into_iter().map(name).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, Problem>((key, artifacts::versions_signed_by(connection, id)?, named))
        })
    })
    .await?;
    Visit::show(&RevokePage { frame, form, key, versions, named })
}

/// A key of the caller's party.
fn own(app: &App, caller: &Caller, id: SigningKeyId) -> Result<EnrolledKey, Problem> {
    let key = app.database.read(|connection| parties::find_signing_key(connection, id))?;
    key.filter(|key| key.party == caller.party.id).ok_or_else(|| Problem::not_found("signing key"))
}

/// The last digits of a key's fingerprint.
fn last_digits(key: &EnrolledKey) -> String {
    let fingerprint = key.fingerprint().to_string();
    let skipped = fingerprint.chars().count().saturating_sub(COMPARED_DIGITS);
    fingerprint.chars().skip(skipped).collect()
}

fn key_id(text: &str) -> Result<SigningKeyId, Problem> {
    text.parse().map_err(|_| Problem::not_found("signing key"))
}

/// What the tag of a status looks like.
const fn tag(status: &KeyStatus) -> &'static str {
    match status {
        KeyStatus::Proposed => "pending",
        KeyStatus::Approved => "active",
        KeyStatus::Revoked => "revoked",
    }
}
