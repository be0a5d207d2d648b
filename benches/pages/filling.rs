//! Filling a registry: one thing of each kind comes about as it does in earnest; then its rows are repeated under new names and times
//! while no server runs. The entries of the log are sequenced by the server itself, so that its tree is a true one.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use chancery_base::problem::Problem;
use chancery_domain::membership::{self, NewPerson};
use chancery_engine::{TrainingConfig, TrainingSet, train_classifier};
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::registry::Registry;

pub const EMAIL: &str = "ada@acme.example";
pub const PASSWORD: &str = "ledger walnut copper tram";

/// From one entry of the log, or decision, to the next: ten million make a year.
const STEP_MS: u64 = 3_000;
const MODEL: &str = "acme/model-00000000";
const SEQUENCED: &str = "SELECT size AS number FROM log_state WHERE log = 'audit'";

/// How much a registry holds.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub models: u64,
    pub decisions: u64,
    pub leaves: u64,
}

pub struct Filled {
    pub registry: Registry,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

impl Filled {
    pub fn with(size: Size) -> Self {
        let started = Instant::now();
        let registry = Registry::open();
        live(&registry);
        let registry = registry.reopened(|database| Rows::open(database).repeat_all(size));
        let filled = Self { registry };
        while filled.sequenced() < size.leaves.cast_signed() {
            thread::sleep(Duration::from_millis(200));
        }
        eprintln!("filled with {size:?} in {} s", started.elapsed().as_secs());
        filled
    }

    fn sequenced(&self) -> i64 {
        let database = &self.registry.app.database;
        let found: Result<Number, Problem> =
            database.read(|connection| Ok(sql_query(SEQUENCED).get_result(connection).unwrap()));
        found.unwrap().number
    }
}

/// One of each: a model with its owner's person, a licence, a use that is allowed and one that is refused.
fn live(registry: &Registry) {
    let (owner, licensee) = (registry.member("acme"), registry.member("globex"));
    registry.enrol(&owner);
    registry.enrol(&licensee);
    let new = NewPerson { name: "Ada".parse().unwrap(), password: PASSWORD.to_owned() };
    membership::first_person(&registry.app.office, &owner.caller, EMAIL.parse().unwrap(), new).unwrap();
    let examples = ["good", "bad"].iter().cycle().take(20).map(|text| ((*text).to_owned(), (*text).to_owned()));
    let trained = train_classifier(&TrainingSet { examples: examples.collect() }, &TrainingConfig::default()).unwrap();
    registry.register(&owner, MODEL, &trained.files);
    registry.grant(&owner, &licensee, MODEL);
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
    for (purpose, status) in [("commercial-service", 200), ("research", 403)] {
        let asked = agent
            .post(format!("{}/api/v1/models/{MODEL}/predict", registry.address))
            .header("authorization", format!("Bearer {}", licensee.token))
            .header("chancery-purpose", purpose);
        let answer = asked.send_json(serde_json::json!({"inputs": ["good"]})).unwrap();
        assert_eq!(answer.status(), status);
    }
}

/// The rows of a registry that no server has open.
struct Rows(SqliteConnection);

impl Rows {
    fn open(database: &Path) -> Self {
        let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
        // Nothing is lost that cannot be filled in again.
        connection
            .batch_execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA foreign_keys = OFF")
            .unwrap();
        Self(connection)
    }

    fn repeat_all(&mut self, size: Size) {
        self.repeat_models(size.models);
        self.repeat_decisions(size.decisions);
        self.repeat_leaves(size.leaves);
    }

    fn repeat_models(&mut self, models: u64) {
        let model = self.name(format!("SELECT id AS name FROM models WHERE full_name = '{MODEL}'"));
        let version = self.name(format!("SELECT id AS name FROM versions WHERE model_id = '{model}'"));
        let (new_model, new_version) = (other("model_id"), other("version_id"));
        let (named, full) = ("printf('model-%08d', n)", "printf('acme/model-%08d', n)");
        let of_version = format!("version_id = '{version}'");
        self.repeat(
            models,
            "models",
            &[("id", &other("id")), ("name", named), ("full_name", full)],
            &format!("id = '{model}'"),
        );
        self.repeat(
            models,
            "versions",
            &[("id", &other("id")), ("model_id", &new_model)],
            &format!("id = '{version}'"),
        );
        self.repeat(models, "version_files", &[("version_id", &new_version)], &of_version);
        self.repeat(
            models,
            "version_datasets",
            &[("version_id", &new_version), ("model_id", &new_model), ("model_name", full)],
            &of_version,
        );
        self.repeat(
            models,
            "catalogue_terms",
            &[("term", "replace(term, '00000000', printf('%08d', n))"), ("subject", &other("subject"))],
            &format!("subject = '{model}'"),
        );
    }

