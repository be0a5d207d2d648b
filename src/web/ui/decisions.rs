//! The decisions of an organisation: its own calls, and the uses of its models.

use askama::Template;
use chancery_base::{
    problem::Problem,
    values::{DecisionId, Localized, UnixMillis},
};
use chancery_domain::{
    parties::Caller,
    serving::{DecisionPage, DecisionQuery, ListedDecision, Side},
};

use super::{fields::Fields, form::Form, frame::Frame, sentence::Sentence, visit::Visit};
use crate::{
    app::App,
    web::{blocking, call::Answer},
};

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

impl DecisionsPage {
    /// Why the use was refused.
    fn said(&self, message: &Localized) -> Sentence {
        Sentence::of(message.in_language(self.frame.language()))
    }
}

/// `GET /decisions`
pub async fn decisions(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let read = query(&fields);
    let chosen: Option<Side> = fields.optional("side").ok().flatten();
    let asked = read.clone();
    let (side, page, rules) = blocking::record(move || {
        let sides = chosen.map_or_else(|| vec![Side::Caller, Side::Owner], |side| vec![side]);
        let (side, page) = match asked {
            Ok(query) => on_first_side(&app, &caller, &query, &sides)?,
            Err(_) => (chosen.unwrap_or(Side::Caller), nothing()),
        };
        let rules = app.desk.rulebook()?.rules.into_iter().map(|standing| standing.rule.id).collect();
        Ok((side, page, rules))
    })
    .await?;
    let status = read.as_ref().err().map_or(200, |problem: &Problem| problem.kind.status());
    let form = match read {
        Ok(_) => Form::prefilled(fields.clone()),
        Err(problem) => Form::refused(fields.clone(), problem),
    };
    let shown = Visit::show(&DecisionsPage {
        next: page.next.map(|next| {
            fields.with("side", side.code()).address(
                "/decisions",
                &[&FILTERS[..], &["side"]].concat(),
                ("before", &next),
            )
        }),
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

/// The decisions on the first of `sides` that has any; on the first one where none has.
fn on_first_side(
    app: &App,
    caller: &Caller,
    query: &DecisionQuery,
    sides: &[Side],
) -> Result<(Side, DecisionPage), Problem> {
    for side in sides {
        let page = app.desk.decisions(caller, &DecisionQuery { side: *side, ..query.clone() })?;
        if !page.decisions.is_empty() || page.next.is_some() {
            return Ok((*side, page));
        }
    }
    Ok((sides.first().copied().unwrap_or(Side::Caller), nothing()))
}

const fn nothing() -> DecisionPage {
    DecisionPage { decisions: Vec::new(), next: None, looked_back_to: None }
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
