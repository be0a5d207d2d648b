//! A registry with a model, a licensee and an accepted grant, and the requests that crash tests send to it.

use std::net::SocketAddr;

use serde_json::json;

use crate::{
    client::{Answer, Client, Lost},
    database,
    fixtures::{self, Files, terms_of},
    organisation::Organisation,
    process::{Server, Site},
};

/// The model that is called.
pub const CALLED: &str = "acme/reviews";
/// The model that gets new versions all the time.
pub const GROWING: &str = "acme/drafts";
/// More tokens than any crash test uses.
const QUOTA: u64 = 1_000_000_000;

/// Who holds which keys, and where they go to work.
pub struct Registry {
    pub site: Site,
    pub owner: Organisation,
    pub licensee: Organisation,
    /// The licensee's program.
    pub caller: Client,
    weights: Files,
}

impl Registry {
    /// Sets one up at `site` and leaves its first server running.
    pub fn open(site: Site) -> (Self, Server) {
        let server = site.start();
        let operator = server.operator.as_ref().unwrap();
        let (owner, licensee) = (Organisation::join(operator, "acme"), Organisation::join(operator, "globex"));
        let caller = licensee.program("commercial-service", "DE");
        let registry = Self { site, owner, licensee, caller, weights: fixtures::tiny_classifier() };
        registry.push(server.address, CALLED, "first").unwrap().ok();
        registry.push(server.address, GROWING, "first").unwrap().ok();
        registry.grant(server.address, CALLED).unwrap().ok();
        registry.predict(server.address, "I love it", None).unwrap().ok();
        (registry, server)
    }

    /// Registers a version that has one file of its own, `note`; answers the commit, or the first refusal before it.
    pub fn push(&self, at: SocketAddr, model: &str, note: &str) -> Result<Answer, Lost> {
        let mut files = self.weights.clone();
        files.insert("README.md".to_owned(), format!("# {note}\n").into_bytes());
        self.owner.try_push(&self.owner.client.at(at), model, &files, &fixtures::open_passport())
    }

    /// Offers a grant and accepts it; answers the acceptance, or the offer's refusal.
    pub fn grant(&self, at: SocketAddr, model: &str) -> Result<Answer, Lost> {
        self.owner.try_grant(&self.owner.client.at(at), model, &self.licensee, &terms_of(QUOTA))
    }

    /// The one number that `query` selects as `number`.
    pub fn number(&self, query: &str) -> i64 {
        database::numbers(&self.site.database, query)[0]
    }

    /// Calls the model under the first grant.
    pub fn predict(&self, at: SocketAddr, text: &str, key: Option<&str>) -> Result<Answer, Lost> {
        let body = json!({"inputs": [text]}).to_string();
        let path = format!("/api/v1/models/{CALLED}/predict");
        self.caller.at(at).attempt_post(&path, body.as_bytes(), key)
    }
}
