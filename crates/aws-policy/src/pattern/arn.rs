//! Patterns of ARNs, whose parts are compared one by one.

use super::{Features, Glob, Item, accepts, items, resolve};
use crate::context::Context;
use crate::text::Subject;
use crate::truth::Truth;

/// Parts of an ARN: `arn`, partition, service, region, account, and the resource, which may hold colons itself.
const SEGMENTS: usize = 6;

/// Where a pattern stands, which decides how its wildcards meet colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArnRules {
    /// In `Resource`: a `*` that ends a part can go on beyond the colon.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    Resource,
    /// Beside an operator such as `ArnLike`: every part is checked for itself.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    Condition,
}

/// A pattern of ARNs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArnPattern {
    source: Box<str>,
    items: Vec<Item>,
    /// Colons that the pattern itself has.
    colons: usize,
    /// Whether a wildcard of the first five parts may go on beyond its colon.
    crosses: bool,
    /// One glob for each part, when nothing in it depends on the request.
    segments: Option<Box<[Glob]>>,
}

impl ArnPattern {
    /// Reads a pattern.
    pub fn new(source: &str, rules: ArnRules, features: Features) -> Self {
        let parts = parts(source);
        let mut whole = Vec::new();
        let mut segments = Vec::new();
        let mut crosses = parts.len() < SEGMENTS;
        for (at, part) in parts.iter().enumerate() {
            // AWS allows variables of a `Resource` in its last part only.
            let variables = features.variables && (rules == ArnRules::Condition || at + 1 == SEGMENTS);
            let mut segment = items(part, Features { variables, ..features });
            segments.push(Glob::new(&segment));
            let is_last = at + 1 == parts.len();
            if at + 1 < SEGMENTS && source != "*" {
                confine(&mut segment, rules);
                crosses |= segment.last() == Some(&Item::AnyText);
            }
            whole.extend(segment);
            if !is_last {
                whole.push(Item::Char(':'));
            }
        }
        let colons = whole.iter().filter(|item| **item == Item::Char(':')).count();
        Self { source: source.into(), items: whole, colons, crosses, segments: segments.into_iter().collect() }
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it is made of.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Whether it matches everything.
    pub fn is_everything(&self) -> bool {
        matches!(self.items.as_slice(), [Item::AnyText])
    }

    /// Whether an ARN matches. Variables take their values from the request.
    pub fn matches(&self, subject: &Subject<'_>, context: &Context<'_>) -> Truth {
        if self.is_everything() {
            return Truth::True;
        }
        if let Some(segments) = &self.segments
            && !subject.has_unresolved()
        {
            if part_by_part(segments, subject.text()) {
                return Truth::True;
            }
            if !self.crosses {
                return Truth::False;
            }
            // Only a text with more colons than the pattern has can need a wildcard that crosses one.
            let colons = subject.text().bytes().filter(|byte| *byte == b':').count();
            if segments.len() == SEGMENTS && colons <= self.colons {
                return Truth::False;
            }
        }
        match resolve(&self.items, context) {
            Some((items, doubt)) => accepts(&items, &subject.symbols(), doubt),
            None => Truth::False,
        }
    }
}

/// Splits at colons outside of `${…}` into at most six parts.
fn parts(source: &str) -> Vec<&str> {
    let mut parts = Vec::with_capacity(SEGMENTS);
    let (mut start, mut depth) = (0, 0_u32);
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && parts.len() + 1 < SEGMENTS => {
                parts.push(source.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(source.get(start..).unwrap_or_default());
    parts
}

/// Keeps the wildcards of one of the first five parts inside it.
fn confine(segment: &mut [Item], rules: ArnRules) {
    let length = segment.len();
    for (at, item) in segment.iter_mut().enumerate() {
        match item {
            Item::AnyChar => *item = Item::AnyCharOfSegment,
            Item::AnyText if rules == ArnRules::Condition || at + 1 < length => *item = Item::AnyTextOfSegment,
            _ => {}
        }
    }
}

fn part_by_part(segments: &[Glob], text: &str) -> bool {
    segments.len() == SEGMENTS && {
        let mut parts = text.splitn(SEGMENTS, ':');
        segments.iter().all(|glob| parts.next().is_some_and(|part| glob.matches(part)))
    }
}
