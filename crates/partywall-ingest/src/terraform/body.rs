//! The arguments and nested blocks of a block, evaluated.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body, Structure};
use partywall_model::{Cause, Unknown, Value};

use super::collection::{Elements, elements};
use super::evaluate::evaluate;
use super::failure::Failure;
use super::instance::bounded;
use super::scope::{Binding, Scope};
use super::source_file::SourceFile;
use super::unknown::shorten;

/// What a value belongs to, for names and messages.
pub(crate) struct Place<'p> {
    pub(crate) file: &'p SourceFile,
    pub(crate) symbol: &'p str,
}

/// Names of the arguments and nested blocks, in the order in which they are written.
pub(crate) fn names(body: &Body) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for structure in body {
        let name = match structure {
            Structure::Attribute(attribute) => attribute.key.as_str(),
            Structure::Block(block) => block_name(block),
        };
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// All arguments and nested blocks, evaluated.
pub(crate) fn map(scope: Scope<'_, '_>, body: &Body, place: &Place<'_>) -> BTreeMap<String, Value> {
    let pairs = names(body).into_iter().filter_map(|name| {
        let value = member(scope, body, &name, place)?;
        Some((name, value))
    });
    pairs.collect()
}

/// An argument, or the list of all nested blocks of this name; None when there is neither.
pub(crate) fn member(scope: Scope<'_, '_>, body: &Body, name: &str, place: &Place<'_>) -> Option<Value> {
    let symbol = format!("{}.{name}", place.symbol);
    if let Some(attribute) = body.get_attribute(name) {
        let outcome = evaluate(scope, &attribute.value).and_then(|value| bounded(scope.root, value));
        return Some(outcome.unwrap_or_else(|failure| {
            let line = attribute.span().map_or(1, |span| place.file.line(span.start));
            scope.root.failed(&failure, &symbol, &place.file.name, line)
        }));
    }
    let mut items = Vec::new();
    let mut unknown = None;
    for block in body.blocks().filter(|block| block_name(block) == name) {
        let inner = Place { file: place.file, symbol: &format!("{symbol}[{}]", items.len()) };
        if block.ident.as_str() == "dynamic" {
            match dynamic(scope, block, &inner, &mut items) {
                Ok(()) => {}
                Err(reason) => unknown = unknown.or(Some(reason)),
            }
        } else {
            items.push(Value::Map(Arc::new(map(scope, &block.body, &inner))));
        }
    }
    match unknown {
        Some(cause) => Some(Value::unknown(shorten(&symbol), cause)),
        // A `dynamic` block without elements is the same as no block at all.
        None if items.is_empty() => None,
        None => Some(Value::list(items)),
    }
}

fn block_name(block: &Block) -> &str {
    match (block.ident.as_str(), block.labels.first()) {
        ("dynamic", Some(label)) => label.as_str(),
        (name, _) => name,
    }
}

/// Adds one map for each element of `for_each`.
///
/// # Errors
/// Why it is not known which blocks there are.
fn dynamic(scope: Scope<'_, '_>, block: &Block, place: &Place<'_>, items: &mut Vec<Value>) -> Result<(), Cause> {
    let line = block.span().map_or(1, |span| place.file.line(span.start));
    let fail = |failure: Failure| {
        scope.root.failed(&failure, place.symbol, &place.file.name, line);
        Cause::Invalid(failure.to_string())
    };
    let missing = |what: &str| fail(Failure::invalid(format!("a `dynamic` block needs `{what}`")));
    let each = block.body.get_attribute("for_each").ok_or_else(|| missing("for_each"))?;
    let content = block.body.get_blocks("content").next().ok_or_else(|| missing("content"))?;
    let iterator = match block.body.get_attribute("iterator").map(|attribute| &attribute.value) {
        Some(Expression::Variable(name)) => name.as_str(),
        Some(Expression::String(name)) => name.as_str(),
        _ => block_name(block),
    };
    let collection = evaluate(scope, &each.value).map_err(fail)?;
    let pairs = match elements(&collection).map_err(fail)? {
        Elements::Known(pairs) => pairs,
        Elements::Unknown(unknown) => return Err(undetermined(&unknown)),
    };
    for (key, value) in pairs {
        scope.root.spend(1).map_err(fail)?;
        let pair = Value::map([("key", key), ("value", value)]);
        let binding = Binding { name: iterator, value: pair, outer: scope.bindings };
        items.push(Value::Map(Arc::new(map(scope.bind(&binding), &content.body, place))));
    }
    Ok(())
}

fn undetermined(unknown: &Unknown) -> Cause {
    match &unknown.cause {
        cause @ (Cause::Invalid(_) | Cause::NotUnderstood(_)) => cause.clone(),
        _ => Cause::Undetermined(format!("it depends on `{}`", unknown.symbol)),
    }
}
