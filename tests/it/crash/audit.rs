//! The auditor: after a restart, everything that was acknowledged is asked for again, and every log is derived anew.

use std::collections::BTreeSet;

use chancery_base::{
    db::Location,
    logs::{Checkpoint, LogName, Trust, follow_log, verify_log},
};
use serde_json::Value;

use super::registry::{GROWING, Registry};
use crate::{
    client::{Client, Served},
    database::alter,
    fixtures::files_below,
    process::{Server, Site},
};

/// What clients were told.
#[derive(Default)]
pub struct Acknowledged {
    pub versions: Vec<Value>,
    pub uses: Vec<Value>,
    pub grants: Vec<Value>,
}

/// What is remembered from one audit to the next.
#[derive(Default)]
pub struct Auditor {
    checkpoints: Vec<(LogName, Checkpoint)>,
    checked: BTreeSet<u64>,
    asked: (usize, usize, usize),
    pub leaves: u64,
}

impl Auditor {
    /// Checks everything that changed since the last time.
    pub fn audit(&mut self, registry: &Registry, server: &Server, told: &Acknowledged) {
        self.versions(&registry.owner.client.at(server.address), told);
        let licensee = registry.licensee.client.at(server.address);
        for used in &told.uses[self.asked.1..] {
            let decision = found(&licensee, &format!("/api/v1/decisions/{}", text(used, "decision")));
            assert_eq!(decision["outcome"], "allowed", "{decision}");
            found(&licensee, &format!("/api/v1/receipts/{}", text(used, "receipt")));
        }
        for grant in &told.grants[self.asked.2..] {
            let now = found(&licensee, &format!("/api/v1/grants/{}", text(grant, "id")));
            assert_eq!(now["status"], "accepted", "{now}");
            found(&licensee, &format!("/api/v1/receipts/{}", text(grant, "receipt")));
        }
        self.asked = (told.versions.len(), told.uses.len(), told.grants.len());
        self.logs(&licensee);
        books(registry);
    }

    /// Whatever is listed is whole, and whatever was acknowledged is listed.
    fn versions(&mut self, owner: &Client, told: &Acknowledged) {
        let path = format!("/api/v1/models/{GROWING}");
        let listed = listed(owner, &path);
        for number in &listed {
            if self.checked.insert(*number) {
                let report = owner.post(&format!("{path}/versions/v{number}/check"), &Value::Null).ok();
                assert_eq!(report.body["verdict"], "valid", "version {number}: {report}");
            }
        }
        for version in &told.versions[self.asked.0..] {
            assert!(listed.contains(&number(version)), "acknowledged and lost: {version}");
            let now = found(owner, &format!("{path}/versions/v{}", number(version)));
            assert_eq!(now["manifest_digest"], version["manifest_digest"]);
            found(owner, &format!("/api/v1/receipts/{}", text(version, "receipt")));
        }
    }

    /// Derives both logs from their public files and demands that they continue what was seen before.
    fn logs(&mut self, client: &Client) {
        let trust = client.get("/log/trust").ok();
        let trust: Trust = String::from_utf8(trust.bytes).unwrap().parse().unwrap();
        let mut checkpoints = Vec::new();
        for log in LogName::ALL {
            let source = Served { client: client.clone(), log };
            if let Some((_, remembered)) = self.checkpoints.iter().find(|(name, _)| *name == log) {
                follow_log(&source, &trust.log_keys(), remembered).unwrap();
            }
            let signed = verify_log(&source, &trust.log_keys()).unwrap();
            checkpoints.push((log, signed.checkpoint().clone()));
        }
        self.leaves = checkpoints.iter().map(|(_, checkpoint)| checkpoint.size).sum();
        self.checkpoints = checkpoints;
    }
}

