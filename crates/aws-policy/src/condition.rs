//! Conditions: operators, their operands, and whether a request meets them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

mod decimal;
mod instant;
mod operator;

use base64::Engine;
use ipnet::IpNet;

use crate::context::{Context, Lookup};
use crate::pattern::{ArnPattern, ArnRules, Features, Item, Pattern, accepts, resolve};
use crate::text::{Subject, Symbol};
use crate::truth::{Doubt, Truth};

pub use decimal::Decimal;
pub use instant::Instant;
pub use operator::{Operator, Order, Quantifier, Test};

/// One operator on one key.
#[derive(Debug, Clone)]
pub struct Condition {
    /// How values are compared.
    pub operator: Operator,
    /// The key, lower-case, as IAM compares it. Empty when the whole condition is not resolved.
    pub key: Box<str>,
    /// The values of the policy.
    pub operands: Vec<Operand>,
    /// The same, as they are written.
    pub sources: Vec<Box<str>>,
    /// Whether the condition's operator or key is not resolved, so that nothing is known of it.
    pub is_unresolved: bool,
}

/// A value that a policy compares with, read for its operator.
#[derive(Debug, Clone)]
pub enum Operand {
    /// Text, perhaps with wildcards and variables.
    Text(Pattern),
    /// An ARN, perhaps with wildcards and variables.
    Arn(ArnPattern),
    /// A number.
    Number(Decimal),
    /// A moment.
    Instant(Instant),
    /// A truth value.
    Bool(bool),
    /// Bytes.
    Binary(Vec<u8>),
    /// A range of addresses.
    Network(IpNet),
    /// Not resolved.
    Unresolved(Box<str>),
    /// Nothing that the operator can compare; it never matches.
    Invalid(Box<str>),
}

impl Condition {
    /// Reads a condition.
    pub fn new<'a>(
        operator: Operator,
        key: &str,
        values: impl IntoIterator<Item = &'a str>,
        features: Features,
    ) -> Self {
        let sources: Vec<Box<str>> = values.into_iter().map(Into::into).collect();
        let operands = sources.iter().map(|value| Operand::new(operator.test, value, features)).collect();
        Self { operator, key: key.to_ascii_lowercase().into(), operands, sources, is_unresolved: false }
    }

    /// A condition of which nothing is known.
    pub fn unresolved() -> Self {
        let operator = Operator {
            quantifier: None,
            test: Test::Text { wildcards: false, ignore_case: false },
            negated: false,
            if_exists: false,
        };
        Self { operator, key: "".into(), operands: Vec::new(), sources: Vec::new(), is_unresolved: true }
    }

    /// Whether a request meets the condition.
    pub fn holds(&self, context: &Context<'_>) -> Truth {
        if self.is_unresolved {
            return Truth::Open(Doubt::UNRESOLVED);
        }
        let values = match context.lookup(&self.key) {
            Lookup::Open(doubt) => return Truth::Open(doubt),
            Lookup::Absent => return self.holds_without_key(),
            // AWS counts one empty text as no value: "a null dataset, such as an empty string".
            Lookup::Values(values) if self.operator.quantifier.is_some() && is_empty_text(&values) => {
                return self.holds_without_key();
            }
            Lookup::Values(values) => values,
        };
        let holds = |value: &String| {
            let matches =
                Truth::any(self.operands.iter().map(|operand| operand.matches(value, self.operator.test, context)));
            if self.operator.negated { !matches } else { matches }
        };
        match (self.operator.test, self.operator.quantifier) {
            (Test::Null, _) => self.expects_null(false),
            (_, Some(Quantifier::ForAllValues)) => Truth::all(values.iter().map(holds)),
            (_, Some(Quantifier::ForAnyValue)) => Truth::any(values.iter().map(holds)),
            (_, None) => {
                let (all, any) = (Truth::all(values.iter().map(holds)), Truth::any(values.iter().map(holds)));
                // AWS does not say what one comparison of several values means when they disagree.
                if all == any { all } else { Truth::Open(Doubt::UNDOCUMENTED) }
            }
        }
    }

    fn holds_without_key(&self) -> Truth {
        match (self.operator.test, self.operator.quantifier) {
            (Test::Null, _) => self.expects_null(true),
            (_, Some(Quantifier::ForAllValues)) => Truth::True,
            // One page says that `ForAnyValue` does not hold on a missing key, another that `IfExists` does.
            (_, Some(Quantifier::ForAnyValue)) if self.operator.if_exists => Truth::Open(Doubt::UNDOCUMENTED),
            (_, Some(Quantifier::ForAnyValue)) => Truth::False,
            (_, None) => (self.operator.if_exists || self.operator.negated).into(),
        }
    }

    fn expects_null(&self, is_null: bool) -> Truth {
        Truth::any(self.operands.iter().map(|operand| match operand {
            Operand::Bool(expected) => (*expected == is_null).into(),
            Operand::Unresolved(_) => Truth::Open(Doubt::UNRESOLVED),
            _ => Truth::False,
        }))
    }
}

