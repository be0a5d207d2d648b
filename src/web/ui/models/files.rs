//! The files of a version, their signature, and how to check both without this server.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chancery_base::values::ByteCount;

use super::{
    about::{About, Asked, tag},
    place::ArtifactPlace,
};
use crate::web::{
    api,
    arrival::Arrival,
    blocking,
    call::Answer,
    ui::{frame::Frame, visit::Visit},
};

#[derive(Template)]
#[template(path = "model/files.html")]
struct FilesPage {
    frame: Frame,
    about: About,
    server: String,
}

impl FilesPage {
    /// The size of all files together.
    fn total(&self) -> String {
        self.frame.size(&ByteCount(self.about.described.files.iter().map(|file| file.size.0).sum()))
    }

    /// The commands that pin the keys and check the stored version.
    fn online(&self) -> String {
        let signer = self
            .about
            .described
            .signer
            .as_ref()
            .map(|signer| format!(" --signer {}={}", self.about.name().owner, signer.public_key));
        format!(
            "chancery trust add --from {}{}\nchancery verify {}",
            self.server,
            signer.unwrap_or_default(),
            self.about.pinned()
        )
    }

    /// The command that checks files at hand against the bundle, without a server.
    fn offline(&self) -> String {
        format!(
            "chancery verify --bundle {} --trust trust.txt --dir ./{}",
            bundle_name(&self.about),
            self.about.name().name
        )
    }
}

/// `GET /models/{owner}/{name}/files?version=`
pub async fn files(visit: Visit, path: ArtifactPlace, request: HttpRequest) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let asked = Asked::read(&path, &fields)?;
    let about = blocking::record(move || About::read(&app, &caller, &asked, "files")).await?;
    let server = Arrival::of(&request).origin().unwrap_or_default();
    Visit::show(&FilesPage { frame, about, server })
}

/// `GET /models/{owner}/{name}/bundle?version=`
pub async fn bundle(visit: Visit, path: ArtifactPlace) -> Answer {
    let Visit { app, caller, fields, .. } = visit;
    let asked = Asked::read(&path, &fields)?;
    let (about, papers) = blocking::record(move || {
        let about = About::read(&app, &caller, &asked, "files")?;
        let papers = app.database.read(|connection| {
            api::models::papers(connection, &app, &about.described.model, &about.described.version)
        })?;
        Ok((about, papers))
    })
    .await?;
    let disposition = format!("attachment; filename=\"{}\"", bundle_name(&about));
    Ok(HttpResponse::Ok()
        .insert_header(("Content-Disposition", disposition))
        .insert_header(("Cache-Control", "no-store"))
        .json(papers))
}

/// What a downloaded bundle is called. Names of models are letters, digits, `-`, `_` and `.`.
fn bundle_name(about: &About) -> String {
    format!("{}-v{}.chancery.json", about.name().name, about.described.version.number)
}
