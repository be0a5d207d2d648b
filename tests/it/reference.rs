//! The reference: the OpenAPI document names every route and no other, and its pages are there in both languages.

use std::collections::BTreeSet;

use chancery::web::document;
use chancery_base::problem::ProblemKind;
use chancery_domain::policy::RefusalCode;

use crate::{
    app::TestApp,
    client::{Answer, Client},
    contract::{PREFIXES, operations},
    gates,
};

const ROUTES: &str = include_str!("../../src/web/routes.rs");

pub type Routes = BTreeSet<(String, String)>;

/// Method and path of every route that the program registers behind `prefix`, as the source of `function` says.
pub fn routes_of(function: &str, prefix: &str) -> Routes {
    let mut routes = Routes::new();
    let body = ROUTES.split(&format!("fn {function}(")).nth(1).unwrap().split("\n}\n").next().unwrap();
    let constant = |name: &str| {
        let line = body.lines().find(|line| line.trim_start().starts_with(&format!("const {name}: &str"))).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    };
    for resource in body.split("web::resource(").skip(1) {
        let mut path = match resource.split('"').nth(1).filter(|_| !resource.starts_with(char::is_uppercase)) {
            Some(literal) => literal.replace("{{", "{").replace("}}", "}"),
            None => format!("{{{}}}", resource.split(')').next().unwrap()),
        };
        for name in ["MODEL", "VERSION", "DATASET", "DATASET_VERSION"] {
            if path.contains(&format!("{{{name}}}")) {
                path = path.replace(&format!("{{{name}}}"), &constant(name));
            }
        }
        for method in ["get", "post", "put", "delete", "patch"] {
            if resource.contains(&format!(".{method}(")) {
                routes.insert((method.to_owned(), plain(&format!("{prefix}{path}"))));
            }
        }
    }
    routes
}

/// Method and path of every page that somebody signs in for.
pub fn pages() -> Routes {
    let table = ROUTES.split("const PAGES").nth(1).unwrap().split("];").next().unwrap();
    let scopes = table.lines().filter_map(|line| line.trim().strip_prefix('(')?.strip_suffix("),")?.split_once(", "));
    let mut routes: Routes =
        scopes.flat_map(|(prefix, function)| routes_of(function, prefix.trim_matches('"'))).collect();
    let single = ROUTES.split("fn configure(").nth(1).unwrap().split("\n}\n").next().unwrap();
    for resource in single.split("web::resource(\"").skip(1) {
        let method = if resource.contains(").get(") { "get" } else { "post" };
        routes.insert((method.to_owned(), resource.split('"').next().unwrap().to_owned()));
    }
    routes
}

/// Method and path of every route of programs, and of what is open to everybody.
fn registered() -> Routes {
    let mut routes: Routes = [("openai_routes", "/v1"), ("api_routes", "/api/v1")]
        .into_iter()
        .flat_map(|(f, prefix)| routes_of(f, prefix))
        .collect();
    let described = |path: &str| PREFIXES.iter().any(|prefix| path.starts_with(prefix));
    let ungated = chancery::web::UNGATED.iter().filter(|(path, _)| described(path));
    routes.extend(ungated.map(|(path, _)| ("get".to_owned(), plain(path))));
    routes
}

/// A path without what the router knows of its names.
fn plain(path: &str) -> String {
    path.replace(":.+", "")
}

fn in_the_document() -> Routes {
    operations().map(|operation| (operation.method.to_owned(), operation.path.to_owned())).collect()
}

#[test]
fn the_document_names_every_route_and_no_other() {
    let (registered, documented) = (registered(), in_the_document());
    assert!(registered.len() > 45, "only {} routes were found", registered.len());
    assert_eq!(registered, documented);
}

#[test]
fn the_written_document_names_the_same_routes() {
    let written: Routes = gates::documented()
        .into_iter()
        .filter(|(_, path)| !path.starts_with("/log/"))
        .map(|(method, path)| (method.to_lowercase(), path.split('?').next().unwrap().to_owned()))
        .collect();
    let is_gated = |path: &str| path.starts_with("/api/v1") || path.starts_with("/v1");
    let documented: Routes = in_the_document().into_iter().filter(|(_, path)| is_gated(path)).collect();
    assert_eq!(written, documented);
}

#[test]
fn every_name_in_the_document_leads_somewhere() {
    fn references(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_str() {
                Some(reference) if name == "$ref" => found.push(reference.to_owned()),
                _ => references(value, found),
            }),
            serde_json::Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(document(), &mut found);
    for reference in &found {
        assert!(document().pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
    }
    let schemas = document()["components"]["schemas"].as_object().unwrap().keys();
    let unused: Vec<_> = schemas.filter(|name| !found.contains(&format!("#/components/schemas/{name}"))).collect();
    assert!(unused.is_empty(), "nothing refers to {unused:?}");
}

fn page(client: &Client, path: &str, headers: &[(&str, &str)]) -> (Answer, String) {
    let answer = client.send("GET", path, headers, b"").ok();
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.header("content-security-policy").contains("style-src 'self'"), "{answer}");
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    assert!(!text.contains("<script>") && !text.contains("style=") && !text.contains("http://"), "{path}");
    (answer, text)
}

#[test]
fn the_reference_is_read_in_a_browser_without_a_key() {
    let app = TestApp::start();
    let nobody = app.nobody();
    let served = nobody.get("/api/openapi.json").expect(200);
    assert_eq!(&served, document());
    let (_, english) = page(&nobody, "/api", &[]);
    for operation in operations() {
        let id = operation.view["operationId"].as_str().unwrap();
        assert!(english.contains(&format!("id=\"{id}\"")), "{id} is not on the page");
    }
    let refused = nobody.post("/api", &serde_json::json!({}));
    assert_eq!(refused.header("allow"), "GET");
    assert_eq!(refused.status, 405);
    for (path, headers) in [("/api?lang=zh", &[][..]), ("/api", &[("accept-language", "zh-CN")])] {
        let (_, chinese) = page(&nobody, path, headers);
        assert!(chinese.contains("<html lang=\"zh\"") && chinese.contains("数据结构"), "{path}");
    }
}

#[test]
fn every_type_of_problem_leads_to_a_page_in_both_languages() {
    let app = TestApp::start();
    let nobody = app.nobody();
    let kinds = ProblemKind::ALL.iter().map(|kind| kind.slug().to_owned());
    let refusals = RefusalCode::ALL.iter().map(|code| code.slug().replace('_', "-"));
    let (_, list) = page(&nobody, "/problems", &[]);
    for slug in kinds.chain(refusals) {
        let (_, english) = page(&nobody, &format!("/problems/{slug}"), &[]);
        let (_, chinese) = page(&nobody, &format!("/problems/{slug}?lang=zh"), &[]);
        assert!(english.contains("How to mend it") && chinese.contains("如何处理"), "{slug}");
        assert!(list.contains(&format!("\"/problems/{slug}\"")), "{slug} is not listed");
    }
    assert_eq!(nobody.get("/problems/nothing").status, 404);
    let refused = nobody.get("/api/v1/whoami");
    page(&nobody, refused.text("/type"), &[]);
}
