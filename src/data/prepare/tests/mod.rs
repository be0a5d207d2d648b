//! Recipes run on data sets small enough to be read.

mod properties;
mod recipes;
mod runs;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Job, PrepareError, Recipe, Redacted, Redactor, Report, run, trace};
use crate::table::{MemorySource, Source};

/// What a run gave.
#[derive(Debug, PartialEq)]
struct Done {
    report: Report,
    outputs: BTreeMap<String, Vec<u8>>,
    trace: Vec<u8>,
}

impl Done {
    fn output(&self, name: &str) -> &str {
        std::str::from_utf8(&self.outputs[name]).unwrap()
    }

    fn all(&self) -> &str {
        self.output("all")
    }

    fn trace(&self) -> &str {
        std::str::from_utf8(&self.trace).unwrap()
    }

    fn count(&self, step: usize, reason: &str) -> u64 {
        self.report.steps[step - 1].counts.get(reason).copied().unwrap_or_default()
    }
}

/// Puts stars where `@` stands.
fn stars(text: &str) -> Redacted {
    let count = text.matches('@').count() as u64;
    let found = (count > 0).then(|| ("email".to_owned(), count));
    Redacted { text: text.replace('@', "*"), found: found.into_iter().collect() }
}

fn recipe(steps: &str) -> Recipe {
    Recipe::parse(&format!("version = 1\n{steps}")).unwrap()
}

fn run_on(recipe: &Recipe, source: &dyn Source) -> Result<Done, PrepareError> {
    let (mut outputs, mut lines) = (BTreeMap::new(), Vec::new());
    let mut redactor = stars;
    let redactor: &mut dyn Redactor = &mut redactor;
    let job = Job {
        source,
        outputs: &mut outputs,
        trace: &mut lines,
        redactor: recipe.redacts().then_some(redactor),
        watch: &mut |_| ControlFlow::Continue(()),
    };
    let report = run(recipe, job)?;
    // Whatever is tested: every row is accounted for.
    let counted = report.outputs.iter().map(|output| (output.name.clone(), output.profile.rows)).collect();
    trace::check(&lines[..], report.rows_in, &counted).unwrap();
    Ok(Done { report, outputs, trace: lines })
}

fn prepared(steps: &str, name: &str, data: &str) -> Done {
    run_on(&recipe(steps), &MemorySource::named(name, data.as_bytes().to_vec())).unwrap()
}

fn refused(steps: &str, name: &str, data: &str) -> String {
    run_on(&recipe(steps), &MemorySource::named(name, data.as_bytes().to_vec())).unwrap_err().to_string()
}
