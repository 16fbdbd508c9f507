//! Wildcard patterns: `*` stands for any text, `?` for any one character, `${…}` for a value of the request.
//!
//! Matching never backtracks. A pattern without variables takes time proportional to the text; with variables, or with
//! text that is not resolved, proportional to the product of both lengths.

mod arn;
mod automaton;
mod glob;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use crate::context::{Context, Lookup};
use crate::text::{Piece, Placeholders, Subject, is_policy_variable, pieces};
use crate::truth::{Doubt, Truth};

pub use arn::{ArnPattern, ArnRules};
pub(crate) use automaton::accepts;
pub use glob::Glob;

/// What a pattern is made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// This character.
    Char(char),
    /// `?`: any one character.
    AnyChar,
    /// `*`: any text.
    AnyText,
    /// `?` in one of the first five parts of an ARN: any one character but a colon.
    AnyCharOfSegment,
    /// `*` in one of the first five parts of an ARN: any text without a colon.
    AnyTextOfSegment,
    /// A policy variable: the value of this key in the request.
    Variable(Variable),
    /// Text that its author's tool has not resolved.
    Unresolved(Box<str>),
}

/// A policy variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variable {
    /// The context key, lower-case.
    pub key: Box<str>,
    /// What stands for it when the request does not have the key.
    pub default: Option<Box<str>>,
}

/// Which features of the language a pattern may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Features {
    /// Whether `*` and `?` are wildcards.
    pub wildcards: bool,
    /// Whether `${key}` is a variable: in documents of version 2012-10-17, and where AWS allows variables.
    pub variables: bool,
    /// How to read other `${…}`.
    pub placeholders: Placeholders,
}

/// A pattern.
#[derive(Clone)]
pub struct Pattern {
    source: Box<str>,
    features: Features,
    /// What it is made of. Most patterns are matched in their prepared form, and never need it: an organization has
    /// millions of them.
    items: OnceLock<Box<[Item]>>,
    /// The same, prepared, when it holds neither variables nor unresolved text.
    glob: Option<Glob>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.source, self.features) == (&other.source, other.features)
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.source, self.features).hash(state);
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Pattern({:?})", self.source)
    }
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(source: &str, features: Features) -> Self {
        let made_of = items(source, features);
        let glob = Glob::new(&made_of);
        let items = match glob {
            Some(_) => OnceLock::new(),
            None => OnceLock::from(made_of.into_boxed_slice()),
        };
        Self { source: source.into(), features, items, glob }
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it is made of.
    pub fn items(&self) -> &[Item] {
        self.items.get_or_init(|| items(&self.source, self.features).into())
    }

    /// Whether it matches every text.
    pub fn is_everything(&self) -> bool {
        self.glob == Some(Glob::Everything)
    }

    /// The text, when it matches one only.
    pub fn literal(&self) -> Option<&str> {
        self.glob.as_ref().and_then(Glob::literal)
    }

    /// The prepared form, when it holds neither variables nor unresolved text.
    pub fn glob(&self) -> Option<&Glob> {
        self.glob.as_ref()
    }

    /// Whether a text matches. Variables take their values from the request.
    pub fn matches(&self, subject: &Subject<'_>, context: &Context<'_>) -> Truth {
        match &self.glob {
            Some(glob) if !subject.has_unresolved() => glob.matches(subject.text()).into(),
            _ => match resolve(self.items(), context) {
                Some((items, doubt)) => accepts(&items, &subject.symbols(), doubt),
                None => Truth::False,
            },
        }
    }
}

/// Puts the values of the request in the place of variables; None when one has no value.
/// The doubt is that of variables whose value is not known.
pub(crate) fn resolve(items: &[Item], context: &Context<'_>) -> Option<(Vec<Item>, Doubt)> {
    let mut resolved = Vec::with_capacity(items.len());
    let mut doubt = Doubt::UNRESOLVED;
    for item in items {
        let Item::Variable(variable) = item else {
            resolved.push(item.clone());
            continue;
        };
        match context.lookup(&variable.key) {
            Lookup::Values(values) => match values.as_ref() {
                [one] => resolved.extend(one.chars().map(Item::Char)),
                // AWS allows single-valued keys only as variables.
                _ => return None,
            },
            Lookup::Absent => resolved.extend(variable.default.as_ref()?.chars().map(Item::Char)),
            Lookup::Open(cause) => {
                doubt = doubt.with(cause);
                resolved.push(Item::Unresolved(variable.key.clone()));
            }
        }
    }
    Some((resolved, doubt))
}

pub(crate) fn items(source: &str, features: Features) -> Vec<Item> {
    let mut items = Vec::with_capacity(source.len());
    let plain = |items: &mut Vec<Item>, text: &str| {
        for character in text.chars() {
            match character {
                '*' if features.wildcards => {
                    if items.last() != Some(&Item::AnyText) {
                        items.push(Item::AnyText);
                    }
                }
                '?' if features.wildcards => items.push(Item::AnyChar),
                other => items.push(Item::Char(other)),
            }
        }
    };
    for piece in pieces(source) {
        match piece {
            Piece::Plain(text) => plain(&mut items, text),
            Piece::Enclosed(inside) if is_policy_variable(inside) || features.placeholders == Placeholders::None => {
                if features.variables {
                    items.push(variable(inside));
                } else {
                    items.extend("${".chars().map(Item::Char));
                    plain(&mut items, inside);
                    items.push(Item::Char('}'));
                }
            }
            Piece::Enclosed(inside) => items.push(Item::Unresolved(inside.into())),
        }
    }
    items
}

/// Reads `key` or `key, 'default'`; an escaped wildcard is a character.
fn variable(inside: &str) -> Item {
    match inside {
        "*" => Item::Char('*'),
        "?" => Item::Char('?'),
        "$" => Item::Char('$'),
        _ => {
            let (key, default) = match inside.split_once(',') {
                Some((key, default)) => (key, Some(default.trim())),
                None => (inside, None),
            };
            let default = default
                .map(|text| text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text).into());
            Item::Variable(Variable { key: key.trim().to_ascii_lowercase().into(), default })
        }
    }
}

#[cfg(test)]
mod tests;
