//! `for` expressions.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::expr::ForExpr;
use partywall_model::Value;

use super::evaluate;
use crate::terraform::collection::{Elements, elements};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::limits::VALUE_NODES_MAX;
use crate::terraform::scope::{Binding, Scope};
use crate::terraform::types::{to_bool, to_text};
use crate::terraform::unknown::{derived, spell};

pub(crate) fn evaluate_for(scope: Scope<'_, '_>, iteration: &ForExpr) -> Outcome {
    let collection = evaluate(scope, &iteration.intro.collection_expr)?;
    let pairs = match elements(&collection)? {
        Elements::Known(pairs) => pairs,
        Elements::Unknown(_) => return Ok(unknown_for(scope, &collection)),
    };
    let mut results = Results::default();
    for (key, value) in pairs {
        let value_binding = Binding { name: iteration.intro.value_var.as_str(), value, outer: scope.bindings };
        let key_name = iteration.intro.key_var.as_ref().map_or("", |name| name.as_str());
        let key_binding = Binding { name: key_name, value: key, outer: Some(&value_binding) };
        let outer = if key_name.is_empty() { &value_binding } else { &key_binding };
        if let Some(undecided) = element(scope.bind(outer), iteration, &mut results)? {
            return Ok(unknown_for(scope, &undecided));
        }
        if results.count > VALUE_NODES_MAX {
            return Err(Failure::Limit(format!("the `for` expression gives more than {VALUE_NODES_MAX} elements")));
        }
    }
    Ok(results.finish(iteration))
}

#[derive(Default)]
struct Results {
    items: Vec<Value>,
    entries: BTreeMap<String, Value>,
    groups: BTreeMap<String, Vec<Value>>,
    count: usize,
}

impl Results {
    fn finish(self, iteration: &ForExpr) -> Value {
        match (&iteration.key_expr, iteration.grouping) {
            (None, _) => Value::list(self.items),
            (Some(_), false) => Value::Map(Arc::new(self.entries)),
            (Some(_), true) => Value::map(self.groups.into_iter().map(|(key, items)| (key, Value::list(items)))),
        }
    }
}

/// Adds what one element gives; answers the unknown condition or key when there is one.
fn element(scope: Scope<'_, '_>, iteration: &ForExpr, results: &mut Results) -> Result<Option<Value>, Failure> {
    if let Some(condition) = &iteration.cond {
        match to_bool(evaluate(scope, &condition.expr)?)? {
            Value::Bool(true) => {}
            Value::Bool(false) => return Ok(None),
            Value::Null => return Err(Failure::invalid("the condition of a `for` expression is null")),
            undecided => return Ok(Some(undecided)),
        }
    }
    results.count += 1;
    let Some(key) = &iteration.key_expr else {
        results.items.push(evaluate(scope, &iteration.value_expr)?);
        return Ok(None);
    };
    let key = match to_text(evaluate(scope, key)?)? {
        Value::Text(key) => key.to_string(),
        Value::Null => return Err(Failure::invalid("a key of a `for` expression is null")),
        undecided => return Ok(Some(undecided)),
    };
    let value = evaluate(scope, &iteration.value_expr)?;
    if iteration.grouping {
        results.groups.entry(key).or_default().push(value);
    } else if results.entries.insert(key.clone(), value).is_some() {
        return Err(Failure::invalid(format!("two elements of a `for` expression have the key `{key}`")));
    }
    Ok(None)
}

fn unknown_for(scope: Scope<'_, '_>, undecided: &Value) -> Value {
    let symbol = scope.root.unique(&format!("for … in {}", spell(undecided)));
    derived(&symbol, &[undecided])
}
