//! Functions that make text.

use base64::Engine;
use partywall_model::{TextPart, Value};

use crate::cloudformation::node::Node;
use crate::cloudformation::stack::Stack;
use crate::cloudformation::symbol::{derived, parts, symbol};

impl Stack<'_> {
    /// `Fn::Sub` in both forms.
    pub(super) fn substitute(&self, argument: &Node) -> Value {
        let (pattern, own) = match argument.items() {
            [] => (argument, None),
            [pattern] => (pattern, None),
            [pattern, own] if own.is_map() => (pattern, Some(own)),
            _ => return self.fails(argument, "Fn::Sub", "it takes a text and a map of names".into()),
        };
        let Some(text) = pattern.scalar_text() else {
            return match self.value(pattern) {
                Value::Unknown(unknown) => derived(format!("Fn::Sub({})", unknown.symbol), &unknown),
                _ => self.fails(argument, "Fn::Sub", "it is given something that is no text".into()),
            };
        };
        let mut out: Vec<TextPart> = Vec::new();
        for piece in pieces(&text) {
            match piece {
                Piece::Literal(text) => out.push(TextPart::Literal(text.into())),
                Piece::Name(name) => {
                    let value = match own.and_then(|own| own.get(name)) {
                        Some(node) => self.value(node),
                        None => self.named(pattern, name),
                    };
                    match parts(&value) {
                        Some(parts) => out.extend(parts),
                        None => return self.fails(pattern, "Fn::Sub", format!("`{name}` is no text")),
                    }
                }
            }
        }
        self.bounded(argument, out)
    }

    /// `${Name}` or `${Resource.Attribute}`.
    fn named(&self, place: &Node, name: &str) -> Value {
        match name.split_once('.') {
            Some((resource, attribute)) if !self.generated.contains_key(name) => {
                self.attribute_of(place, resource, attribute)
            }
            _ => self.reference_to(place, name),
        }
    }

    /// `Fn::Base64`. Text that is known in part stays as it is: what is known of it can still be searched.
    pub(super) fn base64(&self, argument: &Node) -> Value {
        let value = self.value(argument);
        match (parts(&value), value.first_unknown()) {
            (Some(_), Some(_)) if matches!(value, Value::Template(_)) => value,
            (_, Some(unknown)) => derived(format!("Fn::Base64({})", symbol(&value)), unknown),
            (Some(_), None) => match crate::cloudformation::symbol::scalar_text(&value) {
                Some(text) => Value::text(base64::engine::general_purpose::STANDARD.encode(text.as_bytes())),
                None => value,
            },
            (None, None) => self.fails(argument, "Fn::Base64", "it is given something that is no text".into()),
        }
    }

    /// `Fn::ToJsonString`. Unknown pieces stay unknown pieces of the text.
    pub(super) fn to_json_string(&self, argument: &Node) -> Value {
        let mut out = Vec::new();
        write_json(&self.value(argument), &mut out);
        self.bounded(argument, out)
    }

    /// Text of these pieces, unless it grows beyond all bounds.
    pub(super) fn bounded(&self, place: &Node, pieces: Vec<TextPart>) -> Value {
        let bytes: usize =
            pieces.iter().map(|part| if let TextPart::Literal(text) = part { text.len() } else { 64 }).sum();
        if self.session.spend(bytes / 64) {
            Value::template(pieces)
        } else {
            self.fails(place, "the template", "it takes too many steps to evaluate".into())
        }
    }
}

enum Piece<'a> {
    Literal(&'a str),
    Name(&'a str),
}

/// Takes `${Name}` apart from the text around it; `${!Name}` is the literal text `${Name}`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        out.push(Piece::Literal(before));
        match name.trim().strip_prefix('!') {
            Some(literal) => out.extend([Piece::Literal("${"), Piece::Literal(literal), Piece::Literal("}")]),
            None => out.push(Piece::Name(name.trim())),
        }
        rest = behind;
    }
    out.push(Piece::Literal(rest));
    out
}

fn write_json(value: &Value, out: &mut Vec<TextPart>) {
    let literal = |text: &str| TextPart::Literal(text.into());
    match value {
        Value::Unknown(unknown) => out.extend([literal("\""), TextPart::Unknown(unknown.clone()), literal("\"")]),
        Value::Template(parts) => {
            out.push(literal("\""));
            for part in parts.iter() {
                match part {
                    TextPart::Literal(text) => {
                        let quoted = serde_json::Value::from(text.as_ref()).to_string();
                        out.push(literal(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default()));
                    }
                    unknown => out.push(unknown.clone()),
                }
            }
            out.push(literal("\""));
        }
        Value::List(items) => {
            out.push(literal("["));
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(literal(","));
                }
                write_json(item, out);
            }
            out.push(literal("]"));
        }
        Value::Map(entries) => {
            out.push(literal("{"));
            for (position, (key, value)) in entries.iter().enumerate() {
                let comma = if position > 0 { "," } else { "" };
                out.push(literal(&format!("{comma}{}:", serde_json::Value::from(key.as_str()))));
                write_json(value, out);
            }
            out.push(literal("}"));
        }
        known => out.push(literal(&known.to_json(&|unknown| unknown.placeholder()).to_string())),
    }
}
