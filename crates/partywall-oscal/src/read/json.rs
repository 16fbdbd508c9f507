//! JSON with the place of every value.

use std::collections::HashSet;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions};

use super::ReadError;

/// How deep a document may be nested. OSCAL needs about twenty levels.
const DEPTH_MAX: usize = 64;

/// A value.
#[derive(Debug)]
pub(super) struct Node {
    /// The byte at which it begins.
    pub(super) start: usize,
    pub(super) body: Body,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Body {
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
    /// A number, a truth value or nothing, none of which OSCAL has where it matters here.
    Other,
}

impl Node {
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        match &self.body {
            Body::Object(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, node)| node),
            _ => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The lines of a text.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, counted from 1.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.0.partition_point(|end| *end < byte) + 1
    }
}

/// Reads a document.
pub(super) fn parse(text: &str, lines: &Lines) -> Result<Node, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(byte) = too_deep(text) {
        return Err(ReadError::TooDeep { line: lines.line(byte), limit: DEPTH_MAX });
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
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| {
        ReadError::NotJson { line: lines.line(error.range().start), problem: error.kind().to_string() }
    })?;
    match parsed.value {
        Some(value) => node(value, lines),
        None => Err(ReadError::NotJson { line: 1, problem: "it is empty".into() }),
    }
}

/// The byte at which brackets are nested too deeply, outside of texts.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Some(at);
        }
    }
    None
}

fn node(value: ast::Value<'_>, lines: &Lines) -> Result<Node, ReadError> {
    let start = value.start();
    let body = match value {
        ast::Value::StringLit(literal) => Body::Text(literal.value.into_owned()),
        ast::Value::NullKeyword(_) | ast::Value::BooleanLit(_) | ast::Value::NumberLit(_) => Body::Other,
        ast::Value::Array(array) => {
            Body::List(array.elements.into_iter().map(|element| node(element, lines)).collect::<Result<_, _>>()?)
        }
        ast::Value::Object(object) => {
            let mut entries = Vec::with_capacity(object.properties.len());
            let mut names: HashSet<String> = HashSet::new();
            for property in object.properties {
                let (name, at) = (property.name.as_str().to_owned(), property.range.start);
                // Readers differ in which of the two they keep.
                if !names.insert(name.clone()) {
                    return Err(ReadError::DuplicateName { line: lines.line(at), name: super::quoted(&name) });
                }
                entries.push((name, node(property.value, lines)?));
            }
            Body::Object(entries)
        }
    };
    Ok(Node { start, body })
}
