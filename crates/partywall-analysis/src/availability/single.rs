//! A resource on its own.

use std::collections::BTreeMap;

use partywall_model::{Inventory, Row, Table};

use super::answer::{Answer, Failure, decide};
use super::facts::Facts;
use super::place::Atlas;
use super::words::{Range, Words};

/// Says what becomes of one row of an inventory, whatever else there is. `told` are words that somebody gave, which
/// count before those that the rows tell.
///
/// Answers None when there are no facts about the table.
pub fn answer(
    inventory: &Inventory,
    (table, row): (&Table, &Row),
    told: &BTreeMap<&'static str, Range>,
    failure: Failure,
) -> Option<Answer> {
    let facts = Facts::shipped();
    let service = facts.service(table.name)?;
    let mut atlas = Atlas::of(inventory);
    let location = atlas.locate(inventory, table, row, service);
    let mut words = Words::of(facts, service, &atlas, &location, (table, row));
    for (word, range) in super::copies::of_row(table, row) {
        words.set(word, range);
    }
    for (word, range) in told {
        words.set(word, range.clone());
    }
    Some(decide(service, failure, (table, row), &words))
}
