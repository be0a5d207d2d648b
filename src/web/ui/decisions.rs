//! The decisions of an organisation: its own calls, and the uses of its models.

use askama::Template;
use chancery_base::{
    problem::Problem,
    values::{DecisionId, UnixMillis},
};
use chancery_domain::serving::{DecisionPage, DecisionQuery, ListedDecision, Side};

use super::{fields::Fields, form::Form, frame::Frame, visit::Visit};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "decisions.html")]
struct DecisionsPage {
    frame: Frame,
    form: Form,
    side: Side,
    decisions: Vec<ListedDecision>,
    /// The rules that can be asked for.
    rules: Vec<String>,
    is_filtered: bool,
    /// Address of the page behind this one.
    next: Option<String>,
    looked_back_to: Option<UnixMillis>,
}

/// Lines on a page.
const LINES: usize = 50;
/// Names of the fields that narrow the list.
const FILTERS: [&str; 5] = ["outcome", "rule", "model", "from", "to"];

/// `GET /decisions`
pub async fn decisions(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let read = query(&fields);
    let side = fields.optional("side").ok().flatten().unwrap_or(Side::Caller);
    let asked = read.clone();
    let (page, rules) = blocking::record(move || {
        let page = match asked {
            Ok(query) => app.desk.decisions(&caller, &query)?,
            Err(_) => DecisionPage { decisions: Vec::new(), next: None, looked_back_to: None },
        };
        let rules = app.desk.rulebook()?.rules.into_iter().map(|standing| standing.rule.id).collect();
        Ok((page, rules))
    })
    .await?;
    let status = read.as_ref().err().map_or(200, |problem: &Problem| problem.kind.status());
    let form = match read {
        Ok(_) => Form::prefilled(fields.clone()),
        Err(problem) => Form::refused(fields.clone(), problem),
    };
    let shown = Visit::show(&DecisionsPage {
        next: page
            .next
            .map(|next| fields.address("/decisions", &[&FILTERS[..], &["side"]].concat(), ("before", &next))),
        is_filtered: FILTERS.iter().any(|name| !fields.text(name).is_empty()),
        decisions: page.decisions,
        looked_back_to: page.looked_back_to,
        frame,
        form,
        side,
        rules,
    })?;
    Visit::with_status(shown, status)
}

fn query(fields: &Fields) -> Result<DecisionQuery, Problem> {
    let outcome: Option<Outcome> = fields.optional("outcome")?;
    Ok(DecisionQuery {
        side: fields.optional("side")?.unwrap_or(Side::Caller),
        allowed: outcome.map(|Outcome(is_allowed)| is_allowed),
        rule: Some(fields.text("rule").to_owned()).filter(|rule| !rule.is_empty()),
        model: fields.optional("model")?,
        from: fields.optional("from")?,
        until: fields.end_of_day("to")?,
        before: fields.optional::<DecisionId>("before")?,
        limit: LINES,
    })
}

/// `allowed` or `refused`.
struct Outcome(bool);

impl std::str::FromStr for Outcome {
    type Err = chancery_base::values::Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "allowed" => Ok(Self(true)),
            "refused" => Ok(Self(false)),
            _ => Err(chancery_base::values::Invalid::new(text, "allowed or refused")),
        }
    }
}
