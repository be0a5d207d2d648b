//! Which model or data set an address means. Both have the same pages: `/models/…` shows models, `/datasets/…` data sets.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chancery_base::{
    problem::Problem,
    values::{ArtifactKind, ModelName, ModelReference},
};

/// The parts of an address below `/models/{owner}/{name}` or `/datasets/{owner}/{name}`.
#[derive(Clone)]
pub struct ArtifactPlace {
    /// Models or data sets, by where the page is.
    pub kind: ArtifactKind,
    parts: Vec<(String, String)>,
}

impl ArtifactPlace {
    /// The name; what cannot be a name is nobody's.
    pub fn name(&self) -> Result<ModelName, Problem> {
        let name = format!("{}/{}", self.part("owner"), self.part("name")).parse();
        name.map_err(|_| Problem::not_found(self.kind.noun()))
    }

    /// The version, where one is a part of the address.
    pub fn version(&self) -> Result<ModelReference, Problem> {
        let reference = format!("{}@{}", self.name()?, self.part("version")).parse();
        reference.map_err(|_| Problem::not_found("version"))
    }

    /// A part by its name; nothing where the address has none of it.
    pub fn part(&self, name: &str) -> &str {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, part)| part.as_str()).unwrap_or_default()
    }

    /// Where its pages are, such as `/models/acme/minilm`.
    pub fn root(&self) -> String {
        format!("/{}/{}/{}", self.kind.collection(), self.part("owner"), self.part("name"))
    }
}

impl FromRequest for ArtifactPlace {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let is_data = request.path().starts_with("/datasets/");
        let parts = request.match_info().iter().map(|(name, part)| (name.to_owned(), part.to_owned())).collect();
        ready(Ok(Self { kind: if is_data { ArtifactKind::Dataset } else { ArtifactKind::Model }, parts }))
    }
}
