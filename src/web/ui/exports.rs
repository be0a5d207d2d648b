//! Exports: a period is chosen, looked over, written with progress, and fetched as one archive.

use actix_web::{HttpResponse, web};
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{ByteCount, ExportId, UnixMillis},
};
use chancery_domain::{
    parties::{AuditScope, Permission},
    reports::{ENTRY_LIMIT, ExportState, PACK_FILES},
};

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    sentence::Sentence,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "exports.html")]
struct ExportsPage {
    frame: Frame,
    form: Form,
    organisation: String,
    /// What the viewer is confined to.
    scope: AuditScope,
    /// The period that was chosen, and how many entries it may hold at most.
    chosen: Option<(UnixMillis, UnixMillis, u32)>,
    /// What the viewer exported last, if it is kept.
    latest: Option<ExportState>,
}

#[derive(Template)]
#[template(path = "export.html")]
struct ExportPage {
    frame: Frame,
    export: ExportState,
}

/// `GET /exports`
pub async fn exports(visit: Visit) -> Answer {
    let period = if visit.fields.text("from").is_empty() { Ok(None) } else { period(&visit.fields).map(Some) };
    match period {
        Ok(period) => page(visit, period, None).await,
        Err(problem) => page(visit, None, Some(problem)).await,
    }
}

/// `POST /exports`
pub async fn begin(visit: Visit) -> Answer {
    let begun = match period(&visit.fields) {
        Ok(period) => {
            let now = visit.app.clock.now();
            visit.app.reporter.begin_export(&visit.caller, period, &*visit.app.entropy, now)
        }
        Err(problem) => Err(problem),
    };
    match begun {
        Ok(id) => {
            let (app, caller) = (visit.app.clone(), visit.caller.clone());
            let write = blocking::work(move || app.reporter.write_export(&caller, id, app.clock.now()));
            actix_web::rt::spawn(write);
            Ok(see_other(&format!("/exports/{id}")))
        }
        Err(problem) => page(visit, None, Some(problem)).await,
    }
}

/// `GET /exports/{id}`
pub async fn export(visit: Visit, id: web::Path<String>) -> Answer {
    let export = visit.app.reporter.export(&visit.caller, export_id(&id)?, visit.app.clock.now())?;
    Visit::show(&ExportPage { frame: visit.frame, export })
}

/// `GET /exports/{id}/archive`
pub async fn archive(visit: Visit, id: web::Path<String>) -> Answer {
    let export = visit.app.reporter.export(&visit.caller, export_id(&id)?, visit.app.clock.now())?;
    let page = ExportPage { frame: visit.frame, export };
    let name = page.archive_name();
    let written = page.export.outcome.ok_or_else(|| Problem::not_found("export"))??;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .content_type("application/zip")
        .body(written.archive.as_ref().clone()))
}

fn export_id(text: &str) -> Result<ExportId, Problem> {
    text.parse().map_err(|_| Problem::not_found("export"))
}

/// Why an export could not be written.
fn said(problem: &Problem) -> Sentence {
    Sentence::of(&problem.detail)
}

/// The last moment of a period that ends before `end`.
const fn last(end: &UnixMillis) -> UnixMillis {
    end.plus_millis(-1)
}

fn period(fields: &Fields) -> Result<(UnixMillis, UnixMillis), Problem> {
    let missing = || Problem::new(ProblemKind::BadRequest, "this is needed; fill it in").at("to");
    Ok((fields.value("from")?, fields.end_of_day("to")?.ok_or_else(missing)?))
}

async fn page(visit: Visit, period: Option<(UnixMillis, UnixMillis)>, problem: Option<Problem>) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    caller.require(Permission::Export)?;
    let (scope, organisation, now) = (caller.scope(), caller.party.title.to_string(), app.clock.now());
    let (counted, latest) = blocking::record(move || {
        let counted = period.map(|(from, to)| app.reporter.entries_at_most(&caller, from, to));
        Ok((counted, app.reporter.latest_export(&caller, now)?))
    })
    .await?;
    let (chosen, problem) = match (period, counted) {
        (Some((from, to)), Some(Ok(entries))) => (Some((from, to, entries)), problem),
        (_, Some(Err(refused))) => (None, Some(refused)),
        _ => (None, problem),
    };
    let status = problem.as_ref().map_or(200, |problem| problem.kind.status());
    let form = match problem {
        Some(problem) => Form::refused(fields, problem),
        None => Form::prefilled(fields),
    };
    let shown = Visit::show(&ExportsPage { frame, form, organisation, scope, chosen, latest })?;
    Visit::with_status(shown, status)
}

impl ExportsPage {
    /// What stands in a field of the form: what was typed, else where the viewer's period begins and ends.
    fn value(&self, name: &str) -> String {
        let typed = self.form.value(name);
        let limit = if name == "from" { self.scope.from } else { self.scope.to.as_ref().map(last) };
        if typed.is_empty() { limit.map(|at| self.frame.day(&at)).unwrap_or_default() } else { typed.to_owned() }
    }

    const fn files(&self) -> [&'static str; 4] {
        PACK_FILES
    }

    const fn is_too_much(&self, entries: &u32) -> bool {
        *entries as usize > ENTRY_LIMIT
    }

    fn last_day(&self, end: &UnixMillis) -> String {
        self.frame.day(&last(end))
    }
}

impl ExportPage {
    fn last_day(&self) -> String {
        self.frame.day(&last(&self.export.to))
    }

    /// What the archive is called where it is kept.
    fn archive_name(&self) -> String {
        format!("chancery-audit-{}-{}.zip", self.frame.day(&self.export.from), self.last_day())
    }

    fn size(&self, bytes: usize) -> String {
        self.frame.size(&ByteCount(bytes as u64))
    }
}
