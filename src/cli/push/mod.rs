//! `chancery push`: hash, sign, announce, send what is wanted, commit, and wait for the proof that it was logged.
//!
//! The signature covers a small manifest that names every file by digest, so it is made before a byte is sent and checked
//! before a byte is kept. Files are read twice, once for their digest and once to be sent, with constant memory.

pub mod manifest;
mod session;

use std::path::{Path, PathBuf};

use chancery_base::values::{Alias, ArtifactKind, ModelName, ModelReference, Selector, UploadId};
use chancery_domain::{artifacts::ManifestFile, passport::Document};
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Answer, Client},
    context::Context,
    error::{CliError, Exit},
    key::{self, SigningAs},
    local::{self, LocalFile},
    message::say,
    model::version_path,
    receipt,
};
use session::Session;

/// What is pushed, as what.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery push ./minilm --model acme/minilm
  chancery push ./minilm --model acme/minilm --alias production --private --bundle minilm.chancery.json
  chancery push ./minilm --model acme/minilm --resume upload_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// Folder with the model's files; symbolic links are refused
    folder: PathBuf,
    /// The model this becomes a version of, as owner/name
    #[arg(long, value_name = "OWNER/NAME")]
    model: ModelName,
    /// Private key to sign with [default: the one `keygen` wrote]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The model's passport [default: passport.toml in the folder]
    #[arg(long, value_name = "FILE")]
    passport: Option<PathBuf>,
    /// Alias to point at the new version
    #[arg(long)]
    alias: Option<Alias>,
    /// List the model to nobody but its grantees
    #[arg(long)]
    private: bool,
    /// Continue an upload that broke off
    #[arg(long, value_name = "UPLOAD")]
    resume: Option<UploadId>,
    /// Also write the offline bundle, which `verify --bundle` checks without a server
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct RegisteredView {
    model: ModelName,
    version: u32,
    manifest_digest: String,
    receipt: Value,
}

/// Registers a version of a model.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let in_folder = arguments.folder.join("passport.toml");
    let pushing = Pushing {
        kind: ArtifactKind::Model,
        name: &arguments.model,
        key: arguments.key.as_deref(),
        alias: arguments.alias.as_ref(),
        is_private: arguments.private,
        resume: arguments.resume,
        bundle: arguments.bundle.as_deref(),
    };
    let passport = arguments.passport.as_ref().unwrap_or(&in_folder);
    pushing.register(passport, &local::files(&arguments.folder)?, context)
}

/// What is pushed, as what.
pub struct Pushing<'a> {
    /// Model or data set.
    pub kind: ArtifactKind,
    /// What this becomes a version of.
    pub name: &'a ModelName,
    /// Private key to sign with; the one `keygen` wrote where none is given.
    pub key: Option<&'a Path>,
    /// Alias to point at the new version.
    pub alias: Option<&'a Alias>,
    /// Listed to nobody but its grantees.
    pub is_private: bool,
    /// An upload that broke off.
    pub resume: Option<UploadId>,
    /// Where the offline bundle goes.
    pub bundle: Option<&'a Path>,
}

impl Pushing<'_> {
    /// Hashes and sends the files, signs them with the papers, commits, and waits for the proof that it was logged.
    ///
    /// # Errors
    /// Those of the client; [`CliError::Local`] for papers or files that cannot be read or are not as they must be.
    pub fn register(&self, papers: &Path, files: &[LocalFile], context: &Context) -> Result<Exit, CliError> {
        let client = context.client()?;
        let session = match self.resume {
            Some(upload) => Session::resume(&client, upload, self.name)?,
            None => self.open(papers, files, &client, context)?,
        };
        session.send(files, &client, &context.output)?;
        self.complete(&session, &client, context)
    }

    /// Registers files that the server holds already, as it made them.
    ///
    /// # Errors
    /// As [`Pushing::register`].
    pub fn register_held(
        &self,
        files: Vec<ManifestFile>,
        papers: &Document,
        context: &Context,
    ) -> Result<Exit, CliError> {
        let client = context.client()?;
        let SigningAs { file, key } = key::read_private(self.key, context)?;
        let envelope = manifest::sign(self.name, files, papers, &key)?;
        let session = Session::open(&client, &envelope, &context.output)
            .map_err(|error| key::explain(error, &file, &key, &client))?;
        session.send(&[], &client, &context.output)?;
        self.complete(&session, &client, context)
    }

    fn complete(&self, session: &Session, client: &Client, context: &Context) -> Result<Exit, CliError> {
        let mut registered = self.commit(session, client)?;
        let receipt = receipt::wait_for_proof(&registered.view.receipt, client, &context.output)?;
        if let Some(document) = registered.document.as_object_mut() {
            document.insert("receipt".to_owned(), receipt);
        }
        if let Some(file) = self.bundle {
            self.write_bundle(file, &registered.view, client)?;
        }
        report(&registered, context)?;
        Ok(Exit::Success)
    }

    fn open(
        &self,
        papers: &Path,
        files: &[LocalFile],
        client: &Client,
        context: &Context,
    ) -> Result<Session, CliError> {
        let SigningAs { file, key } = key::read_private(self.key, context)?;
        let papers = super::passport::read(self.kind, papers)?;
        let announced = manifest::announce(files, &context.output)?;
        let envelope = manifest::sign(self.name, announced, &papers, &key)?;
        Session::open(client, &envelope, &context.output).map_err(|error| key::explain(error, &file, &key, client))
    }

    fn commit(&self, session: &Session, client: &Client) -> Result<Answer<RegisteredView>, CliError> {
        let visibility = if self.is_private { "private" } else { "listed" };
        let mut body = json!({ "visibility": visibility });
        if let (Some(alias), Some(body)) = (self.alias, body.as_object_mut()) {
            body.insert("alias".to_owned(), json!(alias));
        }
        client
            .post(&format!("/api/v1/uploads/{}/commit", session.id()), &body)
            .map_err(|error| session.broke_off(error))
    }

    fn write_bundle(&self, file: &Path, registered: &RegisteredView, client: &Client) -> Result<(), CliError> {
        let selector = Selector::Number(registered.version);
        let reference = ModelReference { model: registered.model.clone(), selector };
        let bundle = client.get::<Value>(&format!("{}/bundle", version_path(self.kind, &reference)))?;
        std::fs::write(file, format!("{:#}\n", bundle.document)).map_err(|error| CliError::unwritable(file, &error))
    }
}

fn report(registered: &Answer<RegisteredView>, context: &Context) -> Result<(), CliError> {
    let view = &registered.view;
    context.output.result(&registered.document, |words| {
        words.say(&say!(
            "push-registered",
            model = view.model,
            version = view.version,
            manifest = view.manifest_digest,
            receipt = receipt::name(&view.receipt),
        ))
    })
}
