//! What parties find, on every database.

use chancery_base::{
    db::{Database, Tx},
    values::{ArtifactKind, LeafId, ModelId, PartyId, Sha256Digest, SigningKeyId, VersionId},
};

use super::*;
use crate::{
    artifacts::{self, Model, Version, VersionStatus, Visibility},
    passport::{Passport, sample},
    test_database::{Counting, Fixture, NOW, on_each_database},
};

struct World<'a> {
    database: &'a Database,
    entropy: Counting,
    acme: PartyId,
    stranger: PartyId,
    signing_key: SigningKeyId,
}

impl<'a> World<'a> {
    fn new(database: &'a Database) -> Self {
        let entropy = Counting::default();
        let [acme, stranger] = [(); 2].map(|()| PartyId::generate(&entropy, NOW));
        let signing_key = SigningKeyId::generate(&entropy, NOW);
        Fixture::new().party(acme, "acme").party(stranger, "zenith").signing_key(signing_key, acme).write(database);
        Self { database, entropy, acme, stranger, signing_key }
    }

    /// Writes a model with one version, trained on data of this name; entered where `enters`.
    fn write(&self, name: &str, visibility: Visibility, data: &str, enters: bool) -> Model {
        let later = NOW.plus_millis(i64::try_from(name.len()).unwrap());
        let model = Model {
            kind: ArtifactKind::Model,
            id: ModelId::generate(&self.entropy, later),
            owner: self.acme,
            name: name.parse().unwrap(),
            visibility,
            created_at: later,
            epoch: 1,
        };
        let text = sample::MINIMAL.replace("name = \"sentences\"", &format!("name = \"{data}\""));
        let passport = Passport::parse(&text).unwrap().to_canonical_json().unwrap();
        let version = Version {
            id: VersionId::generate(&self.entropy, later),
            model: model.id,
            number: 1,
            status: VersionStatus::Registered,
            architecture: "bert".to_owned(),
            manifest_digest: Sha256Digest::of(name.as_bytes()),
            signed_manifest: "{}".to_owned(),
            signing_key: self.signing_key,
            passport: String::from_utf8(passport).unwrap(),
            epoch: 1,
            created_at: later,
            leaf: LeafId::generate(&self.entropy, later),
        };
        let written = model.clone();
        let act = move |tx: &mut Tx<'_>| {
            artifacts::insert_model(tx, &written)?;
            artifacts::insert_version(tx, &version, &[], &[])?;
            if enters {
                enter_version(tx, &written, &version)?;
                enter_model(tx, written.id)?;
            }
            Ok(())
        };
        self.database.act(act).unwrap();
        model
    }

    fn models(&self, viewer: PartyId, change: impl FnOnce(&mut ModelQuery)) -> Found<String> {
        let mut query = ModelQuery {
            kind: ArtifactKind::Model,
            words: String::new(),
            scope: ModelScope::Everything,
            status: None,
            order: ModelOrder::Name,
            after: None,
        };
        change(&mut query);
        let Found { items, next, is_cut_short } =
            self.database.read(|connection| find_models(connection, viewer, &query)).unwrap();
        let items = items.into_iter().map(|shown| shown.model.name.to_string()).collect();
        Found { items, next, is_cut_short }
    }

    fn datasets(&self, viewer: PartyId, words: &str) -> Vec<String> {
        let query = DatasetQuery { words: words.to_owned(), after: None };
        let found = self.database.read(|connection| find_datasets(connection, viewer, &query)).unwrap();
        found.items.iter().map(ShownDataset::title).collect()
    }
}

