//! `a.b`, `a[0]`, `a[*].b` and `a.*.b`.

use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use partywall_model::{Cause, Unknown, Value, format_number};

use super::evaluate;
use crate::terraform::expansion::group_address;
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::root::Root;
use crate::terraform::scope::Scope;
use crate::terraform::types::{describe, to_number, to_text};
use crate::terraform::unknown::{derived, member, shorten, spell};

type Operators<'e> = &'e [Decorated<TraversalOperator>];

/// Where inside a resource a value was found, so that what is not configured there can be named.
struct Trail {
    address: String,
    path: String,
}

pub(crate) fn evaluate_traversal(scope: Scope<'_, '_>, traversal: &Traversal) -> Outcome {
    let operators = traversal.operators.as_slice();
    let Expression::Variable(first) = &traversal.expr else {
        return walk(scope, evaluate(scope, &traversal.expr)?, operators);
    };
    let names: Vec<&str> = operators
        .iter()
        .map_while(|operator| match operator.value() {
            TraversalOperator::GetAttr(name) => Some(name.as_str()),
            _ => None,
        })
        .take(2)
        .collect();
    let (value, taken) = scope.resolve(first.as_str(), &names)?;
    walk(scope, value, operators.get(taken..).unwrap_or_default())
}

fn walk(scope: Scope<'_, '_>, mut value: Value, mut operators: Operators<'_>) -> Outcome {
    let mut trail: Option<Trail> = None;
    while let Some((operator, rest)) = operators.split_first() {
        scope.root.spend(1)?;
        let step = match operator.value() {
            TraversalOperator::AttrSplat(_) => {
                let names = rest.iter().take_while(|next| {
                    matches!(next.value(), TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
                });
                let (inner, after) = rest.split_at(names.count());
                value = splat(scope, value, inner)?;
                trail = None;
                operators = after;
                continue;
            }
            TraversalOperator::FullSplat(_) => return splat(scope, value, rest),
            TraversalOperator::GetAttr(name) => Value::text(name.as_str()),
            TraversalOperator::Index(index) => evaluate(scope, index)?,
            TraversalOperator::LegacyIndex(index) => Value::Number(*index.value() as f64),
        };
        let dotted = matches!(operator.value(), TraversalOperator::GetAttr(_));
        value = tracked_step(scope, &value, &step, dotted, &mut trail)?;
        operators = rest;
    }
    Ok(value)
}

/// One step that remembers in which resource it moves.
fn tracked_step(scope: Scope<'_, '_>, value: &Value, step: &Value, dotted: bool, trail: &mut Option<Trail>) -> Outcome {
    let spelled = spell_step(step, dotted);
    if let Value::Unknown(unknown) = value
        && let Some(reference) = unknown.reference.as_ref().filter(|reference| reference.attribute.is_empty())
        && scope.root.objects.borrow().contains_key(&reference.address)
    {
        let path = spelled.trim_start_matches('.').to_owned();
        *trail = Some(Trail { address: reference.address.clone(), path });
        return step_into(scope.root, value, step, dotted);
    }
    let outcome = step_into(scope.root, value, step, dotted);
    let Some(trail) = trail else { return outcome };
    trail.path.push_str(&spelled);
    match outcome {
        // A block or map that is configured in part: the provider fills in the rest.
        Err(Failure::Invalid(_)) => Ok(Value::reference(trail.address.as_str(), trail.path.as_str())),
        Ok(Value::Null) if dotted => Ok(Value::reference(trail.address.as_str(), trail.path.as_str())),
        outcome => outcome,
    }
}

/// An attribute or element of a value. `dotted` tells `a.b` from `a["b"]`.
pub(crate) fn step_into(root: &Root<'_>, value: &Value, step: &Value, dotted: bool) -> Outcome {
    if let Value::Unknown(unknown) = value {
        return unknown_step(root, unknown, step, dotted);
    }
    if let Value::Unknown(_) | Value::Template(_) = step {
        return Ok(derived(&format!("{}[{}]", spell(value), spell(step)), &[step, value]));
    }
    match value {
        Value::Map(entries) => match to_text(step.clone())? {
            Value::Text(key) => {
                let missing = || Failure::invalid(format!("there is no attribute `{key}`"));
                entries.get(key.as_ref()).cloned().ok_or_else(missing)
            }
            _ => Err(Failure::invalid("a key is null")),
        },
        Value::List(items) => match to_number(step.clone())? {
            Value::Number(index) if index >= 0.0 && index.fract() == 0.0 => {
                let missing =
                    || Failure::invalid(format!("index {index} is beyond the {} elements of the list", items.len()));
                items.get(index as usize).cloned().ok_or_else(missing)
            }
            _ => Err(Failure::invalid("an index must be a whole number that is not negative")),
        },
        other => Err(Failure::invalid(format!("{} has no attribute `{}`", describe(other), spell(step)))),
    }
}

fn unknown_step(root: &Root<'_>, unknown: &Unknown, step: &Value, dotted: bool) -> Outcome {
    if let Some(address) = group_address(unknown) {
        if dotted {
            return Ok(member_without_reference(unknown, &spell_step(step, true)));
        }
        // Whichever element is meant, the representative stands for it.
        let object = root.objects.borrow().get(address).cloned();
        if let Some(object) = object {
            return Ok(object.value());
        }
        let instance = root.modules.borrow().get(address).and_then(std::rc::Weak::upgrade);
        return instance.map_or_else(
            || Ok(member_without_reference(unknown, &spell_step(step, false))),
            |instance| Ok(instance.value()),
        );
    }
    let Some(reference) = unknown.reference.as_ref().filter(|reference| reference.attribute.is_empty()) else {
        return Ok(member(unknown, &spell_step(step, dotted)));
    };
    let Value::Text(name) = step else {
        return Ok(member_without_reference(unknown, &spell_step(step, dotted)));
    };
    let object = root.objects.borrow().get(&reference.address).cloned();
    if let Some(object) = object {
        return object.attribute(root, name);
    }
    let instance = root.modules.borrow().get(&reference.address).and_then(std::rc::Weak::upgrade);
    match instance {
        Some(instance) => instance.output(root, name),
        None => Ok(member(unknown, &spell_step(step, dotted))),
    }
}

fn member_without_reference(unknown: &Unknown, step: &str) -> Value {
    Value::unknown(shorten(&format!("{}{step}", unknown.symbol)), unknown.cause.clone())
}

fn spell_step(step: &Value, dotted: bool) -> String {
    match step {
        Value::Text(name) if dotted => format!(".{name}"),
        Value::Number(index) => format!("[{}]", format_number(*index)),
        other => format!("[{}]", spell(other)),
    }
}

/// Applies the operators to each element; a single value counts as a list of one, null as an empty list.
fn splat(scope: Scope<'_, '_>, value: Value, operators: Operators<'_>) -> Outcome {
    match &value {
        Value::List(items) => {
            let results: Result<Vec<Value>, Failure> =
                items.iter().map(|item| walk(scope, item.clone(), operators)).collect();
            Ok(Value::list(results?))
        }
        Value::Null => Ok(Value::list([])),
        Value::Unknown(unknown) => {
            let whole = unknown.reference.as_ref().is_some_and(|reference| reference.attribute.is_empty());
            if whole && unknown.cause != Cause::NoValue {
                return Ok(Value::list([walk(scope, value.clone(), operators)?]));
            }
            let steps: Vec<String> = operators.iter().map(|operator| spell_operator(scope, operator.value())).collect();
            Ok(member_without_reference(unknown, &format!("[*]{}", steps.concat())))
        }
        _ => Ok(Value::list([walk(scope, value, operators)?])),
    }
}

fn spell_operator(scope: Scope<'_, '_>, operator: &TraversalOperator) -> String {
    match operator {
        TraversalOperator::GetAttr(name) => format!(".{}", name.as_str()),
        TraversalOperator::LegacyIndex(index) => format!("[{}]", index.value()),
        TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => "[*]".to_owned(),
        TraversalOperator::Index(index) => match evaluate(scope, index) {
            Ok(index) => format!("[{}]", spell(&index)),
            Err(failure) => scope.root.unique(&format!("[{failure}]")),
        },
    }
}
