//! Looking a registry over, before it is started or while it runs: each finding says what to do about it. Nothing is made,
//! moved or repaired.

use std::{collections::BTreeSet, fs::File, io, os::unix::fs::PermissionsExt, path::PathBuf};

use chancery_base::{
    db::{self, Database, Examined, Location},
    logs::{LogIdentity, LogName, StoredSource, VerifyError, verify_log},
    store::{BlobName, BlobStore, LocalStore},
    values::Localized,
};
use chancery_domain::{artifacts, membership, policy::RuleSet};
use serde::Serialize;

use super::{Config, KEY_FILES, Keys, LOCK_FILE, Logs, OpenError, SystemEntropy, open_logs};

/// Anything a group or others may do with a file or folder.
const OTHERS: u32 = 0o077;
/// Below this much room a large upload, and soon every act, will be refused.
const LEAST_ROOM: u64 = 2 << 30;

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
    running(config, &mut report);
    privacy("data", std::slice::from_ref(&config.data), &mut report);
    room(config, &mut report);
    let has_keys = keys(config, &mut report);
    rules(config, &mut report);
    if let Some(database) = database(config, &mut report) {
        if has_keys {
            logs(config, &database, &mut report);
        }
        blobs(config, &database, &mut report);
    }
    report.0
}

fn running(config: &Config, report: &mut Report) {
    let is_held = File::open(config.data.join(LOCK_FILE)).is_ok_and(|lock| lock.try_lock_shared().is_err());
    if is_held {
        report.good("server", "a server runs on this data", "有服务器正在使用这些数据");
    } else {
        report.good("server", "no server runs on this data", "没有服务器在使用这些数据");
    }
}

/// Whether only their owner may do anything with `paths`.
fn privacy(check: &'static str, paths: &[PathBuf], report: &mut Report) {
    let is_open = |path: &&PathBuf| path.metadata().is_ok_and(|found| found.permissions().mode() & OTHERS != 0);
    match paths.iter().find(is_open) {
        None => report.good(check, "only the server's user reads it", "仅服务器用户可读"),
        Some(path) => {
            let shown = path.display();
            report.ill(
                check,
                Health::Bad,
                Localized::new(format!("others may read `{shown}`"), format!("其他用户可读 `{shown}`")),
                Localized::new(format!("run `chmod go= {shown}`"), format!("请运行 `chmod go= {shown}`")),
            );
        }
    }
}

fn room(config: &Config, report: &mut Report) {
    for (check, folder) in [("room", &config.data), ("store-room", &config.store)] {
        let Ok(found) = rustix::fs::statvfs(folder) else { continue };
        let left = found.f_bavail.saturating_mul(found.f_frsize);
        let gigabytes = left >> 30;
        if left >= LEAST_ROOM {
            report.good(check, format!("{gigabytes} GiB are free"), format!("剩余 {gigabytes} GiB"));
        } else {
            report.ill(
                check,
                Health::Bad,
                Localized::new(
                    format!("less than {} GiB are free at `{}`", LEAST_ROOM >> 30, folder.display()),
                    format!("`{}` 剩余空间不足 {} GiB", folder.display(), LEAST_ROOM >> 30),
                ),
                Localized::new(
                    "make room: when the disk is full, nothing can be recorded, so every call is refused",
                    "请腾出空间：磁盘写满后无法记录，所有调用都会被拒绝",
                ),
            );
        }
    }
}

/// Whether all keys are there.
fn keys(config: &Config, report: &mut Report) -> bool {
    let files: Vec<PathBuf> = KEY_FILES.iter().map(|name| config.keys.join(name)).collect();
    let missing: Vec<_> =
        KEY_FILES.iter().zip(&files).filter(|(_, file)| !file.is_file()).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        let (names, shown) = (missing.join(", "), config.keys.display());
        report.ill(
            "keys",
            Health::Bad,
            Localized::new(format!("`{shown}` lacks {names}"), format!("`{shown}` 缺少 {names}")),
            Localized::new(
                "restore them from a copy, or name their folder with --keys; without the root key no model can be opened",
                "请从备份恢复，或用 --keys 指定其所在文件夹；没有根密钥则无法打开任何模型",
            ),
        );
        return false;
    }
    privacy("keys", &[vec![config.keys.clone()], files].concat(), report);
    if config.keys.starts_with(&config.data) {
        report.ill(
            "keys-place",
            Health::Notice,
            Localized::new("the keys lie in the data folder", "密钥位于数据文件夹内"),
            Localized::new(
                "keep them elsewhere with --keys: who copies the data would get what opens it",
                "请用 --keys 另行存放：否则复制数据者也会得到打开数据的密钥",
            ),
        );
    }
    true
}

fn rules(config: &Config, report: &mut Report) {
    let loaded = config.policies.as_deref().map_or_else(RuleSet::builtin, RuleSet::load);
    match loaded {
        Ok(rules) => {
            let digest = rules.digest();
            report.good("policies", format!("rules {digest} load"), format!("规则 {digest} 可加载"));
        }
        Err(error) => report.ill(
            "policies",
            Health::Bad,
            told(&error),
            Localized::new(
                "correct the file; `chancery policy test` shows where",
                "请改正该文件；`chancery policy test` 会指出位置",
            ),
        ),
    }
}

