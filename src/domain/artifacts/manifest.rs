//! The manifest: what an owner signs about one version of a model or data set. An in-toto Statement v1 whose subjects are the files
//! and whose predicate, of our own type, repeats them with sizes beside the name and the passport, or the datasheet of a data set.
//!
//! The same code builds it for the client and reads it for the server. The papers are carried as they are; reading them is not
//! this module's work. `docs/formats.md` shows one.

use chancery_base::{
    crypto::{JsonError, Statement, StatementError, Subject},
    problem::{Problem, ProblemKind},
    values::{ArtifactKind, ArtifactPath, ByteCount, Invalid, ModelName, PathSet, Sha256Digest},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Most files in one version; the largest published models have some hundreds.
pub const MAX_FILES: usize = 2_048;

/// Longest file, in bytes: far beyond any published weights, and well within what a column and a cipher can count.
pub const MAX_FILE_BYTES: u64 = 1 << 42;

/// What an owner says about one version of a model or data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    // INVARIANT: at least one file, at most MAX_FILES, no two paths alike but for case.
    kind: ArtifactKind,
    name: ModelName,
    files: Vec<ManifestFile>,
    papers: Map<String, Value>,
}

/// One file as announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Its path in the artifact.
    pub path: ArtifactPath,
    /// Length in bytes.
    pub size: ByteCount,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Digest,
}

/// Why a statement is not a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// A statement of something else.
    #[error(
        "the predicate type is `{found}` where `{}` or `{}` is expected; sign a manifest",
        Manifest::OF_MODEL,
        Manifest::OF_DATASET
    )]
    OtherPredicate {
        /// The predicate's type.
        found: String,
    },
    /// The predicate cannot be read, or the statement cannot be written.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The statement around it is not right.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A path that is the same as another one but for case.
    #[error("{0}; rename the file")]
    Path(#[from] Invalid),
    /// None or too many.
    #[error("{count} files where 1 to {MAX_FILES} are allowed; split or complete the artifact")]
    FileCount {
        /// Files given.
        count: usize,
    },
    /// A file longer than any may be.
    #[error("`{path}` has {size} where at most {} are allowed; split it", ByteCount(MAX_FILE_BYTES))]
    FileTooLarge {
        /// The file.
        path: ArtifactPath,
        /// Its length.
        size: ByteCount,
    },
    /// Two files of one digest with different lengths, which cannot be.
    #[error("`{path}` shares its digest with a file of another size; announce it again from its bytes")]
    SizeContradiction {
        /// The second file.
        path: ArtifactPath,
    },
    /// The two lists of files in a statement differ.
    #[error(
        "subject {number} is `{subject}`, which the predicate does not list there; list the same files in the same order"
    )]
    SubjectsDiffer {
        /// Position, counted from one.
        number: usize,
        /// Name of the subject.
        subject: String,
    },
}

impl From<ManifestError> for Problem {
    fn from(error: ManifestError) -> Self {
        let kind = match error {
            ManifestError::FileCount { .. } | ManifestError::FileTooLarge { .. } => ProblemKind::TooLarge,
            _ => ProblemKind::BadRequest,
        };
        Self::new(kind, error.to_string())
    }
}

impl Manifest {
    /// Says that the predicate is about a model and carries its passport.
    pub const OF_MODEL: &'static str = "https://chancery.dev/passport/v1";
    /// Says that the predicate is about a data set and carries its datasheet.
    pub const OF_DATASET: &'static str = "https://chancery.dev/datasheet/v1";

    /// Puts a manifest together; `papers` is the JSON form of the passport or datasheet.
    ///
    /// Errors: [`ManifestError::FileCount`], [`ManifestError::Path`], [`ManifestError::FileTooLarge`],
    /// [`ManifestError::SizeContradiction`].
    pub fn new(
        kind: ArtifactKind,
        name: ModelName,
        files: Vec<ManifestFile>,
        papers: Map<String, Value>,
    ) -> Result<Self, ManifestError> {
        if !(1..=MAX_FILES).contains(&files.len()) {
            return Err(ManifestError::FileCount { count: files.len() });
        }
        let mut paths = PathSet::default();
        files.iter().try_for_each(|file| paths.insert(&file.path))?;
        if let Some(large) = files.iter().find(|file| file.size.0 > MAX_FILE_BYTES) {
            return Err(ManifestError::FileTooLarge { path: large.path.clone(), size: large.size });
        }
        refuse_contradictions(&files)?;
        Ok(Self { kind, name, files, papers })
    }

