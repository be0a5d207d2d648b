//! Looking a registry over, before it is started or while it runs: each finding says what to do about it. Nothing is made,
//! moved or repaired.

use std::{
    collections::BTreeSet,
    fs::{File, TryLockError},
    io,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
};

use chancery_base::{
    db::{self, Database, Examined, Location},
    logs::{self, LogIdentity, LogName, StoredSource, VerifyError, verify_log},
    store::{BlobName, LocalStore},
    values::Localized,
};
use chancery_domain::{artifacts, membership, policy::RuleSet};
use serde::Serialize;

use super::{
    CHALLENGE_KEY, Config, EXPORT_KEY, KEY_FILES, Keys, LOCK_FILE, Logs, OpenError, ROOT_KEY, SystemEntropy, open_logs,
};

/// Anything a group or others may do with a file or folder.
const OTHERS: u32 = 0o077;
/// Below this much room a large upload, and soon every act, will be refused.
const LEAST_ROOM: u64 = 2 << 30;

/// What to do about a database that is broken, in English and Chinese.
const RESTORE: (&str, &str) = (
    "stop the server, keep a copy of the database, and restore the last backup",
    "请停止服务器，保留数据库的副本，并恢复最近的备份",
);

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
    if is_new(config) {
        report.ill(
            "registry",
            Health::Notice,
            Localized::new("no registry was started here yet", "此处尚未启动过登记处"),
            Localized::new("start it with `chancery serve`", "请用 `chancery serve` 启动"),
        );
        return report.0;
    }
    privacy("data", &private_places(config), &mut report);
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

/// Whether there is neither a key nor a database.
fn is_new(config: &Config) -> bool {
    let has_database = match &config.database {
        Location::Sqlite(file) => file.exists(),
        Location::Postgres(_) => true,
    };
    !has_database && KEY_FILES.iter().all(|name| !config.keys.join(name).exists())
}

/// What nobody but the server's user may read: the data folder, and database and store where they lie elsewhere.
fn private_places(config: &Config) -> Vec<PathBuf> {
    let file = match &config.database {
        Location::Sqlite(file) => Some(file.clone()),
        Location::Postgres(_) => None,
    };
    let elsewhere = file.into_iter().chain([config.store.clone()]).filter(|place| !place.starts_with(&config.data));
    [config.data.clone()].into_iter().chain(elsewhere).collect()
}

