//! What somebody decides about themselves: name, password, second factor, sessions.

use actix_web::web;
use askama::Template;
use chancery_base::{
    crypto::{AuthenticatorSecret, Password},
    problem::{Problem, ProblemKind},
    values::SessionId,
};
use chancery_domain::{
    membership::{self, RecoveryCodes},
    parties::{LinkedIdentity, Person, Session},
};
use qrcodegen::{QrCode, QrCodeEcc};
use zeroize::Zeroizing;

use super::{
    form::Form,
    frame::Frame,
    providers::{Offered, label, offered_to},
    visit::{Visit, encoded, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    form: Form,
    person: Person,
    codes_left: u32,
    sessions: Vec<Session>,
    current: SessionId,
    identities: Vec<LinkedIdentity>,
    providers: Vec<Offered>,
}

impl SettingsPage {
    /// The providers that the person is not linked to.
    fn unlinked(&self) -> impl Iterator<Item = &Offered> {
        let is_linked = |provider: &&Offered| self.identities.iter().any(|linked| linked.issuer == provider.issuer);
        self.providers.iter().filter(move |provider| !is_linked(provider))
    }

    fn label<'a>(&'a self, identity: &'a LinkedIdentity) -> &'a str {
        label(&self.providers, identity)
    }
}

#[derive(Template)]
#[template(path = "second_factor_set.html")]
struct SecondFactorPage {
    frame: Frame,
    form: Form,
    has_password: bool,
    /// Whether there is one already, which is shown first.
    has_factor: bool,
    secret: String,
    size: i32,
    modules: String,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct RecoveryCodesPage {
    frame: Frame,
    codes: Vec<Zeroizing<String>>,
}

/// `GET /settings`
pub async fn settings(visit: Visit) -> Answer {
    page(visit, Form::default()).await
}

/// `POST /settings/name`
pub async fn rename(visit: Visit) -> Answer {
    let (app, caller, fields) = (visit.app.clone(), visit.caller.clone(), visit.fields.clone());
    let renamed = blocking::record(move || membership::rename(&app.office, &caller, fields.value("name")?)).await;
    done(visit, renamed, "saved").await
}

/// `POST /settings/password`
pub async fn password(visit: Visit) -> Answer {
    let (app, caller, fields) = (visit.app.clone(), visit.caller.clone(), visit.fields.clone());
    let session = visit.signed_in.session.clone();
    let changed = blocking::work(move || {
        let old = Password::typed(fields.raw("password").to_owned());
        membership::change_password(&app.office, &caller, &session, &old, fields.raw("new_password").to_owned())
    });
    done(visit, changed.await, "password-changed").await
}

/// `GET /settings/second-factor`
pub async fn start_second_factor(visit: Visit) -> Answer {
    let secret = membership::propose_second_factor(&visit.app.office);
    authenticator_page(visit, &secret, Form::default())
}

/// `POST /settings/second-factor`
pub async fn second_factor(visit: Visit) -> Answer {
    let refused = || Problem::new(ProblemKind::BadRequest, "the form was changed; open the page again");
    let secret = || AuthenticatorSecret::parse_base32(visit.fields.text("secret")).ok_or_else(refused);
    let (app, caller, fields) = (visit.app.clone(), visit.caller.clone(), visit.fields.clone());
    let (session, tried) = (visit.signed_in.session.clone(), secret()?);
    let set = blocking::work(move || {
        let password = Password::typed(fields.raw("password").to_owned());
        let (current, code) = (fields.text("current_code"), fields.text("code"));
        membership::confirm_second_factor(&app.office, &caller, &session, &password, current, &tried, code)
    });
    match set.await {
        Ok(RecoveryCodes(codes)) => Visit::show(&RecoveryCodesPage { frame: visit.frame, codes }),
        Err(problem) => {
            let (secret, form) = (secret()?, Form::refused(visit.fields.clone(), problem.clone()));
            Visit::show_again(problem, |_| authenticator_page(visit, &secret, form))
        }
    }
}

/// `POST /settings/second-factor/remove`
pub async fn remove_second_factor(visit: Visit) -> Answer {
    let (app, caller, fields) = (visit.app.clone(), visit.caller.clone(), visit.fields.clone());
    let session = visit.signed_in.session.clone();
    let removed = blocking::work(move || {
        let password = Password::typed(fields.raw("password").to_owned());
        membership::remove_second_factor(&app.office, &caller, &session, &password, fields.text("code"))
    });
    match removed.await {
        Ok(()) => Ok(see_other("/settings?said=factor-removed")),
        Err(problem) => beside(visit, problem).await,
    }
}

/// `POST /settings/sessions/{id}/end`
pub async fn end_session(visit: Visit, id: web::Path<String>) -> Answer {
    let id = id.parse().map_err(|_| Problem::not_found("session"))?;
    let Visit { app, caller, .. } = visit;
    blocking::record(move || membership::end_session(&app.office, &caller, id)).await?;
    Ok(see_other("/settings?said=ended"))
}

/// `POST /settings/sessions/end-others`
pub async fn end_others(visit: Visit) -> Answer {
    let Visit { app, caller, signed_in, .. } = visit;
    blocking::record(move || membership::end_other_sessions(&app.office, &caller, signed_in.session.id)).await?;
    Ok(see_other("/settings?said=ended"))
}

async fn done(visit: Visit, outcome: Result<(), Problem>, said: &str) -> Answer {
    match outcome {
        Ok(()) => Ok(see_other(&format!("/settings?said={said}"))),
        Err(problem) => refused(visit, problem).await,
    }
}

/// The page again; what is wrong stands above its forms, because several of them ask for a password.
pub async fn beside(visit: Visit, problem: Problem) -> Answer {
    refused(visit, Problem { field: None, ..problem }).await
}

/// The page again, with what is wrong at its field: a name, or the passwords of the form that changes one.
async fn refused(visit: Visit, problem: Problem) -> Answer {
    let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
    Visit::with_status(page(visit, form).await?, status)
}

async fn page(visit: Visit, form: Form) -> Answer {
    let Visit { app, caller, frame, signed_in, .. } = visit;
    let person = caller.person()?.clone();
    let current = signed_in.session.id;
    let page = blocking::record(move || {
        let office = &app.office;
        let (codes_left, sessions) =
            (membership::recovery_codes_left(office, &caller)?, membership::sessions(office, &caller)?);
        let (identities, providers) = (membership::identities(office, &caller)?, offered_to(office, &caller.party));
        Ok(SettingsPage { frame, form, person, codes_left, sessions, current, identities, providers })
    })
    .await?;
    Visit::show(&page)
}

fn authenticator_page(visit: Visit, secret: &AuthenticatorSecret, form: Form) -> Answer {
    let person = visit.caller.person()?;
    let secret = secret.expose_base32().to_string();
    let account = format!("{} ({})", person.email, visit.caller.party.slug);
    // The form that authenticators read: Key Uri Format, with the defaults of RFC 6238 left out.
    let label = encoded("", &format!("Chancery:{account}")).trim_start_matches('=').replace('+', "%20");
    let uri = format!("otpauth://totp/{label}?secret={secret}&issuer=Chancery");
    let code = QrCode::encode_text(&uri, QrCodeEcc::Medium).map_err(Problem::internal)?;
    let (size, modules) = drawn(&code);
    let (has_password, has_factor) = (person.has_password, person.has_second_factor);
    Visit::show(&SecondFactorPage { frame: visit.frame, form, has_password, has_factor, secret, size, modules })
}

/// A QR code as the path of an SVG with the border of four modules that readers need (ISO/IEC 18004).
fn drawn(code: &QrCode) -> (i32, String) {
    const BORDER: i32 = 4;
    let dark =
        (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    let path: Vec<String> = dark.map(|(x, y)| format!("M{} {}h1v1h-1z", x + BORDER, y + BORDER)).collect();
    (code.size() + 2 * BORDER, path.concat())
}
