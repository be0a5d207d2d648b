//! Models, versions, uploads and blobs on every database.

use chancery_base::{
    db::Database,
    problem::ProblemKind,
    store::BlobName,
    values::{
        ArtifactKind, ByteCount, LeafId, ModelId, PartyId, Sha256Digest, SigningKeyId, Standing, UploadId, VersionId,
    },
};

use super::*;
use crate::test_database::{Counting, Fixture, NOW, on_each_database};

/// Two parties, one of which has a model named `acme/minilm`, and what is needed to add to it.
struct World<'a> {
    database: &'a Database,
    entropy: Counting,
    acme: PartyId,
    stranger: PartyId,
    signing_key: SigningKeyId,
    model: ModelId,
}

impl<'a> World<'a> {
    fn new(database: &'a Database) -> Self {
        let entropy = Counting::default();
        let [acme, stranger] = [(); 2].map(|()| PartyId::generate(&entropy, NOW));
        let signing_key = SigningKeyId::generate(&entropy, NOW);
        Fixture::new().party(acme, "acme").party(stranger, "zenith").signing_key(signing_key, acme).write(database);
        let model = Model {
            kind: ArtifactKind::Model,
            id: ModelId::generate(&entropy, NOW),
            owner: acme,
            name: "acme/minilm".parse().unwrap(),
            visibility: Visibility::Private,
            created_at: NOW,
            epoch: 1,
        };
        let world = Self { database, entropy, acme, stranger, signing_key, model: model.id };
        database.act(move |tx| Ok(insert_model(tx, &model)?)).unwrap();
        world
    }

    fn blob(&self, content: &str) -> Blob {
        let blob = Blob {
            name: BlobName::generate(&self.entropy),
            tenant: self.acme,
            sha256: Sha256Digest::of(content.as_bytes()),
            size: ByteCount(content.len() as u64),
            envelope: vec![1, 2, 3],
            created_at: NOW,
            destroyed_at: None,
        };
        let written = blob.clone();
        self.database.act(move |tx| Ok(insert_blob(tx, &written)?)).unwrap();
        blob
    }

    fn version(&self, number: u32) -> Version {
        Version {
            id: VersionId::generate(&self.entropy, NOW),
            model: self.model,
            number,
            status: VersionStatus::Registered,
            architecture: "bert".to_owned(),
            manifest_digest: Sha256Digest::of(&number.to_le_bytes()),
            signed_manifest: "{}".to_owned(),
            signing_key: self.signing_key,
            passport: "{}".to_owned(),
            epoch: 1,
            created_at: NOW,
            leaf: LeafId::generate(&self.entropy, NOW),
        }
    }

    fn register(&self, version: &Version, files: Vec<VersionFile>, parents: Vec<VersionParent>) {
        let version = version.clone();
        self.database.act(move |tx| Ok(insert_version(tx, &version, &files, &parents)?)).unwrap();
    }

    fn number_of(&self, reference: &str) -> Option<u32> {
        let found = self.database.read(|c| find_version(c, &reference.parse().unwrap())).unwrap();
        found.map(|(_, version)| version.number)
    }

    fn change(&self, version: VersionId, status: VersionStatus) {
        let before = self.database.read(|c| find_version_by_id(c, version)).unwrap().unwrap().status;
        assert!(self.database.act(move |tx| Ok(change_status(tx, version, before, status)?)).unwrap());
        assert!(!self.database.act(move |tx| Ok(change_status(tx, version, before, status)?)).unwrap(), "it moved on");
    }
}

#[test]
fn references_find_the_version_they_mean() {
    on_each_database(|database| {
        let world = World::new(database);
        assert_eq!(world.number_of("acme/minilm"), None);
        let (first, second) = (world.version(1), world.version(2));
        world.register(&first, Vec::new(), Vec::new());
        world.register(&second, Vec::new(), Vec::new());
        let (model, alias) = (world.model, "production".parse::<chancery_base::values::Alias>().unwrap());
        for version in [second.id, first.id] {
            let alias = alias.clone();
            database.act(move |tx| Ok(set_alias(tx, model, &alias, version)?)).unwrap();
        }
        assert_eq!(world.number_of("acme/minilm"), Some(2));
        assert_eq!(world.number_of("acme/minilm@v1"), Some(1));
        assert_eq!(world.number_of("acme/minilm@production"), Some(1));
        for missing in ["acme/minilm@v3", "acme/minilm@v4294967295", "acme/minilm@staging", "zenith/minilm"] {
            assert_eq!(world.number_of(missing), None, "{missing}");
        }
        assert_eq!(database.read(|c| aliases_of(c, model)).unwrap(), [(alias, 1)]);
        assert_eq!(database.read(|c| highest_number(c, model)).unwrap(), 2);
        assert_eq!(database.read(|c| version_count(c, model)).unwrap(), 2);
    });
}

#[test]
fn latest_is_the_newest_in_use_and_every_change_raises_the_epoch() {
    on_each_database(|database| {
        let world = World::new(database);
        let (first, second) = (world.version(1), world.version(2));
        world.register(&first, Vec::new(), Vec::new());
        world.register(&second, Vec::new(), Vec::new());
        world.change(second.id, VersionStatus::Suspended);
        assert_eq!(world.number_of("acme/minilm"), Some(1));
        world.change(first.id, VersionStatus::Withdrawn);
        assert_eq!(world.number_of("acme/minilm"), Some(2), "where none is in use, the newest says why");
        world.change(second.id, VersionStatus::Registered);
        let found = database.read(|c| find_version_by_id(c, second.id)).unwrap().unwrap();
        assert_eq!((found.status, found.epoch), (VersionStatus::Registered, 3));
        assert!(!VersionStatus::Withdrawn.may_become(VersionStatus::Registered));
    });
}

