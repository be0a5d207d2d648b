//! Tables brought up to date from migrations compiled into the program; twins share a name in both folders.
//!
//! Tables that a newer version of the program has changed are refused: what it means by them is not known here.

use std::collections::BTreeSet;

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

/// Applies the migrations that are missing; answers their names.
///
/// # Errors
/// [`Error::Unavailable`] when the location cannot be reached or written; [`Error::Newer`]; [`Error::Other`] when a migration
/// fails.
pub fn bring_up_to_date(location: &Location) -> Result<Vec<String>, Error> {
    apply(location, |_| true)
}

/// Applies those of the missing migrations that `versions` names, so that rows can be put where they came from.
pub(super) fn bring_to(location: &Location, versions: &[String]) -> Result<(), Error> {
    apply(location, |version| versions.iter().any(|wanted| wanted == version)).map(drop)
}

fn apply(location: &Location, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<String>, Error> {
    let mut connection = location.connect_patiently()?;
    if matches!(connection, AnyConnection::Postgres(_)) {
        connection.run(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
    }
    Migrations::of(&mut connection)?.known()?;
    let applied = match &mut connection {
        AnyConnection::Postgres(inner) => run(inner, POSTGRES, is_wanted),
        AnyConnection::Sqlite(inner) => run(inner, SQLITE, is_wanted),
    };
    applied.map_err(|error| Error::Other(format!("migration failed: {error}")))
}

fn run<B: Backend>(
    connection: &mut impl MigrationHarness<B>,
    source: EmbeddedMigrations,
    is_wanted: impl Fn(&str) -> bool,
) -> diesel::migration::Result<Vec<String>>
where
    EmbeddedMigrations: MigrationSource<B>,
{
    let missing = connection.pending_migrations(source)?;
    let wanted: Vec<_> =
        missing.iter().filter(|migration| is_wanted(&migration.name().version().to_string())).collect();
    for migration in &wanted {
        connection.run_migration(*migration)?;
    }
    Ok(wanted.iter().map(|migration| migration.name().to_string()).collect())
}

/// Names of the migrations that [`bring_up_to_date`] would apply; nothing is changed.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached or, for SQLite, is not there; [`Error::Newer`].
pub fn pending_migrations(location: &Location) -> Result<Vec<String>, Error> {
    Ok(Migrations::of(&mut location.connect_to_look()?)?.known()?.pending)
}

/// How the tables of a database stand to the migrations of this program.
pub(super) struct Migrations {
    /// Versions of those that were applied.
    pub applied: Vec<String>,
    /// Names of those that are missing.
    pub pending: Vec<String>,
    /// Versions of those that were applied and are not known here.
    unknown: Vec<String>,
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

impl Migrations {
    /// Looks into a database. The library's own question for what is missing would make the table that records it.
    pub(super) fn of(connection: &mut AnyConnection) -> Result<Self, Error> {
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
            applied = sql_query("SELECT version FROM __diesel_schema_migrations ORDER BY version").load(connection)?;
        }
        let known = match connection {
            AnyConnection::Postgres(_) => names::<diesel::pg::Pg>(&POSTGRES)?,
            AnyConnection::Sqlite(_) => names::<diesel::sqlite::Sqlite>(&SQLITE)?,
        };
        Ok(Self::compare(applied.into_iter().map(|applied| applied.version).collect(), &known))
    }

    /// Compares what was applied with what is known.
    fn compare(applied: Vec<String>, known: &[Name]) -> Self {
        let is_applied: BTreeSet<_> = applied.iter().collect();
        let pending =
            known.iter().filter(|name| !is_applied.contains(&name.version)).map(|name| name.shown.clone()).collect();
        let is_known: BTreeSet<_> = known.iter().map(|name| &name.version).collect();
        let unknown = applied.iter().filter(|version| !is_known.contains(version)).cloned().collect();
        Self { pending, unknown, applied }
    }

    /// Hands itself on unless a newer program was here.
    pub(super) fn known(self) -> Result<Self, Error> {
        if self.unknown.is_empty() { Ok(self) } else { Err(Error::Newer { unknown: self.unknown }) }
    }
}

/// Refuses versions of migrations, for a database like that at `location`, of which this program does not know every one.
///
/// # Errors
/// [`Error::Newer`].
pub fn require_known(location: &Location, versions: &[String]) -> Result<(), Error> {
    let known = match location {
        Location::Postgres(_) => names::<diesel::pg::Pg>(&POSTGRES)?,
        Location::Sqlite(_) => names::<diesel::sqlite::Sqlite>(&SQLITE)?,
    };
    Migrations::compare(versions.to_vec(), &known).known().map(drop)
}

/// A migration's version, and its whole name.
struct Name {
    version: String,
    shown: String,
}

fn names<B: Backend>(source: &impl MigrationSource<B>) -> Result<Vec<Name>, Error> {
    let migrations: Vec<Box<dyn Migration<B>>> =
        source.migrations().map_err(|error| Error::Other(error.to_string()))?;
    let names = migrations.iter().map(|migration| migration.name());
    Ok(names.map(|name| Name { version: name.version().to_string(), shown: name.to_string() }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(names: Vec<Name>) -> Vec<String> {
        names.into_iter().map(|name| name.shown).collect()
    }

    #[test]
    fn twin_migrations_share_their_names() {
        let sqlite = shown(names::<diesel::sqlite::Sqlite>(&SQLITE).unwrap());
        assert_eq!(sqlite, shown(names::<diesel::pg::Pg>(&POSTGRES).unwrap()));
    }

    #[test]
    fn tables_are_brought_up_to_date_once_and_those_of_a_newer_program_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("test.db"));
        assert!(matches!(pending_migrations(&location), Err(Error::Unavailable(_))));
        let all = bring_up_to_date(&location).unwrap();
        assert_eq!(all, shown(names::<diesel::sqlite::Sqlite>(&SQLITE).unwrap()));
        assert_eq!(pending_migrations(&location).unwrap(), Vec::<String>::new());
        assert_eq!(bring_up_to_date(&location).unwrap(), Vec::<String>::new());
        let mut connection = location.connect().unwrap();
        connection.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000001')").unwrap();
        let refused = |error: Error| error.to_string().contains("99990101000001");
        assert!(bring_up_to_date(&location).is_err_and(refused));
        assert!(pending_migrations(&location).is_err_and(refused));
    }
}
