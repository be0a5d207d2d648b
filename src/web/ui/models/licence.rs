//! The licence of a version: what the licences of everything it came from leave of each right, in plain language beside the legal
//! text that its owner offers it under.

use askama::Template;
use chancery_domain::{
    licensing::{LegalText, Verdict},
    policy::{self, Outlook, RightCause},
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
    outlook: Option<Outlook>,
    texts: Vec<LegalText>,
}

impl LicencePage {
    /// What a licence asks for, in the reader's language.
    fn condition(&self, cause: &RightCause) -> Option<String> {
        cause.condition.as_ref().map(|condition| condition.in_language(self.frame.language()).to_owned())
    }

    /// A name, or the word for what is not disclosed.
    fn disclosed(&self, name: &str) -> String {
        if name.starts_with(UNDISCLOSED) { self.frame.t("undisclosed") } else { name.to_owned() }
    }

    /// How a verdict looks.
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
    let (about, outlook) = blocking::record(move || {
        let outlook = app.desk.outlook(&caller, asked.kind, &asked.reference)?;
        Ok((About::read(&app, &caller, &asked, "licence")?, outlook))
    })
    .await?;
    let texts = about.document.licence().map(|licence| LegalText::of(licence, policy::catalogue())).unwrap_or_default();
    Visit::show(&LicencePage { frame, about, outlook, texts })
}
