//! JSON with the place of every value.

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions};

use crate::error::{Problem, ProblemKind, Span};

/// How deep a policy may be nested. AWS's grammar needs five levels.
const DEPTH_MAX: usize = 32;

/// A value.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) body: Body,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Body {
    Null,
    /// Text, or a number or truth value as it is written.
    Text(String),
    List(Vec<Node>),
    Object(Vec<Entry>),
}

/// One property of an object.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

/// Reads a document.
pub(crate) fn parse(text: &str) -> Result<Node, Problem> {
    if depth(text) > DEPTH_MAX {
        return Err(Problem { span: Span { start: 0, end: 0 }, kind: ProblemKind::TooDeep });
    }
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
        span: Span { start: error.range().start, end: error.range().end },
        kind: ProblemKind::NotJson(error.kind().to_string()),
    })?;
    match parsed.value {
        Some(value) => Ok(node(&value)),
        None => Err(Problem { span: Span { start: 0, end: 0 }, kind: ProblemKind::NotJson("it is empty".into()) }),
    }
}

/// How deep brackets are nested, outside of texts.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn node(value: &ast::Value<'_>) -> Node {
    let body = match value {
        ast::Value::NullKeyword(_) => Body::Null,
        ast::Value::BooleanLit(literal) => Body::Text(literal.value.to_string()),
        ast::Value::StringLit(literal) => Body::Text(literal.value.as_ref().to_owned()),
        ast::Value::NumberLit(literal) => Body::Text(literal.value.to_owned()),
        ast::Value::Array(array) => Body::List(array.elements.iter().map(node).collect()),
        ast::Value::Object(object) => Body::Object(
            object
                .properties
                .iter()
                .map(|property| Entry {
                    key: property.name.as_str().to_owned(),
                    key_span: Span { start: property.start(), end: property.value.start() },
                    value: node(&property.value),
                })
                .collect(),
        ),
    };
    Node { span: Span { start: value.start(), end: value.end() }, body }
}
