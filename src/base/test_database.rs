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
