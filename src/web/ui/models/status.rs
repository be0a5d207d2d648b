//! Suspending, reinstating and withdrawing a version, after what stops was counted and agreed to.

use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::ModelReference,
};
use chancery_domain::{artifacts::VersionStatus, registration::Resting};

use super::place::ArtifactPlace;
use crate::web::{
    blocking,
    call::Answer,
    ui::{
        form::Form,
        frame::Frame,
        visit::{Visit, see_other},
    },
};

/// Days whose uses are counted.
const DAYS: u32 = 7;

#[derive(Template)]
#[template(path = "model/status.html")]
struct StatusPage {
    frame: Frame,
    form: Form,
    /// Where its pages are.
    root: String,
    reference: ModelReference,
    change: Change,
    resting: Resting,
    /// Uses that were answered in the last days.
    uses: u64,
}

/// What is to happen to a version.
#[derive(Clone, Copy)]
struct Change {
    name: &'static str,
    status: VersionStatus,
}

const CHANGES: [Change; 3] = [
    Change { name: "suspend", status: VersionStatus::Suspended },
    Change { name: "reinstate", status: VersionStatus::Registered },
    Change { name: "withdraw", status: VersionStatus::Withdrawn },
];

fn read(path: &ArtifactPlace) -> Result<(ModelReference, Change), Problem> {
    let change = CHANGES.into_iter().find(|change| change.name == path.part("change"));
    Ok((path.version()?, change.ok_or_else(|| Problem::not_found("page"))?))
}

/// `GET /models/{owner}/{name}/versions/{version}/{change}`
pub async fn confirm(visit: Visit, path: ArtifactPlace) -> Answer {
    page(visit, path, Form::default()).await
}

/// `POST /models/{owner}/{name}/versions/{version}/{change}`
pub async fn change(visit: Visit, path: ArtifactPlace) -> Answer {
    let (reference, change) = read(&path)?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let expected = reference.to_string();
    let changed = if change.status == VersionStatus::Withdrawn && fields.text("again") != expected {
        let detail = format!("type `{expected}` to say that this version is to be withdrawn for good");
        Err(Problem::new(ProblemKind::Unprocessable, detail).at("again"))
    } else {
        blocking::record(move || app.archive.change_status(&caller, &once, &reference, change.status)).await.map(drop)
    };
    match changed {
        Ok(()) => Ok(see_other(&format!("{}/versions?said=saved", path.root()))),
        Err(problem) => {
            let form = Form::refused(visit.fields.clone(), problem.clone());
            match problem.kind.status() {
                403 | 404 | 500.. => Err(problem.into()),
                status => Visit::with_status(page(visit, path, form).await?, status),
            }
        }
    }
}

async fn page(visit: Visit, path: ArtifactPlace, form: Form) -> Answer {
    let (reference, change) = read(&path)?;
    let Visit { app, caller, frame, .. } = visit;
    let asked = reference.clone();
    let (resting, days) = blocking::record(move || {
        let resting = app.archive.resting_on(&caller, &asked)?;
        let days = app.desk.uses_by_day(&caller, &asked.model, Some(resting.version.number), DAYS)?;
        Ok((resting, days))
    })
    .await?;
    let uses = days.iter().map(|day| day.allowed).sum();
    Visit::show(&StatusPage { frame, form, root: path.root(), reference, change, resting, uses })
}
