//! Destroying what opens the files of a version.

use actix_web::{HttpResponse, web};
use chancery_base::values::ModelReference;
use chancery_domain::{
    destroying::{Destruction, NewDestruction},
    membership::Acted,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{approvals::proposed, models::reference};
use crate::web::{
    blocking,
    call::{Answer, Call},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DestructionBody {
    reason: String,
}

/// `GET /api/v1/models/{owner}/{name}/versions/{selector}/destruction`
pub async fn foresee(call: Call, path: web::Path<(String, String, String)>) -> Answer {
    let meant = reference(&path)?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let plan = blocking::record(move || app.destroyer.foresee(&caller, &meant)).await?;
    Ok(HttpResponse::Ok().json(view(&plan)))
}

/// `POST /api/v1/models/{owner}/{name}/versions/{selector}/destruction`
pub async fn destroy(call: Call, path: web::Path<(String, String, String)>) -> Answer {
    let DestructionBody { reason } = call.body()?;
    let meant = reference(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    // The keys of every other file of the organisation are wrapped again.
    let destroyed = blocking::work(move || {
        let version = app.destroyer.foresee(&caller, &meant)?.number;
        let ModelReference { model, .. } = meant;
        app.destroy(&caller, &once, &NewDestruction { model, version, reason })
    });
    match destroyed.await? {
        Acted::Done(destruction) => Ok(HttpResponse::Ok().json(view(&destruction))),
        Acted::Proposed(proposal) => proposed(&call, proposal).await,
    }
}

fn view(destruction: &Destruction) -> Value {
    let Destruction { version, number, destroyed, bytes, kept, leaf } = destruction;
    json!({
        "id": version, "version": number, "destroyed": destroyed, "bytes": bytes, "kept": kept, "receipt": leaf,
    })
}
