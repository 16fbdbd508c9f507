//! Functions on lists and maps.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Unknown, Value};

use super::{ANY, Call, Function, known, lenient, too_large};
use crate::terraform::evaluate::step_into;
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::limits::VALUE_NODES_MAX;
use crate::terraform::types::{to_bool, to_text};
use crate::terraform::unknown::{equal, is_known, member};

pub(super) const FUNCTIONS: &[Function] = &[
    lenient("alltrue", 1, 1, |call| quantified(call, false)),
    lenient("anytrue", 1, 1, |call| quantified(call, true)),
    lenient("chunklist", 2, 2, chunks),
    lenient("coalesce", 1, ANY, coalesce),
    lenient("coalescelist", 1, ANY, coalesce_list),
    lenient("compact", 1, 1, compact),
    lenient("concat", 1, ANY, concat),
    lenient("contains", 2, 2, contains),
    lenient("distinct", 1, 1, distinct),
    lenient("element", 2, 2, element),
    lenient("flatten", 1, 1, flatten),
    lenient("index", 2, 2, index),
    lenient("keys", 1, 1, |call| {
        over_map(call, |entries| Value::list(entries.keys().map(|key| Value::text(key.as_str()))))
    }),
    lenient("length", 1, 1, length),
    lenient("list", 0, ANY, |call| Ok(Value::list(call.arguments.iter().cloned()))),
    lenient("lookup", 2, 3, lookup),
    lenient("map", 0, ANY, map),
    lenient("matchkeys", 3, 3, matchkeys),
    lenient("merge", 0, ANY, merge),
    lenient("one", 1, 1, one),
    known("range", 1, 3, range),
    lenient("reverse", 1, 1, |call| over_list(call, |items| Ok(Value::list(items.iter().rev().cloned())))),
    lenient("slice", 3, 3, slice),
    known("sort", 1, 1, sort),
    known("transpose", 1, 1, transpose),
    lenient("values", 1, 1, |call| over_map(call, |entries| Value::list(entries.values().cloned()))),
    lenient("zipmap", 2, 2, zipmap),
];

fn over_list(call: &Call<'_, '_>, run: impl Fn(&[Value]) -> Outcome) -> Outcome {
    if call.is_opaque(0) { Ok(call.unknown()) } else { run(call.list(0)?) }
}

fn over_map(call: &Call<'_, '_>, run: impl Fn(&BTreeMap<String, Value>) -> Value) -> Outcome {
    if call.is_opaque(0) { Ok(call.unknown()) } else { call.map(0).map(run) }
}

fn quantified(call: &Call<'_, '_>, decisive: bool) -> Outcome {
    over_list(call, |items| {
        let mut undecided = false;
        for item in items {
            match to_bool(item.clone())? {
                Value::Bool(truth) if truth == decisive => return Ok(Value::Bool(decisive)),
                Value::Bool(_) => {}
                // `alltrue([null])` is false, `anytrue([null])` as well.
                Value::Null if !decisive => return Ok(Value::Bool(false)),
                Value::Null => {}
                _ => undecided = true,
            }
        }
        Ok(if undecided { call.unknown() } else { Value::Bool(!decisive) })
    })
}

fn chunks(call: &Call<'_, '_>) -> Outcome {
    let size = usize::try_from(call.integer(1)?).map_err(|_| Failure::invalid("the size is negative"))?;
    over_list(call, |items| match size {
        0 => Ok(Value::list([Value::list(items.iter().cloned())])),
        size => Ok(Value::list(items.chunks(size).map(|chunk| Value::list(chunk.iter().cloned())))),
    })
}

/// The first argument that is neither null nor empty text.
fn coalesce(call: &Call<'_, '_>) -> Outcome {
    for (at, argument) in call.arguments.iter().enumerate() {
        let last = at + 1 == call.arguments.len();
        match argument {
            Value::Null => {}
            Value::Text(text) if text.is_empty() => {}
            // It may be null or empty. As the last one it cannot be, or the call would fail.
            Value::Unknown(unknown) if !last && !is_single(unknown) => return Ok(call.unknown()),
            other => return Ok(other.clone()),
        }
    }
    Err(Failure::invalid("every argument is null or empty"))
}

fn coalesce_list(call: &Call<'_, '_>) -> Outcome {
    for (at, argument) in call.arguments.iter().enumerate() {
        match argument {
            Value::List(items) if items.is_empty() => {}
            Value::Null => {}
            Value::Unknown(_) if at + 1 < call.arguments.len() => return Ok(call.unknown()),
            other => return Ok(other.clone()),
        }
    }
    Err(Failure::invalid("every argument is empty"))
}

/// Drops null and empty texts. An unknown element stays: an attribute of a resource is hardly ever empty,
/// and to keep one that is can only add to what is looked at.
fn compact(call: &Call<'_, '_>) -> Outcome {
    over_list(call, |items| {
        let empty = |item: &&Value| matches!(item, Value::Null) || item.as_text().is_some_and(str::is_empty);
        Ok(Value::list(items.iter().filter(|item| !empty(item)).cloned()))
    })
}

