//! Preparations of a data set: what its owner had done to it, step by step, and how to have more done.

use std::collections::BTreeMap;

use askama::Template;
use chancery_base::{idempotency::Done, problem::Problem, values::PreparationId};
use chancery_domain::{
    artifacts::{Preparation, PreparationState},
    preparing::{NewPreparation, ShownPreparation},
};
use serde::Deserialize;

use super::{
    about::{About, Asked, tag},
    place::ArtifactPlace,
};
use crate::web::{
    blocking,
    call::Answer,
    ui::{
        form::Form,
        frame::Frame,
        sentence::Sentence,
        visit::{Visit, see_other},
    },
};

/// What the form is filled in with: the steps that hardly any data set can do without.
const FIRST_RECIPE: &str = "version = 1\n\n[[step]]\nkind = \"encoding\"\n\n[[step]]\nkind = \"exact-duplicates\"\n";
/// What can be put in the place of personal data.
const REDACTIONS: [&str; 4] = ["mask", "token", "surrogate", "drop"];

#[derive(Template)]
#[template(path = "model/preparations.html")]
struct PreparationsPage {
    frame: Frame,
    about: About,
    form: Form,
    preparations: Vec<Preparation>,
}

impl PreparationsPage {
    fn recipe(&self) -> &str {
        let typed = self.form.value("recipe");
        if typed.is_empty() { FIRST_RECIPE } else { typed }
    }

    const fn redactions(&self) -> [&'static str; 4] {
        REDACTIONS
    }
}

#[derive(Template)]
#[template(path = "model/preparation.html")]
struct PreparationPage {
    frame: Frame,
    about: About,
    shown: ShownPreparation,
    report: Option<ReportView>,
}

impl PreparationPage {
    const fn is_running(&self) -> bool {
        matches!(self.shown.preparation.state, PreparationState::Running)
    }

    /// How what comes of the same recipe is registered from the command line.
    fn command(&self) -> String {
        let (source, owner) = (&self.shown.preparation.source_name, &self.about.name().owner);
        format!("chancery dataset prepare {source} --recipe recipe.toml --as {owner}/NAME")
    }

    fn said(&self, problem: &str) -> Sentence {
        Sentence::of(problem)
    }
}

/// The parts of a report that a page shows.
#[derive(Deserialize)]
struct ReportView {
    rows_in: u64,
    rows_out: u64,
    steps: Vec<StepView>,
}

#[derive(Deserialize)]
struct StepView {
    step: u64,
    kind: String,
    rows_in: u64,
    rows_out: u64,
    cells_changed: u64,
    counts: BTreeMap<String, u64>,
}

/// How the state of a preparation looks.
const fn look(state: &PreparationState) -> &'static str {
    match state {
        PreparationState::Running => "running",
        PreparationState::Done => "verified",
        PreparationState::Failed => "failed",
        PreparationState::Cancelled => "withdrawn",
    }
}

/// `GET /datasets/{owner}/{name}/preparations`
pub async fn preparations(visit: Visit, path: ArtifactPlace) -> Answer {
    page(visit, path, Form::default()).await
}

/// `POST /datasets/{owner}/{name}/preparations`
pub async fn begin(visit: Visit, path: ArtifactPlace) -> Answer {
    let asked = Asked::read(&path, &visit.fields)?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let begun = blocking::record(move || {
        let new = NewPreparation {
            dataset: asked.reference,
            file: fields.optional("file")?,
            recipe: fields.raw("recipe").to_owned(),
            redaction: fields.optional("redaction")?,
        };
        app.preparer.begin(&caller, &once, &new)
    });
    match begun.await {
        Ok(begun) => {
            let (app, caller) = (visit.app.clone(), visit.caller.clone());
            if let Done::Now(id) = begun {
                actix_web::rt::spawn(blocking::work(move || app.preparer.run(&caller, id)));
            }
            let id = begun.into_inner();
            Ok(see_other(&format!("{}/preparations/{id}", path.root())))
        }
        Err(problem) => {
            let form = Form::refused(visit.fields.clone(), problem.clone());
            match problem.kind.status() {
                403 | 404 | 500.. => Err(problem.into()),
                status => Visit::with_status(page(visit, path, form).await?, status),
            }
        }
    }
}

/// `GET /datasets/{owner}/{name}/preparations/{id}`
pub async fn preparation(visit: Visit, path: ArtifactPlace) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let (asked, id) = (Asked::read(&path, &fields)?, preparation_id(&path)?);
    let (about, shown) = blocking::record(move || {
        let about = About::read(&app, &caller, &asked, "preparations")?;
        let shown = app.preparer.show(&caller, id)?;
        if shown.preparation.source_name.model != *about.name() {
            return Err(Problem::not_found("preparation"));
        }
        Ok((about, shown))
    })
    .await?;
    let report = shown.report.as_ref().map(ReportView::deserialize).transpose().map_err(Problem::internal)?;
    Visit::show(&PreparationPage { frame, about, shown, report })
}

/// `POST /datasets/{owner}/{name}/preparations/{id}/cancel`
pub async fn cancel(visit: Visit, path: ArtifactPlace) -> Answer {
    let id = preparation_id(&path)?;
    let Visit { app, caller, .. } = visit;
    blocking::record(move || app.preparer.cancel(&caller, id)).await?;
    Ok(see_other(&format!("{}/preparations/{id}", path.root())))
}

fn preparation_id(path: &ArtifactPlace) -> Result<PreparationId, Problem> {
    path.part("id").parse().map_err(|_| Problem::not_found("preparation"))
}

async fn page(visit: Visit, path: ArtifactPlace, form: Form) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let asked = Asked::read(&path, &fields)?;
    let (about, preparations) = blocking::record(move || {
        let about = About::read(&app, &caller, &asked, "preparations")?;
        let preparations = app.preparer.list(&caller, Some(about.name()), None)?;
        Ok((about, preparations))
    })
    .await?;
    Visit::show(&PreparationsPage { frame, about, form, preparations })
}
