//! What one group of events remembers.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use rsigma_parser::{ConditionExpr, ConditionOperator, CorrelationType, Quantifier, SelectorPattern};

use super::definition::{Definition, Test};
use super::{Fired, GroupKey};

/// Events that are named in what fired.
const NAMED_MAX: usize = 50;

/// A hit of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) time_ms: i64,
    pub(super) event: Arc<str>,
    pub(super) member: usize,
    pub(super) value: Option<Arc<str>>,
}

/// Hits by time, and when it fired.
#[derive(Debug, Default)]
pub(super) struct Group {
    entries: VecDeque<Entry>,
    fired: BTreeSet<i64>,
    settled_ms: Option<i64>,
}

impl Entry {
    fn order(&self, other: &Self) -> Ordering {
        let key = |entry: &Self| (entry.time_ms, entry.event.clone(), entry.member);
        self.time_ms.cmp(&other.time_ms).then_with(|| key(self).cmp(&key(other)))
    }
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds a hit; false when it is there already.
    pub(super) fn insert(&mut self, entry: Entry) -> bool {
        match self.entries.binary_search_by(|other| other.order(&entry)) {
            Ok(_) => false,
            Err(place) => {
                self.entries.insert(place, entry);
                true
            }
        }
    }

    /// Times of hits in `[from, to)`.
    pub(super) fn times_between(&self, from: i64, to: i64) -> BTreeSet<i64> {
        let start = self.entries.partition_point(|entry| entry.time_ms < from);
        self.entries.range(start..).map(|entry| entry.time_ms).take_while(|time| *time < to).collect()
    }

    /// Times up to the watermark that were not decided before.
    pub(super) fn unsettled(&mut self, watermark: i64) -> BTreeSet<i64> {
        let from = self.settled_ms.map_or(i64::MIN, |settled| settled.saturating_add(1));
        let times = self.times_between(from, watermark.saturating_add(1));
        if let Some(last) = times.last() {
            self.settled_ms = Some(*last);
        }
        times
    }

    /// Times of all hits.
    pub(super) fn times(&self) -> impl Iterator<Item = i64> + '_ {
        self.entries.iter().map(|entry| entry.time_ms)
    }

    /// Forgets hits up to a time, and answers whether any are left.
    pub(super) fn forget(&mut self, time_ms: i64) -> bool {
        let count = self.entries.partition_point(|entry| entry.time_ms <= time_ms);
        self.entries.drain(..count);
        self.fired = self.fired.split_off(&time_ms);
        !self.entries.is_empty()
    }

    /// What fires at a time, if it does and did not before.
    pub(super) fn fire(
        &mut self,
        correlation: usize,
        definition: &Definition,
        key: &GroupKey,
        time_ms: i64,
    ) -> Option<Fired> {
        if self.fired.contains(&time_ms) {
            return None;
        }
        let from = time_ms.saturating_sub(definition.timespan_ms);
        let start = self.entries.partition_point(|entry| entry.time_ms <= from);
        let end = self.entries.partition_point(|entry| entry.time_ms <= time_ms);
        let window = || self.entries.range(start..end);
        if !holds(definition, end - start, window) {
            return None;
        }
        let mut events: Vec<Arc<str>> = window().rev().take(NAMED_MAX).map(|entry| entry.event.clone()).collect();
        events.reverse();
        events.dedup();
        let first_ms = window().next().map_or(time_ms, |entry| entry.time_ms);
        self.fired.insert(time_ms);
        let names = definition.group_by.iter().map(|(name, _)| name.clone());
        let group = names.zip(key.iter().map(|value| value.as_deref().map(str::to_owned))).collect();
        Some(Fired { correlation, group, time_ms, first_ms, events, event_count: (end - start) as u64 })
    }
}

