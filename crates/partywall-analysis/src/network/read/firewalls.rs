//! Firewalls, their endpoints, policies and rule groups.

mod stateful;
mod stateless;
mod variables;

use std::sync::Arc;

use partywall_model::Inventory;

use super::view::{Fields, View, views};
use crate::network::address::range;
use crate::network::firewall::{Addresses, FirewallEndpoint, FirewallPolicy, FirewallRule, Verdict};
use crate::network::headers::Headers;
use crate::network::model::{Fact, Missing, Name, Network, Subnet};
use variables::Variables;

/// A group of rules that a policy names, with its place in the order.
struct Named<'i> {
    name: Fact<Arc<str>>,
    priority: Fact<i64>,
    group: Option<View<'i>>,
    /// Set when it is not known what the policy makes of it.
    doubt: Option<Missing>,
}

pub(super) fn firewalls(inventory: &Inventory, network: &mut Network) {
    for view in views(inventory, "aws_networkfirewall_firewall") {
        let firewall = view.name("name");
        let policy = policy(inventory, network, view).map(Arc::new);
        let (shown, more) = view.structs("endpoints");
        let ids = shown.into_iter().map(|fields| (fields.text("endpoint_id"), fields));
        let known: Vec<_> =
            ids.filter_map(|(id, fields)| Some((id.ok().filter(|id| !id.is_empty())?, fields))).collect();
        for (id, fields) in &known {
            let subnet = fields.text("subnet_id").and_then(|subnet| network.find(&network.subnets, &subnet).cloned());
            let state = fields.text("status").unwrap_or_default();
            let is_ready = matches!(state.as_ref(), "" | "READY");
            let doubt = (!is_ready).then(|| format!("the endpoint `{id}` is {state}").into());
            let name = Name { resource: id.clone(), short: id.clone() };
            let endpoint = FirewallEndpoint {
                name,
                firewall: firewall.clone(),
                subnet,
                policy: policy.clone(),
                doubt: doubt.or_else(|| view.doubt()),
            };
            network.firewall_endpoints.insert(id.clone(), Arc::new(endpoint));
        }
        // Code names the firewall where a live account has the id of one of its endpoints.
        if known.is_empty() && !view.is_live() {
            let endpoint = FirewallEndpoint {
                name: firewall.clone(),
                subnet: only_subnet(network, view),
                firewall: firewall.clone(),
                policy,
                doubt: more.filter(|_| view.is_live()).or_else(|| view.doubt()),
            };
            network.firewall_endpoints.insert(firewall.resource.clone(), Arc::new(endpoint));
        }
    }
}

/// The subnet of a firewall's endpoints, if it has one, or if its subnets treat packets alike.
fn only_subnet(network: &Network, view: View<'_>) -> Fact<Arc<Subnet>> {
    let (names, more) = view.texts("subnet_ids");
    if let Some(missing) = more {
        return Err(missing);
    }
    match names.as_slice() {
        [only] => network.find(&network.subnets, only).cloned(),
        _ => Err("to which of the firewall's endpoints the route leads is known only in a live account".into()),
    }
}

