//! TLS with an own certificate: a real server, real clients, and what is refused.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::{
    client::PATIENCE,
    process::{Server, Site},
};

/// An authority of a test's own.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, in files.
struct Issued {
    certificate: PathBuf,
    key: PathBuf,
}

impl Authority {
    fn new() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// Issues a certificate for this machine and writes it into `folder`.
    fn issue(&self, folder: &Path, name: &str) -> Issued {
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let certificate = parameters.signed_by(&key, &self.0).unwrap();
        let issued =
            Issued { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) };
        fs::write(&issued.certificate, certificate.pem()).unwrap();
        fs::write(&issued.key, key.serialize_pem()).unwrap();
        issued
    }
}

/// A site whose servers prove themselves with these files.
fn site(certificate: &Path, key: &Path) -> Site {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    Site::new().told(&["--tls-certificate", &text(certificate), "--tls-key", &text(key)])
}

/// Runs a command of the program against `server`; whether it succeeded and what it said.
fn run(server: &Server, site: &Site, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args(arguments)
        .args(["--server", &format!("https://{}", server.address)])
        .env("CHANCERY_TOKEN", server.operator.as_ref().unwrap().token())
        .env("XDG_CONFIG_HOME", site.folder())
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn a_server_with_a_certificate_is_reached_over_tls_alone() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let issued = authority.issue(folder.path(), "server");
    let site = site(&issued.certificate, &issued.key);
    let server = site.start();
    let operator = server.operator.as_ref().unwrap().trusting(&authority.pem());
    let answer = operator.get("/api/v1/whoami");
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    answer.expect(200);
    assert!(operator.trusting(&Authority::new().pem()).attempt("GET", "/healthz", &[], b"").is_err());

    // Who speaks plain HTTP to it is told nothing, and disturbs nobody.
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    assert!(!String::from_utf8_lossy(&said).contains("HTTP/"), "{said:?}");
    operator.get("/healthz").ok();
}

#[test]
fn the_programs_own_client_believes_an_authority_it_is_told_of() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let issued = authority.issue(folder.path(), "server");
    let site = site(&issued.certificate, &issued.key);
    let server = site.start();
    let file = folder.path().join("authority.pem");
    fs::write(&file, authority.pem()).unwrap();
    let (succeeded, said) = run(&server, &site, &["whoami", "--ca-certificate", file.to_str().unwrap()]);
    assert!(succeeded && said.contains("operator") && !said.contains("unencrypted"), "{said}");
    let (succeeded, said) = run(&server, &site, &["whoami"]);
    assert!(!succeeded && said.contains("cannot be reached"), "{said}");
    fs::write(&file, "no certificate").unwrap();
    let (succeeded, said) = run(&server, &site, &["whoami", "--ca-certificate", file.to_str().unwrap()]);
    assert!(!succeeded && said.contains("holds no certificate"), "{said}");
}

#[test]
fn a_renewed_certificate_is_taken_at_a_signal_and_a_broken_one_is_not() {
    let (folder, first, second) = (tempfile::tempdir().unwrap(), Authority::new(), Authority::new());
    let issued = first.issue(folder.path(), "server");
    let site = site(&issued.certificate, &issued.key);
    let server = site.start();
    let operator = server.operator.as_ref().unwrap();
    let reaches =
        |authority: &Authority| operator.trusting(&authority.pem()).attempt("GET", "/healthz", &[], b"").is_ok();
    let hang_up = || {
        let told = Command::new("kill").args(["-HUP", &server.process().to_string()]).status().unwrap();
        assert!(told.success());
    };
    assert!(reaches(&first));

    fs::write(&issued.key, "broken").unwrap();
    hang_up();
    let began = Instant::now();
    while !site.said().contains("there is no private key") {
        assert!(began.elapsed() < PATIENCE, "{}", site.said());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(reaches(&first), "the certificate in use is kept");

    second.issue(folder.path(), "server");
    hang_up();
    while !reaches(&second) {
        assert!(began.elapsed() < PATIENCE, "{}", site.said());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!reaches(&first));
}

#[test]
fn what_cannot_prove_a_server_is_refused_before_anything_is_made() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let [issued, other] = ["server", "other"].map(|name| authority.issue(folder.path(), name));
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let empty = file("empty.pem", "");
    let garbled = file("garbled.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let encrypted =
        file("encrypted.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n");
    let absent = folder.path().join("absent.pem");
    for (certificate, key, said) in [
        (&absent, &issued.key, "check that it is there"),
        (&issued.certificate, &absent, "check that it is there"),
        (&empty, &issued.key, "there is no certificate in"),
        (&issued.key, &issued.key, "there is no certificate in"),
        (&garbled, &issued.key, "cannot be used"),
        (&issued.certificate, &empty, "there is no private key in"),
        (&issued.certificate, &issued.certificate, "there is no private key in"),
        (&issued.certificate, &encrypted, "not encrypted"),
        (&issued.certificate, &other.key, "is not that of the first certificate"),
    ] {
        let site = site(certificate, key);
        let (_, refusal) = site.start_refused();
        assert!(refusal.contains(said), "{} and {}: {refusal}", certificate.display(), key.display());
        assert!(!site.data.exists(), "{said}");
    }
}

#[test]
fn keys_do_not_cross_a_network_in_plain_unless_somebody_protects_them() {
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let mut exposed = Site::new();
    exposed.listen = everywhere;
    let (_, refusal) = exposed.start_refused();
    for next_step in ["--tls-certificate", "--behind-proxy", "127.0.0.1"] {
        assert!(refusal.contains(next_step), "{refusal}");
    }
    assert!(!exposed.data.exists());
    let mut protected = Site::new();
    protected.listen = everywhere;
    let protected = protected.told(&["--behind-proxy"]);
    drop(protected.start());
}

#[test]
fn versions_older_than_1_2_are_not_spoken() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let issued = authority.issue(folder.path(), "server");
    let site = site(&issued.certificate, &issued.key);
    let server = site.start();
    // The hello of a client that speaks TLS 1.0 at most, with a cipher suite of its time (RFC 2246 section 7.4.1.2).
    let hello = [&[0x03, 0x01][..], &[7; 32], &[0, 0, 2, 0x00, 0x2f, 1, 0]].concat();
    let length = u8::try_from(hello.len()).unwrap();
    let record = [&[0x16, 0x03, 0x01, 0, length + 4, 0x01, 0, 0, length][..], &hello].concat();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(&record).unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    // An alert of the level "fatal" (RFC 8446 section 6.2), and no hello back.
    assert!(said.is_empty() || (said[0] == 0x15 && said[5] == 2), "{said:02x?}");
}
