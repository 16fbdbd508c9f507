//! How large a value is.

use partywall_model::Value;

/// Counts the elements of a value, all the way down, and stops at `limit`.
pub(crate) fn nodes(value: &Value, limit: usize) -> usize {
    let mut pending = vec![value];
    let mut count = 0;
    while let Some(value) = pending.pop() {
        count += 1;
        if count >= limit {
            return limit;
        }
        match value {
            Value::List(items) => pending.extend(items.iter()),
            Value::Map(entries) => pending.extend(entries.values()),
            Value::Template(parts) => count += parts.len(),
            _ => {}
        }
    }
    count
}
