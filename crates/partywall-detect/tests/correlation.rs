//! Correlations against a definition of what they mean that is spelled out event by event, in every order of arrival.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_detect::correlation::{Correlations, Hit, Settings};
use partywall_detect::rules::{Library, RuleNumber, Rules};
use proptest::prelude::*;
use serde_json::{Value, json};

const MINUTE_MS: i64 = 60_000;

/// Three rules and nine correlations of them, one of another correlation.
const RULES: &str = r"
title: One
id: one
logsource: {product: aws, service: cloudtrail}
detection: {selection: {eventName: One}, condition: selection}
---
title: Two
id: two
logsource: {product: aws, service: cloudtrail}
detection: {selection: {eventName: Two}, condition: selection}
---
title: Three
id: three
logsource: {product: aws, service: cloudtrail}
detection: {selection: {eventName: Three}, condition: selection}
---
title: many
id: many
correlation: {type: event_count, rules: [one, two], group-by: [user], timespan: 5m, condition: {gte: 3}}
---
title: few
id: few
correlation: {type: event_count, rules: [one], group-by: [user], timespan: 10m, condition: {lt: 3}}
---
title: exactly
id: exactly
correlation: {type: event_count, rules: [one, three], timespan: 3m, condition: {gt: 1, lte: 4}}
---
title: values
id: values
correlation: {type: value_count, rules: [one, two], group-by: [user], timespan: 6m, condition: {gte: 2, field: bucket}}
---
title: together
id: together
correlation: {type: temporal, rules: [one, two, three], group-by: [user], timespan: 8m}
---
title: ordered
id: ordered
correlation: {type: temporal_ordered, rules: [two, one, three], group-by: [user], timespan: 8m}
---
title: sum
id: sum
correlation: {type: value_sum, rules: [three], group-by: [user], timespan: 4m, condition: {gte: 9, field: size}}
---
title: median
id: median
correlation: {type: value_median, rules: [three], timespan: 9m, condition: {gte: 4, field: size}}
---
title: again
id: again
correlation: {type: event_count, rules: [many], group-by: [user], timespan: 7m, condition: {gte: 2}}
";

#[derive(Debug, Clone)]
struct Happened {
    rule: usize,
    time_ms: i64,
    event: Arc<str>,
    body: Value,
}

fn rules() -> (Library, Rules) {
    let mut library = Library::default();
    library.add("rules.yml", RULES);
    let (rules, gaps) = library.compile();
    assert!(gaps.is_empty(), "{gaps:?}");
    (library, rules)
}

fn fires(library: &Library, rules: &Rules, arrival: &[Happened]) -> BTreeSet<(String, Option<String>, i64)> {
    let (mut correlations, gaps) = Correlations::new(library, rules, Settings::default());
    assert!(gaps.is_empty(), "{gaps:?}");
    let mut fired = Vec::new();
    for happened in arrival {
        let (rule, event) = (RuleNumber(happened.rule), happened.event.clone());
        fired.extend(correlations.observe(&Hit { rule, time_ms: happened.time_ms, event, body: &happened.body }));
    }
    fired.extend(correlations.finish());
    assert!(correlations.gaps().is_empty());
    let count = fired.len();
    let set: BTreeSet<_> = fired
        .into_iter()
        .map(|fired| {
            let group = fired.group.first().map(|(_, value)| value.clone().unwrap_or_default());
            (correlations.card(fired.correlation).unwrap().id.clone(), group, fired.time_ms)
        })
        .collect();
    assert_eq!(set.len(), count, "nothing fires twice");
    set
}

