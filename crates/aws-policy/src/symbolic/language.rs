//! Finds a text that some patterns match and others do not, or proves that there is none.
//!
//! Every pattern is an automaton of its positions; the search walks all of them at once, shortest texts first.

use std::cell::Cell;
use std::collections::{HashSet, VecDeque};

use crate::pattern::Item;

/// How much work an answer may take, in characters read by a pattern.
const EFFORT_MAX: u64 = 4_000_000;

/// Counts the work of an answer.
#[derive(Debug)]
pub(super) struct Effort {
    left: Cell<u64>,
}

impl Default for Effort {
    fn default() -> Self {
        Self { left: Cell::new(EFFORT_MAX) }
    }
}

impl Effort {
    /// Takes work away from what is left; false when nothing is.
    fn spend(&self, work: usize) -> bool {
        let left = self.left.get().saturating_sub(work as u64);
        self.left.set(left);
        left > 0
    }

    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}

/// A pattern with how to compare it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Word {
    /// What it is made of.
    pub(super) items: Vec<Item>,
    /// Whether case does not count; the items are lower-case then.
    pub(super) ignore_case: bool,
    /// Whether a value that is not known counts as matched wherever it could be: what must not match must surely not.
    pub(super) is_lenient: bool,
}

/// A text must be, or must not be, matched by one of some patterns.
#[derive(Debug, Clone)]
pub(super) struct Membership {
    /// The alternatives.
    pub(super) any_of: Vec<Word>,
    /// Whether the text must be matched.
    pub(super) inside: bool,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found<T> {
    /// This one.
    Yes(T),
    /// There is none.
    No,
    /// The search was given up.
    TooHard,
}

impl<T> Found<T> {
    pub(super) fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }
}

impl Word {
    /// A text and nothing else.
    pub(super) fn literal(text: &str) -> Self {
        Self { items: text.chars().map(Item::Char).collect(), ignore_case: false, is_lenient: false }
    }

    fn as_literal(&self) -> Option<String> {
        let characters = self.items.iter().map(|item| match item {
            Item::Char(character) => Some(*character),
            _ => None,
        });
        if self.ignore_case { None } else { characters.collect() }
    }

    /// Whether a part of it is not known.
    fn is_open(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Item::Variable(_) | Item::Unresolved(_)))
    }

    /// Characters that every text of it begins with.
    fn prefix(&self) -> impl Iterator<Item = char> + '_ {
        self.items.iter().map_while(|item| match item {
            Item::Char(character) => Some(*character),
            _ => None,
        })
    }

    /// Whether no text can be of both, as their beginnings already tell.
    fn is_apart_from(&self, other: &Self) -> bool {
        let opaque = |character: char| OPAQUE.contains(&character);
        !self.ignore_case
            && !other.ignore_case
            && self
                .prefix()
                .zip(other.prefix())
                .take_while(|(one, two)| !opaque(*one) && !opaque(*two))
                .any(|(one, two)| one != two)
    }

    /// A text of it that looks natural: wildcards filled with little.
    fn sample(&self, filling: &str) -> String {
        let mut sample = String::new();
        for item in &self.items {
            match item {
                Item::Char(character) => sample.push(*character),
                Item::AnyChar | Item::AnyCharOfSegment => sample.push('x'),
                Item::AnyText | Item::AnyTextOfSegment => sample.push_str(filling),
                Item::Variable(_) | Item::Unresolved(_) => {}
            }
        }
        sample
    }
}

