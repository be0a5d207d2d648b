//! Data sets and their versions, as models are: shown to whom they are listed for. What is done to a version is done by the same
//! handlers as for models.

use actix_web::{HttpRequest, HttpResponse, web};
use chancery_base::values::ArtifactKind;
use chancery_domain::exchange::{RegisteredDataset, croissant, data_trust_alliance};
use serde_json::Value;

use super::models;
use crate::web::{
    arrival::Arrival,
    blocking,
    call::{Answer, Call},
    page::PageQuery,
};

/// `GET /api/v1/datasets?after=`
pub async fn list(call: Call, query: PageQuery) -> Answer {
    models::list_of(ArtifactKind::Dataset, call, query).await
}

/// `GET /api/v1/datasets/{owner}/{name}?after=`
pub async fn show(call: Call, path: web::Path<(String, String)>, query: PageQuery) -> Answer {
    models::show_of(ArtifactKind::Dataset, call, path, query).await
}

/// `GET /api/v1/datasets/{owner}/{name}/versions/{selector}`
pub async fn version(call: Call, path: web::Path<(String, String, String)>) -> Answer {
    let view = models::described(ArtifactKind::Dataset, &call, &path).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// `GET /api/v1/datasets/{owner}/{name}/versions/{selector}/licence`
pub async fn licence(call: Call, path: web::Path<(String, String, String)>) -> Answer {
    models::licence_of(ArtifactKind::Dataset, call, path).await
}

/// `GET /api/v1/datasets/{owner}/{name}/versions/{selector}/croissant`
pub async fn as_croissant(call: Call, request: HttpRequest, path: web::Path<(String, String, String)>) -> Answer {
    written(croissant, &call, &request, &path).await
}

/// `GET /api/v1/datasets/{owner}/{name}/versions/{selector}/data-trust-alliance`
pub async fn as_data_trust_alliance(
    call: Call,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Answer {
    written(data_trust_alliance, &call, &request, &path).await
}

/// A version in another format, addressed as the caller addresses this server.
async fn written(
    write: fn(&RegisteredDataset) -> Value,
    call: &Call,
    request: &HttpRequest,
    path: &(String, String, String),
) -> Answer {
    let reference = models::reference(path)?;
    let registry = Arrival::of(request).origin().unwrap_or_default();
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let dataset = blocking::record(move || app.desk.export_dataset(&caller, &reference, registry)).await?;
    Ok(HttpResponse::Ok().json(write(&dataset)))
}
