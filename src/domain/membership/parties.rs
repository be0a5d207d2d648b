//! Parties join: an organisation, the key of its owner, and the key its files are sealed under.

use chancery_base::{
    crypto::{self, KeyVersion, WrappedKey},
    db,
    db::Database,
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{PartyId, Slug},
};
use serde::Deserialize;
use serde_json::json;

use super::{NewKey, Office, TokenShown, keys::refuse_repetition};
use crate::parties::{self, Caller, Label, Party, Permission, Role, TenantKey};

/// The version of a tenant's first key.
const FIRST_KEY_VERSION: KeyVersion = KeyVersion(1);

/// A party asked for. Its identity is self-asserted until somebody vouches for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewParty {
    /// Its name in URLs.
    pub slug: Slug,
    /// What it calls itself.
    pub title: Label,
}

/// A party with the first key of its owner.
pub struct PartyJoined {
    /// The party.
    pub party: Party,
    /// Its owner's key, shown once.
    pub owner: TokenShown,
}

/// Whether somebody has joined already, so that keys which seal what is stored must exist.
///
/// Errors: those of the database.
pub fn has_registry(database: &Database) -> Result<bool, Problem> {
    Ok(!database.read(parties::list_parties)?.is_empty())
}

/// Makes the operator's party when the registry has none yet; its key is shown once.
///
/// Errors: the root key is not the one this registry was made with, so nothing stored could be opened; those of the database.
pub fn open_registry(office: &Office) -> Result<Option<PartyJoined>, Problem> {
    if let Some(first) = office.database.read(parties::list_parties)?.first() {
        check_root(&office.database, &office.roots, first.id)?;
        return Ok(None);
    }
    let new = NewParty { slug: "operator".parse()?, title: "Operator".parse()? };
    office.admit(new, Role::Operator, None).map(Some)
}

/// Adds a party.
///
/// Errors: the caller is not the operator; the name is taken; an idempotency key, because the answer holds a secret. Each is
/// in the audit log.
pub fn join(office: &Office, caller: &Caller, once: &Once, new: NewParty) -> Result<PartyJoined, Problem> {
    let subject = json!({"party": new.slug});
    let joined = office.try_join(caller, once, new);
    office.recorder().recorded(caller, "create-party", &subject, joined)
}

impl Office {
    fn try_join(&self, caller: &Caller, once: &Once, new: NewParty) -> Result<PartyJoined, Problem> {
        caller.require(Permission::Operate)?;
        refuse_repetition(once)?;
        self.admit(new, Role::Owner, Some(caller))
    }

    fn admit(&self, new: NewParty, role: Role, by: Option<&Caller>) -> Result<PartyJoined, Problem> {
        let now = self.clock.now();
        let party =
            Party { id: PartyId::generate(&*self.entropy, now), slug: new.slug, title: new.title, created_at: now };
        let first = NewKey { role, label: "first key".parse()?, purpose: None, territory: None, expires_at: None };
        let owner = self.draw(party.id, first);
        let tenant_key = self.seal_tenant_key(&party);
        let details = json!({
            "party": party.slug, "title": party.title, "api_key": owner.key.id, "role": role,
        });
        let leaf = match by {
            Some(caller) => self.recorder().leaf("party-joined", caller, &[party.id], &details)?,
            None => self.recorder().own_leaf("party-joined", vec![party.id], &details)?,
        };
        let (row, key) = (party.clone(), owner.key.clone());
        let root = self.roots.current().version();
        let admitted = self.database.act(move |tx| {
            if !parties::hold_root_version(tx, root)? {
                let detail = "the server's root key was replaced meanwhile; try again";
                return Err(Problem::new(ProblemKind::Conflict, detail));
            }
            parties::insert_party(tx, &row).map_err(|error| taken(error, &row.slug))?;
            parties::insert_tenant_key(tx, &tenant_key)?;
            parties::insert_api_key(tx, &key)?;
            logs::append(tx, &leaf);
            Ok(())
        });
        if admitted.is_err() {
            self.roots.read_again().map_err(Problem::internal)?;
        }
        admitted?;
        Ok(PartyJoined { party, owner })
    }

    /// The first key of `party`, wrapped.
    fn seal_tenant_key(&self, party: &Party) -> TenantKey {
        let key = crypto::TenantKey::generate(FIRST_KEY_VERSION, &*self.entropy);
        let wrapped = self.roots.wrap(&key, party.id, &*self.entropy).as_bytes().to_vec();
        TenantKey { party: party.id, version: FIRST_KEY_VERSION.0, wrapped, created_at: self.clock.now() }
    }
}

/// Whether `roots` are the key this registry was made with; a registry that nobody joined yet was made with none.
///
/// Errors: it is not; those of the database.
pub fn opens_registry(database: &Database, roots: &crypto::RootKeys) -> Result<(), Problem> {
    match database.read(parties::list_parties)?.first() {
        Some(first) => check_root(database, roots, first.id),
        None => Ok(()),
    }
}

/// Refuses root keys that do not open the key of `party`.
fn check_root(database: &Database, roots: &crypto::RootKeys, party: PartyId) -> Result<(), Problem> {
    let Some(key) = database.read(|connection| parties::current_tenant_key(connection, party))? else {
        return Ok(());
    };
    let opened = roots.unwrap(&WrappedKey::from_bytes(key.wrapped), party, KeyVersion(key.version));
    opened.map(|_| ()).map_err(|_| {
        let detail = "the root key does not open what is stored here; restore the folder of keys from a copy, or, if keys were destroyed after this \
                      backup was made, use a backup made after that";
        Problem::new(ProblemKind::Internal, detail)
    })
}

fn taken(error: db::Error, slug: &Slug) -> Problem {
    if !error.is_unique("slug") {
        return error.into();
    }
    Problem::new(ProblemKind::Conflict, format!("there is a party `{slug}` already; choose another name")).at("slug")
}
