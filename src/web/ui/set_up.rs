//! The first person of an organisation, who shows one of its API keys.

use actix_web::web;
use askama::Template;
use chancery_base::{
    crypto::ApiToken,
    problem::{Problem, ProblemKind},
};
use chancery_domain::{
    membership::{self, NewPerson},
    parties::{self, Caller},
};

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    visit::{Guest, Visit, encoded, see_other},
};
use crate::{
    app::App,
    web::{arrival::Arrival, blocking, call::Answer, limits::Limits, problem::Family},
};

#[derive(Template)]
#[template(path = "set_up.html")]
struct SetUpPage {
    frame: Frame,
    form: Form,
}

/// `GET /set-up`
pub async fn show(guest: Guest) -> Answer {
    Guest::show(&SetUpPage { frame: guest.frame, form: Form::prefilled(guest.fields) })
}

/// `POST /set-up`
pub async fn set_up(guest: Guest, limits: web::Data<Limits>) -> Answer {
    if let Err(exceeded) = limits.count_sign_in(Arrival::of(&guest.request).client) {
        return Ok(exceeded.answer(Family::Page));
    }
    let (app, fields) = (guest.app.clone(), guest.fields.clone());
    match blocking::work(move || made(&app, &fields)).await {
        Ok(caller) => {
            let organisation = encoded("organisation", caller.party.slug.as_str());
            Ok(see_other(&format!(
                "/sign-in?said=joined&{organisation}&{}",
                encoded("email", guest.fields.text("email"))
            )))
        }
        Err(problem) => Visit::show_again(problem, |problem| {
            Guest::show(&SetUpPage { frame: guest.frame, form: Form::refused(guest.fields, problem) })
        }),
    }
}

fn made(app: &App, fields: &Fields) -> Result<Caller, Problem> {
    let refused = |problem: Problem| Problem::new(ProblemKind::Unprocessable, problem.detail).at("token");
    let token = ApiToken::parse(fields.text("token"))
        .map_err(|error| Problem::new(ProblemKind::Unprocessable, error.to_string()).at("token"))?;
    let new = NewPerson { name: fields.value("name")?, password: fields.raw("password").to_owned() };
    let email = fields.value("email")?;
    let now = app.clock.now();
    let caller = app.database.read(|connection| parties::authenticate(connection, &token, now)).map_err(refused)?;
    membership::first_person(&app.office, &caller, email, new)?;
    Ok(caller)
}
