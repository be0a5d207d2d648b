//! How a command ends: its exit code, and for a failure the message with the next step.
//!
//! The codes are part of the interface. Verifiers keep three outcomes apart: valid (0), invalid (6) and could not be
//! checked (7), because one answer for a typing error and a forgery would teach people to ignore it.

use std::{error::Error, io, process::ExitCode};

use chancery_base::values::Language;

use super::{
    message::{Message, say},
    problem::ProblemDocument,
    words::{self, Words},
};

/// Exit code of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done; for a verifier: valid.
    Success = 0,
    /// Failed for a reason without a code of its own.
    Failure = 1,
    /// The command line was not understood.
    Usage = 2,
    /// No API key, or one that is not good for this.
    Unauthenticated = 4,
    /// Policy refused.
    Refused = 5,
    /// A signature, digest or log is wrong.
    Invalid = 6,
    /// Something needed for a verdict was missing.
    Unverifiable = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Found out on this side; written in English where no language is at hand.
    #[error("{}", words::in_language(Language::English).say(.1))]
    Local(Exit, Message),
    /// The server answered with a problem document.
    #[error("{0}")]
    Problem(Box<ProblemDocument>),
    /// Another failure, and what to do about it where it happened.
    #[error("{0}")]
    Followed(Box<Self>, Message),
    /// Another failure, told by what is known of it here.
    #[error("{}", words::in_language(Language::English).say(.1))]
    Told(Box<Self>, Message),
    /// Standard output was closed or full.
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
}

impl CliError {
    /// A failure without an exit code of its own.
    #[must_use]
    pub const fn failure(message: Message) -> Self {
        Self::Local(Exit::Failure, message)
    }

    /// A command line that cannot be carried out as it stands.
    #[must_use]
    pub const fn usage(message: Message) -> Self {
        Self::Local(Exit::Usage, message)
    }

    /// No verdict, because something needed for it is missing.
    #[must_use]
    pub const fn unverifiable(message: Message) -> Self {
        Self::Local(Exit::Unverifiable, message)
    }

    /// A file that could not be read.
    pub fn unreadable(file: impl AsRef<std::path::Path>, error: &io::Error) -> Self {
        Self::failure(say!("file-unreadable", file = file.as_ref().display(), cause = error))
    }

    /// A file that could not be written.
    pub fn unwritable(file: impl AsRef<std::path::Path>, error: &io::Error) -> Self {
        Self::failure(say!("file-unwritable", file = file.as_ref().display(), cause = error))
    }

    /// What another part of the program failed with, causes and all.
    #[must_use]
    pub fn because(exit: Exit, error: &dyn Error) -> Self {
        Self::Local(exit, say!("value", cause = with_causes(error)))
    }

    /// Whether nobody reads what the command writes any more, as where it was sent to `head`.
    #[must_use]
    pub fn is_unheard(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The code the command ends with.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Local(exit, _) => *exit,
            Self::Problem(problem) => problem.exit(),
            Self::Followed(cause, _) | Self::Told(cause, _) => cause.exit(),
            Self::Output(_) => Exit::Failure,
        }
    }

    /// The same failure in a verifier: what is not a verdict is "could not be checked".
    #[must_use]
    pub fn while_verifying(self) -> Self {
        match self {
            Self::Local(Exit::Failure, message) => Self::unverifiable(message),
            Self::Problem(problem) if problem.exit() == Exit::Failure => {
                Self::unverifiable(say!("server-says", detail = problem))
            }
            other => other,
        }
    }

    /// The same failure, followed by what to do about it.
    #[must_use]
    pub fn and_then(self, next: Message) -> Self {
        Self::Followed(Box::new(self), next)
    }

    /// The same failure, told in other words than it came with; its document stays what it is.
    #[must_use]
    pub fn told_as(self, message: Message) -> Self {
        Self::Told(Box::new(self), message)
    }

    /// Told to the person, with the next step.
    #[must_use]
    pub fn told(&self, words: &Words) -> String {
        match self {
            Self::Local(_, message) | Self::Told(_, message) => words.say(message),
            Self::Problem(problem) => problem.told(words),
            Self::Followed(cause, next) => format!("{}\n{}", cause.told(words), words.say(next)),
            Self::Output(error) => words.say(&say!("output-closed", cause = error)),
        }
    }

    /// The server's problem document, where it was the server that refused.
    #[must_use]
    pub fn problem(&self) -> Option<&ProblemDocument> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Followed(cause, _) | Self::Told(cause, _) => cause.problem(),
            Self::Local(..) | Self::Output(_) => None,
        }
    }
}

/// An error with its causes, each of which is told once: many messages hold that of their cause already.
fn with_causes(error: &dyn Error) -> String {
    let (mut told, mut next) = (error.to_string(), error.source());
    while let Some(error) = next {
        let cause = error.to_string();
        if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
        next = error.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Nested {
        #[error("the file is gone")]
        Cause,
        #[error("the store failed")]
        Silent(#[source] Box<Self>),
        #[error("backing up: {0}")]
        Telling(#[source] Box<Self>),
    }

    #[test]
    fn causes_are_told_once() {
        let silent = || Nested::Silent(Box::new(Nested::Cause));
        assert_eq!(with_causes(&silent()), "the store failed: the file is gone");
        let telling = Nested::Telling(Box::new(silent()));
        assert_eq!(with_causes(&telling), "backing up: the store failed: the file is gone");
    }
}
