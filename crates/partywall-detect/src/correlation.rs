//! Rules over several events, in the order in which things happened.
//!
//! Logs arrive late and out of order, those of CloudTrail by up to fifteen minutes. Windows slide with the time that
//! events say, `(t - timespan, t]` behind each of them, and never snap to hours: what fires is the same in whatever
//! order events arrive, as long as none is later than allowed.
//! <https://sigmahq.io/sigma-specification/specification/sigma-correlation-rules-specification.html>

mod definition;
mod group;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::{AlertRule, Gap, GapKind};
use serde_json::Value;

use crate::rules::{Library, RuleNumber, Rules};
use definition::Definition;
use group::{Entry, Group};

/// How patient and how spacious correlations are.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How late an event may arrive, in milliseconds. CloudTrail delivers within fifteen minutes on average.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>
    pub lateness_ms: i64,
    /// Time after which no event can have happened; a clock that goes wrong must not make everything else late.
    pub not_after_ms: i64,
    /// Hits that are kept at once; beyond, the oldest go, which is said.
    pub hits_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { lateness_ms: 15 * 60 * 1000, not_after_ms: i64::MAX, hits_max: 2_000_000 }
    }
}

/// A rule that a single event matched.
#[derive(Debug, Clone)]
pub struct Hit<'e> {
    /// The rule.
    pub rule: RuleNumber,
    /// When it happened.
    pub time_ms: i64,
    /// The event's id.
    pub event: Arc<str>,
    /// The event's fields.
    pub body: &'e Value,
}

/// Something that happened together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fired {
    /// The correlation, by its place.
    pub correlation: usize,
    /// The fields by which events are grouped, with what they have in common; None where they lack the field.
    pub group: Vec<(String, Option<String>)>,
    /// When the last of the events happened.
    pub time_ms: i64,
    /// When the first of them happened.
    pub first_ms: i64,
    /// The events, in order of time; of many, the last ones.
    pub events: Vec<Arc<str>>,
    /// How many there are.
    pub event_count: u64,
}

/// Correlations, and what they remember.
pub struct Correlations {
    definitions: Vec<Definition>,
    /// Which correlations, and as which member, a rule is part of.
    of_rule: BTreeMap<RuleNumber, Vec<(usize, usize)>>,
    /// The same for a correlation that others are made of.
    of_correlation: BTreeMap<usize, Vec<(usize, usize)>>,
    groups: BTreeMap<(usize, GroupKey), Group>,
    settings: Settings,
    newest_ms: i64,
    floor_ms: i64,
    hits: usize,
    late: u64,
    ahead: u64,
    gaps: Vec<Gap>,
}

/// Values of the fields by which events are grouped.
type GroupKey = Vec<Option<Arc<str>>>;

/// Something that may be part of a correlation: a hit, or a correlation that fired.
struct Part<'v> {
    time_ms: i64,
    event: Arc<str>,
    body: &'v Value,
}

impl Correlations {
    /// The correlations of a library, and those that cannot be used.
    pub fn new(library: &Library, rules: &Rules, settings: Settings) -> (Self, Vec<Gap>) {
        let (definitions, gaps) = definition::compile(library, rules);
        let mut of_rule: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut of_correlation: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (place, definition) in definitions.iter().enumerate() {
            for (member, reference) in definition.members.iter().enumerate() {
                match reference {
                    definition::Member::Rule(rule) => of_rule.entry(*rule).or_default().push((place, member)),
                    definition::Member::Correlation(other) => {
                        of_correlation.entry(*other).or_default().push((place, member));
                    }
                }
            }
        }
        let correlations = Self {
            definitions,
            of_rule,
            of_correlation,
            groups: BTreeMap::new(),
            settings,
            newest_ms: i64::MIN,
            floor_ms: i64::MIN,
            hits: 0,
            late: 0,
            ahead: 0,
            gaps: Vec::new(),
        };
        (correlations, gaps)
    }

    /// The rule of a correlation.
    pub fn card(&self, correlation: usize) -> Option<&AlertRule> {
        self.definitions.get(correlation).map(|definition| &definition.card)
    }

    /// How far apart the events of a correlation may be, in milliseconds.
    pub fn timespan_ms(&self, correlation: usize) -> Option<i64> {
        self.definitions.get(correlation).map(|definition| definition.timespan_ms)
    }

    /// The rules whose single hits are no alerts, because they only serve correlations.
    pub fn silent(&self) -> BTreeSet<RuleNumber> {
        let generates = |rule: &RuleNumber| {
            self.of_rule
                .get(rule)
                .into_iter()
                .flatten()
                .any(|(place, _)| self.definitions.get(*place).is_some_and(|definition| definition.generates))
        };
        self.of_rule.keys().filter(|rule| !generates(rule)).copied().collect()
    }

    /// Takes a hit, and answers what fires that did not before. The same hit twice counts once.
    pub fn observe(&mut self, hit: &Hit<'_>) -> Vec<Fired> {
        if hit.time_ms > self.settings.not_after_ms {
            self.ahead += 1;
            return Vec::new();
        }
        let mut fired = Vec::new();
        let places = self.of_rule.get(&hit.rule).cloned().unwrap_or_default();
        if places.is_empty() {
            return fired;
        }
        if hit.time_ms <= self.watermark() {
            self.late += 1;
        }
        self.newest_ms = self.newest_ms.max(hit.time_ms);
        let part = Part { time_ms: hit.time_ms, event: hit.event.clone(), body: hit.body };
        for (place, member) in places {
            self.add(place, member, &part, &mut fired);
        }
        self.settle(self.watermark(), &mut fired);
        self.forget();
        fired
    }