/// Finds a text that fits all memberships. Texts among the samples are preferred.
///
/// Variables and unresolved text in patterns may be anything: then a text that is found need not exist, but where none
/// is found there is none.
pub(super) fn find(memberships: &[&Membership], samples: &[&str], effort: &Effort) -> Found<String> {
    if memberships.iter().any(|membership| membership.any_of.iter().any(Word::is_open)) {
        let read = opened(memberships);
        return find(&read.iter().collect::<Vec<_>>(), &[], effort);
    }
    let inside: Vec<&Membership> = memberships.iter().copied().filter(|membership| membership.inside).collect();
    let outside: Vec<&Word> =
        memberships.iter().filter(|membership| !membership.inside).flat_map(|membership| &membership.any_of).collect();
    let fits = |text: &str| memberships.iter().all(|membership| is_member(membership, text));
    if let Some(sample) = samples.iter().find(|sample| fits(sample)) {
        return Found::Yes((*sample).to_owned());
    }
    // One alternative of each membership must match.
    let mut too_hard = false;
    let mut chosen: Vec<usize> = vec![0; inside.len()];
    if inside.iter().any(|membership| membership.any_of.is_empty()) {
        return Found::No;
    }
    loop {
        if !effort.spend(1 + inside.len()) {
            return Found::TooHard;
        }
        let words: Vec<&Word> =
            inside.iter().zip(&chosen).filter_map(|(membership, at)| membership.any_of.get(*at)).collect();
        let clash = words
            .iter()
            .enumerate()
            .position(|(at, word)| words.iter().take(at).any(|other| word.is_apart_from(other)));
        if clash.is_none() {
            match of_all(&words, &outside, effort) {
                Found::Yes(text) => return Found::Yes(text),
                Found::TooHard => too_hard = true,
                Found::No => {}
            }
        }
        // What follows two alternatives that are apart needs no trying.
        let from = clash.unwrap_or(chosen.len().saturating_sub(1));
        if !advance(&mut chosen, from, &inside) {
            return if too_hard { Found::TooHard } else { Found::No };
        }
    }
}

/// Reads a value that is not known as one character that stands for nothing else.
///
/// Where a text fits one pattern with a variable, putting that character in the place of the variable's value gives a
/// text that fits the pattern still, and that another pattern matches only if it matches the first text too. With
/// several patterns to fit the values need not stand in the same places, so that anything goes.
fn opened(memberships: &[&Membership]) -> Vec<Membership> {
    let alone = memberships.iter().filter(|membership| membership.inside).count() < 2;
    let read = |item: &Item, inside: bool| match item {
        Item::Variable(_) | Item::Unresolved(_) if inside && !alone => Item::AnyText,
        Item::Variable(variable) => Item::Char(opaque(&variable.key)),
        Item::Unresolved(name) => Item::Char(opaque(name)),
        other => other.clone(),
    };
    memberships
        .iter()
        .map(|membership| Membership {
            any_of: membership
                .any_of
                .iter()
                .map(|word| Word {
                    items: word.items.iter().map(|item| read(item, membership.inside)).collect(),
                    ignore_case: word.ignore_case,
                    is_lenient: word.is_lenient,
                })
                .collect(),
            inside: membership.inside,
        })
        .collect()
}

/// A character that stands for a value that is not known, the same for the same name.
pub(super) fn opaque(name: &str) -> char {
    let mut hash: u32 = 2_166_136_261;
    for byte in name.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    }
    char::from_u32(*OPAQUE.start() as u32 + hash % 0xFFFD).unwrap_or(*OPAQUE.start())
}

/// A private use area, whose characters mean nothing elsewhere.
const OPAQUE: std::ops::RangeInclusive<char> = '\u{F0000}'..='\u{FFFFD}';

/// Goes on to the next combination that differs at a position or before it.
fn advance(chosen: &mut [usize], from: usize, inside: &[&Membership]) -> bool {
    let mut at = from + 1;
    while at > 0 {
        at -= 1;
        let (Some(choice), Some(membership)) = (chosen.get_mut(at), inside.get(at)) else { continue };
        *choice += 1;
        if *choice < membership.any_of.len() {
            for later in chosen.iter_mut().skip(at + 1) {
                *later = 0;
            }
            return true;
        }
    }
    false
}

fn is_member(membership: &Membership, text: &str) -> bool {
    membership.any_of.iter().any(|word| accepts(word, text)) == membership.inside
}

