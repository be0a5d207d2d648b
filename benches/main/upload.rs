//! An upload of 1 GiB through HTTP (hash, verify, seal, sync) against hashing, writing and `age`.

use std::{
    fs::{self, File},
    io::{BufReader, Read, Write},
    path::Path,
    process::Command,
    time::Duration,
};

use chancery::app::SystemEntropy;
use chancery_base::values::{ByteCount, Entropy, Sha256Digest};
use chancery_domain::artifacts::ManifestFile;

use super::{
    Measured,
    registry::{Member, Registry},
    seconds, timed,
};

const SIZE: u64 = 1 << 30;
const ROUNDS: usize = 3;
const BUFFER: usize = 1 << 20;

pub fn measure() -> Vec<Measured> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("weights");
    let digest = make(&file);
    let identity = Command::new("age-keygen").output().expect("age is installed").stdout;
    let identity = String::from_utf8(identity).unwrap();
    let recipient = identity.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap().to_owned();
    let registry = Registry::open();
    let owner = registry.member("acme");
    registry.enrol(&owner);
    let (mut uploads, mut hashes, mut writes, mut ages) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        uploads.push(upload(&registry, &owner, &file, digest));
        hashes.push(timed(|| assert_eq!(hash(&file), digest)));
        writes.push(synced_write(&file, &folder.path().join("copy")));
        ages.push(age(&file, &folder.path().join("sealed"), &recipient));
    }
    let slower = seconds(&hashes).max(seconds(&writes));
    let upload = seconds(&uploads);
    vec![
        Measured {
            work: "upload 1 GiB through HTTP: hash, verify, seal, sync",
            peer: "slower of SHA-256 on one core and a synced write of the same bytes",
            ratio: slower / upload,
            goal: 0.9,
            floor: 0.6,
        },
        Measured {
            work: "the same",
            peer: "`age -e` of the file, which hashes nothing",
            ratio: seconds(&ages) / upload,
            goal: 1.0,
            floor: 0.7,
        },
    ]
}

/// Random bytes, and their digest.
fn make(file: &Path) -> Sha256Digest {
    let mut out = File::create(file).unwrap();
    let mut block = vec![0; BUFFER];
    for _ in 0..SIZE / BUFFER as u64 {
        SystemEntropy.fill(&mut block);
        out.write_all(&block).unwrap();
    }
    out.sync_all().unwrap();
    hash(file)
}

fn hash(file: &Path) -> Sha256Digest {
    use sha2::Digest;
    let mut hasher = sha2::Sha256::new();
    let mut source = File::open(file).unwrap();
    let mut block = vec![0; BUFFER];
    loop {
        match source.read(&mut block).unwrap() {
            0 => return Sha256Digest::from_bytes(hasher.finalize().into()),
            length => hasher.update(&block[..length]),
        }
    }
}

fn synced_write(file: &Path, copy: &Path) -> Duration {
    let elapsed = timed(|| {
        let mut out = File::create(copy).unwrap();
        let mut source = File::open(file).unwrap();
        let mut block = vec![0; BUFFER];
        loop {
            match source.read(&mut block).unwrap() {
                0 => break,
                length => out.write_all(&block[..length]).unwrap(),
            }
        }
        out.sync_all().unwrap();
    });
    fs::remove_file(copy).unwrap();
    elapsed
}

fn age(file: &Path, sealed: &Path, recipient: &str) -> Duration {
    let elapsed = timed(|| {
        let status = Command::new("age").args(["-e", "-r", recipient, "-o"]).arg(sealed).arg(file).status().unwrap();
        assert!(status.success());
        File::open(sealed).unwrap().sync_all().unwrap();
    });
    fs::remove_file(sealed).unwrap();
    elapsed
}

/// One upload; it is given up afterwards, so that the next one is not recognised.
fn upload(registry: &Registry, owner: &Member, file: &Path, sha256: Sha256Digest) -> Duration {
    let described = ManifestFile { path: "weights.safetensors".parse().unwrap(), size: ByteCount(SIZE), sha256 };
    let envelope = registry.manifest(owner, "acme/large", vec![described]);
    let once = super::registry::new_request(&owner.caller);
    let archive = &registry.app.archive;
    let session = archive.open_upload(&owner.caller, &once, envelope.to_json().as_bytes()).unwrap();
    let id = session.upload.id;
    let elapsed = timed(|| {
        let source = BufReader::with_capacity(BUFFER, File::open(file).unwrap());
        let answer = ureq::put(format!("{}/api/v1/uploads/{id}/blobs/{sha256}", registry.address))
            .header("authorization", format!("Bearer {}", owner.token))
            .header("content-length", SIZE.to_string())
            .send(ureq::SendBody::from_owned_reader(source));
        assert_eq!(answer.unwrap().status(), 204);
    });
    archive.abandon_upload(&owner.caller, &super::registry::new_request(&owner.caller), id).unwrap();
    elapsed
}
