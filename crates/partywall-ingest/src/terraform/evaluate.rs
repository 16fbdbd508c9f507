//! Evaluates expressions. Unknowns flow through; only what depends on them becomes unknown.

mod iteration;
mod operators;
mod template;
mod traversal;

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::expr::{Conditional, Expression, FuncCall, Object, ObjectKey};
use partywall_model::{Cause, Value};

use super::failure::{Failure, Outcome};
use super::functions;
use super::scope::Scope;
use super::unknown::{equal, shorten, spell, undetermined};
use super::{types, unknown};

pub(crate) use template::render as render_template;
pub(crate) use traversal::step_into;

/// The value of an expression.
///
/// # Errors
/// When Terraform would refuse it as well, or it exceeds a limit.
pub(crate) fn evaluate(scope: Scope<'_, '_>, expression: &Expression) -> Outcome {
    let _level = scope.root.descend()?;
    let scope = if carries_keys(expression) { scope } else { scope.without_placeholder_keys() };
    match expression {
        Expression::Null(_) => Ok(Value::Null),
        Expression::Bool(truth) => Ok(Value::Bool(*truth.value())),
        Expression::Number(number) => Ok(Value::Number(number.value().as_f64().unwrap_or(f64::MAX))),
        Expression::String(text) => Ok(Value::text(text.as_str())),
        Expression::Array(items) => {
            let items: Result<Vec<Value>, Failure> = items.iter().map(|item| evaluate(scope, item)).collect();
            Ok(Value::list(items?))
        }
        Expression::Object(entries) => object(scope, entries),
        Expression::StringTemplate(parts) => template::evaluate_template(scope, parts),
        Expression::HeredocTemplate(heredoc) => template::evaluate_template(scope, &heredoc.template),
        Expression::Parenthesis(inner) => evaluate(scope, inner.inner()),
        Expression::Variable(name) => scope.resolve(name.as_str(), &[]).map(|(value, _)| value),
        Expression::Conditional(conditional) => choose(scope, conditional),
        Expression::FuncCall(call) => call_function(scope, call),
        Expression::Traversal(traversal) => traversal::evaluate_traversal(scope, traversal),
        Expression::UnaryOp(operation) => operators::unary(scope, operation),
        Expression::BinaryOp(operation) => operators::binary(scope, operation),
        Expression::ForExpr(iteration) => iteration::evaluate_for(scope, iteration),
    }
}

/// True for expressions that pass the keys of a map on without looking at them.
fn carries_keys(expression: &Expression) -> bool {
    match expression {
        Expression::FuncCall(call) => matches!(call.name.name.as_str(), "jsonencode" | "merge" | "concat" | "flatten"),
        Expression::Array(_)
        | Expression::Object(_)
        | Expression::Parenthesis(_)
        | Expression::Conditional(_)
        | Expression::ForExpr(_) => true,
        _ => false,
    }
}

fn object(scope: Scope<'_, '_>, entries: &Object) -> Outcome {
    let mut map = BTreeMap::new();
    let mut unknown_key = None;
    for (key, value) in entries {
        let key = match key {
            ObjectKey::Ident(name) => Value::text(name.as_str()),
            ObjectKey::Expression(Expression::Variable(name)) => Value::text(name.as_str()),
            ObjectKey::Expression(key) => types::to_text(evaluate(scope, key)?)?,
        };
        let value = evaluate(scope, value.expr())?;
        match key {
            Value::Text(key) => {
                map.insert(key.to_string(), value);
            }
            Value::Null => return Err(Failure::invalid("null cannot be the key of a map")),
            other => match scope.placeholder_key(&other) {
                Some(key) => {
                    map.insert(key, value);
                }
                None => unknown_key = Some(other),
            },
        }
    }
    match unknown_key {
        None => Ok(Value::Map(Arc::new(map))),
        Some(key) => {
            let symbol = format!("{{({})=…,{}}}", spell(&key), spell(&Value::Map(Arc::new(map))));
            Ok(unknown::derived(&scope.root.unique(&shorten(&symbol)), &[&key]))
        }
    }
}

