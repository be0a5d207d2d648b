//! A whole database as it was at one moment, copied while others write, and the way back into an empty one.
//!
//! SQLite writes a compact copy of itself in one read transaction (`VACUUM INTO`). Of PostgreSQL every table's rows are
//! written as JSON, one a line, all read in one REPEATABLE READ transaction (decision 13): no other program is needed, and
//! whoever takes the snapshot can ask the same moment further questions. What is written is durable when it is answered.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use super::{
    AnyConnection, Error, Location,
    migrate::{self, Migrations},
};

/// The copy of a SQLite database.
const SQLITE_FILE: &str = "registry.sqlite";
/// Ending of the files of rows, each named after its table.
const ROWS: &str = "jsonl";
/// Rows read from PostgreSQL at once.
const ROWS_AT_ONCE: usize = 500;
/// About how many bytes of rows are written to PostgreSQL at once.
const BYTES_AT_ONCE: usize = 1 << 20;
/// A long copy is at work even when nothing passes for a while.
const NEVER_IDLE: &str = "SET idle_in_transaction_session_timeout = 0";
/// The tables of a registry; the library records its migrations in one of its own.
const TABLES: &str = "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = current_schema() \
                      AND tablename <> '__diesel_schema_migrations' ORDER BY tablename";
const REFERENCES: &str = "SELECT DISTINCT holder.relname::text AS text, target.relname::text AS target \
                          FROM pg_constraint JOIN pg_class holder ON holder.oid = conrelid \
                          JOIN pg_class target ON target.oid = confrelid \
                          WHERE contype = 'f' AND conrelid <> confrelid \
                          AND connamespace = current_schema()::regnamespace";

/// What was copied.
pub struct Snapshot<T> {
    /// Versions of the migrations that made its tables.
    pub schema: Vec<String>,
    /// What was seen in it.
    pub seen: T,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    text: String,
    #[diesel(sql_type = Text)]
    target: String,
}

