//! How variables and unresolved text are read while searching.

use std::collections::BTreeMap;

use super::language::{Word, opaque};
use crate::condition::{Condition, Operand, Test};
use crate::context::{Context, ContextValues};
use crate::pattern::{Item, Pattern, Variable};
use crate::truth::Truth;

/// How variables and unresolved text are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// Variables have these values, None standing for a key that the request does not have; what is found holds
    /// whatever unresolved text turns out to be.
    Surely(BTreeMap<Box<str>, Option<String>>),
    /// Variables and unresolved text may be anything; what is not found does not exist.
    Perhaps,
}

impl Reading {
    /// A pattern as a word that a text must be matched by, or must not be; None when it matches nothing.
    pub(super) fn of_items(&self, items: &[Item], inside: bool) -> Option<Word> {
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            match (item, self) {
                (Item::Variable(variable), Self::Surely(values)) => {
                    read.extend(instance(variable, values)?.chars().map(Item::Char));
                }
                (Item::Unresolved(_), Self::Surely(_)) => {
                    // To be sure, it must not help to be inside, and must not keep from being outside.
                    if inside {
                        return None;
                    }
                    read.push(Item::AnyText);
                }
                (other, _) => read.push(other.clone()),
            }
        }
        Some(Word { items: read, ignore_case: false, is_lenient: !inside && matches!(self, Self::Surely(_)) })
    }

    /// A pattern of resources as a word. One with unresolved text surely matches something, whatever the text turns out
    /// to be: a resource with that text in it.
    pub(super) fn of_resource(&self, items: &[Item], inside: bool) -> Option<Word> {
        if !inside || !matches!(self, Self::Surely(_)) {
            return self.of_items(items, inside);
        }
        let named = |item: &Item| match item {
            Item::Unresolved(name) => Item::Char(opaque(name)),
            other => other.clone(),
        };
        self.of_items(&items.iter().map(named).collect::<Vec<_>>(), inside)
    }

    /// An operand as a word.
    pub(super) fn word(&self, operand: &Operand, test: Test, inside: bool) -> Option<Word> {
        match operand {
            Operand::Text(pattern) => {
                let word = self.of_items(pattern.items(), inside)?;
                Some(match test {
                    Test::Text { ignore_case: true, .. } => lower(word),
                    _ => word,
                })
            }
            Operand::Arn(pattern) if pattern.is_everything() => {
                let mut items = Vec::new();
                for _ in 0..5 {
                    items.extend([Item::AnyTextOfSegment, Item::Char(':')]);
                }
                items.push(Item::AnyText);
                Some(Word { items, ignore_case: false, is_lenient: false })
            }
            Operand::Arn(pattern) => self.of_items(pattern.items(), inside),
            Operand::Unresolved(_) => match (self, inside) {
                (Self::Surely(_), true) | (Self::Perhaps, false) => None,
                _ => Some(Word { items: vec![Item::AnyText], ignore_case: false, is_lenient: false }),
            },
            _ => None,
        }
    }

    /// Whether one value can meet a condition, or fail it.
    pub(super) fn fits(&self, condition: &Condition, value: &str, holds: bool) -> bool {
        let context = match self {
            Self::Perhaps => ContextValues::open(),
            Self::Surely(values) => values
                .iter()
                .filter_map(|(key, value)| Some((key, value.as_ref()?)))
                .fold(ContextValues::complete(), |context, (key, value)| context.with(key, [value.as_str()])),
        };
        let context = context.with(&condition.key, [value]);
        match condition.holds(&Context::of_keys(&context)) {
            Truth::True => holds,
            Truth::False => !holds,
            Truth::Open(_) => matches!(self, Self::Perhaps),
        }
    }
}

fn instance<'a>(variable: &'a Variable, values: &'a BTreeMap<Box<str>, Option<String>>) -> Option<&'a str> {
    match values.get(&variable.key) {
        Some(Some(value)) => Some(value),
        _ => variable.default.as_deref(),
    }
}

fn lower(word: Word) -> Word {
    let items = word.items.iter().cloned().flat_map(|item| match item {
        Item::Char(character) => character.to_lowercase().map(Item::Char).collect(),
        other => vec![other],
    });
    Word { items: items.collect(), ignore_case: true, is_lenient: word.is_lenient }
}

/// The keys that a pattern takes values from.
pub(super) fn variables(items: &[Item]) -> impl Iterator<Item = &Variable> {
    items.iter().filter_map(|item| match item {
        Item::Variable(variable) => Some(variable),
        _ => None,
    })
}

/// Whether a pattern holds unresolved text.
pub(super) fn has_unresolved(items: &[Item]) -> bool {
    items.iter().any(|item| matches!(item, Item::Unresolved(_)))
}

/// The items of an operand that is a pattern.
pub(super) fn operand_items(operand: &Operand) -> &[Item] {
    match operand {
        Operand::Text(pattern) => Pattern::items(pattern),
        Operand::Arn(pattern) => pattern.items(),
        _ => &[],
    }
}
