//! What the text of a record is searched for never hides a match, however the record is written.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use partywall_detect::Event;
use partywall_detect::intake::{self, Limits, Sink};
use partywall_detect::rules::{Library, Rules};
use proptest::prelude::*;
use serde_json::Value;

use crate::pack;

/// Events that rules find, with the rules of their file alone: fewer rules let less through.
static FOUND: LazyLock<Vec<(String, Rules, Vec<Value>)>> = LazyLock::new(|| {
    let files = pack::files();
    let of_file = |file: &pack::RuleFile| {
        let events = file.examples().into_iter().flat_map(|example| example.events);
        let events = events.filter(|event| !event.get("srcport").is_some_and(Value::is_number));
        (file.name.clone(), file.library().compile().0, events.collect())
    };
    files.iter().map(of_file).filter(|(_, _, events): &(_, _, Vec<_>)| !events.is_empty()).collect()
});

static SHIPPED: LazyLock<Rules> = LazyLock::new(|| Library::shipped().compile().0);

/// Reads everything, and notes what would not have been read.
struct Probe<'r> {
    rules: &'r Rules,
    is_wanted: bool,
    matched: usize,
    lost: Vec<Event>,
}

impl Sink for Probe<'_> {
    fn wants(&self, _: &[u8]) -> bool {
        true
    }

    fn take(&mut self, event: Event) {
        if !self.rules.matching(&event).is_empty() {
            self.matched += 1;
            if !self.is_wanted {
                self.lost.push(event);
            }
        }
    }
}

/// How many rules' events are found in the text; fails when one of them would not have been looked at.
fn matched(name: &str, rules: &Rules, text: &str) -> usize {
    let is_wanted = rules.may_match(text.as_bytes());
    let mut probe = Probe { rules, is_wanted, matched: 0, lost: Vec::new() };
    let tally = intake::read("event", text.as_bytes(), &Limits::default(), &mut probe);
    assert!(tally.gaps.is_empty(), "{:?} in {text}", tally.gaps);
    assert!(probe.lost.is_empty(), "`{name}` would not have seen {text}");
    probe.matched
}

/// Numbers that a seed gives, one after the other.
struct Choice(u64);

impl Choice {
    fn of(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

/// How freely a record is written.
#[derive(Debug, Clone, Copy)]
struct Hand {
    shuffles: bool,
    spaces: bool,
    escapes: bool,
    changes_case: bool,
    adds: bool,
}

fn write(value: &Value, hand: Hand, choice: &mut Choice, out: &mut String) {
    space(hand, choice, out);
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&str, &Value)> = fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
            let added = Value::String("added".to_owned());
            if hand.adds && choice.of(3) == 0 {
                fields.push(("unheardOf", &added));
            }
            if hand.shuffles {
                fields.sort_by_key(|_| choice.of(1 << 30));
            }
            out.push('{');
            for (place, (name, value)) in fields.into_iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                space(hand, choice, out);
                // Names are kept as they are, apart from how they are spelled.
                text(name, Hand { changes_case: false, ..hand }, choice, out);
                space(hand, choice, out);
                out.push(':');
                write(value, hand, choice, out);
            }
            out.push('}');
        }
        Value::Array(members) => {
            out.push('[');
            for (place, member) in members.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                write(member, hand, choice, out);
            }
            out.push(']');
        }
        Value::String(content) => text(content, hand, choice, out),
        other => out.push_str(&other.to_string()),
    }
    space(hand, choice, out);
}

fn space(hand: Hand, choice: &mut Choice, out: &mut String) {
    if hand.spaces && choice.of(4) == 0 {
        out.push_str([" ", "\t", "  "].get(choice.of(3) as usize).unwrap_or(&""));
    }
}

fn text(content: &str, hand: Hand, choice: &mut Choice, out: &mut String) {
    let is_time = content.len() > 18 && content.starts_with("20");
    out.push('"');
    for character in content.chars() {
        let character = match hand.changes_case && !is_time && choice.of(3) == 0 {
            true if character.is_ascii_lowercase() => character.to_ascii_uppercase(),
            true => character.to_ascii_lowercase(),
            false => character,
        };
        if hand.escapes && choice.of(12) == 0 {
            let _ = write!(out, "\\u{:04x}", u32::from(character));
        } else if matches!(character, '"' | '\\') || hand.escapes && character == '/' && choice.of(2) == 0 {
            let _ = write!(out, "\\{character}");
        } else if character.is_control() {
            let _ = write!(out, "\\u{:04x}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out.push('"');
}

#[test]
fn what_rules_find_is_looked_at() {
    let library = Library::shipped();
    let correlations: BTreeSet<&str> = library.correlations().iter().filter_map(|rule| rule.name.as_deref()).collect();
    for (name, rules, events) in FOUND.iter() {
        let found: usize = events.iter().map(|event| matched(name, rules, &event.to_string())).sum();
        // What a correlation is made of may be in another file.
        assert!(found > 0 || correlations.contains(name.as_str()), "`{name}` finds none of its events");
        for event in events {
            matched(name, &SHIPPED, &event.to_string());
        }
    }
}

#[test]
fn rules_look_at_few_records_of_a_trail() {
    let record = r#"{"eventVersion":"1.11","eventSource":"ec2.amazonaws.com","eventName":"DescribeVolumes","userIdentity":{"type":"AWSService"}}"#;
    let looks =
        |(name, rules, _): &(String, Rules, Vec<Value>)| rules.may_match(record.as_bytes()).then(|| name.clone());
    let greedy: Vec<String> = FOUND.iter().filter_map(looks).collect();
    assert_eq!(greedy, Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_match_is_lost(place in 0..10_000_usize, which in 0..10_000_usize, seed: u64, flags: [bool; 5]) {
        let (name, rules, events) = FOUND.get(place % FOUND.len()).unwrap();
        let event = events.get(which % events.len()).unwrap();
        let [shuffles, spaces, escapes, changes_case, adds] = flags;
        let hand = Hand { shuffles, spaces, escapes, changes_case, adds };
        let mut record = String::new();
        write(event, hand, &mut Choice(seed), &mut record);
        matched(name, rules, record.trim());
    }
}
