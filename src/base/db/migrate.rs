//! Tables brought up to date from migrations compiled into the program; twins share a name in both folders.

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

#[cfg(test)]
mod tests {
    use diesel::migration::MigrationSource;

    use super::*;

    #[test]
    fn twin_migrations_share_their_names() {
        let names = |names: Vec<String>| names;
        let sqlite: Vec<Box<dyn diesel::migration::Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations().unwrap();
        let postgres: Vec<Box<dyn diesel::migration::Migration<diesel::pg::Pg>>> = POSTGRES.migrations().unwrap();
        assert_eq!(
            names(sqlite.iter().map(|migration| migration.name().to_string()).collect()),
            names(postgres.iter().map(|migration| migration.name().to_string()).collect()),
        );
    }
}
