//! What an expression in a source evaluates to, including what cannot be known yet.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A value read from a source, after evaluation and before any default is applied.
///
/// Cloning is cheap: text, lists and maps are shared.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Explicitly nothing: Terraform's `null`, CloudFormation's `AWS::NoValue`. Means "not set".
    Null,
    /// A truth value.
    Bool(bool),
    /// A number. Integers are exact up to 2⁵³.
    Number(f64),
    /// Text that is known in full.
    Text(Arc<str>),
    /// Text of which at least one part is unknown, such as `arn:aws:s3:::${aws_s3_bucket.logs.id}`.
    Template(Arc<[TextPart]>),
    /// An ordered list. Terraform's sets and tuples are lists here.
    List(Arc<Vec<Value>>),
    /// A map or an object, sorted by key.
    Map(Arc<BTreeMap<String, Value>>),
    /// A value that cannot be known from this source, with the reason.
    Unknown(Arc<Unknown>),
}

/// One piece of a [`Value::Template`].
#[derive(Debug, Clone, PartialEq)]
pub enum TextPart {
    /// Known characters.
    Literal(Arc<str>),
    /// A piece that cannot be known from this source.
    Unknown(Arc<Unknown>),
}

/// A value that cannot be known from the source, and why.
///
/// Two unknowns with the same `symbol` are the same value, whatever it is: `var.cidr` equals `var.cidr`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// Names the value within its source, as a person would write it: `var.cidr`, `aws_vpc.main.id`.
    pub symbol: String,
    /// Why it is unknown.
    pub cause: Cause,
    /// The resource attribute this is, when it is one.
    pub reference: Option<Reference>,
}

/// Why a value is unknown. Each cause has its own cure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A variable or parameter that nobody gave a value.
    NoValue,
    /// AWS assigns it when the resource is created.
    AfterApply,
    /// It comes from a data source, an import or a lookup that is not evaluated offline.
    External,
    /// The service chooses a value when none is set, and documents no fixed one.
    ServiceDecides,
    /// The source uses something that is not understood; says what.
    NotUnderstood(String),
    /// The expression fails when evaluated; says how.
    Invalid(String),
    /// Two configurations could apply and which one does is not known; says which.
    Undetermined(String),
    /// The call that would tell was refused or failed; says how and what would cure it.
    Refused(String),
    /// The call that would tell was not made.
    NotCollected,
}

/// An attribute of a resource elsewhere in the same source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// The address of the resource, as in [`crate::Resource::address`].
    pub address: String,
    /// The attribute as the source's language names it: `id`, `arn`, `Ref`, `Arn`.
    pub attribute: String,
}