    /// The statement to sign.
    ///
    /// Errors: [`ManifestError::Json`] for papers that have no JSON form.
    pub fn to_statement(&self) -> Result<Statement, ManifestError> {
        let subject = |file: &ManifestFile| Subject { name: file.path.to_string(), digest: file.sha256 };
        let (name, files, papers) = (self.name.clone(), self.files.clone(), self.papers.clone());
        let (predicate_type, view) = match self.kind {
            ArtifactKind::Model => {
                (Self::OF_MODEL, serde_json::to_value(ModelPredicateView { model: name, files, passport: papers }))
            }
            ArtifactKind::Dataset => (
                Self::OF_DATASET,
                serde_json::to_value(DatasetPredicateView { dataset: name, files, datasheet: papers }),
            ),
        };
        let Ok(Value::Object(predicate)) = view else {
            return Err(JsonError::Malformed { reason: "the predicate has no JSON form".to_owned() }.into());
        };
        Ok(Statement::new(self.files.iter().map(subject).collect(), predicate_type, predicate)?)
    }

    /// Reads the manifest in a statement; who signed the statement is for the caller to know.
    ///
    /// Errors: each of [`ManifestError`].
    pub fn parse(statement: &Statement) -> Result<Self, ManifestError> {
        let (kind, name, files, papers) = match statement.predicate_type() {
            Self::OF_MODEL => {
                let ModelPredicateView { model, files, passport } = predicate(statement)?;
                (ArtifactKind::Model, model, files, passport)
            }
            Self::OF_DATASET => {
                let DatasetPredicateView { dataset, files, datasheet } = predicate(statement)?;
                (ArtifactKind::Dataset, dataset, files, datasheet)
            }
            other => return Err(ManifestError::OtherPredicate { found: other.to_owned() }),
        };
        refuse_other_subjects(statement.subjects(), &files)?;
        Self::new(kind, name, files, papers)
    }

    /// Whether it is about a model or a data set.
    #[must_use]
    pub const fn kind(&self) -> ArtifactKind {
        self.kind
    }

    /// The model or data set this is to become a version of.
    #[must_use]
    pub const fn name(&self) -> &ModelName {
        &self.name
    }

    /// The files, in the order given.
    #[must_use]
    pub fn files(&self) -> &[ManifestFile] {
        &self.files
    }

    /// The JSON form of the passport or datasheet.
    #[must_use]
    pub const fn papers(&self) -> &Map<String, Value> {
        &self.papers
    }

    /// The file with this digest; where several share it, the first.
    #[must_use]
    pub fn file_by_digest(&self, sha256: &Sha256Digest) -> Option<&ManifestFile> {
        self.files.iter().find(|file| file.sha256 == *sha256)
    }
}

/// One digest means the same bytes, so an upload by digest must have one size.
fn refuse_contradictions(files: &[ManifestFile]) -> Result<(), ManifestError> {
    let mut sizes = std::collections::BTreeMap::new();
    let contradicting = files.iter().find(|file| *sizes.entry(file.sha256).or_insert(file.size) != file.size);
    contradicting.map_or(Ok(()), |file| Err(ManifestError::SizeContradiction { path: file.path.clone() }))
}

