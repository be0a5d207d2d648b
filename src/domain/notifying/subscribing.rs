//! A party's webhooks: added, listed, given another secret, removed. Each act is in the audit log.

use chancery_base::{
    crypto::{KeyVersion, SharedSecret, WrappedKey},
    idempotency::Once,
    logs,
    outbound::TargetUrl,
    problem::{Problem, ProblemKind},
    values::{PartyId, WebhookId},
};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::{Notifier, begin_reading, missing};
use crate::{
    membership::refuse_repetition,
    parties::{self, Caller, Permission},
    webhooks::{self, EventKind, PreviousSecret, Webhook},
};

/// Webhooks that one party may have.
const MOST_WEBHOOKS: usize = 10;
/// How long messages are signed with a secret that was replaced, beside the new one.
const OVERLAP_DAYS: i64 = 1;

/// A webhook asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where it is.
    pub url: String,
    /// What it is to be told; everything, unless said otherwise.
    pub events: Option<Vec<EventKind>>,
}

/// A webhook with its secret, which is shown now and never again.
pub struct WebhookShown {
    /// The webhook as it is kept.
    pub webhook: Webhook,
    /// What its messages are signed with.
    pub secret: Zeroizing<String>,
}

impl Notifier {
    /// Adds a webhook to the caller's party; it is told what happens from now on.
    ///
    /// Errors: the caller may not administer its party; a URL that is not called; no events, or one that nobody can ask for; as many
    /// webhooks as may be; an idempotency key. Each is in the audit log.
    pub fn add(&self, caller: &Caller, once: &Once, new: &NewWebhook) -> Result<WebhookShown, Problem> {
        let added = self.try_add(caller, once, new);
        self.recorder().recorded(caller, "add-webhook", &json!({}), added)
    }

    /// The webhooks of the caller's party, oldest first.
    ///
    /// Errors: the caller may not administer its party.
    pub fn list(&self, caller: &Caller) -> Result<Vec<Webhook>, Problem> {
        caller.require(Permission::Administer)?;
        self.database.read(|connection| Ok(webhooks::of_party(connection, caller.party.id)?))
    }

    /// Gives a webhook another secret; for a day, messages are signed with the old one too.
    ///
    /// Errors: the caller may not administer its party; no such webhook of this party; an idempotency key. Each is in the audit log.
    pub fn rotate(&self, caller: &Caller, once: &Once, id: WebhookId) -> Result<WebhookShown, Problem> {
        let rotated = self.try_rotate(caller, once, id);
        self.recorder().recorded(caller, "rotate-webhook-secret", &json!({"webhook": id}), rotated)
    }

    /// Removes a webhook; nothing is sent to it any more.
    ///
    /// Errors: the caller may not administer its party; no such webhook of this party. Each is in the audit log.
    pub fn remove(&self, caller: &Caller, once: &Once, id: WebhookId) -> Result<(), Problem> {
        let removed = self.try_remove(caller, once, id);
        self.recorder().recorded(caller, "remove-webhook", &json!({"webhook": id}), removed)
    }

    fn try_add(&self, caller: &Caller, once: &Once, new: &NewWebhook) -> Result<WebhookShown, Problem> {
        caller.require(Permission::Administer)?;
        refuse_repetition(once)?;
        let refused = |detail: String, field| Problem::new(ProblemKind::Unprocessable, detail).at(field);
        let url = TargetUrl::parse(&new.url, self.outbound.reach());
        let url = url.map_err(|error| refused(error.to_string(), "url"))?;
        let events = asked_for(new.events.as_deref());
        let events = events.ok_or_else(|| refused(format!("name one or more of: {}", subscribable()), "events"))?;
        let (now, party) = (self.clock.now(), caller.party.id);
        let id = WebhookId::generate(&*self.entropy, now);
        let (secret, sealed) = self.draw_secret(party, id)?;
        let webhook = Webhook {
            id,
            party,
            url: url.as_str().to_owned(),
            events,
            secret: sealed.bytes,
            previous: None,
            created_at: now,
            told_since: now,
            failing_since: None,
            rests_until: now,
            switched_off: None,
        };
        // Where the URL leads beyond its host may be a secret.
        let details = json!({"webhook": id, "host": url.host(), "events": webhook.events});
        let leaf = self.recorder().leaf("webhook-added", caller, &[], &details)?;
        let (row, sealed_under) = (webhook.clone(), sealed.version);
        self.database.act(move |tx| {
            parties::lock_party(tx, party)?;
            begin_reading(tx)?;
            parties::require_newest_key(tx, party, sealed_under)?;
            if webhooks::of_party(tx, party)?.len() >= MOST_WEBHOOKS {
                let detail = format!("a party has at most {MOST_WEBHOOKS} webhooks; remove one first");
                return Err(Problem::new(ProblemKind::Conflict, detail));
            }
            webhooks::insert(tx, &row)?;
            logs::append(tx, &leaf);
            Ok(())
        })?;
        Ok(WebhookShown { webhook, secret: secret.expose() })
    }

