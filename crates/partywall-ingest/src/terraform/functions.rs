//! Terraform's built-in functions: <https://developer.hashicorp.com/terraform/language/functions>.

mod collection;
mod conversion;
mod encoding;
mod filesystem;
mod hash;
mod json;
mod network;
mod numeric;
mod pattern;
mod printf;
mod set;
mod text;
mod time;
mod yaml;

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Cause, Value};

use super::failure::{Failure, Outcome};
use super::limits::{TEXT_BYTES_MAX, VALUE_NODES_MAX};
use super::scope::Scope;
use super::types::{describe, to_number, to_text};
use super::unknown::{derived, is_known, shorten, spell};

pub(crate) use json::encode as encode_json;

/// A function of one family.
struct Function {
    name: &'static str,
    /// Fewest and most arguments.
    arity: (usize, usize),
    /// Whether it is called with unknown arguments too; otherwise its result is then unknown.
    takes_unknown: bool,
    run: fn(&Call<'_, '_>) -> Outcome,
}

/// A call of a function, its arguments evaluated.
pub(crate) struct Call<'c, 's> {
    scope: Scope<'c, 's>,
    name: &'c str,
    arguments: Vec<Value>,
}

const ANY: usize = usize::MAX;

/// A function that needs to know its arguments in full.
const fn known(name: &'static str, least: usize, most: usize, run: fn(&Call<'_, '_>) -> Outcome) -> Function {
    Function { name, arity: (least, most), takes_unknown: false, run }
}

/// A function that makes something of unknown arguments.
const fn lenient(name: &'static str, least: usize, most: usize, run: fn(&Call<'_, '_>) -> Outcome) -> Function {
    Function { name, arity: (least, most), takes_unknown: true, run }
}

const FAMILIES: &[&[Function]] = &[
    collection::FUNCTIONS,
    set::FUNCTIONS,
    text::FUNCTIONS,
    pattern::FUNCTIONS,
    numeric::FUNCTIONS,
    conversion::FUNCTIONS,
    encoding::FUNCTIONS,
    json::FUNCTIONS,
    yaml::FUNCTIONS,
    printf::FUNCTIONS,
    filesystem::FUNCTIONS,
    hash::FUNCTIONS,
    network::FUNCTIONS,
    time::FUNCTIONS,
];

/// Functions that give something else each time, or that only Terraform itself can run.
const UNPREDICTABLE: &[&str] = &["timestamp", "plantimestamp", "uuid", "bcrypt", "rsadecrypt", "base64gzip"];

/// Calls a function by name.
///
/// # Errors
/// When there is no such function, or it fails.
pub(crate) fn call(scope: Scope<'_, '_>, name: &str, arguments: Vec<Value>) -> Outcome {
    let call = Call { scope, name, arguments };
    if UNPREDICTABLE.contains(&name) {
        let symbol = call.symbol();
        let symbol = if name == "uuid" || name == "bcrypt" { scope.root.unique(&symbol) } else { symbol };
        return Ok(Value::unknown(symbol, Cause::External));
    }
    let function = FAMILIES.iter().flat_map(|family| family.iter()).find(|function| function.name == name);
    let Some(function) = function else {
        return Err(Failure::invalid(format!("there is no function `{name}`")));
    };
    let (least, most) = function.arity;
    if call.arguments.len() < least || call.arguments.len() > most {
        return Err(Failure::invalid(format!("`{name}` does not take {} arguments", call.arguments.len())));
    }
    let texts: usize = call.arguments.iter().filter_map(Value::as_text).map(str::len).sum();
    scope.root.spend((call.arguments.len() + texts / 64) as u64)?;
    if !function.takes_unknown && !call.arguments.iter().all(is_known) {
        return Ok(call.unknown());
    }
    let value = (function.run)(&call).map_err(|failure| match failure {
        Failure::Invalid(message) => Failure::Invalid(format!("`{name}`: {message}")),
        other => other,
    })?;
    charge(scope, &value)?;
    Ok(value)
}

/// Counts the work of making a value, and refuses oversized ones.
fn charge(scope: Scope<'_, '_>, value: &Value) -> Result<(), Failure> {
    let size = match value {
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        Value::Text(text) if text.len() > TEXT_BYTES_MAX => return Err(too_large()),
        Value::Text(text) => text.len() / 256,
        _ => 0,
    };
    if size > VALUE_NODES_MAX {
        return Err(too_large());
    }
    scope.root.spend(size as u64)
}

/// The failure of a function whose result would be too large.
fn too_large() -> Failure {
    Failure::Limit("the result is too large".into())
}

impl Call<'_, '_> {
    /// The call spelled out, with its arguments' values.
    fn symbol(&self) -> String {
        let spelled: Vec<String> = self.arguments.iter().map(spell).collect();
        shorten(&format!("{}({})", self.name, spelled.join(", ")))
    }

    /// The unknown result of a call with unknown arguments.
    fn unknown(&self) -> Value {
        let operands: Vec<&Value> = self.arguments.iter().collect();
        derived(&self.symbol(), &operands)
    }

    fn argument(&self, at: usize) -> Result<&Value, Failure> {
        self.arguments.get(at).ok_or_else(|| Failure::invalid(format!("argument {} is missing", at + 1)))
    }

    fn has(&self, at: usize) -> bool {
        at < self.arguments.len()
    }

    /// A known text.
    fn text(&self, at: usize) -> Result<Arc<str>, Failure> {
        match to_text(self.argument(at)?.clone())? {
            Value::Text(text) => Ok(text),
            other => Err(unsuitable(at, "text", &other)),
        }
    }

    /// A known number.
    fn number(&self, at: usize) -> Result<f64, Failure> {
        match to_number(self.argument(at)?.clone())? {
            Value::Number(number) => Ok(number),
            other => Err(unsuitable(at, "a number", &other)),
        }
    }

    /// A known whole number.
    fn integer(&self, at: usize) -> Result<i64, Failure> {
        let number = self.number(at)?;
        if number.fract() != 0.0 || number.abs() >= 9_007_199_254_740_992.0 {
            return Err(Failure::invalid(format!("argument {} must be a whole number", at + 1)));
        }
        Ok(number as i64)
    }

    /// A list, whose elements may be unknown.
    fn list(&self, at: usize) -> Result<&[Value], Failure> {
        match self.argument(at)? {
            Value::List(items) => Ok(items),
            other => Err(unsuitable(at, "a list", other)),
        }
    }

    /// A map, whose values may be unknown.
    fn map(&self, at: usize) -> Result<&BTreeMap<String, Value>, Failure> {
        match self.argument(at)? {
            Value::Map(entries) => Ok(entries),
            other => Err(unsuitable(at, "a map", other)),
        }
    }

    /// True when an argument itself, rather than something inside it, is unknown.
    fn is_opaque(&self, at: usize) -> bool {
        matches!(self.arguments.get(at), Some(Value::Unknown(_)))
    }

    /// Known texts of a list.
    fn texts(&self, at: usize) -> Result<Vec<Arc<str>>, Failure> {
        let items = self.list(at)?.iter().map(|item| match to_text(item.clone())? {
            Value::Text(text) => Ok(text),
            other => Err(unsuitable(at, "a list of texts", &other)),
        });
        items.collect()
    }
}

fn unsuitable(at: usize, wanted: &str, value: &Value) -> Failure {
    Failure::invalid(format!("argument {} must be {wanted}, not {}", at + 1, describe(value)))
}
