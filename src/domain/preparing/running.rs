//! Carrying a preparation out: rows go through the steps into sealed files, and one act says what came of it.

use std::{ops::ControlFlow, sync::atomic::Ordering};

use chancery_base::{
    intake::{IntakeError, StoredBlob},
    logs,
    problem::{Problem, ProblemKind},
    store::BlobName,
    values::{PreparationId, Sha256Digest},
};
use chancery_data::{
    personal::{Redactor, Scanner, ScannerConfig},
    prepare::{self, Job, PrepareError, Progress, Redacted, Report, WHOLE},
    table::Format,
};
use serde_json::json;

use super::{
    Preparer,
    beginning::{RedactionKind, read_recipe, require_in_use},
    outputs::{SealedOutputs, SealedTrace, path_of, seal},
};
use crate::{
    artifacts::{self, Preparation, PreparationState, PreparedFile},
    parties::{self, Caller},
    registration::{REPORT_FILE, StoredData, TRACE_FILE, store_problem},
};

/// How long a preparation says nothing of how far it is.
const BETWEEN_WORDS_MS: i64 = 1_000;

/// What a run made.
struct Made {
    report: Report,
    data: Vec<(String, StoredBlob)>,
    trace: StoredBlob,
}

impl Preparer {
    /// Carries out a preparation that was begun, and writes down what came of it.
    ///
    /// Errors: the database cannot be written; whatever else goes wrong is what came of it.
    pub fn run(&self, caller: &Caller, id: PreparationId) -> Result<(), Problem> {
        let preparation = self.archive.database.read(|connection| artifacts::find_preparation(connection, id))?;
        let preparation = preparation.ok_or_else(|| Problem::not_found("preparation"))?;
        let kept = self.make(&preparation).and_then(|made| self.keep(caller, preparation.clone(), made));
        kept.or_else(|problem| match problem.kind {
            ProblemKind::LogUnavailable => Err(problem),
            _ => self.give_up(caller, preparation, &problem),
        })
    }

    fn make(&self, preparation: &Preparation) -> Result<Made, Problem> {
        let recipe = read_recipe(&preparation.recipe)?;
        let archive = &self.archive;
        let files = archive.database.read(|connection| artifacts::files_of(connection, preparation.source))?;
        let file = files.iter().find(|file| file.path == preparation.source_file);
        let file = file.ok_or_else(|| Problem::not_found("file in this version"))?;
        let source = StoredData {
            vault: archive.vault.clone(),
            database: archive.database.clone(),
            blob: file.blob,
            name: file.path.to_string(),
        };
        let (store, entropy) = (&*archive.vault.store, &*self.entropy);
        let mut outputs = SealedOutputs::new(store, entropy);
        let mut trace = SealedTrace::start(store, entropy).map_err(|error| not_kept(&error))?;
        let kind: RedactionKind = preparation.redaction.parse()?;
        let key = archive.challenge_secret.redaction_key(preparation.party);
        let mut redactor = Redactor::new(Scanner::new(ScannerConfig::default()), kind.plan(), &key);
        let mut redact = |text: &str| {
            let redacted = redactor.redact(text);
            let found = redacted.counts.iter().map(|(class, count)| (class.name().to_owned(), *count)).collect();
            Redacted { text: redacted.text, found }
        };
        let mut said_at = preparation.created_at;
        let mut watch = |progress: Progress| self.tell(preparation.id, progress, &mut said_at);
        let report = prepare::run(
            &recipe,
            Job {
                source: &source,
                outputs: &mut outputs,
                trace: &mut trace,
                redactor: Some(&mut redact),
                watch: &mut watch,
            },
        );
        let report = report.map_err(|error| self.not_prepared(&error))?;
        let trace = trace.finish().map_err(|error| not_kept(&error))?;
        let data = outputs.finish().inspect_err(|_| archive.vault.remove(&[trace.name]));
        Ok(Made { report, data: data.map_err(|error| not_kept(&error))?, trace })
    }

