//! Looking a registry over, before it is started or while it runs: each finding says what to do about it. Nothing is made,
//! moved or repaired.

mod authority;
mod host;
mod providers;
mod records;

use chancery_base::{db::Location, values::Localized};
use serde::Serialize;

use super::{Config, KEY_FILES};

/// How one check came out, better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Good,
    /// It works, and somebody should look at it.
    Notice,
    /// Calls or proofs fail, or will.
    Bad,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, as a word for programs: `data`, `keys`, `database`, …
    pub check: &'static str,
    /// How it came out.
    pub health: Health,
    /// What was found.
    pub detail: Localized,
    /// What to do about it.
    pub fix: Option<Localized>,
}

/// What was found so far.
#[derive(Default)]
struct Report(Vec<Finding>);

impl Report {
    fn good(&mut self, check: &'static str, en: impl Into<String>, zh: impl Into<String>) {
        self.0.push(Finding { check, health: Health::Good, detail: Localized::new(en, zh), fix: None });
    }

    fn ill(&mut self, check: &'static str, health: Health, detail: Localized, fix: Localized) {
        self.0.push(Finding { check, health, detail, fix: Some(fix) });
    }
}

/// Looks over the registry that `config` describes.
#[must_use]
pub fn examine(config: &Config) -> Vec<Finding> {
    let mut report = Report::default();
    providers::sign_in(config, &mut report);
    if !config.data.is_dir() {
        let shown = config.data.display();
        report.ill(
            "data",
            Health::Bad,
            Localized::new(format!("there is no folder `{shown}`"), format!("文件夹 `{shown}` 不存在")),
            Localized::new("name the folder that `serve` was given as --data", "请用 --data 指定 `serve` 所用的文件夹"),
        );
        return report.0;
    }
    host::running(config, &mut report);
    if is_new(config) {
        report.ill(
            "registry",
            Health::Notice,
            Localized::new("no registry was started here yet", "此处尚未启动过登记处"),
            Localized::new("start it with `chancery serve`", "请用 `chancery serve` 启动"),
        );
        return report.0;
    }
    host::privacy("data", &host::private_places(config), &mut report);
    host::room(config, &mut report);
    let has_keys = host::keys(config, &mut report);
    host::rules(config, &mut report);
    if let Some(database) = records::database(config, &mut report) {
        if has_keys {
            records::logs(config, &database, &mut report);
        }
        authority::examine(&database, &mut report);
        records::blobs(config, &database, &mut report);
    }
    report.0
}

/// Whether there is neither a key nor a database.
fn is_new(config: &Config) -> bool {
    let has_database = match &config.database {
        Location::Sqlite(file) => file.exists(),
        Location::Postgres(_) => true,
    };
    !has_database && KEY_FILES.iter().all(|name| !config.keys.join(name).exists())
}

/// What could not be looked at is not well.
fn unseen(check: &'static str, error: &dyn std::fmt::Display, report: &mut Report) {
    report.ill(
        check,
        Health::Bad,
        told(error),
        Localized::new("run `chancery doctor` as the server's user", "请以服务器用户身份运行 `chancery doctor`"),
    );
}

/// An error in its own words, which are English.
fn told(error: &dyn std::fmt::Display) -> Localized {
    Localized::new(error.to_string(), error.to_string())
}

/// The worst of what was found.
#[must_use]
pub fn worst(findings: &[Finding]) -> Health {
    findings.iter().map(|finding| finding.health).max().unwrap_or(Health::Good)
}