/// What each correlation means: for each event the window behind it, from scratch.
fn meant(events: &[Happened]) -> BTreeSet<(String, Option<String>, i64)> {
    let mut out = BTreeSet::new();
    let user = |event: &Happened| event.body["user"].as_str().unwrap().to_owned();
    let size = |event: &&Happened| event.body["size"].as_i64().unwrap();
    for last in events {
        let window = |members: &[usize], minutes: i64, is_grouped: bool| -> Vec<&Happened> {
            let mut inside: Vec<&Happened> = events
                .iter()
                .filter(|event| members.contains(&event.rule))
                .filter(|event| event.time_ms <= last.time_ms && event.time_ms > last.time_ms - minutes * MINUTE_MS)
                .filter(|event| !is_grouped || user(event) == user(last))
                .collect();
            inside.sort_by_key(|event| (event.time_ms, event.event.clone()));
            inside
        };
        let mut say = |name: &str, is_grouped: bool, members: &[usize], holds: bool| {
            if holds && members.contains(&last.rule) {
                out.insert((name.to_owned(), is_grouped.then(|| user(last)), last.time_ms));
            }
        };
        say("many", true, &[0, 1], window(&[0, 1], 5, true).len() >= 3);
        say("few", true, &[0], window(&[0], 10, true).len() < 3);
        let exactly = window(&[0, 2], 3, false).len();
        say("exactly", false, &[0, 2], exactly > 1 && exactly <= 4);
        let bucket = |event: &&Happened| event.body["bucket"].as_i64().unwrap();
        let buckets: BTreeSet<i64> = window(&[0, 1], 6, true).iter().map(bucket).collect();
        say("values", true, &[0, 1], buckets.len() >= 2);
        let eight = window(&[0, 1, 2], 8, true);
        let has = |rule: usize| eight.iter().any(|event| event.rule == rule);
        say("together", true, &[0, 1, 2], has(0) && has(1) && has(2));
        let in_order = eight.iter().any(|two| {
            two.rule == 1
                && eight.iter().any(|one| {
                    one.rule == 0
                        && one.time_ms >= two.time_ms
                        && eight.iter().any(|three| three.rule == 2 && three.time_ms >= one.time_ms)
                })
        });
        say("ordered", true, &[0, 1, 2], in_order);
        say("sum", true, &[2], window(&[2], 4, true).iter().map(size).sum::<i64>() >= 9);
        let mut sizes: Vec<i64> = window(&[2], 9, false).iter().map(size).collect();
        sizes.sort_unstable();
        let middle = sizes.len() / 2;
        let median = match sizes.len() {
            0 => 0.0,
            even if even % 2 == 0 => (sizes[middle - 1] + sizes[middle]) as f64 / 2.0,
            _ => sizes[middle] as f64,
        };
        say("median", false, &[2], !sizes.is_empty() && median >= 4.0);
    }
    let many: Vec<(Option<String>, i64)> =
        out.iter().filter(|(name, ..)| name == "many").map(|(_, group, time)| (group.clone(), *time)).collect();
    for (group, time) in &many {
        let before = many.iter().filter(|(other, at)| other == group && *at <= *time && *at > time - 7 * MINUTE_MS);
        if before.count() >= 2 {
            out.insert(("again".to_owned(), group.clone(), *time));
        }
    }
    out
}

fn happenings() -> impl Strategy<Value = Vec<Happened>> {
    let one = (0_usize..3, 0_i64..60, prop::sample::select(vec!["ada", "bob"]), 0_u8..3, 0_i64..8);
    prop::collection::vec(one, 0..40).prop_map(|list| {
        let happened = |(number, (rule, tick, user, bucket, size)): (usize, (usize, i64, &str, u8, i64))| Happened {
            rule,
            // Half minutes, so that some events fall on the very edge of a window, and some together.
            time_ms: 1_700_000_000_000 + tick * MINUTE_MS / 2,
            event: format!("event-{number:03}").into(),
            body: json!({"user": user, "bucket": bucket, "size": size}),
        };
        list.into_iter().enumerate().map(happened).collect()
    })
}

