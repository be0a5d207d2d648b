//! The voice of the story: plain lines on standard output, in English or Chinese.

use std::io::{self, Write};

use chancery_base::values::Language;

use super::stage::Stage;
use crate::cli::{
    message::{Message, say},
    words::{self, Words},
};

/// Says what happens.
pub(super) struct Narrator {
    words: Words,
}

impl Narrator {
    pub(super) fn in_language(language: Language) -> Self {
        Self { words: words::in_language(language) }
    }

    /// A step begins.
    pub(super) fn step(&self, message: &Message) -> io::Result<()> {
        line(&format!("\n▸ {}", self.words.say(message)))
    }

    /// Something that was seen.
    pub(super) fn tell(&self, message: &Message) -> io::Result<()> {
        line(&format!("  {}", self.words.say(message)))
    }

    /// The command a person would type for it.
    pub(super) fn command(&self, arguments: &[&str]) -> io::Result<()> {
        let shown: Vec<String> = arguments.iter().map(|argument| shown(argument)).collect();
        line(&format!("  $ chancery {}", shown.join(" ")))
    }

    /// Where the server is and what to try next.
    pub(super) fn closing(&self, stage: &Stage) -> io::Result<()> {
        line("")?;
        self.tell(&say!("demo-serving", address = stage.address()))?;
        self.tell(&say!("demo-try"))?;
        let (server, caller, program) = (stage.address(), stage.caller_token(), program());
        let trust = stage.path("config/chancery/trust.txt");
        line(&format!("    export CHANCERY_SERVER={server} CHANCERY_TOKEN={caller}"))?;
        line(&format!("    {program} predict acme/reviews@v2 'I love it, works perfectly'"))?;
        line(&format!("    {program} predict acme/reviews@v1 'I love it, works perfectly'"))?;
        line(&format!("    {program} log verify --trust {trust}"))?;
        self.tell(&say!("demo-pages", address = stage.address(), key = stage.owner_token()))?;
        self.tell(&say!("demo-stop", folder = stage.folder().display()))
    }
}

/// This program as it can be started from the folder the person is in.
fn program() -> String {
    let program = std::env::current_exe().unwrap_or_else(|_| "chancery".into());
    let here = std::env::current_dir().unwrap_or_default();
    program.strip_prefix(here).unwrap_or(&program).display().to_string()
}

fn line(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// An argument as a person types it: quoted where it holds spaces, and a file by its name only.
fn shown(argument: &str) -> String {
    let name = if argument.starts_with('/') { argument.rsplit('/').next().unwrap_or(argument) } else { argument };
    if name.contains(' ') { format!("'{name}'") } else { name.to_owned() }
}
