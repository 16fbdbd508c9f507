//! Taking out of an answer what may be a secret, before anything is written.

use base64::Engine;
use partywall_model::{Path, Step};
use serde_json::{Map, Value};

/// Whether a text, which may have a name, is a credential.
pub type Detector = fn(name: Option<&str>, text: &str) -> bool;

const CONCEALED: &str = "(concealed)";
const CONCEALED_CREDENTIAL: &str = "(concealed credential)";

/// Members that name what stands in their sibling `value`.
const NAMES: [&str; 10] =
    ["name", "Name", "key", "Key", "ParameterKey", "OptionName", "parameterKey", "ParameterName", "OutputKey", "Field"];

/// Conceals every text at or below the places. Where a place can not be followed to its end because the answer is
/// shaped otherwise, what stands there is concealed whole.
pub(crate) fn conceal(answer: &mut Map<String, Value>, places: &[Path], detector: Detector) {
    for place in places {
        let mut value = Value::Object(std::mem::take(answer));
        at(&mut value, place.steps, None, detector);
        if let Value::Object(members) = value {
            *answer = members;
        }
    }
}

fn at(value: &mut Value, steps: &[Step], name: Option<&str>, detector: Detector) {
    let Some((step, rest)) = steps.split_first() else {
        return below(value, name, detector);
    };
    match (step, value) {
        (Step::Name(member), Value::Object(members)) => {
            let sibling = sibling_name(members);
            if let Some(next) = members.get_mut(*member) {
                at(next, rest, sibling.as_deref().or(Some(member)), detector);
            }
        }
        (Step::Name(_), Value::Array(items)) => items.iter_mut().for_each(|item| at(item, steps, name, detector)),
        (Step::All, Value::Array(items)) => items.iter_mut().for_each(|item| at(item, rest, name, detector)),
        (Step::All | Step::Values, Value::Object(entries)) => {
            entries.iter_mut().for_each(|(key, entry)| at(entry, rest, Some(key), detector));
        }
        (Step::Matching(member, text), Value::Array(items)) => items
            .iter_mut()
            .filter(|item| item.get(*member).is_none_or(|found| found == text))
            .for_each(|item| at(item, rest, name, detector)),
        (_, value) => below(value, name, detector),
    }
}

fn below(value: &mut Value, name: Option<&str>, detector: Detector) {
    match value {
        Value::String(text) if !text.is_empty() => {
            let word = if is_credential(name, text, detector) { CONCEALED_CREDENTIAL } else { CONCEALED };
            *text = word.to_owned();
        }
        Value::Array(items) => items.iter_mut().for_each(|item| below(item, name, detector)),
        Value::Object(members) => {
            let sibling = sibling_name(members);
            for (key, member) in members.iter_mut() {
                below(member, sibling.as_deref().or(Some(key)), detector);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Start scripts and the like come as base64.
fn is_credential(name: Option<&str>, text: &str, detector: Detector) -> bool {
    let decoded = || {
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
        String::from_utf8(bytes).ok()
    };
    detector(name, text) || decoded().is_some_and(|decoded| detector(name, &decoded))
}

fn sibling_name(members: &Map<String, Value>) -> Option<String> {
    let is_pair = members.keys().any(|key| key.to_ascii_lowercase().ends_with("value"));
    let named = || NAMES.into_iter().find_map(|name| members.get(name)?.as_str());
    is_pair.then(named).flatten().map(str::to_owned)
}

#[cfg(test)]
mod tests;
