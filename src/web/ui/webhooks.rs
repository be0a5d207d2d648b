//! Webhooks: added, tested, given another secret, removed; and what was sent to each.

use std::str::FromStr;

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{DeliveryId, WebhookId},
};
use chancery_domain::{
    notifying::{NewWebhook, PAGE},
    webhooks::{Delivery, DeliveryStatus, EventKind, Webhook, WebhookStatus},
};
use zeroize::Zeroizing;

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    form: Form,
    webhooks: Vec<Webhook>,
    secret: Option<Zeroizing<String>>,
}

impl WebhooksPage {
    fn events(&self) -> impl Iterator<Item = EventKind> {
        EventKind::ALL.iter().copied().filter(|event| event.may_be_subscribed())
    }
}

#[derive(Template)]
#[template(path = "webhook.html")]
struct WebhookPage {
    frame: Frame,
    form: Form,
    webhook: Webhook,
    secret: Option<Zeroizing<String>>,
    sent: Vec<Delivery>,
    next: Option<DeliveryId>,
}

/// What the tag of a webhook's state looks like.
const fn tag(status: WebhookStatus) -> &'static str {
    match status {
        WebhookStatus::On => "active",
        WebhookStatus::Failing => "expiring",
        WebhookStatus::Off => "failed",
    }
}

/// What the tag of a message's state looks like.
const fn sent_tag(status: &DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Waiting => "pending",
        DeliveryStatus::Delivered => "accepted",
        DeliveryStatus::GivenUp => "failed",
    }
}

/// `GET /webhooks`
pub async fn webhooks(visit: Visit) -> Answer {
    page(visit, Form::default(), None).await
}

/// `POST /webhooks`
pub async fn add(visit: Visit) -> Answer {
    let (app, caller, mut once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    // The answer holds a secret, so it cannot be given twice.
    once.key = None;
    match blocking::record(move || app.notifier.add(&caller, &once, &new_webhook(&fields)?)).await {
        Ok(shown) => page(visit, Form::default(), Some(shown.secret)).await,
        Err(problem) => {
            let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
            Visit::with_status(page(visit, form, None).await?, status)
        }
    }
}

/// `GET /webhooks/{id}?after=`
pub async fn webhook(visit: Visit, id: web::Path<String>) -> Answer {
    one(visit, known(&id, "webhook")?, Form::default(), None).await
}

/// `POST /webhooks/{id}/test`
pub async fn test(visit: Visit, id: web::Path<String>) -> Answer {
    let id: WebhookId = known(&id, "webhook")?;
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || app.notifier.test(&caller, &once, id)).await?;
    Ok(see_other(&format!("/webhooks/{id}?said=webhook-tested")))
}

/// `POST /webhooks/{id}/rotate`
pub async fn rotate(visit: Visit, id: web::Path<String>) -> Answer {
    let id: WebhookId = known(&id, "webhook")?;
    let (app, caller, mut once) = (visit.app.clone(), visit.caller.clone(), visit.once.clone());
    once.key = None;
    let shown = blocking::record(move || app.notifier.rotate(&caller, &once, id)).await?;
    one(visit, id, Form::default(), Some(shown.secret)).await
}

/// `POST /webhooks/{id}/remove`
pub async fn remove(visit: Visit, id: web::Path<String>) -> Answer {
    let id: WebhookId = known(&id, "webhook")?;
    if !visit.fields.is_ticked("sure") {
        let detail = "what waits for this webhook is not sent any more; tick that you are sure";
        let problem = Problem::new(ProblemKind::Unprocessable, detail).at("sure");
        let form = Form::refused(visit.fields.clone(), problem);
        return Visit::with_status(one(visit, id, form, None).await?, ProblemKind::Unprocessable.status());
    }
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || app.notifier.remove(&caller, &once, id)).await?;
    Ok(see_other("/webhooks?said=webhook-removed"))
}

/// `POST /webhooks/{id}/deliveries/{delivery}/redeliver`
pub async fn redeliver(visit: Visit, path: web::Path<(String, String)>) -> Answer {
    let (id, delivery): (WebhookId, DeliveryId) = (known(&path.0, "webhook")?, known(&path.1, "delivery")?);
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || app.notifier.redeliver(&caller, &once, id, delivery)).await?;
    Ok(see_other(&format!("/webhooks/{id}?said=webhook-redelivered")))
}

fn known<T: FromStr>(text: &str, what: &'static str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(what))
}

/// Without a tick, a webhook is told everything.
fn new_webhook(fields: &Fields) -> Result<NewWebhook, Problem> {
    let events = fields.all("events").map(str::parse).collect::<Result<Vec<EventKind>, _>>();
    let events = events.map_err(|invalid| Problem::from(invalid).at("events"))?;
    Ok(NewWebhook { url: fields.text("url").to_owned(), events: (!events.is_empty()).then_some(events) })
}

async fn page(visit: Visit, form: Form, secret: Option<Zeroizing<String>>) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let webhooks = blocking::record(move || app.notifier.list(&caller)).await?;
    Visit::show(&WebhooksPage { frame, form, webhooks, secret })
}

async fn one(visit: Visit, id: WebhookId, form: Form, secret: Option<Zeroizing<String>>) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let before = fields.optional::<DeliveryId>("after")?;
    let (webhook, sent) = blocking::record(move || {
        let webhook = app.notifier.list(&caller)?.into_iter().find(|webhook| webhook.id == id);
        let webhook = webhook.ok_or_else(|| Problem::not_found("webhook"))?;
        Ok((webhook, app.notifier.deliveries(&caller, id, before)?))
    })
    .await?;
    let is_full = u32::try_from(sent.len()).is_ok_and(|length| length >= PAGE);
    let next = sent.last().filter(|_| is_full).map(|last| last.id);
    Visit::show(&WebhookPage { frame, form, webhook, secret, sent, next })
}