#[test]
fn each_party_finds_what_it_may_know_of() {
    on_each_database(|database| {
        let world = World::new(database);
        world.write("acme/minilm", Visibility::Listed, "Common Crawl", true);
        let secret = world.write("acme/secret-mini", Visibility::Private, "家书 语料", true);
        let (own, others) = (world.acme, world.stranger);
        assert_eq!(world.models(own, |_| {}).items, ["acme/minilm", "acme/secret-mini"]);
        assert_eq!(
            world.models(own, |query| query.order = ModelOrder::Newest).items,
            ["acme/secret-mini", "acme/minilm"]
        );
        assert_eq!(world.models(others, |_| {}).items, ["acme/minilm"]);
        for (words, found) in [("mini", 1), ("acme/MINI", 1), ("secret", 0), ("inilm", 0), ("%", 0), ("--", 0)] {
            assert_eq!(world.models(others, |query| query.words = words.to_owned()).items.len(), found, "{words}");
        }
        assert_eq!(world.models(own, |query| query.words = "mini".to_owned()).items.len(), 2);
        assert!(world.models(others, |query| query.scope = ModelScope::Own).items.is_empty());
        assert!(world.models(own, |query| query.scope = ModelScope::Licensed).items.is_empty());
        assert_eq!(world.datasets(own, ""), ["Common Crawl 1", "家书 语料 1"]);
        assert_eq!(world.datasets(own, "语料"), ["家书 语料 1"]);
        assert_eq!(world.datasets(others, ""), ["Common Crawl 1"]);
        assert!(world.datasets(others, "语料").is_empty());
        assert_eq!(world.datasets(others, "c"), ["Common Crawl 1"], "once, though two of its words begin so");
        let id = Sha256Digest::of_parts([&b"\xe5\xae\xb6\xe4\xb9\xa6 \xe8\xaf\xad\xe6\x96\x99"[..], b"1"]);
        assert!(database.read(|connection| show_dataset(connection, own, id, None)).is_ok());
        assert!(database.read(|connection| show_dataset(connection, others, id, None)).is_err());
        let listed = secret.id;
        database
            .act(move |tx| {
                artifacts::set_visibility(tx, listed, Visibility::Listed)?;
                enter_model(tx, listed)
            })
            .unwrap();
        assert_eq!(world.models(others, |query| query.words = "secret".to_owned()).items, ["acme/secret-mini"]);
        assert_eq!(world.datasets(others, "语料"), ["家书 语料 1"]);
        database
            .act(move |tx| {
                artifacts::set_visibility(tx, listed, Visibility::Private)?;
                enter_model(tx, listed)
            })
            .unwrap();
        assert!(world.models(others, |query| query.words = "secret".to_owned()).items.is_empty());
        assert!(world.datasets(others, "语料").is_empty());
    });
}

#[test]
fn a_listing_goes_on_where_its_page_ended_and_shows_each_once() {
    on_each_database(|database| {
        let world = World::new(database);
        let count = usize::try_from(PAGE).unwrap() + 3;
        for number in 0..count {
            world.write(
                &format!("acme/m{number:02}"),
                Visibility::Listed,
                &format!("data {number:02}"),
                number % 2 == 0,
            );
        }
        assert!(world.models(world.stranger, |_| {}).items.len() < count);
        catch_up(database).unwrap();
        for order in [ModelOrder::Name, ModelOrder::Newest] {
            for words in ["", "m"] {
                let (mut all, mut after) = (Vec::new(), None);
                loop {
                    let page = world.models(world.stranger, |query| {
                        (query.order, query.words, query.after) = (order, words.to_owned(), after);
                    });
                    all.extend(page.items);
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(all.len(), count, "{order} {words}");
                all.sort();
                all.dedup();
                assert_eq!(all.len(), count, "{order} {words}");
            }
        }
        for words in ["", "data"] {
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let query = DatasetQuery { words: words.to_owned(), after };
                let page = database.read(|connection| find_datasets(connection, world.stranger, &query)).unwrap();
                all.extend(page.items.iter().map(ShownDataset::title));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let expected: Vec<String> = (0..count).map(|number| format!("data {number:02} 1")).collect();
            assert_eq!(all, expected);
        }
    });
}
