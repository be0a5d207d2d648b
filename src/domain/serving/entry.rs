//! What is written about a use: the decision's row with its leaf in the audit log, and the leaf in the liability log.

use std::collections::BTreeSet;

use chancery_base::{
    db::Tx,
    logs::{self, LogName, NewLeaf},
    problem::Problem,
    values::{DecisionId, PartyId, UnixMillis, encode_hex},
};
use serde_json::{Value, json};

use super::{
    desk::Desk,
    judge::{Asked, Judged},
    record::Run,
    rows::{self, RecordedDecision},
};

impl Desk {
    /// The decision's row and leaf.
    pub(super) fn entry(&self, asked: &Asked, judged: &Judged, run: Option<&Run>) -> Result<Entry, Problem> {
        let now = self.clock.now();
        let id = DecisionId::generate(&*self.entropy, now);
        let payload = decision_payload(id, asked, judged, run, now);
        let leaf =
            NewLeaf::new(LogName::Audit, &payload, readers(asked), &*self.entropy, now).map_err(Problem::internal)?;
        let decision = RecordedDecision {
            id,
            caller: asked.caller.party.id,
            owner: asked.model.owner,
            model: asked.model.id,
            version: asked.version().id,
            grant: judged.grant(),
            is_allowed: judged.decision.is_allowed(),
            deciding_rule: judged.decision.deciding().map(|reason| reason.rule.clone()),
            policy_digest: judged.decision.policy_digest,
            facts: judged.facts.canonical_json().map_err(Problem::internal)?,
            decision: serde_json::to_string(&judged.decision).map_err(Problem::internal)?,
            leaf: leaf.id(),
            decided_at: now,
        };
        let shadow = judged.decision.shadow.iter().map(|reason| reason.raised_by().to_owned()).collect();
        Ok(Entry { decision, shadow, leaf })
    }

    /// What the liability log says of a use: who answers, under which terms, for what.
    pub(super) fn liability_leaf(
        &self,
        asked: &Asked,
        judged: &Judged,
        run: &Run,
        decision: DecisionId,
        now: UnixMillis,
    ) -> Result<NewLeaf, Problem> {
        let grant = judged.facts.grant.as_ref();
        let payload = json!({
            "type": "use",
            "decision": decision,
            "at": now,
            "licensee": asked.caller.party.slug,
            "owner": asked.model.name.owner,
            "model": asked.model.name,
            "version": asked.version().number,
            "manifest_digest": asked.version().manifest_digest,
            "grant": grant.map(|grant| grant.id),
            "terms_digest": grant.map(|grant| grant.terms_digest),
            "purpose": judged.facts.purpose(),
            "territory": judged.facts.territory(),
            "tokens": asked.tokens,
            "liability": asked.shelved.liability,
            "input_commitment": encode_hex(run.input.as_bytes()),
            "output_commitment": encode_hex(run.output.as_bytes()),
        });
        NewLeaf::new(LogName::Liability, &payload, readers(asked), &*self.entropy, now).map_err(Problem::internal)
    }
}

/// Who may open what is written about a use: the caller and the owner.
fn readers(asked: &Asked) -> Vec<PartyId> {
    vec![asked.caller.party.id, asked.model.owner]
}

fn decision_payload(id: DecisionId, asked: &Asked, judged: &Judged, run: Option<&Run>, now: UnixMillis) -> Value {
    let decision = &judged.decision;
    json!({
        "type": "decision",
        "decision": id,
        "at": now,
        "action": "use",
        "caller": asked.caller.party.slug,
        "key": asked.caller.actor().to_string(),
        "owner": asked.model.name.owner,
        "model": asked.model.name,
        "version": asked.version().number,
        "manifest_digest": asked.version().manifest_digest,
        "grant": judged.grant(),
        "outcome": if decision.is_allowed() { "allowed" } else { "refused" },
        "rule": decision.deciding().map(|reason| &reason.rule),
        "clause": decision.deciding().map(|reason| &reason.clause),
        "shadow": decision.shadow.iter().map(|reason| &reason.rule).collect::<Vec<_>>(),
        "purpose": judged.facts.purpose(),
        "territory": judged.facts.territory(),
        "tokens": asked.tokens,
        "policy_digest": decision.policy_digest,
        "facts_digest": decision.facts_digest,
        "input_commitment": run.map(|run| encode_hex(run.input.as_bytes())),
        "output_commitment": run.map(|run| encode_hex(run.output.as_bytes())),
    })
}

/// A decision's row and its leaf, ready to be written.
pub(super) struct Entry {
    pub decision: RecordedDecision,
    /// The rules in shadow that would have refused it.
    pub shadow: BTreeSet<String>,
    pub leaf: NewLeaf,
}

impl Entry {
    pub(super) fn write(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        rows::insert_decision(tx, &self.decision)?;
        rows::insert_shadow_refusals(tx, &self.shadow, &self.decision)?;
        logs::append(tx, &self.leaf);
        Ok(())
    }
}