    fn repeat_decisions(&mut self, decisions: u64) {
        let [allowed, refused] = ["allowed", "refused"]
            .map(|outcome| self.name(format!("SELECT id AS name FROM decisions WHERE outcome = '{outcome}'")));
        let at = format!("decided_at - n * {STEP_MS}");
        let kept = format!("id IN ('{allowed}', '{refused}')");
        let changed = [("id", earlier("id", "decided_at")), ("decided_at", at)];
        let changed = changed.each_ref().map(|(column, value)| (*column, value.as_str()));
        self.repeat(decisions / 2, "decisions", &changed, &kept);
    }

    fn repeat_leaves(&mut self, leaves: u64) {
        let leaf = self.name(
            "SELECT leaf_id AS name FROM log_openings JOIN log_leaves ON id = leaf_id \
             WHERE log = 'audit' ORDER BY length(payload) LIMIT 1"
                .to_owned(),
        );
        let query = format!("SELECT appended_at AS number FROM log_leaves WHERE id = '{leaf}'");
        let appended = sql_query(query).get_result::<Number>(&mut self.0).unwrap().number.to_string();
        let (id, opened) = (earlier("id", &appended), earlier("leaf_id", &appended));
        let (at, kept) = (format!("appended_at - n * {STEP_MS}"), format!("leaf_id = '{leaf}' LIMIT 1"));
        self.repeat(
            leaves,
            "log_leaves",
            &[("id", &id), ("position", "NULL"), ("appended_at", &at)],
            &format!("id = '{leaf}'"),
        );
        self.repeat(leaves, "log_openings", &[("leaf_id", &opened)], &kept);
        let reader = "(SELECT id FROM parties WHERE slug = 'acme')";
        self.repeat(leaves, "log_readers", &[("party_id", reader), ("leaf_id", &opened)], &kept);
    }

    /// Repeats the rows of a table that `kept` finds, for n from 1 to `count`, with other values in some columns.
    fn repeat(&mut self, count: u64, table: &str, changed: &[(&str, &str)], kept: &str) {
        let columns = self.names(format!("SELECT name FROM pragma_table_info('{table}')"));
        let value = |column: &'_ String| {
            let other = changed.iter().find(|(name, _)| name == column).map(|(_, value)| (*value).to_owned());
            other.unwrap_or_else(|| column.clone())
        };
        let values = columns.iter().map(value).collect::<Vec<_>>().join(", ");
        let statement = format!(
            "WITH RECURSIVE numbers(n) AS (SELECT {count} UNION ALL SELECT n - 1 FROM numbers WHERE n > 1) \
             INSERT INTO {table} ({}) SELECT {values} FROM numbers, (SELECT * FROM {table} WHERE {kept})",
            columns.join(", ")
        );
        sql_query(&statement).execute(&mut self.0).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }

    fn name(&mut self, query: String) -> String {
        self.names(query).swap_remove(0)
    }

    fn names(&mut self, query: String) -> Vec<String> {
        let found: Vec<Name> = sql_query(query).load(&mut self.0).unwrap();
        found.into_iter().map(|row| row.name).collect()
    }
}

/// An identifier that differs from that of `column` at its end.
fn other(column: &str) -> String {
    format!("substr({column}, 1, length({column}) - 12) || printf('%012x', n)")
}

/// An identifier like that of `column`, made before it: identifiers begin with their time.
fn earlier(column: &str, made_at: &str) -> String {
    format!(
        "substr({column}, 1, length({column}) - 32) || printf('%012x', {made_at} - n * {STEP_MS}) || substr({column}, -20)"
    )
}
