//! Taking an invitation.

use actix_web::web;
use askama::Template;
use chancery_base::problem::Problem;
use chancery_domain::{
    membership::{self, NewPerson},
    parties::{Invitation, Party},
};

use super::{
    form::Form,
    frame::Frame,
    providers::{Offered, offered_to},
    visit::{Guest, Visit, encoded, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    frame: Frame,
    form: Form,
    organisation: String,
    email: String,
    role: &'static str,
    secret: String,
    providers: Vec<Offered>,
}

impl InvitationPage {
    fn of((invitation, party): &(Invitation, Party), secret: &str, guest: &Guest, form: Form) -> Self {
        Self {
            frame: guest.frame.clone(),
            form,
            organisation: party.title.to_string(),
            email: invitation.email.to_string(),
            role: invitation.role.code(),
            secret: secret.to_owned(),
            providers: offered_to(&guest.app.office, party),
        }
    }
}

/// `GET /join/{invitation}`
pub async fn show(guest: Guest, secret: web::Path<String>) -> Answer {
    let found = find(&guest, secret.clone()).await?;
    Guest::show(&InvitationPage::of(&found, &secret, &guest, Form::default()))
}

/// `POST /join/{invitation}`
pub async fn join(guest: Guest, secret: web::Path<String>) -> Answer {
    let found = find(&guest, secret.clone()).await?;
    let (app, fields) = (guest.app.clone(), guest.fields.clone());
    let shown = secret.clone();
    let joined = blocking::work(move || {
        let new = NewPerson { name: fields.value("name")?, password: fields.raw("password").to_owned() };
        membership::accept_invitation(&app.office, &secret, new)
    });
    match joined.await {
        Ok(person) => {
            let (organisation, email) =
                (encoded("organisation", found.1.slug.as_str()), encoded("email", person.email.as_str()));
            Ok(see_other(&format!("/sign-in?said=joined&{organisation}&{email}")))
        }
        Err(problem) => Visit::show_again(problem, |problem| {
            let form = Form::refused(guest.fields.clone(), problem);
            Guest::show(&InvitationPage::of(&found, &shown, &guest, form))
        }),
    }
}

async fn find(guest: &Guest, secret: String) -> Result<(Invitation, Party), Problem> {
    let app = guest.app.clone();
    blocking::record(move || membership::find_invitation(&app.office, &secret)).await
}
