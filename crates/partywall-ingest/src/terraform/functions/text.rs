//! Functions on text.

use std::sync::Arc;

use partywall_model::{TextPart, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::{ANY, Call, Function, known, lenient, too_large};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::limits::TEXT_BYTES_MAX;
use crate::terraform::types::text_parts;

pub(super) const FUNCTIONS: &[Function] = &[
    known("chomp", 1, 1, |call| Ok(Value::text(call.text(0)?.trim_end_matches(['\n', '\r'])))),
    known("indent", 2, 2, indent),
    lenient("join", 1, ANY, join),
    known("lower", 1, 1, |call| Ok(Value::text(call.text(0)?.to_lowercase()))),
    known("upper", 1, 1, |call| Ok(Value::text(call.text(0)?.to_uppercase()))),
    known("title", 1, 1, title),
    known("split", 2, 2, split),
    known("strrev", 1, 1, |call| Ok(Value::text(call.text(0)?.graphemes(true).rev().collect::<String>()))),
    known("substr", 3, 3, substring),
    known("trim", 2, 2, |call| Ok(Value::text(call.text(0)?.trim_matches(|character| contains(call, character))))),
    known("trimprefix", 2, 2, |call| {
        let (text, prefix) = (call.text(0)?, call.text(1)?);
        Ok(Value::text(text.strip_prefix(prefix.as_ref()).unwrap_or(&text)))
    }),
    known("trimsuffix", 2, 2, |call| {
        let (text, suffix) = (call.text(0)?, call.text(1)?);
        Ok(Value::text(text.strip_suffix(suffix.as_ref()).unwrap_or(&text)))
    }),
    known("trimspace", 1, 1, |call| Ok(Value::text(call.text(0)?.trim()))),
    lenient("startswith", 2, 2, |call| edge(call, <[TextPart]>::first, |text, edge| text.starts_with(edge))),
    lenient("endswith", 2, 2, |call| edge(call, <[TextPart]>::last, |text, edge| text.ends_with(edge))),
    known("strcontains", 2, 2, |call| Ok(Value::Bool(call.text(0)?.contains(call.text(1)?.as_ref())))),
];

fn contains(call: &Call<'_, '_>, character: char) -> bool {
    call.text(1).is_ok_and(|characters| characters.contains(character))
}

fn indent(call: &Call<'_, '_>) -> Outcome {
    let width = usize::try_from(call.integer(0)?).unwrap_or(0);
    let text = call.text(1)?;
    if text.matches('\n').count().saturating_mul(width) > TEXT_BYTES_MAX {
        return Err(too_large());
    }
    Ok(Value::text(text.replace('\n', &format!("\n{}", " ".repeat(width)))))
}

fn join(call: &Call<'_, '_>) -> Outcome {
    if (1..call.arguments.len()).any(|at| call.is_opaque(at)) || call.is_opaque(0) {
        return Ok(call.unknown());
    }
    let separator = text_parts(call.argument(0)?)?;
    let mut parts: Vec<TextPart> = Vec::new();
    let mut first = true;
    for at in 1..call.arguments.len() {
        for item in call.list(at)? {
            if !first {
                parts.extend(separator.iter().cloned());
            }
            first = false;
            parts.extend(text_parts(item)?);
        }
    }
    Ok(Value::template(parts))
}

fn title(call: &Call<'_, '_>) -> Outcome {
    let text = call.text(0)?;
    let mut titled = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        if inside {
            titled.push(character);
        } else {
            titled.extend(character.to_uppercase());
        }
        inside = character.is_alphanumeric() || character == '_';
    }
    Ok(Value::text(titled))
}

fn split(call: &Call<'_, '_>) -> Outcome {
    let (separator, text) = (call.text(0)?, call.text(1)?);
    if separator.is_empty() {
        return Ok(Value::list(text.chars().map(|character| Value::text(character.to_string()))));
    }
    if text.is_empty() {
        return Ok(Value::list([Value::text("")]));
    }
    Ok(Value::list(text.split(separator.as_ref()).map(Value::text)))
}

fn substring(call: &Call<'_, '_>) -> Outcome {
    let (text, offset, length) = (call.text(0)?, call.integer(1)?, call.integer(2)?);
    let characters: Vec<&str> = text.graphemes(true).collect();
    let count = i64::try_from(characters.len()).unwrap_or(i64::MAX);
    let start = if offset < 0 { (count + offset).max(0) } else { offset.min(count) };
    let end = if length < 0 { count } else { start.saturating_add(length).min(count) };
    let taken = characters.get(start as usize..end as usize).unwrap_or_default();
    Ok(Value::text(taken.concat()))
}

/// Compares one end of a text; the known end of a template may suffice.
fn edge(call: &Call<'_, '_>, end: fn(&[TextPart]) -> Option<&TextPart>, test: fn(&str, &str) -> bool) -> Outcome {
    let Value::Text(wanted) = call.argument(1)? else { return Ok(call.unknown()) };
    match call.argument(0)? {
        Value::Unknown(_) => Ok(call.unknown()),
        Value::Template(parts) => match end(parts) {
            Some(TextPart::Literal(text)) if test(text, wanted) => Ok(Value::Bool(true)),
            Some(TextPart::Literal(text)) if text.len() >= wanted.len() => Ok(Value::Bool(false)),
            _ => Ok(call.unknown()),
        },
        Value::Null => Err(Failure::invalid("the text is null")),
        _ => {
            let text: Arc<str> = call.text(0)?;
            Ok(Value::Bool(test(&text, wanted)))
        }
    }
}
