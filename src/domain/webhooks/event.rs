//! What webhooks are told, read from what the audit log says: the same to whoever may open the leaf, and less than it says.

use chancery_base::values::{LeafId, UnixMillis};
use serde_json::{Map, Value, json};

use crate::documents::codes;

codes! {
    /// Something that webhooks can be told. Names are for good: programs depend on them.
    EventKind {
        /// A licensor offered a grant.
        GrantOffered = "grant.offered",
        /// The licensee accepted it.
        GrantAccepted = "grant.accepted",
        /// The licensor took it back.
        GrantRevoked = "grant.revoked",
        /// Four fifths of a grant's quota are used.
        QuotaLow = "quota.low",
        /// A version of a model was registered.
        VersionRegistered = "model.version.registered",
        /// A version was suspended, withdrawn or let go on.
        VersionStatusChanged = "model.version.status-changed",
        /// A model was frozen.
        HoldPlaced = "hold.placed",
        /// It was let go on.
        HoldReleased = "hold.released",
        /// Policy refused a use.
        UseRefused = "use.refused",
        /// An API key was made.
        KeyIssued = "key.issued",
        /// An API key was revoked.
        KeyRevoked = "key.revoked",
        /// Other rules came into force.
        PolicyChanged = "policy.changed",
        /// Somebody asked for a test; told to the webhook that is tested, whatever it subscribed to.
        Test = "webhook.test",
    }
}

impl EventKind {
    /// Whether a webhook can ask to be told this.
    #[must_use]
    pub fn may_be_subscribed(self) -> bool {
        self != Self::Test
    }

    /// The kind of what a leaf says; nothing for what nobody is told.
    fn of(payload: &Value) -> Option<Self> {
        Some(match text(payload, "type")? {
            "grant-offered" => Self::GrantOffered,
            "grant-accepted" => Self::GrantAccepted,
            "grant-revoked" => Self::GrantRevoked,
            "quota-low" => Self::QuotaLow,
            "version-registered" => Self::VersionRegistered,
            "version-status-changed" => Self::VersionStatusChanged,
            "hold-placed" => Self::HoldPlaced,
            "hold-released" => Self::HoldReleased,
            "decision" if text(payload, "outcome")? == "refused" => Self::UseRefused,
            "api-key-issued" => Self::KeyIssued,
            "api-key-revoked" => Self::KeyRevoked,
            "policy-activated" => Self::PolicyChanged,
            _ => return None,
        })
    }

    /// What of a leaf's details is told on: identifiers and states only.
    const fn told(self) -> &'static [&'static str] {
        match self {
            Self::GrantOffered | Self::GrantAccepted | Self::GrantRevoked => &["grant", "model"],
            Self::QuotaLow => &["grant", "model", "quota_tokens", "used_tokens"],
            Self::VersionRegistered => &["model", "version", "version_id"],
            Self::VersionStatusChanged => &["model", "version", "from", "to"],
            Self::HoldPlaced | Self::HoldReleased => &["hold", "model"],
            Self::UseRefused => &["decision", "model", "version", "grant", "rule"],
            Self::KeyIssued | Self::KeyRevoked => &["api_key"],
            Self::PolicyChanged => &["policy_digest"],
            Self::Test => &[],
        }
    }

    /// Where to read about it, as a path of this server.
    fn link(self, told: &Map<String, Value>) -> Option<String> {
        let member = |name: &str| told.get(name).and_then(Value::as_str);
        let version = told.get("version").and_then(Value::as_u64);
        Some(match self {
            Self::GrantOffered | Self::GrantAccepted | Self::GrantRevoked | Self::QuotaLow => {
                format!("/api/v1/grants/{}", member("grant")?)
            }
            Self::VersionRegistered | Self::VersionStatusChanged => {
                format!("/api/v1/models/{}/versions/v{}", member("model")?, version?)
            }
            Self::HoldPlaced | Self::HoldReleased => format!("/api/v1/models/{}", member("model")?),
            Self::UseRefused => format!("/api/v1/decisions/{}", member("decision")?),
            Self::KeyIssued | Self::KeyRevoked => "/api/v1/keys".to_owned(),
            Self::PolicyChanged => "/api/v1/policies".to_owned(),
            Self::Test => return None,
        })
    }
}

/// Something that happened, as webhooks are told it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: UnixMillis,
    /// Its leaf in the audit log; none for a test.
    pub leaf: Option<LeafId>,
    told: Map<String, Value>,
}

impl Event {
    /// What the leaf `leaf`, appended `at` that time, tells webhooks; nothing where it is not for them.
    #[must_use]
    pub fn of(leaf: LeafId, at: UnixMillis, payload: &Value) -> Option<Self> {
        let kind = EventKind::of(payload)?;
        // A decision says everything at the root, what acts write in `details`.
        let details = payload.get("details").unwrap_or(payload);
        let member =
            |name: &&str| Some(((*name).to_owned(), details.get(name).filter(|value| !value.is_null())?.clone()));
        Some(Self { kind, at, leaf: Some(leaf), told: kind.told().iter().filter_map(member).collect() })
    }

