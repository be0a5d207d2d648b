//! The models, or the registered data sets, that a party may know of.

use askama::Template;
use chancery_base::{problem::Problem, values::ArtifactKind};
use chancery_domain::{
    artifacts::ShownModel,
    catalogue::{self, Found, ModelOrder, ModelQuery, ModelScope},
};

use super::about::tag;
use crate::web::{
    blocking,
    call::Answer,
    ui::{fields::Fields, form::Form, frame::Frame, visit::Visit},
};

#[derive(Template)]
#[template(path = "models.html")]
struct ModelsPage {
    frame: Frame,
    /// Where these listings are: `models` or `datasets`.
    collection: &'static str,
    form: Form,
    found: Found<ShownModel>,
    order: ModelOrder,
    /// Where the same stands by name, and the newest first.
    by_name: String,
    by_age: String,
    /// Where the page behind this one is.
    next: Option<String>,
    /// Whether anything was asked that leaves models out.
    is_narrowed: bool,
}

impl ModelsPage {
    fn is_data(&self) -> bool {
        self.collection == ArtifactKind::Dataset.collection()
    }

    /// Whose can be looked through: nobody is licensed to data sets here.
    fn scopes(&self) -> &'static [&'static str] {
        if self.is_data() { &["all", "own"] } else { &["all", "own", "licensed"] }
    }
}

/// `GET /models?q=&from=&status=&sort=&after=`
pub async fn models(visit: Visit) -> Answer {
    list(visit, ArtifactKind::Model).await
}

/// `GET /datasets?q=&from=&status=&sort=&after=`
pub async fn datasets(visit: Visit) -> Answer {
    list(visit, ArtifactKind::Dataset).await
}

async fn list(visit: Visit, kind: ArtifactKind) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let (query, collection) = (query(kind, &fields)?, kind.collection());
    let root = format!("/{collection}");
    let (order, party) = (query.order, caller.party.id);
    let found =
        blocking::record(move || app.database.read(|connection| catalogue::find_models(connection, party, &query)))
            .await?;
    let narrowing = ["q", "from", "status"];
    let by = |order: ModelOrder| fields.address(&root, &narrowing, ("sort", &order));
    let next =
        found.next.as_ref().map(|after| fields.address(&root, &["q", "from", "status", "sort"], ("after", after)));
    let is_narrowed =
        ["q", "status"].iter().any(|name| !fields.text(name).is_empty()) || !matches!(fields.text("from"), "" | "all");
    let (by_name, by_age) = (by(ModelOrder::Name), by(ModelOrder::Newest));
    let form = Form::prefilled(fields);
    Visit::show(&ModelsPage { frame, collection, form, found, order, by_name, by_age, next, is_narrowed })
}

fn query(kind: ArtifactKind, fields: &Fields) -> Result<ModelQuery, Problem> {
    Ok(ModelQuery {
        kind,
        words: fields.text("q").to_owned(),
        scope: fields.optional("from")?.unwrap_or(ModelScope::Everything),
        status: fields.optional("status")?,
        order: fields.optional("sort")?.unwrap_or(ModelOrder::Name),
        after: Some(fields.text("after").to_owned()).filter(|after| !after.is_empty()),
    })
}
