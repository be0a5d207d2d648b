//! The OpenAPI document (OpenAPI Specification 3.1.1), put together from its fragments and from what holds for every route: who may
//! call, which problems any request can end in, and what an `Idempotency-Key` does.
//!
//! It is kept by hand and held true by tests: `tests/it/reference.rs` compares it with the routes, and the tests' client checks each
//! answer of every integration test against it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use actix_web::HttpResponse;
use chancery_base::problem::ProblemKind;
use chancery_domain::policy::RefusalCode;
use serde_json::{Map, Value, json};

use super::{
    fragment::{Fragment, Idempotency, Operation, Success, fragments},
    schema::{expand, reference},
};
use crate::web::{
    problem::{self, Family},
    refusal,
};

const ABOUT: &str = "Errors are problem documents (RFC 9457) whose `type` leads to a page. Every answer carries `x-request-id`. Times are \
milliseconds since 1970, ids carry their kind as a prefix. What is not visible to a key answers exactly as what does not exist. Listings \
come in pages of at most 100: give `next` as `after` to read on. An unsafe request may carry `Idempotency-Key`: the same request then has \
the same outcome once, and another request with the same key is refused (422).";

/// Problems that any request can end in.
const ANYWHERE: [u16; 4] = [400, 500, 503, 507];
/// Problems that any request with a key can end in.
const GATED: [u16; 2] = [401, 429];

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the fragments are compiled in, and every test that asks for the document reads them"
    )]
    let fragments = fragments().expect("the fragments of the document are well formed");
    assemble(&fragments)
});

/// The document.
#[must_use]
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// `GET /api/openapi.json`
pub async fn show() -> HttpResponse {
    HttpResponse::Ok().json(document())
}

fn assemble(fragments: &[Fragment]) -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut responses = BTreeMap::new();
    for fragment in fragments {
        let tag = fragment.tag.as_ref().map(|tag| tag.name.as_str());
        for (path, operations) in &fragment.paths {
            for (method, operation) in operations {
                let place = Place { path, method, operation };
                paths.entry(path).or_default().insert(method.clone(), place.describe(tag));
                responses.extend(place.problems().map(|answer| (answer.name(), answer.describe())));
            }
        }
    }
    let schemas = fragments.iter().flat_map(|fragment| fragment.schemas.clone()).collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Chancery",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "tags": fragments.iter().filter_map(|fragment| fragment.tag.as_ref()).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": expand(&schemas),
            "responses": responses,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, `chy_…`; it belongs to a party and has a role."},
            },
        },
    })
}

/// An operation where it stands.
struct Place<'a> {
    path: &'a str,
    method: &'a str,
    operation: &'a Operation,
}

