//! Names that lead to one of several places.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Cell, Inventory, Row, Table};

use super::build::{Site, references};
use super::{Node, NodeNumber, Toll, data};
use crate::availability::facts::NeedRule;
use crate::availability::place::{Location, rows};
use crate::availability::words::Range;
use partywall_model::Span;

/// Seconds for which Route 53 answers an alias of a load balancer, and its usual checks of the load balancer's health.
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-shared.html>
const ALIAS: Span = Span::new(0, 120);

/// A record, by its row and its node.
type Record<'a> = (&'static Table, &'a Row, NodeNumber);

/// Needs of records: of what they answer; records of one name that are told apart by health stand in for each other.
pub(super) fn records(site: &mut Site<'_>) {
    let mut by_name: BTreeMap<(String, String), Vec<Record<'_>>> = BTreeMap::new();
    for (table, row) in rows(site.inventory, "aws_route53_record") {
        let Some(number) = site.graph.numbers.get(&row.resource).copied() else { continue };
        let text = |column: &str| match row.cell(table, column) {
            Some(Cell::Text(text)) => text.trim_end_matches('.').to_ascii_lowercase(),
            Some(Cell::Unknown(unknown)) => unknown.placeholder(),
            _ => String::new(),
        };
        if matches!(text("type").as_str(), "a" | "aaaa" | "cname") {
            by_name.entry((text("zone_id"), text("name"))).or_default().push((table, row, number));
        }
    }
    let Some(hard) = data::hard() else { return };
    for ((_, name), records) in by_name {
        for (table, row, number) in &records {
            let targets = references(table, row, "alias_target").into_iter().chain(references(table, row, "records"));
            let found: Vec<NodeNumber> = targets.filter_map(|target| site.graph.numbers.get(target).copied()).collect();
            let rule = NeedRule { any: true, ..hard.clone() };
            found.into_iter().for_each(|target| site.need(*number, &"answer".into(), target, &rule));
        }
        if records.iter().any(|(table, row, _)| row.text(table, "set_identifier").is_some_and(|text| !text.is_empty()))
        {
            alternatives(site, &name, &records, &hard);
        }
    }
}

/// One name with several records. Only a record whose health is looked at stops being answered.
fn alternatives(site: &mut Site<'_>, name: &str, records: &[(&'static Table, &Row, NodeNumber)], hard: &NeedRule) {
    let pauses: Vec<Option<Span>> =
        records.iter().map(|(table, row, _)| detection(site.inventory, table, row)).collect();
    let is_failover =
        records.iter().any(|(table, row, _)| row.text(table, "failover").is_some_and(|text| !text.is_empty()));
    let is_watched = |at: usize| pauses.get(at).is_some_and(Option::is_some);
    let is_primary =
        |(table, row, _): &(&'static Table, &Row, NodeNumber)| row.text(table, "failover") == Some("PRIMARY");
    let moves = match is_failover {
        true => records.iter().enumerate().filter(|(_, record)| is_primary(record)).all(|(at, _)| is_watched(at)),
        false => (0..records.len()).all(is_watched),
    };
    let first = records.first().and_then(|(.., number)| site.graph.node(*number)).cloned();
    let Some(first) = first else { return };
    let number = site.graph.add(Node {
        name: format!("name {name}").into(),
        title: name.into(),
        table: "aws_route53_record",
        whole: None,
        location: Location::Global,
        zone: Toll::none(),
        region: Toll::none(),
        holds_data: false,
        is_managed: false,
        needs: Vec::new(),
        units: Range::NONE,
        is_single: false,
        is_doubtful: false,
        workload: first.workload,
    });
    let pause = pauses.iter().flatten().copied().reduce(Span::longer);
    let rule = NeedRule { any: moves, pause, ..hard.clone() };
    let label: Arc<str> = if is_failover { "failover".into() } else { "answers".into() };
    for (.., record) in records {
        site.need(number, &label, *record, &rule);
    }
    let primary = records.iter().find(|record| is_primary(record)).map(|(.., record)| *record);
    if let (Some(primary), Some(gathered)) = (primary, site.needs.get_mut(&(number, label))) {
        gathered.first = Some(primary);
    }
}

/// How long it takes until a record that leads nowhere is no longer answered; None when nobody looks.
fn detection(inventory: &Inventory, table: &Table, row: &Row) -> Option<Span> {
    let ttl = match row.cell(table, "ttl") {
        Some(Cell::Integer(seconds)) => u32::try_from(*seconds).unwrap_or_default(),
        _ => 0,
    };
    let check = row.text(table, "health_check_id").filter(|check| !check.is_empty());
    if let Some(check) = check {
        let found = rows(inventory, "aws_route53_health_check").find(|(_, row)| *row.resource == *check);
        let number = |column: &str, otherwise: u32| match found.and_then(|(table, row)| row.cell(table, column)) {
            Some(Cell::Integer(number)) => u32::try_from(*number).unwrap_or(otherwise),
            _ => otherwise,
        };
        let checked = number("request_interval", 30).saturating_mul(number("failure_threshold", 3));
        return Some(Span::new(checked, checked.saturating_add(ttl)));
    }
    let evaluates = row.cell(table, "alias_evaluate_target_health").and_then(Cell::as_boolean) == Some(true);
    evaluates.then_some(ALIAS)
}
