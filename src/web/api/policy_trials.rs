//! Rules on trial: what those in shadow would have refused, and what others would have made of recorded decisions.

use actix_web::{HttpResponse, web};
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::UnixMillis,
};
use chancery_domain::serving::{
    REHEARSAL_PAGE, Rehearsal, RehearsalRequest, RehearsedGroup, RulesDraft, ShadowGroup, ShadowPlace, ShadowQuestion,
    TriedRule,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Page, PageQuery, cursor},
};

/// Which part of the records; all of them where nothing is said.
#[derive(Deserialize)]
pub struct TrialQuery {
    rule: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
    decisions: Option<u32>,
}

impl TrialQuery {
    fn period(&self) -> (UnixMillis, UnixMillis) {
        let (from, to) = (self.from.map(UnixMillis::new), self.to.map(UnixMillis::new));
        (from.unwrap_or(UnixMillis::new(0)), to.unwrap_or(UnixMillis::LATEST))
    }
}

type Query = Result<web::Query<TrialQuery>, actix_web::Error>;

/// `GET /api/v1/policies/shadow/report?rule=&from=&to=&after=`
pub async fn shadow_report(call: Call, query: Query, page: PageQuery) -> Answer {
    let (query, after) = (readable(query)?, page.after::<String>()?);
    let (from, to) = query.period();
    let after = after.map(|after| place(&after)).transpose()?;
    let question = ShadowQuestion { rule: query.rule, from, to, after };
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let report = blocking::work(move || app.desk.shadow_report(&caller, &question)).await?;
    let Page { items, next } = page.cut(report.groups, |(rule, group)| format!("{rule} {}", group.place));
    Ok(HttpResponse::Ok().json(json!({
        "rules": report.rules.iter().map(rule_view).collect::<Vec<_>>(),
        "items": items.iter().map(|(rule, group)| group_view(rule, group)).collect::<Vec<_>>(),
        "next": next,
    })))
}

/// `POST /api/v1/policies/diff?from=&to=&after=&decisions=`
pub async fn diff(call: Call, query: Query, page: PageQuery) -> Answer {
    let (query, after) = (readable(query)?, page.after()?);
    let (from, to) = query.period();
    let draft: RulesDraft = call.body()?;
    let most = query.decisions.unwrap_or(REHEARSAL_PAGE);
    let request = RehearsalRequest { draft, from, to, after, most };
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let rehearsal = blocking::work(move || app.desk.rehearse(&caller, request)).await?;
    Ok(HttpResponse::Ok().json(diff_view(&rehearsal)))
}

fn readable(query: Query) -> Result<TrialQuery, Problem> {
    query.map(web::Query::into_inner).map_err(|_| {
        let detail =
            "the query cannot be read; give `from` and `to` in milliseconds since 1970, `decisions` as a number";
        Problem::new(ProblemKind::BadRequest, detail)
    })
}

/// The group that a cursor of the report names: its rule, and its place there.
fn place(cursor: &str) -> Result<(String, ShadowPlace), Problem> {
    let parts = cursor.split_once(' ').and_then(|(rule, place)| Some((rule.to_owned(), place.parse().ok()?)));
    parts.ok_or_else(|| {
        let detail = "this is not a cursor of this report; take `next` of the page before, or leave it out";
        Problem::new(ProblemKind::BadRequest, detail).at("after")
    })
}

fn rule_view(tried: &TriedRule) -> Value {
    json!({
        "rule": tried.rule, "mode": tried.mode, "since": tried.since, "by": tried.by,
        "would_refuse": tried.count.would_refuse, "refused_anyway": tried.count.refused_anyway,
    })
}

fn group_view(rule: &str, group: &ShadowGroup) -> Value {
    json!({
        "rule": rule, "model": group.model, "licensee": group.licensee,
        "would_refuse": group.count.would_refuse, "refused_anyway": group.count.refused_anyway,
        "first": group.first, "last": group.last,
    })
}

fn diff_view(rehearsal: &Rehearsal) -> Value {
    json!({
        "policy_digest": rehearsal.digest,
        "decisions": rehearsal.decisions,
        "equal": rehearsal.equal,
        "items": rehearsal.groups.iter().map(rehearsed_view).collect::<Vec<_>>(),
        "next": rehearsal.next.as_ref().map(cursor),
    })
}

fn rehearsed_view(group: &RehearsedGroup) -> Value {
    json!({
        "change": group.change, "cause": group.cause, "model": group.model, "licensee": group.licensee,
        "decisions": group.decisions, "first": group.first, "last": group.last,
    })
}
