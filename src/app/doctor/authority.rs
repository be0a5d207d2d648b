//! Who may do what, held against the log: a row that gives somebody more than was ever decided was changed behind everybody's back.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::Duration,
};

use chancery_base::{
    db::{AnyConnection, Database},
    logs::{self, Browsing, LogError, LogName},
    problem::Problem,
    values::{ApiKeyId, LeafId, Localized, PAGE_ITEMS, PartyId, PersonId, UnixMillis},
};
use chancery_domain::{
    approvals::{self, ApprovalRules},
    parties,
};
use serde_json::Value;

use super::{Health, Report, unseen};

/// Entries read at once.
const ENTRIES: u64 = 2_000;
/// Entries of a party that are looked through for such as have no place yet; a server gives them theirs within a second.
const WAITING: u32 = 1_000;
/// How long what was decided a moment ago takes at most to have its place in the log.
const SETTLING: Duration = Duration::from_secs(2);

/// What the log says was decided.
#[derive(Default)]
struct Decided {
    keys: BTreeMap<ApiKeyId, Standing>,
    people: BTreeMap<PersonId, Standing>,
    rules: BTreeMap<PartyId, ApprovalRules>,
}

/// Whose somebody is, what they may do, and whether that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Standing {
    party: PartyId,
    role: String,
    is_ended: bool,
}

/// Whether keys, people and what needs two people are as was decided.
pub(super) fn examine(database: &Database, report: &mut Report) {
    let found = contradictions(database).and_then(|first| {
        if first.is_empty() {
            return Ok(first);
        }
        // What is written while this looks has its place in the log a moment later.
        thread::sleep(SETTLING);
        let again = contradictions(database)?;
        Ok(first.intersection(&again).cloned().collect())
    });
    match found {
        Ok(found) if found.is_empty() => report.good(
            "authority",
            "keys, people and what needs two of them are as the log says",
            "密钥、人员以及需两人同意的事项均与日志一致",
        ),
        Ok(found) => {
            let named = found.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            report.ill(
                "authority",
                Health::Bad,
                Localized::new(
                    format!("rows say otherwise than the log: {named}"),
                    format!("下列记录与日志不符：{named}"),
                ),
                Localized::new(
                    "somebody changed the database: revoke these keys, take these people out, and find out who could write to it",
                    "有人更改了数据库：请吊销这些密钥、移除这些人员，并查明谁能写入数据库",
                ),
            );
        }
        Err(problem) => unseen("authority", &problem, report),
    }
}

/// The identifiers of rows that give more than was decided, or something else.
fn contradictions(database: &Database) -> Result<BTreeSet<String>, Problem> {
    // What is wrong with the log itself is found where that is looked at.
    let Some(decided) = decided(database)? else { return Ok(BTreeSet::new()) };
    let mut found = BTreeSet::new();
    for party in database.read(parties::list_parties)? {
        let (keys, people, rules) = database.read(|connection| {
            let keys = all_keys(connection, party.id)?;
            let people = parties::people_of(connection, party.id)?;
            Ok::<_, Problem>((keys, people, approvals::rules_of(connection, party.id)?))
        })?;
        for key in keys {
            let row = standing(party.id, &key.role, key.revoked_at.is_some());
            if !is_as_decided(decided.keys.get(&key.id), &row) {
                found.insert(key.id.to_string());
            }
        }
        for person in people {
            let row = standing(party.id, &person.role, person.removed_at.is_some());
            if !is_as_decided(decided.people.get(&person.id), &row) {
                found.insert(person.id.to_string());
            }
        }
        if rules != decided.rules.get(&party.id).copied().unwrap_or_default() {
            found.insert(format!("approval rules of {}", party.slug));
        }
    }
    Ok(found)
}

fn standing(party: PartyId, role: &impl ToString, is_ended: bool) -> Standing {
    Standing { party, role: role.to_string(), is_ended }
}

/// Whether a row says what was decided. One that ended by itself gives nothing.
fn is_as_decided(decided: Option<&Standing>, row: &Standing) -> bool {
    row.is_ended || decided == Some(row)
}

