//! Sigma rules, compiled. <https://sigmahq.io/sigma-specification/>

mod witness;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use partywall_model::{AlertLevel, AlertRule, Gap, GapKind};
use rsigma_eval::{Engine, JsonEvent};
use rsigma_parser::{
    CorrelationRule, Detection, FilterRule, FilterRuleTarget, Level, Modifier, SigmaCollection, SigmaRule,
    parse_sigma_yaml,
};

use crate::event::{Event, Source};
use crate::intake;

/// Rules of a folder, or of several.
#[derive(Default)]
pub struct Library {
    collection: SigmaCollection,
    words: Vec<String>,
    gaps: Vec<Gap>,
}

/// Rules that events are put to.
pub struct Rules {
    engines: BTreeMap<Source, Engine>,
    /// What is known of a rule besides what it asks, by id or, where it has none, by title.
    cards: Vec<AlertRule>,
    by_name: HashMap<String, usize>,
    needles: Option<AhoCorasick>,
}

/// A rule that an event matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleNumber(pub usize);

impl Library {
    /// Adds the rules of one file. What is no rule, or cannot be compiled, becomes a gap; the rest of the file counts.
    pub fn add(&mut self, file: &str, text: &str) {
        let gap = |cause: String| Gap::in_file(GapKind::NotEvaluated, file, 0, cause, "mend the rule, or take it out");
        let collection = match parse_sigma_yaml(text) {
            Ok(collection) => collection,
            Err(error) => return self.gaps.push(gap(format!("no rules can be read from `{file}`: {error}"))),
        };
        self.gaps.extend(collection.errors.iter().map(|error| gap(format!("a rule in `{file}` is not read: {error}"))));
        for rule in collection.rules {
            match refusal(&rule) {
                None => self.collection.rules.push(rule),
                Some(cause) => self.gaps.push(gap(format!("`{}` in `{file}` is refused: {cause}", rule.title))),
            }
        }
        self.collection.correlations.extend(collection.correlations);
        self.collection.filters.extend(collection.filters);
    }

    /// Has records looked at that hold a word, whatever the rules need. Words are of letters and digits.
    pub fn also_want(&mut self, word: &str) {
        self.words.push(word.to_ascii_lowercase());
    }

    /// How many rules there are, correlations included.
    pub fn len(&self) -> usize {
        self.collection.rules.len() + self.collection.correlations.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rules that look at single events.
    pub fn rules(&self) -> &[SigmaRule] {
        &self.collection.rules
    }

    /// The rules that look at several.
    pub fn correlations(&self) -> &[CorrelationRule] {
        &self.collection.correlations
    }

    /// Compiles the rules, and answers what could not be.
    pub fn compile(&self) -> (Rules, Vec<Gap>) {
        let mut gaps = self.gaps.clone();
        let mut rules = Rules { engines: BTreeMap::new(), cards: Vec::new(), by_name: HashMap::new(), needles: None };
        let mut needles = witness::Needles::default();
        for rule in &self.collection.rules {
            let name = rule.id.clone().unwrap_or_else(|| rule.title.clone());
            if rules.by_name.contains_key(&name) {
                gaps.push(refused(&name, "another rule has its id"));
                continue;
            }
            let sources = sources(rule);
            if sources.is_empty() {
                gaps.push(refused(&name, "its logsource is none that partywall reads"));
                continue;
            }
            let mut is_compiled = true;
            for source in &sources {
                if let Err(error) = rules.engines.entry(*source).or_default().add_rule(rule) {
                    gaps.push(refused(&name, &error.to_string()));
                    is_compiled = false;
                    break;
                }
            }
            if is_compiled {
                needles.add(rule, &sources);
                rules.by_name.insert(name.clone(), rules.cards.len());
                rules.cards.push(card(name, rule));
            }
        }
        gaps.extend(self.collection.filters.iter().flat_map(|filter| self.apply(filter, &mut rules)));
        let words: Vec<String> = needles.words().into_iter().chain(self.words.iter().cloned()).collect();
        rules.needles = automaton(&words);
        (rules, gaps)
    }

    /// Applies a filter to the rules that it names, and answers what it names in vain.
    fn apply(&self, filter: &FilterRule, rules: &mut Rules) -> Vec<Gap> {
        let vain = |cause: String| {
            let cause = format!("the filter `{}` {cause}", filter.title);
            Gap::in_file(GapKind::NotEvaluated, "", 0, cause, "mend the filter, or take it out")
        };
        let (mut filter, mut gaps) = (filter.clone(), Vec::new());
        if let FilterRuleTarget::Specific(names) = &mut filter.rules {
            for name in names.iter_mut() {
                let is_it =
                    |rule: &&SigmaRule| [&rule.id, &rule.name].contains(&&Some(name.clone())) || rule.title == *name;
                match self.collection.rules.iter().find(is_it) {
                    // The engine knows rules by id and title only.
                    Some(rule) => *name = rule.id.clone().unwrap_or_else(|| rule.title.clone()),
                    None => gaps.push(vain(format!("names `{name}`, which is no rule that looks at single events"))),
                }
            }
        }
        // A filter of rules that are not in one engine concerns another one.
        let outcomes: Vec<_> = rules.engines.values_mut().map(|engine| engine.apply_filter(&filter)).collect();
        if gaps.is_empty() && !outcomes.is_empty() && !outcomes.iter().any(Result::is_ok) {
            let causes: BTreeSet<String> =
                outcomes.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
            gaps.push(vain(format!("changes no rule: {}", causes.into_iter().collect::<Vec<_>>().join("; "))));
        }
        gaps
    }
}

/// Words for which a table of all transitions is kept: the fastest search, which grows with each word.
const TABLE_WORDS_MAX: usize = 1_000;

/// Finds any of the words, whatever their case.
fn automaton(words: &[String]) -> Option<AhoCorasick> {
    let kind = (words.len() <= TABLE_WORDS_MAX).then_some(AhoCorasickKind::DFA);
    let mut builder = AhoCorasickBuilder::new();
    builder.ascii_case_insensitive(true).match_kind(MatchKind::Standard).kind(kind).build(words).ok()
}

fn refused(name: &str, cause: &str) -> Gap {
    let cause = format!("the rule `{name}` is refused: {cause}");
    Gap::in_file(GapKind::NotEvaluated, "", 0, cause, "mend the rule, or take it out")
}

/// Why a rule that parses is refused all the same.
fn refusal(rule: &SigmaRule) -> Option<&'static str> {
    let expands = |detection: &Detection| is_in(detection, Modifier::Expand);
    let is_open = rule.detection.named.values().any(expands);
    is_open.then_some("a placeholder of `expand` has no values")
}

