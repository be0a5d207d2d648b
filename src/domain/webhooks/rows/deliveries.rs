//! Messages in the outbox.

use std::collections::BTreeSet;

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{DeliveryId, UnixMillis, WebhookId},
};
use diesel::prelude::*;

use super::webhooks::webhooks;
use crate::webhooks::{Delivery, DeliveryStatus, EventKind};

diesel::table! {
    webhook_deliveries (id) {
        id -> Text,
        webhook_id -> Text,
        event -> Text,
        body -> Text,
        leaf_id -> Nullable<Text>,
        created_at -> BigInt,
        status -> Text,
        attempts -> Integer,
        due_at -> BigInt,
        attempted_at -> Nullable<BigInt>,
        answer -> Nullable<Text>,
    }
}

diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));
diesel::allow_tables_to_appear_in_same_query!(webhook_deliveries, webhooks);

#[derive(Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_null = true)]
struct DeliveryRow {
    id: String,
    webhook_id: String,
    event: String,
    body: String,
    leaf_id: Option<String>,
    created_at: i64,
    status: String,
    attempts: i32,
    due_at: i64,
    attempted_at: Option<i64>,
    answer: Option<String>,
}

impl TryFrom<&Delivery> for DeliveryRow {
    type Error = Error;

    fn try_from(delivery: &Delivery) -> Result<Self, Error> {
        let attempts = i32::try_from(delivery.attempts);
        Ok(Self {
            id: delivery.id.to_string(),
            webhook_id: delivery.webhook.to_string(),
            event: delivery.event.code().to_owned(),
            body: delivery.body.clone(),
            leaf_id: delivery.leaf.map(|leaf| leaf.to_string()),
            created_at: delivery.created_at.as_millis(),
            status: delivery.status.code().to_owned(),
            attempts: attempts.map_err(|_| Error::Corrupt(format!("{} attempts", delivery.attempts)))?,
            due_at: delivery.due_at.as_millis(),
            attempted_at: delivery.attempted_at.map(UnixMillis::as_millis),
            answer: delivery.answer.clone(),
        })
    }
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = Error;

    fn try_from(row: DeliveryRow) -> Result<Self, Error> {
        let attempts = u32::try_from(row.attempts);
        Ok(Self {
            id: row.id.parse()?,
            webhook: row.webhook_id.parse()?,
            event: row.event.parse()?,
            body: row.body,
            leaf: row.leaf_id.map(|leaf| leaf.parse()).transpose()?,
            created_at: UnixMillis::new(row.created_at),
            status: row.status.parse()?,
            attempts: attempts.map_err(|_| Error::Corrupt(format!("{} attempts", row.attempts)))?,
            due_at: UnixMillis::new(row.due_at),
            attempted_at: row.attempted_at.map(UnixMillis::new),
            answer: row.answer,
        })
    }
}

/// Puts a message into the outbox.
pub fn insert_delivery(tx: &mut Tx<'_>, delivery: &Delivery) -> Result<(), Error> {
    diesel::insert_into(webhook_deliveries::table).values(DeliveryRow::try_from(delivery)?).execute(&mut **tx)?;
    Ok(())
}

/// The messages to a webhook, newest first, older than `before`.
pub fn deliveries_of(
    connection: &mut AnyConnection,
    webhook: WebhookId,
    before: Option<DeliveryId>,
    limit: u32,
) -> Result<Vec<Delivery>, Error> {
    let mut sent =
        webhook_deliveries::table.filter(webhook_deliveries::webhook_id.eq(webhook.to_string())).into_boxed();
    if let Some(before) = before {
        sent = sent.filter(webhook_deliveries::id.lt(before.to_string()));
    }
    let sent = sent.order(webhook_deliveries::id.desc()).limit(i64::from(limit)).select(DeliveryRow::as_select());
    sent.load(connection)?.into_iter().map(Delivery::try_from).collect()
}

/// A message to `webhook`.
pub fn find_delivery(
    connection: &mut AnyConnection,
    webhook: WebhookId,
    id: DeliveryId,
) -> Result<Option<Delivery>, Error> {
    let row = webhook_deliveries::table.find(id.to_string()).select(DeliveryRow::as_select()).first(connection);
    let delivery = row.optional()?.map(Delivery::try_from).transpose()?;
    Ok(delivery.filter(|delivery| delivery.webhook == webhook))
}

/// How many messages wait for a webhook.
pub fn waiting(connection: &mut AnyConnection, webhook: WebhookId) -> Result<usize, Error> {
    let waiting = of_status(webhook, DeliveryStatus::Waiting).count().get_result::<i64>(connection)?;
    Ok(usize::try_from(waiting).unwrap_or_default())
}

