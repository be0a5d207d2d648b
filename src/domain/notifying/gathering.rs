//! Gathering: what the audit log says since it was last read becomes messages in the outbox, each once.

use std::collections::{BTreeMap, BTreeSet};

use chancery_base::{
    logs::{self, LogName, OpenedLeaf},
    problem::Problem,
    values::{PartyId, WebhookId},
};

use super::{MOST_WAITING, Notifier};
use crate::webhooks::{self, Delivery, Event, SwitchedOff, Webhook};

/// Leaves read at once: what they become is written in one act, which must not keep others waiting for long.
const LEAVES_AT_ONCE: u64 = 200;
/// Parties asked for in one query.
const PARTIES_AT_ONCE: usize = 1_000;

/// What was read of the log.
struct Reading {
    from: u64,
    to: u64,
    subscribed: Vec<Webhook>,
    leaves: Vec<(PartyId, OpenedLeaf)>,
}

impl Notifier {
    /// Reads on in the audit log and puts what webhooks are to be told into the outbox; whether there is more to read.
    ///
    /// Errors: those of log and database; then the same is read again.
    pub fn gather(&self) -> Result<bool, Problem> {
        let Some(reading) = self.read_on()? else { return Ok(false) };
        let Reading { from, to, .. } = reading;
        let now = self.clock.now();
        let messages = self.messages(&reading);
        let notifier = self.clone();
        self.database.act(move |tx| {
            // Where another server read on meanwhile, it wrote the messages too.
            if !webhooks::move_cursor(tx, from, to)? {
                return Ok(());
            }
            for (webhook, messages) in messages.values() {
                if webhooks::waiting(tx, webhook.id)? + messages.len() > MOST_WAITING {
                    notifier.switch_off(tx, webhook, SwitchedOff::Overflowing, now)?;
                } else {
                    messages.iter().try_for_each(|message| webhooks::insert_delivery(tx, message))?;
                }
            }
            Ok(())
        })?;
        Ok(to - from == LEAVES_AT_ONCE)
    }

    fn read_on(&self) -> Result<Option<Reading>, Problem> {
        self.database.read(|connection| {
            let Some(from) = webhooks::cursor(connection)? else { return Ok(None) };
            // The size before the webhooks: one that is added in between is owed nothing of what is read here.
            let to = logs::size(connection, LogName::Audit)?.min(from.saturating_add(LEAVES_AT_ONCE));
            if to <= from {
                return Ok(None);
            }
            let subscribed = webhooks::subscribed(connection)?;
            let parties: BTreeSet<PartyId> = subscribed.iter().map(|webhook| webhook.party).collect();
            let parties: Vec<PartyId> = parties.into_iter().collect();
            let mut leaves = Vec::new();
            for parties in parties.chunks(PARTIES_AT_ONCE) {
                leaves.extend(logs::leaves_of(connection, LogName::Audit, from..to, parties)?);
            }
            Ok((!subscribed.is_empty()).then_some(Reading { from, to, subscribed, leaves }))
        })
    }

    /// What each webhook is to be told.
    fn messages(&self, reading: &Reading) -> BTreeMap<WebhookId, (Webhook, Vec<Delivery>)> {
        let now = self.clock.now();
        let mut messages = BTreeMap::new();
        for (party, leaf) in &reading.leaves {
            let Some(event) = Event::of(leaf.id, leaf.appended_at, leaf.opening.payload()) else { continue };
            let told = reading.subscribed.iter().filter(|webhook| webhook.party == *party);
            for webhook in told.filter(|webhook| webhook.is_told(event.kind, event.at)) {
                let (_, messages) = messages.entry(webhook.id).or_insert_with(|| (webhook.clone(), Vec::new()));
                messages.push(Delivery::new(webhook.id, &event, &*self.entropy, now));
            }
        }
        messages
    }
}
