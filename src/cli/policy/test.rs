//! `chancery policy test`: the worked examples that come with the rules, tried offline.

use std::path::{Path, PathBuf};

use chancery_domain::policy::{
    PolicyError, PolicySources,
    examples::{Examples, ExamplesReport},
};
use clap::Args;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    words::Words,
};

/// Which rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery policy test
  chancery policy test --dir ./policies")]
pub struct Arguments {
    /// Folder of rules, with their examples in `tests` below it [default: those built in]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Runs the examples; one that does not hold, or a restriction that no example shows, is a failure.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let refused = |error: PolicyError| CliError::failure(say!("policy-unusable", cause = error));
    let report = match &arguments.dir {
        Some(folder) => test_folder(folder),
        None => test_builtin(),
    };
    let report = report.map_err(refused)?;
    context.output.result(&report, |words| prose(&report, words))?;
    Ok(if report.is_complete() { Exit::Success } else { Exit::Failure })
}

fn test_folder(folder: &Path) -> Result<ExamplesReport, PolicyError> {
    Examples::read(&folder.join("tests"))?.run(&PolicySources::read(folder)?)
}

fn test_builtin() -> Result<ExamplesReport, PolicyError> {
    Examples::from_files(BUILTIN)?.run(&PolicySources::builtin())
}

/// The worked examples compiled in beside the rules they show.
const BUILTIN: [(&str, &str); 8] = [
    ("admission.toml", include_str!("../../../policies/tests/admission.toml")),
    ("base.toml", include_str!("../../../policies/tests/base.toml")),
    ("grant.toml", include_str!("../../../policies/tests/grant.toml")),
    ("licence.toml", include_str!("../../../policies/tests/licence.toml")),
    ("machinery.toml", include_str!("../../../policies/tests/machinery.toml")),
    ("privacy.toml", include_str!("../../../policies/tests/privacy.toml")),
    ("quota.toml", include_str!("../../../policies/tests/quota.toml")),
    ("statute.toml", include_str!("../../../policies/tests/statute.toml")),
];

fn prose(report: &ExamplesReport, words: &Words) -> String {
    let failed = report.failed.iter().map(|example| {
        let faults: String = example.faults.iter().map(|fault| format!("\n    {fault}")).collect();
        format!("  {}: {}{faults}\n", words.say(&say!("policy-example-failed")), example.name)
    });
    let unshown = report.unshown.iter().map(|rule| words.say(&say!("policy-rule-unshown", rule = rule)) + "\n");
    let (passed, all) = (report.passed.len(), report.passed.len() + report.failed.len());
    let total = words.say(&say!("policy-tested", passed = passed, all = all));
    failed.chain(unshown).chain([total]).collect()
}
