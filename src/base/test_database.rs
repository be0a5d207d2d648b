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
    use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

    use super::*;
    use crate::db::{AnyConnection, Error, Snapshot, is_empty, restore, snapshot};

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

    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        text: String,
    }

    /// What `query` selects as `text`.
    fn texts(connection: &mut AnyConnection, query: &str) -> Result<Vec<String>, Error> {
        let lines: Vec<Line> = sql_query(query).load(connection)?;
        Ok(lines.into_iter().map(|line| line.text).collect())
    }

    /// An empty database of the same kind.
    fn emptied(place: &Place) -> Location {
        let Location::Postgres(url) = &place.location else {
            return Location::Sqlite(place.folder.path().join("restored.db"));
        };
        let mut connection = PgConnection::establish(url).unwrap();
        for statement in ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"] {
            sql_query(statement).execute(&mut connection).unwrap();
        }
        place.location.clone()
    }

    #[test]
    fn what_is_restored_is_what_was_there_at_one_moment() {
        on_each_database(|place| {
            let database = place.open();
            let insert = |id: &str, title: &str| {
                let row = format!("INSERT INTO parties VALUES ('{id}', '{id}', '{title}', 9007199254740993)");
                database.act(move |tx| Ok(sql_query(row).execute(&mut **tx).map(drop).map_err(Error::from)?)).unwrap();
            };
            insert("a", "one \"two\"\n\\three, 雪");
            insert("b", "");
            let copy = place.folder.path().join("copy");
            std::fs::create_dir(&copy).unwrap();
            let titles = "SELECT title AS text FROM parties ORDER BY id";
            let taken = snapshot(&place.location, &copy, |connection| {
                insert("c", "too late");
                texts(connection, titles)
            });
            let Snapshot { schema, seen } = taken.unwrap();
            assert_eq!(seen, ["one \"two\"\n\\three, 雪", ""]);
            assert!(!is_empty(&place.location).unwrap());
            drop(database);
            let target = emptied(place);
            assert!(is_empty(&target).unwrap());
            let newer = restore(&target, &copy, &[schema.clone(), vec!["99990101000001".to_owned()]].concat());
            assert!(matches!(newer, Err(Error::Newer { .. })) && is_empty(&target).unwrap());
            restore(&target, &copy, &schema).unwrap();
            let restored = Database::open(&target).unwrap();
            let read = |query| restored.read(|connection| texts(connection, query)).unwrap();
            assert_eq!(read(titles), seen);
            assert_eq!(read("SELECT CAST(created_at AS TEXT) AS text FROM parties"), ["9007199254740993"; 2]);
        });
    }
}