    /// Says how far it is, now and then, and hears whether it is to go on.
    fn tell(
        &self,
        id: PreparationId,
        progress: Progress,
        said_at: &mut chancery_base::values::UnixMillis,
    ) -> ControlFlow<()> {
        if self.is_closing.load(Ordering::Acquire) {
            return ControlFlow::Break(());
        }
        let now = self.clock.now();
        if now < said_at.plus_millis(BETWEEN_WORDS_MS) {
            return ControlFlow::Continue(());
        }
        *said_at = now;
        let pass = u32::try_from(progress.pass).unwrap_or(u32::MAX);
        let touched = self
            .archive
            .database
            .act(move |tx| Ok::<_, Problem>(artifacts::touch_preparation(tx, id, (pass, progress.rows), now)?));
        // What cannot be written down now is said next time.
        if touched.is_ok_and(|is_running| !is_running) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn keep(&self, caller: &Caller, mut preparation: Preparation, made: Made) -> Result<(), Problem> {
        let Made { report, data, trace } = made;
        let ending = ending_of(report.output_format);
        let written = json!({
            "preparation": preparation.id, "dataset": preparation.source_name.to_string(), "file": preparation.source_file,
            "recipe": preparation.recipe, "redaction": preparation.redaction, "report": report,
        });
        let mut text = serde_json::to_vec_pretty(&written).map_err(Problem::internal)?;
        text.push(b'\n');
        let kept = seal(&*self.archive.vault.store, &*self.entropy, &text).map_err(|error| not_kept(&error))?;
        let mut blobs = vec![(TRACE_FILE.parse()?, false, trace), (REPORT_FILE.parse()?, false, kept)];
        for (name, blob) in data {
            blobs.push((path_of(&name, WHOLE, &preparation.source_file, ending)?, true, blob));
        }
        let names: Vec<_> = blobs.iter().map(|(_, _, blob)| blob.name).collect();
        let now = self.clock.now();
        let key =
            self.archive.database.read(|connection| self.archive.vault.current_key(connection, preparation.party));
        let key = key.inspect_err(|_| self.archive.vault.remove(&names))?;
        let (rows, files): (Vec<_>, Vec<_>) = blobs
            .iter()
            .map(|(path, is_data, stored)| {
                let row = self.archive.vault.row(stored, preparation.party, &key, &*self.entropy, now);
                let (path, is_data) = (path.clone(), *is_data);
                let (sha256, size, blob) = (row.sha256, row.size, row.name);
                (row, PreparedFile { path, sha256, size, is_data, blob })
            })
            .unzip();
        let details = json!({
            "preparation": preparation.id, "dataset": preparation.source_name.to_string(), "rows_in": report.rows_in,
            "rows_out": report.rows_out,
            "files": files.iter().map(|file| json!({"path": file.path, "sha256": file.sha256})).collect::<Vec<_>>(),
            "recipe_digest": Sha256Digest::of(preparation.recipe.as_bytes()),
        });
        let leaf = self.recorder().leaf("preparation-done", caller, &[], &details)?;
        preparation.report = Some(serde_json::to_string(&report).map_err(Problem::internal)?);
        (preparation.state, preparation.touched_at, preparation.leaf) = (PreparationState::Done, now, Some(leaf.id()));
        let version = key.version();
        let kept = self.archive.database.act(move |tx| {
            if !artifacts::end_preparation(tx, &preparation)? {
                // It was cancelled at the last moment.
                return Ok(rows.iter().map(|row| row.name).collect());
            }
            let source = artifacts::find_version_by_id(tx, preparation.source)?;
            require_in_use(tx, &source.ok_or_else(|| Problem::not_found("version"))?)?;
            parties::require_newest_key(tx, preparation.party, version)?;
            let mut spare = Vec::new();
            for (row, file) in rows.iter().zip(&files) {
                // The same bytes of one party are one blob, so that whoever destroys them misses none.
                let known = artifacts::find_blob_by_digest(tx, preparation.party, &row.sha256)?;
                match known {
                    Some(_) => spare.push(row.name),
                    None => artifacts::insert_blob(tx, row)?,
                }
                let blob = known.map_or(file.blob, |known| known.name);
                artifacts::insert_prepared_file(tx, preparation.id, &PreparedFile { blob, ..file.clone() })?;
            }
            logs::append(tx, &leaf);
            Ok::<Vec<BlobName>, Problem>(spare)
        });
        match kept {
            Ok(spare) => {
                self.archive.vault.remove(&spare);
                Ok(())
            }
            // Whether the rows were written is not known: orphans are swept later, rows without their files are not.
            Err(problem) if problem.kind == ProblemKind::LogUnavailable => Err(problem),
            Err(problem) => {
                self.archive.vault.remove(&names);
                Err(problem)
            }
        }
    }

    fn not_prepared(&self, error: &PrepareError) -> Problem {
        if self.is_closing.load(Ordering::Acquire) {
            let detail = "the server was told to stop, so nothing came of it; begin it again";
            return Problem::new(ProblemKind::Conflict, detail);
        }
        Problem::new(ProblemKind::Unprocessable, error.to_string())
    }

    fn give_up(&self, caller: &Caller, mut preparation: Preparation, problem: &Problem) -> Result<(), Problem> {
        let details = json!({
            "preparation": preparation.id, "dataset": preparation.source_name.to_string(), "problem": problem.kind.slug(),
        });
        let leaf = self.recorder().leaf("preparation-failed", caller, &[], &details)?;
        preparation.problem = Some(problem.detail.clone());
        (preparation.state, preparation.touched_at) = (PreparationState::Failed, self.clock.now());
        preparation.leaf = Some(leaf.id());
        self.archive.database.act(move |tx| {
            if artifacts::end_preparation(tx, &preparation)? {
                logs::append(tx, &leaf);
            }
            Ok(())
        })
    }
}

/// The ending of a file of this format.
const fn ending_of(format: Format) -> &'static str {
    match format {
        Format::Csv => "csv",
        Format::JsonLines | Format::Parquet => "jsonl",
        Format::Text => "txt",
    }
}

fn not_kept(error: &IntakeError) -> Problem {
    match error {
        IntakeError::Store(error) => store_problem(error),
        other => Problem::internal(other),
    }
}
