//! Worked examples: facts, and the decision they must give. They are the rules' documentation, what `chancery policy test`
//! runs, and part of the test suite.
//!
//! A file holds `[[example]]` tables. Each starts from the facts of `base.toml` in the same directory (an ordinary use that
//! is allowed), changes some (`facts`), takes some away (`without`), and says what must come of it (`expect`). `rules` adds
//! Cedar text and `shadow` puts rules in shadow, for examples about the machinery itself.

use std::{collections::BTreeSet, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    decide::decide,
    decision::{Decision, Outcome, Reason},
    error::PolicyError,
    facts::Facts,
    rules::RuleSet,
    sources::PolicySources,
};

/// File with the facts that examples start from.
const BASE_FILE: &str = "base.toml";
/// Name under which an example's own rules join the set.
const OWN_FILE: &str = "example.cedar";

/// Examples of one directory.
#[derive(Debug, Clone)]
pub struct Examples {
    base: Value,
    examples: Vec<Example>,
}

/// One worked example.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: String,
    #[serde(default)]
    facts: Option<Value>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    rules: Option<String>,
    #[serde(default)]
    shadow: BTreeSet<String>,
    expect: Expectation,
}

/// What must come of an example; what is left out is not looked at, save that nothing may refuse an allowed use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    outcome: ExpectedOutcome,
    /// The rules that refuse, deciding one first, each once; all of them.
    #[serde(default)]
    rules: Vec<String>,
    /// Status of the deciding rule.
    status: Option<u16>,
    /// A piece of the deciding reason, in English.
    says: Option<String>,
    /// The clause of the deciding reason.
    clause: Option<String>,
    /// Names of everything the reasons are about.
    subjects: Option<Vec<String>>,
    /// Rules in shadow that would have refused.
    #[serde(default)]
    shadow: Vec<String>,
    /// Rules that imposed an obligation.
    #[serde(default)]
    obligations: Vec<String>,
    /// Rules that recorded a notice.
    #[serde(default)]
    notices: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ExpectedOutcome {
    Allowed,
    Refused,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExamplesFile {
    example: Vec<Example>,
}

/// What running the examples gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExamplesReport {
    /// Names of the examples that held.
    pub passed: Vec<String>,
    /// Those that did not, and why.
    pub failed: Vec<FailedExample>,
    /// Restrictions that decide in no example.
    pub unshown: Vec<String>,
}

impl ExamplesReport {
    /// Whether every example held and every restriction is shown.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.unshown.is_empty()
    }
}

/// An example that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedExample {
    /// Its name.
    pub name: String,
    /// Each thing that was not as expected.
    pub faults: Vec<String>,
}

impl Examples {
    /// Reads `base.toml` and every other `*.toml` of a directory.
    ///
    /// Errors when a file cannot be read or is not a file of examples.
    pub fn read(directory: &Path) -> Result<Self, PolicyError> {
        let unreadable = |path: &Path, cause: std::io::Error| PolicyError::Unreadable {
            path: path.display().to_string(),
            cause: cause.to_string(),
        };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(|cause| unreadable(directory, cause))? {
            let path = entry.map_err(|cause| unreadable(directory, cause))?.path();
            if path.extension().is_some_and(|found| found == "toml") {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                files.push((name, std::fs::read_to_string(&path).map_err(|cause| unreadable(&path, cause))?));
            }
        }
        files.sort();
        Self::from_files(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// Takes the texts of `base.toml` and of files of examples.
    ///
    /// Errors when one does not parse, or the base is missing.
    pub fn from_files<'text>(files: impl IntoIterator<Item = (&'text str, &'text str)>) -> Result<Self, PolicyError> {
        let syntax =
            |file: &str, cause: &dyn ToString| PolicyError::Syntax { file: file.to_owned(), cause: cause.to_string() };
        let (mut base, mut examples) = (None, Vec::new());
        for (name, text) in files {
            if name == BASE_FILE {
                base = Some(toml::from_str(text).map_err(|cause| syntax(name, &cause))?);
            } else {
                let file: ExamplesFile = toml::from_str(text).map_err(|cause| syntax(name, &cause))?;
                examples.extend(file.example);
            }
        }
        let base = base.ok_or_else(|| syntax(BASE_FILE, &"there is no such file; examples start from its facts"))?;
        Ok(Self { base, examples })
    }

    /// Runs every example against the rules of `sources`.
    ///
    /// Errors when the rules themselves cannot be activated.
    pub fn run(&self, sources: &PolicySources) -> Result<ExamplesReport, PolicyError> {
        let rules = RuleSet::from_sources(sources.clone())?;
        let mut report = ExamplesReport { passed: Vec::new(), failed: Vec::new(), unshown: Vec::new() };
        let mut shown = BTreeSet::new();
        for example in &self.examples {
            let faults = match self.decide(example, &rules, sources) {
                Ok(decision) => {
                    shown.extend(decision.deciding().map(|reason| reason.rule.clone()));
                    example.expect.faults(&decision)
                }
                Err(fault) => vec![fault],
            };
            if faults.is_empty() {
                report.passed.push(example.name.clone());
            } else {
                report.failed.push(FailedExample { name: example.name.clone(), faults });
            }
        }
        let restrictions = rules.restrictions().into_iter().map(|(rule, _)| rule.to_owned());
        report.unshown = restrictions.filter(|rule| !shown.contains(rule)).collect();
        Ok(report)
    }

    fn decide(&self, example: &Example, rules: &RuleSet, sources: &PolicySources) -> Result<Decision, String> {
        let facts = self.facts(example)?;
        if example.rules.is_none() && example.shadow.is_empty() {
            return Ok(decide(rules, &facts));
        }
        let mut sources = sources.clone().with_shadow(example.shadow.iter().cloned());
        sources.files.extend(example.rules.clone().map(|text| (OWN_FILE.to_owned(), text)));
        let rules = RuleSet::from_sources(sources).map_err(|fault| fault.to_string())?;
        Ok(decide(&rules, &facts))
    }

    fn facts(&self, example: &Example) -> Result<Facts, String> {
        let mut facts = self.base.clone();
        if let Some(changes) = &example.facts {
            merge(&mut facts, changes);
        }
        for path in &example.without {
            take_away(&mut facts, path)?;
        }
        serde_json::from_value(facts).map_err(|cause| format!("its facts cannot be read: {cause}"))
    }
}

/// Lays `changes` over `facts`: tables are merged, everything else replaced.
fn merge(facts: &mut Value, changes: &Value) {
    match (facts, changes) {
        (Value::Object(facts), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(facts.entry(name.clone()).or_insert(Value::Null), change);
            }
        }
        (facts, change) => *facts = change.clone(),
    }
}

