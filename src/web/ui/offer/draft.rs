//! The terms that the form makes, judged by the same rules as a terms file.

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::UnixMillis,
};
use chancery_domain::{documents::Fault, licensing::Terms};
use serde_json::{Value, json};

use super::step::Step;
use crate::web::{
    problem::set,
    ui::{
        fields::Fields,
        purposes::{self, words},
    },
};

/// The member states of the European Union (Treaty on European Union, article 52, without the United Kingdom).
const EUROPEAN_UNION: &str = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE";

/// The terms that the fields make, of the steps up to and including `step`; what stands in later ones is filled in with what is
/// certainly valid.
pub(super) fn terms(fields: &Fields, step: Step, now: UnixMillis) -> Result<Terms, Problem> {
    let is_done = |done: Step| done <= step;
    let (mut purposes, mut included, mut excluded) = (vec!["research".to_owned()], Vec::new(), Vec::new());
    let (mut term, mut price) = (json!({"start": now.to_string()}), json!({"model": "free"}));
    let mut open = json!({"governing_law": "-"});
    if is_done(Step::Use) {
        purposes = purposes::chosen(fields)?.iter().map(ToString::to_string).collect();
        if purposes.is_empty() {
            return Err(Problem::new(ProblemKind::Unprocessable, "choose at least one purpose").at("purposes"));
        }
        (included, excluded) = (places(fields), owned(fields.text("excluded")));
    }
    if is_done(Step::Term) {
        term = json!({"start": fields.text("start"), "end": fields.end_of_day("end")?.map(|end| end.to_string())});
        let chosen = fields.text("price");
        price = json!({"model": if chosen.is_empty() { "free" } else { chosen }, "amount": said(fields, "amount")});
        set(&mut open, "quota_tokens", json!(fields.number::<u64>("quota_tokens")?));
    }
    if is_done(Step::Duties) {
        for name in ["attribution", "liability_cap", "governing_law", "legal_text_digest"] {
            set(&mut open, name, json!(said(fields, name)));
        }
    }
    let document = [
        ("terms", json!(1)),
        ("purposes", json!(purposes)),
        ("territory", json!({"included": included, "excluded": excluded})),
        ("term", without_blanks(term)),
        ("price", without_blanks(price)),
        ("versions", json!(versions(fields)?)),
    ];
    for (name, value) in document {
        set(&mut open, name, value);
    }
    Terms::parse_json(without_blanks(open).to_string().as_bytes()).map_err(|faults| {
        // INVARIANT: faults are never empty.
        faults.list().first().map_or_else(|| Problem::internal("terms without fault are refused"), fault)
    })
}

/// The same without members that say nothing.
fn without_blanks(mut object: Value) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    object
}

fn said<'fields>(fields: &'fields Fields, name: &str) -> Option<&'fields str> {
    Some(fields.text(name)).filter(|text| !text.is_empty())
}

fn owned(text: &str) -> Vec<String> {
    words(text).map(str::to_owned).collect()
}

/// Where the model may be used; an empty list means everywhere.
fn places(fields: &Fields) -> Vec<String> {
    match fields.text("where") {
        "eu" => owned(EUROPEAN_UNION),
        "named" => owned(fields.text("included")),
        _ => Vec::new(),
    }
}

fn versions(fields: &Fields) -> Result<Vec<u32>, Problem> {
    let number = |word: &str| word.trim_start_matches('v').parse().ok().filter(|number: &u32| *number > 0);
    let numbers: Option<Vec<u32>> = words(fields.text("versions")).map(number).collect();
    numbers.ok_or_else(|| {
        let detail = "give numbers of versions, such as 1 2, or leave it empty for all";
        Problem::new(ProblemKind::Unprocessable, detail).at("versions")
    })
}

/// A fault of the terms at the field of the form that it is about.
fn fault(fault: &Fault) -> Problem {
    let field = match fault.field.split(['.', '[']).collect::<Vec<_>>().as_slice() {
        ["territory", "excluded", ..] => "excluded",
        ["territory", ..] => "included",
        ["term", "end", ..] => "end",
        ["term", ..] => "start",
        ["price", "amount", ..] => "amount",
        ["price", ..] => "price",
        ["purposes", ..] => "purposes",
        ["versions", ..] => "versions",
        ["quota_tokens", ..] => "quota_tokens",
        ["attribution", ..] => "attribution",
        ["liability_cap", ..] => "liability_cap",
        ["legal_text_digest", ..] => "legal_text_digest",
        _ => "governing_law",
    };
    let detail = format!("give {}; there was {}", fault.expected, fault.found);
    Problem::new(ProblemKind::Unprocessable, detail).at(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_795_000_000_000);

    fn made(text: &str, step: Step) -> Result<Terms, Problem> {
        terms(&Fields::parse(text.as_bytes()).unwrap(), step, NOW)
    }

    #[test]
    fn each_step_is_held_against_the_rules_of_terms() {
        let good = "versions=v1+2&purposes=research&other_purposes=a-b&where=eu&start=2026-12-01&end=2026-12-31\
                    &quota_tokens=1+000&price=flat&amount=10.00+EUR&governing_law=Germany&attribution=Acme";
        let terms = made(good, Step::Duties).unwrap();
        assert_eq!((terms.territory.included.len(), terms.versions.len(), terms.purposes.len()), (27, 2, 2));
        assert_eq!(terms.term.end.unwrap().to_string(), "2027-01-01T00:00:00.000Z", "the last day is included");
        for (text, step, field) in [
            ("versions=one", Step::Parties, "versions"),
            ("versions=", Step::Use, "purposes"),
            ("purposes=a+b", Step::Use, "purposes"),
            ("purposes=research&where=named&included=Mars", Step::Use, "included"),
            ("purposes=research&where=named&included=DE&excluded=DE", Step::Use, "excluded"),
            ("purposes=research&start=", Step::Term, "start"),
            ("purposes=research&start=2026-12-01&end=2026-11-01", Step::Term, "end"),
            ("purposes=research&start=2026-12-01&quota_tokens=0", Step::Term, "quota_tokens"),
            ("purposes=research&start=2026-12-01&price=flat", Step::Term, "amount"),
            ("purposes=research&start=2026-12-01&price=cheap", Step::Term, "price"),
            ("purposes=research&start=2026-12-01", Step::Duties, "governing_law"),
            ("purposes=research&start=2026-12-01&governing_law=x&liability_cap=much", Step::Duties, "liability_cap"),
        ] {
            let problem = made(text, step).unwrap_err();
            assert_eq!(problem.field.as_deref(), Some(field), "{text}: {problem}");
            assert!(Step::with(problem.field.as_deref()).is_some_and(|found| found <= step), "{text}");
            if step > Step::Parties {
                assert!(made("", Step::Parties).is_ok(), "what comes later does not matter yet");
            }
        }
    }
}
