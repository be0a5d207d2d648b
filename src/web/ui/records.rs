//! The logs: where they stand, what the organisation may open of them, and one entry with its proof.

use actix_web::{HttpResponse, web};
use askama::Template;
use chancery_base::{
    logs::LogName,
    problem::Problem,
    values::{LeafId, UnixMillis},
};
use chancery_domain::{
    membership::Acted,
    reports::{EVENTS, ListedRecord, LogHead, OpenedRecord, RecordPage, RecordQuery, Told},
    rotating::{self, NewRotation, Rotation},
};

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::web::{api, blocking, call::Answer};

#[derive(Template)]
#[template(path = "records.html")]
struct RecordsPage {
    frame: Frame,
    form: Form,
    heads: Vec<LogHead>,
    now: UnixMillis,
    /// The lines that pin this server's logs.
    trust: String,
    records: Vec<ListedRecord>,
    is_filtered: bool,
    /// Address of the page behind this one.
    next: Option<String>,
    looked_back_to: Option<UnixMillis>,
    /// For whoever operates the registry: the rotation that was decided last, while it can be carried out.
    rotation: Option<Rotation>,
    rotation_form: Form,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPageView {
    frame: Frame,
    record: OpenedRecord,
    told: Told,
    /// What opens the entry, as the lines of a document.
    payload: String,
    commitment: String,
}

/// Lines on a page.
const LINES: usize = 50;
/// Names of the fields that narrow the list.
const FILTERS: [&str; 4] = ["log", "event", "from", "to"];

/// `GET /records`
pub async fn records(visit: Visit) -> Answer {
    page(visit, Form::default()).await
}

/// `POST /records/rotation`
pub async fn order_rotation(visit: Visit) -> Answer {
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let ordered = blocking::record(move || {
        app.order_rotation(&caller, &once, &NewRotation { reason: fields.text("reason").to_owned() })
    });
    match ordered.await {
        Ok(Acted::Done(_)) => Ok(see_other("/records?said=rotation-ordered")),
        Ok(Acted::Proposed(proposal)) => Ok(see_other(&format!("/approvals/{proposal}?said=proposed"))),
        Err(problem) => {
            let form = Form::refused(visit.fields.clone(), problem.clone());
            match problem.kind.status() {
                403 | 404 | 500.. => Err(problem.into()),
                status => Visit::with_status(page(Visit { fields: Fields::default(), ..visit }, form).await?, status),
            }
        }
    }
}

async fn page(visit: Visit, rotation_form: Form) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let read = query(&fields);
    let (asked, now, trust) = (read.clone(), app.clock.now(), app.trust.to_string());
    let may_operate = frame.may_operate();
    let (heads, page, rotation) = blocking::record(move || {
        let page = match asked {
            Ok(query) => app.reporter.records(&caller, &query)?,
            Err(_) => RecordPage { records: Vec::new(), next: None, looked_back_to: None },
        };
        let last = if may_operate { rotating::last_ordered(&app.office, &caller)? } else { None };
        let rotation = last.filter(|rotation| rotation.is_open(now));
        Ok((app.reporter.heads()?.to_vec(), page, rotation))
    })
    .await?;
    let status = read.as_ref().err().map_or(200, |problem: &Problem| problem.kind.status());
    let form = match read {
        Ok(_) => Form::prefilled(fields.clone()),
        Err(problem) => Form::refused(fields.clone(), problem),
    };
    let shown = Visit::show(&RecordsPage {
        next: page.next.map(|next| fields.address("/records", &FILTERS, ("before", &next))),
        is_filtered: FILTERS.iter().any(|name| !fields.text(name).is_empty()),
        records: page.records,
        looked_back_to: page.looked_back_to,
        frame,
        form,
        heads,
        now,
        trust,
        rotation,
        rotation_form,
    })?;
    Visit::with_status(shown, status)
}

fn query(fields: &Fields) -> Result<RecordQuery, Problem> {
    Ok(RecordQuery {
        log: fields.optional("log")?,
        event: Some(fields.text("event").to_owned()).filter(|event| !event.is_empty()),
        from: fields.optional("from")?,
        until: fields.end_of_day("to")?,
        before: fields.optional("before")?,
        limit: LINES,
    })
}

/// `GET /records/{leaf}`
pub async fn record(visit: Visit, leaf: web::Path<String>) -> Answer {
    let (id, Visit { app, caller, frame, .. }) = (leaf_id(&leaf)?, visit);
    let record = blocking::record(move || app.reporter.record(&caller, id)).await?;
    let payload = serde_json::to_string_pretty(record.opening.payload()).map_err(Problem::internal)?;
    let commitment = String::from(record.opening.entry());
    Visit::show(&RecordPageView { told: Told::of(record.opening.payload()), frame, record, payload, commitment })
}

/// `GET /records/{leaf}/receipt`
pub async fn receipt(visit: Visit, leaf: web::Path<String>) -> Answer {
    let (id, Visit { app, caller, .. }) = (leaf_id(&leaf)?, visit);
    let document = blocking::record(move || api::receipts::document(&app, &app.reporter.record(&caller, id)?)).await?;
    Ok(download("application/json", &format!("{id}.json"), format!("{document:#}\n")))
}

/// `GET /records/{leaf}/proof`
pub async fn proof(visit: Visit, leaf: web::Path<String>) -> Answer {
    let (id, Visit { app, caller, .. }) = (leaf_id(&leaf)?, visit);
    let record = blocking::record(move || app.reporter.record(&caller, id)).await?;
    let proof = record.proof.ok_or_else(|| Problem::not_found("proof"))?;
    Ok(download("text/plain; charset=utf-8", &format!("{id}.tlog-proof"), proof.to_string()))
}

fn leaf_id(text: &str) -> Result<LeafId, Problem> {
    text.parse().map_err(|_| Problem::not_found("receipt"))
}

/// A file to keep; `name` is ours.
fn download(kind: &str, name: &str, body: impl Into<String>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .content_type(kind)
        .body(body.into())
}

impl RecordsPage {
    const fn events(&self) -> &'static [&'static str] {
        EVENTS
    }

    const fn logs(&self) -> &'static [LogName] {
        &LogName::ALL
    }
}

impl RecordPageView {
    /// How to keep the proof and check it without this server.
    fn commands(&self) -> String {
        let leaf = self.record.leaf.id;
        format!("chancery receipt get {leaf} --out entry.receipt\nchancery receipt verify entry.receipt")
    }

    /// The checkpoint's size, as its second line says it (C2SP tlog-checkpoint).
    fn checkpoint_size(&self) -> Option<&str> {
        self.record.proof.as_ref()?.checkpoint.lines().nth(1)
    }
}
