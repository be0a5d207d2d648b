//! The rules in force, which of them are only tried, and what those would have refused.

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::UnixMillis,
};
use chancery_domain::{
    membership::Acted,
    policy::{ListedRule, RuleMode},
    serving::{Rulebook, RulesDraft, ShadowQuestion, ShadowReport},
};

use super::{
    form::Form,
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

/// How far back the page counts what rules in shadow would have refused.
const SHADOW_DAYS: i64 = 30;

#[derive(Template)]
#[template(path = "policies.html")]
struct PoliciesPage {
    frame: Frame,
    form: Form,
    book: Rulebook,
    tried: Option<ShadowReport>,
}

impl PoliciesPage {
    /// Where a rule in `mode` may go: one that refuses is tried in shadow before it is dropped.
    fn modes(&self, mode: &RuleMode) -> Vec<RuleMode> {
        let may = |other: &RuleMode| other != mode && (*mode, *other) != (RuleMode::Enforced, RuleMode::Dropped);
        RuleMode::ALL.into_iter().filter(may).collect()
    }

    /// What a rule does, in a sentence, if it is one of ours.
    fn said(&self, rule: &ListedRule) -> Option<String> {
        let said = self.frame.named("rule", &rule.id);
        (said != rule.id).then_some(said)
    }

    /// The clause that a rule follows, and whether it is in English.
    fn clause(&self, rule: &ListedRule) -> (String, bool) {
        if rule.clause == OF_LICENCE { (self.frame.t("clause-of-licence"), false) } else { (told(&rule.clause), true) }
    }
}

/// The clause of rules that follow whatever the licence at hand says.
const OF_LICENCE: &str = "{licence} {clause}";
/// What stands in clauses and sources for what only a decision fills in.
const NOUNS: [(&str, &str); 6] = [
    ("grant {grant}", "the grant"),
    ("{licence}", "the licence"),
    ("{owner}", "the owner"),
    ("{authority}", "an authority"),
    ("{missing}", "what is not stated"),
    ("{hold}", "the hold"),
];

/// A clause or its source as a rule names it, with nouns for what only a decision fills in.
fn told(template: &str) -> String {
    NOUNS.iter().fold(template.to_owned(), |told, (placeholder, noun)| told.replace(placeholder, noun))
}

/// What the tag of a mode looks like.
const fn tag(mode: &RuleMode) -> &'static str {
    match mode {
        RuleMode::Enforced => "active",
        RuleMode::Shadow => "shadow",
        RuleMode::Dropped => "draft",
    }
}

/// `GET /policies`
pub async fn policies(visit: Visit) -> Answer {
    page(visit, Form::default()).await
}

/// `POST /policies/{rule}`
pub async fn change(visit: Visit, rule: web::Path<String>) -> Answer {
    let (app, caller, once, fields, rule) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone(), rule.into_inner());
    let changed = blocking::work(move || {
        let mode = RuleMode::ALL.into_iter().find(|mode| mode.name() == fields.text("mode"));
        let mode = mode.ok_or_else(|| Problem::new(ProblemKind::BadRequest, "choose a mode").at("mode"))?;
        Ok(match app.change_rules(&caller, &once, RulesDraft::Mode { rule, mode })? {
            Acted::Done(_) => "/policies?said=saved".to_owned(),
            Acted::Proposed(proposal) => format!("/approvals/{proposal}?said=proposed"),
        })
    });
    match changed.await {
        Ok(place) => Ok(see_other(&place)),
        Err(problem) => {
            let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
            Visit::with_status(page(visit, form).await?, status)
        }
    }
}

async fn page(visit: Visit, form: Form) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let may_see = frame.may_operate() || frame.may_export();
    let now = app.clock.now();
    let (book, tried) = blocking::record(move || {
        let question = ShadowQuestion { rule: None, from: now.plus_days(-SHADOW_DAYS), to: past(now), after: None };
        let tried = if may_see { Some(app.desk.shadow_report(&caller, &question)?) } else { None };
        Ok((app.desk.rulebook()?, tried))
    })
    .await?;
    Visit::show(&PoliciesPage { frame, form, book, tried })
}

/// The first moment after `now`.
const fn past(now: UnixMillis) -> UnixMillis {
    now.plus_millis(1)
}
