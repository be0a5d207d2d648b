//! Pushing with the real program to a real server: taken up again after a break, and in constant memory at any size.

use std::{
    fs,
    path::Path,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    client::PATIENCE,
    commands::{Outcome, Program},
    fixtures::{self, files_below},
    organisation::Organisation,
    process::{Server, Site},
};

/// Length of the large file. Its bytes are zeros that the disk need not hold.
const LARGE: u64 = 1 << 30;
/// What server and client may take each, whatever the size: an eighth of the file.
const MOST_MEMORY: u64 = LARGE / 8;
/// The file that is sent last.
const LAST: &str = "weights.safetensors";

/// Adds a file of one enormous tensor.
fn add_large_file(folder: &Path) {
    let header = |length: u64| {
        let header = json!({"w": {"dtype": "U8", "shape": [length], "data_offsets": [0, length]}}).to_string();
        let padded = format!("{header:<128}");
        [&(padded.len() as u64).to_le_bytes()[..], padded.as_bytes()].concat()
    };
    let length = LARGE - header(0).len() as u64;
    let file = folder.join(LAST);
    fs::write(&file, header(length)).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_len(LARGE).unwrap();
}

/// The most memory that a process ever had, in bytes; `None` once it has ended.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10)
}

/// Waits for a command and watches its memory; how it ended, and the most it had.
fn watched(mut child: Child) -> (Outcome, u64) {
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(peak_memory(child.id()).unwrap_or_default());
        thread::sleep(Duration::from_millis(10));
    }
    (child.wait_with_output().unwrap().into(), peak)
}

/// Waits until some of the large file has arrived.
fn wait_for_bytes(site: &Site) {
    let started = Instant::now();
    let has_begun = |path: &std::path::PathBuf| fs::metadata(path).is_ok_and(|file| file.len() > LARGE / 64);
    while !files_below(&site.store().join("incoming")).iter().any(has_begun) {
        assert!(started.elapsed() < PATIENCE, "the large file does not arrive");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_push_that_broke_off_is_taken_up_again_and_takes_constant_memory() {
    let site = Site::new();
    let mut server: Server = site.start();
    let acme = Organisation::join(server.operator.as_ref().unwrap(), "acme");
    let program = Program::of(&acme.client);
    let push = program.push_of("acme/large", &fixtures::tiny_classifier(), &acme);
    add_large_file(&program.path("model"));
    let push: Vec<&str> = push.iter().map(String::as_str).collect();

    let pushing = program.start(&push);
    wait_for_bytes(&site);
    server.kill();
    let (broken, _) = watched(pushing);
    assert_ne!(broken.code, 0, "{broken:?}");
    let upload = broken.out.split("--resume ").nth(1).unwrap_or_else(|| panic!("no way on: {broken:?}"));
    let upload: String =
        upload.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();

    let server = site.start();
    let owner = acme.client.at(server.address);
    let kept: Value = owner.get(&format!("/api/v1/uploads/{upload}")).expect(200);
    for file in kept["files"].as_array().unwrap() {
        let expected = if file["path"] == LAST { "wanted" } else { "held" };
        assert_eq!(file["state"], expected, "{kept}");
    }
    let program = program.pointed_at(&owner);
    let resumed = [&push[..], &["--resume", &upload]].concat();
    let (pushed, client_peak) = watched(program.start(&resumed));
    assert_eq!(pushed.code, 0, "{pushed:?}");
    let server_peak = peak_memory(server.process()).unwrap();
    assert!(client_peak > 0 && client_peak < MOST_MEMORY, "the client took {} MiB", client_peak >> 20);
    assert!(server_peak < MOST_MEMORY, "the server took {} MiB", server_peak >> 20);
    println!("1 GiB: client {} MiB, server {} MiB", client_peak >> 20, server_peak >> 20);
    let version = owner.get("/api/v1/models/acme/large/versions/v1").expect(200);
    let files = version["files"].as_array().unwrap();
    assert!(files.iter().any(|file| file["path"] == LAST && file["size"] == LARGE), "{version}");
}