    /// A test, asked for `at` that time.
    #[must_use]
    pub fn test(at: UnixMillis) -> Self {
        Self { kind: EventKind::Test, at, leaf: None, told: Map::new() }
    }

    /// The body of the message: `{"type", "timestamp", "data"}`.
    #[must_use]
    pub fn body(&self) -> String {
        let mut data = self.told.clone();
        if let Some(link) = self.kind.link(&self.told) {
            data.insert("link".to_owned(), json!(link));
        }
        if let Some(leaf) = self.leaf {
            data.insert("receipt".to_owned(), json!(format!("/api/v1/receipts/{leaf}")));
        }
        json!({"type": self.kind, "timestamp": self.at.to_string(), "data": data}).to_string()
    }
}

fn text<'a>(payload: &'a Value, member: &str) -> Option<&'a str> {
    payload.get(member)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: &str = "leaf_018bcfe568007000800000000000000a";
    const AT: UnixMillis = UnixMillis::new(1_795_000_000_250);

    fn told(payload: &Value) -> Option<Value> {
        let event = Event::of(LEAF.parse().unwrap(), AT, payload)?;
        Some(serde_json::from_str(&event.body()).unwrap())
    }

    #[test]
    fn every_kind_is_told_with_where_to_read_about_it() {
        let cases = [
            (
                json!({"type": "grant-offered", "by": "acme", "details": {"grant": "grant_1", "model": "acme/m", "licensee": "globex"}}),
                json!({"grant": "grant_1", "model": "acme/m", "link": "/api/v1/grants/grant_1"}),
            ),
            (
                json!({"type": "grant-revoked", "details": {"grant": "grant_1", "reason": "Mr Smith did not pay"}}),
                json!({"grant": "grant_1", "link": "/api/v1/grants/grant_1"}),
            ),
            (
                json!({"type": "quota-low", "by": null, "details": {"grant": "grant_1", "model": "acme/m", "quota_tokens": 10, "used_tokens": 8}}),
                json!({"grant": "grant_1", "model": "acme/m", "quota_tokens": 10, "used_tokens": 8, "link": "/api/v1/grants/grant_1"}),
            ),
            (
                json!({"type": "version-registered", "details": {"model": "acme/m", "version": 3, "version_id": "version_1", "parents": []}}),
                json!({"model": "acme/m", "version": 3, "version_id": "version_1", "link": "/api/v1/models/acme/m/versions/v3"}),
            ),
            (
                json!({"type": "version-status-changed", "details": {"model": "acme/m", "version": 3, "from": "registered", "to": "suspended"}}),
                json!({"model": "acme/m", "version": 3, "from": "registered", "to": "suspended", "link": "/api/v1/models/acme/m/versions/v3"}),
            ),
            (
                json!({"type": "hold-placed", "details": {"hold": "hold_1", "model": "acme/m", "authority": "Judge Doe", "reason": "x"}}),
                json!({"hold": "hold_1", "model": "acme/m", "link": "/api/v1/models/acme/m"}),
            ),
            (
                json!({"type": "decision", "outcome": "refused", "decision": "decision_1", "model": "acme/m", "version": 1,
                       "grant": null, "rule": "grant-missing", "caller": "globex", "purpose": "research", "tokens": 7}),
                json!({"decision": "decision_1", "model": "acme/m", "version": 1, "rule": "grant-missing",
                       "link": "/api/v1/decisions/decision_1"}),
            ),
            (
                json!({"type": "api-key-issued", "details": {"api_key": "key_1", "role": "member", "label": "Ann's laptop"}}),
                json!({"api_key": "key_1", "link": "/api/v1/keys"}),
            ),
            (
                json!({"type": "policy-activated", "details": {"policy_digest": "ab", "shadow": []}}),
                json!({"policy_digest": "ab", "link": "/api/v1/policies"}),
            ),
        ];
        for (payload, mut data) in cases {
            let told = told(&payload).unwrap();
            data["receipt"] = json!(format!("/api/v1/receipts/{LEAF}"));
            assert_eq!((&told["data"], &told["timestamp"]), (&data, &json!("2026-11-18T11:06:40.250Z")), "{payload}");
        }
    }

    #[test]
    fn what_is_not_for_webhooks_is_not_told() {
        for payload in [
            json!({"type": "decision", "outcome": "allowed", "decision": "decision_1"}),
            json!({"type": "attempt-refused", "details": {"attempt": "offer-grant"}}),
            json!({"type": "party-joined", "details": {"party": "acme"}}),
            json!({"type": 7}),
            json!("text"),
        ] {
            assert_eq!(told(&payload), None, "{payload}");
        }
        assert!(!EventKind::Test.may_be_subscribed());
        let test: Value = serde_json::from_str(&Event::test(AT).body()).unwrap();
        assert_eq!(test, json!({"type": "webhook.test", "timestamp": "2026-11-18T11:06:40.250Z", "data": {}}));
    }
}
