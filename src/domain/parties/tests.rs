//! Parties, their keys and tenant keys on every database.

use chancery_base::{
    crypto::{ApiToken, SigningKey},
    db::{Database, Error},
    problem::{Problem, ProblemKind},
    values::{ApiKeyId, PartyId, SigningKeyId},
};

use super::*;
use crate::test_database::{Counting, NOW, on_each_database};

fn party(entropy: &Counting, slug: &str) -> Party {
    Party {
        id: PartyId::generate(entropy, NOW),
        slug: slug.parse().unwrap(),
        title: "Acme".parse().unwrap(),
        created_at: NOW,
    }
}

fn insert(database: &Database, party: &Party) -> Result<(), Problem> {
    let party = party.clone();
    database.act(move |tx| Ok(insert_party(tx, &party)?))
}

#[test]
fn parties_are_found_by_id_and_slug_and_slugs_are_taken_once() {
    on_each_database(|database| {
        let entropy = Counting::default();
        let (acme, other) = (party(&entropy, "acme"), party(&entropy, "zenith"));
        insert(database, &other).unwrap();
        insert(database, &acme).unwrap();
        let taken = Party { id: PartyId::generate(&entropy, NOW), ..acme.clone() };
        assert_eq!(insert(database, &taken).unwrap_err().kind, ProblemKind::Conflict);
        assert_eq!(database.read(|c| find_party(c, acme.id)).unwrap(), Some(acme.clone()));
        assert_eq!(database.read(|c| find_party_by_slug(c, &acme.slug)).unwrap(), Some(acme.clone()));
        assert_eq!(database.read(|c| find_party(c, taken.id)).unwrap(), None);
        assert_eq!(database.read(list_parties).unwrap(), [acme, other]);
    });
}

#[test]
fn an_api_key_is_good_until_it_expires_or_is_revoked() {
    on_each_database(|database| {
        let entropy = Counting::default();
        let (acme, other) = (party(&entropy, "acme"), party(&entropy, "zenith"));
        insert(database, &acme).unwrap();
        insert(database, &other).unwrap();
        let id = ApiKeyId::generate(&entropy, NOW);
        let token = ApiToken::generate(id, &entropy);
        let key = ApiKey {
            id,
            party: acme.id,
            role: Role::Member,
            label: "service".parse().unwrap(),
            hash: token.hash(),
            purpose: Some("research".parse().unwrap()),
            territory: Some("DE".parse().unwrap()),
            created_at: NOW,
            expires_at: Some(NOW.plus_days(1)),
            revoked_at: None,
        };
        let written = key.clone();
        database.act(move |tx| Ok(insert_api_key(tx, &written)?)).unwrap();
        let found = database.read(|c| find_api_key(c, id)).unwrap().unwrap();
        assert_eq!(found, key);
        assert_eq!(found.accept(&token, NOW), Ok(()));
        assert_eq!(found.accept(&ApiToken::generate(id, &entropy), NOW), Err(ApiKeyRefused::WrongSecret));
        assert_eq!(found.accept(&token, NOW.plus_days(1)), Err(ApiKeyRefused::Expired));
        let foreign = database.act(move |tx| Ok(revoke_api_key(tx, other.id, id, NOW)?));
        assert_eq!(foreign.unwrap_err().kind, ProblemKind::NotFound);
        database.act(move |tx| Ok(revoke_api_key(tx, acme.id, id, NOW)?)).unwrap();
        let keys = database.read(|c| api_keys_of(c, acme.id, None, 2)).unwrap();
        assert_eq!(keys.iter().map(|key| key.accept(&token, NOW)).collect::<Vec<_>>(), [Err(ApiKeyRefused::Revoked)]);
    });
}

#[test]
fn roles_permit_what_they_are_for() {
    use Permission::{Administer, Approve, Export, Operate, Use};
    let table = [
        (Role::Operator, [true, true, true, true, true]),
        (Role::Owner, [false, true, true, true, true]),
        (Role::Approver, [false, false, false, false, true]),
        (Role::Member, [false, false, true, false, false]),
        (Role::Auditor, [false, false, false, true, false]),
    ];
    for (role, expected) in table {
        let may = [Operate, Administer, Use, Export, Approve].map(|permission| role.may(permission));
        assert_eq!(may, expected, "{role}");
    }
}

#[test]
fn signing_keys_count_between_approval_and_revocation() {
    on_each_database(|database| {
        let entropy = Counting::default();
        let acme = party(&entropy, "acme");
        insert(database, &acme).unwrap();
        let key = EnrolledKey {
            id: SigningKeyId::generate(&entropy, NOW),
            party: acme.id,
            label: "release".parse().unwrap(),
            public_key: SigningKey::generate(&entropy).verifying_key(),
            created_at: NOW,
            approved_at: None,
            revoked_at: None,
        };
        let (id, written, again) = (key.id, key.clone(), SigningKeyId::generate(&entropy, NOW));
        database.act(move |tx| Ok(insert_signing_key(tx, &written)?)).unwrap();
        let twice = EnrolledKey { id: again, ..key.clone() };
        let refused = database.act(move |tx| Ok(insert_signing_key(tx, &twice)?));
        assert_eq!(refused.unwrap_err().kind, ProblemKind::Conflict);

        let status = || {
            let found = database.read(|c| find_signing_key(c, id)).unwrap();
            assert_eq!(database.read(|c| signing_key_status(c, id)).unwrap(), found.as_ref().map(EnrolledKey::status));
            found.map(|key| (key.status(), key.is_trusted()))
        };
        assert_eq!(status(), Some((KeyStatus::Proposed, false)));
        database.act(move |tx| Ok(approve_signing_key(tx, id, NOW)?)).unwrap();
        assert_eq!(status(), Some((KeyStatus::Approved, true)));
        assert!(database.act(move |tx| Ok(approve_signing_key(tx, id, NOW)?)).is_err());
        database.act(move |tx| Ok(revoke_signing_key(tx, id, NOW)?)).unwrap();
        assert_eq!(status(), Some((KeyStatus::Revoked, false)));
        assert!(database.act(move |tx| Ok(approve_signing_key(tx, id, NOW)?)).is_err());
        assert!(database.act(move |tx| Ok(revoke_signing_key(tx, id, NOW)?)).is_err());
    });
}

#[test]
fn the_newest_tenant_key_is_current() {
    on_each_database(|database| {
        let acme = party(&Counting::default(), "acme");
        insert(database, &acme).unwrap();
        let key = |version: u32, wrapped: &[u8]| TenantKey {
            party: acme.id,
            version,
            wrapped: wrapped.to_vec(),
            created_at: NOW,
        };
        let (first, second) = (key(1, b"one"), key(2, b"two"));
        let written = [first.clone(), second.clone()];
        database.act(move |tx| Ok(written.iter().try_for_each(|key| insert_tenant_key(tx, key))?)).unwrap();
        assert_eq!(database.read(|c| current_tenant_key(c, acme.id)).unwrap(), Some(second));
        assert_eq!(database.read::<_, Error>(|c| tenant_key(c, acme.id, 1)).unwrap(), Some(first));
        let missing = database.read::<_, Error>(|c| tenant_key(c, acme.id, 3)).unwrap();
        assert_eq!(missing, None);
    });
}
