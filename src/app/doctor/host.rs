//! What a registry stands on: its folders and who may read them, room on the disks, keys, policies.

use std::{
    fs::{File, TryLockError},
    io,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
};

use chancery_base::{db::Location, values::Localized};
use chancery_domain::policy::RuleSet;

use super::{Health, Report, told, unseen};
use crate::app::{Config, KEY_FILES, LOCK_FILE};

/// Anything a group or others may do with a file or folder.
const OTHERS: u32 = 0o077;
/// Below this much room a large upload, and soon every act, will be refused.
const LEAST_ROOM: u64 = 2 << 30;

pub(super) fn running(config: &Config, report: &mut Report) {
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

/// What nobody but the server's user may read: the data folder, and database and store where they lie elsewhere.
pub(super) fn private_places(config: &Config) -> Vec<PathBuf> {
    let file = match &config.database {
        Location::Sqlite(file) => Some(file.clone()),
        Location::Postgres(_) => None,
    };
    let elsewhere = file.into_iter().chain([config.store.clone()]).filter(|place| !place.starts_with(&config.data));
    [config.data.clone()].into_iter().chain(elsewhere).collect()
}

/// Whether only their owner may do anything with `paths`.
pub(super) fn privacy(check: &'static str, paths: &[PathBuf], report: &mut Report) {
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

pub(super) fn room(config: &Config, report: &mut Report) {
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
pub(super) fn keys(config: &Config, report: &mut Report) -> bool {
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

pub(super) fn rules(config: &Config, report: &mut Report) {
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
