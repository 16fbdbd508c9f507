//! Terraform's JSON syntax, read into the same tree as HCL.
//!
//! Semantics: <https://developer.hashicorp.com/terraform/language/syntax/json>. Strings are templates.
//! Nested blocks cannot be told from object arguments without the provider's schema and stay arguments,
//! save the ones that Terraform itself defines.

use hcl_edit::Ident;
use hcl_edit::expr::{Array, Expression, Object, ObjectKey, ObjectValue};
use hcl_edit::parser::{parse_expr, parse_template};
use hcl_edit::structure::{Attribute, Block, Body};
use hcl_edit::template::StringTemplate;
use serde_json::Value as Json;

/// How many labels each top-level block has.
const LABELS: &[(&str, usize)] = &[
    ("resource", 2),
    ("data", 2),
    ("ephemeral", 2),
    ("module", 1),
    ("variable", 1),
    ("output", 1),
    ("provider", 1),
    ("check", 1),
    ("locals", 0),
    ("terraform", 0),
    ("moved", 0),
    ("import", 0),
    ("removed", 0),
];

/// Blocks that Terraform defines inside others.
const INNER_BLOCKS: &[(&str, usize)] = &[
    ("dynamic", 1),
    ("lifecycle", 0),
    ("provisioner", 1),
    ("connection", 0),
    ("content", 0),
    ("default_tags", 0),
    ("assume_role", 0),
];

/// Parses a `.tf.json` or `.tfvars.json` file.
///
/// # Errors
/// The line and what is wrong there.
pub(crate) fn parse(text: &str) -> Result<Body, (u32, String)> {
    let json: Json = serde_json::from_str(text)
        .map_err(|error| (u32::try_from(error.line()).unwrap_or(0), format!("column {}: {error}", error.column())))?;
    let Json::Object(entries) = json else { return Err((1, "the file must hold one JSON object".into())) };
    let mut body = Body::new();
    for (name, value) in entries {
        match LABELS.iter().find(|(block, _)| *block == name) {
            Some((_, labels)) => push_blocks(&mut body, &name, &mut Vec::new(), *labels, &value),
            None => push_attribute(&mut body, &name, &value, name == "type"),
        }
    }
    Ok(body)
}

/// Descends through `labels` levels of objects; each object at the bottom is one block.
fn push_blocks(body: &mut Body, kind: &str, path: &mut Vec<String>, labels: usize, value: &Json) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| push_blocks(body, kind, path, labels, item)),
        Json::Object(entries) if labels > 0 => {
            for (label, inner) in entries {
                path.push(label.clone());
                push_blocks(body, kind, path, labels - 1, inner);
                path.pop();
            }
        }
        Json::Object(entries) => {
            let Some(ident) = identifier(kind) else { return };
            let mut block = Block::new(ident);
            block.labels = path.iter().map(|label| label.as_str().into()).collect();
            for (name, inner) in entries {
                match INNER_BLOCKS.iter().find(|(block, _)| block == name) {
                    Some((_, labels)) if kind != "locals" => {
                        push_blocks(&mut block.body, name, &mut Vec::new(), *labels, inner);
                    }
                    _ => push_attribute(&mut block.body, name, inner, verbatim(kind, name)),
                }
            }
            body.push(block);
        }
        _ => {}
    }
}

/// Arguments whose text is an expression, not a template.
fn verbatim(block: &str, name: &str) -> bool {
    matches!(
        (block, name),
        ("variable", "type") | ("resource" | "data" | "module", "provider") | ("dynamic", "iterator")
    )
}

fn push_attribute(body: &mut Body, name: &str, value: &Json, verbatim: bool) {
    // "//" is the JSON syntax's comment.
    let Some(ident) = identifier(name) else { return };
    let expression = match value {
        Json::String(text) if verbatim => parse_expr(text).unwrap_or_else(|_| text.as_str().into()),
        Json::Object(entries) if name == "providers" => providers(entries),
        _ => expression(value),
    };
    body.push(Attribute::new(ident, expression));
}

fn providers(entries: &serde_json::Map<String, Json>) -> Expression {
    let pairs = entries.iter().map(|(name, value)| {
        let text = value.as_str().unwrap_or_default();
        let target = parse_expr(text).unwrap_or_else(|_| text.into());
        (ObjectKey::Expression(name.as_str().into()), ObjectValue::new(target))
    });
    Expression::Object(pairs.collect::<Object>())
}

fn identifier(name: &str) -> Option<Ident> {
    Ident::try_new(name).ok()
}

fn expression(value: &Json) -> Expression {
    match value {
        Json::Null => Expression::null(),
        Json::Bool(truth) => (*truth).into(),
        Json::Number(number) => number.as_f64().map_or_else(Expression::null, number_expression),
        Json::String(text) => text_expression(text),
        Json::Array(items) => Expression::Array(items.iter().map(expression).collect::<Array>()),
        Json::Object(entries) => {
            let pairs = entries
                .iter()
                .filter(|(key, _)| *key != "//")
                .map(|(key, value)| (ObjectKey::Expression(text_expression(key)), ObjectValue::new(expression(value))));
            Expression::Object(pairs.collect::<Object>())
        }
    }
}

fn number_expression(number: f64) -> Expression {
    if number.fract() == 0.0 && number.abs() < 9e15 { (number as i64).into() } else { number.into() }
}

fn text_expression(text: &str) -> Expression {
    if !text.contains("${") && !text.contains("%{") {
        return text.into();
    }
    match parse_template(text) {
        Ok(template) => Expression::StringTemplate(template.into_iter().collect::<StringTemplate>()),
        Err(_) => text.into(),
    }
}
