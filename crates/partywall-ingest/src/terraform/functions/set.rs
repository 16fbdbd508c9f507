//! Functions on sets.

use partywall_model::Value;

use super::{ANY, Call, Function, known, lenient, too_large};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::limits::VALUE_NODES_MAX;
use crate::terraform::types::to_set;

pub(super) const FUNCTIONS: &[Function] = &[
    lenient("setunion", 1, ANY, union),
    known("setintersection", 1, ANY, |call| fold(call, |kept, other| other.contains(kept))),
    known("setsubtract", 2, 2, |call| fold(call, |kept, other| !other.contains(kept))),
    lenient("setproduct", 1, ANY, product),
];

fn union(call: &Call<'_, '_>) -> Outcome {
    let mut all = Vec::new();
    for at in 0..call.arguments.len() {
        if call.is_opaque(at) {
            return Ok(call.unknown());
        }
        all.extend(call.list(at)?.iter().cloned());
    }
    Ok(to_set(all))
}

fn fold(call: &Call<'_, '_>, keep: fn(&Value, &[Value]) -> bool) -> Outcome {
    let mut kept = call.list(0)?.to_vec();
    for at in 1..call.arguments.len() {
        let other = call.list(at)?;
        call.scope.root.spend((kept.len() as u64).saturating_mul(other.len() as u64) / 16)?;
        kept.retain(|item| keep(item, other));
    }
    Ok(to_set(kept))
}

fn product(call: &Call<'_, '_>) -> Outcome {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for at in 0..call.arguments.len() {
        if call.is_opaque(at) {
            return Ok(call.unknown());
        }
        let items = call.list(at)?;
        if rows.len().saturating_mul(items.len()).saturating_mul(call.arguments.len()) > VALUE_NODES_MAX {
            return Err(too_large());
        }
        let extended = rows.iter().flat_map(|row| {
            items.iter().map(move |item| row.iter().cloned().chain([item.clone()]).collect::<Vec<Value>>())
        });
        rows = extended.collect();
    }
    if call.arguments.len() < 2 {
        return Err(Failure::invalid("at least two sets are required"));
    }
    Ok(Value::list(rows.into_iter().map(Value::list)))
}
