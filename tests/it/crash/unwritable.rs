//! A log that cannot be written: no record, no answer, and no waiting for it either. Once it can be written, all goes on.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use chancery_base::db::{AnyConnection, Location};

use super::{
    audit::{Acknowledged, Auditor},
    registry::{CALLED, GROWING, Registry},
};
use crate::{
    client::Answer,
    database::{hold, numbers, only_on_postgres, only_on_sqlite},
    process::{Server, Site},
    required::skipped,
};

/// A request that cannot be recorded is refused within this.
const LONGEST_REFUSAL: Duration = Duration::from_secs(2);
/// How soon a server must work again once it can.
const RECOVERY: Duration = Duration::from_secs(30);
/// Callers that are refused at once.
const CALLERS: usize = 16;
/// Room of the small disk.
const DISK: &str = "size=24m";

#[test]
fn refuses_while_the_database_is_frozen_and_goes_on_afterwards() {
    let (registry, server) = Registry::open(Site::new());
    let holder = frozen(&registry.site, "log_leaves");
    refuses_everything(&registry, &server);
    drop(holder);
    recovers(&registry, &server);
    sound(&registry, &server);
}

#[test]
fn refuses_while_the_tables_that_are_read_are_frozen_on_postgres() {
    // SQLite's readers never wait.
    if !only_on_postgres() {
        return;
    }
    let (registry, server) = Registry::open(Site::new());
    let holder = frozen(&registry.site, "api_keys, versions, log_leaves");
    refuses_everything(&registry, &server);
    drop(holder);
    recovers(&registry, &server);
    sound(&registry, &server);
}

#[test]
fn waiting_for_the_caller_and_for_the_record_does_not_add_up_on_postgres() {
    if !only_on_postgres() {
        return;
    }
    let (registry, server) = Registry::open(Site::new());
    let (callers, _records) = (frozen(&registry.site, "api_keys"), frozen(&registry.site, "log_leaves"));
    thread::scope(|scope| {
        scope.spawn(|| refused(&registry.predict(server.address, "I love it", None).unwrap()));
        // The caller is found just before that would have been given up; then the record hangs.
        thread::sleep(Duration::from_millis(1_300));
        drop(callers);
    });
}

#[test]
fn refuses_while_the_server_hangs_and_goes_on_afterwards_on_postgres() {
    if !only_on_postgres() {
        return;
    }
    let (registry, server) = Registry::open(Site::new());
    // Callers are at work when it happens: wherever each of them is on its way, it comes back in time.
    let hanging = thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| served_until_refused(&registry, &server));
        }
        thread::sleep(Duration::from_millis(300));
        Hanging::behind(&registry.site)
    });
    refuses_everything(&registry, &server);
    drop(hanging);
    recovers(&registry, &server);
    sound(&registry, &server);
}

#[test]
fn refuses_once_the_database_file_is_gone_on_sqlite() {
    if !only_on_sqlite() {
        return;
    }
    let (registry, mut server) = Registry::open(Site::new());
    let (file, aside) = (registry.site.sqlite_file(), registry.site.data.join("aside"));
    fs::rename(file, &aside).unwrap();
    refuses_everything(&registry, &server);
    fs::rename(&aside, file).unwrap();
    recovers(&registry, &server);
    sound(&registry, &server);
    fs::remove_file(file).unwrap();
    refuses_everything(&registry, &server);
    assert!(!file.exists(), "a new, empty database stands where the old one was removed");
    assert!(server.is_running());
    quiet(&registry);
}

#[test]
fn refuses_while_the_disk_is_full_and_goes_on_afterwards_on_sqlite() {
    // Where PostgreSQL keeps its files is not the registry's concern.
    if !only_on_sqlite() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path()) else { return };
    let (registry, server) = Registry::open(Site::with_data_in(folder.path()));
    disk.fill();
    // Some records still fit into what the database had reserved; what is answered was written.
    let mut told = Acknowledged::default();
    let refusal = loop {
        let answer = registry.predict(server.address, "I love it", None).unwrap();
        if !answer.is_success() {
            break answer;
        }
        told.uses.push(answer.body);
        assert!(told.uses.len() < 5_000, "the disk is full and yet records are written");
    };
    refused(&refusal);
    refuses_everything(&registry, &server);
    disk.free();
    recovers(&registry, &server);
    Auditor::default().audit(&registry, &server, &told);
    quiet(&registry);
    println!("{} calls were recorded on the full disk before the first refusal", told.uses.len());
}

