//! Whose word on where a request comes from is taken, met with real requests.

use std::num::NonZeroU32;

use chancery::app::{Proxies, ProxyHeader};

use crate::app::TestApp;

/// A registry that takes the word of `trusted`, and lets one address guess once a second.
fn app(trusted: &[&str]) -> TestApp {
    let trusted = trusted.iter().map(|network| network.parse().unwrap()).collect();
    let proxies = Proxies { trusted, header: ProxyHeader::XForwarded, protect: false };
    TestApp::start_behind(proxies, |config, _| config.rates.stranger = NonZeroU32::new(1).unwrap())
}

/// How many of a dozen guesses in a row are let through when each says that it comes from somewhere else.
fn guesses(app: &TestApp) -> usize {
    let stranger = app.nobody().with_token("chy_00000000000000000000000000000000_x");
    let guess = |number: &usize| {
        let pretended = format!("203.0.113.{number}");
        let headers = [
            ("x-forwarded-for", pretended.as_str()),
            ("forwarded", &format!("for={pretended}")),
            ("x-real-ip", &pretended),
        ];
        stranger.send("GET", "/api/v1/whoami", &headers, b"").status == 401
    };
    (0..12).filter(guess).count()
}

#[test]
fn a_guesser_cannot_pretend_to_be_many() {
    let app = app(&["192.0.2.0/24"]);
    // One at once, and one more for each second that a busy machine takes.
    assert!(guesses(&app) < 8);
}

#[test]
fn behind_a_proxy_each_client_is_counted_by_itself() {
    let app = app(&["127.0.0.0/8"]);
    assert_eq!(guesses(&app), 12);
}

#[test]
fn a_browser_is_told_to_stay_with_https_where_the_proxy_spoke_it() {
    let sent = |app: &TestApp| {
        let answer = app.nobody().send("GET", "/healthz", &[("x-forwarded-proto", "https")], b"");
        answer.header("strict-transport-security").to_owned()
    };
    assert_eq!(sent(&app(&["127.0.0.1"])), "max-age=31536000");
    assert_eq!(sent(&app(&["192.0.2.1"])), "");
}