/// A text that all of some patterns match and none of others.
fn of_all(words: &[&Word], outside: &[&Word], effort: &Effort) -> Found<String> {
    let fits =
        |text: &str| words.iter().all(|word| accepts(word, text)) && !outside.iter().any(|word| accepts(word, text));
    if let Some(literal) = words.iter().find_map(|word| word.as_literal()) {
        return if fits(&literal) { Found::Yes(literal) } else { Found::No };
    }
    for filling in ["example", "", "1"] {
        if let Some(sample) = words.iter().map(|word| word.sample(filling)).find(|sample| fits(sample)) {
            return Found::Yes(sample);
        }
    }
    let outside: Vec<&Word> =
        outside.iter().copied().filter(|outside| !words.iter().any(|word| word.is_apart_from(outside))).collect();
    Product::new(words, &outside).search(effort)
}

fn accepts(word: &Word, text: &str) -> bool {
    let mut automaton = Automaton::new(word);
    for character in text.chars() {
        if !automaton.step(character) {
            return false;
        }
    }
    automaton.is_accepting()
}

/// One pattern and the positions that are reached in it.
#[derive(Clone)]
struct Automaton<'a> {
    word: &'a Word,
    /// A bit for each position, the one after the end included.
    states: Vec<u64>,
}

impl<'a> Automaton<'a> {
    fn new(word: &'a Word) -> Self {
        let mut automaton = Self { word, states: vec![0; word.items.len() / 64 + 1] };
        automaton.reach(0);
        automaton
    }

    /// Reaches a position, and those behind it that need no reading.
    fn reach(&mut self, mut position: usize) {
        loop {
            if let Some(bits) = self.states.get_mut(position / 64) {
                *bits |= 1 << (position % 64);
            }
            match self.word.items.get(position) {
                Some(Item::AnyText | Item::AnyTextOfSegment) => position += 1,
                _ => return,
            }
        }
    }

    /// Reads a character; whether anything is reached still.
    fn step(&mut self, read: char) -> bool {
        let lower = if self.word.ignore_case { read.to_lowercase().next().unwrap_or(read) } else { read };
        if self.word.is_lenient && OPAQUE.contains(&read) {
            return self.skip_anything();
        }
        let before = std::mem::replace(&mut self.states, vec![0; self.word.items.len() / 64 + 1]);
        let mut alive = false;
        for (at, bits) in before.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let position = at * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let (stays, advances) = match self.word.items.get(position) {
                    Some(Item::Char(expected)) => (false, *expected == lower),
                    Some(Item::AnyText) => (true, false),
                    // A value that is not known may be long, and may hold colons.
                    _ if OPAQUE.contains(&read) => (false, false),
                    Some(Item::AnyChar) => (false, true),
                    Some(Item::AnyCharOfSegment) => (false, read != ':'),
                    Some(Item::AnyTextOfSegment) => (read != ':', false),
                    Some(Item::Variable(_) | Item::Unresolved(_)) | None => (false, false),
                };
                if stays {
                    self.reach(position);
                }
                if advances {
                    self.reach(position + 1);
                }
                alive |= stays || advances;
            }
        }
        alive
    }

    /// Reads a value that could be any text: everything further on can be reached.
    fn skip_anything(&mut self) -> bool {
        let first = (0..=self.word.items.len())
            .find(|position| self.states.get(position / 64).is_some_and(|bits| bits >> (position % 64) & 1 == 1));
        for position in first.into_iter().flat_map(|first| first..=self.word.items.len()) {
            self.reach(position);
        }
        first.is_some()
    }

    fn is_accepting(&self) -> bool {
        let end = self.word.items.len();
        self.states.get(end / 64).is_some_and(|bits| bits >> (end % 64) & 1 == 1)
    }
}

/// Several patterns, walked at once.
struct Product<'a> {
    inside: Vec<Automaton<'a>>,
    outside: Vec<Automaton<'a>>,
    alphabet: Vec<char>,
}