/// The numbers of all versions, page after page.
fn listed(owner: &Client, path: &str) -> Vec<u64> {
    let (mut numbers, mut place) = (Vec::new(), path.to_owned());
    loop {
        let page = found(owner, &place);
        numbers.extend(page["items"].as_array().unwrap().iter().map(number));
        let Some(next) = page["next"].as_str() else { return numbers };
        place = format!("{path}?after={next}");
    }
}

/// What must hold among rows, whatever happened.
fn books(registry: &Registry) {
    let violations = [
        (
            "quotas whose settled tokens are not the sum of their uses",
            "SELECT count(*) AS number FROM quotas WHERE settled_tokens <> \
             (SELECT COALESCE(SUM(tokens), 0) FROM uses WHERE uses.grant_id = quotas.grant_id)",
        ),
        (
            "quotas that are overdrawn",
            "SELECT count(*) AS number FROM quotas WHERE settled_tokens + leased_tokens > quota_tokens",
        ),
        (
            "allowed decisions without a use",
            "SELECT count(*) AS number FROM decisions WHERE outcome = 'allowed' \
             AND id NOT IN (SELECT decision_id FROM uses)",
        ),
        (
            "records without a leaf",
            "SELECT (SELECT count(*) FROM uses WHERE liability_leaf_id NOT IN (SELECT id FROM log_leaves)) \
             + (SELECT count(*) FROM decisions WHERE leaf_id NOT IN (SELECT id FROM log_leaves)) \
             + (SELECT count(*) FROM versions WHERE leaf_id NOT IN (SELECT id FROM log_leaves)) AS number",
        ),
        (
            "versions without files",
            "SELECT count(*) AS number FROM versions WHERE id NOT IN (SELECT version_id FROM version_files)",
        ),
    ];
    for (what, query) in violations {
        assert_eq!(registry.number(query), 0, "{what}");
    }
}

/// Right after a start nothing is on its way in: every stored file has a row and every row its file. Where several servers
/// may share a database, files without a row are left for the one that may still be writing them.
pub fn blobs(registry: &Registry) {
    let store = registry.site.store();
    let count = |folder: &str| files_below(&store.join(folder)).len() as i64;
    let (stored, incoming) = (count("blobs"), count("incoming"));
    let named = registry.number("SELECT count(*) AS number FROM blobs");
    if matches!(registry.site.database, Location::Sqlite(_)) {
        assert_eq!((stored, incoming), (named, 0), "orphans were not swept");
    } else {
        assert!(stored >= named, "{named} blobs have rows and {stored} have files");
    }
}

fn found(client: &Client, path: &str) -> Value {
    client.get(path).ok().body
}

fn number(version: &Value) -> u64 {
    version["version"].as_u64().unwrap_or_else(|| panic!("no version number in {version}"))
}

fn text<'v>(document: &'v Value, member: &str) -> &'v str {
    document[member].as_str().unwrap_or_else(|| panic!("no `{member}` in {document}"))
}

/// An auditor that finds nothing proves nothing unless it is seen to find something.
fn audit_after(statement: &str) {
    let (registry, server) = Registry::open(Site::new());
    let mut auditor = Auditor::default();
    auditor.audit(&registry, &server, &Acknowledged::default());
    alter(&registry.site.database, statement);
    auditor.audit(&registry, &server, &Acknowledged::default());
}

#[test]
#[should_panic(expected = "quotas whose settled tokens are not the sum of their uses")]
fn finds_a_quota_that_was_settled_twice() {
    audit_after("UPDATE quotas SET settled_tokens = settled_tokens * 2");
}

#[test]
#[should_panic(expected = "allowed decisions without a use")]
fn finds_a_use_that_was_lost() {
    audit_after("UPDATE quotas SET settled_tokens = 0; DELETE FROM uses");
}

#[test]
#[should_panic(expected = "Entry { index: 0 }")]
fn finds_an_altered_leaf() {
    audit_after(
        "UPDATE log_leaves SET entry = (SELECT entry FROM log_leaves WHERE log = 'audit' AND position = 1) WHERE log = 'audit' AND position = 0",
    );
}