    /// Decides what could still have changed, as if no more events came.
    pub fn finish(&mut self) -> Vec<Fired> {
        let mut fired = Vec::new();
        self.settle(i64::MAX, &mut fired);
        fired
    }

    /// What went wrong since it was last asked: hits that came too late or have a time to come, and memory that ended.
    pub fn gaps(&mut self) -> Vec<Gap> {
        let mut gaps = std::mem::take(&mut self.gaps);
        let minutes = self.settings.lateness_ms / 60_000;
        let mut told = |count: u64, what: String, cure: &str| {
            if count > 0 {
                gaps.push(Gap::in_file(GapKind::NotEvaluated, "", 0, format!("{count} hits {what}"), cure));
            }
        };
        let late = format!("came more than {minutes} minutes late, and correlations may have missed them");
        told(std::mem::take(&mut self.late), late, "allow more lateness, or read the logs again in order");
        let ahead = "have a time that is still to come, and are in no correlation".to_owned();
        told(std::mem::take(&mut self.ahead), ahead, "look for what writes wrong times");
        gaps
    }

    /// The time up to which everything has arrived.
    fn watermark(&self) -> i64 {
        self.newest_ms.saturating_sub(self.settings.lateness_ms)
    }

    fn add(&mut self, place: usize, member: usize, part: &Part<'_>, fired: &mut Vec<Fired>) {
        let Some(definition) = self.definitions.get(place) else { return };
        let key = definition.group_of(member, part.body);
        let entry =
            Entry { time_ms: part.time_ms, event: part.event.clone(), member, value: definition.value_of(part.body) };
        let group = self.groups.entry((place, key.clone())).or_default();
        if !group.insert(entry) {
            return;
        }
        self.hits += 1;
        if !definition.is_monotone() {
            return;
        }
        let times = group.times_between(part.time_ms, part.time_ms.saturating_add(definition.timespan_ms));
        let news: Vec<Fired> = times.into_iter().filter_map(|time| group.fire(place, definition, &key, time)).collect();
        self.hand_on(news, fired);
    }

    /// Lets what fired be part of other correlations.
    fn hand_on(&mut self, news: Vec<Fired>, fired: &mut Vec<Fired>) {
        for new in news {
            for (place, member) in self.of_correlation.get(&new.correlation).cloned().unwrap_or_default() {
                let fields = new.group.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?.into())));
                let body = Value::Object(fields.collect());
                let event =
                    format!("{}@{}", self.definitions.get(new.correlation).map_or("", |of| &of.card.id), new.time_ms);
                let part = Part { time_ms: new.time_ms, event: event.into(), body: &body };
                self.add(place, member, &part, fired);
            }
            fired.push(new);
        }
    }

    /// Decides the conditions that more events could still have made untrue, up to the watermark.
    fn settle(&mut self, watermark: i64, fired: &mut Vec<Fired>) {
        // In their order: a correlation is defined behind those that it is made of.
        for place in 0..self.definitions.len() {
            let Some(definition) = self.definitions.get(place).filter(|definition| !definition.is_monotone()) else {
                continue;
            };
            let range = (place, GroupKey::new())..(place + 1, GroupKey::new());
            let mut news = Vec::new();
            for ((_, key), group) in self.groups.range_mut(range) {
                for time in group.unsettled(watermark) {
                    news.extend(group.fire(place, definition, key, time));
                }
            }
            self.hand_on(news, fired);
        }
    }

    /// Forgets what can be part of nothing any more, and, when there is no room, what is oldest.
    fn forget(&mut self) {
        let is_full = self.hits > self.settings.hits_max;
        // Looking at every group costs more than keeping some hits a little longer.
        let step = self.settings.lateness_ms.max(60_000) / 4;
        if !is_full && self.watermark() < self.floor_ms.saturating_add(step) {
            return;
        }
        self.floor_ms = self.watermark();
        let definitions = &self.definitions;
        let timespan = |place: usize| definitions.get(place).map_or(0, |definition| definition.timespan_ms);
        let floor_ms = self.floor_ms;
        self.groups.retain(|(place, _), group| group.forget(floor_ms.saturating_sub(timespan(*place))));
        self.hits = self.groups.values().map(Group::len).sum();
        if self.hits > self.settings.hits_max {
            self.forget_oldest_half();
        }
    }

    fn forget_oldest_half(&mut self) {
        let mut times: Vec<i64> = self.groups.values().flat_map(Group::times).collect();
        let middle = times.len() / 2;
        let (_, cut_ms, _) = times.select_nth_unstable(middle);
        let cut_ms = *cut_ms;
        self.groups.retain(|_, group| group.forget(cut_ms));
        self.hits = self.groups.values().map(Group::len).sum();
        let (most, seconds) = (self.settings.hits_max, self.newest_ms.saturating_sub(cut_ms) / 1000);
        let cause =
            format!("there were more than {most} hits at once, and correlations forgot those of {seconds} s ago");
        let cure = "narrow the rules that match most, or allow more memory";
        self.gaps.push(Gap::in_file(GapKind::NotEvaluated, "", 0, cause, cure));
    }
}
