//! Exports: the files of an audit pack, a line of JSON each.

use actix_web::{HttpResponse, web};
use chancery_base::{problem::Problem, values::UnixMillis};
use serde::Deserialize;

use crate::web::{
    blocking,
    call::{Answer, Call},
};

/// Which period.
#[derive(Deserialize)]
pub struct Period {
    from: i64,
    to: i64,
}

/// `GET /api/v1/exports/audit?from=&to=`
pub async fn audit(call: Call, period: Result<web::Query<Period>, actix_web::Error>) -> Answer {
    let period = period.map_err(|_| {
        Problem::new(
            chancery_base::problem::ProblemKind::BadRequest,
            "the period is not given as `from` and `to` in milliseconds since 1970; add both",
        )
    })?;
    let (from, to) = (UnixMillis::new(period.from), UnixMillis::new(period.to));
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let pack = blocking::work(move || app.reporter.audit_pack(&caller, from, to)).await?;
    let mut lines = String::new();
    for file in &pack.files {
        lines.push_str(&serde_json::to_string(file).map_err(Problem::internal)?);
        lines.push('\n');
    }
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").body(lines))
}