/// Evaluates one branch when the condition is known, else both: equal branches need no condition.
fn choose(scope: Scope<'_, '_>, conditional: &Conditional) -> Outcome {
    let condition = types::to_bool(evaluate(scope.without_placeholder_keys(), &conditional.cond_expr)?)?;
    match condition {
        Value::Bool(true) => evaluate(scope, &conditional.true_expr),
        Value::Bool(false) => evaluate(scope, &conditional.false_expr),
        Value::Null => Err(Failure::invalid("the condition is null")),
        condition => {
            let yes = evaluate(scope, &conditional.true_expr);
            let no = evaluate(scope, &conditional.false_expr);
            match (yes, no) {
                (Ok(yes), Ok(no)) if equal(&yes, &no) == Some(true) => Ok(yes),
                (Ok(yes), Ok(no)) => {
                    let symbol = format!("{} ? {} : {}", spell(&condition), spell(&yes), spell(&no));
                    Ok(undetermined(&symbol, &condition))
                }
                (yes, no) => {
                    let spelled = [yes, no]
                        .map(|branch| branch.map_or_else(|failure| failure.to_string(), |value| spell(&value)));
                    Ok(undetermined(&format!("{} ? {}", spell(&condition), spelled.join(" : ")), &condition))
                }
            }
        }
    }
}

fn call_function(scope: Scope<'_, '_>, call: &FuncCall) -> Outcome {
    let name = call.name.name.as_str();
    if call.name.is_namespaced() && call.name.namespace.first().is_none_or(|first| first.as_str() != "core") {
        let namespace: Vec<&str> = call.name.namespace.iter().map(|part| part.as_str()).collect();
        let full = format!("{}::{name}", namespace.join("::"));
        let arguments: Result<Vec<Value>, Failure> =
            call.args.iter().map(|argument| evaluate(scope, argument)).collect();
        let spelled: Vec<String> = arguments?.iter().map(spell).collect();
        let cause = Cause::NotUnderstood(format!("`{full}` is a function of a provider"));
        return Ok(Value::unknown(shorten(&format!("{full}({})", spelled.join(", "))), cause));
    }
    match name {
        "try" => return attempt(scope, call),
        "can" => return can(scope, call),
        _ => {}
    }
    let scope = if name == "jsonencode" { scope.with_placeholder_keys() } else { scope };
    let mut arguments = Vec::with_capacity(call.args.len());
    for argument in call.args.iter() {
        arguments.push(evaluate(scope, argument)?);
    }
    if call.args.expand_final() {
        match arguments.pop() {
            Some(Value::List(items)) => arguments.extend(items.iter().cloned()),
            Some(unknown @ Value::Unknown(_)) => {
                arguments.push(unknown);
                let spelled: Vec<String> = arguments.iter().map(spell).collect();
                let operands: Vec<&Value> = arguments.iter().collect();
                return Ok(unknown::derived(&format!("{name}({}...)", spelled.join(", ")), &operands));
            }
            _ => return Err(Failure::invalid(format!("the last argument of `{name}` must be a list to be expanded"))),
        }
    }
    functions::call(scope, name, arguments)
}

/// The first argument that can be evaluated. One that may not exist is not certain to be it.
fn attempt(scope: Scope<'_, '_>, call: &FuncCall) -> Outcome {
    let mut last = Failure::invalid("`try` needs an argument");
    for argument in call.args.iter() {
        match evaluate(scope, argument) {
            Ok(value) => match scope.root.doubtful(&value) {
                Some(doubt) => return Ok(undetermined(&format!("try({}, …)", spell(&value)), &doubt)),
                None => return Ok(value),
            },
            Err(limit @ Failure::Limit(_)) => return Err(limit),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

fn can(scope: Scope<'_, '_>, call: &FuncCall) -> Outcome {
    let Some(argument) = call.args.get(0) else { return Err(Failure::invalid("`can` needs an argument")) };
    match evaluate(scope, argument) {
        Ok(value @ (Value::Unknown(_) | Value::Template(_))) => {
            Ok(unknown::derived(&format!("can({})", spell(&value)), &[&value]))
        }
        Ok(_) => Ok(Value::Bool(true)),
        Err(limit @ Failure::Limit(_)) => Err(limit),
        Err(_) => Ok(Value::Bool(false)),
    }
}
