//! Signing keys of an organisation: compared, approved, revoked.

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{PAGE_ITEMS, SigningKeyId},
};
use chancery_domain::{
    artifacts,
    parties::{self, EnrolledKey, KeyStatus},
};

use super::{
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "signing_keys.html")]
struct SigningKeysPage {
    frame: Frame,
    lines: Vec<Line>,
    next: Option<String>,
}

/// A key, and what stops when it is revoked.
struct Line {
    key: EnrolledKey,
    versions: u64,
}

impl Line {
    /// How the key stands: what its tag is called.
    const fn state(&self) -> &'static str {
        match self.key.status() {
            KeyStatus::Proposed => "pending",
            KeyStatus::Approved => "active",
            KeyStatus::Revoked => "revoked",
        }
    }
}

/// `GET /keys`
pub async fn signing_keys(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let after = fields.optional::<SigningKeyId>("after").unwrap_or_default();
    let lines: Vec<Line> = blocking::record(move || {
        app.database.read(|connection| {
            let keys = parties::signing_keys_page(connection, caller.party.id, after, PAGE_ITEMS)?;
            let line =
                |key: EnrolledKey| Ok(Line { versions: artifacts::versions_signed_by(connection, key.id)?, key });
            keys.into_iter().map(line).collect()
        })
    })
    .await?;
    let is_full = u32::try_from(lines.len()).is_ok_and(|length| length >= PAGE_ITEMS);
    let next = lines.last().filter(|_| is_full).map(|last| last.key.id.to_string());
    Visit::show(&SigningKeysPage { frame, lines, next })
}

/// `POST /keys/{id}/approve`
pub async fn approve(visit: Visit, id: web::Path<String>) -> Answer {
    let id: SigningKeyId = id.parse().map_err(|_| Problem::not_found("signing key"))?;
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || app.archive.approve_signing_key(&caller, &once, id)).await?;
    Ok(see_other("/keys?said=key-approved"))
}

/// `POST /keys/{id}/revoke`
pub async fn revoke(visit: Visit, id: web::Path<String>) -> Answer {
    let id: SigningKeyId = id.parse().map_err(|_| Problem::not_found("signing key"))?;
    if !visit.fields.is_ticked("sure") {
        let detail = "revoking a key cannot be taken back; tick that you are sure";
        return Err(Problem::new(ProblemKind::Unprocessable, detail).at("sure").into());
    }
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || app.archive.revoke_signing_key(&caller, &once, id)).await?;
    Ok(see_other("/keys?said=revoked"))
}
