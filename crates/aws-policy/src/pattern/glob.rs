//! A pattern of characters, `?` and `*`, prepared for speed.

use super::{Features, Item, items};
use crate::text::Placeholders;

/// Beyond this length a piece is not looked for at one place after another.
const PIECE_MAX: usize = 64;

/// A pattern without variables.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Glob {
    /// Everything.
    Everything,
    /// This text and no other.
    Literal(Box<str>),
    /// A text that starts so.
    Prefix(Box<str>),
    /// Pieces with any text between them.
    Pieces {
        /// What the text starts with; empty when it may start with anything.
        first: Box<[Option<char>]>,
        /// What follows in this order, each after any text. None stands for `?`.
        middle: Box<[Box<[Option<char>]>]>,
        /// What the text ends with, when there is a `*` at all.
        last: Option<Box<[Option<char>]>>,
    },
}

impl Glob {
    /// Reads a pattern of `*`, `?` and characters.
    pub fn parse(pattern: &str) -> Self {
        let features = Features { wildcards: true, variables: false, placeholders: Placeholders::None };
        // Without variables and placeholders every pattern is a glob.
        Self::new(&items(pattern, features)).unwrap_or_else(|| Self::Literal(pattern.into()))
    }

    /// Prepares a pattern; None when it holds more than characters and wildcards.
    pub(super) fn new(items: &[Item]) -> Option<Self> {
        if let [Item::AnyText] = items {
            return Some(Self::Everything);
        }
        let mut pieces: Vec<Vec<Option<char>>> = vec![Vec::new()];
        for item in items {
            match item {
                Item::Char(character) => pieces.last_mut()?.push(Some(*character)),
                Item::AnyChar => pieces.last_mut()?.push(None),
                Item::AnyText => pieces.push(Vec::new()),
                _ => return None,
            }
        }
        if pieces.iter().any(|piece| piece.len() > PIECE_MAX && piece.contains(&None)) {
            return None;
        }
        let text = |piece: &[Option<char>]| piece.iter().copied().collect::<Option<String>>();
        match pieces.as_slice() {
            [only] => {
                if let Some(text) = text(only) {
                    return Some(Self::Literal(text.into()));
                }
            }
            [first, last] if last.is_empty() => {
                if let Some(text) = text(first) {
                    return Some(Self::Prefix(text.into()));
                }
            }
            _ => {}
        }
        let last = if pieces.len() > 1 { pieces.pop().map(Vec::into_boxed_slice) } else { None };
        let mut pieces = pieces.into_iter().map(Vec::into_boxed_slice);
        let first = pieces.next()?;
        Some(Self::Pieces { first, middle: pieces.collect(), last })
    }

    /// The text, when it matches one only.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Literal(text) => Some(text),
            _ => None,
        }
    }

    /// What every text starts with that it matches, when it asks for no more.
    pub(crate) fn prefix(&self) -> Option<&str> {
        match self {
            Self::Prefix(prefix) => Some(prefix),
            _ => None,
        }
    }

    /// Whether a text matches.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Literal(literal) => **literal == *text,
            Self::Prefix(prefix) => text.starts_with(&**prefix),
            Self::Pieces { first, middle, last } => {
                let Some(mut rest) = after(first, text) else { return false };
                let Some(last) = last else { return rest.is_empty() };
                // The leftmost place of each piece leaves the most for those that follow.
                for piece in middle {
                    match find(piece, rest) {
                        Some(after) => rest = after,
                        None => return false,
                    }
                }
                ends_with(last, rest)
            }
        }
    }
}

/// What follows a piece that the text starts with.
fn after<'a>(piece: &[Option<char>], text: &'a str) -> Option<&'a str> {
    let mut characters = text.chars();
    for expected in piece {
        let found = characters.next()?;
        if expected.is_some_and(|expected| expected != found) {
            return None;
        }
    }
    Some(characters.as_str())
}

/// What follows the first place where a piece stands.
fn find<'a>(piece: &[Option<char>], text: &'a str) -> Option<&'a str> {
    if piece.len() > PIECE_MAX {
        let wanted: String = piece.iter().copied().collect::<Option<_>>()?;
        return text.find(&wanted).and_then(|at| text.get(at + wanted.len()..));
    }
    let mut rest = text;
    loop {
        if let Some(Some(first)) = piece.first() {
            rest = rest.get(rest.find(*first)?..)?;
        }
        if let Some(after) = after(piece, rest) {
            return Some(after);
        }
        let mut characters = rest.chars();
        characters.next()?;
        rest = characters.as_str();
    }
}

fn ends_with(piece: &[Option<char>], text: &str) -> bool {
    let mut characters = text.chars();
    piece
        .iter()
        .rev()
        .all(|expected| characters.next_back().is_some_and(|found| expected.is_none_or(|expected| expected == found)))
}
