//! Notes against the standard's published vector and against another implementation.

use signed_note::{StandardVerifier, VerifierList};

use super::*;
use crate::crypto::{Secret, SigningKey};

/// The example of C2SP signed-note v1.0.0.
const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE: &str = "This is an example message.\n\n\u{2014} example.com/foo \
     Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

pub(in crate::logs) fn signer(name: &str, seed: u8) -> NoteSigner {
    let seed = Secret::copy_from(&[seed; 32]).unwrap();
    NoteSigner::new(name.parse().unwrap(), SigningKey::from_seed(&seed))
}

#[test]
fn the_published_example_verifies() {
    let verifier: NoteVerifier = VKEY.parse().unwrap();
    assert_eq!(verifier.to_string(), VKEY);
    assert_eq!(verifier.id().to_string(), "530d903a");
    let note = Note::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.verify(&[&verifier]).unwrap(), [&verifier]);
    assert_eq!(note.to_string(), EXAMPLE);
}

#[test]
fn any_changed_byte_of_the_example_is_refused() {
    let verifier: NoteVerifier = VKEY.parse().unwrap();
    for index in 0..EXAMPLE.len() {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        bytes[index] = bytes[index].wrapping_add(1);
        let accepted = Note::parse(&bytes).is_ok_and(|note| note.verify(&[&verifier]).is_ok());
        assert!(!accepted, "byte {index}");
    }
}

#[test]
fn every_part_and_every_mangling_of_a_verifier_key_is_refused() {
    for index in 0..VKEY.len() {
        let (start, end) = VKEY.split_at(index);
        assert!(start.parse::<NoteVerifier>().is_err(), "up to {index}");
        assert!(index == 0 || end.parse::<NoteVerifier>().is_err(), "from {index}");
        let mut mangled = VKEY.as_bytes().to_vec();
        mangled[index] += 1;
        let mangled = String::from_utf8(mangled).unwrap();
        assert!(mangled.parse::<NoteVerifier>().is_err(), "{mangled}");
    }
    assert!(VKEY.replace("530d903a", "530D903A").parse::<NoteVerifier>().is_err());
    let cosigner = "witness+00000000+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(cosigner.parse::<NoteVerifier>(), Err(VerifierError::UnsupportedType { kind: 4 }));
}

#[test]
fn another_implementation_reads_ours() {
    let signer = signer("example.com/log", 7);
    let text = "line\n\n\u{2014} not a signature\n\nlast line\n";
    let note = Note::sign(text.to_owned(), &[&signer]).unwrap().to_string();
    let peer = StandardVerifier::new(&signer.verifier().to_string()).unwrap();
    let peers = VerifierList::new(vec![Box::new(peer)]);
    let theirs = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    theirs.verify(&peers).unwrap();
    assert_eq!(theirs.text(), text.as_bytes());
    assert_eq!(Note::parse(note.as_bytes()).unwrap().text(), text);
}

#[test]
fn unknown_signatures_are_ignored_and_known_bad_ones_refuse_the_note() {
    let signers: Vec<_> = (1..=17).map(|seed| signer("example.com/log", seed)).collect();
    let note = Note::sign("text\n".to_owned(), &signers.iter().collect::<Vec<_>>()).unwrap();
    let note = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(note.verify(&[signers[16].verifier()]).unwrap().len(), 1);
    assert_eq!(note.verify(&[signer("example.com/log", 99).verifier()]), Err(NoteError::Unsigned));
    assert_eq!(note.verify(&[]), Err(NoteError::Unsigned));

    let mut forged = note.clone();
    forged.text = "other\n".to_owned();
    let known = [signers[3].verifier()];
    assert!(matches!(forged.verify(&known), Err(NoteError::BadSignature { .. })));
    // One bad signature of a known key is not made good by a second, good one.
    let mut mixed = note.clone();
    mixed.signatures[0].bytes[0] ^= 1;
    assert!(matches!(
        mixed.verify(&[signers[0].verifier(), signers[1].verifier()]),
        Err(NoteError::BadSignature { .. })
    ));
    assert!(mixed.verify(&[signers[1].verifier()]).is_ok());
}

#[test]
fn what_is_not_a_note_is_refused() {
    let line = "\u{2014} name AAAAAAAA\n";
    assert!(Note::parse(format!("text\n\n{line}").as_bytes()).is_ok());
    for refused in [
        String::new(),
        "text\n".to_owned(),
        "text\n\n".to_owned(),
        format!("text\n{line}"),
        format!("text\n\n{}", line.trim_end()),
        format!("text\r\n\n{line}"),
        format!("te\0xt\n\n{line}"),
        format!("text\n\n{line}\n"),
        "text\n\n- name AAAAAAAA\n".to_owned(),
        "text\n\n\u{2014} na+me AAAAAAAA\n".to_owned(),
        "text\n\n\u{2014}  AAAAAAAA\n".to_owned(),
        "text\n\n\u{2014} name AAAA\n".to_owned(),
        "text\n\n\u{2014} name AAAAA===\n".to_owned(),
        format!("text\n\n{}", line.repeat(SIGNATURES + 1)),
        format!("{}\n\n{line}", "x".repeat(NOTE_BYTES)),
    ] {
        assert!(Note::parse(refused.as_bytes()).is_err(), "{}", refused.escape_debug());
    }
    assert!(Note::parse(&[b"\xff\n\n", line.as_bytes()].concat()).is_err());
    assert!(Note::sign("no newline".to_owned(), &[&signer("name", 1)]).is_err());
}
