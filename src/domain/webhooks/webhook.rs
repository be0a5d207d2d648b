//! A webhook: where it is, what it is told, and how it fares.

use chancery_base::values::{PartyId, UnixMillis, WebhookId};

use super::{DeliveryStatus, EventKind};
use crate::documents::codes;

/// A webhook that has only failed for this long is switched off: nobody is there.
const SWITCHED_OFF_AFTER_MS: i64 = 5 * UnixMillis::PER_DAY;
/// Shortest and longest rest of a webhook that just failed, so that one which does not answer keeps nobody else waiting.
const SHORTEST_REST_MS: i64 = 5 * UnixMillis::PER_SECOND;
const LONGEST_REST_MS: i64 = 60 * UnixMillis::PER_SECOND;

codes! {
    /// Why a webhook is told nothing any more.
    SwitchedOff {
        /// It failed for days.
        Failing = "failing",
        /// It answered that it is gone for good (410).
        Gone = "gone",
        /// More messages waited for it than are kept.
        Overflowing = "too-many-waiting",
    }
}

codes! {
    /// How a webhook fares.
    WebhookStatus {
        /// It takes what it is told, as far as is known.
        On = "on",
        /// It only failed lately, and is tried again.
        Failing = "failing",
        /// It is told nothing any more.
        Off = "off",
    }
}

/// An address of a party's that is told what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its identity.
    pub id: WebhookId,
    /// Whose it is.
    pub party: PartyId,
    /// Where it is.
    pub url: String,
    /// What it is told.
    pub events: Vec<EventKind>,
    /// What messages to it are signed with, sealed under its party's key.
    pub secret: Vec<u8>,
    /// The secret before, while it still counts.
    pub previous: Option<PreviousSecret>,
    /// When it was added.
    pub created_at: UnixMillis,
    /// Since when it is told what happens: since it was added, or was switched on again.
    pub told_since: UnixMillis,
    /// When it first failed, if it has only failed since.
    pub failing_since: Option<UnixMillis>,
    /// Until when nothing is sent because it just failed.
    pub rests_until: UnixMillis,
    /// When and why it was switched off.
    pub switched_off: Option<(UnixMillis, SwitchedOff)>,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousSecret {
    /// The secret, sealed as the new one is.
    pub sealed: Vec<u8>,
    /// Until when messages are signed with it too.
    pub until: UnixMillis,
}

impl Webhook {
    /// What binds its secrets to it where they are sealed.
    #[must_use]
    pub fn secret_subject(id: WebhookId) -> String {
        format!("secret of {id}")
    }

    /// Whether it is to be told something of this `kind` that happened `at` that time.
    #[must_use]
    pub fn is_told(&self, kind: EventKind, at: UnixMillis) -> bool {
        self.switched_off.is_none() && at >= self.told_since && self.events.contains(&kind)
    }

    /// How it fares.
    #[must_use]
    pub const fn status(&self) -> WebhookStatus {
        match (self.switched_off, self.failing_since) {
            (Some(_), _) => WebhookStatus::Off,
            (None, Some(_)) => WebhookStatus::Failing,
            (None, None) => WebhookStatus::On,
        }
    }

    /// Takes in how a message fared: what arrives switches it on again.
    pub fn fared(&mut self, status: DeliveryStatus, is_gone: bool, now: UnixMillis) {
        if status == DeliveryStatus::Delivered {
            if self.switched_off.take().is_some() {
                self.told_since = now;
            }
            self.failing_since = None;
            self.rests_until = self.rests_until.min(now);
            return;
        }
        let since = *self.failing_since.get_or_insert(now);
        let failed_ms = now.as_millis().saturating_sub(since.as_millis());
        self.rests_until = now.plus_millis(failed_ms.clamp(SHORTEST_REST_MS, LONGEST_REST_MS));
        if self.switched_off.is_none() && (is_gone || failed_ms >= SWITCHED_OFF_AFTER_MS) {
            let because = if is_gone { SwitchedOff::Gone } else { SwitchedOff::Failing };
            self.switched_off = Some((now, because));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_795_000_000_000);

    fn webhook() -> Webhook {
        Webhook {
            id: "webhook_018bcfe568007000800000000000000a".parse().unwrap(),
            party: "party_018bcfe568007000800000000000000a".parse().unwrap(),
            url: "https://example.com/".to_owned(),
            events: vec![EventKind::UseRefused],
            secret: Vec::new(),
            previous: None,
            created_at: NOW,
            told_since: NOW,
            failing_since: None,
            rests_until: NOW,
            switched_off: None,
        }
    }

    #[test]
    fn it_is_told_what_it_asked_for_since_it_is_there() {
        let mut webhook = webhook();
        assert!(webhook.is_told(EventKind::UseRefused, NOW));
        assert!(!webhook.is_told(EventKind::UseRefused, NOW.plus_millis(-1)));
        assert!(!webhook.is_told(EventKind::KeyIssued, NOW));
        webhook.switched_off = Some((NOW, SwitchedOff::Gone));
        assert!(!webhook.is_told(EventKind::UseRefused, NOW));
    }

    #[test]
    fn it_rests_longer_the_longer_it_fails_and_is_switched_off_after_days() {
        let mut webhook = webhook();
        for (after_s, rest_s) in [(0, 5), (10, 10), (40, 40), (3_600, 60)] {
            let now = NOW.plus_millis(after_s * UnixMillis::PER_SECOND);
            webhook.fared(DeliveryStatus::Waiting, false, now);
            assert_eq!(webhook.rests_until, now.plus_millis(rest_s * UnixMillis::PER_SECOND));
            assert_eq!((webhook.failing_since, webhook.switched_off), (Some(NOW), None));
        }
        let late = NOW.plus_days(5);
        webhook.fared(DeliveryStatus::GivenUp, false, late);
        assert_eq!(webhook.switched_off, Some((late, SwitchedOff::Failing)));
        webhook.fared(DeliveryStatus::Delivered, false, late);
        assert_eq!((webhook.failing_since, webhook.rests_until, webhook.switched_off), (None, late, None));
        assert_eq!(webhook.told_since, late, "what happened meanwhile is not told");
        webhook.fared(DeliveryStatus::Waiting, true, late);
        assert_eq!(webhook.switched_off, Some((late, SwitchedOff::Gone)), "410 says it at once");
    }
}