impl Value {
    /// Known text.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A list of values.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(Arc::new(items.into_iter().collect()))
    }

    /// A map of values.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(Arc::new(entries.into_iter().map(|(key, value)| (key.into(), value)).collect()))
    }

    /// An unknown with this symbol and cause, which refers to no resource.
    pub fn unknown(symbol: impl Into<String>, cause: Cause) -> Self {
        Self::Unknown(Arc::new(Unknown { symbol: symbol.into(), cause, reference: None }))
    }

    /// An attribute of another resource that AWS assigns when it creates it.
    pub fn reference(address: impl Into<String>, attribute: impl Into<String>) -> Self {
        let (address, attribute) = (address.into(), attribute.into());
        Self::Unknown(Arc::new(Unknown {
            symbol: format!("{address}.{attribute}"),
            cause: Cause::AfterApply,
            reference: Some(Reference { address, attribute }),
        }))
    }

    /// Joins pieces of text; the result is [`Value::Text`] when every piece is known.
    ///
    /// A template of a single unknown piece is that unknown itself.
    pub fn template(parts: impl IntoIterator<Item = TextPart>) -> Self {
        let mut joined: Vec<TextPart> = Vec::new();
        let mut literal = String::new();
        for part in parts {
            match part {
                TextPart::Literal(text) => literal.push_str(&text),
                TextPart::Unknown(unknown) => {
                    if !literal.is_empty() {
                        joined.push(TextPart::Literal(std::mem::take(&mut literal).into()));
                    }
                    joined.push(TextPart::Unknown(unknown));
                }
            }
        }
        if joined.is_empty() {
            return Self::Text(literal.into());
        }
        if !literal.is_empty() {
            joined.push(TextPart::Literal(literal.into()));
        }
        match joined.as_slice() {
            [TextPart::Unknown(only)] => Self::Unknown(only.clone()),
            _ => Self::Template(joined.into()),
        }
    }

    /// The text, when it is known in full.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The map, when this is one.
    pub fn as_map(&self) -> Option<&BTreeMap<String, Value>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, when this is one.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The first unknown found anywhere inside, depth first.
    pub fn first_unknown(&self) -> Option<&Arc<Unknown>> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            Self::Template(parts) => parts.iter().find_map(|part| match part {
                TextPart::Unknown(unknown) => Some(unknown),
                TextPart::Literal(_) => None,
            }),
            Self::List(items) => items.iter().find_map(Self::first_unknown),
            Self::Map(entries) => entries.values().find_map(Self::first_unknown),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => None,
        }
    }

    /// As JSON, with unknown pieces written `${symbol}` as `write_unknown` says.
    pub fn to_json(&self, write_unknown: &dyn Fn(&Unknown) -> String) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(truth) => (*truth).into(),
            Self::Number(number) => number_to_json(*number),
            Self::Text(text) => text.as_ref().into(),
            Self::Template(parts) => template_text(parts, write_unknown).into(),
            Self::List(items) => items.iter().map(|item| item.to_json(write_unknown)).collect(),
            Self::Map(entries) => {
                entries.iter().map(|(key, value)| (key.clone(), value.to_json(write_unknown))).collect()
            }
            Self::Unknown(unknown) => write_unknown(unknown).into(),
        }
    }

    /// Reads JSON. Every value is known.
    pub fn from_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => Self::Bool(*truth),
            serde_json::Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Self::text(text.as_str()),
            serde_json::Value::Array(items) => Self::list(items.iter().map(Self::from_json)),
            serde_json::Value::Object(entries) => {
                Self::map(entries.iter().map(|(key, value)| (key.clone(), Self::from_json(value))))
            }
        }
    }
}

impl Unknown {
    /// The placeholder that stands for it inside text: `${aws_vpc.main.id}`.
    pub fn placeholder(&self) -> String {
        format!("${{{}}}", self.symbol)
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = &self.symbol;
        match &self.cause {
            Cause::NoValue => {
                write!(formatter, "`{symbol}` has no value; pass one with --var, --var-file or --parameter")
            }
            Cause::AfterApply => {
                write!(formatter, "`{symbol}` is known only after apply; scan the plan or the account to see it")
            }
            Cause::External => {
                write!(formatter, "`{symbol}` is looked up outside this source; scan the plan or the account to see it")
            }
            Cause::ServiceDecides => {
                write!(formatter, "`{symbol}` is not set and the service decides; set it to make it certain")
            }
            Cause::NotUnderstood(what) => write!(formatter, "`{symbol}` is not understood: {what}"),
            Cause::Invalid(how) => write!(formatter, "`{symbol}` cannot be evaluated: {how}"),
            Cause::Undetermined(what) => write!(formatter, "`{symbol}` is undetermined: {what}"),
            Cause::Refused(how) => write!(formatter, "`{symbol}` {how}"),
            Cause::NotCollected => {
                write!(formatter, "the answer of `{symbol}` is not in this source; collect it to know")
            }
        }
    }
}

/// Writes template pieces as one text, unknown ones as `write_unknown` says.
fn template_text(parts: &[TextPart], write_unknown: &dyn Fn(&Unknown) -> String) -> String {
    parts
        .iter()
        .map(|part| match part {
            TextPart::Literal(text) => text.to_string(),
            TextPart::Unknown(unknown) => write_unknown(unknown),
        })
        .collect()
}

fn number_to_json(number: f64) -> serde_json::Value {
    if is_exact_integer(number) {
        (number as i64).into()
    } else {
        serde_json::Number::from_f64(number).map_or(serde_json::Value::Null, serde_json::Value::Number)
    }
}

/// Writes a number as Terraform and JSON do: no decimal point when it is whole.
pub fn format_number(number: f64) -> String {
    if is_exact_integer(number) { format!("{}", number as i64) } else { format!("{number}") }
}

fn is_exact_integer(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0
}
