//! Rules and their use.

use partywall_model::{Cell, Row};

use super::Found;
use crate::network::model::Missing;
use crate::network::rules::Rule;

/// The rows of `network_rule`.
pub(super) fn rows(found: &Found<'_>) -> Vec<Row> {
    let truth = |fact: &Result<bool, Missing>| match fact {
        Ok(truth) => Cell::Boolean(*truth),
        Err(missing) => found.doubts.cell([&**missing]),
    };
    let row = |rule: &Rule| {
        let cells = vec![
            Cell::Text(rule.resource.clone()),
            Cell::text(rule.kind.id()),
            Cell::Text(rule.owner.clone()),
            Cell::Boolean(rule.is_egress),
            truth(&rule.is_used),
            truth(&rule.is_shadowed),
            Cell::List(rule.shadowed_by.iter().cloned().map(Cell::Text).collect()),
            Cell::text(rule.why.as_str()),
        ];
        found.row(&rule.resource, cells)
    };
    found.rules.iter().filter_map(row).collect()
}
