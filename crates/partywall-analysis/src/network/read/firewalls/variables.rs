//! What addresses and ports stateful rules mean: lists, exceptions and variables.
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-limitations-caveats.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::Cell;
use serde_json::Value;

use super::super::view::View;
use super::no_address;
use crate::network::address::range;
use crate::network::firewall::Addresses;
use crate::network::headers::{PORTS, Span};
use crate::network::model::{Fact, Missing};

/// Variables in variables that are followed.
const DEPTH_MAX: usize = 4;

/// Most items of one list of ports or addresses.
const ITEMS_MAX: usize = 4_096;

/// A variable's definition by its name.
type Sets = BTreeMap<String, Vec<String>>;

/// The variables that rules of a group may use.
pub(super) struct Variables {
    addresses: Fact<Sets>,
    ports: Fact<Sets>,
    policy: Fact<Sets>,
    home: Fact<Vec<IpNet>>,
}

impl Variables {
    /// Those of a policy and a group, where the firewall's network has these ranges.
    pub(super) fn new(policy: View<'_>, group: View<'_>, home: &Fact<Vec<IpNet>>) -> Self {
        Self {
            addresses: sets(group, "ip_sets"),
            ports: sets(group, "port_sets"),
            policy: sets(policy, "rule_variables"),
            home: home.clone(),
        }
    }

    /// The addresses that a text means: `any`, a range, `!` with one, `[…]` of several, `$` with a variable's name.
    pub(super) fn addresses(&self, text: &str) -> Fact<Addresses> {
        if text.trim().eq_ignore_ascii_case("any") {
            return Ok(Addresses::ANY);
        }
        let mut out = (Vec::new(), Vec::new());
        self.add_addresses(text, false, DEPTH_MAX, &mut out)?;
        let (within, without) = out;
        let is_only_without = within.is_empty() && !without.is_empty();
        Ok(Addresses { within: (!is_only_without).then_some(within), without })
    }

