//! Purpose codes that rules and catalogue know, and a word where another is given: an organisation may have its own, and may
//! have mistyped one of these.

use chancery_base::values::Purpose;
use chancery_domain::documents::nearest;

use super::{message::say, output::Output};

/// Notes each purpose that is none of the known ones, and which was probably meant.
pub fn note_unknown<'a>(purposes: impl IntoIterator<Item = &'a Purpose>, output: &Output) {
    for purpose in
        purposes.into_iter().map(ToString::to_string).filter(|purpose| !Purpose::KNOWN.contains(&purpose.as_str()))
    {
        output.note(&match nearest(&purpose, Purpose::KNOWN) {
            Some(meant) => say!("purpose-meant", purpose = purpose, meant = meant),
            None => say!("purpose-unknown", purpose = purpose, known = Purpose::KNOWN.join(", ")),
        });
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn templates_and_help_know_the_same_codes() {
        let sources = [include_str!("grant/terms.en.toml"), include_str!("grant/terms.zh.toml")];
        for (source, code) in sources.iter().flat_map(|source| Purpose::KNOWN.map(|code| (source, code))) {
            assert!(source.contains(code), "{code} is not in {source}");
        }
        fn visit(command: &Command, seen: &mut usize) {
            for argument in command.get_arguments().filter(|argument| argument.get_long() == Some("purpose")) {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(Purpose::KNOWN.iter().all(|code| help.contains(code)), "{}: {help}", command.get_name());
                *seen += 1;
            }
            command.get_subcommands().for_each(|part| visit(part, seen));
        }
        let mut seen = 0;
        visit(&Cli::command(), &mut seen);
        assert!(seen >= 3);
    }
}
