//! Arithmetic, comparison and logic.

use hcl_edit::expr::{BinaryOp, BinaryOperator, UnaryOp, UnaryOperator};
use partywall_model::Value;

use super::evaluate;
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::scope::Scope;
use crate::terraform::types::{to_bool, to_number};
use crate::terraform::unknown::{derived, equal, spell};

pub(crate) fn unary(scope: Scope<'_, '_>, operation: &UnaryOp) -> Outcome {
    let operand = evaluate(scope, &operation.expr)?;
    match operation.operator.value() {
        UnaryOperator::Neg => match to_number(operand)? {
            Value::Number(number) => Ok(Value::Number(-number)),
            Value::Null => Err(null_operand("-")),
            other => Ok(derived(&format!("-{}", spell(&other)), &[&other])),
        },
        UnaryOperator::Not => match to_bool(operand)? {
            Value::Bool(truth) => Ok(Value::Bool(!truth)),
            Value::Null => Err(null_operand("!")),
            other => Ok(derived(&format!("!{}", spell(&other)), &[&other])),
        },
    }
}

pub(crate) fn binary(scope: Scope<'_, '_>, operation: &BinaryOp) -> Outcome {
    let operator = *operation.operator.value();
    let left = evaluate(scope, &operation.lhs_expr)?;
    match operator {
        BinaryOperator::And | BinaryOperator::Or => {
            let right = evaluate(scope, &operation.rhs_expr);
            logic(operator, to_bool(left)?, right.and_then(to_bool))
        }
        BinaryOperator::Eq | BinaryOperator::NotEq => {
            let right = evaluate(scope, &operation.rhs_expr)?;
            match equal(&left, &right) {
                Some(same) => Ok(Value::Bool(same == (operator == BinaryOperator::Eq))),
                None => Ok(joined(operator, &left, &right)),
            }
        }
        _ => {
            let right = evaluate(scope, &operation.rhs_expr)?;
            arithmetic(operator, to_number(left)?, to_number(right)?)
        }
    }
}

/// `false && x` is false and `true || x` is true, whatever x is.
fn logic(operator: BinaryOperator, left: Value, right: Outcome) -> Outcome {
    let decisive = operator == BinaryOperator::Or;
    if left == Value::Bool(decisive) {
        return Ok(left);
    }
    let right = right?;
    match (&left, &right) {
        (_, Value::Bool(truth)) if *truth == decisive => Ok(right),
        (Value::Bool(_), Value::Bool(_)) => Ok(Value::Bool(!decisive)),
        (Value::Null, _) | (_, Value::Null) => Err(null_operand(operator.as_str())),
        (Value::Bool(_), _) => Ok(right),
        (_, Value::Bool(_)) => Ok(left),
        _ => Ok(joined(operator, &left, &right)),
    }
}

fn arithmetic(operator: BinaryOperator, left: Value, right: Value) -> Outcome {
    let (Value::Number(first), Value::Number(second)) = (&left, &right) else {
        if matches!(left, Value::Null) || matches!(right, Value::Null) {
            return Err(null_operand(operator.as_str()));
        }
        return Ok(joined(operator, &left, &right));
    };
    let (first, second) = (*first, *second);
    let number = match operator {
        BinaryOperator::Plus => first + second,
        BinaryOperator::Minus => first - second,
        BinaryOperator::Mul => first * second,
        BinaryOperator::Div | BinaryOperator::Mod if second == 0.0 => return Err(Failure::invalid("division by zero")),
        BinaryOperator::Div => first / second,
        BinaryOperator::Mod => first % second,
        BinaryOperator::Less => return Ok(Value::Bool(first < second)),
        BinaryOperator::LessEq => return Ok(Value::Bool(first <= second)),
        BinaryOperator::Greater => return Ok(Value::Bool(first > second)),
        BinaryOperator::GreaterEq => return Ok(Value::Bool(first >= second)),
        _ => return Err(Failure::invalid(format!("operator `{}` is not understood", operator.as_str()))),
    };
    if number.is_finite() { Ok(Value::Number(number)) } else { Err(Failure::invalid("the number is too large")) }
}

fn joined(operator: BinaryOperator, left: &Value, right: &Value) -> Value {
    derived(&format!("({} {} {})", spell(left), operator.as_str(), spell(right)), &[left, right])
}

fn null_operand(operator: &str) -> Failure {
    Failure::invalid(format!("an operand of `{operator}` is null"))
}
