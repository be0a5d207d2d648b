//! A PostgreSQL database of a test's own, on the server that `scripts/test` starts.
//!
//! Each is copied from a template that holds the tables already: creating them anew takes twice as long as all the rest, and
//! keeps the disk so busy that acts of the tests beside it miss their deadline.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use diesel::{Connection, QueryableByName, RunQueryDsl, pg::PgConnection, sql_query, sql_types::BigInt};

/// Held while the template is made, so that of many tests that start at once one makes it. The number is arbitrary.
const TEMPLATE_LOCK: i64 = 0x7465_6d70;

/// The address of a new database on `server`, given as `postgres://user@host:port`. `migrate` creates the tables in the one
/// database it is given, and leaves no connection to it open.
pub fn new_postgres(server: &str, migrate: impl FnOnce(&str)) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut connection = PgConnection::establish(&format!("{server}/postgres")).unwrap();
    let template = template(&mut connection, server, migrate);
    // Processes come and go, and their numbers come back.
    let nanoseconds = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let name = format!("test_{nanoseconds}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    run(&mut connection, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
    format!("{server}/{name}")
}

/// The name of the template of these very migrations; made where it is missing.
fn template(connection: &mut PgConnection, server: &str, migrate: impl FnOnce(&str)) -> String {
    let name = format!("template_{:016x}", digest_of_migrations());
    run(connection, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"));
    if !exists(connection, &name) {
        // Under its name only once it is whole: whoever makes it may be ended half-way.
        let half = format!("half_{name}");
        run(connection, &format!("DROP DATABASE IF EXISTS {half}"));
        run(connection, &format!("CREATE DATABASE {half}"));
        migrate(&format!("{server}/{half}"));
        run(connection, &format!("ALTER DATABASE {half} RENAME TO {name}"));
    }
    run(connection, &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})"));
    name
}

fn run(connection: &mut PgConnection, statement: &str) {
    sql_query(statement).execute(connection).unwrap();
}

fn exists(connection: &mut PgConnection, name: &str) -> bool {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let query = format!("SELECT count(*) AS number FROM pg_database WHERE datname = '{name}'");
    sql_query(query).get_result::<Row>(connection).unwrap().number > 0
}

fn digest_of_migrations() -> u64 {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let folder = folders.map(|folder| folder.join("migrations/postgres")).find(|folder| folder.is_dir()).unwrap();
    let migrations = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts: BTreeMap<_, _> =
        migrations.map(|path| (path.clone(), fs::read_to_string(path.join("up.sql")).unwrap())).collect();
    let mut hasher = DefaultHasher::new();
    texts.values().for_each(|text| text.hash(&mut hasher));
    hasher.finish()
}
