//! The story, step by step. Each step runs for real and checks what it is about.

use std::fs;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;

use super::{
    narrator::Narrator,
    papers::{self, Data},
    stage::{Role, Stage},
};
use crate::cli::message::say;

/// What is asked of the model.
const PRAISE: &str = "I love it, works perfectly";
/// Exit codes of the command line that the story looks for.
const REFUSED: i32 = 5;
const INVALID: i32 = 6;

/// Plays all steps.
pub(super) fn play(stage: &Stage, narrator: &Narrator) -> Result<()> {
    narrator.step(&say!("demo-opening", address = stage.address()))?;
    parties(stage, narrator)?;
    register(stage, narrator, Data::Both)?;
    license(stage, narrator)?;
    refused(stage, narrator)?;
    register(stage, narrator, Data::OpenOnly)?;
    let receipt = allowed(stage, narrator)?;
    tampered(stage, narrator)?;
    verified(stage, narrator, &receipt)
}

fn parties(stage: &Stage, narrator: &Narrator) -> Result<()> {
    narrator.step(&say!("demo-parties"))?;
    for (role, slug, title) in [(Role::Owner, "acme", "Acme"), (Role::Licensee, "globex", "Globex")] {
        shown(stage, narrator, Role::Operator, &["party", "create", slug, "--title", title], |joined| {
            stage.hand_out(role, text(joined, "/api_key/token")?);
            Ok(())
        })?;
        enrol(stage, role, slug)?;
    }
    narrator.tell(&say!("demo-keys"))?;
    Ok(())
}

/// Makes a signing key for a party, proves possession of it, and has it approved.
fn enrol(stage: &Stage, role: Role, slug: &str) -> Result<()> {
    let file = stage.path(&format!("{slug}.pem"));
    let made = stage.succeed(Role::Nobody, &["keygen", "--out", &file])?;
    let pinned = format!("{slug}={}", text(&made, "/public_key")?);
    stage.succeed(Role::Nobody, &["trust", "add", "--signer", &pinned])?;
    let enrolled = stage.succeed(role, &["key", "enroll", "--key", &file, "--label", "release"])?;
    stage.succeed(role, &["key", "approve", text(&enrolled, "/id")?])?;
    Ok(())
}

fn register(stage: &Stage, narrator: &Narrator, data: Data) -> Result<()> {
    let (step, name) = match data {
        Data::Both => (say!("demo-train-both"), "with-forum"),
        Data::OpenOnly => (say!("demo-train-open"), "without-forum"),
    };
    narrator.step(&step)?;
    let trained = papers::train(data)?;
    let accuracy = format!("{:.2}", trained.training.accuracy);
    narrator.tell(&say!("demo-trained", examples = trained.training.examples, accuracy = accuracy))?;
    let folder = stage.folder().join(name);
    fs::create_dir(&folder)?;
    for (file, bytes) in papers::files(&trained) {
        fs::write(folder.join(file), bytes)?;
    }
    let passport = stage.folder().join(format!("{name}.toml"));
    fs::write(&passport, papers::passport(data))?;
    let (folder, passport, key) = (folder.to_string_lossy(), passport.to_string_lossy(), stage.path("acme.pem"));
    let push = ["push", &folder, "--model", "acme/reviews", "--key", &key, "--passport", &passport];
    let registered = shown(stage, narrator, Role::Owner, &push, |registered| Ok(registered.clone()))?;
    narrator.tell(&say!(
        "demo-registered",
        version = registered.pointer("/version").unwrap_or(&Value::Null),
        digest = text(&registered, "/manifest_digest")?
    ))?;
    Ok(())
}

fn license(stage: &Stage, narrator: &Narrator) -> Result<()> {
    narrator.step(&say!("demo-license"))?;
    let terms = stage.path("terms.toml");
    fs::write(&terms, papers::TERMS)?;
    let offer = ["grant", "offer", "acme/reviews", "--to", "globex", "--terms", &terms];
    let grant = shown(stage, narrator, Role::Owner, &offer, |offered| Ok(text(offered, "/id")?.to_owned()))?;
    let key = stage.path("globex.pem");
    shown(stage, narrator, Role::Licensee, &["grant", "accept", &grant, "--key", &key], |_| Ok(()))?;
    let token = [
        "token",
        "create",
        "--role",
        "member",
        "--label",
        "shop",
        "--purpose",
        "commercial-service",
        "--territory",
        "DE",
    ];
    shown(stage, narrator, Role::Licensee, &token, |made| {
        stage.hand_out(Role::Caller, text(made, "/token")?);
        Ok(())
    })
}

