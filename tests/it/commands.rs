//! The built program itself: its story in both languages, and the exit codes of its verifiers.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use chancery::demo::papers::{self, Data};
use serde_json::Value;

use crate::{
    app::TestApp,
    client::Client,
    fixtures::{self, Files, files_below},
    organisation::Organisation,
};

/// The program under test, pointed at a server, with a home of its own.
pub struct Program {
    home: tempfile::TempDir,
    server: String,
    token: String,
}

/// How a command ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub said: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Outcome {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

impl Program {
    /// The program of whoever holds this client's key, pointed at its server.
    pub fn of(client: &Client) -> Self {
        Self { home: tempfile::tempdir().unwrap(), server: client.url(), token: client.token().to_owned() }
    }

    /// The program without a server.
    pub fn alone() -> Self {
        Self { home: tempfile::tempdir().unwrap(), server: String::new(), token: String::new() }
    }

    /// The same program and home, after the server was started again elsewhere.
    pub fn pointed_at(self, client: &Client) -> Self {
        Self { server: client.url(), ..self }
    }

    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.start(arguments).wait_with_output().unwrap().into()
    }

    /// The same in an environment of its own.
    pub fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
        self.command(arguments).envs(environment.iter().copied()).output().unwrap().into()
    }

    /// Starts a command and does not wait for it.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.args(arguments).env("TMPDIR", self.home.path()).env("LC_ALL", "C");
        command.env("HOME", self.home.path()).env_remove("CHANCERY_SERVER").env_remove("CHANCERY_TOKEN");
        command.env("XDG_CONFIG_HOME", self.home.path().join("config"));
        command.env("XDG_STATE_HOME", self.home.path().join("state"));
        if !self.server.is_empty() {
            command.env("CHANCERY_SERVER", &self.server).env("CHANCERY_TOKEN", &self.token);
        }
        command
    }

    /// Writes a model's folder, its passport and the key of its owner; the arguments that push it.
    pub fn push_of(&self, model: &str, files: &Files, owner: &Organisation) -> Vec<String> {
        let (folder, key, passport) = (self.path("model"), self.path("owner.pem"), self.path("passport.toml"));
        write(&folder, files);
        fs::write(&key, owner.key.to_pem()).unwrap();
        restrict(&key);
        fs::write(&passport, papers::passport(Data::OpenOnly)).unwrap();
        let [folder, key, passport] = [folder, key, passport].map(|path| path.to_str().unwrap().to_owned());
        ["push", &folder, "--model", model, "--key", &key, "--passport", &passport, "--json"]
            .map(str::to_owned)
            .to_vec()
    }

    /// A file of this program's own.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }
}

/// Plays the demo to its end in an environment; nothing is left behind, however it ends.
fn demo(environment: &[(&str, &str)], code: i32) -> Outcome {
    let program = Program::alone();
    let told = program.run_with(&["demo", "--once", "--listen", "127.0.0.1:0"], environment).expect(code);
    let left: Vec<_> = fs::read_dir(program.home.path()).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(!left.iter().any(|path| path.to_string_lossy().contains("chancery-demo")), "{left:?}");
    told
}

#[test]
fn the_demo_refuses_for_a_data_set_a_clause_and_says_what_to_do() {
    let told = demo(&[], 0);
    let refused = told.out.lines().find(|line| line.contains("REFUSED")).unwrap();
    for part in ["forum-noncommercial", "CC-BY-NC-4.0", "2(a)(1)", "; "] {
        assert!(refused.contains(part), "`{part}` is not in {refused}");
    }
    for part in ["ALLOWED", "CAUGHT", "$ chancery log verify", "$ chancery export verify"] {
        assert!(told.out.contains(part), "`{part}` is not in {}", told.out);
    }
}

#[test]
fn the_demo_speaks_the_language_of_the_locale() {
    let told = demo(&[("LC_ALL", "zh_CN.UTF-8")], 0);
    for part in ["forum-noncommercial", "CC-BY-NC-4.0", "许可", "；"] {
        assert!(told.out.contains(part), "`{part}` is not in {}", told.out);
    }
}

#[test]
fn a_step_that_fails_fails_the_demo() {
    // Commands that are sent through a proxy where nobody listens cannot reach the server.
    let broken = [("HTTP_PROXY", "http://127.0.0.1:9"), ("http_proxy", "http://127.0.0.1:9"), ("NO_PROXY", "")];
    let told = demo(&broken, 1);
    assert!(told.said.contains("party create"), "{told:?}");
    assert!(!told.out.contains("ALLOWED"), "{told:?}");
}

#[test]
fn the_demo_listens_where_it_is_told_to_or_not_at_all() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = Program::alone().run(&["demo", "--once", "--listen", &address]).expect(1);
    assert!(refused.said.contains("--listen"), "{refused:?}");
}

