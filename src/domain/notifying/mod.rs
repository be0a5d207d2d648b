//! Notifying: parties add webhooks, what happens is gathered from the audit log into an outbox, and sent from there.
//!
//! The log is what makes an event certain: an act and its leaf are one transaction, and who may open the leaf may be told of it.
//! So no act knows of webhooks, none is slower for them, and nothing that is recorded goes untold (decision 18). A message is sent
//! by one server at a time, which leases it; a server that dies leaves a lease that ends.

mod gathering;
mod outbox;
mod sending;
mod subscribing;

use std::sync::Arc;

use chancery_base::{
    crypto::RootKeys,
    db::{Database, Tx},
    logs::{self, LogName},
    outbound::Outbound,
    problem::{Problem, ProblemKind},
    values::{Clock, Entropy, UnixMillis, WebhookId},
};
use serde_json::json;

pub use outbox::PAGE;
pub use sending::Claimed;
pub use subscribing::{NewWebhook, WebhookShown};

use crate::{
    recording::Recorder,
    webhooks::{self, SwitchedOff, Webhook},
};

/// Messages that may wait for one webhook; beyond that it is switched off, because it is not keeping up.
const MOST_WAITING: usize = 10_000;
/// Messages that ended are kept for this long, so that they can be looked at and sent again.
const KEPT_DAYS: i64 = 30;
/// Messages that go at once when they were kept for long enough.
const PURGED_AT_ONCE: u32 = 500;
/// Held while it is found out whether anybody is told anything, so that reading the log begins in one place. The number is ours
/// and arbitrary.
const READING_LOCK: i64 = 0x4348_414e_0401;

/// The parts these acts need.
#[derive(Clone)]
pub struct Notifier {
    /// Where everything is recorded.
    pub database: Database,
    /// What the keys are wrapped under that webhooks' secrets are sealed with.
    pub roots: Arc<RootKeys>,
    /// What sends.
    pub outbound: Outbound,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl Notifier {
    fn recorder(&self) -> Recorder<'_> {
        Recorder { database: &self.database, clock: &*self.clock, entropy: &*self.entropy }
    }

    /// Removes some of what was kept for long enough, or was meant for webhooks that are removed; whether there may be more.
    ///
    /// Errors: those of the database.
    pub fn purge(&self) -> Result<bool, Problem> {
        let before = self.clock.now().plus_days(-KEPT_DAYS);
        let purged = self.database.act(move |tx| Ok(webhooks::purge(tx, before, PURGED_AT_ONCE)?))?;
        Ok(purged > 0)
    }

    /// Tells a webhook nothing any more, and its party that. What waits is given up.
    fn switch_off(
        &self,
        tx: &mut Tx<'_>,
        webhook: &Webhook,
        because: SwitchedOff,
        now: UnixMillis,
    ) -> Result<(), Problem> {
        webhooks::give_up_waiting(tx, webhook.id)?;
        webhooks::keep_how_it_fares(tx, &Webhook { switched_off: Some((now, because)), ..webhook.clone() })?;
        let details = json!({"webhook": webhook.id, "because": because});
        logs::append(tx, &self.recorder().own_leaf("webhook-switched-off", vec![webhook.party], &details)?);
        Ok(())
    }
}

/// Begins reading the log at its end, if nobody was told anything until now.
fn begin_reading(tx: &mut Tx<'_>) -> Result<(), Problem> {
    tx.lock_exclusively(READING_LOCK)?;
    if webhooks::subscribed(tx)?.is_empty() {
        let end = logs::size(tx, LogName::Audit)?;
        webhooks::start_cursor(tx, end)?;
    }
    Ok(())
}

fn missing() -> Problem {
    Problem::not_found("webhook")
}

fn crowded(webhook: WebhookId) -> Problem {
    let detail = format!("{MOST_WAITING} messages wait for {webhook}; see why with `chancery webhook deliveries`");
    Problem::new(ProblemKind::Conflict, detail)
}
