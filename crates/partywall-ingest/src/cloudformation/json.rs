//! JSON, with the line of every value.

use std::sync::Arc;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions};
use partywall_model::format_number;

use super::node::{Body, Entry, Node};
use super::text::{DEPTH_MAX, Problem};

/// Reads a document.
///
/// # Errors
/// When the text is not JSON or is nested too deeply.
pub(super) fn parse(text: &str) -> Result<Node, Problem> {
    let lines = Lines::of(text);
    let options = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| Problem {
        line: lines.of_byte(error.range().start),
        cause: format!("is not well-formed JSON: {}", error.kind()),
    })?;
    match parsed.value {
        Some(value) => lines.node(&value, 0),
        None => Ok(Node { body: Body::Null, line_start: 1, line_end: 1 }),
    }
}

/// Where each line starts, in bytes.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(
            std::iter::once(0)
                .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
                .collect(),
        )
    }

    fn of_byte(&self, byte: usize) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= byte)).unwrap_or(u32::MAX).max(1)
    }

    fn node(&self, value: &ast::Value<'_>, depth: usize) -> Result<Node, Problem> {
        let (line_start, line_end) = (self.of_byte(value.start()), self.of_byte(value.end().saturating_sub(1)));
        if depth > DEPTH_MAX {
            return Err(Problem { line: line_start, cause: format!("is nested more than {DEPTH_MAX} levels deep") });
        }
        let body = match value {
            ast::Value::NullKeyword(_) => Body::Null,
            ast::Value::BooleanLit(literal) => Body::Bool(literal.value),
            ast::Value::StringLit(literal) => Body::Text(literal.value.as_ref().into()),
            ast::Value::NumberLit(literal) => number(literal.value),
            ast::Value::Array(array) => {
                let items: Result<Vec<Node>, Problem> =
                    array.elements.iter().map(|item| self.node(item, depth + 1)).collect();
                Body::List(Arc::new(items?))
            }
            ast::Value::Object(object) => {
                let entries: Result<Vec<Entry>, Problem> =
                    object.properties.iter().map(|property| self.entry(property, depth)).collect();
                Body::Map(Arc::new(entries?))
            }
        };
        Ok(Node { body, line_start, line_end })
    }

    fn entry(&self, property: &ast::ObjectProp<'_>, depth: usize) -> Result<Entry, Problem> {
        let value = self.node(&property.value, depth + 1)?;
        Ok(Entry { key: property.name.as_str().into(), line: self.of_byte(property.start()), value })
    }
}

/// A number whose written form would be lost stays text.
fn number(text: &str) -> Body {
    match text.parse::<f64>() {
        Ok(number) if format_number(number) == text => Body::Number(number),
        _ => Body::Text(text.into()),
    }
}
