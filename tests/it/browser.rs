//! A browser without scripts: it keeps cookies, says where it comes from, and sends the forms that pages hold.

use std::{cell::RefCell, collections::BTreeMap, net::SocketAddr};

use serde_json::Value;

use crate::client::{Answer, Client};

/// A password that nobody guesses.
pub const PASSWORD: &str = "ledger walnut copper tram";

/// A browser at one server.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    cookies: RefCell<BTreeMap<String, String>>,
    /// The last page, whose forms can be sent.
    page: RefCell<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Shown {
    pub answer: Answer,
    pub html: String,
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        Self { client: Client::new(address, ""), cookies: RefCell::default(), page: RefCell::default() }
    }

    /// Opens a page.
    pub fn open(&self, path: &str) -> Shown {
        self.send("GET", path, &[("sec-fetch-site", "none")], "")
    }

    /// Follows a link on a page of `site`, as browsers name it.
    pub fn send_from(&self, site: &str, path: &str) -> Shown {
        self.send("GET", path, &[("sec-fetch-site", site)], "")
    }

    /// Opens a page that must be there; its text.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        let shown = self.open(path);
        assert_eq!(shown.answer.status, 200, "{path}: {}", shown.html);
        shown.html
    }

    /// Sends a form as the last page would: with what it hides in its forms.
    pub fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let hidden = ["form_token", "once"].map(|name| (name, self.hidden(name)));
        let hidden = hidden.iter().map(|(name, value)| (*name, value.as_str())).filter(|(_, value)| !value.is_empty());
        let fields: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        self.send("POST", path, &[("sec-fetch-site", "same-origin")], &encoded(&fields))
    }

    /// Sends a form with these headers and fields, and nothing else.
    pub fn forge(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Shown {
        self.send("POST", path, headers, &encoded(fields))
    }

    /// Sends a form that is answered with another place; that place.
    #[track_caller]
    pub fn follow(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let shown = self.submit(path, fields);
        assert_eq!(shown.answer.status, 303, "{path}: {}", shown.html);
        shown.answer.header("location").to_owned()
    }

    /// What a script of our own pages asks the API for.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask_with(method, path, &[], body)
    }

    /// The same with further headers.
    pub fn ask_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let cookie = format!("__Host-chancery={}", self.cookie());
        let headers = [&[("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")], headers].concat();
        self.client.send(method, path, &headers, body.to_string().as_bytes())
    }

    /// Makes the first person of an organisation with one of its keys, and signs in.
    pub fn set_up(&self, token: &str, organisation: &str, email: &str) {
        let place =
            self.follow("/set-up", &[("token", token), ("name", "Ada"), ("email", email), ("password", PASSWORD)]);
        assert!(place.starts_with("/sign-in?said=joined"), "{place}");
        assert_eq!(self.sign_in(organisation, email, PASSWORD), "/");
    }

    /// Signs in; where the browser is sent then, or an empty text when it is refused.
    pub fn sign_in(&self, organisation: &str, email: &str, password: &str) -> String {
        let fields = [("organisation", organisation), ("email", email), ("password", password), ("next", "/")];
        self.submit("/sign-in", &fields).answer.header("location").to_owned()
    }

    /// The cookie of the session, as it is sent.
    pub fn cookie(&self) -> String {
        self.kept("__Host-chancery")
    }

    /// Takes another browser's cookie.
    pub fn take_cookie(&self, value: &str) {
        self.keep("__Host-chancery", value);
    }

    /// The cookie of this name; empty where there is none.
    pub fn kept(&self, name: &str) -> String {
        self.cookies.borrow().get(name).cloned().unwrap_or_default()
    }

    /// Puts a cookie there.
    pub fn keep(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// What the last page hides in its forms under `name`.
    pub fn hidden(&self, name: &str) -> String {
        let page = self.page.borrow();
        let value = page.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next());
        value.unwrap_or_default().to_owned()
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Shown {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = headers.to_vec();
        headers.extend([("cookie", cookies.as_str()), ("user-agent", "a test's browser")]);
        headers.push(("accept", "text/html,*/*"));
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        let answer = self.client.send(method, path, &headers, body.as_bytes());
        for cookie in answer.headers.get_all("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() || attributes.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        let html = String::from_utf8_lossy(&answer.bytes).into_owned();
        if answer.status == 200 {
            self.page.replace(html.clone());
        }
        Shown { answer, html }
    }
}

/// Fields as `application/x-www-form-urlencoded`.
fn encoded(fields: &[(&str, &str)]) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    let word = |text: &str| text.bytes().map(byte).collect::<String>();
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", word(name), word(value))).collect();
    pairs.join("&")
}
