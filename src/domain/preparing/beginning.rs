//! Beginning a preparation: everything that can be refused is refused before a row is read.

use chancery_base::{
    db::{AnyConnection, Tx},
    idempotency::{Done, Once},
    logs,
    problem::{Problem, ProblemKind},
    values::{ArtifactKind, ArtifactPath, ModelReference, PartyId, PreparationId, Selector, Sha256Digest, UnixMillis},
};
use chancery_data::{
    personal::{Plan, Redaction},
    prepare::Recipe,
};
use serde::Deserialize;
use serde_json::json;

use super::{MOST_AT_ONCE, MOST_OF_ONE_PARTY, Preparer, SILENCE_MS, unprocessable};
use crate::{
    artifacts::{self, Preparation, PreparationState, Version, VersionFile, VersionStatus},
    documents::{MAXIMUM_DOCUMENT_BYTES, codes},
    holds,
    parties::{self, Caller, Permission},
    registration::{find_visible_of_kind, holds_rows},
};

codes! {
    /// What is put in the place of personal data.
    RedactionKind {
        /// The name of its class.
        Mask = "mask",
        /// A token of its class, the same for the same value, under a key of the registry's.
        Token = "token",
        /// A value of the same form that belongs to nobody.
        Surrogate = "surrogate",
        /// Nothing.
        Drop = "drop",
    }
}

impl RedactionKind {
    /// The same for every class.
    pub(super) fn plan(self) -> Plan {
        Plan::all(match self {
            Self::Mask => Redaction::Mask,
            Self::Token => Redaction::Token,
            Self::Surrogate => Redaction::Surrogate,
            Self::Drop => Redaction::Drop,
        })
    }
}

/// A preparation asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPreparation {
    /// The data set whose rows are read.
    pub dataset: ModelReference,
    /// The file of it; not needed where it has one data file.
    #[serde(default)]
    pub file: Option<ArtifactPath>,
    /// What is done, as TOML.
    pub recipe: String,
    /// What is put in the place of personal data, where the recipe redacts.
    #[serde(default)]
    pub redaction: Option<RedactionKind>,
}

impl Preparer {
    /// Begins a preparation, to be carried out by [`Preparer::run`] unless the same request began it before.
    ///
    /// Errors: not the caller's data set; a version that is not in use, or is held; a recipe that is refused, naming step and field;
    /// a file that is not there; as many preparations under way as there may be (429). Each is in the audit log.
    pub fn begin(&self, caller: &Caller, once: &Once, new: &NewPreparation) -> Result<Done<PreparationId>, Problem> {
        let subject = json!({"dataset": new.dataset.to_string(), "recipe": Sha256Digest::of(new.recipe.as_bytes())});
        let begun = self.try_begin(caller, once, new);
        self.recorder().recorded(caller, "begin-preparation", &subject, begun)
    }

    fn try_begin(&self, caller: &Caller, once: &Once, new: &NewPreparation) -> Result<Done<PreparationId>, Problem> {
        caller.require(Permission::Administer)?;
        let recipe = read_recipe(&new.recipe)?;
        let (version, files) = self.archive.database.read(|connection| own_data(connection, caller, &new.dataset))?;
        let file = chosen(&files, new.file.as_ref())?;
        let now = self.clock.now();
        let passes = u32::try_from(recipe.passes()).unwrap_or(u32::MAX);
        let selector = Selector::Number(version.number);
        let preparation = Preparation {
            id: PreparationId::generate(&*self.entropy, now),
            party: caller.party.id,
            source: version.id,
            source_name: ModelReference { model: new.dataset.model.clone(), selector },
            source_file: file.path.clone(),
            recipe: new.recipe.clone(),
            redaction: new.redaction.unwrap_or(RedactionKind::Mask).to_string(),
            state: PreparationState::Running,
            rows_done: 0,
            pass: 1,
            passes,
            problem: None,
            report: None,
            created_at: now,
            touched_at: now,
            leaf: None,
        };
        let details = json!({
            "preparation": preparation.id, "dataset": preparation.source_name.to_string(), "file": preparation.source_file,
            "recipe_digest": Sha256Digest::of(new.recipe.as_bytes()), "redaction": preparation.redaction,
        });
        let leaf = self.recorder().leaf("preparation-begun", caller, &[], &details)?;
        let once = once.clone();
        self.archive.database.act(move |tx| {
            once.run(tx, now, |tx| {
                parties::lock_party(tx, preparation.party)?;
                refuse_crowds(tx, preparation.party, now)?;
                artifacts::insert_preparation(tx, &preparation)?;
                logs::append(tx, &leaf);
                Ok(preparation.id)
            })
        })
    }
}

