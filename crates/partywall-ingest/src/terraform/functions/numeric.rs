//! Functions on numbers.

use partywall_model::Value;

use super::{ANY, Call, Function, known};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::types::to_number;

pub(super) const FUNCTIONS: &[Function] = &[
    known("abs", 1, 1, |call| finite(call.number(0)?.abs())),
    known("ceil", 1, 1, |call| finite(call.number(0)?.ceil())),
    known("floor", 1, 1, |call| finite(call.number(0)?.floor())),
    known("log", 2, 2, |call| finite(call.number(0)?.ln() / call.number(1)?.ln())),
    known("pow", 2, 2, |call| finite(call.number(0)?.powf(call.number(1)?))),
    known("signum", 1, 1, |call| {
        let number = call.number(0)?;
        finite(if number == 0.0 { 0.0 } else { number.signum() })
    }),
    known("max", 1, ANY, |call| extreme(call, f64::max)),
    known("min", 1, ANY, |call| extreme(call, f64::min)),
    known("parseint", 2, 2, parse_integer),
    known("sum", 1, 1, sum),
];

fn finite(number: f64) -> Outcome {
    if number.is_finite() { Ok(Value::Number(number)) } else { Err(Failure::invalid("the result is no finite number")) }
}

fn extreme(call: &Call<'_, '_>, choose: fn(f64, f64) -> f64) -> Outcome {
    let mut best = call.number(0)?;
    for at in 1..call.arguments.len() {
        best = choose(best, call.number(at)?);
    }
    finite(best)
}

fn parse_integer(call: &Call<'_, '_>) -> Outcome {
    let (text, base) = (call.text(0)?, call.integer(1)?);
    let base = u32::try_from(base).ok().filter(|base| (2..=36).contains(base));
    let base = base.ok_or_else(|| Failure::invalid("only bases from 2 to 36 are understood"))?;
    let number = i64::from_str_radix(&text, base).map_err(|error| Failure::invalid(format!("`{text}`: {error}")))?;
    Ok(Value::Number(number as f64))
}

fn sum(call: &Call<'_, '_>) -> Outcome {
    let items = call.list(0)?;
    if items.is_empty() {
        return Err(Failure::invalid("the list is empty"));
    }
    let mut total = 0.0;
    for item in items {
        match to_number(item.clone())? {
            Value::Number(number) => total += number,
            _ => return Err(Failure::invalid("the list holds null")),
        }
    }
    finite(total)
}
