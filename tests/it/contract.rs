//! The contract: what the OpenAPI document says of a request, held against what was sent and what came back. The tests' client does so
//! with every answer.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use chancery::web::document;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::client::Answer;

/// Where the document speaks; elsewhere are pages for people.
pub const PREFIXES: [&str; 6] = ["/api", "/v1", "/log", "/problems", "/healthz", "/readyz"];
/// Names in a path that stand for the rest of it, slashes and all.
const RESTS: [&str; 2] = ["{path}", "{model}"];

/// One operation of the document.
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    pub view: &'static Value,
}

/// Every operation, by path and method.
pub fn operations() -> impl Iterator<Item = Operation> {
    let paths = document()["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, methods)| {
        let operations = methods.as_object().unwrap().iter();
        operations.map(move |(method, view)| Operation { method, path, view })
    })
}

/// Panics where the answer, or the request that succeeded with it, is not as documented.
#[track_caller]
pub fn check(method: &str, target: &str, body: &[u8], answer: &Answer) {
    let path = target.split('?').next().unwrap();
    if !PREFIXES.iter().any(|prefix| path.starts_with(prefix)) {
        return;
    }
    let Some(view) = find(method, path) else {
        assert!([400, 401, 404, 405, 429].contains(&answer.status), "{method} {path} is not documented: {answer}");
        return;
    };
    let response = resolve(&view["responses"][answer.status.to_string()]);
    assert!(response.is_object(), "{method} {path}: status {} is not documented: {answer}", answer.status);
    let content = response["content"].as_object();
    let kind = answer.header("content-type").split(';').next().unwrap();
    match content {
        None => assert!(answer.bytes.is_empty(), "{method} {path}: no body is documented: {answer}"),
        Some(kinds) => {
            let described = kinds.get(kind);
            let schema = &described.unwrap_or_else(|| panic!("{method} {path}: `{kind}` is not documented"))["schema"];
            demand(schema, &answer.body, &format!("{method} {path}: {}", answer.status));
        }
    }
    let wanted = &view["requestBody"]["content"]["application/json"]["schema"];
    if answer.is_success() && wanted.is_object() && !body.is_empty() {
        demand(wanted, &serde_json::from_slice(body).unwrap(), &format!("body of {method} {path}"));
    }
}

/// The operation that answers to `method` at `path`.
fn find(method: &str, path: &str) -> Option<&'static Value> {
    static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| operations().collect());
    let is_named = |operation: &&Operation| matches(operation.path, path);
    // Of two that match, the one with fewer names in it is meant.
    let found = OPERATIONS.iter().filter(is_named).min_by_key(|operation| operation.path.matches('{').count())?;
    let same = |operation: &&Operation| operation.path == found.path && operation.method.eq_ignore_ascii_case(method);
    OPERATIONS.iter().find(same).map(|operation| operation.view)
}

fn matches(template: &str, path: &str) -> bool {
    let (mut names, mut segments) = (template.split('/'), path.split('/'));
    loop {
        match (names.next(), segments.next()) {
            (None, None) => return true,
            (Some(name), Some(_)) if RESTS.contains(&name) => return true,
            (Some(name), Some(segment)) if name.starts_with('{') || name == segment => {}
            _ => return false,
        }
    }
}

fn resolve(view: &'static Value) -> &'static Value {
    view["$ref"].as_str().map_or(view, |reference| document().pointer(&reference[1..]).unwrap())
}

#[track_caller]
fn demand(schema: &'static Value, value: &Value, what: &str) {
    let validator = validator(schema);
    let faults: Vec<_> =
        validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{what} is not as documented: {faults:#?}\n{value:#}");
}

fn validator(schema: &'static Value) -> Arc<Validator> {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut known = VALIDATORS.lock().unwrap();
    let build = || {
        let whole = json!({"allOf": [schema], "components": document()["components"]});
        Arc::new(jsonschema::draft202012::new(&whole).unwrap())
    };
    Arc::clone(known.entry(schema.to_string()).or_insert_with(build))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_documented_is_found() {
        let schema = &document()["components"]["schemas"]["Party"];
        let good = json!({"id": format!("party_{}", "0".repeat(32)), "slug": "acme", "title": "Acme", "created_at": 0});
        demand(schema, &good, "a party");
        for (member, value) in [("more", json!(1)), ("slug", json!("A")), ("created_at", json!("now"))] {
            let mut bad = good.clone();
            bad[member] = value;
            assert!(std::panic::catch_unwind(|| demand(schema, &bad, "a party")).is_err(), "{bad}");
        }
    }
}