fn all_keys(connection: &mut AnyConnection, party: PartyId) -> Result<Vec<parties::ApiKey>, Problem> {
    let mut all: Vec<parties::ApiKey> = Vec::new();
    loop {
        let page = parties::api_keys_of(connection, party, all.last().map(|last| last.id), PAGE_ITEMS)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Reads the audit log from its beginning; nothing where it cannot be read.
fn decided(database: &Database) -> Result<Option<Decided>, Problem> {
    let parties = database.read(parties::list_parties)?;
    let slugs: BTreeMap<String, PartyId> = parties.iter().map(|party| (party.slug.to_string(), party.id)).collect();
    let ids: Vec<PartyId> = parties.iter().map(|party| party.id).collect();
    let Ok(size) = database.read(|connection| logs::size(connection, LogName::Audit)) else { return Ok(None) };
    let mut decided = Decided::default();
    let mut from = 0;
    while from < size {
        let to = size.min(from + ENTRIES);
        let mut leaves = BTreeMap::new();
        for some in ids.chunks(usize::try_from(PAGE_ITEMS).unwrap_or(1)) {
            let read = |connection: &mut AnyConnection| logs::leaves_of(connection, LogName::Audit, from..to, some);
            let Ok(read) = database.read(read) else { return Ok(None) };
            leaves.extend(read.into_iter().map(|(_, leaf)| (leaf.index, leaf)));
        }
        leaves.values().for_each(|leaf| decided.take(leaf.opening.payload(), &slugs));
        from = to;
    }
    let Ok(waiting) = database.read(|connection| waiting(connection, &ids)) else { return Ok(None) };
    waiting.values().for_each(|entry| decided.take(entry, &slugs));
    Ok(Some(decided))
}

/// What was decided and has no place in the log yet, in order: a registry that is not running, or comes from a backup, may have such.
fn waiting(connection: &mut AnyConnection, parties: &[PartyId]) -> Result<BTreeMap<LeafId, Value>, LogError> {
    let mut found = BTreeMap::new();
    if logs::progress(connection, LogName::Audit)?.waiting == 0 {
        return Ok(found);
    }
    for party in parties {
        let (from, until) = (UnixMillis::new(0), UnixMillis::LATEST);
        let newest = Browsing { party: *party, from, until, before: None, limit: WAITING };
        let leaves = logs::browse(connection, &newest)?.into_iter();
        let leaves = leaves.filter(|leaf| leaf.log == LogName::Audit && leaf.index.is_none());
        found.extend(leaves.filter_map(|leaf| Some((leaf.id, leaf.payload?))));
    }
    Ok(found)
}

impl Decided {
    /// Goes on with one entry; most say nothing of this.
    fn take(&mut self, entry: &Value, slugs: &BTreeMap<String, PartyId>) {
        let details = &entry["details"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let party = |value: &Value| value.as_str().and_then(|slug| slugs.get(slug)).copied();
        let role = || text(&details["role"]);
        let key = || details["api_key"].as_str().and_then(|id| id.parse::<ApiKeyId>().ok());
        let person = || details["person"].as_str().and_then(|id| id.parse::<PersonId>().ok());
        match entry["type"].as_str() {
            Some("party-joined") => {
                self.enter_key(key(), party(&details["party"]), role());
            }
            Some("api-key-issued") => self.enter_key(key(), party(&entry["by"]), role()),
            Some("api-key-revoked") => {
                if let Some(key) = key().and_then(|key| self.keys.get_mut(&key)) {
                    key.is_ended = true;
                }
            }
            Some("person-joined") => {
                if let (Some(person), Some(party), Some(role)) = (person(), party(&entry["by"]), role()) {
                    self.people.insert(person, Standing { party, role, is_ended: false });
                }
            }
            Some("person-changed") => {
                if let (Some(person), Some(role)) = (person().and_then(|person| self.people.get_mut(&person)), role()) {
                    person.role = role;
                }
            }
            Some("person-removed") => {
                if let Some(person) = person().and_then(|person| self.people.get_mut(&person)) {
                    person.is_ended = true;
                }
            }
            Some("approval-rules-set") => {
                if let (Some(party), Ok(rules)) =
                    (party(&entry["by"]), serde_json::from_value(details["rules"].clone()))
                {
                    self.rules.insert(party, rules);
                }
            }
            _ => {}
        }
    }

    fn enter_key(&mut self, key: Option<ApiKeyId>, party: Option<PartyId>, role: Option<String>) {
        if let (Some(key), Some(party), Some(role)) = (key, party, role) {
            self.keys.insert(key, Standing { party, role, is_ended: false });
        }
    }
}
