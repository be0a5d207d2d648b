//! What a registry holds: its database, its logs against what was signed, its sealed files.

use std::collections::BTreeSet;

use chancery_base::{
    crypto::RootKeys,
    db::{self, Database, Examined, Location},
    logs::{self, LogError, LogIdentity, LogName, StoredSource, VerifyError, verify_log},
    store::{BlobName, LocalStore},
    values::Localized,
};
use chancery_domain::{artifacts, membership};

use super::{Health, Report, told, unseen};
use crate::app::{CHALLENGE_KEY, Config, EXPORT_KEY, Keys, Logs, OpenError, SystemEntropy, open_logs};

/// What to do about a database that is broken, in English and Chinese.
const RESTORE: (&str, &str) = (
    "stop the server, keep a copy of the database, and restore the last backup",
    "请停止服务器，保留数据库的副本，并恢复最近的备份",
);

/// The database, where it can be looked into.
pub(super) fn database(config: &Config, report: &mut Report) -> Option<Database> {
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

pub(super) fn logs(config: &Config, database: &Database, report: &mut Report) {
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
    membership::opens_registry(database, &RootKeys::open(Box::new(keys.clone()))?)?;
    open_logs(&keys, None, &SystemEntropy)
}

/// One log, entry by entry, and against what was signed last.
fn log(identity: &LogIdentity, database: &Database, report: &mut Report) {
    let log = identity.log();
    let check = match log {
        LogName::Audit => "audit-log",
        LogName::Liability => "liability-log",
    };
    if let Err(LogError::RolledBack { published, stored, .. }) = identity.check(database) {
        report.ill(
            check,
            Health::Bad,
            Localized::new(
                format!("the database does not continue what was signed: {published} entries were signed, it has {stored}"),
                format!("数据库没有延续已签名的内容：已签名 {published} 条，数据库中有 {stored} 条"),
            ),
            Localized::new(
                "restore the newest backup; if what is missing is lost for good, go on under another name with `chancery restore \
                 --accept-loss`, and tell those who hold checkpoints",
                "请恢复最新的备份；如果所缺内容已无法找回，请用 `chancery restore --accept-loss` 以新名称继续，并告知持有检查点的各方",
            ),
        );
        return;
    }
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
pub(super) fn blobs(config: &Config, database: &Database, report: &mut Report) {
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
            format!(
                "all {count} sealed files are there, {orphans} more wait for their row or to be removed; what is in them `chancery verify` \
                 checks, model by model"
            ),
            format!("{count} 个密封文件齐全，另有 {orphans} 个等待登记或清除；文件内容由 `chancery verify` 逐个模型检查"),
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
