//! Who calls: a middleware in front of every gated route of programs. Handlers never see a request without a caller.

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
use serde_json::json;
use tracing::Instrument;

use super::{
    arrival::Arrival,
    blocking,
    call::{Waited, header},
    limits::{Exceeded, Limits},
    problem::{Family, ProblemAnswer, render},
    session,
};
use crate::app::App;

/// How much of a refused request's path goes into the log; any that names something here is shorter.
const PATH_CHARACTERS: usize = 500;

/// Finds the caller by the API key in `Authorization: Bearer …`, or by the session of a browser, or ends the request with 401. A request to change something
/// that is refused before it reached an act is written down here; acts write down what they refuse themselves.
pub async fn authenticate<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let began = Instant::now();
    let caller = caller(&request).instrument(tracing::info_span!("authenticate")).await;
    if let Err(exceeded) = count(&request, &caller) {
        let answer = exceeded.answer(Family::of(request.path()));
        return Ok(request.into_response(answer).map_into_right_body());
    }
    match caller {
        Ok(caller) => {
            request.extensions_mut().insert(caller.clone());
            request.extensions_mut().insert(Waited(began.elapsed()));
            let answer = next.call(request).await?;
            match write_down(&answer, caller).await {
                Ok(()) => Ok(answer.map_into_left_body()),
                Err(problem) => {
                    let family = Family::of(answer.request().path());
                    Ok(answer.into_response(render(&problem, family)).map_into_right_body())
                }
            }
        }
        Err(problem) => {
            let family = Family::of(request.path());
            Ok(request.into_response(render(&problem, family)).map_into_right_body())
        }
    }
}

/// Counts a request of the caller that was found, or of the address where none was.
fn count(request: &ServiceRequest, caller: &Result<Caller, Problem>) -> Result<(), Exceeded> {
    // INVARIANT: the server registers its limits with the application.
    let Some(limits) = request.app_data::<web::Data<Limits>>() else { return Ok(()) };
    match caller {
        Ok(caller) => limits.count(caller),
        Err(problem) if problem.kind == ProblemKind::Unauthenticated => {
            limits.count_stranger(Arrival::of(request.request()).client)
        }
        Err(_) => Ok(()),
    }
}

/// Writes down the refusal that an answer stands for, where that is owed.
async fn write_down<B>(answer: &ServiceResponse<B>, caller: Caller) -> Result<(), Problem> {
    let request = answer.request();
    let refused = answer.response().error().and_then(|error| error.as_error::<ProblemAnswer>());
    let Some(ProblemAnswer(problem)) = refused.filter(|answer| answer.0.is_owed()) else { return Ok(()) };
    if request.method().is_safe() {
        return Ok(());
    }
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| Problem::internal("no application data"))?;
    let attempt = format!("{} {}", request.method(), request.match_pattern().unwrap_or_default());
    // What a stranger to the path wrote there is not kept in full: it may be long.
    let path: String = request.path().chars().take(PATH_CHARACTERS).collect();
    let (subject, problem) = (json!({"path": path}), problem.clone());
    blocking::record(move || app.recorder().refusal(&caller, &attempt, &subject, problem).map(drop)).await
}

async fn caller(request: &ServiceRequest) -> Result<Caller, Problem> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| Problem::internal("no application data"))?;
    if request.headers().get("authorization").is_none()
        && let Some(person) = person(request, &app).await?
    {
        return Ok(person);
    }
    let token = presented_token(request)?;
    blocking::record(move || {
        let now = app.clock.now();
        app.database.read(|connection| parties::authenticate(connection, &token, now))
    })
    .await
}

/// Who signed in with the browser that asks, where a script of our own pages does so.
async fn person(request: &ServiceRequest, app: &web::Data<App>) -> Result<Option<Caller>, Problem> {
    let Some(signed_in) = session::signed_in(request.request(), app).await? else { return Ok(None) };
    session::require_own_page(request.request())?;
    Ok(signed_in.session.is_complete.then_some(signed_in.caller))
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