/// Gives up whatever waits for a webhook.
pub fn give_up_waiting(tx: &mut Tx<'_>, webhook: WebhookId) -> Result<(), Error> {
    let given_up = webhook_deliveries::status.eq(DeliveryStatus::GivenUp.code());
    diesel::update(of_status(webhook, DeliveryStatus::Waiting)).set(given_up).execute(&mut **tx)?;
    Ok(())
}

#[diesel::dsl::auto_type]
fn of_status(webhook: WebhookId, status: DeliveryStatus) -> _ {
    let (webhook, status): (String, &'static str) = (webhook.to_string(), status.code());
    webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::status.eq(status))
}

/// The message that is due for longest, to a webhook that neither rests nor is among `busy`. A test is sent to one that rests
/// or is switched off, too.
pub fn next_due(
    connection: &mut AnyConnection,
    busy: &BTreeSet<WebhookId>,
    now: UnixMillis,
) -> Result<Option<Delivery>, Error> {
    let is_test = webhook_deliveries::event.eq(EventKind::Test.code());
    let is_listening = webhooks::rests_until.le(now.as_millis()).and(webhooks::switched_off_at.is_null());
    let row = webhook_deliveries::table
        .inner_join(webhooks::table)
        .filter(webhook_deliveries::status.eq(DeliveryStatus::Waiting.code()))
        .filter(webhook_deliveries::due_at.le(now.as_millis()))
        .filter(webhook_deliveries::webhook_id.ne_all(busy.iter().map(WebhookId::to_string)))
        .filter(webhooks::removed_at.is_null())
        .filter(is_test.or(is_listening))
        .order(webhook_deliveries::due_at)
        .select(DeliveryRow::as_select())
        .first(connection)
        .optional()?;
    row.map(Delivery::try_from).transpose()
}

/// Keeps a message as it is now, if it still waits and is due when it was; `false` when another server was faster. A server that
/// sends a message first makes it due when its lease ends, and keeps what came of it under that lease.
pub fn change_delivery(tx: &mut Tx<'_>, delivery: &Delivery, was_due_at: UnixMillis) -> Result<bool, Error> {
    let row = DeliveryRow::try_from(delivery)?;
    let unchanged = webhook_deliveries::table
        .find(row.id.clone())
        .filter(webhook_deliveries::status.eq(DeliveryStatus::Waiting.code()))
        .filter(webhook_deliveries::due_at.eq(was_due_at.as_millis()));
    Ok(diesel::update(unchanged).set(row).execute(&mut **tx)? == 1)
}

/// Lets a message that ended be sent anew, at once.
pub fn wait_again(tx: &mut Tx<'_>, id: DeliveryId, now: UnixMillis) -> Result<bool, Error> {
    let ended = webhook_deliveries::table
        .find(id.to_string())
        .filter(webhook_deliveries::status.ne(DeliveryStatus::Waiting.code()));
    let waits = (
        webhook_deliveries::status.eq(DeliveryStatus::Waiting.code()),
        webhook_deliveries::attempts.eq(0),
        webhook_deliveries::due_at.eq(now.as_millis()),
    );
    Ok(diesel::update(ended).set(waits).execute(&mut **tx)? == 1)
}

/// Removes at most `limit` messages that ended before `before`, and as many to webhooks that are removed, then such webhooks
/// without messages; how many messages went.
pub fn purge(tx: &mut Tx<'_>, before: UnixMillis, limit: u32) -> Result<usize, Error> {
    let (limit, ended) = (i64::from(limit), [DeliveryStatus::Delivered, DeliveryStatus::GivenUp]);
    let mut gone: Vec<String> = webhook_deliveries::table
        .filter(webhook_deliveries::status.eq_any(ended.map(DeliveryStatus::code)))
        .filter(webhook_deliveries::due_at.lt(before.as_millis()))
        .limit(limit)
        .select(webhook_deliveries::id)
        .load(&mut **tx)?;
    let is_removed = webhooks::removed_at.is_not_null();
    let removed: Vec<String> = webhooks::table.filter(is_removed).select(webhooks::id).load(&mut **tx)?;
    let theirs: Vec<String> = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq_any(&removed))
        .limit(limit)
        .select(webhook_deliveries::id)
        .load(&mut **tx)?;
    if theirs.is_empty() && !removed.is_empty() {
        diesel::delete(webhooks::table.filter(webhooks::id.eq_any(&removed))).execute(&mut **tx)?;
    }
    gone.extend(theirs);
    diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(&gone))).execute(&mut **tx)?;
    Ok(gone.len())
}
