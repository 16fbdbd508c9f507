//! Regular expressions and replacement.

use partywall_model::{TextPart, Value};
use regex::{Captures, Regex, RegexBuilder};

use super::{Call, Function, known, lenient, too_large};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::limits::TEXT_BYTES_MAX;
use crate::terraform::types::text_parts;

pub(super) const FUNCTIONS: &[Function] =
    &[known("regex", 2, 2, first), known("regexall", 2, 2, all), lenient("replace", 3, 3, replace)];

/// Largest compiled pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 1 << 20;

fn compile(pattern: &str) -> Result<Regex, Failure> {
    let compiled = RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).build();
    compiled.map_err(|error| {
        Failure::invalid(format!("the pattern is not understood: {}", error.to_string().replace('\n', " ")))
    })
}

fn first(call: &Call<'_, '_>) -> Outcome {
    let (pattern, text) = (compile(&call.text(0)?)?, call.text(1)?);
    let found = pattern.captures(&text).map(|captures| captured(&pattern, &captures));
    found.ok_or_else(|| Failure::invalid("the pattern does not match"))
}

fn all(call: &Call<'_, '_>) -> Outcome {
    let (pattern, text) = (compile(&call.text(0)?)?, call.text(1)?);
    Ok(Value::list(pattern.captures_iter(&text).map(|captures| captured(&pattern, &captures))))
}

/// A text without groups, a list of unnamed groups, a map of named ones.
fn captured(pattern: &Regex, captures: &Captures<'_>) -> Value {
    let group = |at: usize| captures.get(at).map_or(Value::Null, |found| Value::text(found.as_str()));
    let names: Vec<Option<&str>> = pattern.capture_names().skip(1).collect();
    if names.is_empty() {
        return group(0);
    }
    if names.iter().any(Option::is_some) {
        return Value::map(names.iter().enumerate().filter_map(|(at, name)| Some(((*name)?, group(at + 1)))));
    }
    Value::list((1..=names.len()).map(group))
}

fn replace(call: &Call<'_, '_>) -> Outcome {
    let wanted = match call.argument(1)? {
        Value::Unknown(_) | Value::Template(_) => return Ok(call.unknown()),
        _ => call.text(1)?,
    };
    let unknown = |at: usize| Ok::<bool, Failure>(matches!(call.argument(at)?, Value::Unknown(_) | Value::Template(_)));
    if unknown(0)? || unknown(2)? {
        if call.is_opaque(0) || wanted.starts_with('/') || wanted.is_empty() {
            return Ok(call.unknown());
        }
        let (parts, replacement) = (text_parts(call.argument(0)?)?, text_parts(call.argument(2)?)?);
        return Ok(replace_around(&parts, &wanted, &replacement).unwrap_or_else(|| call.unknown()));
    }
    let replacement = call.text(2)?;
    let text = call.text(0)?;
    let inner = wanted.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|_| wanted.len() > 1);
    if let Some(pattern) = inner {
        let pattern = compile(pattern)?;
        let estimate = pattern.find_iter(&text).count().saturating_mul(replacement.len());
        return if estimate > TEXT_BYTES_MAX {
            Err(too_large())
        } else {
            Ok(Value::text(pattern.replace_all(&text, replacement.as_ref())))
        };
    }
    let matches = if wanted.is_empty() { text.len() + 1 } else { text.matches(wanted.as_ref()).count() };
    if matches.saturating_mul(replacement.len()) > TEXT_BYTES_MAX {
        return Err(too_large());
    }
    Ok(Value::template([TextPart::Literal(text.replace(wanted.as_ref(), &replacement).into())]))
}

/// Replaces in the known parts of a template; None when an unknown part may take part in a match.
fn replace_around(parts: &[TextPart], wanted: &str, replacement: &[TextPart]) -> Option<Value> {
    let mut replaced = Vec::new();
    for part in parts {
        match part {
            TextPart::Literal(text) if parts.len() > 1 && straddles(text, wanted) => return None,
            TextPart::Literal(text) => {
                for (at, piece) in text.split(wanted).enumerate() {
                    replaced.extend(replacement.iter().filter(|_| at > 0).cloned());
                    replaced.push(TextPart::Literal(piece.into()));
                }
            }
            unknown @ TextPart::Unknown(_) if is_marker(wanted) => replaced.push(unknown.clone()),
            TextPart::Unknown(_) => return None,
        }
    }
    Some(Value::template(replaced))
}

/// True for texts such as `_BUCKET_ID_`, which stand in a template only to be replaced; no identifier holds one.
fn is_marker(wanted: &str) -> bool {
    let capital = |character: char| character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_';
    wanted.len() > 4 && wanted.starts_with('_') && wanted.ends_with('_') && wanted.chars().all(capital)
}

/// True when a match could begin or end in this text and go on beyond it.
fn straddles(text: &str, wanted: &str) -> bool {
    let cuts = wanted.char_indices().map(|(at, _)| at).skip(1);
    cuts.map(|at| wanted.split_at(at))
        .any(|(head, tail)| (head.len() > 3 && text.ends_with(head)) || (tail.len() > 3 && text.starts_with(tail)))
}
