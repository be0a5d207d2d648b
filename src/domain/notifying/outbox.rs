//! The outbox as its party sees it: what was sent and what came of it, tests, and sending again.

use chancery_base::{
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{DeliveryId, WebhookId},
};
use serde_json::json;

use super::{MOST_WAITING, Notifier, crowded, missing};
use crate::{
    parties::{Caller, Permission},
    webhooks::{self, Delivery, Event},
};

/// Messages on one page of a listing.
pub const PAGE: u32 = 100;

impl Notifier {
    /// Sends a test to a webhook, also to one that was switched off: if it arrives, it is switched on again.
    ///
    /// Errors: the caller may not administer its party; no such webhook of this party; too many messages wait for it. Each is in
    /// the audit log.
    pub fn test(&self, caller: &Caller, once: &Once, id: WebhookId) -> Result<DeliveryId, Problem> {
        let sent = self.try_test(caller, once, id);
        self.recorder().recorded(caller, "test-webhook", &json!({"webhook": id}), sent)
    }

    /// A page of the messages to a webhook, newest first, older than `before`; shorter than [`PAGE`] when it is the last.
    ///
    /// Errors: the caller may not administer its party; no such webhook of this party.
    pub fn deliveries(
        &self,
        caller: &Caller,
        id: WebhookId,
        before: Option<DeliveryId>,
    ) -> Result<Vec<Delivery>, Problem> {
        caller.require(Permission::Administer)?;
        self.database.read(|connection| {
            webhooks::find_of_party(connection, caller.party.id, id)?.ok_or_else(missing)?;
            Ok(webhooks::deliveries_of(connection, id, before, PAGE)?)
        })
    }

    /// Sends a message again that arrived or was given up, under the same id.
    ///
    /// Errors: the caller may not administer its party; no such message to a webhook of this party; it waits already; the webhook
    /// is switched off. Each is in the audit log.
    pub fn redeliver(
        &self,
        caller: &Caller,
        once: &Once,
        webhook: WebhookId,
        delivery: DeliveryId,
    ) -> Result<(), Problem> {
        let subject = json!({"webhook": webhook, "delivery": delivery});
        let sent = self.try_redeliver(caller, once, webhook, delivery);
        self.recorder().recorded(caller, "redeliver-webhook", &subject, sent)
    }

    fn try_test(&self, caller: &Caller, once: &Once, id: WebhookId) -> Result<DeliveryId, Problem> {
        caller.require(Permission::Administer)?;
        let now = self.clock.now();
        let delivery = Delivery::new(id, &Event::test(now), &*self.entropy, now);
        let details = json!({"webhook": id, "delivery": delivery.id});
        let leaf = self.recorder().leaf("webhook-tested", caller, &[], &details)?;
        let (party, once) = (caller.party.id, once.clone());
        let done = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                webhooks::find_of_party(tx, party, id)?.ok_or_else(missing)?;
                if webhooks::waiting(tx, id)? >= MOST_WAITING {
                    return Err(crowded(id));
                }
                webhooks::insert_delivery(tx, &delivery)?;
                logs::append(tx, &leaf);
                Ok(delivery.id)
            })
        })?;
        Ok(done.into_inner())
    }

    fn try_redeliver(
        &self,
        caller: &Caller,
        once: &Once,
        webhook: WebhookId,
        delivery: DeliveryId,
    ) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let details = json!({"webhook": webhook, "delivery": delivery});
        let leaf = self.recorder().leaf("webhook-redelivered", caller, &[], &details)?;
        let (party, now, once) = (caller.party.id, self.clock.now(), once.clone());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                let found = webhooks::find_of_party(tx, party, webhook)?.ok_or_else(missing)?;
                webhooks::find_delivery(tx, webhook, delivery)?.ok_or_else(|| Problem::not_found("delivery"))?;
                if found.switched_off.is_some() {
                    let detail = "the webhook is switched off; a test that arrives switches it on again";
                    return Err(Problem::new(ProblemKind::Conflict, detail));
                }
                if webhooks::waiting(tx, webhook)? >= MOST_WAITING {
                    return Err(crowded(webhook));
                }
                if !webhooks::wait_again(tx, delivery, now)? {
                    let detail = "this message is being sent already; wait for what comes of it";
                    return Err(Problem::new(ProblemKind::Conflict, detail));
                }
                logs::append(tx, &leaf);
                Ok(())
            })
        })?;
        Ok(())
    }
}
