//! What becomes of one resource.

use partywall_model::{Row, Table};
use serde::Serialize;

use super::facts::{Effect, Loss, Rule, Service};
use super::words::Words;
use partywall_model::Span;

/// What is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// One zone that the resource is in.
    Zone,
    /// Its region.
    Region,
}

/// What becomes of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What becomes of it; None when that depends on something that is not known.
    pub effect: Option<Effect>,
    /// Every effect that is possible, the least first.
    pub possible: Vec<Effect>,
    /// Whether it recovers without a human; None when that is not known.
    pub automatic: Option<bool>,
    /// What is lost, in seconds before the failure; None where there is nothing to lose.
    pub rpo: Option<Span>,
    /// After what time it is back.
    pub rto: Option<Span>,
    /// What a human does.
    pub manual: Vec<String>,
    /// Why, and what would have to be known.
    pub why: String,
    /// The page that says so.
    pub source: String,
}

/// Says what becomes of a resource.
pub fn decide(service: &Service, failure: Failure, of: (&Table, &Row), words: &Words) -> Answer {
    let rules = match failure {
        Failure::Zone => &service.zone,
        Failure::Region => &service.region,
    };
    let (mut candidates, mut doubts) = (Vec::new(), Vec::new());
    for rule in rules {
        match holds(rule, of, words) {
            Ok(true) => {
                candidates.push(rule);
                break;
            }
            Ok(false) => {}
            Err(missing) => {
                candidates.push(rule);
                if !doubts.contains(&missing) {
                    doubts.push(missing);
                }
            }
        }
    }
    combine(service, &candidates, &doubts, words)
}

/// Whether all conditions of a rule hold.
fn holds(rule: &Rule, (table, row): (&Table, &Row), words: &Words) -> Result<bool, String> {
    let mut doubt = None;
    for condition in &rule.when {
        match condition.holds(table, row, words) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(missing) => doubt = doubt.or(Some(missing)),
        }
    }
    doubt.map_or(Ok(true), Err)
}

fn combine(service: &Service, candidates: &[&Rule], doubts: &[String], words: &Words) -> Answer {
    let mut possible: Vec<Effect> = candidates.iter().map(|rule| rule.effect).collect();
    possible.sort_unstable();
    possible.dedup();
    let automatic = candidates.first().map(|rule| rule.automatic);
    let agreed = |rule: &&Rule| Some(rule.automatic) == automatic;
    let mut manual: Vec<String> = candidates.iter().map(|rule| rule.manual.clone()).collect();
    manual.retain(|step| !step.is_empty());
    manual.dedup();
    let why = match (possible.as_slice(), doubts) {
        (_, []) => candidates.first().map(|rule| rule.why.clone()).unwrap_or_default(),
        ([_], _) => candidates.last().map(|rule| rule.why.clone()).unwrap_or_default(),
        (_, doubts) => format!("it depends: {}", doubts.join("; ")),
    };
    let source = candidates.iter().map(|rule| rule.source.as_str()).find(|source| !source.is_empty());
    Answer {
        effect: match possible.as_slice() {
            [only] => Some(*only),
            _ => None,
        },
        possible,
        automatic: automatic.filter(|_| candidates.iter().all(agreed)),
        rpo: hull(candidates.iter().map(|rule| rule.rpo.map(|loss| loss_of(loss, words)))),
        rto: hull(candidates.iter().map(|rule| rule.rto)),
        manual,
        why,
        source: source.unwrap_or(&service.source).to_owned(),
    }
}

fn loss_of(loss: Loss, words: &Words) -> Span {
    match loss {
        Loss::Seconds(span) => span,
        Loss::Since(_) => match words.get("backup_interval") {
            range if range.most > 0 => Span::new(0, range.most),
            _ => Span::ANY,
        },
    }
}

/// All that may be the case.
fn hull(spans: impl Iterator<Item = Option<Span>>) -> Option<Span> {
    spans.flatten().reduce(Span::or)
}