fn concat(call: &Call<'_, '_>) -> Outcome {
    let mut all = Vec::new();
    for at in 0..call.arguments.len() {
        if call.is_opaque(at) {
            return Ok(call.unknown());
        }
        all.extend(call.list(at)?.iter().cloned());
        if all.len() > VALUE_NODES_MAX {
            return Err(too_large());
        }
    }
    Ok(Value::list(all))
}

fn contains(call: &Call<'_, '_>) -> Outcome {
    let wanted = call.argument(1)?;
    over_list(call, |items| {
        let mut undecided = false;
        for item in items {
            match loosely_equal(item, wanted) {
                Some(true) => return Ok(Value::Bool(true)),
                Some(false) => {}
                None => undecided = true,
            }
        }
        Ok(if undecided { call.unknown() } else { Value::Bool(false) })
    })
}

/// Equality after conversion to text, as elements of a typed list are converted.
fn loosely_equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Text(_), Value::Number(_) | Value::Bool(_)) | (Value::Number(_) | Value::Bool(_), Value::Text(_)) => {
            let (left, right) = (to_text(left.clone()).ok()?, to_text(right.clone()).ok()?);
            equal(&left, &right)
        }
        _ => equal(left, right),
    }
}

fn distinct(call: &Call<'_, '_>) -> Outcome {
    over_list(call, |items| {
        let mut kept: Vec<Value> = Vec::new();
        for item in items {
            call.scope.root.spend(kept.len() as u64 / 16)?;
            if !kept.contains(item) {
                kept.push(item.clone());
            }
        }
        Ok(Value::list(kept))
    })
}

fn element(call: &Call<'_, '_>) -> Outcome {
    let index = call.argument(1)?;
    if let (Value::Unknown(list), Value::Number(index)) = (call.argument(0)?, index) {
        return Ok(member(list, &format!("[element {index}]")));
    }
    if call.is_opaque(0) || !is_known(index) {
        return Ok(call.unknown());
    }
    let items = call.list(0)?;
    if items.is_empty() {
        return Err(Failure::invalid("the list is empty"));
    }
    let index = call.integer(1)?.rem_euclid(i64::try_from(items.len()).unwrap_or(i64::MAX));
    items.get(index as usize).cloned().ok_or_else(|| Failure::invalid("the index is beyond the list"))
}

fn flatten(call: &Call<'_, '_>) -> Outcome {
    if call.is_opaque(0) {
        return Ok(call.unknown());
    }
    let mut flat = Vec::new();
    let mut unknown = false;
    flatten_into(call.list(0)?, &mut flat, &mut unknown)?;
    Ok(if unknown { call.unknown() } else { Value::list(flat) })
}

fn flatten_into(items: &[Value], flat: &mut Vec<Value>, unknown: &mut bool) -> Result<(), Failure> {
    for item in items {
        match item {
            Value::List(inner) => flatten_into(inner, flat, unknown)?,
            // It may be a list itself, of any length.
            Value::Unknown(piece) if !is_single(piece) => *unknown = true,
            other => flat.push(other.clone()),
        }
        if flat.len() > VALUE_NODES_MAX {
            return Err(too_large());
        }
    }
    Ok(())
}

/// True for unknowns that are surely no list: identifiers of resources and whole resources.
fn is_single(unknown: &Unknown) -> bool {
    let attribute = unknown.reference.as_ref().map(|reference| reference.attribute.as_str());
    attribute.is_some_and(|attribute| {
        attribute.is_empty()
            || matches!(attribute, "id" | "arn" | "name")
            || attribute.ends_with("_id")
            || attribute.ends_with("_arn")
    })
}

fn index(call: &Call<'_, '_>) -> Outcome {
    let wanted = call.argument(1)?;
    over_list(call, |items| {
        for (at, item) in items.iter().enumerate() {
            match loosely_equal(item, wanted) {
                Some(true) => return Ok(Value::Number(at as f64)),
                Some(false) => {}
                None => return Ok(call.unknown()),
            }
        }
        Err(Failure::invalid("the list does not hold the element"))
    })
}

fn length(call: &Call<'_, '_>) -> Outcome {
    use unicode_segmentation::UnicodeSegmentation;
    match call.argument(0)? {
        Value::List(items) => Ok(Value::Number(items.len() as f64)),
        Value::Map(entries) => Ok(Value::Number(entries.len() as f64)),
        Value::Text(text) => Ok(Value::Number(text.graphemes(true).count() as f64)),
        Value::Unknown(_) | Value::Template(_) => Ok(call.unknown()),
        _ => call.list(0).map(|_| Value::Null),
    }
}

fn lookup(call: &Call<'_, '_>) -> Outcome {
    if let (Value::Map(entries), Some(default)) = (call.argument(0)?, call.arguments.get(2))
        && entries.is_empty()
    {
        return Ok(default.clone());
    }
    if call.is_opaque(0) || !is_known(call.argument(1)?) {
        return Ok(call.unknown());
    }
    let key = call.text(1)?;
    match (call.map(0)?.get(key.as_ref()), call.arguments.get(2)) {
        (Some(found), _) => Ok(found.clone()),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(Failure::invalid(format!("there is no key `{key}`"))),
    }
}

