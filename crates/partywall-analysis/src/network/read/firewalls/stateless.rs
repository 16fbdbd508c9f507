//! Stateless rules.
//! <https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_MatchAttributes.html>

use std::sync::Arc;

use partywall_model::Cell;

use super::super::view::{Fields, View};
use super::{Named, addresses, unseen};
use crate::network::firewall::{Addresses, FirewallRule, Verdict};
use crate::network::headers::{Block, Headers, PORTS, Span, TCP, UDP};
use crate::network::model::{Fact, Missing};

/// The rules of a group, by priority.
pub(super) fn rules(group: &Named<'_>) -> Vec<FirewallRule> {
    let Some(view) = group.group else { return vec![unseen(group)] };
    let (fields, more) = view.structs("stateless_rules");
    let mut rules: Vec<(i64, FirewallRule)> = fields.into_iter().map(|fields| rule(view, group, fields)).collect();
    rules.sort_by_key(|(priority, _)| *priority);
    let mut out: Vec<FirewallRule> = rules.into_iter().map(|(_, rule)| rule).collect();
    if let Some(missing) = more {
        out.insert(0, FirewallRule { doubt: Some(missing.clone()), verdict: Err(missing), ..unseen(group) });
    }
    out
}

fn rule(view: View<'_>, group: &Named<'_>, fields: Fields<'_>) -> (i64, FirewallRule) {
    let priority = fields.integer("priority");
    let flags: Option<Missing> = match fields.cell("looks_at_flags") {
        Some(Cell::Boolean(false)) => None,
        _ => Some(format!("a rule of `{}` matches only some TCP flags", view.row.resource).into()),
    };
    let rule = FirewallRule {
        resource: view.row.resource.clone(),
        verdict: verdict(&fields.texts("actions")),
        source: side(fields, "sources"),
        destination: side(fields, "destinations"),
        headers: headers(fields),
        doubt: group.doubt.clone().or_else(|| priority.clone().err()).or(flags),
    };
    (priority.unwrap_or(i64::MIN), rule)
}

/// What actions do: one of them is a standard one, others only count.
/// <https://docs.aws.amazon.com/network-firewall/latest/developerguide/rule-action.html>
pub(super) fn verdict((actions, more): &(Vec<Arc<str>>, Option<Missing>)) -> Fact<Verdict> {
    let known = actions.iter().find_map(|action| match action.as_ref() {
        "aws:pass" => Some(Verdict::Pass),
        "aws:drop" => Some(Verdict::Drop),
        "aws:forward_to_sfe" => Some(Verdict::Inspect),
        _ => None,
    });
    known.ok_or_else(|| more.clone().unwrap_or_else(|| "no standard action is given".into()))
}

fn side(fields: Fields<'_>, column: &str) -> Fact<Addresses> {
    match fields.texts(column) {
        (_, Some(missing)) => Err(missing),
        (texts, None) if texts.is_empty() => Ok(Addresses::ANY),
        (texts, None) => Ok(Addresses { within: Some(addresses(&texts)?), without: Vec::new() }),
    }
}

fn headers(fields: Fields<'_>) -> Fact<Headers> {
    let protocols = integers(fields, "protocols")?;
    let ports = |side: &str| -> Fact<Vec<Span<u16>>> {
        let first = integers(fields, &format!("{side}_ports_from"))?;
        let last = integers(fields, &format!("{side}_ports_to"))?;
        if !last.is_empty() && last.len() != first.len() {
            return Err("the ranges of ports cannot be told apart".into());
        }
        let ends = first.iter().zip(last.iter().chain(first.iter().skip(last.len())));
        Ok(ends.map(|(first, last)| Span { first: port(*first), last: port(*last) }).collect())
    };
    let (sources, destinations) = (ports("source")?, ports("destination")?);
    let looks_at_ports = !sources.is_empty() || !destinations.is_empty();
    let or_all = |spans: Vec<Span<u16>>| if spans.is_empty() { vec![PORTS] } else { spans };
    let (sources, destinations) = (or_all(sources), or_all(destinations));
    let blocks: Vec<Block> = match (protocols.is_empty(), looks_at_ports) {
        (true, false) => vec![Block::ALL],
        (true, true) => vec![Block::of_protocol(TCP), Block::of_protocol(UDP)],
        (false, _) => {
            let numbers = protocols.iter().filter_map(|number| u8::try_from(*number).ok());
            numbers.map(Block::of_protocol).collect()
        }
    };
    let mut out = Headers::none();
    for block in blocks {
        let has_ports = [TCP, UDP].iter().any(|protocol| block.protocol == Span::one(*protocol));
        for source in &sources {
            for destination in &destinations {
                let with = Block { source: *source, destination: *destination, ..block };
                out.add_block(if has_ports { with } else { block });
            }
        }
    }
    Ok(out)
}

fn port(number: i64) -> u16 {
    u16::try_from(number.max(0)).unwrap_or(u16::MAX)
}

fn integers(fields: Fields<'_>, column: &str) -> Fact<Vec<i64>> {
    let Some(Cell::List(items)) = fields.cell(column) else {
        return Err(format!("`{column}` of a rule is not known").into());
    };
    let number = |item: &Cell| match item {
        Cell::Integer(number) => Ok(*number),
        _ => Err(format!("`{column}` of a rule is not known").into()),
    };
    items.iter().map(number).collect()
}