impl Operand {
    fn new(test: Test, value: &str, features: Features) -> Self {
        let read = || match test {
            Test::Text { wildcards, ignore_case } => {
                let features = Features { wildcards, ..features };
                match ignore_case && !value.contains("${") {
                    true => Some(Self::Text(Pattern::new(&value.to_lowercase(), features))),
                    false => Some(Self::Text(Pattern::new(value, features))),
                }
            }
            Test::Arn => Some(Self::Arn(ArnPattern::new(value, ArnRules::Condition, features))),
            Test::Number(_) => Decimal::parse(value).map(Self::Number),
            Test::Date(_) => Instant::parse(value).map(Self::Instant),
            Test::Bool | Test::Null => truth(value).map(Self::Bool),
            Test::Binary => decode(value).map(Self::Binary),
            Test::Address => network(value).map(Self::Network),
        };
        let is_unresolved = features.placeholders == crate::text::Placeholders::Unresolved
            && Subject::with_placeholders(value).has_unresolved();
        match read() {
            Some(operand) => operand,
            None if is_unresolved => Self::Unresolved(value.into()),
            None => Self::Invalid(value.into()),
        }
    }

    /// Whether a value of the request matches.
    fn matches(&self, value: &str, test: Test, context: &Context<'_>) -> Truth {
        match self {
            Self::Text(pattern) => match test {
                Test::Text { ignore_case: true, .. } => ignoring_case(pattern, value, context),
                _ => pattern.matches(&Subject::plain(value), context),
            },
            Self::Arn(pattern) => match value.splitn(6, ':').count() {
                6 => pattern.matches(&Subject::plain(value), context),
                _ => Truth::False,
            },
            Self::Number(expected) => match (test, Decimal::parse(value)) {
                (Test::Number(order), Some(found)) => order.holds(found.cmp(expected)).into(),
                _ => Truth::False,
            },
            Self::Instant(expected) => match (test, Instant::parse(value)) {
                (Test::Date(order), Some(found)) => order.holds(found.cmp(expected)).into(),
                _ => Truth::False,
            },
            Self::Bool(expected) => (truth(value) == Some(*expected)).into(),
            Self::Binary(expected) => decode(value).is_some_and(|found| found == *expected).into(),
            Self::Network(expected) => network(value).is_some_and(|found| expected.contains(&found)).into(),
            Self::Unresolved(_) => Truth::Open(Doubt::UNRESOLVED),
            Self::Invalid(_) => Truth::False,
        }
    }
}

fn is_empty_text(values: &[String]) -> bool {
    matches!(values, [one] if one.is_empty())
}

fn ignoring_case(pattern: &Pattern, value: &str, context: &Context<'_>) -> Truth {
    let value = value.to_lowercase();
    if let Some(glob) = pattern.glob() {
        return match glob.literal() {
            Some(literal) => (literal.to_lowercase() == value).into(),
            None => glob.matches(&value).into(),
        };
    }
    let Some((items, doubt)) = resolve(pattern.items(), context) else { return Truth::False };
    let lower = items.into_iter().flat_map(|item| match item {
        Item::Char(character) => character.to_lowercase().map(Item::Char).collect(),
        other => vec![other],
    });
    accepts(&lower.collect::<Vec<_>>(), &value.chars().map(Symbol::Char).collect::<Vec<_>>(), doubt)
}

fn truth(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// A range or a single address.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}

#[cfg(test)]
mod tests;
