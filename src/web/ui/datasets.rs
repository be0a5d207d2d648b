//! Data sets that are not registered here, as the passports of the models that were trained on them name them, and what each passport says of one.

use actix_web::web;
use askama::Template;
use chancery_base::problem::Problem;
use chancery_domain::catalogue::{self, DatasetId, DatasetQuery, DeclaredDataset, Found, ShownDataset};

use super::{form::Form, frame::Frame, visit::Visit};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "datasets.html")]
struct DatasetsPage {
    frame: Frame,
    form: Form,
    found: Found<ShownDataset>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "dataset.html")]
struct DatasetPage {
    frame: Frame,
    shown: ShownDataset,
    declared: Found<DeclaredDataset>,
    next: Option<String>,
}

/// `GET /datasets/named?q=&after=`
pub async fn datasets(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let query = DatasetQuery { words: fields.text("q").to_owned(), after: after(&fields) };
    let found = blocking::record(move || {
        app.database.read(|connection| catalogue::find_datasets(connection, caller.party.id, &query))
    })
    .await?;
    let next = found.next.as_ref().map(|after| fields.address("/datasets/named", &["q"], ("after", after)));
    Visit::show(&DatasetsPage { frame, form: Form::prefilled(fields), found, next })
}

/// `GET /datasets/{id}?after=`
pub async fn dataset(visit: Visit, id: web::Path<String>) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let id: DatasetId = id.parse().map_err(|_| Problem::not_found("data set"))?;
    let after = after(&fields);
    let (shown, declared) = blocking::record(move || {
        app.database.read(|connection| catalogue::show_dataset(connection, caller.party.id, id, after.as_deref()))
    })
    .await?;
    let next = declared.next.as_ref().map(|after| fields.address(&format!("/datasets/{id}"), &[], ("after", after)));
    Visit::show(&DatasetPage { frame, shown, declared, next })
}

fn after(fields: &super::fields::Fields) -> Option<String> {
    Some(fields.raw("after").to_owned()).filter(|after| !after.is_empty())
}
