//! Places for the databases of one test: SQLite in a temporary folder, and PostgreSQL. The same test runs on both.

use crate::{
    db::{Database, Location},
    postgres::new_postgres,
    required::required,
};

/// A database of a test's own.
pub struct Place {
    pub location: Location,
    pub folder: tempfile::TempDir,
}

impl Place {
    pub fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { location: Location::Sqlite(folder.path().join("test.db")), folder }
    }

    fn on_postgres(server: &str) -> Self {
        let migrate = |url: &str| drop(Database::open(&Location::Postgres(url.to_owned())).unwrap());
        Self { location: Location::Postgres(new_postgres(server, migrate)), folder: tempfile::tempdir().unwrap() }
    }

    pub fn open(&self) -> Database {
        Database::open(&self.location).unwrap()
    }
}

/// Runs a test on either kind of database.
pub fn on_each_database(test: impl Fn(&Place)) {
    test(&Place::on_sqlite());
    if let Some(server) = required("CHANCERY_TEST_POSTGRES") {
        test(&Place::on_postgres(&server));
    }
}

#[cfg(test)]
mod tests {
    use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

    use super::*;

    /// The number is that of the lock under which migrations run.
    const MIGRATION_LOCK: i64 = 0x4348_414e_0001;

    #[test]
    fn a_server_that_starts_waits_for_one_that_migrates() {
        on_each_database(|place| {
            let Location::Postgres(url) = &place.location else { return };
            let mut other = PgConnection::establish(url).unwrap();
            sql_query(format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).execute(&mut other).unwrap();
            std::thread::scope(|scope| {
                let opened = scope.spawn(|| Database::open(&place.location));
                // Longer than any other lock is waited for.
                std::thread::sleep(std::time::Duration::from_millis(2_000));
                assert!(!opened.is_finished());
                drop(other);
                opened.join().unwrap().unwrap();
            });
        });
    }

    #[test]
    fn a_transaction_that_went_idle_lets_go_of_its_locks() {
        on_each_database(|place| {
            let Location::Postgres(_) = &place.location else { return };
            let database = place.open();
            let idle: Result<(), _> = database.act(|tx| {
                tx.lock_exclusively(7)?;
                std::thread::sleep(std::time::Duration::from_millis(3_500));
                Ok(tx.lock_exclusively(8)?)
            });
            assert_eq!(idle.unwrap_err().kind, crate::problem::ProblemKind::LogUnavailable);
            database.act(|tx| Ok(tx.lock_exclusively(7)?)).unwrap();
        });
    }
}