/// Removes the fact at a dotted path, which must be there: a misspelt path would make an example show nothing.
fn take_away(facts: &mut Value, path: &str) -> Result<(), String> {
    let absent = || format!("there is no fact `{path}` to take away");
    let (table, name) = match path.rsplit_once('.') {
        Some((table, name)) => (facts.pointer_mut(&format!("/{}", table.replace('.', "/"))), name),
        None => (Some(facts), path),
    };
    let table = table.and_then(Value::as_object_mut).ok_or_else(absent)?;
    table.remove(name).map(drop).ok_or_else(absent)
}

fn distinct<'text>(names: impl Iterator<Item = &'text str>) -> Vec<&'text str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

impl Expectation {
    fn faults(&self, decision: &Decision) -> Vec<String> {
        let rules = |reasons: &'_ [Reason]| -> Vec<String> {
            distinct(reasons.iter().map(|reason| reason.rule.as_str())).into_iter().map(str::to_owned).collect()
        };
        let outcome = if decision.is_allowed() { ExpectedOutcome::Allowed } else { ExpectedOutcome::Refused };
        let (obligations, notices) = imposed(decision);
        let mut faults = Vec::new();
        let mut compare = |what: &str, expected: String, found: String| {
            if expected != found {
                faults.push(format!("{what}: expected {expected}, found {found}"));
            }
        };
        compare("outcome", format!("{:?}", self.outcome), format!("{outcome:?}"));
        compare("rules", format!("{:?}", self.rules), format!("{:?}", rules(&decision.reasons)));
        compare("shadow", format!("{:?}", self.shadow), format!("{:?}", rules(&decision.shadow)));
        compare("obligations", format!("{:?}", self.obligations), format!("{obligations:?}"));
        compare("notices", format!("{:?}", self.notices), format!("{notices:?}"));
        if let Some(subjects) = &self.subjects {
            let found: Vec<_> = decision.reasons.iter().map(|reason| &reason.subject.name).collect();
            compare("subjects", format!("{subjects:?}"), format!("{found:?}"));
        }
        let deciding = decision.deciding();
        if let Some(status) = self.status {
            compare(
                "status",
                format!("{status}"),
                deciding.map_or_else(String::new, |reason| reason.status.to_string()),
            );
        }
        if let Some(clause) = &self.clause {
            compare("clause", clause.clone(), deciding.map(|reason| reason.clause.clone()).unwrap_or_default());
        }
        if let Some(says) = &self.says {
            let said = deciding.map(|reason| reason.message.en.clone()).unwrap_or_default();
            if !said.contains(says.as_str()) {
                faults.push(format!("says: expected `{says}` in `{said}`"));
            }
        }
        faults
    }
}

/// Names of the rules that bound an allowed use: obligations, then notices.
fn imposed(decision: &Decision) -> (Vec<&str>, Vec<&str>) {
    match &decision.outcome {
        Outcome::Allowed { obligations, notices } => (
            distinct(obligations.iter().map(|obligation| obligation.rule.as_str())),
            distinct(notices.iter().map(|notice| notice.rule.as_str())),
        ),
        Outcome::Refused => (Vec::new(), Vec::new()),
    }
}