impl Place<'_> {
    fn is_gated(&self) -> bool {
        self.path.starts_with("/api/v1/") || self.family() == Family::OpenAi
    }

    fn family(&self) -> Family {
        Family::of(self.path)
    }

    fn is_safe(&self) -> bool {
        self.method == "get"
    }

    fn describe(&self, tag: Option<&str>) -> Value {
        let operation = self.operation;
        let mut view = json!({
            "operationId": operation.operation_id,
            "summary": operation.summary,
            "tags": tag.into_iter().collect::<Vec<_>>(),
            "parameters": self.parameters(),
            "responses": self.responses(),
        });
        let Some(members) = view.as_object_mut() else { return view };
        if let Some(description) = &operation.description {
            members.insert("description".to_owned(), json!(description));
        }
        if !self.is_gated() {
            members.insert("security".to_owned(), json!([]));
        }
        if let Some(body) = &operation.body {
            let (kind, schema) = match body.as_str() {
                "bytes" => ("application/octet-stream", json!({})),
                name => ("application/json", reference(name)),
            };
            let body = json!({"required": !operation.body_optional, "content": {kind: {"schema": schema}}});
            members.insert("requestBody".to_owned(), body);
        }
        if !self.is_safe() {
            members.insert("x-idempotency".to_owned(), json!(operation.idempotency));
        }
        view
    }

    fn parameters(&self) -> Vec<Value> {
        let operation = self.operation;
        let given = |place: &'static str, is_required: bool| {
            move |(name, schema): (&String, &String)| parameter(name, place, is_required, reference(schema))
        };
        let text = |name: &str, about: &str| {
            let mut header = parameter(name, "header", false, json!({"type": "string"}));
            if let Some(members) = header.as_object_mut() {
                members.insert("description".to_owned(), json!(about));
            }
            header
        };
        let mut all: Vec<Value> = operation.parameters.iter().map(given("path", true)).collect();
        all.extend(operation.query.iter().map(given("query", true)));
        all.extend(operation.optional.iter().map(given("query", false)));
        if operation.paged {
            all.push(parameter(
                "after",
                "query",
                false,
                json!({"type": "string", "description": "`next` of the page before."}),
            ));
            let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 100});
            all.push(parameter("limit", "query", false, limit));
        }
        if operation.page {
            all.push(parameter("lang", "query", false, json!({"type": "string", "examples": ["en", "zh"]})));
        }
        if operation.page || operation.localized {
            all.push(text("Accept-Language", "English or Chinese, whichever comes first."));
        }
        if operation.judged {
            all.push(parameter("Chancery-Purpose", "header", false, reference("Purpose")));
            all.push(parameter("Chancery-Territory", "header", false, reference("Territory")));
        }
        if !self.is_safe() && operation.idempotency == Idempotency::Honoured {
            let key =
                json!({"type": "string", "pattern": "^[!-~]{1,128}$", "description": "Does the same request once."});
            all.push(parameter("Idempotency-Key", "header", false, key));
        }
        all
    }

    fn responses(&self) -> Map<String, Value> {
        let success = self.operation.responses.iter();
        let success = success.map(|(status, answer)| (status.to_string(), self.success(answer)));
        let problems = self.problems();
        let problems = problems.map(|answer| {
            (answer.status.to_string(), json!({"$ref": format!("#/components/responses/{}", answer.name())}))
        });
        success.chain(problems).collect()
    }

    fn success(&self, answer: &Success) -> Value {
        let mut view = json!({"description": answer.description});
        let Some(members) = view.as_object_mut() else { return view };
        if let Some(schema) = &answer.schema {
            members.insert("content".to_owned(), json!({"application/json": {"schema": reference(schema)}}));
        }
        if let Some(kind) = &answer.text {
            members.insert("content".to_owned(), json!({kind: {"schema": {}}}));
        }
        if self.operation.judged {
            let header = |name: &str| json!({"required": true, "schema": reference(name)});
            let headers = json!({"Chancery-Decision": header("DecisionId"), "Chancery-Receipt": header("LeafId")});
            members.insert("headers".to_owned(), headers);
        }
        view
    }

    /// The statuses of problems, each with the shape they have here.
    fn problems(&self) -> impl Iterator<Item = ProblemResponse> {
        let (family, is_judged) = (self.family(), self.operation.judged);
        let mut statuses: BTreeSet<u16> = ANYWHERE.into_iter().chain(self.operation.problems.iter().copied()).collect();
        if self.is_gated() {
            statuses.extend(GATED);
        }
        if self.operation.body.is_some() {
            statuses.insert(ProblemKind::TooLarge.status());
        }
        if !self.is_safe() && self.operation.idempotency != Idempotency::Unneeded {
            statuses.insert(ProblemKind::IdempotencyMismatch.status());
        }
        if is_judged {
            statuses.extend(RefusalCode::ALL.iter().map(|code| code.status()));
        }
        statuses.into_iter().map(move |status| ProblemResponse { status, family, is_judged })
    }
}

fn parameter(name: &str, place: &str, is_required: bool, schema: Value) -> Value {
    json!({"name": name, "in": place, "required": is_required, "schema": schema})
}

/// How a request can end without an outcome, or in a refusal.
struct ProblemResponse {
    status: u16,
    family: Family,
    is_judged: bool,
}

impl ProblemResponse {
    fn name(&self) -> String {
        let judged = if self.refusals().next().is_some() { "Refused" } else { "" };
        match self.family {
            Family::Api => format!("Problem{}{judged}", self.status),
            Family::OpenAi => format!("OpenAiProblem{}{judged}", self.status),
            Family::Page => format!("ProblemPage{}", self.status),
        }
    }

    fn refusals(&self) -> impl Iterator<Item = RefusalCode> {
        let status = self.status;
        RefusalCode::ALL.iter().copied().filter(move |code| self.is_judged && code.status() == status)
    }

    fn describe(&self) -> Value {
        let kinds: Vec<_> = ProblemKind::ALL.iter().filter(|kind| kind.status() == self.status).collect();
        let mut titles: Vec<String> = kinds.iter().map(|kind| kind.title().to_owned()).collect();
        let (problem, refusal) = match self.family {
            Family::Api => ("Problem", "Refusal"),
            Family::OpenAi => ("OpenAiProblem", "OpenAiRefusal"),
            Family::Page => return json!({"description": titles.join("; "), "content": {"text/html": {"schema": {}}}}),
        };
        let mut shapes = Vec::new();
        if !kinds.is_empty() {
            shapes.push(self.shape(problem, kinds.iter().map(|kind| problem::page(**kind)).collect()));
        }
        let refusals: Vec<String> = self.refusals().map(refusal::page).collect();
        if !refusals.is_empty() {
            titles.push(refusal::TITLE.to_owned());
            shapes.push(self.shape(refusal, refusals));
        }
        json!({"description": titles.join("; "), "content": {"application/problem+json": {"schema": {"anyOf": shapes}}}})
    }

    fn shape(&self, name: &str, types: Vec<String>) -> Value {
        json!({"allOf": [reference(name), {"properties": {"status": {"const": self.status}, "type": {"enum": types}}}]})
    }
}