/// Refuses one more than there may be. What fell silent broke off, and keeps nobody waiting.
fn refuse_crowds(tx: &mut Tx<'_>, party: PartyId, now: UnixMillis) -> Result<(), Problem> {
    let (own, all) = artifacts::preparations_under_way(tx, party, now.plus_millis(-SILENCE_MS))?;
    if own < MOST_OF_ONE_PARTY && all < MOST_AT_ONCE {
        return Ok(());
    }
    let detail = "as many preparations as may be are under way; wait until one has ended, or cancel one";
    Err(Problem::new(ProblemKind::Overloaded, detail))
}

/// Reads a recipe.
///
/// Errors: it is too long, or refused, naming the field.
pub(super) fn read_recipe(recipe: &str) -> Result<Recipe, Problem> {
    if recipe.len() > MAXIMUM_DOCUMENT_BYTES {
        let detail = format!("the recipe has more than {MAXIMUM_DOCUMENT_BYTES} bytes; shorten it");
        return Err(Problem::new(ProblemKind::TooLarge, detail).at("recipe"));
    }
    Recipe::parse(recipe).map_err(|error| unprocessable(error.to_string(), "recipe"))
}

/// A version of the caller's own data set that can be read, and its files.
fn own_data(
    connection: &mut AnyConnection,
    caller: &Caller,
    reference: &ModelReference,
) -> Result<(Version, Vec<VersionFile>), Problem> {
    let dataset = find_visible_of_kind(connection, ArtifactKind::Dataset, caller.party.id, &reference.model)?;
    if dataset.owner != caller.party.id {
        let detail = format!("`{}` belongs to another party, whose rows only it may read; ask its owner", dataset.name);
        return Err(Problem::new(ProblemKind::Forbidden, detail).at("dataset"));
    }
    let found = artifacts::find_version(connection, reference)?;
    let (_, version) = found.ok_or_else(|| Problem::not_found("version"))?;
    require_in_use(connection, &version)?;
    Ok((version.clone(), artifacts::files_of(connection, version.id)?))
}

/// Refuses to make anything of what is not in use, or is held.
pub(super) fn require_in_use(connection: &mut AnyConnection, version: &Version) -> Result<(), Problem> {
    if version.status != VersionStatus::Registered {
        let detail = format!("version {} is {}; prepare one that is in use", version.number, version.status);
        return Err(Problem::new(ProblemKind::Conflict, detail).at("dataset"));
    }
    if let Some(hold) = holds::active_holds(connection, version.model)?.into_iter().next() {
        let detail = format!("the data set is held by {} ({}); wait until it is released", hold.authority, hold.reason);
        return Err(Problem::new(ProblemKind::Conflict, detail).at("dataset"));
    }
    Ok(())
}

/// The data file that is meant.
fn chosen<'f>(files: &'f [VersionFile], named: Option<&ArtifactPath>) -> Result<&'f VersionFile, Problem> {
    let data: Vec<&VersionFile> = files.iter().filter(|file| holds_rows(file.path.as_str())).collect();
    let paths = || data.iter().map(|file| file.path.as_str()).collect::<Vec<_>>().join(", ");
    match (named, data.as_slice()) {
        (Some(named), _) => data.iter().copied().find(|file| file.path == *named).ok_or_else(|| {
            unprocessable(format!("`{named}` is no data file of this version; name one of: {}", paths()), "file")
        }),
        (None, [only]) => Ok(only),
        (None, _) => {
            Err(unprocessable(format!("the version has several data files; name one of: {}", paths()), "file"))
        }
    }
}
