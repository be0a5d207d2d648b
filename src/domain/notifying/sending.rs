//! Sending: a message is leased, signed and posted, and what came of it is kept.

use std::collections::BTreeSet;

use chancery_base::{
    db::Tx,
    logs,
    outbound::{TIMEOUT, TargetUrl},
    problem::Problem,
    values::{UnixMillis, WebhookId},
};
use serde_json::json;

use super::{Notifier, begin_reading};
use crate::webhooks::{self, Delivery, DeliveryStatus, Due, Webhook};

/// How long a server may take over a message before another one sends it: three times what sending takes at most.
const LEASE_MS: i64 = 3 * TIMEOUT.as_millis() as i64;
/// What a webhook answers that wants nothing any more (RFC 9110, section 15.5.11; Standard Webhooks 1.0.0).
const GONE: u16 = 410;

/// A message that this server, and no other, is to send now.
pub struct Claimed {
    webhook: Webhook,
    delivery: Delivery,
}

impl Claimed {
    /// To which webhook.
    #[must_use]
    pub const fn webhook(&self) -> WebhookId {
        self.webhook.id
    }
}

impl Notifier {
    /// Leases the message that is due for longest, to a webhook that is not among `busy`.
    ///
    /// Errors: those of the database.
    pub fn claim(&self, busy: &BTreeSet<WebhookId>) -> Result<Option<Claimed>, Problem> {
        loop {
            let now = self.clock.now();
            let found = self.database.read(|connection| {
                let Some(delivery) = webhooks::next_due(connection, busy, now)? else { return Ok(None) };
                Ok::<_, Problem>(webhooks::find(connection, delivery.webhook)?.zip(Some(delivery)))
            })?;
            let Some((webhook, found)) = found else { return Ok(None) };
            let (due_at, attempts) = (now.plus_millis(LEASE_MS), found.attempts.saturating_add(1));
            let was_due_at = found.due_at;
            let delivery = Delivery { due_at, attempts, attempted_at: Some(now), ..found };
            let leased = delivery.clone();
            if self.database.act(move |tx| Ok(webhooks::change_delivery(tx, &leased, was_due_at)?))? {
                return Ok(Some(Claimed { webhook, delivery }));
            }
        }
    }

    /// Sends a message and keeps what came of it.
    ///
    /// Errors: what came of it could not be kept; then it is sent again once the lease has ended.
    pub fn send(&self, claimed: Claimed) -> Result<(), Problem> {
        let Claimed { webhook, delivery } = claimed;
        let answer = self.post(&webhook, &delivery);
        let now = self.clock.now();
        let leased_until = delivery.due_at;
        let is_gone = answer == Ok(GONE);
        let is_delivered = answer.is_ok_and(|status| (200..300).contains(&status));
        let due = if is_delivered { Due::Never } else { delivery.due_again(&*self.entropy, now) };
        let (status, due_at) = match due {
            Due::At(due_at) => (DeliveryStatus::Waiting, due_at),
            Due::Never if is_delivered => (DeliveryStatus::Delivered, now),
            Due::Never => (DeliveryStatus::GivenUp, now),
        };
        let answer = answer.map_or_else(str::to_owned, |status| status.to_string());
        tracing::debug!(webhook.id = %webhook.id, delivery.id = %delivery.id, delivery.answer = answer, "sent to a webhook");
        let ended = Delivery { status, due_at, answer: Some(answer), ..delivery };
        let notifier = self.clone();
        self.database.act(move |tx| {
            if webhooks::change_delivery(tx, &ended, leased_until)? {
                notifier.keep_how_it_fared(tx, &ended, is_gone, now)?;
            }
            Ok(())
        })
    }

    /// Posts a message; the status that was answered, or why none was.
    fn post(&self, webhook: &Webhook, delivery: &Delivery) -> Result<u16, &'static str> {
        let (id, at) = (delivery.id.to_string(), self.clock.now());
        let secrets = self.secrets(webhook).map_err(|_| "not-signed")?;
        let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(&id, at, &delivery.body)).collect();
        // It was read when it was added; how far this server may reach can be otherwise since then.
        let url = TargetUrl::parse(&webhook.url, self.outbound.reach()).map_err(|_| "no-public-address")?;
        let headers = [
            ("webhook-id", id),
            ("webhook-timestamp", at.as_seconds().to_string()),
            ("webhook-signature", signatures.join(" ")),
        ];
        self.outbound.post(&url, &headers, &delivery.body).map_err(|failure| failure.code())
    }

    fn keep_how_it_fared(
        &self,
        tx: &mut Tx<'_>,
        ended: &Delivery,
        is_gone: bool,
        now: UnixMillis,
    ) -> Result<(), Problem> {
        let Some(before) = webhooks::find(tx, ended.webhook)? else { return Ok(()) };
        let mut webhook = before.clone();
        webhook.fared(ended.status, is_gone, now);
        match (before.switched_off, webhook.switched_off) {
            (None, Some((_, because))) => return self.switch_off(tx, &webhook, because, now),
            (Some(_), None) => {
                begin_reading(tx)?;
                let details = json!({"webhook": webhook.id});
                logs::append(tx, &self.recorder().own_leaf("webhook-switched-on", vec![webhook.party], &details)?);
            }
            _ => {}
        }
        if webhook != before {
            webhooks::keep_how_it_fares(tx, &webhook)?;
        }
        Ok(())
    }
}