    fn add_addresses(
        &self,
        text: &str,
        is_without: bool,
        depth: usize,
        out: &mut (Vec<IpNet>, Vec<IpNet>),
    ) -> Fact<()> {
        let text = text.trim();
        if out.0.len() + out.1.len() > ITEMS_MAX {
            return Err("a rule names too many ranges".into());
        }
        if let Some(rest) = text.strip_prefix('!') {
            return self.add_addresses(rest, !is_without, depth, out);
        }
        let deeper =
            || depth.checked_sub(1).ok_or_else(|| -> Missing { format!("`{text}` is nested too deeply").into() });
        if let Some(list) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let depth = deeper()?;
            // An exception within a list that is itself excepted is let in again, which no two lists can say.
            if is_without && list.contains('!') {
                return Err(format!("what `!{text}` means is not modelled").into());
            }
            return items(list).try_for_each(|item| self.add_addresses(item, is_without, depth, out));
        }
        if let Some(name) = text.strip_prefix('$') {
            let depth = deeper()?;
            return match self.defined(name)? {
                Definition::Texts(texts) => {
                    texts.iter().try_for_each(|item| self.add_addresses(item, is_without, depth, out))
                }
                Definition::Ranges(ranges, is_not) => {
                    (if is_without == is_not { &mut out.0 } else { &mut out.1 }).extend(ranges);
                    Ok(())
                }
            };
        }
        let found = range(text).ok_or_else(|| no_address(text))?;
        (if is_without { &mut out.1 } else { &mut out.0 }).push(found);
        Ok(())
    }

    fn defined(&self, name: &str) -> Fact<Definition> {
        let own = self.addresses.as_ref().map_err(Clone::clone)?;
        let of_policy = self.policy.as_ref().map_err(Clone::clone)?;
        match (name, own.get(name), of_policy.get(name)) {
            (_, Some(own), Some(other)) if own != other => {
                Err(format!("both the policy and the rule group define `${name}`").into())
            }
            (_, Some(texts), _) | (_, None, Some(texts)) => Ok(Definition::Texts(texts.clone())),
            ("HOME_NET", None, None) => Ok(Definition::Ranges(self.home.clone()?, false)),
            ("EXTERNAL_NET", None, None) => match (own.get("HOME_NET"), of_policy.get("HOME_NET")) {
                (None, None) => Ok(Definition::Ranges(self.home.clone()?, true)),
                _ => Err("what `$EXTERNAL_NET` is where `$HOME_NET` is set is not modelled".into()),
            },
            _ => Err(format!("`${name}` is not defined in this source").into()),
        }
    }

    /// The ports that a text means.
    pub(super) fn ports(&self, text: &str) -> Fact<Vec<Span<u16>>> {
        let mut out = Vec::new();
        self.add_ports(text, DEPTH_MAX, &mut out)?;
        Ok(out)
    }

    fn add_ports(&self, text: &str, depth: usize, out: &mut Vec<Span<u16>>) -> Fact<()> {
        let text = text.trim();
        let no_port = || -> Missing { format!("`{text}` is no port").into() };
        if text.eq_ignore_ascii_case("any") {
            out.push(PORTS);
            return Ok(());
        }
        let depth = depth.checked_sub(1).ok_or_else(no_port)?;
        if out.len() > ITEMS_MAX {
            return Err(no_port());
        }
        if let Some(list) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return items(list).try_for_each(|item| self.add_ports(item, depth, out));
        }
        if let Some(name) = text.strip_prefix('$') {
            let sets = self.ports.as_ref().map_err(Clone::clone)?;
            let Some(texts) = sets.get(name) else {
                return Err(format!("`${name}` is not defined in this source").into());
            };
            return texts.iter().try_for_each(|item| self.add_ports(item, depth, out));
        }
        if text.starts_with('!') {
            return Err(format!("ports other than `{text}` are not modelled").into());
        }
        let number = |text: &str, otherwise: u16| match text.trim() {
            "" => Ok(otherwise),
            text => text.parse().map_err(|_| no_port()),
        };
        out.push(match text.split_once(':') {
            Some((first, last)) => Span { first: number(first, 0)?, last: number(last, u16::MAX)? },
            None => Span::one(text.parse().map_err(|_| no_port())?),
        });
        Ok(())
    }
}

enum Definition {
    Texts(Vec<String>),
    /// Ranges, or, where the flag is set, everything else.
    Ranges(Vec<IpNet>, bool),
}

/// The items of a list, those of lists within it in one piece.
fn items(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    list.split(move |letter| {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    })
    .filter(|item| !item.trim().is_empty())
}

/// Variables as a source writes them: a map from names to definitions, or Terraform's blocks with a key each.
fn sets(view: View<'_>, column: &str) -> Fact<Sets> {
    let text: Arc<str> = match view.cell(column) {
        Some(Cell::Text(text)) => text.clone(),
        other => {
            let why = other.and_then(|cell| cell.unknowns().into_iter().next()).map(ToString::to_string);
            return Err(why.unwrap_or_else(|| format!("`{column}` cannot be read")).into());
        }
    };
    let mut out = Sets::new();
    if text.is_empty() {
        return Ok(out);
    }
    let no_sets = || -> Missing { format!("`{column}` of `{}` cannot be read", view.row.resource).into() };
    let value: Value = serde_json::from_str(&text).map_err(|_| no_sets())?;
    match &value {
        Value::Object(map) => {
            for (name, definition) in map {
                out.insert(name.clone(), texts(definition));
            }
        }
        Value::Array(blocks) => {
            for block in blocks {
                let name = block.get("key").and_then(Value::as_str).ok_or_else(no_sets)?;
                let set = block.get("ip_set").or_else(|| block.get("port_set")).ok_or_else(no_sets)?;
                out.insert(name.to_owned(), texts(set));
            }
        }
        _ => return Err(no_sets()),
    }
    Ok(out)
}

/// Every text in a definition. JSON is read no deeper than its reader allows.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(map) => map.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
