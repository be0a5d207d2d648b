//! What an entry of a log says, in the few words that a list has room for.

use serde_json::Value;

/// Every type of entry that this program writes.
pub const EVENTS: &[&str] = &[
    "access-declined",
    "access-request-withdrawn",
    "access-requested",
    "alias-set",
    "api-key-issued",
    "api-key-revoked",
    "approval-rules-set",
    "attempt-refused",
    "decision",
    "grant-accepted",
    "grant-declined",
    "grant-offered",
    "grant-revoked",
    "hold-placed",
    "hold-released",
    "identity-linked",
    "identity-unlinked",
    "invitation-withdrawn",
    "keys-destroyed",
    "keys-replaced",
    "log-restored",
    "log-rotated",
    "log-rotation-ordered",
    "party-joined",
    "password-changed",
    "person-changed",
    "person-invited",
    "person-joined",
    "person-removed",
    "person-renamed",
    "policy-activated",
    "preparation-begun",
    "preparation-cancelled",
    "preparation-done",
    "preparation-expired",
    "preparation-failed",
    "proposal-decided",
    "proposed",
    "quota-low",
    "second-factor-removed",
    "second-factor-set",
    "session-ended",
    "sessions-ended",
    "sign-in-refused",
    "signed-in",
    "signed-out",
    "signing-key-approved",
    "signing-key-proposed",
    "signing-key-revoked",
    "tampering-found",
    "upload-abandoned",
    "upload-expired",
    "upload-opened",
    "use",
    "version-registered",
    "version-status-changed",
    "webhook-added",
    "webhook-redelivered",
    "webhook-removed",
    "webhook-secret-rotated",
    "webhook-switched-off",
    "webhook-switched-on",
    "webhook-tested",
];

/// Members that name what an entry is about, the one that says most first.
const SUBJECTS: [&str; 17] = [
    "model",
    "grant",
    "attempt",
    "slug",
    "email",
    "label",
    "api_key",
    "signing_key",
    "person",
    "invitation",
    "upload",
    "hold",
    "webhook",
    "kind",
    "proposal",
    "party",
    "policy_digest",
];

/// Who did what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The type of the entry.
    pub event: String,
    /// The party that did it, by name; `None` for what the server did of itself.
    pub actor: Option<String>,
    /// What it is about; `None` where the entry names nothing.
    pub subject: Option<String>,
    /// Whether a decision allowed the use.
    pub is_allowed: Option<bool>,
    /// The decision it is, or is of.
    pub decision: Option<String>,
}

impl Told {
    /// What `payload` says.
    #[must_use]
    pub fn of(payload: &Value) -> Self {
        let text = |member: &str| payload.get(member).and_then(Value::as_str).map(str::to_owned);
        Self {
            event: text("type").unwrap_or_default(),
            actor: ["caller", "licensee", "by"].into_iter().find_map(text),
            subject: SUBJECTS.into_iter().find_map(|member| subject(payload, member)),
            is_allowed: text("outcome").map(|outcome| outcome == "allowed"),
            decision: text("decision"),
        }
    }
}

fn subject(payload: &Value, member: &str) -> Option<String> {
    let found = payload.get(member).or_else(|| payload.get("details")?.get(member))?;
    found.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_of_each_shape_are_told() {
        let decision = json!({
            "type": "decision", "caller": "globex", "owner": "acme", "model": "acme/minilm", "outcome": "refused",
            "decision": "decision_x",
        });
        let told = Told::of(&decision);
        assert_eq!((told.actor.as_deref(), told.subject.as_deref()), (Some("globex"), Some("acme/minilm")));
        assert_eq!((told.is_allowed, told.decision.as_deref()), (Some(false), Some("decision_x")));
        let used = Told::of(&json!({"type": "use", "licensee": "globex", "model": "acme/minilm"}));
        assert_eq!((used.actor.as_deref(), used.is_allowed), (Some("globex"), None));
        let act = Told::of(&json!({"type": "api-key-issued", "by": "acme", "details": {"label": "shop", "role": "x"}}));
        assert_eq!((act.actor.as_deref(), act.subject.as_deref()), (Some("acme"), Some("shop")));
        let own = Told::of(&json!({"type": "upload-expired", "by": null, "details": {"upload": "upload_x"}}));
        assert_eq!((own.actor, own.subject.as_deref()), (None, Some("upload_x")));
        assert_eq!(Told::of(&json!([1])).event, "");
    }

    #[test]
    fn events_are_in_order() {
        assert!(EVENTS.is_sorted());
    }
}
