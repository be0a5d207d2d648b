//! Preparations: a recipe is given, rows are read, and what came of it can be registered.

use actix_web::{HttpResponse, web};
use chancery_base::{idempotency::Done, problem::Problem, values::PreparationId};
use chancery_domain::{
    artifacts::{Preparation, PreparedFile},
    preparing::{NewPreparation, ShownPreparation},
};
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Page, PageQuery},
    problem::set,
};

/// `POST /api/v1/preparations`
pub async fn begin(call: Call) -> Answer {
    let new: NewPreparation = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let begun = blocking::record(move || app.preparer.begin(&caller, &once, &new)).await?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    if let Done::Now(id) = begun {
        let (app, caller) = (app.clone(), caller.clone());
        actix_web::rt::spawn(blocking::work(move || app.preparer.run(&caller, id)));
    }
    let id = begun.into_inner();
    let shown = blocking::record(move || app.preparer.show(&caller, id)).await?;
    Ok(HttpResponse::Accepted().json(view(&shown.as_begun())))
}

/// `GET /api/v1/preparations?after=`
pub async fn list(call: Call, query: PageQuery) -> Answer {
    let before = query.after::<PreparationId>()?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let listed = blocking::record(move || app.preparer.list(&caller, None, before)).await?;
    let Page { items, next } = query.cut(listed, |last| last.id.to_string());
    let items: Vec<Value> = items.iter().map(summary).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `GET /api/v1/preparations/{id}`
pub async fn show(call: Call, path: web::Path<String>) -> Answer {
    let (app, caller, id) = (call.app.clone(), call.caller.clone(), preparation_id(&path)?);
    let shown = blocking::record(move || app.preparer.show(&caller, id)).await?;
    Ok(HttpResponse::Ok().json(view(&shown)))
}

/// `POST /api/v1/preparations/{id}/cancel`
pub async fn cancel(call: Call, path: web::Path<String>) -> Answer {
    let (app, caller, id) = (call.app.clone(), call.caller.clone(), preparation_id(&path)?);
    blocking::record(move || app.preparer.cancel(&caller, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The preparation that a path means.
pub fn preparation_id(path: &str) -> Result<PreparationId, Problem> {
    path.parse().map_err(|_| Problem::not_found("preparation"))
}

fn summary(preparation: &Preparation) -> Value {
    json!({
        "id": preparation.id,
        "dataset": preparation.source_name.to_string(),
        "file": preparation.source_file,
        "state": preparation.state.code(),
        "pass": preparation.pass,
        "passes": preparation.passes,
        "rows": preparation.rows_done,
        "problem": preparation.problem,
        "created_at": preparation.created_at,
        "receipt": preparation.leaf,
    })
}

fn view(shown: &ShownPreparation) -> Value {
    let file = |file: &PreparedFile| json!({"path": file.path, "sha256": file.sha256, "size": file.size, "is_data": file.is_data});
    let files: Vec<Value> = shown.files.iter().map(file).collect();
    let mut view = summary(&shown.preparation);
    set(&mut view, "recipe", json!(shown.preparation.recipe));
    set(&mut view, "redaction", json!(shown.preparation.redaction));
    set(&mut view, "files", json!(files));
    set(&mut view, "report", json!(shown.report));
    view
}
