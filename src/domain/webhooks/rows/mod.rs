//! Rows of webhooks, of the place up to which the audit log was read for them, and of their outbox.

mod cursor;
mod deliveries;
mod webhooks;

pub use cursor::{cursor, move_cursor, start_cursor};
pub use deliveries::{
    change_delivery, deliveries_of, find_delivery, give_up_waiting, insert_delivery, next_due, purge, wait_again,
    waiting,
};
pub use webhooks::{find, find_of_party, insert, keep_how_it_fares, keep_secrets, of_party, remove, subscribed};