fn holds<'e, W, I>(definition: &Definition, count: usize, window: W) -> bool
where
    W: Fn() -> I,
    I: Iterator<Item = &'e Entry>,
{
    match &definition.test {
        Test::All if definition.kind == CorrelationType::TemporalOrdered => {
            is_in_order(definition.members.len(), window())
        }
        Test::All => {
            let seen: BTreeSet<usize> = window().map(|entry| entry.member).collect();
            seen.len() == definition.members.len()
        }
        Test::Members(condition, names) => {
            let seen: BTreeSet<usize> = window().map(|entry| entry.member).collect();
            let occurs = |name: &str| names.get(name).is_some_and(|member| seen.contains(member));
            is_true(condition, &occurs, names.keys().map(String::as_str).collect::<Vec<_>>().as_slice())
        }
        Test::Number { predicates, percentile } => {
            let number = match definition.kind {
                CorrelationType::EventCount => Some(count as f64),
                CorrelationType::ValueCount => {
                    let values: BTreeSet<&str> = window().filter_map(|entry| entry.value.as_deref()).collect();
                    Some(values.len() as f64)
                }
                kind => statistic(kind, *percentile, window()),
            };
            number.is_some_and(|number| predicates.iter().all(|predicate| compares(number, *predicate)))
        }
    }
}

/// Whether each member occurs no earlier than the one before it; what happened at the same time is in any order.
fn is_in_order<'e>(members: usize, window: impl Iterator<Item = &'e Entry>) -> bool {
    let mut by_time: BTreeMap<i64, BTreeSet<usize>> = BTreeMap::new();
    for entry in window {
        by_time.entry(entry.time_ms).or_default().insert(entry.member);
    }
    let mut next = 0;
    for occurs in by_time.values() {
        while occurs.contains(&next) {
            next += 1;
        }
    }
    next == members
}

fn statistic<'e>(kind: CorrelationType, percentile: u64, window: impl Iterator<Item = &'e Entry>) -> Option<f64> {
    let mut numbers: Vec<f64> = window.filter_map(|entry| entry.value.as_deref()?.parse().ok()).collect();
    numbers.sort_by(f64::total_cmp);
    let sum: f64 = numbers.iter().sum();
    let rank = |percentile: u64| {
        let place = (percentile as f64 / 100.0 * numbers.len() as f64).ceil() as usize;
        numbers.get(place.saturating_sub(1)).copied()
    };
    match kind {
        CorrelationType::ValueSum => Some(sum),
        CorrelationType::ValueAvg => (!numbers.is_empty()).then(|| sum / numbers.len() as f64),
        CorrelationType::ValuePercentile => rank(percentile),
        CorrelationType::ValueMedian => {
            let middle = numbers.len() / 2;
            let upper = numbers.get(middle).copied()?;
            match middle.checked_sub(1).and_then(|place| numbers.get(place)) {
                Some(lower) if numbers.len().is_multiple_of(2) => Some((lower + upper) / 2.0),
                _ => Some(upper),
            }
        }
        _ => None,
    }
}

fn compares(number: f64, (operator, limit): (ConditionOperator, u64)) -> bool {
    let limit = limit as f64;
    match operator {
        ConditionOperator::Lt => number < limit,
        ConditionOperator::Lte => number <= limit,
        ConditionOperator::Gt => number > limit,
        ConditionOperator::Gte => number >= limit,
        ConditionOperator::Eq => number == limit,
        ConditionOperator::Neq => number != limit,
    }
}

fn is_true(condition: &ConditionExpr, occurs: &impl Fn(&str) -> bool, names: &[&str]) -> bool {
    match condition {
        ConditionExpr::And(parts) => parts.iter().all(|part| is_true(part, occurs, names)),
        ConditionExpr::Or(parts) => parts.iter().any(|part| is_true(part, occurs, names)),
        ConditionExpr::Not(part) => !is_true(part, occurs, names),
        ConditionExpr::Identifier(name) => occurs(name),
        ConditionExpr::Selector { quantifier, pattern } => {
            let is_meant = |name: &&&str| match pattern {
                SelectorPattern::Them => true,
                SelectorPattern::Pattern(pattern) => rsigma_parser::detection_name_matches(pattern, name),
            };
            let meant: Vec<&&str> = names.iter().filter(is_meant).collect();
            let count = meant.iter().filter(|name| occurs(name)).count();
            match quantifier {
                Quantifier::Any => count > 0,
                Quantifier::All => count == meant.len(),
                Quantifier::Count(wanted) => count as u64 >= *wanted,
            }
        }
    }
}
