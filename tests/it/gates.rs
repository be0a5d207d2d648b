//! Every documented route asks who calls, except those that are listed as ungated.

use chancery::web::UNGATED;

use crate::app::TestApp;

const DOCUMENT: &str = include_str!("../../docs/api.md");

/// Method and path of every route in the document.
fn documented() -> Vec<(&'static str, &'static str)> {
    let is_method = |word: &str| ["GET", "POST", "PUT", "DELETE"].contains(&word);
    let quoted = DOCUMENT.split('`').filter_map(|quoted| quoted.split_once(' '));
    let routes: Vec<_> = quoted.filter(|(method, path)| is_method(method) && path.starts_with('/')).collect();
    assert!(routes.len() > 35, "the document names {} routes only", routes.len());
    routes
}

/// A path with something in place of each name in braces.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for part in path.split('{') {
        filled.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
        if part.len() < path.len() {
            filled.push('x');
        }
    }
    filled.trim_end_matches('x').to_owned() + if path.ends_with('}') { "x" } else { "" }
}

#[test]
fn nobody_passes_a_gate_without_a_key() {
    let app = TestApp::start();
    let nobody = app.nobody();
    for (method, path) in documented().into_iter().filter(|(_, path)| !path.starts_with("/log/")) {
        let answer = nobody.send(method, &filled(path), &[], b"");
        assert_eq!(answer.status, 401, "{method} {path}");
        assert_eq!(answer.body["type"], "/problems/invalid-api-key", "{method} {path}");
    }
}

#[test]
fn a_key_that_was_never_issued_passes_no_gate_either() {
    let app = TestApp::start();
    let stranger = app.nobody().with_token("chy_00000000000000000000000000000000_x");
    for (method, path) in documented().into_iter().filter(|(_, path)| !path.starts_with("/log/")) {
        assert_eq!(stranger.send(method, &filled(path), &[], b"").status, 401, "{method} {path}");
    }
}

#[test]
fn what_is_ungated_is_listed() {
    let app = TestApp::start();
    for path in UNGATED {
        let path = path.replace("{log}", "audit").replace("{path}", "0/000");
        assert_ne!(app.nobody().get(&path).status, 401, "{path}");
    }
    for path in ["/", "/v1", "/v1/", "/api", "/api/v1", "/metrics", "/log", "/admin"] {
        assert!([401, 404].contains(&app.nobody().get(path).status), "{path}");
    }
}