fn refused(stage: &Stage, narrator: &Narrator) -> Result<()> {
    narrator.step(&say!("demo-call"))?;
    let call = ["predict", "acme/reviews", PRAISE];
    narrator.command(&call)?;
    let outcome = stage.run(Role::Caller, &call)?;
    ensure!(outcome.code == REFUSED, "the call should have been refused, but: {}", outcome.said);
    let refusal = outcome.document;
    let detail = text(&refusal, "/error/detail")?;
    let sentence = detail.lines().next().unwrap_or_default();
    let next_step = text(&refusal, "/error/problem/reasons/0/next_step")?;
    for named in ["forum-noncommercial", "CC-BY-NC-4.0", "2(a)(1)", next_step] {
        ensure!(sentence.contains(named), "the refusal should name `{named}`, but says: {sentence}");
    }
    narrator.tell(&say!("demo-refused", detail = sentence))?;
    Ok(())
}

fn allowed(stage: &Stage, narrator: &Narrator) -> Result<String> {
    let call = ["predict", "acme/reviews", PRAISE];
    let answer = shown(stage, narrator, Role::Caller, &call, |answer| Ok(answer.clone()))?;
    let label = text(&answer, "/outputs/0/label")?;
    ensure!(label == "positive", "praise was labelled `{label}`");
    let receipt = text(&answer, "/receipt")?.to_owned();
    narrator.tell(&say!("demo-allowed", label = label, receipt = receipt))?;
    Ok(receipt)
}

fn tampered(stage: &Stage, narrator: &Narrator) -> Result<()> {
    narrator.step(&say!("demo-flip"))?;
    stage.succeed(Role::Nobody, &["trust", "add", "--from", &stage.address()])?;
    let verify = ["verify", "acme/reviews@v1"];
    stage.succeed(Role::Owner, &verify)?;
    flip_a_byte(&stage.folder().join("data").join("blobs"))?;
    narrator.command(&verify)?;
    let outcome = stage.run(Role::Owner, &verify)?;
    ensure!(outcome.code == INVALID, "the flipped byte should have been found, but: {}", outcome.said);
    narrator.tell(&say!("demo-caught"))?;
    Ok(())
}

/// Flips one byte in the middle of the oldest sealed file, which belongs to version 1.
fn flip_a_byte(store: &std::path::Path) -> Result<()> {
    let mut files = Vec::new();
    let mut open = vec![store.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    let made = |path: &std::path::PathBuf| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    files.sort_by_key(made);
    let victim = files.first().context("the store is empty")?;
    let mut bytes = fs::read(victim)?;
    let middle = bytes.len() / 2;
    let byte = bytes.get_mut(middle).context("an empty file")?;
    *byte ^= 1;
    Ok(fs::write(victim, bytes)?)
}

fn verified(stage: &Stage, narrator: &Narrator, receipt: &str) -> Result<()> {
    narrator.step(&say!("demo-verify"))?;
    let (file, pack) = (stage.path("use.receipt"), stage.path("audit-pack"));
    shown(stage, narrator, Role::Owner, &["log", "verify"], |_| Ok(()))?;
    shown(stage, narrator, Role::Caller, &["receipt", "get", receipt, "--out", &file], |_| Ok(()))?;
    shown(stage, narrator, Role::Nobody, &["receipt", "verify", &file], |_| Ok(()))?;
    let export = ["export", "audit", "--from", "2026-01-01", "--to", "2100-01-01", "--out", &pack];
    shown(stage, narrator, Role::Owner, &export, |_| Ok(()))?;
    shown(stage, narrator, Role::Nobody, &["export", "verify", &pack], |_| Ok(()))?;
    narrator.tell(&say!("demo-end"))?;
    Ok(())
}

/// Shows a command, runs it, and looks at what came out.
fn shown<T>(
    stage: &Stage,
    narrator: &Narrator,
    role: Role,
    arguments: &[&str],
    look: impl FnOnce(&Value) -> Result<T>,
) -> Result<T> {
    narrator.command(arguments)?;
    look(&stage.succeed(role, arguments)?)
}

fn text<'v>(document: &'v Value, pointer: &str) -> Result<&'v str> {
    let found = document.pointer(pointer).and_then(Value::as_str);
    found.ok_or_else(|| anyhow!("`{pointer}` is missing from {document}"))
}
