//! Signing in and out.

use std::time::{Duration, Instant};

use actix_web::{HttpResponse, http::StatusCode, rt, web};
use askama::Template;
use chancery_base::{
    crypto::Password,
    problem::{Problem, ProblemKind},
};
use chancery_domain::membership::{self, Entered, SignIn};

use super::{
    form::Form,
    frame::Frame,
    providers::Offered,
    visit::{Guest, Visit, encoded, local, see_other, see_other_with},
};
use crate::{
    app::App,
    web::{arrival::Arrival, blocking, call::Answer, limits::Limits, problem::Family, session},
};

/// How long after it was asked a sign-in is refused: longer than finding out takes, whatever it is, so that the time tells nothing of who
/// belongs here.
const REFUSED_AFTER: Duration = Duration::from_millis(400);

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    frame: Frame,
    form: Form,
    next: &'a str,
    is_refused: bool,
    providers: Vec<Offered>,
}

impl SignInPage<'_> {
    /// Where somebody goes who signs in through `provider`.
    fn departure(&self, provider: &Offered) -> String {
        format!("/sign-in/with/{}?{}", provider.id, encoded("next", self.next))
    }
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct SecondFactorPage<'a> {
    frame: Frame,
    next: &'a str,
    is_refused: bool,
}

/// `GET /sign-in`
pub async fn sign_in_page(guest: Guest) -> Answer {
    let next = local(guest.fields.text("next")).to_owned();
    if !has_people(&guest.app).await? {
        return Ok(see_other("/set-up"));
    }
    let providers = Offered::list(&guest.app.office, None);
    let form = Form::prefilled(guest.fields);
    Guest::show(&SignInPage { frame: guest.frame, form, next: &next, is_refused: false, providers })
}

/// `POST /sign-in`
pub async fn sign_in(guest: Guest, limits: web::Data<Limits>) -> Answer {
    if let Err(exceeded) = limits.count_sign_in(Arrival::of(&guest.request).client) {
        return Ok(exceeded.answer(Family::Page));
    }
    let next = local(guest.fields.text("next")).to_owned();
    let began = Instant::now();
    let entered = match asked(&guest) {
        Ok(asked) => {
            let app = guest.app.clone();
            blocking::work(move || membership::sign_in(&app.office, &asked)).await
        }
        // What is no address or name belongs to nobody.
        Err(_) => Err(Problem::new(ProblemKind::SignInRefused, "this is nobody's")),
    };
    match entered {
        Ok(entered) => Ok(enter(&guest, &entered, &next).await),
        Err(problem) if problem.kind == ProblemKind::SignInRefused => {
            rt::time::sleep_until((began + REFUSED_AFTER).into()).await;
            let providers = Offered::list(&guest.app.office, None);
            let form = Form::prefilled(guest.fields);
            refused(Guest::show(&SignInPage { frame: guest.frame, form, next: &next, is_refused: true, providers }))
        }
        Err(problem) => Err(problem.into()),
    }
}

fn asked(guest: &Guest) -> Result<SignIn, Problem> {
    Ok(SignIn {
        organisation: guest.fields.value("organisation")?,
        email: guest.fields.value("email")?,
        password: Password::typed(guest.fields.raw("password").to_owned()),
        agent: guest.agent(),
        known: session::known(&guest.request),
    })
}

/// Takes a begun session on: to the second factor, or to where its person wanted.
pub async fn enter(guest: &Guest, entered: &Entered, next: &str) -> HttpResponse {
    end_quietly(guest).await;
    let place = if entered.session.is_complete {
        next.to_owned()
    } else {
        format!("/sign-in/second-factor?{}", encoded("next", next))
    };
    see_other_with(&place, session::cookies(entered))
}

/// Ends the session that the browser had before: whoever knew its cookie does not get the new one's.
async fn end_quietly(guest: &Guest) {
    let Some(bearer) = session::bearer(&guest.request) else { return };
    let app = guest.app.clone();
    let ended = blocking::record(move || match membership::signed_in(&app.office, &bearer)? {
        Some((session, caller)) => membership::sign_out(&app.office, &caller, session.id),
        None => Ok(()),
    });
    if let Err(problem) = ended.await {
        tracing::warn!(error.cause = %problem, "a session that was replaced could not be ended");
    }
}

/// `GET /sign-in/second-factor`
pub async fn second_page(guest: Guest) -> Answer {
    let next = local(guest.fields.text("next")).to_owned();
    Guest::show(&SecondFactorPage { frame: guest.frame, next: &next, is_refused: false })
}

/// `POST /sign-in/second-factor`
pub async fn second(guest: Guest, limits: web::Data<Limits>) -> Answer {
    if let Err(exceeded) = limits.count_sign_in(Arrival::of(&guest.request).client) {
        return Ok(exceeded.answer(Family::Page));
    }
    let next = local(guest.fields.text("next")).to_owned();
    let Some(bearer) = session::bearer(&guest.request) else { return Ok(see_other("/sign-in")) };
    let (app, code) = (guest.app.clone(), guest.fields.text("code").to_owned());
    let known = session::known(&guest.request);
    let entered =
        blocking::record(move || membership::show_second_factor(&app.office, &bearer, known.as_ref(), &code)).await;
    match entered {
        Ok(entered) => Ok(see_other_with(&next, session::cookies(&entered))),
        Err(problem) if problem.kind == ProblemKind::SignInRefused => {
            refused(Guest::show(&SecondFactorPage { frame: guest.frame, next: &next, is_refused: true }))
        }
        Err(problem) => Err(problem.into()),
    }
}

/// `POST /sign-out`
pub async fn sign_out(visit: Visit) -> Answer {
    let (app, caller, id) = (visit.app.clone(), visit.caller.clone(), visit.signed_in.session.id);
    blocking::record(move || membership::sign_out(&app.office, &caller, id)).await?;
    Ok(see_other_with("/sign-in?said=signed-out", [session::forgotten()]))
}

fn refused(page: Answer) -> Answer {
    let mut page = page?;
    *page.status_mut() = StatusCode::UNAUTHORIZED;
    Ok(page)
}

async fn has_people(app: &web::Data<App>) -> Result<bool, Problem> {
    let app = app.clone();
    blocking::record(move || membership::has_people(&app.office)).await
}