#[test]
fn the_demo_ends_with_commands_that_work_as_they_stand() {
    let program = Program::alone();
    let mut demo = program.command(&["demo", "--listen", "127.0.0.1:0"]);
    let mut demo = demo.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines().map_while(Result::ok);
    let export = lines.find(|line| line.trim_start().starts_with("export ")).expect("the story has no end");
    let tried: Vec<_> = lines.by_ref().take(3).collect();
    let codes = tried.iter().map(|line| {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{export}\n{line}")]).env("HOME", program.home.path()).env("LC_ALL", "C");
        shell.output().unwrap().status.code()
    });
    let codes: Vec<_> = codes.collect();
    demo.kill().unwrap();
    demo.wait().unwrap();
    assert_eq!(codes, [Some(0), Some(5), Some(0)], "{tried:#?}");
}

#[test]
fn the_worked_examples_of_the_policies_hold() {
    let program = Program::alone();
    program.run(&["policy", "test"]).expect(0);
    program.run(&["policy", "test", "--dir", concat!(env!("CARGO_MANIFEST_DIR"), "/policies")]).expect(0);
}

fn write(folder: &Path, files: &Files) {
    fs::create_dir(folder).unwrap();
    files.iter().for_each(|(name, bytes)| fs::write(folder.join(name), bytes).unwrap());
}

/// Flips one bit in the middle of the largest sealed file.
fn flip_a_sealed_byte(store: &Path) {
    let files = files_below(store);
    let victim = files.iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    let mut bytes = fs::read(victim).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(victim, bytes).unwrap();
}

#[test]
fn a_pushed_model_verifies_until_a_byte_is_flipped() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let program = Program::of(&acme.client);
    let bundle = program.path("bundle.json");
    let bundle = bundle.to_str().unwrap();
    let push = program.push_of("acme/reviews", fixtures::open_classifier(), &acme);
    let push: Vec<&str> = push.iter().map(String::as_str).chain(["--bundle", bundle]).collect();
    let pushed: Value = serde_json::from_str(&program.run(&push).expect(0).out).unwrap();
    assert_eq!(pushed["version"], 1, "{pushed}");

    // Without pinned keys there is no verdict.
    program.run(&["verify", "acme/reviews"]).expect(7);
    program.run(&["verify", "--bundle", bundle]).expect(7);
    program.run(&["log", "verify"]).expect(7);
    let pinned = format!("acme={}", serde_json::to_value(acme.key.verifying_key()).unwrap().as_str().unwrap());
    program.run(&["trust", "add", "--signer", &pinned]).expect(0);
    program.run(&["trust", "add", "--from", &app.url()]).expect(0);
    program.run(&["verify", "acme/reviews"]).expect(0);
    program.run(&["verify", "--bundle", bundle]).expect(0);
    program.run(&["log", "verify"]).expect(0);
    program.run(&["log", "watch", "--once"]).expect(0);
    acme.key(&serde_json::json!({"role": "member", "label": "more"}));
    program.run(&["log", "watch", "--once"]).expect(0);

    let mut forged: Value = serde_json::from_str(&fs::read_to_string(bundle).unwrap()).unwrap();
    forged["signed_manifest"]["signatures"][0]["sig"] = serde_json::json!("A".repeat(86) + "==");
    fs::write(bundle, forged.to_string()).unwrap();
    program.run(&["verify", "--bundle", bundle]).expect(6);
    flip_a_sealed_byte(&app.config.store);
    let found = program.run(&["verify", "acme/reviews"]).expect(6);
    let told = format!("{}{}", found.out, found.said);
    assert!(told.contains("model.safetensors"), "{told}");
    acme.client.logged("the tampering", |entry| entry["type"] == "tampering-found");
    program.run(&["verify", "acme/nothing"]).expect(7);
}

/// Only the owner reads a key.
pub fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_refused_call_and_a_missing_key_have_exit_codes_of_their_own() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let program = Program::of(&globex.program("commercial-service", "DE"));
    let refused = program.run(&["predict", "acme/reviews", "x"]).expect(5);
    assert!(refused.said.contains("grant"), "{refused:?}");
    Program::of(&app.nobody()).run(&["whoami"]).expect(4);
    program.run(&["no-such-command"]).expect(2);
}

#[test]
fn shells_complete_the_command_line_and_every_command_has_a_page() {
    let app = TestApp::start();
    let program = Program::of(&app.nobody());
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = program.run(&["completions", shell]).expect(0).out;
        assert!(script.contains("doctor") && script.contains("passport"), "{shell}");
    }
    program.run(&["completions", "tcsh"]).expect(2);
    let folder = program.path("man");
    let told = program.run(&["man", "--json", "--out", folder.to_str().unwrap()]).expect(0);
    let told: Value = serde_json::from_str(told.out.trim()).unwrap();
    let pages: Vec<_> = told["pages"].as_array().unwrap().iter().map(|page| page.as_str().unwrap()).collect();
    assert!(pages.contains(&"chancery.1") && pages.contains(&"chancery-grant-accept.1"), "{pages:?}");
    let page = fs::read_to_string(folder.join("chancery-serve.1")).unwrap();
    assert!(page.contains("\\-\\-database") && page.contains("Examples"), "{page}");
}