/// Other people's tools look at the subjects only, so they must say what the predicate says.
fn refuse_other_subjects(subjects: &[Subject], files: &[ManifestFile]) -> Result<(), ManifestError> {
    let agree = |(subject, file): (&Subject, &ManifestFile)| {
        subject.name == file.path.as_str() && subject.digest == file.sha256
    };
    let agreeing = subjects.iter().zip(files).take_while(|(subject, file)| agree((subject, file))).count();
    if agreeing == subjects.len() && agreeing == files.len() {
        return Ok(());
    }
    let subject = subjects.get(agreeing).map_or_else(|| "missing".to_owned(), |subject| subject.name.clone());
    Err(ManifestError::SubjectsDiffer { number: agreeing + 1, subject })
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelPredicateView {
    model: ModelName,
    files: Vec<ManifestFile>,
    passport: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatasetPredicateView {
    dataset: ModelName,
    files: Vec<ManifestFile>,
    datasheet: Map<String, Value>,
}

fn predicate<T: for<'de> Deserialize<'de>>(statement: &Statement) -> Result<T, ManifestError> {
    let read = serde_json::from_value(Value::Object(statement.predicate().clone()));
    Ok(read.map_err(|error| JsonError::Malformed { reason: error.to_string() })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, size: u64, content: &str) -> ManifestFile {
        ManifestFile {
            path: path.parse().unwrap(),
            size: ByteCount(size),
            sha256: Sha256Digest::of(content.as_bytes()),
        }
    }

    fn manifest(files: Vec<ManifestFile>) -> Result<Manifest, ManifestError> {
        let passport = Map::from_iter([("passport".to_owned(), Value::from(1))]);
        Manifest::new(ArtifactKind::Model, "acme/minilm".parse().unwrap(), files, passport)
    }

    /// The statement of a good manifest after `change` was made to its text.
    fn parse_changed(from: &str, to: &str) -> Result<Manifest, ManifestError> {
        let good = manifest(vec![file("config.json", 1, "a"), file("model.safetensors", 2, "b")]).unwrap();
        let text = String::from_utf8(good.to_statement().unwrap().to_canonical_json().unwrap()).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        Manifest::parse(&Statement::parse(text.replacen(from, to, 1).as_bytes())?)
    }

    #[test]
    fn is_read_as_it_was_written() {
        let read = parse_changed("a", "a").unwrap();
        assert_eq!(read.name().to_string(), "acme/minilm");
        assert_eq!(read.files(), [file("config.json", 1, "a"), file("model.safetensors", 2, "b")]);
        assert_eq!(read.papers().get("passport"), Some(&Value::from(1)));
    }

    #[test]
    fn subjects_and_predicate_must_agree() {
        let (a, c) = (Sha256Digest::of(b"a").to_string(), Sha256Digest::of(b"c").to_string());
        assert!(matches!(parse_changed(&a, &c), Err(ManifestError::SubjectsDiffer { number: 1, .. })));
        let renamed = parse_changed("\"path\":\"model", "\"path\":\"medel");
        assert!(matches!(renamed, Err(ManifestError::SubjectsDiffer { number: 2, .. })), "{renamed:?}");
    }

    #[test]
    fn unsafe_and_colliding_paths_are_refused() {
        for path in ["../config.json", "a\\u0000b", "/config.json", ".git/config"] {
            let refused = parse_changed("\"path\":\"config.json", &format!("\"path\":\"{path}"));
            assert!(matches!(refused, Err(ManifestError::Json(_))), "{path}: {refused:?}");
        }
        let collision = manifest(vec![file("Config.json", 1, "a"), file("config.json", 1, "a")]);
        assert!(matches!(collision, Err(ManifestError::Path(_))));
    }

    #[test]
    fn a_data_set_is_announced_with_its_datasheet() {
        let datasheet = Map::from_iter([("datasheet".to_owned(), Value::from(1))]);
        let name = "acme/reviews".parse().unwrap();
        let manifest = Manifest::new(ArtifactKind::Dataset, name, vec![file("a.csv", 1, "a")], datasheet).unwrap();
        let statement = manifest.to_statement().unwrap();
        assert_eq!(statement.predicate_type(), Manifest::OF_DATASET);
        assert_eq!(Manifest::parse(&statement).unwrap(), manifest);
        let text = String::from_utf8(statement.to_canonical_json().unwrap()).unwrap();
        let forged = text.replace(Manifest::OF_DATASET, Manifest::OF_MODEL);
        assert!(Manifest::parse(&Statement::parse(forged.as_bytes()).unwrap()).is_err());
    }

    #[test]
    fn other_predicates_and_fields_are_refused() {
        let other = parse_changed(Manifest::OF_MODEL, "https://slsa.dev/provenance/v1");
        assert!(matches!(other, Err(ManifestError::OtherPredicate { .. })));
        assert!(matches!(parse_changed("\"size\":1", "\"size\":-1"), Err(ManifestError::Json(_))));
        assert!(matches!(parse_changed("\"size\":1", "\"size\":1,\"mode\":7"), Err(ManifestError::Json(_))));
        assert_eq!(manifest(Vec::new()), Err(ManifestError::FileCount { count: 0 }));
        let contradiction = manifest(vec![file("a", 1, "x"), file("b", 2, "x")]);
        assert!(matches!(contradiction, Err(ManifestError::SizeContradiction { .. })));
    }
}
