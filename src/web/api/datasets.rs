//! Data sets and their versions, as models are: shown to whom they are listed for. What is done to a version is done by the same
//! handlers as for models.

use actix_web::{HttpResponse, web};
use chancery_base::values::ArtifactKind;

use super::models;
use crate::web::{
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