fn running(config: &Config, report: &mut Report) {
    match File::open(config.data.join(LOCK_FILE)).map(|lock| lock.try_lock_shared()) {
        Ok(Err(TryLockError::WouldBlock)) => {
            report.good("server", "a server runs on this data folder", "有服务器正在使用此数据文件夹");
        }
        Ok(Ok(())) => report.good("server", "no server runs on this data folder", "没有服务器在使用此数据文件夹"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            report.good("server", "no server ran on this data folder yet", "尚无服务器使用过此数据文件夹");
        }
        Ok(Err(TryLockError::Error(error))) | Err(error) => unseen("server", &error, report),
    }
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

/// Whether only their owner may do anything with `paths`.
fn privacy(check: &'static str, paths: &[PathBuf], report: &mut Report) {
    for path in paths {
        let mode = match path.metadata() {
            Ok(found) => found.permissions().mode(),
            Err(error) => return unseen(check, &format!("cannot look at `{}`: {error}", path.display()), report),
        };
        if mode & OTHERS != 0 {
            let shown = path.display();
            report.ill(
                check,
                Health::Bad,
                Localized::new(format!("others may read `{shown}`"), format!("其他用户可读 `{shown}`")),
                Localized::new(format!("run `chmod go= {shown}`"), format!("请运行 `chmod go= {shown}`")),
            );
            return;
        }
    }
    report.good(check, "only the server's user reads it", "仅服务器用户可读");
}

fn room(config: &Config, report: &mut Report) {
    for (check, folder) in [("room", &config.data), ("store-room", &config.store)] {
        let found = match rustix::fs::statvfs(folder) {
            Ok(found) => found,
            Err(error) => {
                unseen(check, &format!("cannot look at `{}`: {error}", folder.display()), report);
                continue;
            }
        };
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
    if let Some(error) = files.iter().find_map(|file| file.try_exists().err()) {
        unseen("keys", &format!("cannot look into `{}`: {error}", config.keys.display()), report);
        return false;
    }
    let missing: Vec<_> =
        KEY_FILES.iter().zip(&files).filter(|(_, file)| !file.is_file()).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        let (names, shown) = (missing.join(", "), config.keys.display());
        report.ill(
            "keys",
            Health::Bad,
            Localized::new(format!("`{shown}` lacks {names}"), format!("`{shown}` 缺少 {names}")),
            Localized::new(
                "restore them from a copy, or name their folder with --keys; without the root key no model can be opened. If the \
                 first start was cut short and nothing was registered, start it again",
                "请从备份恢复，或用 --keys 指定其所在文件夹；没有根密钥则无法打开任何模型。如果首次启动中断且尚未登记任何内容，请重新启动",
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
        Err(error @ db::Error::Unavailable(_)) => {
            bad(report, told(&error), "check --database and that it runs", "请检查 --database 以及数据库是否在运行");
            return None;
        }
        Err(error) => {
            bad(report, told(&error), RESTORE.0, RESTORE.1);
            return None;
        }
    };
    if !faults.is_empty() {
        let found = faults.join("; ");
        bad(report, Localized::new(found.clone(), found), RESTORE.0, RESTORE.1);
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
    match Database::open_for_reading(&config.database) {
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
    let Logs { audit, liability } = match opened_keys(config, database) {
        Ok(logs) => logs,
        Err(error) => {
            report.ill(
                "root-key",
                Health::Bad,
                told(&error),
                Localized::new("restore the keys from a copy", "请从备份恢复密钥"),
            );
            return;
        }
    };
    report.good("root-key", "the keys are whole and open what is stored", "密钥完整，可打开已存储的内容");
    for identity in [audit, liability] {
        log(&identity, database, report);
    }
}

/// Reads every key; all files are there.
fn opened_keys(config: &Config, database: &Database) -> Result<Logs, OpenError> {
    let keys = Keys::open(&config.keys)?;
    keys.commitment_key(CHALLENGE_KEY, &SystemEntropy)?;
    keys.signing_key(EXPORT_KEY, &SystemEntropy)?;
    membership::opens_registry(database, &keys.root_key(ROOT_KEY, &SystemEntropy)?)?;
    open_logs(&keys, None, &SystemEntropy)
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
    match database.read(|connection| logs::checkpoint(connection, log)) {
        Ok(Some(_)) => {}
        Ok(None) => return report.good(check, "nothing was signed yet", "尚未签名任何内容"),
        Err(error) => return unseen(check, &error, report),
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
        Err(VerifyError::Source(error)) => unseen(check, &error, report),
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

/// The blobs that are stored, and those that the database names.
fn stored_and_named(
    config: &Config,
    database: &Database,
) -> Result<(BTreeSet<BlobName>, BTreeSet<BlobName>), Box<dyn std::error::Error>> {
    // The rows first: a file that comes in between is then one too many, not one that is missing.
    let named = || database.read(artifacts::blob_names).map(BTreeSet::from_iter);
    let before: BTreeSet<BlobName> = named()?;
    let stored: BTreeSet<BlobName> = LocalStore::names_in(&config.store)?.into_iter().collect();
    if !stored.is_empty() && !membership::has_registry(database)? {
        return Err("the store holds files, but this database is of no registry; check --database and --store".into());
    }
    // And once more: what a server has removed meanwhile is not missing.
    Ok((stored, before.intersection(&named()?).copied().collect()))
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
