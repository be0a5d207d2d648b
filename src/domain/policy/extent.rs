//! How long and how deep a statement of a policy text is, looked at before anything parses it.
//!
//! Cedar's parser and validator call themselves for every level of an expression. A stack that overflows ends the whole server;
//! one that nearly does lets the validator pass what it has not looked at (Cedar 4.14); and what lies in an `if` is checked
//! twice, so that each further one doubles the time. Texts in quotes and comments do not count.

/// Longest statement, in bytes of code without blanks: twice the longest of the built-in schema, three times that of the rules.
const MOST_CODE: usize = 1_024;
/// Deepest nesting of brackets.
const DEEPEST: usize = 16;
/// Most conditional expressions.
const MOST_CONDITIONALS: usize = 8;

/// Whether every statement of `text` is within the limits.
pub(super) fn is_moderate(text: &str) -> bool {
    code(text).split(';').all(|statement| {
        let length = statement.bytes().filter(|byte| !byte.is_ascii_whitespace()).count();
        let words = statement.split(|character: char| !character.is_alphanumeric() && character != '_');
        let conditionals = words.filter(|word| *word == "if").count();
        length <= MOST_CODE && conditionals <= MOST_CONDITIONALS && depth(statement) <= DEEPEST
    })
}

/// The text without comments and without what stands in quotes. Where a quote is left open it reaches to the end, as it does
/// for Cedar.
fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                skip_quoted(&mut characters);
                code.push('"');
            }
            '/' if characters.peek() == Some(&'/') => {
                let _line_end = characters.find(|character| *character == '\n');
                code.push('\n');
            }
            _ => code.push(character),
        }
    }
    code
}

/// Reads on to behind the closing quote.
fn skip_quoted(characters: &mut impl Iterator<Item = char>) {
    while let Some(character) = characters.next() {
        match character {
            '"' => return,
            '\\' => {
                let _escaped = characters.next();
            }
            _ => {}
        }
    }
}

/// How deep brackets nest.
fn depth(statement: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in statement.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth = depth.saturating_add(1),
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_measured_without_texts_and_comments() {
        let long = "x".repeat(MOST_CODE);
        assert!(is_moderate(&long) && is_moderate(&format!("{long}; {long} ;")));
        assert!(!is_moderate(&format!("{long}y")));
        assert!(is_moderate(&format!("a\n// {long}\n\"{long}\\\"{long}\" ;")));
        assert!(!is_moderate(&format!("\"\" {long}y")) && !is_moderate(&format!("// \"\n{long}y")));
        let deep = "(".repeat(DEEPEST);
        assert!(is_moderate(&deep) && !is_moderate(&format!("{deep}[")));
        assert!(is_moderate(&"()".repeat(DEEPEST + 1)));
        let conditionals = "if(a)".repeat(MOST_CONDITIONALS);
        assert!(is_moderate(&format!("{conditionals} iffy gif if_")) && !is_moderate(&format!("{conditionals} if")));
    }
}