fn policy(inventory: &Inventory, network: &Network, firewall: View<'_>) -> Fact<FirewallPolicy> {
    let reference = firewall.reference("firewall_policy_arn")?;
    let mut policies = views(inventory, "aws_networkfirewall_firewall_policy");
    let view = policies.find(|view| view.row.resource == reference);
    let view =
        view.ok_or_else(|| -> Missing { format!("the firewall policy `{reference}` is not in this source").into() })?;
    if let Some(missing) = view.doubt() {
        return Err(missing);
    }
    let home = firewall.reference("vpc_id").and_then(|vpc| {
        let vpc = network.find(&network.vpcs, &vpc)?;
        vpc.more_ranges.clone().map_or_else(|| Ok(vpc.ranges.clone()), Err)
    });
    let (groups, more) = groups(inventory, view, "stateless_rule_groups");
    let stateless_default = match more {
        Some(missing) => Err(missing),
        None => stateless::verdict(&view.texts("stateless_default_actions")),
    };
    let stateless = groups.iter().flat_map(stateless::rules).collect();
    let (groups, more) = groups_in_order(inventory, view);
    let variables = |group: View<'_>| Variables::new(view, group, &home);
    let order = view.text("stateful_rule_order");
    let is_strict = order.as_deref() != Ok("DEFAULT_ACTION_ORDER");
    let mut stateful: Vec<FirewallRule> =
        groups.iter().flat_map(|group| stateful::rules(group, is_strict, &variables)).collect();
    let stateful_default = match (more, &order) {
        (Some(missing), _) => Err(missing),
        (None, Err(missing)) => Err(missing.clone()),
        (None, Ok(order)) if order.as_ref() == "STRICT_ORDER" => {
            stateful::default(&view.texts("stateful_default_actions"))
        }
        (None, Ok(_)) => Ok(Verdict::Pass),
    };
    match &order {
        Ok(order) if order.as_ref() == "STRICT_ORDER" => {}
        Ok(_) => stateful::by_action(&mut stateful),
        Err(missing) => stateful.iter_mut().for_each(|rule| rule.doubt = Some(Arc::clone(missing))),
    }
    Ok(FirewallPolicy { name: view.name("name"), stateless, stateless_default, stateful, stateful_default })
}

/// The groups that a policy names in a column, in order; then why there may be more.
fn groups<'i>(inventory: &'i Inventory, policy: View<'i>, column: &str) -> (Vec<Named<'i>>, Option<Missing>) {
    let (fields, more) = policy.structs(column);
    let mut out: Vec<Named<'i>> = fields.into_iter().map(|fields| named(inventory, fields)).collect();
    out.sort_by_key(|group| group.priority.clone().unwrap_or(i64::MIN));
    (out, more)
}

/// As `groups`, of the stateful ones, with what a policy overrides.
fn groups_in_order<'i>(inventory: &'i Inventory, policy: View<'i>) -> (Vec<Named<'i>>, Option<Missing>) {
    let column = "stateful_rule_groups";
    let (mut out, more) = groups(inventory, policy, column);
    let overrides = policy.structs(column).0;
    for group in &mut out {
        let own = overrides.iter().find(|fields| fields.text("rule_group") == group.name);
        let action = own.map(|fields| fields.text("override_action"));
        if action.is_some_and(|action| action.is_ok_and(|action| !action.is_empty())) {
            group.doubt = group.doubt.clone().or_else(|| Some("the policy overrides what the rule group does".into()));
        }
    }
    (out, more)
}

fn named<'i>(inventory: &'i Inventory, fields: Fields<'i>) -> Named<'i> {
    let name = fields.text("rule_group");
    let group = name
        .as_ref()
        .ok()
        .and_then(|name| views(inventory, "aws_networkfirewall_rule_group").find(|group| group.row.resource == *name));
    let priority = fields.integer("priority");
    let doubt = priority.clone().err().or_else(|| group.and_then(View::doubt));
    Named { name, priority, group, doubt }
}

/// Stands for the rules of a group that the source does not show, such as one that AWS keeps.
fn unseen(group: &Named<'_>) -> FirewallRule {
    let missing: Missing = match &group.name {
        Ok(name) => format!("the rules of `{name}` are not in this source").into(),
        Err(missing) => missing.clone(),
    };
    FirewallRule {
        resource: group.name.clone().unwrap_or_else(|_| "?".into()),
        verdict: Err(missing.clone()),
        source: Ok(Addresses::ANY),
        destination: Ok(Addresses::ANY),
        headers: Ok(Headers::all()),
        doubt: Some(missing),
    }
}

fn no_address(text: &str) -> Missing {
    format!("`{text}` is no range of addresses").into()
}

fn addresses(texts: &[Arc<str>]) -> Fact<Vec<ipnet::IpNet>> {
    texts.iter().map(|text| range(text).ok_or_else(|| no_address(text))).collect()
}
