//! Asking the person at the terminal before something that binds them or cannot be undone; scripts are not asked.

use std::io::{self, BufRead, IsTerminal};

use super::{context::Context, error::CliError, message::Message, output::Format};

/// Whether somebody is there who can be asked.
#[must_use]
pub fn can_ask(context: &Context) -> bool {
    context.output.format() == Format::Prose && io::stdin().is_terminal()
}

/// Asks `question` and goes on if one of `wanted` is the answer, else ends with `refused`.
///
/// # Errors
/// [`CliError::Local`] for another answer, [`CliError::Output`] if none can be read.
pub fn ask(question: &Message, wanted: &[&str], refused: Message, context: &Context) -> Result<(), CliError> {
    context.output.note(question);
    if is_answered(&mut io::stdin().lock(), wanted)? { Ok(()) } else { Err(CliError::failure(refused)) }
}

fn is_answered(input: &mut impl BufRead, wanted: &[&str]) -> io::Result<bool> {
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(wanted.contains(&answer.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_asked_for_count() {
        for (typed, counts) in [("yes\n", true), (" 是 \n", true), ("y\n", false), ("", false), ("no\nyes\n", false)] {
            assert_eq!(is_answered(&mut typed.as_bytes(), &["yes", "是"]).unwrap(), counts, "{typed:?}");
        }
    }
}
