//! Webhooks: addresses of a party's own that are told what happens, and the outbox of what they are told.
//!
//! What is told is thin: what happened, when, to which thing, and where to read about it; never an input, an output or anything
//! about a person. A message is told at least once and in no promised order. The wire format is Standard Webhooks 1.0.0.

mod delivery;
mod event;
mod rows;
mod webhook;

pub use delivery::{Delivery, DeliveryStatus, Due};
pub use event::{Event, EventKind};
pub use rows::{
    change_delivery, cursor, deliveries_of, find, find_delivery, find_of_party, give_up_waiting, insert,
    insert_delivery, keep_how_it_fares, keep_secrets, move_cursor, next_due, of_party, purge, remove, start_cursor,
    subscribed, wait_again, waiting,
};
pub use webhook::{PreviousSecret, SwitchedOff, Webhook, WebhookStatus};

#[cfg(test)]
mod tests;
