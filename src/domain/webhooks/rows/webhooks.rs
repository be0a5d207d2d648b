//! Webhooks.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{PartyId, UnixMillis, WebhookId},
};
use diesel::prelude::*;

use crate::webhooks::{EventKind, PreviousSecret, Webhook};

diesel::table! {
    webhooks (id) {
        id -> Text,
        party_id -> Text,
        url -> Text,
        events -> Text,
        secret -> Binary,
        previous_secret -> Nullable<Binary>,
        previous_until -> Nullable<BigInt>,
        created_at -> BigInt,
        told_since -> BigInt,
        failing_since -> Nullable<BigInt>,
        rests_until -> BigInt,
        switched_off_at -> Nullable<BigInt>,
        switched_off_because -> Nullable<Text>,
        removed_at -> Nullable<BigInt>,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = webhooks)]
struct WebhookRow {
    id: String,
    party_id: String,
    url: String,
    events: String,
    secret: Vec<u8>,
    previous_secret: Option<Vec<u8>>,
    previous_until: Option<i64>,
    created_at: i64,
    told_since: i64,
    failing_since: Option<i64>,
    rests_until: i64,
    switched_off_at: Option<i64>,
    switched_off_because: Option<String>,
}

impl From<&Webhook> for WebhookRow {
    fn from(webhook: &Webhook) -> Self {
        let events: Vec<&str> = webhook.events.iter().map(|event| event.code()).collect();
        let switched_off = webhook.switched_off.map(|(at, because)| (at.as_millis(), because.code().to_owned()));
        let (switched_off_at, switched_off_because) = switched_off.unzip();
        let previous = webhook.previous.clone().map(|previous| (previous.sealed, previous.until.as_millis()));
        let (previous_secret, previous_until) = previous.unzip();
        Self {
            id: webhook.id.to_string(),
            party_id: webhook.party.to_string(),
            url: webhook.url.clone(),
            events: events.join(" "),
            secret: webhook.secret.clone(),
            previous_secret,
            previous_until,
            created_at: webhook.created_at.as_millis(),
            told_since: webhook.told_since.as_millis(),
            failing_since: webhook.failing_since.map(UnixMillis::as_millis),
            rests_until: webhook.rests_until.as_millis(),
            switched_off_at,
            switched_off_because,
        }
    }
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = Error;

    fn try_from(row: WebhookRow) -> Result<Self, Error> {
        let events: Result<Vec<EventKind>, _> = row.events.split_whitespace().map(str::parse).collect();
        let previous = row.previous_secret.zip(row.previous_until);
        let switched_off = row.switched_off_at.zip(row.switched_off_because);
        let switched_off = switched_off.map(|(at, because)| Ok::<_, Error>((UnixMillis::new(at), because.parse()?)));
        Ok(Self {
            id: row.id.parse()?,
            party: row.party_id.parse()?,
            url: row.url,
            events: events?,
            secret: row.secret,
            previous: previous.map(|(sealed, until)| PreviousSecret { sealed, until: UnixMillis::new(until) }),
            created_at: UnixMillis::new(row.created_at),
            told_since: UnixMillis::new(row.told_since),
            failing_since: row.failing_since.map(UnixMillis::new),
            rests_until: UnixMillis::new(row.rests_until),
            switched_off: switched_off.transpose()?,
        })
    }
}

/// Adds a webhook.
pub fn insert(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<(), Error> {
    diesel::insert_into(webhooks::table).values(WebhookRow::from(webhook)).execute(&mut **tx)?;
    Ok(())
}

/// Keeps a webhook's secrets; how it fares may change at the same time and stays.
pub fn keep_secrets(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<(), Error> {
    let row = WebhookRow::from(webhook);
    let secrets = (
        webhooks::secret.eq(row.secret),
        webhooks::previous_secret.eq(row.previous_secret),
        webhooks::previous_until.eq(row.previous_until),
    );
    diesel::update(webhooks::table.find(row.id)).set(secrets).execute(&mut **tx)?;
    Ok(())
}

/// Keeps how a webhook fares; its secrets may change at the same time and stay.
pub fn keep_how_it_fares(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<(), Error> {
    let row = WebhookRow::from(webhook);
    let how = (
        webhooks::told_since.eq(row.told_since),
        webhooks::failing_since.eq(row.failing_since),
        webhooks::rests_until.eq(row.rests_until),
        webhooks::switched_off_at.eq(row.switched_off_at),
        webhooks::switched_off_because.eq(row.switched_off_because),
    );
    diesel::update(webhooks::table.find(row.id)).set(how).execute(&mut **tx)?;
    Ok(())
}

/// Removes a webhook of `party`; `false` when the party has none of this id. Its messages go later, a few at a time.
pub fn remove(tx: &mut Tx<'_>, party: PartyId, id: WebhookId, now: UnixMillis) -> Result<bool, Error> {
    let there = webhooks::table
        .find(id.to_string())
        .filter(webhooks::party_id.eq(party.to_string()))
        .filter(webhooks::removed_at.is_null());
    Ok(diesel::update(there).set(webhooks::removed_at.eq(now.as_millis())).execute(&mut **tx)? == 1)
}

/// The webhook `id`, unless it was removed.
pub fn find(connection: &mut AnyConnection, id: WebhookId) -> Result<Option<Webhook>, Error> {
    let there = webhooks::table.find(id.to_string()).filter(webhooks::removed_at.is_null());
    let row = there.select(WebhookRow::as_select()).first(connection).optional()?;
    row.map(Webhook::try_from).transpose()
}

/// The webhook `id` of `party`, unless it was removed.
pub fn find_of_party(connection: &mut AnyConnection, party: PartyId, id: WebhookId) -> Result<Option<Webhook>, Error> {
    Ok(find(connection, id)?.filter(|webhook| webhook.party == party))
}

/// The webhooks of `party`, oldest first.
pub fn of_party(connection: &mut AnyConnection, party: PartyId) -> Result<Vec<Webhook>, Error> {
    let there = webhooks::table.filter(webhooks::party_id.eq(party.to_string())).filter(webhooks::removed_at.is_null());
    let rows = there.order(webhooks::id).select(WebhookRow::as_select()).load(connection)?;
    rows.into_iter().map(Webhook::try_from).collect()
}

/// The webhooks that are told what happens.
pub fn subscribed(connection: &mut AnyConnection) -> Result<Vec<Webhook>, Error> {
    let there = webhooks::table.filter(webhooks::removed_at.is_null()).filter(webhooks::switched_off_at.is_null());
    let rows = there.order(webhooks::id).select(WebhookRow::as_select()).load(connection)?;
    rows.into_iter().map(Webhook::try_from).collect()
}