/// Keeps everybody else from these tables, on SQLite from writing at all, until it is dropped.
fn frozen(site: &Site, tables: &str) -> AnyConnection {
    match site.database {
        Location::Postgres(_) => hold(&site.database, &format!("BEGIN; LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")),
        Location::Sqlite(_) => hold(&site.database, "BEGIN EXCLUSIVE"),
    }
}

/// Many callers at once, an upload and a grant: each is refused in time, and none is served.
fn refuses_everything(registry: &Registry, server: &Server) {
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                refused(&registry.predict(server.address, "I love it", None).unwrap());
            });
        }
        scope.spawn(|| refused(&registry.push(server.address, CALLED, "refused").unwrap()));
        scope.spawn(|| refused(&registry.grant(server.address, GROWING).unwrap()));
    });
}

fn served_until_refused(registry: &Registry, server: &Server) {
    loop {
        let answer = registry.predict(server.address, "I love it", None).unwrap();
        if !answer.is_success() {
            return refused(&answer);
        }
    }
}

fn refused(answer: &Answer) {
    assert!([503, 507].contains(&answer.status), "{answer}");
    assert!(answer.took < LONGEST_REFUSAL, "refused only after {:?}: {answer}", answer.took);
}

/// The same process serves again.
fn recovers(registry: &Registry, server: &Server) {
    let began = Instant::now();
    loop {
        let answer = registry.predict(server.address, "I love it", None).unwrap();
        if answer.is_success() {
            break;
        }
        assert!(began.elapsed() < RECOVERY, "does not serve again: {answer}");
        thread::sleep(Duration::from_millis(50));
    }
    registry.push(server.address, GROWING, "afterwards").unwrap().ok();
}

fn sound(registry: &Registry, server: &Server) {
    Auditor::default().audit(registry, server, &Acknowledged::default());
    quiet(registry);
}

fn quiet(registry: &Registry) {
    let said = registry.site.said();
    assert!(!said.contains("panicked"), "{said}");
}

/// The processes of PostgreSQL that serve one site, stopped in the middle of whatever they do; they go on when dropped.
/// Connections stay open and nothing answers.
struct Hanging {
    processes: Vec<String>,
}

impl Hanging {
    fn behind(site: &Site) -> Self {
        let others = "SELECT CAST(pid AS BIGINT) AS number FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let hanging = Self { processes: numbers(&site.database, others).iter().map(i64::to_string).collect() };
        assert!(
            hanging.signal("-STOP"),
            "PostgreSQL must run on this machine, and this user must be allowed to stop it"
        );
        hanging
    }

    fn signal(&self, signal: &str) -> bool {
        Command::new("kill").arg(signal).args(&self.processes).status().unwrap().success()
    }
}

impl Drop for Hanging {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

/// A file system in memory that is soon full; unmounted when dropped.
struct SmallDisk<'a> {
    folder: &'a Path,
}

impl<'a> SmallDisk<'a> {
    /// `None` where mounting is not permitted; continuous integration must permit it.
    fn mount(folder: &'a Path) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(folder).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self { folder });
        }
        skipped("mounting a small disk wants root");
        None
    }

    fn ballast(&self) -> std::path::PathBuf {
        self.folder.join("ballast")
    }

    /// Writes until nothing more fits.
    fn fill(&self) {
        let mut file = File::create(self.ballast()).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        while file.write_all(&[0]).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // The server may still be ending; a lazy unmount waits for it.
        let _ = Command::new("umount").arg("--lazy").arg(self.folder).status();
    }
}