/// Events in an order in which none is more than fifteen minutes behind the newest before it.
fn delayed(events: &[Happened], delays: &[i64]) -> Vec<Happened> {
    let mut arrival: Vec<(i64, Happened)> = events
        .iter()
        .zip(delays.iter().cycle())
        .map(|(event, delay)| (event.time_ms + delay * 1000, event.clone()))
        .collect();
    arrival.sort_by_key(|(at, event)| (*at, event.event.clone()));
    arrival.into_iter().map(|(_, event)| event).collect()
}

/// More with `PARTYWALL_CORRELATIONS=10000`.
fn cases() -> u32 {
    std::env::var("PARTYWALL_CORRELATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_fires_is_what_is_meant_in_whatever_order_events_arrive(
        events in happenings(),
        delays in prop::collection::vec(0_i64..899, 1..40),
    ) {
        let (library, rules) = rules();
        let expected = meant(&events);
        let in_order = delayed(&events, &[0]);
        prop_assert_eq!(&fires(&library, &rules, &in_order), &expected, "in order");
        prop_assert_eq!(&fires(&library, &rules, &delayed(&events, &delays)), &expected, "late");
        // Within fifteen minutes of events any order is allowed.
        let start = events.iter().map(|event| event.time_ms).min().unwrap_or(0);
        let (mut near, far): (Vec<Happened>, Vec<Happened>) =
            events.iter().cloned().partition(|event| event.time_ms < start + 15 * MINUTE_MS);
        near.reverse();
        near.extend(delayed(&far, &[0]));
        prop_assert_eq!(&fires(&library, &rules, &near), &expected, "backwards");
        // What arrives twice counts once.
        let twice: Vec<Happened> = in_order.iter().flat_map(|event| [event.clone(), event.clone()]).collect();
        prop_assert_eq!(&fires(&library, &rules, &twice), &expected, "twice");
    }
}

#[test]
fn what_is_too_late_is_said() {
    let (library, rules) = rules();
    let (mut correlations, _) = Correlations::new(&library, &rules, Settings::default());
    let body = json!({"user": "ada"});
    for (number, minute) in [60, 30].into_iter().enumerate() {
        let event = number.to_string().into();
        correlations.observe(&Hit { rule: RuleNumber(0), time_ms: minute * MINUTE_MS, event, body: &body });
    }
    let gaps = correlations.gaps();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(gaps[0].cause.contains("late"), "{gaps:?}");
}

#[test]
fn memory_has_an_end_that_is_said() {
    let (library, rules) = rules();
    let settings = Settings { hits_max: 500, ..Settings::default() };
    let (mut correlations, _) = Correlations::new(&library, &rules, settings);
    for number in 0..5_000 {
        let body = json!({"user": format!("user-{number}"), "bucket": 1, "size": 1});
        let event = number.to_string().into();
        correlations.observe(&Hit { rule: RuleNumber(0), time_ms: number * 10, event, body: &body });
    }
    assert!(correlations.gaps().iter().any(|gap| gap.cause.contains("forgot")));
}

#[test]
fn what_cannot_be_correlated_is_refused_by_name() {
    let mut library = Library::default();
    library.add("rules.yml", RULES);
    library.add(
        "more.yml",
        r"
title: nowhere
id: nowhere
correlation: {type: event_count, rules: [absent], timespan: 5m, condition: {gte: 3}}
---
title: circle
id: circle
correlation: {type: event_count, rules: [circle], timespan: 5m, condition: {gte: 3}}
---
title: snapping
id: snapping
correlation: {type: event_count, rules: [one], timespan: 5m, window: tumbling, condition: {gte: 3}}
---
title: twin
id: many
correlation: {type: event_count, rules: [one], timespan: 5m, condition: {gte: 3}}
",
    );
    let (rules, _) = library.compile();
    let (_, gaps) = Correlations::new(&library, &rules, Settings::default());
    let causes: Vec<&str> = gaps.iter().map(|gap| gap.cause.as_str()).collect();
    for name in ["nowhere", "circle", "snapping", "twin"] {
        assert!(causes.iter().any(|cause| cause.contains(&format!("`{name}`"))), "{name}: {causes:?}");
    }
}