/// Writes the database as it is at one moment into `folder`, which is empty, and lets `look` see that same moment.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached or a file not be written; [`Error::Full`]; those of `look`.
pub fn snapshot<T, E: From<Error>>(
    location: &Location,
    folder: &Path,
    look: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<Snapshot<T>, E> {
    match location {
        Location::Sqlite(_) => {
            let copy = folder.join(SQLITE_FILE);
            copy_sqlite(location, &copy)?;
            let mut connection = Location::Sqlite(copy).connect_to_look()?;
            Ok(Snapshot { schema: schema(&mut connection)?, seen: look(&mut connection)? })
        }
        Location::Postgres(_) => {
            let mut connection = location.connect()?;
            connection.run(NEVER_IDLE)?;
            connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")?;
            let schema = schema(&mut connection)?;
            for table in lines(&mut connection, TABLES)? {
                write_rows(&mut connection, &table, &folder.join(&table).with_added_extension(ROWS))?;
            }
            sync_folder(folder)?;
            Ok(Snapshot { schema, seen: look(&mut connection)? })
        }
    }
}

/// Whether nothing is there yet: no file, no table.
///
/// # Errors
/// [`Error::Unavailable`] when it cannot be reached.
pub fn is_empty(location: &Location) -> Result<bool, Error> {
    match location {
        Location::Sqlite(file) => Ok(!file.exists()),
        Location::Postgres(_) => Ok(lines(&mut location.connect_to_look()?, TABLES)?.is_empty()),
    }
}

/// Puts the snapshot in `folder`, whose tables are those of `schema`, into the empty database at `location`, and brings it up
/// to date.
///
/// # Errors
/// [`Error::Newer`] before anything is written; [`Error::Corrupt`] when a file is not what [`snapshot`] writes; those of
/// reading, writing and migrating, after which the database is to be emptied again.
pub fn restore(location: &Location, folder: &Path, schema: &[String]) -> Result<(), Error> {
    migrate::require_known(location, schema)?;
    match location {
        Location::Sqlite(file) => {
            put_sqlite(&folder.join(SQLITE_FILE), file).map_err(unwritable)?;
        }
        Location::Postgres(_) => {
            migrate::bring_to(location, schema)?;
            read_all_rows(location, folder)?;
        }
    }
    migrate::bring_up_to_date(location).map(drop)
}

fn schema(connection: &mut AnyConnection) -> Result<Vec<String>, Error> {
    Ok(Migrations::of(connection)?.known()?.applied)
}

fn lines(connection: &mut AnyConnection, query: &str) -> Result<Vec<String>, Error> {
    let lines: Vec<Line> = sql_query(query).load(connection)?;
    Ok(lines.into_iter().map(|line| line.text).collect())
}

fn copy_sqlite(location: &Location, copy: &Path) -> Result<(), Error> {
    // SQLite would make a new, empty database to copy.
    drop(location.connect_to_look()?);
    let mut connection = location.connect()?;
    sql_query("VACUUM INTO ?").bind::<Text, _>(copy.to_string_lossy()).execute(&mut connection)?;
    File::open(copy).and_then(|file| file.sync_all()).map_err(unwritable)?;
    copy.parent().map_or(Ok(()), sync_folder)
}

/// The database appears whole or not at all.
fn put_sqlite(copy: &Path, file: &Path) -> io::Result<()> {
    let draft = file.with_added_extension("restoring");
    fs::copy(copy, &draft)?;
    File::open(&draft)?.sync_all()?;
    fs::rename(&draft, file)?;
    file.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

fn write_rows(connection: &mut AnyConnection, table: &str, file: &Path) -> Result<(), Error> {
    let file = File::create_new(file).map_err(unwritable)?;
    let mut out = BufWriter::new(file);
    connection
        .run(&format!("DECLARE rows NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS text FROM \"{table}\" t"))?;
    loop {
        let rows = lines(connection, &format!("FETCH {ROWS_AT_ONCE} FROM rows"))?;
        if rows.is_empty() {
            break;
        }
        rows.iter().try_for_each(|row| writeln!(out, "{row}")).map_err(unwritable)?;
    }
    connection.run("CLOSE rows")?;
    let file = out.into_inner().map_err(|error| unwritable(error.into_error()))?;
    file.sync_all().map_err(unwritable)
}

/// Fills all tables in one transaction, those first that others refer to. What migrations put there gives way: the snapshot holds it.
fn read_all_rows(location: &Location, folder: &Path) -> Result<(), Error> {
    let mut connection = location.connect()?;
    connection.run(NEVER_IDLE)?;
    let mut files = row_files(folder)?;
    connection.run("BEGIN")?;
    let tables = by_reference(&mut connection)?;
    connection.run(&format!("TRUNCATE \"{}\"", tables.join("\", \"")))?;
    for table in tables {
        if let Some(position) = files.iter().position(|(name, _)| *name == table) {
            let (_, file) = files.swap_remove(position);
            read_rows(&mut connection, &table, &file)?;
        }
    }
    match files.first() {
        Some((table, _)) => Err(Error::Corrupt(format!("rows of a table `{table}`, which there is not"))),
        None => connection.run("COMMIT"),
    }
}

/// The files of rows, by their tables.
fn row_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == ROWS)
            && let Some(table) = path.file_stem().and_then(|stem| stem.to_str())
        {
            files.push((table.to_owned(), path.clone()));
        }
    }
    Ok(files)
}

/// All tables, each after those it refers to.
fn by_reference(connection: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let mut waiting = lines(connection, TABLES)?;
    let references: Vec<Reference> = sql_query(REFERENCES).load(connection)?;
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let is_free = |table: &String| {
            !references.iter().any(|reference| reference.text == *table && waiting.contains(&reference.target))
        };
        let (free, rest): (Vec<_>, Vec<_>) = waiting.iter().cloned().partition(is_free);
        if free.is_empty() {
            return Err(Error::Other(format!("tables refer to each other: {}", waiting.join(", "))));
        }
        ordered.extend(free);
        waiting = rest;
    }
    Ok(ordered)
}

fn read_rows(connection: &mut AnyConnection, table: &str, file: &Path) -> Result<(), Error> {
    let lines = BufReader::new(File::open(file).map_err(unreadable)?).lines();
    let mut batch = String::new();
    for line in lines {
        batch.push_str(if batch.is_empty() { "[" } else { "," });
        batch.push_str(&line.map_err(unreadable)?);
        if batch.len() >= BYTES_AT_ONCE {
            insert(connection, table, std::mem::take(&mut batch))?;
        }
    }
    if batch.is_empty() { Ok(()) } else { insert(connection, table, batch) }
}

/// Writes rows that stand in a JSON array whose end is still missing.
fn insert(connection: &mut AnyConnection, table: &str, rows: String) -> Result<(), Error> {
    let statement =
        format!("INSERT INTO \"{table}\" SELECT * FROM json_populate_recordset(NULL::\"{table}\", $1::json)");
    sql_query(statement).bind::<Text, _>(rows + "]").execute(connection)?;
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(unwritable)
}

fn unwritable(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full,
        _ => Error::Unavailable(format!("a copy cannot be written: {error}")),
    }
}

fn unreadable(error: io::Error) -> Error {
    Error::Unavailable(format!("a copy cannot be read: {error}"))
}
