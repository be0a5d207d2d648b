//! `GET /metrics`, on its own listener: a public server does not show it.

use actix_web::{HttpResponse, web};

use super::{blocking, call::Answer};
use crate::app::{App, Measures};

/// Prometheus' text format, as its documentation names it.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`
pub async fn show(app: web::Data<App>, measures: web::Data<Measures>) -> Answer {
    let text = blocking::work(move || Ok(measures.of(&app))).await?;
    Ok(HttpResponse::Ok().content_type(CONTENT_TYPE).body(text))
}
