//! `count` and `for_each`: how many instances a block has, and which.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Cause, Existence, Reference, Unknown, Value};

use super::evaluate::evaluate;
use super::failure::Failure;
use super::limits::INSTANCES_MAX;
use super::module::Declared;
use super::scope::{Repetition, Scope};
use super::{types, unknown};

/// The instances of a repeated block.
pub(crate) enum Expansion<T> {
    /// Neither `count` nor `for_each`.
    Single(T),
    /// By `count`.
    Counted(Vec<T>),
    /// By `for_each`.
    Keyed(BTreeMap<String, T>),
    /// One that stands for all, as it is not known which there are.
    Undetermined(T),
}

/// How a block is repeated.
pub(crate) enum Repetitions {
    Single,
    Count(usize),
    Keys(BTreeMap<String, Value>),
    Undetermined(Arc<Unknown>),
}

impl<T> Expansion<T> {
    /// All instances.
    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = &T> + '_> {
        match self {
            Self::Single(only) | Self::Undetermined(only) => Box::new(std::iter::once(only)),
            Self::Counted(items) => Box::new(items.iter()),
            Self::Keyed(items) => Box::new(items.values()),
        }
    }

    /// The block as a value: an object, a list or a map of objects.
    pub(crate) fn value(&self, object: impl Fn(&T) -> Value) -> Value {
        match self {
            Self::Single(only) => object(only),
            Self::Undetermined(representative) => group(&object(representative)),
            Self::Counted(items) => Value::list(items.iter().map(object)),
            Self::Keyed(items) => Value::map(items.iter().map(|(key, item)| (key.as_str(), object(item)))),
        }
    }
}

/// What marks the value of a block of which it is not known how many instances it has.
const GROUP: &str = "*";

fn group(object: &Value) -> Value {
    match object {
        Value::Unknown(unknown) => {
            let reference = unknown
                .reference
                .as_ref()
                .map(|reference| Reference { address: reference.address.clone(), attribute: GROUP.into() });
            let cause = Cause::Undetermined(format!("it is not known how many instances `{}` has", unknown.symbol));
            Value::Unknown(Arc::new(Unknown { symbol: unknown.symbol.clone(), cause, reference }))
        }
        other => other.clone(),
    }
}

/// The address of the representative, when this is the value of a block with an unknown number of instances.
pub(crate) fn group_address(unknown: &Unknown) -> Option<&str> {
    unknown
        .reference
        .as_ref()
        .filter(|reference| reference.attribute == GROUP)
        .map(|reference| reference.address.as_str())
}

impl Repetitions {
    /// Makes one `T` for each instance, from its address, its repetition and whether it exists.
    pub(crate) fn expand<T>(
        self,
        address: &str,
        mut make: impl FnMut(String, Repetition, Existence) -> T,
    ) -> Expansion<T> {
        match self {
            Self::Single => Expansion::Single(make(address.to_owned(), Repetition::Single, Existence::Certain)),
            Self::Count(count) => Expansion::Counted(
                (0..count)
                    .map(|index| {
                        make(
                            format!("{address}[{index}]"),
                            Repetition::Count(Value::Number(index as f64)),
                            Existence::Certain,
                        )
                    })
                    .collect(),
            ),
            Self::Keys(keys) => {
                let entries = keys.into_iter().map(|(key, value)| {
                    let repetition = Repetition::Each(Value::text(key.as_str()), value);
                    let instance = make(format!("{address}[{key:?}]"), repetition, Existence::Certain);
                    (key, instance)
                });
                Expansion::Keyed(entries.collect())
            }
            Self::Undetermined(unknown) => {
                let repetition = unknown_repetition(address, &unknown);
                Expansion::Undetermined(make(address.to_owned(), repetition, Existence::Unknown(unknown)))
            }
        }
    }
}

fn unknown_repetition(address: &str, unknown: &Unknown) -> Repetition {
    let part = |name: &str| Value::unknown(format!("{address}.{name}"), unknown.cause.clone());
    if unknown.symbol.starts_with("count") {
        Repetition::Count(part("count.index"))
    } else {
        Repetition::Each(part("each.key"), part("each.value"))
    }
}

/// Reads `count` and `for_each` of a block.
pub(crate) fn repetitions(scope: Scope<'_, '_>, declared: &Declared, address: &str) -> Repetitions {
    let (name, outcome) = match (declared.argument("count"), declared.argument("for_each")) {
        (Some(count), _) => ("count", evaluate(scope, count).and_then(|value| counted(value, address))),
        (None, Some(each)) => ("for_each", evaluate(scope, each).and_then(|value| keyed(value, address))),
        (None, None) => ("", Ok(Repetitions::Single)),
    };
    let limited = outcome.and_then(|repetitions| {
        let count = match &repetitions {
            Repetitions::Count(count) => *count,
            Repetitions::Keys(keys) => keys.len(),
            Repetitions::Single | Repetitions::Undetermined(_) => 1,
        };
        if count > INSTANCES_MAX {
            return Err(Failure::Limit(format!("it asks for {count} instances, more than {INSTANCES_MAX}")));
        }
        scope.root.instantiate(count)?;
        Ok(repetitions)
    });
    limited.unwrap_or_else(|failure| {
        let symbol = format!("{name} of {address}");
        let failed = scope.root.failed(&failure, &symbol, &declared.file.name, declared.lines().0);
        undetermined(&failed, &symbol)
    })
}

fn counted(value: Value, address: &str) -> Result<Repetitions, Failure> {
    match types::to_number(value)? {
        Value::Number(count) if count >= 0.0 && count.fract() == 0.0 => Ok(Repetitions::Count(count as usize)),
        Value::Number(_) => Err(Failure::invalid("a count must be a whole number that is not negative")),
        Value::Null => Err(Failure::invalid("a count cannot be null")),
        other => Ok(undetermined(&other, &format!("count of {address}"))),
    }
}

fn keyed(value: Value, address: &str) -> Result<Repetitions, Failure> {
    let symbol = format!("for_each of {address}");
    match value {
        Value::Map(entries) => {
            Ok(Repetitions::Keys(entries.iter().map(|(key, value)| (key.clone(), value.clone())).collect()))
        }
        Value::List(items) => {
            let mut keys = BTreeMap::new();
            for item in items.iter() {
                match types::to_text(item.clone())? {
                    Value::Text(key) => keys.insert(key.to_string(), item.clone()),
                    Value::Null => return Err(Failure::invalid("a set for `for_each` cannot hold null")),
                    _ => return Ok(undetermined(item, &symbol)),
                };
            }
            Ok(Repetitions::Keys(keys))
        }
        Value::Unknown(_) => Ok(undetermined(&value, &symbol)),
        other => Err(Failure::invalid(format!("`for_each` needs a map or a set, not {}", types::describe(&other)))),
    }
}

fn undetermined(value: &Value, symbol: &str) -> Repetitions {
    let cause = value.first_unknown().map_or(Cause::NoValue, |unknown| match &unknown.cause {
        cause @ (Cause::Invalid(_) | Cause::NotUnderstood(_)) => cause.clone(),
        _ => Cause::Undetermined(format!("it depends on `{}`", unknown.symbol)),
    });
    Repetitions::Undetermined(Arc::new(Unknown { symbol: unknown::shorten(symbol), cause, reference: None }))
}
