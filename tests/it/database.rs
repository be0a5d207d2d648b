//! The database a test runs on: which kind, a new one, and a way in behind the server's back.

use chancery_base::db::{AnyConnection, Database, Location};
use diesel::{
    Connection, QueryableByName, RunQueryDsl, connection::SimpleConnection, pg::PgConnection, sql_query,
    sql_types::BigInt, sqlite::SqliteConnection,
};

use crate::{postgres, required::skipped};

/// Whether this run is on PostgreSQL.
pub fn on_postgres() -> bool {
    match std::env::var("CHANCERY_TEST_DATABASE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("CHANCERY_TEST_DATABASE is `{other}`; set it to sqlite or postgres"),
    }
}

/// Whether a test that says in its name what it is about is on the wrong database. `scripts/test` leaves such tests out.
pub fn only_on_postgres() -> bool {
    let is_there = on_postgres();
    if !is_there {
        skipped("only PostgreSQL can show this; set CHANCERY_TEST_DATABASE=postgres");
    }
    is_there
}

/// The same for SQLite.
pub fn only_on_sqlite() -> bool {
    let is_there = !on_postgres();
    if !is_there {
        skipped("only SQLite can show this; set CHANCERY_TEST_DATABASE=sqlite");
    }
    is_there
}

/// A database of a name of its own on the PostgreSQL of the tests.
pub fn new_postgres() -> Location {
    let server = std::env::var("CHANCERY_TEST_POSTGRES")
        .expect("CHANCERY_TEST_POSTGRES is not set; `scripts/test integration-postgres` sets it");
    let open = |url: &str| drop(Database::open(&Location::Postgres(url.to_owned())).unwrap());
    Location::Postgres(postgres::new_postgres(&server, open))
}

/// A PostgreSQL database without a table.
pub fn empty_postgres() -> Location {
    let location = new_postgres();
    drop(hold(&location, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"));
    location
}

/// A connection of the test's own; it waits for others.
pub fn connect(location: &Location) -> AnyConnection {
    match location {
        Location::Postgres(url) => AnyConnection::Postgres(PgConnection::establish(url).unwrap()),
        Location::Sqlite(path) => {
            let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            connection.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
            AnyConnection::Sqlite(connection)
        }
    }
}

/// Changes rows behind the server's back; each statement must find some.
pub fn alter(location: &Location, statements: &str) {
    let mut connection = connect(location);
    for statement in statements.split(';') {
        let changed = sql_query(statement).execute(&mut connection).unwrap();
        assert!(changed > 0, "`{statement}` changed nothing");
    }
}

/// What `query` selects as `number`.
pub fn numbers(location: &Location, query: &str) -> Vec<i64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let rows: Vec<Row> = sql_query(query).load(&mut connect(location)).unwrap();
    rows.iter().map(|row| row.number).collect()
}

/// A transaction of the test's own that keeps others waiting until it is dropped.
pub fn hold(location: &Location, statements: &str) -> AnyConnection {
    let mut connection = connect(location);
    connection.batch_execute(statements).unwrap();
    connection
}