    fn try_rotate(&self, caller: &Caller, once: &Once, id: WebhookId) -> Result<WebhookShown, Problem> {
        caller.require(Permission::Administer)?;
        refuse_repetition(once)?;
        let (now, party) = (self.clock.now(), caller.party.id);
        let leaf = self.recorder().leaf("webhook-secret-rotated", caller, &[], &json!({"webhook": id}))?;
        let (secret, sealed) = self.draw_secret(party, id)?;
        let webhook = self.database.act(move |tx| {
            let mut webhook = webhooks::find_of_party(tx, party, id)?.ok_or_else(missing)?;
            parties::require_newest_key(tx, party, sealed.version)?;
            let replaced = std::mem::replace(&mut webhook.secret, sealed.bytes);
            webhook.previous = Some(PreviousSecret { sealed: replaced, until: now.plus_days(OVERLAP_DAYS) });
            webhooks::keep_secrets(tx, &webhook)?;
            logs::append(tx, &leaf);
            Ok(webhook)
        })?;
        Ok(WebhookShown { webhook, secret: secret.expose() })
    }

    fn try_remove(&self, caller: &Caller, once: &Once, id: WebhookId) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let leaf = self.recorder().leaf("webhook-removed", caller, &[], &json!({"webhook": id}))?;
        let (party, now, once) = (caller.party.id, self.clock.now(), once.clone());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                if !webhooks::remove(tx, party, id, now)? {
                    return Err(missing());
                }
                logs::append(tx, &leaf);
                Ok(())
            })
        })?;
        Ok(())
    }

    /// A new secret of a webhook, and its sealed form.
    fn draw_secret(&self, party: PartyId, id: WebhookId) -> Result<(SharedSecret, SealedSecret), Problem> {
        let key = self.database.read(|connection| parties::sealing_key(connection, party, &self.roots))?;
        let secret = SharedSecret::generate(&*self.entropy);
        let sealed = key.seal(secret.expose_bytes(), party, &Webhook::secret_subject(id), &*self.entropy);
        Ok((secret, SealedSecret { bytes: sealed.as_bytes().to_vec(), version: key.version() }))
    }

    /// The secrets that messages to a webhook are signed with now, the newest first.
    ///
    /// Errors: one does not open: it was changed, or the key of its party is gone.
    pub(super) fn secrets(&self, webhook: &Webhook) -> Result<Vec<SharedSecret>, Problem> {
        let now = self.clock.now();
        let previous = webhook.previous.iter().filter(|previous| previous.until > now).map(|previous| &previous.sealed);
        std::iter::once(&webhook.secret).chain(previous).map(|sealed| self.open_secret(webhook, sealed)).collect()
    }

    fn open_secret(&self, webhook: &Webhook, sealed: &[u8]) -> Result<SharedSecret, Problem> {
        let sealed = WrappedKey::from_bytes(sealed.to_vec());
        let version = sealed.version().map_err(Problem::internal)?;
        let key = self.database.read(|connection| parties::tenant_key(connection, webhook.party, version.0))?;
        let key = key.ok_or_else(|| Problem::internal(format_args!("no tenant key of version {version}")))?;
        let bytes = key
            .open(&self.roots)?
            .open(&sealed, webhook.party, &Webhook::secret_subject(webhook.id))
            .map_err(Problem::internal)?;
        SharedSecret::copy_from(&bytes).ok_or_else(|| Problem::internal("a webhook's secret has not 32 bytes"))
    }
}

/// A secret as it is kept, and which version of the party's key opens it.
struct SealedSecret {
    bytes: Vec<u8>,
    version: KeyVersion,
}

/// The events asked for, each once; nothing where that cannot be asked for.
fn asked_for(events: Option<&[EventKind]>) -> Option<Vec<EventKind>> {
    let all = || EventKind::ALL.iter().copied().filter(|event| event.may_be_subscribed());
    let Some(events) = events else { return Some(all().collect()) };
    let is_good = !events.is_empty() && events.iter().all(|event| event.may_be_subscribed());
    is_good.then(|| all().filter(|event| events.contains(event)).collect())
}

fn subscribable() -> String {
    let events = EventKind::ALL.iter().filter(|event| event.may_be_subscribed());
    events.map(|event| event.code()).collect::<Vec<_>>().join(", ")
}
