//! `GET /api`: the document as a page, without scripts and from nowhere else.

use std::sync::LazyLock;

use askama::Template;
use serde_json::{Map, Value};

use super::document::document;
use crate::web::{
    call::Answer,
    ui::{Frame, Guest},
};

const REFERENCES: &str = "#/components/schemas/";

static REFERENCE: LazyLock<Reference> = LazyLock::new(Reference::read);

#[derive(Template)]
#[template(path = "reference/browse.html")]
struct BrowsePage {
    frame: Frame,
    reference: &'static Reference,
}

/// What the page says; the same for every reader.
struct Reference {
    about: &'static str,
    subjects: Vec<Subject>,
    schemas: Vec<Schema>,
}

struct Subject {
    name: &'static str,
    /// The name as a place on the page.
    anchor: String,
    description: &'static str,
    operations: Vec<Operation>,
}

struct Operation {
    id: &'static str,
    method: String,
    path: &'static str,
    summary: &'static str,
    description: &'static str,
    needs_key: bool,
    /// Empty where the request is safe.
    idempotency: &'static str,
    parameters: Vec<Member>,
    /// Name of the schema; empty where there is no body, or bytes.
    body: &'static str,
    example: String,
    answers: Vec<AnswerLine>,
}

struct AnswerLine {
    status: &'static str,
    description: &'static str,
    /// Name of the schema; empty where there is none.
    schema: &'static str,
}

struct Schema {
    name: &'static str,
    description: &'static str,
    kind: Kind,
    members: Vec<Member>,
}

/// A parameter, or a member of an object.
struct Member {
    name: String,
    kind: Kind,
    is_required: bool,
    description: &'static str,
}

/// What a value is: words, and the schema they lead to.
struct Kind {
    words: String,
    /// Name of the schema; empty where there is none.
    schema: &'static str,
}

/// `GET /api`
pub async fn browse(guest: Guest) -> Answer {
    Guest::show(&BrowsePage { frame: guest.recognised().await?, reference: &REFERENCE })
}

impl Reference {
    fn read() -> Self {
        let document = document();
        let schemas = members(at(document, &["components"]), "schemas");
        let schemas = schemas.map(|(name, schema)| Schema {
            name,
            description: text(schema, "description"),
            kind: kind(schema),
            members: schema_members(schema),
        });
        Self {
            about: text(at(document, &["info"]), "description"),
            subjects: items(document, "tags").map(|tag| subject(document, tag)).collect(),
            schemas: schemas.collect(),
        }
    }
}

fn subject(document: &'static Value, tag: &'static Value) -> Subject {
    let name = text(tag, "name");
    let operations = members(document, "paths").flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    });
    let own = operations.filter(|(_, _, operation)| items(operation, "tags").any(|tag| tag == name));
    let operations = own.map(|(path, method, view)| operation(document, path, method, view)).collect();
    let anchor = name.to_lowercase().replace(' ', "-");
    Subject { name, anchor, description: text(tag, "description"), operations }
}

fn operation(document: &'static Value, path: &'static str, method: &str, view: &'static Value) -> Operation {
    let body = at(view, &["requestBody", "content", "application/json", "schema"]);
    let example = items(at(document, &["components", "schemas", referenced(body)]), "examples").next();
    let answers = members(view, "responses").map(|(status, answer)| {
        let name = text(answer, "$ref").rsplit('/').next().unwrap_or_default();
        let answer = if name.is_empty() { answer } else { at(document, &["components", "responses", name]) };
        let schema = referenced(at(answer, &["content", "application/json", "schema"]));
        AnswerLine { status, description: text(answer, "description"), schema }
    });
    Operation {
        id: text(view, "operationId"),
        method: method.to_ascii_uppercase(),
        path,
        summary: text(view, "summary"),
        description: text(view, "description"),
        needs_key: view.get("security").is_none(),
        idempotency: text(view, "x-idempotency"),
        parameters: items(view, "parameters").map(parameter).collect(),
        body: referenced(body),
        example: example.map(Value::to_string).unwrap_or_default(),
        answers: answers.collect(),
    }
}

fn parameter(view: &'static Value) -> Member {
    let (own, schema) = (text(view, "description"), at(view, &["schema"]));
    Member {
        name: text(view, "name").to_owned(),
        kind: kind(schema),
        is_required: view.get("required") == Some(&Value::Bool(true)),
        description: if own.is_empty() { text(schema, "description") } else { own },
    }
}

fn schema_members(schema: &'static Value) -> Vec<Member> {
    let is_required = |name: &str| items(schema, "required").any(|required| required == name);
    let members = members(schema, "properties");
    let members = members.map(|(name, member)| Member {
        name: name.to_owned(),
        kind: kind(member),
        is_required: is_required(name),
        description: text(member, "description"),
    });
    members.collect()
}

/// What a schema asks for, in a few words.
fn kind(schema: &'static Value) -> Kind {
    let plain = |words: String| Kind { words, schema: "" };
    let name = referenced(schema);
    if !name.is_empty() {
        return Kind { words: name.to_owned(), schema: name };
    }
    if let Some(value) = schema.get("const") {
        return plain(value.to_string());
    }
    let alternatives: Vec<Kind> = items(schema, "anyOf").map(kind).collect();
    if !alternatives.is_empty() {
        let schema = alternatives.iter().map(|kind| kind.schema).find(|name| !name.is_empty()).unwrap_or_default();
        return Kind { words: join(alternatives.into_iter().map(|kind| kind.words)), schema };
    }
    if schema.get("enum").is_some() {
        return plain(join(items(schema, "enum").map(Value::to_string)));
    }
    if let Some(each) = schema.get("items") {
        let Kind { words, schema } = kind(each);
        return Kind { words: format!("[{words}]"), schema };
    }
    if schema.get("properties").is_some() {
        let inner = schema_members(schema).into_iter().map(|member| format!("{}: {}", member.name, member.kind.words));
        return plain(format!("{{{}}}", inner.collect::<Vec<_>>().join(", ")));
    }
    match at(schema, &["type"]) {
        Value::String(name) => plain(name.clone()),
        Value::Array(names) => plain(join(names.iter().filter_map(Value::as_str).map(str::to_owned))),
        _ => plain("any".to_owned()),
    }
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" | ")
}

/// The value below these members; null where there is none.
fn at(value: &'static Value, path: &[&str]) -> &'static Value {
    path.iter().fold(value, |value, member| value.get(member).unwrap_or(&Value::Null))
}

/// The name of the schema that is referred to; empty where none is.
fn referenced(schema: &'static Value) -> &'static str {
    text(schema, "$ref").strip_prefix(REFERENCES).unwrap_or_default()
}

fn text(value: &'static Value, member: &str) -> &'static str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn items(value: &'static Value, member: &str) -> impl Iterator<Item = &'static Value> {
    value.get(member).and_then(Value::as_array).into_iter().flatten()
}

fn members(value: &'static Value, member: &str) -> impl Iterator<Item = (&'static str, &'static Value)> {
    value
        .get(member)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
        .map(|(name, value)| (name.as_str(), value))
}
