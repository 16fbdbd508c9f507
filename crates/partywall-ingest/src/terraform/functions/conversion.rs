//! Functions between types.

use partywall_model::Value;

use super::{Call, Function, lenient};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::types::{Type, convert, to_bool, to_number, to_set, to_text};

pub(super) const FUNCTIONS: &[Function] = &[
    lenient("tostring", 1, 1, |call| to_text(call.argument(0)?.clone())),
    lenient("tonumber", 1, 1, |call| to_number(call.argument(0)?.clone())),
    lenient("tobool", 1, 1, |call| to_bool(call.argument(0)?.clone())),
    lenient("tolist", 1, 1, |call| convert(call.argument(0)?.clone(), &Type::List(Box::new(Type::Any)))),
    lenient("tomap", 1, 1, |call| convert(call.argument(0)?.clone(), &Type::Map(Box::new(Type::Any)))),
    lenient("toset", 1, 1, set),
    lenient("sensitive", 1, 1, |call| call.argument(0).cloned()),
    lenient("nonsensitive", 1, 1, |call| call.argument(0).cloned()),
    lenient("ephemeralasnull", 1, 1, |call| call.argument(0).cloned()),
    lenient("issensitive", 1, 1, |call| Ok(call.unknown())),
    lenient("type", 1, 1, |_| Err(Failure::invalid("it works only in the console"))),
];

fn set(call: &Call<'_, '_>) -> Outcome {
    match call.argument(0)? {
        Value::List(items) => Ok(to_set(items.to_vec())),
        other @ (Value::Unknown(_) | Value::Null) => Ok(other.clone()),
        Value::Map(entries) => Ok(to_set(entries.values().cloned().collect())),
        _ => call.list(0).map(|items| to_set(items.to_vec())),
    }
}