fn is_in(detection: &Detection, modifier: Modifier) -> bool {
    match detection {
        Detection::AllOf(items) => items.iter().any(|item| item.field.has_modifier(modifier)),
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter().any(|part| is_in(part, modifier)),
        Detection::Keywords(_) => false,
        Detection::ArrayMatch { body, .. } => is_in(body, modifier),
        Detection::Conditional { named, .. } => named.values().any(|part| is_in(part, modifier)),
    }
}

/// Which logs a rule is about: those of its service; of the product `aws` without a service, and without a product, all.
fn sources(rule: &SigmaRule) -> Vec<Source> {
    let logsource = &rule.logsource;
    let is_ours = logsource.product.as_deref().is_none_or(|product| product == "aws");
    let service = logsource.service.as_deref();
    let is_of = |source: &Source| service.is_none_or(|service| service == source.service());
    Source::ALL.into_iter().filter(|source| is_ours && is_of(source)).collect()
}

fn card(id: String, rule: &SigmaRule) -> AlertRule {
    AlertRule {
        id,
        title: rule.title.clone(),
        author: rule.author.clone().unwrap_or_default(),
        level: level(rule.level),
        tags: rule.tags.clone(),
    }
}

/// The level of an alert; a rule that does not say is worth a look.
pub(crate) fn level(level: Option<Level>) -> AlertLevel {
    match level {
        Some(Level::Informational) => AlertLevel::Informational,
        Some(Level::Low) => AlertLevel::Low,
        Some(Level::Medium) | None => AlertLevel::Medium,
        Some(Level::High) => AlertLevel::High,
        Some(Level::Critical) => AlertLevel::Critical,
    }
}

impl Rules {
    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.cards.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }

    /// The rule of a number.
    pub fn card(&self, number: RuleNumber) -> Option<&AlertRule> {
        self.cards.get(number.0)
    }

    /// The number of a rule, by id or title.
    pub fn number(&self, name: &str) -> Option<RuleNumber> {
        self.by_name.get(name).copied().map(RuleNumber)
    }

    /// Whether any rule can match the event in a record of JSON, told from its text. What is not wanted matches none;
    /// what is wanted may match none either.
    pub fn may_match(&self, record: &[u8]) -> bool {
        let Some(needles) = &self.needles else { return true };
        // Text that JSON may write in several ways is not searched.
        let is_escaped = || [&b"\\u"[..], b"\\/"].iter().any(|escape| memchr::memmem::find(record, escape).is_some());
        !record.is_ascii() || needles.is_match(record) || is_escaped()
    }

    /// The rules that an event matches, in their order.
    pub fn matching(&self, event: &Event) -> Vec<RuleNumber> {
        let Some(engine) = self.engines.get(&event.source) else { return Vec::new() };
        let results = engine.evaluate(&JsonEvent::borrow(&event.body));
        let name = |result: rsigma_eval::EvaluationResult| result.header.rule_id.unwrap_or(result.header.rule_title);
        let mut out: Vec<RuleNumber> = results.into_iter().filter_map(|result| self.number(&name(result))).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// Words of which every record that a rule may match holds one, for each source.
fn marker(source: Source) -> Option<String> {
    intake::JSON_SOURCES.contains(&source).then(|| intake::marker(source).to_owned())
}

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

impl Library {
    /// The rules that come with partywall, from the folder `rules/`.
    pub fn shipped() -> Self {
        let mut library = Self::default();
        for (file, text) in SHIPPED {
            library.add(file, text);
        }
        library
    }
}
