//! Words that the text of a record must hold before a rule can match the event in it, so that most records need not be
//! parsed. What is wrong here loses alerts: whatever is not certain makes a rule look at every record of its source.

use std::collections::BTreeSet;

use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Modifier, Quantifier, SelectorPattern, SigmaRule, SigmaString, SigmaValue,
    StringPart, detection_name_matches,
};

use super::marker;
use crate::event::Source;

/// Letters of the shortest word that is worth looking for.
const LETTERS_MIN: usize = 3;

/// Letters from which a word stands in few records by chance.
const LETTERS_TELLING: usize = 5;

/// How deep conditions are followed.
const DEPTH_MAX: usize = 32;

/// Texts that also match what JSON writes without quotation marks.
const BARE: [&str; 5] = ["true", "false", "yes", "no", "null"];

/// Modifiers under which the event still holds the value's text as it stands.
const PLAIN: [Modifier; 4] = [Modifier::Contains, Modifier::StartsWith, Modifier::EndsWith, Modifier::Cased];

/// Fields of which most records of a trail have one of a few values.
const COMMON: [&str; 4] = ["eventSource", "userIdentity.type", "eventType", "awsRegion"];

/// One of these words is in every record that matches.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Words {
    /// Whether many records hold one that do not match.
    is_common: bool,
    texts: BTreeSet<String>,
}

/// The words of many rules.
#[derive(Default)]
pub(super) struct Needles {
    words: BTreeSet<String>,
}

impl Needles {
    /// Adds a rule: its words, or, where it has none, those that every event of its sources holds.
    pub(super) fn add(&mut self, rule: &SigmaRule, sources: &[Source]) {
        let conditions = rule.detection.conditions.iter();
        match any(conditions.map(|condition| of_condition(condition, rule, 0))) {
            Some(words) => self.words.extend(words.texts),
            None => self.words.extend(sources.iter().filter_map(|source| marker(*source))),
        }
    }

    pub(super) fn words(self) -> Vec<String> {
        self.words.into_iter().collect()
    }
}

/// Words when one of several parts has to match: those of all, if each has some.
fn any(parts: impl Iterator<Item = Option<Words>>) -> Option<Words> {
    let mut out = Words::default();
    for part in parts {
        let part = part?;
        out.is_common |= part.is_common;
        out.texts.extend(part.texts);
    }
    (!out.texts.is_empty()).then_some(out)
}

/// Words when all parts have to match: those of the part that is most particular.
fn all(parts: impl Iterator<Item = Option<Words>>) -> Option<Words> {
    let rank = |words: &Words| {
        let shortest = words.texts.iter().map(String::len).min();
        let is_short = shortest.is_none_or(|length| length < LETTERS_TELLING);
        (words.is_common, is_short, words.texts.len(), shortest.map(|length| usize::MAX - length))
    };
    parts.flatten().min_by(|one, other| rank(one).cmp(&rank(other)).then_with(|| one.cmp(other)))
}

fn of_condition(condition: &ConditionExpr, rule: &SigmaRule, depth: usize) -> Option<Words> {
    if depth > DEPTH_MAX {
        return None;
    }
    let named = &rule.detection.named;
    match condition {
        ConditionExpr::And(parts) => all(parts.iter().map(|part| of_condition(part, rule, depth + 1))),
        ConditionExpr::Or(parts) => any(parts.iter().map(|part| of_condition(part, rule, depth + 1))),
        ConditionExpr::Not(_) => None,
        ConditionExpr::Identifier(name) => of_detection(named.get(name)?, depth + 1),
        ConditionExpr::Selector { quantifier, pattern } => {
            let is_meant = |name: &str| match pattern {
                SelectorPattern::Them => !name.starts_with('_'),
                SelectorPattern::Pattern(pattern) => detection_name_matches(pattern, name),
            };
            let meant = named.iter().filter(|(name, _)| is_meant(name));
            let words = meant.map(|(_, detection)| of_detection(detection, depth + 1));
            match quantifier {
                Quantifier::All => all(words),
                Quantifier::Count(0) => None,
                Quantifier::Any | Quantifier::Count(_) => any(words),
            }
        }
    }
}

fn of_detection(detection: &Detection, depth: usize) -> Option<Words> {
    if depth > DEPTH_MAX {
        return None;
    }
    match detection {
        Detection::AllOf(items) => all(items.iter().map(of_item)),
        Detection::AnyOf(parts) => any(parts.iter().map(|part| of_detection(part, depth + 1))),
        Detection::And(parts) => all(parts.iter().map(|part| of_detection(part, depth + 1))),
        Detection::Keywords(values) => any(values.iter().map(|value| word(value, false))),
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } => None,
    }
}

fn of_item(item: &DetectionItem) -> Option<Words> {
    let modifiers = &item.field.modifiers;
    if !modifiers.iter().all(|modifier| PLAIN.contains(modifier) || *modifier == Modifier::All) {
        return None;
    }
    let is_whole = modifiers.iter().all(|modifier| *modifier == Modifier::Cased);
    let words = item.values.iter().map(|value| word(value, is_whole));
    let words = if modifiers.contains(&Modifier::All) { all(words) } else { any(words) };
    let is_common = item.field.name.as_deref().is_some_and(|name| COMMON.contains(&name));
    words.map(|words| Words { is_common, ..words })
}

/// The longest part of a value that JSON writes in one way only; with its quotation marks when it is a whole text.
fn word(value: &SigmaValue, is_whole: bool) -> Option<Words> {
    let SigmaValue::String(text) = value else { return None };
    let SigmaString { parts, .. } = text;
    if let ([StringPart::Plain(whole)], true) = (parts.as_slice(), is_whole)
        && whole.chars().all(is_written_as_it_is)
        && whole.chars().any(|character| character.is_ascii_alphabetic())
        && !BARE.contains(&whole.to_ascii_lowercase().as_str())
    {
        return Some(single(format!("\"{}\"", whole.to_ascii_lowercase())));
    }
    let pieces = parts.iter().filter_map(|part| match part {
        StringPart::Plain(text) => Some(text),
        StringPart::Special(_) => None,
    });
    let runs = pieces.flat_map(|text| text.split(|character| !is_written_as_it_is(character)));
    let longest = runs.max_by_key(|run| run.len()).filter(|run| run.len() >= LETTERS_MIN)?;
    let is_number = longest.chars().all(|character| !character.is_ascii_alphabetic());
    // A number can be written in several ways.
    (!is_number && !BARE.contains(&longest.to_ascii_lowercase().as_str())).then(|| single(longest.to_ascii_lowercase()))
}

fn single(text: String) -> Words {
    Words { is_common: false, texts: BTreeSet::from([text]) }
}

fn is_written_as_it_is(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | ':' | '@' | ' ' | ',' | '=' | '/')
}