#[test]
fn one_number_and_one_manifest_make_one_version() {
    on_each_database(|database| {
        let world = World::new(database);
        let first = world.version(1);
        world.register(&first, Vec::new(), Vec::new());
        let same_number = Version { manifest_digest: Sha256Digest::of(b"other"), ..world.version(1) };
        let same_manifest = Version { manifest_digest: first.manifest_digest, ..world.version(2) };
        for refused in [same_number, same_manifest] {
            let answer = database.act(move |tx| Ok(insert_version(tx, &refused, &[], &[])?));
            assert_eq!(answer.unwrap_err().kind, ProblemKind::Conflict);
        }
        let found = database.read(|c| version_by_manifest(c, world.model, &first.manifest_digest)).unwrap();
        assert_eq!(found, Some(first));
    });
}

#[test]
fn files_and_parents_come_back_as_written() {
    on_each_database(|database| {
        let world = World::new(database);
        let base = world.version(1);
        world.register(&base, Vec::new(), Vec::new());
        let blob = world.blob("{}");
        let file = |path: &str| VersionFile {
            path: path.parse().unwrap(),
            sha256: blob.sha256,
            size: blob.size,
            format: "json".to_owned(),
            blob: blob.name,
        };
        let parent = VersionParent { parent: base.id, activity: "finetune".to_owned(), standing: Standing::Declared };
        let child = world.version(2);
        world.register(&child, vec![file("b.json"), file("a.json")], vec![parent.clone()]);
        assert_eq!(database.read(|c| files_of(c, child.id)).unwrap(), [file("a.json"), file("b.json")]);
        assert_eq!(database.read(|c| parents_of(c, child.id)).unwrap(), [parent]);
        assert!(database.read(|c| is_blob_referenced(c, blob.name)).unwrap());
        let name = blob.name;
        assert!(database.act(move |tx| Ok(delete_blob(tx, name)?)).is_err(), "a blob in use cannot be forgotten");
    });
}

#[test]
fn private_models_are_seen_by_their_owner_and_those_they_were_offered_to() {
    on_each_database(|database| {
        let world = World::new(database);
        let names = |viewer: PartyId, also_visible: &[ModelId]| -> Vec<String> {
            let listed =
                database.read(|c| list_models(c, ArtifactKind::Model, viewer, also_visible, None, 10)).unwrap();
            listed.iter().map(|model| model.name.to_string()).collect()
        };
        assert_eq!(names(world.acme, &[]), ["acme/minilm"]);
        assert!(names(world.stranger, &[]).is_empty());
        assert_eq!(names(world.stranger, &[world.model]), ["acme/minilm"]);
        let model = database.read(|c| find_model_by_id(c, world.model)).unwrap().unwrap();
        assert!(model.is_open_to(world.acme) && !model.is_open_to(world.stranger));
        let id = world.model;
        database.act(move |tx| Ok(set_visibility(tx, id, Visibility::Listed)?)).unwrap();
        assert_eq!(names(world.stranger, &[]), ["acme/minilm"]);
        let after =
            database.read(|c| list_models(c, ArtifactKind::Model, world.stranger, &[], Some(&model.name), 10)).unwrap();
        assert!(after.is_empty());
    });
}

#[test]
fn an_upload_is_seen_by_its_party_until_it_is_swept() {
    on_each_database(|database| {
        let world = World::new(database);
        let upload = Upload {
            id: UploadId::generate(&world.entropy, NOW),
            party: world.acme,
            model: "acme/minilm".parse().unwrap(),
            manifest_digest: Sha256Digest::of(b"manifest"),
            signed_manifest: "{}".to_owned(),
            signing_key: world.signing_key,
            created_at: NOW,
            expires_at: NOW.plus_days(1),
            version: None,
        };
        let blob = world.blob("weights");
        let file = UploadFile { sha256: blob.sha256, blob: blob.name, is_received: true };
        let (id, written, held) = (upload.id, upload.clone(), file.clone());
        database
            .act(move |tx| {
                insert_upload(tx, &written)?;
                Ok(insert_upload_file(tx, id, &held)?)
            })
            .unwrap();
        assert_eq!(database.read(|c| find_upload(c, world.acme, id)).unwrap(), Some(upload.clone()));
        assert_eq!(database.read(|c| find_upload(c, world.stranger, id)).unwrap(), None);
        assert_eq!(database.read(|c| upload_files_of(c, id)).unwrap(), [file]);
        assert_eq!(database.read(|c| find_blob_by_digest(c, world.acme, &blob.sha256)).unwrap(), Some(blob.clone()));
        assert_eq!(database.read(|c| find_blob_by_digest(c, world.stranger, &blob.sha256)).unwrap(), None);
        assert!(database.read(|c| expired_uploads(c, NOW)).unwrap().is_empty());
        assert_eq!(database.read(|c| expired_uploads(c, NOW.plus_days(1))).unwrap(), [upload]);
        database
            .act(move |tx| {
                delete_upload(tx, id)?;
                Ok(delete_blob(tx, blob.name)?)
            })
            .unwrap();
        assert!(database.read(blob_names).unwrap().is_empty());
    });
}
