//! Matching with parts that are not known, in time proportional to the product of both lengths.

use super::Item;
use crate::text::Symbol;
use crate::truth::{Doubt, Truth};

/// Steps that one comparison may take. The longest pattern and text that AWS allows need a tenth.
const STEPS_MAX: usize = 200_000_000;

/// Whether a text matches. Open when unresolved parts of either side decide, and when
/// comparing would take too long.
pub(crate) fn accepts(items: &[Item], text: &[Symbol], doubt: Doubt) -> Truth {
    if items.len().saturating_mul(text.len()) > STEPS_MAX {
        Truth::Open(doubt)
    } else if run(items, text, Reading::Surely) {
        Truth::True
    } else if run(items, text, Reading::Perhaps) {
        Truth::Open(doubt)
    } else {
        Truth::False
    }
}

/// How unresolved parts are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// The text matches whatever they turn out to be.
    Surely,
    /// The text matches if they turn out right.
    Perhaps,
}

fn run(items: &[Item], text: &[Symbol], reading: Reading) -> bool {
    states_after(items, text, reading).last() == Some(&true)
}

/// Which positions of the pattern are reached after the text.
fn states_after(items: &[Item], text: &[Symbol], reading: Reading) -> Vec<bool> {
    let mut states = vec![false; items.len() + 1];
    if let Some(first) = states.first_mut() {
        *first = true;
    }
    skip(items, &mut states, reading);
    for symbol in text {
        let mut next = vec![false; items.len() + 1];
        match symbol {
            Symbol::Char(character) => step(items, &states, *character, reading, &mut next),
            Symbol::Unresolved(name) => step_unresolved(items, &states, name, reading, &mut next),
        }
        skip(items, &mut next, reading);
        if !next.iter().any(|alive| *alive) {
            return next;
        }
        states = next;
    }
    states
}

/// Positions that are reached without reading anything.
fn skip(items: &[Item], states: &mut [bool], reading: Reading) {
    let mut reached = false;
    for (state, item) in states.iter_mut().zip(items.iter().map(Some).chain([None])) {
        reached |= *state;
        *state = reached;
        reached &= match item {
            Some(Item::AnyText | Item::AnyTextOfSegment) => true,
            Some(Item::Unresolved(_) | Item::Variable(_)) => reading == Reading::Perhaps,
            _ => false,
        };
    }
}

fn step(items: &[Item], states: &[bool], read: char, reading: Reading, next: &mut [bool]) {
    for (at, (item, alive)) in items.iter().zip(states).enumerate() {
        if !alive {
            continue;
        }
        let (stays, advances) = match item {
            Item::Char(character) => (false, *character == read),
            Item::AnyChar => (false, true),
            Item::AnyText => (true, false),
            Item::AnyCharOfSegment => (false, read != ':'),
            Item::AnyTextOfSegment => (read != ':', false),
            Item::Unresolved(_) | Item::Variable(_) => (reading == Reading::Perhaps, false),
        };
        reach(next, at, stays);
        reach(next, at + 1, advances);
    }
}

/// Any text is read: with luck it leads anywhere further on; for certain it only stays where any text does.
fn step_unresolved(items: &[Item], states: &[bool], name: &str, reading: Reading, next: &mut [bool]) {
    if reading == Reading::Perhaps {
        let first = states.iter().position(|alive| *alive).unwrap_or(states.len());
        for state in next.iter_mut().skip(first) {
            *state = true;
        }
        return;
    }
    for (at, (item, alive)) in items.iter().zip(states).enumerate() {
        reach(next, at, *alive && *item == Item::AnyText);
        reach(next, at + 1, *alive && matches!(item, Item::Unresolved(other) if **other == *name));
    }
}

fn reach(states: &mut [bool], at: usize, reached: bool) {
    if let Some(state) = states.get_mut(at) {
        *state |= reached;
    }
}
