//! Who calls: a middleware in front of every gated route. Handlers never see a request without a caller.

use std::time::Instant;

use actix_web::{
    HttpMessage,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use chancery_base::{
    crypto::ApiToken,
    problem::{Problem, ProblemKind},
};
use chancery_domain::parties::{self, Caller};

use super::{
    blocking,
    call::{Waited, header},
    problem::{Family, render},
};
use crate::app::App;

/// Finds the caller by the API key in `Authorization: Bearer …`, or ends the request with 401.
pub async fn authenticate<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let began = Instant::now();
    match caller(&request).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(Waited(began.elapsed()));
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(problem) => {
            let family = Family::of(request.path());
            Ok(request.into_response(render(&problem, family)).map_into_right_body())
        }
    }
}

async fn caller(request: &ServiceRequest) -> Result<Caller, Problem> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| Problem::internal("no application data"))?;
    let token = presented_token(request)?;
    blocking::record(move || {
        let now = app.clock.now();
        app.database.read(|connection| parties::authenticate(connection, &token, now))
    })
    .await
}

fn presented_token(request: &ServiceRequest) -> Result<ApiToken, Problem> {
    let refused = |detail: String| Problem::new(ProblemKind::Unauthenticated, detail);
    let text = header(request.request(), "authorization")?
        .ok_or_else(|| refused("no API key was given; send it as `Authorization: Bearer chy_…`".to_owned()))?;
    let token = text.strip_prefix("Bearer ").or_else(|| text.strip_prefix("bearer "));
    let token = token
        .ok_or_else(|| refused("the Authorization header is not a bearer token; send `Bearer chy_…`".to_owned()))?;
    ApiToken::parse(token.trim()).map_err(|error| refused(error.to_string()))
}
