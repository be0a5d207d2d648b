//! A database looked over without changing it: tables that are not up to date, and what SQLite itself finds broken.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use super::{AnyConnection, Error, Location, migrate::Migrations};

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// Migrations that the next start will apply.
    pub pending: Vec<String>,
    /// What is broken, in the database's words.
    pub faults: Vec<String>,
}

#[derive(QueryableByName)]
struct Fault {
    #[diesel(sql_type = Text)]
    text: String,
}

/// What SQLite answers when nothing is broken.
const SOUND: &str = "ok";
const SQLITE_CHECKS: [&str; 2] = [
    "SELECT integrity_check AS text FROM pragma_integrity_check LIMIT 20",
    "SELECT DISTINCT 'a row of ' || \"table\" || ' refers to a row of ' || parent || ' that is not there' AS text \
     FROM pragma_foreign_key_check()",
];

/// Looks the database at `location` over. PostgreSQL checks its own pages.
///
/// # Errors
/// [`Error::Unavailable`] when it cannot be reached or, for SQLite, is not there; [`Error::Newer`]; those of reading.
pub fn examine(location: &Location) -> Result<Examined, Error> {
    let mut connection = location.connect_to_look()?;
    let pending = Migrations::of(&mut connection)?.known()?.pending;
    let mut faults = Vec::new();
    if matches!(connection, AnyConnection::Sqlite(_)) {
        for check in SQLITE_CHECKS {
            let found: Vec<Fault> = sql_query(check).load(&mut connection)?;
            faults.extend(found.into_iter().map(|fault| fault.text).filter(|text| text != SOUND));
        }
    }
    Ok(Examined { pending, faults })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Database;

    #[test]
    fn a_sound_database_is_sound_and_a_dangling_row_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("test.db"));
        assert!(matches!(examine(&location), Err(Error::Unavailable(_))));
        drop(Database::open(&location).unwrap());
        assert_eq!(examine(&location).unwrap(), Examined::default());
        let mut connection = location.connect().unwrap();
        connection.run("CREATE TABLE a (id TEXT PRIMARY KEY); CREATE TABLE b (a TEXT REFERENCES a (id))").unwrap();
        connection.run("PRAGMA foreign_keys = OFF; INSERT INTO b VALUES ('nobody')").unwrap();
        let faults = examine(&location).unwrap().faults;
        assert_eq!(faults, ["a row of b refers to a row of a that is not there"]);
    }
}
