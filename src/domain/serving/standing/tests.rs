//! Whatever a decision rested on: once it changes, the use is not settled.

use std::{sync::mpsc, time::Duration};

use chancery_base::{
    crypto::ApiToken,
    db::{Database, Tx},
    values::{LeafId, ModelId, PartyId, SigningKeyId},
};

use super::*;
use crate::{
    artifacts::{self, Version, VersionStatus},
    licensing::{Grant, GrantStatus, Terms},
    parties::{self, ApiKey, Role},
    test_database::{Counting, Fixture, NOW, on_each_database},
};

const TERMS: &str = "terms = 1\npurposes = [\"research\"]\ngoverning_law = \"Germany\"\n[term]\nstart = 2026-01-01\n\
                     [price]\nmodel = \"free\"\n";

struct World {
    standing: Standing,
    party: PartyId,
    model: ModelId,
    signing_key: SigningKeyId,
}

impl World {
    /// A use of a version under a grant, with everything it rests on.
    fn new(database: &Database) -> Self {
        let entropy = Counting::default();
        let (party, model) = (PartyId::generate(&entropy, NOW), ModelId::generate(&entropy, NOW));
        let signing_key = SigningKeyId::generate(&entropy, NOW);
        Fixture::new().party(party, "acme").model(model, party).signing_key(signing_key, party).write(database);
        let (key, version) = (ApiKeyId::generate(&entropy, NOW), VersionId::generate(&entropy, NOW));
        let grant = GrantId::generate(&entropy, NOW);
        let policy = Sha256Digest::of(b"rules");
        let standing = Standing {
            key,
            grant: Some((grant, 0)),
            term_end: Some(NOW.plus_days(2)),
            version,
            version_epoch: 1,
            model_epoch: 1,
            is_signed: true,
            policy,
        };
        let api_key = ApiKey {
            id: key,
            party,
            role: Role::Member,
            label: "service".parse().unwrap(),
            hash: ApiToken::generate(key, &entropy).hash(),
            purpose: None,
            territory: None,
            created_at: NOW,
            expires_at: Some(NOW.plus_days(1)),
            revoked_at: None,
        };
        let version = Version {
            id: version,
            model,
            number: 1,
            status: VersionStatus::Registered,
            architecture: "bert".to_owned(),
            manifest_digest: Sha256Digest::of(b"manifest"),
            signed_manifest: "{}".to_owned(),
            signing_key,
            passport: "{}".to_owned(),
            epoch: 1,
            created_at: NOW,
            leaf: LeafId::generate(&entropy, NOW),
        };
        let terms = Terms::parse(TERMS).unwrap();
        let grant = Grant {
            id: grant,
            model,
            licensor: party,
            licensee: party,
            terms_digest: terms.digest().unwrap(),
            terms,
            status: GrantStatus::Accepted,
            acceptance: None,
            offered_at: NOW,
            accepted_at: None,
            revoked_at: None,
            revocation_reason: None,
            epoch: 0,
        };
        let act = move |tx: &mut Tx<'_>| {
            parties::insert_api_key(tx, &api_key)?;
            artifacts::insert_version(tx, &version, &[], &[])?;
            Grant::offer(tx, &grant)?;
            rows::keep_policy_set(tx, policy, "{}", NOW)?;
            Ok(rows::put_policy_in_force(tx, policy)?)
        };
        database.act(act).unwrap();
        Self { standing, party, model, signing_key }
    }

    fn holds(&self, database: &Database, now: UnixMillis) -> bool {
        database.read(|connection| self.standing.still_holds(connection, "", now)).unwrap()
    }
}

/// Runs `change` on each database and says whether the use could still be settled.
fn after(change: impl Fn(&World, &mut Tx<'_>) -> Result<(), Problem> + Clone + Send + 'static) {
    on_each_database(|database| {
        let world = World::new(database);
        assert!(world.holds(database, NOW));
        let (changed, change) = (World::new_view(&world), change.clone());
        database.act(move |tx| change(&changed, tx)).unwrap();
        assert!(!world.holds(database, NOW));
    });
}

impl World {
    fn new_view(&self) -> Self {
        let Standing { key, grant, term_end, version, version_epoch, model_epoch, is_signed, policy } = self.standing;
        let standing = Standing { key, grant, term_end, version, version_epoch, model_epoch, is_signed, policy };
        Self { standing, party: self.party, model: self.model, signing_key: self.signing_key }
    }
}

#[test]
fn a_revoked_key_settles_nothing() {
    after(|world, tx| Ok(parties::revoke_api_key(tx, world.party, world.standing.key, NOW).map(drop)?));
}

#[test]
fn a_revoked_grant_settles_nothing() {
    after(|world, tx| Grant::revoke(tx, world.standing.grant.unwrap().0, "over", NOW));
}

#[test]
fn a_suspended_version_settles_nothing() {
    after(|world, tx| {
        let (before, after) = (VersionStatus::Registered, VersionStatus::Suspended);
        Ok(artifacts::change_status(tx, world.standing.version, before, after).map(drop)?)
    });
}

#[test]
fn a_held_model_settles_nothing() {
    after(|world, tx| Ok(artifacts::raise_model_epoch(tx, world.model)?));
}

#[test]
fn a_revoked_signing_key_settles_nothing() {
    after(|world, tx| Ok(parties::revoke_signing_key(tx, world.signing_key, NOW)?));
}

#[test]
fn other_rules_settle_nothing() {
    after(|_, tx| {
        let other = Sha256Digest::of(b"other rules");
        rows::keep_policy_set(tx, other, "{}", NOW)?;
        Ok(rows::put_policy_in_force(tx, other)?)
    });
}

#[test]
fn a_key_or_term_that_ended_settles_nothing() {
    on_each_database(|database| {
        let mut world = World::new(database);
        assert!(!world.holds(database, NOW.plus_days(1)), "the key has expired");
        world.standing.term_end = Some(NOW);
        assert!(!world.holds(database, NOW));
    });
}

#[test]
fn what_was_looked_at_stays_until_the_act_ends() {
    on_each_database(|database| {
        let world = World::new(database);
        let (view, key, party) = (World::new_view(&world), world.standing.key, world.party);
        let (looked, has_looked) = mpsc::channel();
        std::thread::scope(|scope| {
            let settling = scope.spawn(|| {
                let act = move |tx: &mut Tx<'_>| {
                    let row_lock = tx.row_lock();
                    assert!(view.standing.still_holds(tx, row_lock, NOW)?);
                    looked.send(()).unwrap();
                    std::thread::sleep(Duration::from_millis(300));
                    Ok(std::time::Instant::now())
                };
                database.act(act).unwrap()
            });
            has_looked.recv().unwrap();
            let act = move |tx: &mut Tx<'_>| {
                parties::revoke_api_key(tx, party, key, NOW)?;
                Ok(std::time::Instant::now())
            };
            let revoked = database.act(act).unwrap();
            assert!(settling.join().unwrap() <= revoked, "the revocation waited");
        });
    });
}
