//! Tables brought up to date from migrations compiled into the program; twins share a name in both folders.

use diesel::migration::{Migration, MigrationSource};
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

/// Names of the migrations that are missing.
pub(super) fn pending(connection: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| Error::Other(error.to_string());
    // Asking for what is pending would make the table that records it.
    let is_new = connection.run("SELECT 1 FROM __diesel_schema_migrations").is_err();
    Ok(match connection {
        AnyConnection::Postgres(_) if is_new => names::<diesel::pg::Pg>(&POSTGRES.migrations().map_err(failed)?),
        AnyConnection::Sqlite(_) if is_new => names::<diesel::sqlite::Sqlite>(&SQLITE.migrations().map_err(failed)?),
        AnyConnection::Postgres(inner) => names(&inner.pending_migrations(POSTGRES).map_err(failed)?),
        AnyConnection::Sqlite(inner) => names(&inner.pending_migrations(SQLITE).map_err(failed)?),
    })
}

fn names<B: diesel::backend::Backend>(migrations: &[Box<dyn Migration<B>>]) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twin_migrations_share_their_names() {
        let sqlite: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations().unwrap();
        let postgres: Vec<Box<dyn Migration<diesel::pg::Pg>>> = POSTGRES.migrations().unwrap();
        assert_eq!(names(&sqlite), names(&postgres));
    }
}
