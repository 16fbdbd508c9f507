//! Text of a policy or a request, some of which may not be resolved yet.

use std::borrow::Cow;

/// How to read `${…}` in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Placeholders {
    /// The document is what AWS stores: everything in `${…}` is IAM's own.
    #[default]
    None,
    /// The document is code: `${…}` that is no policy variable stands for text that is not resolved yet.
    Unresolved,
}

/// One piece of text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Piece<'a> {
    /// As it stands.
    Plain(&'a str),
    /// What is inside `${…}`.
    Enclosed(&'a str),
}

/// Splits text at `${…}`. An opening without an end is plain.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, inside, after)) = next_enclosed(rest) {
        if !before.is_empty() {
            pieces.push(Piece::Plain(before));
        }
        pieces.push(Piece::Enclosed(inside));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

/// The first `${…}`: what stands before it, inside it and after it. Braces inside are balanced.
fn next_enclosed(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("${")?;
    let (before, from) = text.split_at(start);
    let inside = from.get(2..)?;
    let mut depth = 1_u32;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((before, inside.get(..at)?, inside.get(at + 1..)?));
        }
    }
    None
}

/// Whether what stands inside `${…}` is a policy variable: a key with its service, or an escaped wildcard.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
pub(crate) fn is_policy_variable(inside: &str) -> bool {
    if matches!(inside, "*" | "?" | "$") {
        return true;
    }
    let Some((service, key)) = inside.trim_start().split_once(':') else { return false };
    let is_service = !service.is_empty()
        && service.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')
        && !key.starts_with(':');
    is_service && !key.is_empty()
}

/// A text with its unresolved parts marked, as compared with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject<'a> {
    text: Cow<'a, str>,
    has_unresolved: bool,
}

impl<'a> Subject<'a> {
    /// Text as it stands, whatever is in it.
    pub fn plain(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), has_unresolved: false }
    }

    /// Text of code, in which `${…}` stands for something that is not resolved yet.
    pub fn with_placeholders(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        let has_unresolved =
            text.contains("${") && pieces(&text).iter().any(|piece| matches!(piece, Piece::Enclosed(_)));
        Self { text, has_unresolved }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a part is not resolved.
    pub fn has_unresolved(&self) -> bool {
        self.has_unresolved
    }

    /// The text as what a pattern is compared with.
    pub(crate) fn symbols(&self) -> Vec<Symbol> {
        if !self.has_unresolved {
            return self.text.chars().map(Symbol::Char).collect();
        }
        let mut symbols = Vec::new();
        for piece in pieces(&self.text) {
            match piece {
                Piece::Plain(text) => symbols.extend(text.chars().map(Symbol::Char)),
                Piece::Enclosed(inside) => symbols.push(Symbol::Unresolved(inside.into())),
            }
        }
        symbols
    }
}

/// One symbol of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// A character.
    Char(char),
    /// Any text, the same wherever it has the same name.
    Unresolved(Box<str>),
}
