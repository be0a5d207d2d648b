//! Webhooks of the caller's party, and what was sent to them.

use actix_web::{HttpResponse, web};
use chancery_base::{
    problem::Problem,
    values::{DeliveryId, WebhookId},
};
use chancery_domain::{
    notifying::{NewWebhook, WebhookShown},
    webhooks::{Delivery, DeliveryStatus, Webhook},
};
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Page, PageQuery},
    problem::set,
};

/// `POST /api/v1/webhooks`
pub async fn add(call: Call) -> Answer {
    let new: NewWebhook = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let shown = blocking::record(move || app.notifier.add(&caller, &once, &new)).await?;
    Ok(HttpResponse::Created().json(shown_view(&shown)))
}

/// `GET /api/v1/webhooks`
pub async fn list(call: Call) -> Answer {
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let webhooks = blocking::record(move || app.notifier.list(&caller)).await?;
    let items: Vec<Value> = webhooks.iter().map(view).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items})))
}

/// `DELETE /api/v1/webhooks/{id}`
pub async fn remove(call: Call, path: web::Path<String>) -> Answer {
    let id = webhook_id(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    blocking::record(move || app.notifier.remove(&caller, &once, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/webhooks/{id}/rotate`
pub async fn rotate(call: Call, path: web::Path<String>) -> Answer {
    let id = webhook_id(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let shown = blocking::record(move || app.notifier.rotate(&caller, &once, id)).await?;
    Ok(HttpResponse::Ok().json(shown_view(&shown)))
}

/// `POST /api/v1/webhooks/{id}/test`
pub async fn test(call: Call, path: web::Path<String>) -> Answer {
    let id = webhook_id(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let delivery = blocking::record(move || app.notifier.test(&caller, &once, id)).await?;
    Ok(HttpResponse::Accepted().json(json!({"id": delivery, "webhook": id})))
}

/// `GET /api/v1/webhooks/{id}/deliveries?after=`
pub async fn deliveries(call: Call, path: web::Path<String>, query: PageQuery) -> Answer {
    let (id, before) = (webhook_id(&path)?, query.after()?);
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let sent = blocking::record(move || app.notifier.deliveries(&caller, id, before)).await?;
    let Page { items, next } = query.cut(sent, |last| last.id.to_string());
    let items: Vec<Value> = items.iter().map(delivery_view).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `POST /api/v1/webhooks/{id}/deliveries/{delivery}/redeliver`
pub async fn redeliver(call: Call, path: web::Path<(String, String)>) -> Answer {
    let (webhook, delivery) = path.into_inner();
    let id = webhook_id(&webhook)?;
    let delivery: DeliveryId = delivery.parse().map_err(|_| Problem::not_found("delivery"))?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    blocking::record(move || app.notifier.redeliver(&caller, &once, id, delivery)).await?;
    Ok(HttpResponse::Accepted().json(json!({"id": delivery, "webhook": id})))
}

fn webhook_id(path: &str) -> Result<WebhookId, Problem> {
    path.parse().map_err(|_| Problem::not_found("webhook"))
}

/// A webhook as programs see it; never its secret.
fn view(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id,
        "url": webhook.url,
        "events": webhook.events,
        "status": webhook.status(),
        "failing_since": webhook.failing_since,
        "switched_off_at": webhook.switched_off.map(|(at, _)| at),
        "switched_off_because": webhook.switched_off.map(|(_, because)| because),
        "previous_secret_until": webhook.previous.as_ref().map(|previous| previous.until),
        "created_at": webhook.created_at,
    })
}

/// A webhook with its new secret, the one time that is shown.
fn shown_view(shown: &WebhookShown) -> Value {
    let mut view = view(&shown.webhook);
    set(&mut view, "secret", json!(*shown.secret));
    view
}

fn delivery_view(delivery: &Delivery) -> Value {
    let is_waiting = delivery.status == DeliveryStatus::Waiting;
    json!({
        "id": delivery.id,
        "event": delivery.event,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "answer": delivery.answer,
        "attempted_at": delivery.attempted_at,
        "next_attempt_at": is_waiting.then_some(delivery.due_at),
        "body": delivery.body,
        "created_at": delivery.created_at,
    })
}
