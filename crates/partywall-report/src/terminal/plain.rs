//! Text of the estate, made harmless for a terminal.

use std::fmt::Write;

/// The text with everything that a terminal would obey instead of show written out: control characters, escape
/// sequences, and marks that reverse the direction of writing.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => out.push_str("    "),
            '\n' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(out, "{}", character.escape_unicode());
            }
            character if character.is_control() => {
                let _ = write!(out, "{}", character.escape_default());
            }
            character => out.push(character),
        }
    }
    out
}
