//! Events in, alerts out.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::io::Read;
use std::sync::Arc;

use partywall_model::{Alert, Gap};

use crate::alert::{Episodes, of_event};
use crate::correlation::{Correlations, Hit, Settings};
use crate::event::{Event, Source};
use crate::intake::{self, Limits, Sink, Tally};
use crate::rules::{Library, RuleNumber, Rules};

/// Ids of events that are remembered, so that copies count once; the oldest are forgotten first.
const REMEMBERED_MAX: usize = 5_000_000;

/// Puts events to rules and correlations.
pub struct Detector {
    rules: Rules,
    correlations: Correlations,
    silent: BTreeSet<RuleNumber>,
    episodes: Episodes,
    seen: Seen,
    news: News,
}

/// What came of events since it was last asked.
#[derive(Debug, Default)]
pub struct News {
    /// Alerts; one that goes on comes again with the same id.
    pub alerts: Vec<Alert>,
    /// Events that some rule matched or that were kept otherwise, copies left out.
    pub matched: Vec<Event>,
    /// Copies of events that were matched before.
    pub copies: u64,
}

impl Detector {
    /// A detector of a library's rules, and the rules that cannot be used.
    pub fn new(library: &Library, settings: Settings) -> (Self, Vec<Gap>) {
        let (rules, mut gaps) = library.compile();
        let (correlations, refused) = Correlations::new(library, &rules, settings);
        gaps.extend(refused);
        let silent = correlations.silent();
        let (episodes, seen, news) = (Episodes::default(), Seen::default(), News::default());
        (Self { rules, correlations, silent, episodes, seen, news }, gaps)
    }

    /// How many rules look at single events.
    pub fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// What came of events since it was last asked.
    pub fn news(&mut self) -> News {
        std::mem::take(&mut self.news)
    }

    /// What went wrong since it was last asked.
    pub fn gaps(&mut self) -> Vec<Gap> {
        self.correlations.gaps()
    }

    /// Decides what could still have changed, as if no more events came.
    pub fn finish(&mut self) {
        for fired in self.correlations.finish() {
            let last = self.seen.last(&fired.events);
            self.tell(&fired, last.as_ref());
        }
    }

    fn tell(&mut self, fired: &crate::correlation::Fired, last: Option<&Event>) {
        let correlation = fired.correlation;
        let Some(card) = self.correlations.card(correlation) else { return };
        let timespan = self.correlations.timespan_ms(correlation).unwrap_or_default();
        let nothing = || Event {
            source: Source::CloudTrail,
            time_ms: fired.time_ms,
            id: "".into(),
            body: serde_json::Value::Null,
        };
        let last = last.cloned().unwrap_or_else(nothing);
        let alert = self.episodes.take(card, timespan, fired, &last);
        self.news.alerts.push(alert);
    }
}

/// What one object holds that some rule matches. Objects can be read side by side.
#[derive(Debug, Default)]
pub struct Scanned {
    /// What became of the object.
    pub tally: Tally,
    hits: Vec<(Event, Vec<RuleNumber>)>,
}

/// Reads one object, and puts its events to the rules. Events that `also` says yes to are kept though no rule matches.
pub fn scan(
    rules: &Rules,
    name: &str,
    object: impl Read,
    limits: &Limits,
    also: &(dyn Fn(&Event) -> bool + Sync),
) -> Scanned {
    let mut scanner = Scanner { rules, also, hits: Vec::new() };
    let tally = intake::read(name, object, limits, &mut scanner);
    Scanned { tally, hits: scanner.hits }
}

struct Scanner<'r> {
    rules: &'r Rules,
    also: &'r (dyn Fn(&Event) -> bool + Sync),
    hits: Vec<(Event, Vec<RuleNumber>)>,
}

impl Sink for Scanner<'_> {
    fn wants(&self, record: &[u8]) -> bool {
        self.rules.may_match(record)
    }

    fn take(&mut self, event: Event) {
        let matching = self.rules.matching(&event);
        if !matching.is_empty() || (self.also)(&event) {
            self.hits.push((event, matching));
        }
    }
}

impl Detector {
    /// The rules that look at single events.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Takes what an object holds. Objects are taken in the order in which they were written.
    pub fn accept(&mut self, scanned: Scanned) -> Tally {
        for (event, matching) in scanned.hits {
            self.accept_event(event, matching);
        }
        scanned.tally
    }

    /// Takes an event again that was kept before.
    pub fn replay(&mut self, event: Event) {
        let matching = self.rules.matching(&event);
        self.accept_event(event, matching);
    }

    fn accept_event(&mut self, event: Event, matching: Vec<RuleNumber>) {
        if !self.seen.insert(&event) {
            self.news.copies += 1;
            return;
        }
        for rule in matching {
            if let Some(card) = self.rules.card(rule).filter(|_| !self.silent.contains(&rule)) {
                self.news.alerts.push(of_event(card, &event));
            }
            let hit = Hit { rule, time_ms: event.time_ms, event: event.id.clone(), body: &event.body };
            for fired in self.correlations.observe(&hit) {
                let last = self.seen.last(&fired.events);
                self.tell(&fired, last.as_ref());
            }
        }
        self.news.matched.push(event);
    }
}

/// Events that were matched.
#[derive(Default)]
struct Seen {
    ids: HashSet<(Source, Arc<str>)>,
    order: VecDeque<(Source, Arc<str>)>,
    recent: HashMap<Arc<str>, Event>,
    recent_order: VecDeque<Arc<str>>,
}

/// Events whose fields are kept, to name who is behind what fires later.
const RECENT_MAX: usize = 50_000;

impl Seen {
    fn insert(&mut self, event: &Event) -> bool {
        let key = (event.source, event.id.clone());
        if !self.ids.insert(key.clone()) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        self.recent.insert(event.id.clone(), event.clone());
        self.recent_order.push_back(event.id.clone());
        if self.recent_order.len() > RECENT_MAX
            && let Some(oldest) = self.recent_order.pop_front()
        {
            self.recent.remove(&oldest);
        }
        true
    }

    /// The last of some events that is still remembered.
    fn last(&self, events: &[Arc<str>]) -> Option<Event> {
        events.iter().rev().find_map(|id| self.recent.get(id)).cloned()
    }
}
