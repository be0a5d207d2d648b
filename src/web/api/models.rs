//! Models and their versions: shown to whom they are listed for, verified, renamed by alias, suspended, withdrawn.

use actix_web::{HttpResponse, web};
use chancery_base::{
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::{ArtifactKind, ModelName, ModelReference, Selector},
};
use chancery_domain::{
    artifacts::{Model, Version, VersionStatus},
    parties,
    registration::{self, CheckReport, FileVerdict, ListedModel},
    serving::Description,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{holds, predict::model_name, receipts::receipt_of_registration, signing_keys};
use crate::{
    app::App,
    web::{
        blocking,
        call::{Answer, Call},
        page::{Page, PageQuery},
        problem::set,
    },
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasBody {
    version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusBody {
    status: VersionStatus,
}

type VersionPath = web::Path<(String, String, String)>;

/// `GET /api/v1/models?after=`
pub async fn list(call: Call, query: PageQuery) -> Answer {
    list_of(ArtifactKind::Model, call, query).await
}

/// A page of the models or data sets.
pub async fn list_of(kind: ArtifactKind, call: Call, query: PageQuery) -> Answer {
    let after = query.after::<ModelName>()?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let listed = blocking::record(move || app.archive.list(&caller, kind, after.as_ref())).await?;
    let Page { items, next } = query.cut(listed, |last| last.model.name.to_string());
    let items: Vec<Value> = items.iter().map(summary).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `GET /api/v1/models/{owner}/{name}?after=`
pub async fn show(call: Call, path: web::Path<(String, String)>, query: PageQuery) -> Answer {
    show_of(ArtifactKind::Model, call, path, query).await
}

/// One model or data set with a page of its versions.
pub async fn show_of(kind: ArtifactKind, call: Call, path: web::Path<(String, String)>, query: PageQuery) -> Answer {
    let (name, after) = (model_name(&path)?, query.after()?.unwrap_or_default());
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let (listed, versions) = blocking::record(move || app.archive.show(&caller, kind, &name, after)).await?;
    let mut view = summary(&listed);
    let Page { items, next } = query.cut(versions, |last| last.number.to_string());
    set(&mut view, "items", json!(items.iter().map(version_summary).collect::<Vec<_>>()));
    set(&mut view, "next", json!(next));
    Ok(HttpResponse::Ok().json(view))
}

/// `GET /api/v1/models/{owner}/{name}/versions/{selector}`
pub async fn version(call: Call, path: VersionPath) -> Answer {
    let view = described(ArtifactKind::Model, &call, &path).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// `GET /api/v1/models/{owner}/{name}/versions/{selector}/bundle`
pub async fn bundle(call: Call, path: VersionPath) -> Answer {
    let reference = reference(&path)?;
    let (app, party) = (call.app.clone(), call.caller.party.id);
    let papers = blocking::record(move || {
        app.database.read(|connection| {
            let (model, version) = registration::find_visible(connection, party, &reference)?;
            papers(connection, &app, &model, &version)
        })
    });
    Ok(HttpResponse::Ok().json(papers.await?))
}

/// `GET /api/v1/models/{owner}/{name}/versions/{selector}/licence`
pub async fn licence(call: Call, path: VersionPath) -> Answer {
    licence_of(ArtifactKind::Model, call, path).await
}

/// What licences leave of a version of a model or data set.
pub async fn licence_of(kind: ArtifactKind, call: Call, path: VersionPath) -> Answer {
    let reference = reference(&path)?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let table = blocking::record(move || app.desk.licence_table(&caller, kind, &reference)).await?;
    let contradicts = || {
        let detail = "the papers of this version contradict each other, so nothing can be worked out; ask its owner";
        Problem::new(ProblemKind::Conflict, detail)
    };
    Ok(HttpResponse::Ok().json(table.ok_or_else(contradicts)?))
}

/// `POST /api/v1/models/{owner}/{name}/versions/{selector}/check`
pub async fn check(call: Call, path: VersionPath) -> Answer {
    let reference = reference(&path)?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let report = blocking::work(move || {
        let party = caller.party.id;
        let (model, version) =
            app.database.read(|connection| registration::find_visible(connection, party, &reference))?;
        app.archive.check_version(&caller, &model, &version)
    })
    .await?;
    Ok(HttpResponse::Ok().json(report_view(&report)))
}

/// `PUT /api/v1/models/{owner}/{name}/aliases/{alias}`
pub async fn alias(call: Call, path: VersionPath) -> Answer {
    let body: AliasBody = call.body()?;
    let model = model_name(&(path.0.clone(), path.1.clone()))?;
    let reference = ModelReference { model, selector: selector(&body.version)? };
    let alias = path.2.parse().map_err(|invalid| Problem::from(invalid).at("alias"))?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    blocking::record(move || app.archive.set_alias(&caller, &once, &reference, &alias)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/models/{owner}/{name}/versions/{selector}/status`
pub async fn status(call: Call, path: VersionPath) -> Answer {
    let body: StatusBody = call.body()?;
    let reference = reference(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let changed = blocking::record(move || app.archive.change_status(&caller, &once, &reference, body.status));
    let (version, leaf) = changed.await?;
    let mut view = version_summary(&version);
    set(&mut view, "receipt", json!(leaf));
    Ok(HttpResponse::Ok().json(view))
}

/// Which version a path or body means.
pub fn selector(text: &str) -> Result<Selector, Problem> {
    text.parse().map_err(|invalid| Problem::from(invalid).at("version"))
}

/// The version that a path means.
pub fn reference(path: &(String, String, String)) -> Result<ModelReference, Problem> {
    let model = model_name(&(path.0.clone(), path.1.clone()))?;
    Ok(ModelReference { model, selector: selector(&path.2)? })
}

/// Everything about a version of a model or data set.
pub async fn described(kind: ArtifactKind, call: &Call, path: &(String, String, String)) -> Result<Value, Problem> {
    let reference = reference(path)?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    blocking::record(move || {
        let described = app.desk.describe(&caller, kind, &reference)?;
        let receipt = app
            .database
            .read(|connection| receipt_of_registration(connection, &app, &described.model, &described.version))?;
        view(&described, receipt)
    })
    .await
}

fn view(described: &Description, receipt: Value) -> Result<Value, Problem> {
    let Description { model, version, profile, files, signer, claims, holds } = described;
    let holds: Vec<Value> = holds.iter().map(|hold| holds::view(hold, &model.name)).collect();
    let files: Vec<Value> = files
        .iter()
        .map(|file| json!({"path": file.path, "sha256": file.sha256, "size": file.size, "format": file.format}))
        .collect();
    let papers: Value = serde_json::from_str(&version.passport).map_err(Problem::internal)?;
    let profile: Option<Value> = profile.as_deref().map(serde_json::from_str).transpose().map_err(Problem::internal)?;
    let of_kind = match model.kind {
        ArtifactKind::Model => vec![("passport", papers)],
        ArtifactKind::Dataset => vec![("datasheet", papers), ("profile", json!(profile))],
    };
    let signed_manifest: Value = serde_json::from_str(&version.signed_manifest).map_err(Problem::internal)?;
    let mut view = version_summary(version);
    for (member, value) in [
        (model.kind.code(), json!(model.name)),
        ("files", json!(files)),
        ("signed_manifest", signed_manifest),
        ("signer", json!(signer.as_ref().map(signing_keys::view))),
        (
            "effective_licence",
            json!({"licence": claims.licence, "provenance": claims.provenance, "privacy": claims.privacy}),
        ),
        ("holds", json!(holds)),
        ("receipt", receipt),
    ]
    .into_iter()
    .chain(of_kind)
    {
        set(&mut view, member, value);
    }
    Ok(view)
}

/// What anybody can verify a version with. It is shown as it is stored: a verifier is to see what was changed, not that
/// something cannot be read.
pub fn papers(connection: &mut AnyConnection, app: &App, model: &Model, version: &Version) -> Result<Value, Problem> {
    let signer = parties::find_signing_key(connection, version.signing_key)?;
    let signed_manifest = serde_json::from_str(&version.signed_manifest);
    Ok(json!({
        "model": model.name,
        "version": version.number,
        "signed_manifest": signed_manifest.unwrap_or_else(|_| json!(version.signed_manifest)),
        "signer": signer.as_ref().map(signing_keys::view),
        "receipt": receipt_of_registration(connection, app, model, version)?,
    }))
}

fn summary(listed: &ListedModel) -> Value {
    let ListedModel { model, versions, aliases } = listed;
    let aliases: serde_json::Map<String, Value> =
        aliases.iter().map(|(alias, number)| (alias.to_string(), json!(number))).collect();
    json!({
        (model.kind.code()): model.name,
        "versions": versions,
        "visibility": model.visibility.code(),
        "created_at": model.created_at,
        "aliases": aliases,
    })
}

fn version_summary(version: &Version) -> Value {
    let mut view = json!({
        "id": version.id,
        "version": version.number,
        "status": version.status.code(),
        "manifest_digest": version.manifest_digest,
        "created_at": version.created_at,
    });
    // Data sets have none.
    if !version.architecture.is_empty() {
        set(&mut view, "architecture", json!(version.architecture));
    }
    view
}

fn report_view(report: &CheckReport) -> Value {
    let files: Vec<Value> = report
        .files
        .iter()
        .map(|file| {
            let (verdict, found) = match &file.verdict {
                FileVerdict::Valid => ("valid", None),
                FileVerdict::Differs { found } => ("differs", Some(found.to_string())),
                FileVerdict::Tampered => ("tampered", None),
                FileVerdict::Missing => ("missing", None),
            };
            json!({"path": file.path, "verdict": verdict, "expected": file.expected, "found": found})
        })
        .collect();
    let verdict = if report.is_valid() { "valid" } else { "invalid" };
    json!({"verdict": verdict, "manifest": report.is_manifest_valid, "files": files})
}
