//! Uploading a model: chosen, hashed, signed and sent by a script of ours, or by the commands that the page shows. What a passport
//! lacks is told without a script as well.

use askama::Template;
use chancery_base::{problem::Problem, values::PartyId};
use chancery_domain::{
    documents::Fault,
    parties::{self, EnrolledKey, Permission},
    provenance::MissingFact,
};

use super::{form::Form, frame::Frame, visit::Visit};
use crate::web::{api::passports, blocking, call::Answer};

#[derive(Template)]
#[template(path = "upload.html")]
struct UploadPage {
    frame: Frame,
    form: Form,
    organisation: String,
    party: PartyId,
    /// Fingerprints of the keys whose signatures speak for the organisation.
    signers: Vec<String>,
    checked: Option<Checked>,
}

impl UploadPage {
    /// What does the same on a command line.
    fn commands(&self) -> String {
        let model = format!("{}/NAME", self.organisation);
        format!(
            "chancery passport init --out passport.toml\nchancery passport check passport.toml\n\
             chancery push ./MODEL --model {model} --key signing.pem --passport passport.toml"
        )
    }
}

/// What was found in a passport that was typed in.
enum Checked {
    /// It can be signed; what it leaves out.
    Valid(Vec<MissingFact>),
    /// It cannot.
    Faulty(Vec<Fault>),
}

/// `GET /upload`
pub async fn upload(visit: Visit) -> Answer {
    page(visit, None).await
}

/// `POST /upload/passport`: checks a passport that was typed in, and keeps nothing.
pub async fn check(visit: Visit) -> Answer {
    let checked = match passports::checked(visit.fields.raw("passport_text").as_bytes()) {
        Ok((_, missing)) => Checked::Valid(missing),
        Err(faults) => Checked::Faulty(faults.list().to_vec()),
    };
    page(visit, Some(checked)).await
}

async fn page(visit: Visit, checked: Option<Checked>) -> Answer {
    visit.caller.require(Permission::Administer)?;
    let Visit { app, caller, frame, fields, .. } = visit;
    let (party, organisation) = (caller.party.id, caller.party.slug.to_string());
    let read =
        move || app.database.read(|connection| parties::signing_keys_of(connection, party).map_err(Problem::from));
    let keys = blocking::record(read).await?;
    let trusted = keys.iter().filter(|key| key.is_trusted()).map(EnrolledKey::fingerprint);
    let signers = trusted.map(|fingerprint| fingerprint.to_string()).collect();
    Visit::show(&UploadPage { frame, form: Form::prefilled(fields), organisation, party, signers, checked })
}
