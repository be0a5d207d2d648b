//! Filling a registry: one thing of each kind comes about as it does in earnest, and its rows are then repeated under new names and
//! times. The entries of the log are sequenced by the server itself, so that its tree is a true one.

use std::{
    thread,
    time::{Duration, Instant},
};

use chancery_base::{db::Tx, problem::Problem};
use chancery_domain::membership::{self, NewPerson};
use chancery_engine::{TrainingConfig, TrainingSet, train_classifier};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use crate::registry::Registry;

pub const EMAIL: &str = "ada@acme.example";
pub const PASSWORD: &str = "ledger walnut copper tram";

/// Rows of each table that are written in one act; what takes longer than acts may is refused.
const CHUNK: u64 = 10_000;
/// From one entry of the log, or decision, to the next: ten million make a year.
const STEP_MS: u64 = 3_000;
const MODEL: &str = "acme/model-00000000";

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
        let filled = Self { registry: Registry::open() };
        filled.live();
        filled.repeat_models(size.models);
        filled.repeat_decisions(size.decisions);
        filled.repeat_leaves(size.leaves);
        eprintln!("filled with {size:?} in {} s", started.elapsed().as_secs());
        filled
    }

    /// One of each: a model with its owner's person, a licence, a use that is allowed and one that is refused.
    fn live(&self) {
        let registry = &self.registry;
        let (owner, licensee) = (registry.member("acme"), registry.member("globex"));
        registry.enrol(&owner);
        registry.enrol(&licensee);
        let new = NewPerson { name: "Ada".parse().unwrap(), password: PASSWORD.to_owned() };
        membership::first_person(&registry.app.office, &owner.caller, EMAIL.parse().unwrap(), new).unwrap();
        let examples = ["good", "bad"].iter().cycle().take(20).map(|text| ((*text).to_owned(), (*text).to_owned()));
        let set = TrainingSet { examples: examples.collect() };
        let trained = train_classifier(&set, &TrainingConfig::default()).unwrap();
        registry.register(&owner, MODEL, &trained.files);
        registry.grant(&owner, &licensee, MODEL);
        for (purpose, status) in [("commercial-service", 200), ("research", 403)] {
            let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
            let asked = agent
                .post(format!("{}/api/v1/models/{MODEL}/predict", registry.address))
                .header("authorization", format!("Bearer {}", licensee.token))
                .header("chancery-purpose", purpose);
            let answer = asked.send_json(serde_json::json!({"inputs": ["good"]})).unwrap();
            assert_eq!(answer.status(), status);
        }
    }

    fn repeat_models(&self, models: u64) {
        let model = self.name(format!("SELECT id AS name FROM models WHERE full_name = '{MODEL}'"));
        let version = self.name(format!("SELECT id AS name FROM versions WHERE model_id = '{model}'"));
        let (new_model, new_version) = (other("model_id"), other("version_id"));
        let (named, full) = ("printf('model-%08d', n)", "printf('acme/model-%08d', n)");
        let statements = [
            self.insert(
                "models",
                &[("id", &other("id")), ("name", named), ("full_name", full)],
                &format!("id = '{model}'"),
            ),
            self.insert("versions", &[("id", &other("id")), ("model_id", &new_model)], &format!("id = '{version}'")),
            self.insert("version_files", &[("version_id", &new_version)], &format!("version_id = '{version}'")),
            self.insert(
                "version_datasets",
                &[("version_id", &new_version), ("model_id", &new_model), ("model_name", full)],
                &format!("version_id = '{version}'"),
            ),
            self.insert(
                "catalogue_terms",
                &[("term", "replace(term, '00000000', printf('%08d', n))"), ("subject", &other("subject"))],
                &format!("subject = '{model}'"),
            ),
        ];
        self.repeat(models, &statements);
    }

    fn repeat_decisions(&self, decisions: u64) {
        let [allowed, refused] = ["allowed", "refused"]
            .map(|outcome| self.name(format!("SELECT id AS name FROM decisions WHERE outcome = '{outcome}'")));
        let at = format!("decided_at - n * {STEP_MS}");
        let kept = format!("id IN ('{allowed}', '{refused}')");
        let statement = self.insert("decisions", &[("id", &earlier("id", "decided_at")), ("decided_at", &at)], &kept);
        self.repeat(decisions / 2, &[statement]);
    }

    fn repeat_leaves(&self, leaves: u64) {
        let leaf = self.name(
            "SELECT leaf_id AS name FROM log_openings JOIN log_leaves ON id = leaf_id \
             WHERE log = 'audit' AND position IS NOT NULL ORDER BY length(payload) LIMIT 1"
                .to_owned(),
        );
        let appended = self.number(format!("SELECT appended_at AS number FROM log_leaves WHERE id = '{leaf}'"));
        let (id, opened) = (earlier("id", &appended.to_string()), earlier("leaf_id", &appended.to_string()));
        let at = format!("appended_at - n * {STEP_MS}");
        let statements = [
            self.insert(
                "log_leaves",
                &[("id", &id), ("position", "NULL"), ("appended_at", &at)],
                &format!("id = '{leaf}'"),
            ),
            self.insert("log_openings", &[("leaf_id", &opened)], &format!("leaf_id = '{leaf}'")),
            self.insert(
                "log_readers",
                &[("party_id", "(SELECT id FROM parties WHERE slug = 'acme')"), ("leaf_id", &opened)],
                &format!("leaf_id = '{leaf}' LIMIT 1"),
            ),
        ];
        self.repeat(leaves, &statements);
        while self.number("SELECT size AS number FROM log_state WHERE log = 'audit'".to_owned()) < leaves.cast_signed()
        {
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// A statement that repeats the rows which `kept` finds, for each n of `numbers`, with other values in some columns.
    fn insert(&self, table: &str, changed: &[(&str, &str)], kept: &str) -> String {
        let columns = self.names(format!("SELECT name FROM pragma_table_info('{table}')"));
        let values = columns.iter().map(|column| {
            let other = changed.iter().find(|(name, _)| name == column).map(|(_, value)| *value);
            other.unwrap_or(column)
        });
        let values = values.collect::<Vec<_>>().join(", ");
        format!(
            "INSERT INTO {table} ({}) SELECT {values} FROM numbers, (SELECT * FROM {table} WHERE {kept})",
            columns.join(", ")
        )
    }

    /// Runs statements for n from 1 to `count`, a chunk an act.
    fn repeat(&self, count: u64, statements: &[String]) {
        for from in (1..=count).step_by(CHUNK as usize) {
            let until = (from + CHUNK - 1).min(count);
            for statement in statements {
                // `WITH` stands before the statement's own SELECT.
                let numbers = format!(
                    "WITH RECURSIVE numbers(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM numbers WHERE n < {until}) "
                );
                self.act(numbers + statement);
            }
        }
    }

    fn act(&self, statement: String) {
        let act = move |tx: &mut Tx<'_>| {
            sql_query(&statement).execute(&mut **tx).unwrap_or_else(|error| panic!("{error}: {statement}"));
            Ok::<_, Problem>(())
        };
        self.registry.app.database.act(act).unwrap();
    }

    fn number(&self, query: String) -> i64 {
        let database = &self.registry.app.database;
        let found: Result<Number, Problem> =
            database.read(|connection| Ok(sql_query(&query).get_result(connection).unwrap()));
        found.unwrap().number
    }

    fn name(&self, query: String) -> String {
        self.names(query).swap_remove(0)
    }

    fn names(&self, query: String) -> Vec<String> {
        let database = &self.registry.app.database;
        let found: Result<Vec<Name>, Problem> =
            database.read(|connection| Ok(sql_query(&query).load(connection).unwrap()));
        found.unwrap().into_iter().map(|row| row.name).collect()
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
