//! Starting a server: what is refused before anything is written.

use std::sync::Arc;

use chancery::app::{App, Config, OpenError, SystemClock, SystemEntropy};

fn open(config: &Config) -> Result<App, OpenError> {
    App::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))
}

#[test]
fn a_sqlite_file_serves_one_server_whatever_its_data_directory() {
    let folder = tempfile::tempdir().unwrap();
    let first = Config::in_directory(&folder.path().join("data"));
    let other = Config { data: folder.path().join("other"), ..first.clone() };
    let running = open(&first).unwrap();
    assert!(matches!(open(&other).err(), Some(OpenError::Locked { .. })));
    drop(running);
    open(&other).unwrap();
}

#[test]
fn a_name_that_logs_cannot_have_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let good = Config::in_directory(&folder.path().join("data"));
    let bad = Config { origin: Some("example.org?x=1".to_owned()), ..good.clone() };
    assert!(matches!(open(&bad).err(), Some(OpenError::Invalid(_))));
    assert!(!good.keys.join("origin").exists());
    open(&good).unwrap();
}