impl<'a> Product<'a> {
    fn new(inside: &[&'a Word], outside: &[&'a Word]) -> Self {
        let mut alphabet: Vec<char> = inside
            .iter()
            .chain(outside)
            .flat_map(|word| &word.items)
            .filter_map(|item| match item {
                Item::Char(character) => Some(*character),
                _ => None,
            })
            .collect();
        if inside.iter().chain(outside).any(|word| word.ignore_case) {
            let upper: Vec<char> = alphabet.iter().flat_map(|character| character.to_uppercase()).collect();
            alphabet.extend(upper);
        }
        alphabet.sort_unstable();
        alphabet.dedup();
        // Characters that no pattern names are all alike: one stands for them.
        let other = "x0zqj-_ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().find(|character| !alphabet.contains(character));
        alphabet.extend(other.or_else(|| ('\u{4e00}'..'\u{9fff}').find(|character| !alphabet.contains(character))));
        Self {
            inside: inside.iter().map(|word| Automaton::new(word)).collect(),
            outside: outside.iter().map(|word| Automaton::new(word)).collect(),
            alphabet,
        }
    }

    fn search(self, effort: &Effort) -> Found<String> {
        let mut seen = HashSet::new();
        let mut queue = VecDeque::from([(self.inside, self.outside, String::new())]);
        while let Some((inside, outside, text)) = queue.pop_front() {
            if inside.iter().all(Automaton::is_accepting) && !outside.iter().any(Automaton::is_accepting) {
                return Found::Yes(text);
            }
            for character in &self.alphabet {
                if !effort.spend(inside.len() + outside.len()) {
                    return Found::TooHard;
                }
                let mut inside = inside.clone();
                if !inside.iter_mut().all(|automaton| automaton.step(*character)) {
                    continue;
                }
                let mut outside = outside.clone();
                for automaton in &mut outside {
                    automaton.step(*character);
                }
                let state: Vec<u64> =
                    inside.iter().chain(&outside).flat_map(|automaton| automaton.states.iter().copied()).collect();
                if seen.insert(state) {
                    let mut longer = text.clone();
                    longer.push(*character);
                    queue.push_back((inside, outside, longer));
                }
            }
        }
        Found::No
    }
}

#[cfg(test)]
mod tests {
    use super::{Effort, Found, Membership, Word, find};
    use crate::pattern::{Features, Pattern};
    use crate::text::Placeholders;

    fn member(patterns: &[&str], inside: bool) -> Membership {
        let features = Features { wildcards: true, variables: false, placeholders: Placeholders::None };
        let word = |pattern: &&str| Word {
            items: Pattern::new(pattern, features).items().to_vec(),
            ignore_case: false,
            is_lenient: false,
        };
        Membership { any_of: patterns.iter().map(word).collect(), inside }
    }

    fn found(inside: &[&[&str]], outside: &[&str]) -> Found<String> {
        let mut memberships: Vec<Membership> = inside.iter().map(|patterns| member(patterns, true)).collect();
        memberships.push(member(outside, false));
        find(&memberships.iter().collect::<Vec<_>>(), &[], &Effort::default())
    }

    #[test]
    fn texts_are_found_or_proved_absent() {
        assert_eq!(found(&[&["s3:get*"]], &["s3:*"]), Found::No);
        assert_eq!(found(&[&["a", "b", "c"]], &["a", "c"]), Found::Yes("b".into()));
        assert_eq!(found(&[&["*"]], &["?*", ""]), Found::No);
        assert!(!found(&[&["a*"], &["*b"]], &["ab"]).is_no());
        assert_eq!(found(&[&["a?"], &["?b"]], &["ab"]), Found::No);
        assert_eq!(found(&[&["a*", "c*"], &["b*", "d*"]], &[]), Found::No);
        // All texts of three characters over two letters, but one.
        assert!(!found(&[&["???"], &["*"]], &["a??", "??b", "*c*"]).is_no());
        let Found::Yes(text) = found(&[&["*a*a*a*"]], &["*aa*", "a*"]) else { unreachable!("there is one") };
        assert!(text.matches('a').count() >= 3 && !text.contains("aa") && !text.starts_with('a'), "{text}");
    }
}