fn map(call: &Call<'_, '_>) -> Outcome {
    let mut entries = BTreeMap::new();
    for pair in call.arguments.chunks(2) {
        match pair {
            [Value::Text(key), value] => entries.insert(key.to_string(), value.clone()),
            _ => return Err(Failure::invalid("keys and values must alternate")),
        };
    }
    Ok(Value::Map(Arc::new(entries)))
}

fn matchkeys(call: &Call<'_, '_>) -> Outcome {
    if !call.arguments.iter().all(is_known) {
        return Ok(call.unknown());
    }
    let (values, keys, wanted) = (call.list(0)?, call.list(1)?, call.list(2)?);
    let matching = values.iter().zip(keys).filter(|(_, key)| wanted.contains(key)).map(|(value, _)| value.clone());
    Ok(Value::list(matching))
}

fn merge(call: &Call<'_, '_>) -> Outcome {
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    for at in 0..call.arguments.len() {
        match call.argument(at)? {
            Value::Null => {}
            Value::Unknown(_) => return Ok(call.unknown()),
            _ => all.extend(call.map(at)?.iter().map(|(key, value)| (key.clone(), value.clone()))),
        }
    }
    Ok(Value::Map(Arc::new(all)))
}

fn one(call: &Call<'_, '_>) -> Outcome {
    match call.argument(0)? {
        Value::Unknown(unknown) => Ok(member(unknown, "[one]")),
        Value::Null => Ok(Value::Null),
        _ => match call.list(0)? {
            [] => Ok(Value::Null),
            [only] => Ok(only.clone()),
            _ => Err(Failure::invalid("the list has more than one element")),
        },
    }
}

/// As in Terraform, a range has at most 1,024 elements.
fn range(call: &Call<'_, '_>) -> Outcome {
    let (start, limit) = if call.has(1) { (call.number(0)?, call.number(1)?) } else { (0.0, call.number(0)?) };
    let step = if call.has(2) {
        call.number(2)?
    } else if start <= limit {
        1.0
    } else {
        -1.0
    };
    if step == 0.0 || (step > 0.0) != (start <= limit) && start != limit {
        return Err(Failure::invalid("the step does not lead to the limit"));
    }
    let mut items = Vec::new();
    let mut next = start;
    while (step > 0.0 && next < limit) || (step < 0.0 && next > limit) {
        if items.len() >= 1024 {
            return Err(Failure::invalid("a range has at most 1024 elements"));
        }
        items.push(Value::Number(next));
        next += step;
    }
    Ok(Value::list(items))
}

/// A slice of an unknown list has a known number of elements all the same.
fn slice(call: &Call<'_, '_>) -> Outcome {
    if !is_known(call.argument(1)?) || !is_known(call.argument(2)?) {
        return Ok(call.unknown());
    }
    let bounds = (usize::try_from(call.integer(1)?), usize::try_from(call.integer(2)?));
    let (Ok(start), Ok(end)) = bounds else { return Err(Failure::invalid("an index is negative")) };
    if end < start || end - start > VALUE_NODES_MAX {
        return Err(Failure::invalid("the end comes before the start"));
    }
    if let unknown @ Value::Unknown(_) = call.argument(0)? {
        let items: Result<Vec<Value>, Failure> =
            (start..end).map(|at| step_into(call.scope.root, unknown, &Value::Number(at as f64), false)).collect();
        return Ok(Value::list(items?));
    }
    let items = call.list(0)?.get(start..end).ok_or_else(|| Failure::invalid("the end is beyond the list"))?;
    Ok(Value::list(items.iter().cloned()))
}

fn sort(call: &Call<'_, '_>) -> Outcome {
    let mut texts = call.texts(0)?;
    texts.sort();
    Ok(Value::list(texts.into_iter().map(Value::Text)))
}

fn transpose(call: &Call<'_, '_>) -> Outcome {
    let mut transposed: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (key, values) in call.map(0)? {
        for value in values.as_list().ok_or_else(|| Failure::invalid("the map must hold lists of texts"))? {
            if let Value::Text(value) = to_text(value.clone())? {
                transposed.entry(value.to_string()).or_default().push(Value::text(key.as_str()));
            }
        }
    }
    Ok(Value::map(transposed.into_iter().map(|(key, values)| (key, Value::list(values)))))
}

fn zipmap(call: &Call<'_, '_>) -> Outcome {
    if call.is_opaque(0) || call.is_opaque(1) || !is_known(call.argument(0)?) {
        return Ok(call.unknown());
    }
    let (keys, values) = (call.texts(0)?, call.list(1)?);
    if keys.len() != values.len() {
        return Err(Failure::invalid("there are not as many keys as values"));
    }
    Ok(Value::map(keys.iter().zip(values).map(|(key, value)| (key.as_ref(), value.clone()))))
}
