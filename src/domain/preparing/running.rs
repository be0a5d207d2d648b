//! Carrying a preparation out: rows go through the steps into sealed files, and one act says what came of it.

use std::ops::ControlFlow;

use chancery_base::{
    intake::{IntakeError, StoredBlob},
    logs,
    problem::{Problem, ProblemKind},
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
    beginning::{RedactionKind, read_recipe},
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
        match self.make(&preparation) {
            Ok(made) => self.keep(caller, preparation, made),
            Err(problem) => self.give_up(caller, preparation, &problem),
        }
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
        let report = report.map_err(|error| not_prepared(&error))?;
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
                return Ok(false);
            }
            parties::require_newest_key(tx, preparation.party, version)?;
            rows.iter().try_for_each(|row| artifacts::insert_blob(tx, row))?;
            files.iter().try_for_each(|file| artifacts::insert_prepared_file(tx, preparation.id, file))?;
            logs::append(tx, &leaf);
            Ok::<_, Problem>(true)
        });
        match kept {
            Ok(true) => Ok(()),
            // It was cancelled at the last moment.
            Ok(false) => {
                self.archive.vault.remove(&names);
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

fn not_prepared(error: &PrepareError) -> Problem {
    Problem::new(ProblemKind::Unprocessable, error.to_string())
}
