//! Characters that make a text look like another one.

/// Whether a character is a control character, or reorders or hides what is displayed (Unicode Standard Annex 9, and the
/// zero-width space and the byte order mark). Joiners are not among them: some scripts cannot be written without.
#[must_use]
pub fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
