//! API keys: made, shown once, revoked.

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{ApiKeyId, PAGE_ITEMS, UnixMillis},
};
use chancery_domain::{
    membership::{self, NewKey},
    parties::{ApiKey, Role},
};
use zeroize::Zeroizing;

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    frame: Frame,
    form: Form,
    keys: Vec<ApiKey>,
    next: Option<String>,
    now: UnixMillis,
    made: Option<Zeroizing<String>>,
}

impl TokensPage {
    /// The roles that whoever looks may give to a key; approvers are people.
    fn roles(&self) -> Vec<Role> {
        let may = |role: &Role| match role {
            Role::Operator => self.frame.may_operate(),
            Role::Approver => false,
            Role::Owner | Role::Member | Role::Auditor => true,
        };
        Role::ALL.iter().copied().filter(may).collect()
    }

    /// How a key stands: what its tag is called.
    fn state(&self, key: &ApiKey) -> &'static str {
        match key.revoked_at {
            Some(_) => "revoked",
            None if key.is_good(self.now) => "active",
            None => "expired",
        }
    }
}

/// `GET /tokens`
pub async fn tokens(visit: Visit) -> Answer {
    page(visit, Form::default(), None).await
}

/// `POST /tokens`
pub async fn make(visit: Visit) -> Answer {
    let (app, caller, mut once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    // The answer holds a secret, so it cannot be given twice.
    once.key = None;
    let made = blocking::record(move || membership::issue_key(&app.office, &caller, &once, new_key(&fields)?)).await;
    match made {
        Ok(made) => page(visit, Form::default(), Some(made.token)).await,
        Err(problem) => {
            let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
            Visit::with_status(page(visit, form, None).await?, status)
        }
    }
}

/// `POST /tokens/{id}/revoke`
pub async fn revoke(visit: Visit, id: web::Path<String>) -> Answer {
    let id: ApiKeyId = id.parse().map_err(|_| Problem::not_found("API key"))?;
    if !visit.fields.is_ticked("sure") {
        let detail = "revoking a key cannot be taken back; tick that you are sure";
        let problem = Problem::new(ProblemKind::Unprocessable, detail).at(format!("sure-{id}"));
        let form = Form::refused(Fields::default(), problem);
        return Visit::with_status(page(visit, form, None).await?, ProblemKind::Unprocessable.status());
    }
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || membership::revoke_key(&app.office, &caller, &once, id)).await?;
    Ok(see_other("/tokens?said=revoked"))
}

fn new_key(fields: &Fields) -> Result<NewKey, Problem> {
    Ok(NewKey {
        role: fields.choice("role")?,
        label: fields.value("label")?,
        purpose: fields.optional("purpose")?,
        territory: fields.optional("territory")?,
        expires_at: fields.end_of_day("expires_at")?,
    })
}

async fn page(visit: Visit, form: Form, made: Option<Zeroizing<String>>) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let (after, now) = (fields.optional::<ApiKeyId>("after").unwrap_or_default(), app.clock.now());
    let keys = blocking::record(move || membership::list_keys(&app.office, &caller, after)).await?;
    let is_full = u32::try_from(keys.len()).is_ok_and(|length| length >= PAGE_ITEMS);
    let next = keys.last().filter(|_| is_full).map(|last| last.id.to_string());
    Visit::show(&TokensPage { frame, form, keys, next, now, made })
}
