//! Attacks from beginning to end, what is told of them, and what is told of a day without any.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::LazyLock;

use partywall_detect::rules::Library;
use partywall_model::{Alert, AlertLevel};
use serde_json::Value;

use crate::{pack, quiet_day};

/// Fewest stories.
const STORIES_MIN: usize = 35;

/// Alerts of level medium that a quiet day may make, in all.
const QUIET_MEDIUM_MAX: usize = 5;

/// Alerts of level low and below that a quiet day may make.
const QUIET_LOW_MAX: usize = 20;

/// Where the page says what was measured.
const MARKS: [&str; 2] = ["<!-- measured: begin -->\n", "<!-- measured: end -->\n"];

struct Story {
    name: String,
    technique: String,
    title: String,
    expected: BTreeSet<String>,
    alerts: BTreeMap<String, Alert>,
    events: usize,
}

struct Quiet {
    events: usize,
    /// How many of them are parsed, because their text may hold what a rule looks for.
    parsed: usize,
    alerts: BTreeMap<String, Alert>,
}

static NAMES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let library = Library::shipped();
    let rules = library.rules().iter().map(|rule| (rule.id.clone(), rule.name.clone()));
    let correlations = library.correlations().iter().map(|rule| (rule.id.clone(), rule.name.clone()));
    rules.chain(correlations).map(|(id, name)| (id.unwrap(), name.unwrap())).collect()
});

static STORIES: LazyLock<Vec<Story>> = LazyLock::new(|| {
    let library = Library::shipped();
    pack::entries(&pack::root().join("fixtures/stories"))
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            let head = lines.next().unwrap();
            let events: Vec<Value> = lines.collect();
            let word = |name: &str| head.get(name).and_then(Value::as_str).unwrap().to_owned();
            let expected = head.get("expect").and_then(Value::as_array).unwrap();
            Story {
                name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
                technique: word("technique"),
                title: word("title"),
                expected: expected.iter().map(|name| name.as_str().unwrap().to_owned()).collect(),
                alerts: pack::alerts(&library, &events),
                events: events.len(),
            }
        })
        .collect()
});

static QUIET: LazyLock<Quiet> = LazyLock::new(|| {
    let events = quiet_day::events(20_261_122);
    let (rules, _) = Library::shipped().compile();
    let is_parsed = |event: &&Value| {
        event.get("srcport").is_some_and(Value::is_number) || rules.may_match(event.to_string().as_bytes())
    };
    let parsed = events.iter().filter(is_parsed).count();
    Quiet { events: events.len(), parsed, alerts: pack::alerts(&Library::shipped(), &events) }
});

fn name(alert: &Alert) -> &str {
    NAMES.get(&alert.rule.id).unwrap_or(&alert.rule.id)
}

#[test]
fn every_story_is_told_by_the_rules_that_it_names() {
    assert!(STORIES.len() >= STORIES_MIN, "{} stories", STORIES.len());
    let mut faults = Vec::new();
    for story in STORIES.iter() {
        let told: BTreeSet<&str> = story.alerts.values().map(name).collect();
        let missing: Vec<&String> = story.expected.iter().filter(|rule| !told.contains(rule.as_str())).collect();
        if !missing.is_empty() || story.expected.is_empty() {
            faults.push(format!("{}: {missing:?} are silent; {told:?} are not", story.name));
        }
        if !(3..=31).contains(&story.events) || !story.name.starts_with(&format!("{}-", story.technique)) {
            faults.push(format!("{} has {} events or another technique than its name", story.name, story.events));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn alerts_carry_the_author_of_their_rule() {
    let alerts = STORIES.iter().flat_map(|story| story.alerts.values()).chain(QUIET.alerts.values());
    let mut count = 0;
    for alert in alerts {
        assert_eq!(alert.rule.author, "partywall", "{alert:?}");
        count += 1;
    }
    assert!(count > 100, "{count} alerts");
}

#[test]
fn a_quiet_day_is_quiet() {
    let of = |levels: &[AlertLevel]| {
        let alerts = QUIET.alerts.values().filter(|alert| levels.contains(&alert.rule.level));
        alerts.map(|alert| format!("{}: {}", name(alert), alert.message)).collect::<Vec<_>>()
    };
    assert!(QUIET.events >= 20_000, "{} events", QUIET.events);
    let grave = of(&[AlertLevel::High, AlertLevel::Critical]);
    assert!(grave.is_empty(), "{}", grave.join("\n"));
    let medium = of(&[AlertLevel::Medium]);
    assert!(medium.len() <= QUIET_MEDIUM_MAX, "{}", medium.join("\n"));
    let low = of(&[AlertLevel::Low, AlertLevel::Informational]);
    assert!(low.len() <= QUIET_LOW_MAX, "{}", low.join("\n"));
}

#[test]
fn the_same_day_is_the_same() {
    assert_eq!(quiet_day::events(7).len(), quiet_day::events(7).len());
    assert!(quiet_day::events(7) == quiet_day::events(7));
    assert!(quiet_day::events(7) != quiet_day::events(8));
}

/// What was measured, as the page shows it.
fn measured() -> String {
    let mut out = String::from(MARKS[0]);
    let _ = writeln!(out, "\n| technique | attack | events | rules that tell it | alerts |\n|---|---|---|---|---|");
    for story in STORIES.iter() {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        story.alerts.values().for_each(|alert| *rules.entry(name(alert)).or_default() += 1);
        let rules = rules.into_iter().map(|(rule, count)| match count {
            1 => format!("`{rule}`"),
            count => format!("`{rule}` × {count}"),
        });
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            story.technique,
            story.title,
            story.events,
            rules.collect::<Vec<_>>().join(", "),
            story.alerts.len()
        );
    }
    let _ = writeln!(
        out,
        "\nA quiet day of {} events, of which {} are parsed:\n\n| level | alerts | bound | rules |\n|---|---|---|---|",
        QUIET.events, QUIET.parsed
    );
    let levels = [
        ("critical", AlertLevel::Critical, 0),
        ("high", AlertLevel::High, 0),
        ("medium", AlertLevel::Medium, QUIET_MEDIUM_MAX),
        ("low", AlertLevel::Low, QUIET_LOW_MAX),
    ];
    for (level, wanted, bound) in levels {
        let alerts: Vec<&Alert> = QUIET.alerts.values().filter(|alert| alert.rule.level == wanted).collect();
        let rules: BTreeSet<String> = alerts.iter().map(|alert| format!("`{}`", name(alert))).collect();
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "| {level} | {} | {bound} | {rules} |", alerts.len());
    }
    let library = Library::shipped();
    let _ = writeln!(
        out,
        "\n{} rules come with partywall, {} of them about several events; the stories are told by {} of them.\n",
        pack::files().len(),
        library.correlations().len(),
        STORIES.iter().flat_map(|story| story.alerts.values().map(name)).collect::<BTreeSet<_>>().len()
    );
    out + MARKS[1]
}

#[test]
fn the_page_says_what_was_measured() {
    let path = pack::root().join("docs/watch.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = page.split_once(MARKS[0]).unwrap();
    let (_, tail) = rest.split_once(MARKS[1]).unwrap();
    let expected = format!("{head}{}{tail}", measured());
    if std::env::var_os("PARTYWALL_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
        return;
    }
    assert!(page == expected, "docs/watch.md is out of date; run the test with PARTYWALL_BLESS=1");
}
