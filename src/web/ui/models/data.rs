//! The first tab of a data set: what is in it, where it comes from, and what this server found in its rows.

use askama::Template;
use chancery_base::problem::Problem;
use chancery_domain::{
    parties::{self, Party},
    passport::{Datasheet, PrivacyClass},
    registration::DataProfile,
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
#[template(path = "model/data.html")]
struct DataPage {
    frame: Frame,
    about: About,
    datasheet: Datasheet,
    owner: Party,
    profile: DataProfile,
}

impl DataPage {
    /// Whether the datasheet says that there are no personal data, and this server found what looks like some.
    fn contradicts(&self) -> bool {
        self.datasheet.dataset.privacy.class == PrivacyClass::None && !self.profile.personal().is_empty()
    }

    /// What proves how the data were obtained.
    fn proof(&self) -> Vec<(String, String)> {
        let evidence = &self.datasheet.evidence;
        let digest = evidence.crawl_log_digest.map(|digest| digest.to_string());
        let texts = [
            ("contract", evidence.contract.clone()),
            ("consent", evidence.consent.clone()),
            ("crawl_log_digest", digest),
            ("crawler", evidence.crawler.clone()),
            ("system", evidence.system.clone()),
            ("generator_licence", evidence.generator_licence.as_ref().map(ToString::to_string)),
        ];
        texts.into_iter().filter_map(|(field, text)| Some((self.frame.named("field", field), text?))).collect()
    }
}

/// `GET /datasets/{owner}/{name}?version=`
pub async fn summary(visit: Visit, path: ArtifactPlace) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let asked = Asked::read(&path, &fields)?;
    let (about, owner) = blocking::record(move || {
        let about = About::read(&app, &caller, &asked, "summary")?;
        let owner = app.database.read(|connection| parties::find_party(connection, about.listed.model.owner))?;
        Ok((about, owner.ok_or_else(|| Problem::internal("a data set's owner is missing"))?))
    })
    .await?;
    let datasheet = about.document.datasheet().cloned().ok_or_else(|| Problem::not_found("data set"))?;
    let profile = about.described.profile.as_deref().map(DataProfile::parse).transpose()?.unwrap_or_default();
    Visit::show(&DataPage { frame, about, datasheet, owner, profile })
}
