//! What an answer says outside its body, and bodies that are one value.

use base64::Engine;
use serde_json::{Map, Value};

use super::{Elsewhere, Malformed, Member, Received, Service, Type, xml};

/// Whether the member that the body is, is a text or bytes.
pub(super) fn is_raw(service: &Service, output: &Type, payload: &str) -> bool {
    payload_member(service, output, payload)
        .is_some_and(|member| matches!(member.value, Type::Text | Type::Blob | Type::Json))
        || matches!(output, Type::Any)
}

/// The member that the body is.
pub(super) fn payload_member<'s>(service: &'s Service, output: &Type, payload: &str) -> Option<&'s Member> {
    service.members(output)?.body.values().find(|member| member.name == payload)
}

/// An answer whose body is one text or bytes.
pub(super) fn raw(
    service: &Service,
    output: &Type,
    payload: &str,
    body: &[u8],
) -> Result<Map<String, Value>, Malformed> {
    let is_text = payload_member(service, output, payload).is_some_and(|member| member.value != Type::Blob);
    let value = if is_text {
        let text = std::str::from_utf8(body).map_err(|error| Malformed(format!("the answer is not UTF-8: {error}")))?;
        Value::String(text.to_owned())
    } else {
        Value::String(base64::engine::general_purpose::STANDARD.encode(body))
    };
    Ok(Map::from_iter([(payload.to_owned(), value)]))
}

/// Adds what headers and the status say.
pub(super) fn add(service: &Service, output: &Type, received: &Received, answer: &mut Map<String, Value>) {
    let Some(members) = service.members(output) else {
        return;
    };
    for (place, wire, member) in &members.elsewhere {
        let value = match place {
            Elsewhere::Attribute => None,
            Elsewhere::Status => Some(Value::from(received.status)),
            Elsewhere::Header => {
                received.header(&wire.to_ascii_lowercase()).and_then(|text| xml::scalar(&member.value, text.to_owned()))
            }
            Elsewhere::Headers => {
                let prefix = wire.to_ascii_lowercase();
                let entries: Map<String, Value> = received
                    .headers
                    .iter()
                    .filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?.to_owned(), value.as_str().into())))
                    .collect();
                (!entries.is_empty()).then_some(Value::Object(entries))
            }
        };
        if let Some(value) = value {
            answer.insert(member.name.clone(), value);
        }
    }
}
