//! A log that cannot be written: no record, no answer, and no waiting for it either. Once it can be written, all goes on.

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection, connection::SimpleConnection, pg::PgConnection};

use super::{
    audit::{Acknowledged, Auditor},
    registry::{CALLED, GROWING, Registry},
};
use crate::process::{Answer, Server, Site};

/// A request that cannot be recorded is refused within two seconds; the rest is for a busy machine.
const LONGEST_REFUSAL: Duration = Duration::from_millis(2_500);
/// How soon a server must work again once it can.
const RECOVERY: Duration = Duration::from_secs(30);
/// Callers that are refused at once.
const CALLERS: usize = 16;
/// Room of the small disk.
const DISK: &str = "size=24m";

#[test]
fn refuses_while_the_database_is_frozen_and_goes_on_afterwards() {
    let (registry, server) = Registry::open(Site::new());
    frozen(&registry.site, || refuses_everything(&registry, &server));
    recovers(&registry, &server);
    sound(&registry, &server);
}

#[test]
fn refuses_while_the_tables_that_are_read_are_frozen() {
    let (registry, server) = Registry::open(Site::new());
    // SQLite's readers never wait.
    let Some(url) = registry.site.postgres() else { return };
    let mut holder = PgConnection::establish(url).unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE api_keys, versions, log_leaves IN ACCESS EXCLUSIVE MODE").unwrap();
    refuses_everything(&registry, &server);
    drop(holder);
    recovers(&registry, &server);
    sound(&registry, &server);
}

#[test]
fn waiting_for_the_caller_and_for_the_record_does_not_add_up() {
    let (registry, server) = Registry::open(Site::new());
    let Some(url) = registry.site.postgres() else { return };
    let hold = |table: &str| {
        let mut holder = PgConnection::establish(url).unwrap();
        holder.batch_execute(&format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")).unwrap();
        holder
    };
    let (callers, _records) = (hold("api_keys"), hold("log_leaves"));
    thread::scope(|scope| {
        scope.spawn(|| refused(&registry.predict(&server.client(&registry.caller), "I love it", None).unwrap()));
        // The caller is found just before that would have been given up; then the record hangs.
        thread::sleep(Duration::from_millis(1_300));
        drop(callers);
    });
}

#[test]
fn refuses_while_the_database_server_hangs_and_goes_on_afterwards() {
    let (registry, server) = Registry::open(Site::new());
    if registry.site.postgres().is_none() {
        return;
    }
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
fn refuses_once_the_database_file_is_gone() {
    let (registry, mut server) = Registry::open(Site::new());
    if registry.site.postgres().is_some() {
        return;
    }
    let (file, aside) = (registry.site.sqlite_file(), registry.site.data.join("aside"));
    fs::rename(&file, &aside).unwrap();
    refuses_everything(&registry, &server);
    fs::rename(&aside, &file).unwrap();
    recovers(&registry, &server);
    sound(&registry, &server);
    fs::remove_file(&file).unwrap();
    refuses_everything(&registry, &server);
    assert!(!file.exists(), "a new, empty database stands where the old one was removed");
    assert!(server.is_running());
    quiet(&registry);
}

#[test]
fn refuses_while_the_disk_is_full_and_goes_on_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path()) else { return };
    let (registry, server) = Registry::open(Site::with_data_in(folder.path()));
    disk.fill();
    let caller = server.client(&registry.caller);
    // Some records still fit into what the database had reserved; what is answered was written.
    let mut told = Acknowledged::default();
    let refusal = loop {
        let answer = registry.predict(&caller, "I love it", None).unwrap();
        if !answer.is_success() {
            break answer;
        }
        told.uses.push(answer.json());
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

/// Runs `act` while nobody else can write to the logs.
fn frozen(site: &Site, act: impl FnOnce()) {
    match site.postgres() {
        Some(url) => {
            let mut holder = PgConnection::establish(url).unwrap();
            holder.batch_execute("BEGIN; LOCK TABLE log_leaves IN ACCESS EXCLUSIVE MODE").unwrap();
            act();
        }
        None => {
            let mut holder = site.sqlite();
            holder.batch_execute("BEGIN EXCLUSIVE").unwrap();
            act();
        }
    }
}

/// Many callers at once, an upload and a grant: each is refused in time, and none is served.
fn refuses_everything(registry: &Registry, server: &Server) {
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                refused(&registry.predict(&server.client(&registry.caller), "I love it", None).unwrap());
            });
        }
        scope.spawn(|| refused(&registry.push(&server.door, CALLED, "refused").unwrap()));
        scope.spawn(|| refused(&registry.grant(&server.door, GROWING).unwrap()));
    });
}

fn served_until_refused(registry: &Registry, server: &Server) {
    let client = server.client(&registry.caller);
    loop {
        let answer = registry.predict(&client, "I love it", None).unwrap();
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
        let answer = registry.predict(&server.client(&registry.caller), "I love it", None).unwrap();
        if answer.is_success() {
            break;
        }
        assert!(began.elapsed() < RECOVERY, "does not serve again: {answer}");
        thread::sleep(Duration::from_millis(50));
    }
    registry.push(&server.door, GROWING, "afterwards").unwrap().ok();
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
        let hanging = Self { processes: site.numbers(others).iter().map(i64::to_string).collect() };
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
        assert!(env::var_os("CI").is_none(), "mounting a small disk wants root");
        println!("SKIPPED: mounting a small disk wants root");
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
