//! Destroying what opens the files of a withdrawn version, after it was said what becomes unreadable, why, and for good.

use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::ModelReference,
};
use chancery_domain::{
    approvals::ApprovalRules,
    destroying::{Destruction, NewDestruction},
    membership::{self, Acted},
};

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

#[derive(Template)]
#[template(path = "model/destroy.html")]
struct DestroyPage {
    frame: Frame,
    form: Form,
    /// Where its pages are.
    root: String,
    reference: ModelReference,
    plan: Destruction,
    rules: ApprovalRules,
}

/// `GET /models/{owner}/{name}/versions/{version}/destroy`
pub async fn confirm(visit: Visit, path: ArtifactPlace) -> Answer {
    page(visit, &path, Form::default()).await
}

/// `POST /models/{owner}/{name}/versions/{version}/destroy`
pub async fn destroy(visit: Visit, path: ArtifactPlace) -> Answer {
    let reference = path.version()?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let meant = reference;
    // The keys of every other file of the organisation are wrapped again.
    let destroyed = blocking::work(move || {
        if fields.text("again") != meant.to_string() {
            let detail = format!("type `{meant}` to say that nobody is to read this version again");
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("again"));
        }
        let version = app.destroyer.foresee(&caller, &meant)?.number;
        let new = NewDestruction { model: meant.model, version, reason: fields.text("reason").to_owned() };
        app.destroy(&caller, &once, &new)
    });
    match destroyed.await {
        Ok(Acted::Done(_)) => Ok(see_other(&format!("{}/versions?said=destroyed", path.root()))),
        Ok(Acted::Proposed(proposal)) => Ok(see_other(&format!("/approvals/{proposal}?said=proposed"))),
        Err(problem) => {
            let form = Form::refused(visit.fields.clone(), problem.clone());
            match problem.kind.status() {
                403 | 404 | 500.. => Err(problem.into()),
                status => Visit::with_status(page(visit, &path, form).await?, status),
            }
        }
    }
}

async fn page(visit: Visit, path: &ArtifactPlace, form: Form) -> Answer {
    let reference = path.version()?;
    let Visit { app, caller, frame, .. } = visit;
    let asked = reference.clone();
    let (plan, rules) = blocking::record(move || {
        Ok((app.destroyer.foresee(&caller, &asked)?, membership::approval_rules(&app.office, &caller)?))
    })
    .await?;
    Visit::show(&DestroyPage { frame, form, root: path.root(), reference, plan, rules })
}
