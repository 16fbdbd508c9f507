//! The operators of conditions.

use std::cmp::Ordering;
use std::fmt;

/// An operator, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// How several values of a request are taken together.
    pub quantifier: Option<Quantifier>,
    /// How one value is compared.
    pub test: Test,
    /// Whether the comparison must fail: `StringNotEquals`.
    pub negated: bool,
    /// Whether it holds when the request does not have the key.
    pub if_exists: bool,
}

/// How several values of a request are taken together.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// Every value must hold; also when there is none.
    ForAllValues,
    /// One value must hold.
    ForAnyValue,
}

/// How one value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Test {
    /// As text.
    Text {
        /// Whether `*` and `?` are wildcards.
        wildcards: bool,
        /// Whether case counts.
        ignore_case: bool,
    },
    /// As a number.
    Number(Order),
    /// As a moment.
    Date(Order),
    /// As a truth value.
    Bool,
    /// As bytes.
    Binary,
    /// As an address in a range.
    Address,
    /// As an ARN; `ArnEquals` and `ArnLike` are the same.
    Arn,
    /// Whether the key is missing.
    Null,
}

/// How things with an order are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// Equal.
    Equal,
    /// Less.
    Less,
    /// Less or equal.
    LessOrEqual,
    /// Greater.
    Greater,
    /// Greater or equal.
    GreaterOrEqual,
}

impl Order {
    /// Whether it holds between two things that compare so.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

const STRING: Test = Test::Text { wildcards: false, ignore_case: false };
const STRING_IGNORE_CASE: Test = Test::Text { wildcards: false, ignore_case: true };
const STRING_LIKE: Test = Test::Text { wildcards: true, ignore_case: false };

/// Every comparison, by its name.
const COMPARISONS: [(&str, Test, bool); 27] = [
    ("StringEquals", STRING, false),
    ("StringNotEquals", STRING, true),
    ("StringEqualsIgnoreCase", STRING_IGNORE_CASE, false),
    ("StringNotEqualsIgnoreCase", STRING_IGNORE_CASE, true),
    ("StringLike", STRING_LIKE, false),
    ("StringNotLike", STRING_LIKE, true),
    ("NumericEquals", Test::Number(Order::Equal), false),
    ("NumericNotEquals", Test::Number(Order::Equal), true),
    ("NumericLessThan", Test::Number(Order::Less), false),
    ("NumericLessThanEquals", Test::Number(Order::LessOrEqual), false),
    ("NumericGreaterThan", Test::Number(Order::Greater), false),
    ("NumericGreaterThanEquals", Test::Number(Order::GreaterOrEqual), false),
    ("DateEquals", Test::Date(Order::Equal), false),
    ("DateNotEquals", Test::Date(Order::Equal), true),
    ("DateLessThan", Test::Date(Order::Less), false),
    ("DateLessThanEquals", Test::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Test::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Test::Date(Order::GreaterOrEqual), false),
    ("Bool", Test::Bool, false),
    ("BinaryEquals", Test::Binary, false),
    ("IpAddress", Test::Address, false),
    ("NotIpAddress", Test::Address, true),
    ("ArnEquals", Test::Arn, false),
    ("ArnLike", Test::Arn, false),
    ("ArnNotEquals", Test::Arn, true),
    ("ArnNotLike", Test::Arn, true),
    ("Null", Test::Null, false),
];

impl Operator {
    /// Reads an operator as a policy writes it; None when there is no such operator.
    pub fn parse(text: &str) -> Option<Self> {
        let (quantifier, name) = match text.split_once(':') {
            None => (None, text),
            Some((prefix, name)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Some(Quantifier::ForAllValues), name)
            }
            Some((prefix, name)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Some(Quantifier::ForAnyValue), name),
            Some(_) => return None,
        };
        let suffix = name.len().saturating_sub("IfExists".len());
        let (name, if_exists) = match (name.get(..suffix), name.get(suffix..)) {
            (Some(before), Some(end)) if end.eq_ignore_ascii_case("IfExists") => (before, true),
            _ => (name, false),
        };
        let (_, test, negated) = COMPARISONS.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(name))?;
        if *test == Test::Null && (if_exists || quantifier.is_some()) {
            return None;
        }
        Some(Self { quantifier, test: *test, negated: *negated, if_exists })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quantifier = match self.quantifier {
            None => "",
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
        };
        let name = COMPARISONS
            .iter()
            .find(|(_, test, negated)| *test == self.test && *negated == self.negated)
            .map_or("", |(name, _, _)| *name);
        write!(formatter, "{quantifier}{name}{}", if self.if_exists { "IfExists" } else { "" })
    }
}
