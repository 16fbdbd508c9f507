//! Patterns of ARNs, whose parts are compared one by one.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use super::{Features, Glob, Item, accepts, items, resolve};
use crate::context::Context;
use crate::text::Subject;
use crate::truth::Truth;

/// Parts of an ARN: `arn`, partition, service, region, account, and the resource, which may hold colons itself.
const SEGMENTS: usize = 6;

/// Where a pattern stands, which decides how its wildcards meet colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArnRules {
    /// In `Resource`: a `*` that ends a part can go on beyond the colon.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    Resource,
    /// Beside an operator such as `ArnLike`: every part is checked for itself.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    Condition,
}

/// A pattern of ARNs.
#[derive(Debug, Clone)]
pub struct ArnPattern {
    source: Box<str>,
    rules: ArnRules,
    features: Features,
    /// What it is made of, when somebody asked.
    items: OnceLock<Box<[Item]>>,
    is_everything: bool,
    /// Colons that the pattern itself has.
    colons: u32,
    /// Whether a wildcard of the first five parts may go on beyond its colon.
    crosses: bool,
    shape: Shape,
}

/// How a pattern is matched.
#[derive(Debug, Clone)]
enum Shape {
    /// Against the whole text: it has no wildcard.
    Whole,
    /// Against the beginning of the text: its only wildcard is a `*` at the end of its last part.
    Beginning,
    /// Part by part: nothing in it depends on the request.
    Parts(Box<[Glob]>),
    /// By what it is made of.
    Items,
}

impl PartialEq for ArnPattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.source, self.rules, self.features) == (&other.source, other.rules, other.features)
    }
}

impl Eq for ArnPattern {}

impl Hash for ArnPattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.source, self.rules, self.features).hash(state);
    }
}

impl ArnPattern {
    /// Reads a pattern.
    pub fn new(source: &str, rules: ArnRules, features: Features) -> Self {
        let (whole, crosses) = whole(source, rules, features);
        let colons = whole.iter().filter(|item| **item == Item::Char(':')).count();
        let is_everything = matches!(whole.as_slice(), [Item::AnyText]);
        let shape = Shape::of(source, rules, features);
        let items = match shape {
            Shape::Items => OnceLock::from(whole.into_boxed_slice()),
            _ => OnceLock::new(),
        };
        let colons = u32::try_from(colons).unwrap_or(u32::MAX);
        Self { source: source.into(), rules, features, items, is_everything, colons, crosses, shape }
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it is made of.
    pub fn items(&self) -> &[Item] {
        self.items.get_or_init(|| whole(&self.source, self.rules, self.features).0.into())
    }

    /// Whether it matches everything.
    pub fn is_everything(&self) -> bool {
        self.is_everything
    }

    /// Whether an ARN matches. Variables take their values from the request.
    pub fn matches(&self, subject: &Subject<'_>, context: &Context<'_>) -> Truth {
        if self.is_everything() {
            return Truth::True;
        }
        if !subject.has_unresolved() {
            match &self.shape {
                Shape::Whole => return (subject.text() == &*self.source).into(),
                Shape::Beginning => {
                    return self.source.strip_suffix('*').is_some_and(|start| subject.text().starts_with(start)).into();
                }
                Shape::Parts(segments) if part_by_part(segments, subject.text()) => return Truth::True,
                Shape::Parts(_) if !self.crosses => return Truth::False,
                Shape::Parts(segments) => {
                    // Only a text with more colons than the pattern has can need a wildcard that crosses one.
                    let colons = subject.text().bytes().filter(|byte| *byte == b':').count();
                    if segments.len() == SEGMENTS && colons <= self.colons as usize {
                        return Truth::False;
                    }
                }
                Shape::Items => {}
            }
        }
        match resolve(self.items(), context) {
            Some((items, doubt)) => accepts(&items, &subject.symbols(), doubt),
            None => Truth::False,
        }
    }
}

impl Shape {
    fn of(source: &str, rules: ArnRules, features: Features) -> Self {
        let parts = parts(source);
        let segments = parts.iter().enumerate().map(|(at, part)| Glob::new(&items(part, allowed(at, rules, features))));
        let Some(segments) = segments.collect::<Option<Box<[Glob]>>>() else { return Self::Items };
        let is_plain = parts.len() == SEGMENTS && !source.contains(['$', '?']);
        match source.find('*').filter(|_| features.wildcards) {
            None if is_plain => Self::Whole,
            Some(at) if is_plain && at + 1 == source.len() => Self::Beginning,
            _ => Self::Parts(segments),
        }
    }
}

/// AWS allows variables of a `Resource` in its last part only.
fn allowed(part: usize, rules: ArnRules, features: Features) -> Features {
    let variables = features.variables && (rules == ArnRules::Condition || part + 1 == SEGMENTS);
    Features { variables, ..features }
}

/// What a pattern is made of, and whether a wildcard of its first five parts may go on beyond its colon.
fn whole(source: &str, rules: ArnRules, features: Features) -> (Vec<Item>, bool) {
    let parts = parts(source);
    let mut whole = Vec::new();
    let mut crosses = parts.len() < SEGMENTS;
    for (at, part) in parts.iter().enumerate() {
        let mut segment = items(part, allowed(at, rules, features));
        if at + 1 < SEGMENTS && source != "*" {
            confine(&mut segment, rules);
            crosses |= segment.last() == Some(&Item::AnyText);
        }
        whole.extend(segment);
        if at + 1 < parts.len() {
            whole.push(Item::Char(':'));
        }
    }
    (whole, crosses)
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
