//! Tables brought up to date from migrations compiled into the program; twins share a name in both folders.

use std::collections::HashSet;

use diesel::{
    QueryableByName, RunQueryDsl,
    backend::Backend,
    migration::{Migration, MigrationSource},
    sql_query,
    sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{AnyConnection, Error, Location};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Held while migrating, so that two processes starting together do not both try. The number is ours and arbitrary.
const MIGRATION_LOCK: i64 = 0x4348_414e_0001;

/// Applies the migrations that are missing.
pub(super) fn run(location: &Location) -> Result<(), Error> {
    let mut connection = location.connect_patiently()?;
    if matches!(connection, AnyConnection::Postgres(_)) {
        connection.run(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
    }
    let applied = match &mut connection {
        AnyConnection::Postgres(inner) => inner.run_pending_migrations(POSTGRES).map(|_| ()),
        AnyConnection::Sqlite(inner) => inner.run_pending_migrations(SQLITE).map(|_| ()),
    };
    applied.map_err(|error| Error::Other(format!("migration failed: {error}")))
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Names of the migrations that are missing. The library's own question for them would make the table that records them.
pub(super) fn pending(connection: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| Error::Other(error.to_string());
    let table = match connection {
        AnyConnection::Postgres(_) => {
            "SELECT tablename::text AS version FROM pg_tables WHERE tablename = '__diesel_schema_migrations'"
        }
        AnyConnection::Sqlite(_) => {
            "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
        }
    };
    let mut applied: Vec<Applied> = sql_query(table).load(connection)?;
    if !applied.is_empty() {
        applied = sql_query("SELECT version FROM __diesel_schema_migrations").load(connection)?;
    }
    let applied: HashSet<String> = applied.into_iter().map(|applied| applied.version).collect();
    Ok(match connection {
        AnyConnection::Postgres(_) => missing::<diesel::pg::Pg>(&POSTGRES.migrations().map_err(failed)?, &applied),
        AnyConnection::Sqlite(_) => missing::<diesel::sqlite::Sqlite>(&SQLITE.migrations().map_err(failed)?, &applied),
    })
}

fn missing<B: Backend>(migrations: &[Box<dyn Migration<B>>], applied: &HashSet<String>) -> Vec<String> {
    let names = migrations.iter().map(|migration| migration.name());
    names.filter(|name| !applied.contains(&name.version().to_string())).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twin_migrations_share_their_names() {
        let sqlite: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations().unwrap();
        let postgres: Vec<Box<dyn Migration<diesel::pg::Pg>>> = POSTGRES.migrations().unwrap();
        assert_eq!(missing(&sqlite, &HashSet::new()), missing(&postgres, &HashSet::new()));
    }
}
