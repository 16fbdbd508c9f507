//! How large a value is.

use partywall_model::Value;

/// Elements of a value, counted all the way down, and how deeply they nest. Stops counting at `limit`.
pub(crate) fn measure(value: &Value, limit: usize) -> (usize, usize) {
    let mut pending = vec![(value, 1)];
    let (mut count, mut deepest) = (0, 0);
    while let Some((value, depth)) = pending.pop() {
        count += 1;
        deepest = deepest.max(depth);
        if count >= limit {
            break;
        }
        match value {
            Value::List(items) => pending.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Map(entries) => pending.extend(entries.values().map(|item| (item, depth + 1))),
            Value::Template(parts) => count += parts.len(),
            _ => {}
        }
    }
    (count.min(limit), deepest)
}
