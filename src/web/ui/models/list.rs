//! The models that a party may know of.

use askama::Template;
use chancery_base::problem::Problem;
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

/// `GET /models?q=&from=&status=&sort=&after=`
pub async fn models(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let query = query(&fields)?;
    let (order, party) = (query.order, caller.party.id);
    let found =
        blocking::record(move || app.database.read(|connection| catalogue::find_models(connection, party, &query)))
            .await?;
    let narrowing = ["q", "from", "status"];
    let by = |order: ModelOrder| fields.address("/models", &narrowing, ("sort", &order));
    let next =
        found.next.as_ref().map(|after| fields.address("/models", &["q", "from", "status", "sort"], ("after", after)));
    let is_narrowed =
        ["q", "status"].iter().any(|name| !fields.text(name).is_empty()) || !matches!(fields.text("from"), "" | "all");
    let (by_name, by_age) = (by(ModelOrder::Name), by(ModelOrder::Newest));
    Visit::show(&ModelsPage { frame, form: Form::prefilled(fields), found, order, by_name, by_age, next, is_narrowed })
}

fn query(fields: &Fields) -> Result<ModelQuery, Problem> {
    Ok(ModelQuery {
        words: fields.text("q").to_owned(),
        scope: fields.optional("from")?.unwrap_or(ModelScope::Everything),
        status: fields.optional("status")?,
        order: fields.optional("sort")?.unwrap_or(ModelOrder::Name),
        after: Some(fields.text("after").to_owned()).filter(|after| !after.is_empty()),
    })
}