/// The database, where it can be looked into.
fn database(config: &Config, report: &mut Report) -> Option<Database> {
    let bad = |report: &mut Report, detail, en: &str, zh: &str| {
        report.ill("database", Health::Bad, detail, Localized::new(en, zh));
    };
    let Examined { pending, faults } = match db::examine(&config.database) {
        Ok(examined) => examined,
        Err(error) => {
            bad(report, told(&error), "check --database and that it runs", "请检查 --database 以及数据库是否在运行");
            return None;
        }
    };
    if !faults.is_empty() {
        let found = faults.join("; ");
        bad(
            report,
            Localized::new(found.clone(), found),
            "stop the server, keep a copy of the file, and restore the last backup",
            "请停止服务器，保留该文件的副本，并恢复最近的备份",
        );
        return None;
    }
    if !pending.is_empty() {
        let names = pending.join(", ");
        report.ill(
            "database",
            Health::Notice,
            Localized::new(format!("tables are not up to date: {names}"), format!("数据表不是最新：{names}")),
            Localized::new("start this version of `chancery serve` on it", "请用此版本的 `chancery serve` 启动"),
        );
        return None;
    }
    match Database::open(&config.database) {
        Ok(database) => {
            let kind = match &config.database {
                Location::Sqlite(_) => "SQLite",
                Location::Postgres(_) => "PostgreSQL",
            };
            report.good("database", format!("{kind}, up to date and sound"), format!("{kind}，最新且完好"));
            Some(database)
        }
        Err(error) => {
            bad(report, told(&error), "check --database and that it runs", "请检查 --database 以及数据库是否在运行");
            None
        }
    }
}

fn logs(config: &Config, database: &Database, report: &mut Report) {
    let opened = Keys::open(&config.keys).map_err(OpenError::from);
    match opened.and_then(|keys| open_logs(&keys, None, &SystemEntropy)) {
        Ok(Logs { audit, liability }) => {
            for identity in [audit, liability] {
                log(&identity, database, report);
            }
        }
        Err(error) => report.ill(
            "logs",
            Health::Bad,
            told(&error),
            Localized::new("restore the keys from a copy", "请从备份恢复密钥"),
        ),
    }
}

/// One log, entry by entry, and against what was signed last.
fn log(identity: &LogIdentity, database: &Database, report: &mut Report) {
    let log = identity.log();
    let check = match log {
        LogName::Audit => "audit-log",
        LogName::Liability => "liability-log",
    };
    if let Err(error) = identity.check(database) {
        report.ill(
            check,
            Health::Bad,
            told(&error),
            Localized::new(
                "do not start it as it is; bring back the newest copy of the database, and tell those who hold checkpoints",
                "请勿就此启动；请恢复最新的数据库副本，并告知持有检查点的各方",
            ),
        );
        return;
    }
    match verify_log(&StoredSource { database: database.clone(), log }, &[identity.verifier()]) {
        Ok(signed) => {
            let size = signed.checkpoint().size;
            report.good(
                check,
                format!("{size} entries lead to the signed root"),
                format!("{size} 条记录与已签名的根一致"),
            );
        }
        Err(VerifyError::Source(_)) => report.good(check, "nothing was signed yet", "尚未签名任何内容"),
        Err(error) => report.ill(
            check,
            Health::Bad,
            told(&error),
            Localized::new(
                "the stored log was altered; restore the database and compare with an auditor's export",
                "存储的日志已被更改；请恢复数据库，并与审计方的导出进行比对",
            ),
        ),
    }
}

/// Whether the sealed files are those that the database names.
fn blobs(config: &Config, database: &Database, report: &mut Report) {
    let found = stored_and_named(config, database);
    let (stored, named) = match found {
        Ok(found) => found,
        Err(error) => {
            report.ill(
                "store",
                Health::Bad,
                told(&error),
                Localized::new("check --store and that it can be read", "请检查 --store 及其是否可读"),
            );
            return;
        }
    };
    let missing = named.difference(&stored).count();
    let orphans = stored.difference(&named).count();
    if missing > 0 {
        report.ill(
            "store",
            Health::Bad,
            Localized::new(format!("{missing} sealed files are missing"), format!("缺少 {missing} 个密封文件")),
            Localized::new(
                "restore them from a copy; `chancery verify MODEL` names those of a model, and pushing it again brings them back",
                "请从备份恢复；`chancery verify MODEL` 会列出某模型缺失的文件，重新推送即可恢复",
            ),
        );
    } else {
        let count = named.len();
        report.good(
            "store",
            format!("all {count} sealed files are there, {orphans} more wait for their row or to be removed"),
            format!("{count} 个密封文件齐全，另有 {orphans} 个等待登记或清除"),
        );
    }
}

fn stored_and_named(
    config: &Config,
    database: &Database,
) -> Result<(BTreeSet<BlobName>, BTreeSet<BlobName>), Box<dyn std::error::Error>> {
    if !membership::has_registry(database)? {
        return Ok(<_>::default());
    }
    if !config.store.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no folder `{}`", config.store.display()),
        )
        .into());
    }
    // The rows first: a file that comes in between is then one too many, not one that is missing.
    let named = database.read(artifacts::blob_names)?.into_iter().collect();
    Ok((LocalStore::open(&config.store)?.names()?.into_iter().collect(), named))
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
