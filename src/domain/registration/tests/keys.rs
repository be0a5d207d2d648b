//! Enrolling signing keys: proof of possession, approval, revocation.

use base64::{Engine, engine::general_purpose::STANDARD};
use chancery_base::{crypto::SigningKey, problem::ProblemKind};

use super::world::{World, in_each_world};
use crate::{
    parties::{Caller, KeyStatus, possession_statement},
    registration::NewSigningKey,
};

fn proof(world: &World, caller: &Caller, key: &SigningKey) -> NewSigningKey {
    let challenge = world.archive.challenge(caller).unwrap().text;
    let public_key = key.verifying_key();
    NewSigningKey {
        public_key: public_key.to_string(),
        label: "release".parse().unwrap(),
        signature: key.sign(&possession_statement(&challenge, &public_key)).to_string(),
        challenge,
    }
}

#[test]
fn a_key_is_proposed_approved_and_revoked() {
    in_each_world(|world| {
        let (archive, acme) = (&world.archive, &world.acme);
        let new = proof(world, acme, &world.another_key());
        let proposed = archive.propose_signing_key(acme, &world.once(), &new).unwrap();
        assert_eq!(proposed.status(), KeyStatus::Proposed);
        let foreign = archive.approve_signing_key(&world.zenith, &world.once(), proposed.id);
        assert_eq!(foreign.unwrap_err().kind, ProblemKind::NotFound);
        for _ in 0..2 {
            let approved = archive.approve_signing_key(acme, &world.once(), proposed.id).unwrap();
            assert_eq!(approved.status(), KeyStatus::Approved);
        }
        archive.revoke_signing_key(acme, &world.once(), proposed.id).unwrap();
        assert_eq!(
            archive.approve_signing_key(acme, &world.once(), proposed.id).unwrap_err().kind,
            ProblemKind::Conflict
        );
        let again = archive.propose_signing_key(acme, &world.once(), &new);
        assert_eq!(again.unwrap_err().kind, ProblemKind::Conflict, "a revoked key does not come back");
        for event in ["signing-key-proposed", "signing-key-approved", "signing-key-revoked"] {
            assert_eq!(world.events(event), 1, "{event}");
        }
    });
}

#[test]
fn possession_that_is_not_proved() {
    in_each_world(|world| {
        let (archive, acme) = (&world.archive, &world.acme);
        let key = world.another_key();
        let good = proof(world, acme, &key);
        let foreign = proof(world, &world.zenith, &key);
        let stolen = NewSigningKey { public_key: world.another_key().verifying_key().to_string(), ..good.clone() };
        let unsigned = NewSigningKey { signature: key.sign(b"something else").to_string(), ..good.clone() };
        let mut identity = [0; 32];
        identity[0] = 1;
        let weak = NewSigningKey { public_key: STANDARD.encode(identity), ..good.clone() };
        let garbled = NewSigningKey { signature: "AAAA".to_owned(), ..good.clone() };
        let cases = [
            (foreign, "challenge"),
            (stolen, "signature"),
            (unsigned, "signature"),
            (garbled, "signature"),
            (weak, "public_key"),
        ];
        let count = cases.len();
        for (refused, field) in cases {
            let problem = archive.propose_signing_key(acme, &world.once(), &refused).unwrap_err();
            assert_eq!((problem.kind, problem.field.as_deref()), (ProblemKind::BadSignature, Some(field)), "{problem}");
        }
        world.wait(10 * 60 * 1_000);
        let late = archive.propose_signing_key(acme, &world.once(), &good).unwrap_err();
        assert_eq!(late.field.as_deref(), Some("challenge"));
        assert_eq!(world.refusals("propose-signing-key", "bad-signature"), count + 1);
        assert_eq!(world.events("signing-key-proposed"), 0);
    });
}
