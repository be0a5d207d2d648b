//! Decisions as answers: a refusal in the shape of the caller's client, and the papers that go with every answer.

use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode};
use chancery_base::values::{Language, ModelName};
use chancery_domain::{
    policy::{self, Decision, Obligation, RefusalCode},
    serving::{Answered, Recorded},
};
use serde_json::{Value, json};

use super::problem::{Family, set};

/// The title of every refusal.
pub const TITLE: &str = "Use refused by policy";

/// Where a kind of refusal is explained: the `type` of its documents.
pub fn page(code: RefusalCode) -> String {
    format!("/problems/{}", code.slug().replace('_', "-"))
}

/// Renders a refusal.
pub fn refuse(recorded: &Recorded, model: &ModelName, language: Language, family: Family) -> HttpResponse {
    let decision = &recorded.decision;
    // A decision without a reason cannot be a refusal; if it ever is, it is refused as one that could not be made.
    let code = decision.deciding().map_or(RefusalCode::PolicyUnavailable, |reason| reason.code);
    let detail = detail(decision, language);
    let mut document = json!({
        "type": page(code),
        "title": TITLE,
        "status": code.status(),
        "detail": detail,
        "instance": format!("/api/v1/decisions/{}", recorded.id),
        "decision": recorded.id,
        "receipt": recorded.leaf,
        "promise": recorded.promise,
        "reasons": reasons(decision, language),
    });
    if family == Family::OpenAi {
        let parameter = decision.deciding().map(|reason| reason.subject.kind.name());
        let error = json!({"message": detail, "type": "policy_refusal", "code": code.slug(), "param": parameter});
        set(&mut document, "error", error);
    }
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::FORBIDDEN);
    let mut answer = HttpResponse::build(status);
    papers(&mut answer, recorded, model);
    match code {
        // A quota does not refill by asking again.
        RefusalCode::ProjectSpendLimitExceeded => {
            answer.insert_header(("x-should-retry", "false"));
        }
        RefusalCode::UnavailableForLegalReasons => {
            answer.append_header(("Link", "</>; rel=\"blocked-by\""));
        }
        _ => {}
    }
    answer.content_type("application/problem+json").body(document.to_string())
}

/// The headers that every decided answer carries.
pub fn papers(answer: &mut HttpResponseBuilder, recorded: &Recorded, model: &ModelName) {
    answer.insert_header(("Chancery-Decision", recorded.id.to_string()));
    answer.insert_header(("Chancery-Receipt", recorded.leaf.to_string()));
    answer.append_header(("Link", format!("</api/v1/models/{model}/versions/latest>; rel=\"license\"")));
}

/// The member of an answered body that names its papers and carries its obligations.
pub fn papers_of(answered: &Answered, language: Language) -> Value {
    let recorded = &answered.recorded;
    let (obligations, notices) = match &recorded.decision.outcome {
        policy::Outcome::Allowed { obligations, notices } => (obligations.as_slice(), notices.as_slice()),
        policy::Outcome::Refused => (&[][..], &[][..]),
    };
    json!({
        "decision": recorded.id,
        "receipt": recorded.leaf,
        "liability_receipt": recorded.liability_leaf,
        "promise": recorded.promise,
        "content_key": answered.content_key.as_ref().map(|key| key.expose_hex().to_string()),
        "attribution": obligations.iter().map(|Obligation { text, .. }| text).collect::<Vec<_>>(),
        "notices": notices.iter().map(|notice| notice.message.in_language(language)).collect::<Vec<_>>(),
    })
}

/// Why, and what to do next, in one sentence.
pub fn detail(decision: &Decision, language: Language) -> String {
    decision.deciding().map_or_else(String::new, |reason| {
        format!("{}; {}", reason.message.in_language(language), reason.next_step.in_language(language))
    })
}

/// Every reason, the deciding one first.
pub fn reasons(decision: &Decision, language: Language) -> Vec<Value> {
    let view = |reason: &policy::Reason| {
        json!({
            "rule": reason.rule,
            "stage": reason.stage.title(language),
            "clause": reason.clause,
            "source": reason.source,
            "code": reason.code.slug(),
            "subject": reason.subject,
            "message": reason.message.in_language(language),
            "next_step": reason.next_step.in_language(language),
        })
    };
    decision.reasons.iter().map(view).collect()
}
