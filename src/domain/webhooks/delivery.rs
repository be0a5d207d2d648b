//! A message to one webhook, and when it is sent again.

use chancery_base::values::{DeliveryId, Entropy, LeafId, UnixMillis, WebhookId};

use super::{Event, EventKind};
use crate::documents::codes;

/// Seconds after each attempt that failed until the next one: a little less than a day in all.
const PAUSES_S: [i64; 10] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800];
/// A pause is longer or shorter by up to this share, so that what failed together does not come back together.
const JITTER_PERCENT: i64 = 20;

codes! {
    /// How a message fares.
    DeliveryStatus {
        /// It is sent when it is due.
        Waiting = "waiting",
        /// The webhook said that it has it.
        Delivered = "delivered",
        /// Every attempt failed.
        GivenUp = "given-up",
    }
}

/// A message in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its identity, the same at every attempt.
    pub id: DeliveryId,
    /// To whom.
    pub webhook: WebhookId,
    /// What it tells.
    pub event: EventKind,
    /// What is sent, byte for byte.
    pub body: String,
    /// The leaf in the audit log that it tells of; none for a test.
    pub leaf: Option<LeafId>,
    /// When it was put here.
    pub created_at: UnixMillis,
    /// How it fares.
    pub status: DeliveryStatus,
    /// Attempts begun.
    pub attempts: u32,
    /// When it is sent next, or when the lease of the server that sends it ends.
    pub due_at: UnixMillis,
    /// When the last attempt began.
    pub attempted_at: Option<UnixMillis>,
    /// What came of the last attempt: the status that was answered, or why none was.
    pub answer: Option<String>,
}

/// When a message is to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Then.
    At(UnixMillis),
    /// Never: it was tried for about a day.
    Never,
}

impl Delivery {
    /// A message that tells `webhook` of `event` as soon as may be.
    #[must_use]
    pub fn new(webhook: WebhookId, event: &Event, entropy: &dyn Entropy, now: UnixMillis) -> Self {
        Self {
            id: DeliveryId::generate(entropy, now),
            webhook,
            event: event.kind,
            body: event.body(),
            leaf: event.leaf,
            created_at: now,
            status: DeliveryStatus::Waiting,
            attempts: 0,
            due_at: now,
            attempted_at: None,
            answer: None,
        }
    }

    /// When to try again after the attempts made so far failed, the last one `now`.
    #[must_use]
    pub fn due_again(&self, entropy: &dyn Entropy, now: UnixMillis) -> Due {
        let failed = self.attempts.saturating_sub(1) as usize;
        let Some(pause_s) = PAUSES_S.get(failed) else { return Due::Never };
        let mut random = [0; 2];
        entropy.fill(&mut random);
        let widest_ms = pause_s * UnixMillis::PER_SECOND * JITTER_PERCENT / 100;
        let jitter_ms = 2 * widest_ms * i64::from(u16::from_be_bytes(random)) / i64::from(u16::MAX) - widest_ms;
        Due::At(now.plus_millis(pause_s * UnixMillis::PER_SECOND + jitter_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_database::{Counting, NOW};

    #[test]
    fn it_is_tried_for_about_a_day_ever_less_often_and_then_given_up() {
        let entropy = Counting::default();
        let webhook = WebhookId::generate(&entropy, NOW);
        let mut delivery = Delivery::new(webhook, &Event::test(NOW), &entropy, NOW);
        let (mut now, mut pauses) = (NOW, Vec::new());
        loop {
            delivery.attempts += 1;
            let Due::At(next) = delivery.due_again(&entropy, now) else { break };
            pauses.push(next.as_millis() - now.as_millis());
            now = next;
        }
        for (pause_ms, pause_s) in pauses.iter().zip(PAUSES_S) {
            assert!((pause_s * 800..=pause_s * 1_200).contains(pause_ms), "{pause_ms} for {pause_s}");
        }
        assert_eq!((pauses.len(), delivery.attempts), (10, 11));
        assert_eq!(PAUSES_S.iter().sum::<i64>() / 3_600, 23);
        let spread = || {
            let delivery = Delivery { attempts: 1, ..delivery.clone() };
            delivery.due_again(&entropy, NOW)
        };
        assert!((0..20).any(|_| spread() != spread()), "no two come back together");
    }
}
