//! Uploads: a signed manifest opens a session, files stream in by digest, a commit makes the version.

use actix_web::{HttpRequest, HttpResponse, web};
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{ByteCount, Sha256Digest, UploadId},
};
use chancery_domain::registration::{CommitOptions, FileState, Receiving, Reception, Session};
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call, authenticated, header},
    incoming::Incoming,
};

/// `POST /api/v1/uploads`
pub async fn open(call: Call) -> Answer {
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let envelope = call.bytes().to_vec();
    let session = blocking::record(move || app.archive.open_upload(&caller, &once, &envelope)).await?;
    Ok(HttpResponse::Created().json(session_view(&session)))
}

/// `GET /api/v1/uploads/{id}`
pub async fn show(call: Call, path: web::Path<String>) -> Answer {
    let (app, caller, id) = (call.app.clone(), call.caller.clone(), upload_id(&path)?);
    let session = blocking::record(move || app.archive.session(&caller, id)).await?;
    Ok(HttpResponse::Ok().json(session_view(&session)))
}

/// `PUT /api/v1/uploads/{id}/blobs/{sha256}`
pub async fn put(request: HttpRequest, payload: web::Payload, path: web::Path<(String, String)>) -> Answer {
    let (app, caller) = authenticated(&request)?;
    let id = upload_id(&path.0)?;
    let sha256: Sha256Digest = path.1.parse().map_err(|invalid| Problem::from(invalid).at("sha256"))?;
    let length = content_length(&request)?;
    let reception = blocking::record(move || app.archive.receive(&caller, id, sha256, length)).await?;
    let mut incoming = Incoming::new(payload.into_inner());
    match reception {
        Reception::Held => drain(&mut incoming).await?,
        Reception::Coming(receiving) => receive(*receiving, &mut incoming).await?,
    }
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/uploads/{id}/commit`
pub async fn commit(call: Call, path: web::Path<String>) -> Answer {
    let id = upload_id(&path)?;
    let options: CommitOptions = if call.bytes().is_empty() { CommitOptions::default() } else { call.body()? };
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let registered = blocking::work(move || app.archive.commit_upload(&caller, &once, id, options)).await?;
    Ok(HttpResponse::Created().json(json!({
        "id": registered.version,
        "model": registered.model,
        "version": registered.number,
        "manifest_digest": registered.manifest_digest,
        "receipt": registered.leaf,
    })))
}

/// `DELETE /api/v1/uploads/{id}`
pub async fn abandon(call: Call, path: web::Path<String>) -> Answer {
    let (app, caller, once, id) = (call.app.clone(), call.caller.clone(), call.once.clone(), upload_id(&path)?);
    blocking::record(move || app.archive.abandon_upload(&caller, &once, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Hands what arrives to the threads that hash and seal it.
async fn receive(receiving: Receiving, incoming: &mut Incoming) -> Result<(), Problem> {
    let mut coming = Coming(Some(receiving));
    while let Some(chunk) = incoming.next().await {
        match chunk {
            Ok(chunk) => coming.take(chunk).await?,
            Err(problem) => return coming.end(|receiving| receiving.refuse(problem)).await,
        }
    }
    coming.end(Receiving::finish).await
}

/// A file on its way in. Waiting for its threads and writing down why it is refused both block, so neither happens on an HTTP
/// thread, not even when the client hangs up and its request is dropped.
struct Coming(Option<Receiving>);

impl Coming {
    async fn take(&mut self, chunk: web::Bytes) -> Result<(), Problem> {
        let pushed = self.0.as_mut().map_or(Ok(0), |receiving| receiving.try_push(&chunk));
        match pushed {
            Ok(taken) if taken == chunk.len() => {}
            Ok(taken) => {
                let push = move |mut receiving: Receiving| match receiving.push(chunk.get(taken..).unwrap_or_default())
                {
                    Ok(()) => Ok(receiving),
                    Err(problem) => receiving.refuse(problem),
                };
                self.0 = Some(self.end(push).await?);
            }
            Err(problem) => return self.end(|receiving| receiving.refuse(problem)).await,
        }
        Ok(())
    }

    async fn end<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(Receiving) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let receiving = self.0.take().ok_or_else(|| Problem::internal("a file ended twice"))?;
        blocking::work(move || work(receiving)).await
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        if let Some(receiving) = self.0.take() {
            // The runtime may be on its way out as well, so a thread of its own.
            std::thread::spawn(move || receiving.break_off());
        }
    }
}

/// Reads what the server already holds to its end, so that the client is not cut off in the middle of sending.
async fn drain(incoming: &mut Incoming) -> Result<(), Problem> {
    while let Some(chunk) = incoming.next().await {
        chunk?;
    }
    Ok(())
}

fn content_length(request: &HttpRequest) -> Result<Option<ByteCount>, Problem> {
    let text = header(request, "content-length")?;
    let length = text.map(str::parse).transpose();
    let length =
        length.map_err(|_| Problem::new(ProblemKind::BadRequest, "Content-Length is not a number; correct it"))?;
    Ok(length.map(ByteCount))
}

fn upload_id(path: &str) -> Result<UploadId, Problem> {
    path.parse().map_err(|_| Problem::not_found("upload"))
}

fn session_view(session: &Session) -> Value {
    let files: Vec<Value> = session
        .files
        .iter()
        .map(|file| {
            let state = match file.state {
                FileState::Wanted => "wanted",
                FileState::Held => "held",
            };
            json!({"path": file.path, "sha256": file.sha256, "size": file.size, "state": state})
        })
        .collect();
    json!({
        "id": session.upload.id,
        "model": session.upload.model,
        "manifest_digest": session.upload.manifest_digest,
        "expires_at": session.upload.expires_at,
        "files": files,
    })
}
