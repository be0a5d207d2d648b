//! The licence of a version: what the licences of everything it came from leave of each right, in plain language beside the legal
//! text that its owner offers it under.

use askama::Template;
use chancery_domain::{
    licensing::{Cause, Form, LegalText, Outcome, TableCell, Verdict},
    passport::Right,
    policy::{self, LicenceTable},
    serving::UNDISCLOSED,
};

use super::{
    about::{About, Asked, tag},
    place::ArtifactPlace,
};
use crate::web::{
    blocking,
    call::Answer,
    ui::{frame::Frame, visit::Visit},
};

#[derive(Template)]
#[template(path = "model/licence.html")]
struct LicencePage {
    frame: Frame,
    about: About,
    /// `None` where the papers contradict each other.
    table: Option<LicenceTable>,
    texts: Vec<LegalText>,
}

impl LicencePage {
    /// What a licence asks for, in the reader's language.
    fn condition(&self, cause: &Cause) -> Option<String> {
        cause.condition.as_ref().map(|condition| condition.in_language(self.frame.language()).to_owned())
    }

    /// A name, or the word for what is not disclosed.
    fn disclosed(&self, name: &str) -> String {
        if name.starts_with(UNDISCLOSED) { self.frame.t("undisclosed") } else { name.to_owned() }
    }

    /// Why a reading is not certain, in the reader's language.
    fn doubt(&self, cause: &Cause) -> Option<String> {
        cause.doubt.as_ref().map(|doubt| doubt.in_language(self.frame.language()).to_owned())
    }

    fn cell<'t>(&self, table: &'t LicenceTable, right: &Right, form: &Form) -> Option<&'t TableCell> {
        table.table.cell(*right, *form)
    }

    fn causes<'t>(&self, table: &'t LicenceTable, right: &Right) -> Vec<&'t Cause> {
        table.causes(*right)
    }

    const fn rights(&self) -> &'static [Right] {
        Right::ALL
    }

    const fn forms(&self) -> &'static [Form] {
        Form::ALL
    }

    /// How a verdict on a use looks.
    const fn look(outcome: &Outcome) -> &'static str {
        match outcome {
            Outcome::Allowed => "allowed",
            Outcome::Conditional => "expiring",
            Outcome::Silent => "silent",
            Outcome::Forbidden => "refused",
        }
    }

    /// How what one licence says looks.
    const fn tag(verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::Permitted => "allowed",
            Verdict::Conditional => "expiring",
            Verdict::Silent => "silent",
            Verdict::Unread | Verdict::Missing => "unknown",
            Verdict::Reserved | Verdict::Forbidden => "refused",
        }
    }
}

/// A text in its paragraphs.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
}

/// `GET /models/{owner}/{name}/licence?version=`
pub async fn licence(visit: Visit, path: ArtifactPlace) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let asked = Asked::read(&path, &fields)?;
    let (about, table) = blocking::record(move || {
        let table = app.desk.licence_table(&caller, asked.kind, &asked.reference)?;
        Ok((About::read(&app, &caller, &asked, "licence")?, table))
    })
    .await?;
    let texts = about.document.licence().map(|licence| LegalText::of(licence, policy::catalogue())).unwrap_or_default();
    Visit::show(&LicencePage { frame, about, table, texts })
}
