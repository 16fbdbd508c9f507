//! Transit gateways, their attachments and tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Inventory, ResourceKey};

use super::filters::prefix_list;
use super::view::{View, no_range, views};
use crate::network::address::range;
use crate::network::model::{
    AttachedTo, Attachment, Destination, Fact, Missing, Name, Network, TransitGateway, TransitRoute, TransitTable,
};

/// Tables that must be seen to know where a transit gateway sends traffic.
const NEEDED: [&str; 3] =
    ["aws_ec2_transit_gateway_vpc_attachment", "aws_ec2_transit_gateway_route_table", "aws_ec2_transit_gateway_route"];

/// A transit gateway while it is put together.
struct Draft {
    name: Name,
    is_live: bool,
    account: Fact<Arc<str>>,
    references_groups: Fact<bool>,
    doubt: Option<Missing>,
    joins_default: bool,
}

pub(super) fn transit_gateways(inventory: &Inventory, network: &mut Network) {
    let drafts = drafts(inventory, network);
    let attachments = attachments(inventory, network);
    for (_, attachment) in &attachments {
        network.aliases.insert(attachment.name.short.clone(), attachment.name.resource.clone());
    }
    let routes = routes(inventory, network);
    let mut gateways = BTreeMap::new();
    for (resource, draft) in drafts {
        let own = |of: &Fact<Arc<str>>| of.as_ref().is_ok_and(|of| network.is_same(of, &resource));
        let mut tables: Vec<TransitTable> = views(inventory, "aws_ec2_transit_gateway_route_table")
            .filter(|view| own(&view.reference("transit_gateway_id")))
            .map(|view| table(view, &routes))
            .collect();
        if !draft.is_live && draft.joins_default {
            tables.push(default_table(inventory, &draft.name, &tables, &routes, &own));
        }
        let unseen = NEEDED.iter().find_map(|table| network.unseen_of(table, &draft.account)).filter(|_| draft.is_live);
        let gateway = TransitGateway {
            attachments: attachments
                .iter()
                .filter(|(of, _)| own(of))
                .map(|(_, attachment)| attachment.clone())
                .collect(),
            tables,
            references_groups: draft.references_groups,
            more: draft.doubt.or_else(|| unseen.cloned()),
            name: draft.name,
        };
        gateways.insert(resource, Arc::new(gateway));
    }
    network.transit_gateways = gateways;
}

/// Every transit gateway that is shown or named by what belongs to it.
fn drafts(inventory: &Inventory, network: &mut Network) -> BTreeMap<ResourceKey, Draft> {
    let mut drafts = BTreeMap::new();
    for view in views(inventory, "aws_ec2_transit_gateway") {
        let name = view.name("transit_gateway_id");
        network.aliases.insert(name.short.clone(), name.resource.clone());
        let draft = Draft {
            is_live: view.is_live(),
            account: view.text("account_id"),
            references_groups: view.text("security_group_referencing_support").map(|word| word.as_ref() == "enable"),
            doubt: view.doubt(),
            joins_default: view.text("default_route_table_association").is_ok_and(|word| word.as_ref() == "enable"),
            name: name.clone(),
        };
        drafts.insert(name.resource, draft);
    }
    for view in NEEDED.iter().take(2).flat_map(|table| views(inventory, table)) {
        let Ok(name) = view.reference("transit_gateway_id") else { continue };
        let resource = network.resolve(&name).clone();
        drafts.entry(resource.clone()).or_insert_with(|| Draft {
            is_live: view.is_live(),
            // Whose it is, its attachments do not tell.
            account: Err("".into()),
            references_groups: Err(format!("`{name}` is not in this source").into()),
            doubt: None,
            joins_default: false,
            name: Name { resource, short: name },
        });
    }
    drafts
}

/// Attachments, with the transit gateway of each.
fn attachments(inventory: &Inventory, network: &Network) -> Vec<(Fact<Arc<str>>, Arc<Attachment>)> {
    let mut out = Vec::new();
    let state = |view: View<'_>| match view.doubt() {
        Some(missing) => Err(missing),
        None if view.is_live() => view.text("state").map(|state| matches!(state.as_ref(), "available" | "modifying")),
        None => Ok(true),
    };
    for view in views(inventory, "aws_ec2_transit_gateway_vpc_attachment") {
        let name = view.name("transit_gateway_attachment_id");
        let (subnets, more) = view.texts("subnet_ids");
        let subnets = subnets.iter().map(|subnet| network.find(&network.subnets, subnet).cloned()).chain(more.map(Err));
        let enables = |column: &str| view.text(column).map(|word| word.as_ref() == "enable");
        let attachment = Attachment {
            to: AttachedTo::Vpc { vpc: view.reference("vpc_id"), subnets: subnets.collect() },
            is_available: state(view),
            references_groups: enables("security_group_referencing_support"),
            keeps_zone: enables("appliance_mode_support"),
            announces_v6: enables("ipv6_support"),
            name,
        };
        out.push((view.reference("transit_gateway_id"), Arc::new(attachment)));
    }
    for view in views(inventory, "aws_ec2_transit_gateway_peering_attachment") {
        let (asks, asked) = (view.reference("transit_gateway_id"), view.reference("peer_transit_gateway_id"));
        for (own, other) in [(asks.clone(), asked.clone()), (asked, asks)] {
            let attachment = Attachment {
                name: view.name("transit_gateway_attachment_id"),
                to: AttachedTo::Gateway(other),
                is_available: state(view),
                references_groups: Ok(false),
                keeps_zone: Ok(false),
                announces_v6: Ok(true),
            };
            out.push((own, Arc::new(attachment)));
        }
    }
    out
}

/// Routes by the table that they name; '' for the gateway's default table in code.
type Routes = BTreeMap<Arc<str>, Vec<TransitRoute>>;

fn routes(inventory: &Inventory, network: &Network) -> Routes {
    let mut by_table = Routes::new();
    for view in views(inventory, "aws_ec2_transit_gateway_route") {
        let destination = match (view.text("destination_cidr_block"), view.text("prefix_list_id")) {
            (Ok(text), _) if !text.is_empty() => range(&text).map(Destination::Range).ok_or_else(|| no_range(&text)),
            (_, Ok(list)) if !list.is_empty() => Ok(Destination::List(prefix_list(network, &list))),
            (Err(missing), _) | (_, Err(missing)) => Err(missing),
            _ => Err(format!("`{}` names no destination", view.row.resource).into()),
        };
        let (attachments, more) = view.texts("transit_gateway_attachment_ids");
        let is_blackhole = view.boolean("blackhole") == Ok(true);
        let route = TransitRoute {
            resource: view.row.resource.clone(),
            destination,
            attachments: attachments.into_iter().map(Ok).chain(more.map(Err)).filter(|_| !is_blackhole).collect(),
            is_propagated: view.text("type").as_deref() == Ok("propagated"),
            doubt: view.doubt().or_else(|| view.boolean("blackhole").err()),
        };
        match view.text("transit_gateway_route_table_id") {
            Ok(table) => by_table.entry(table).or_default().push(route),
            Err(missing) => {
                let doubtful = TransitRoute { doubt: Some(missing), ..route };
                by_table.entry("?".into()).or_default().push(doubtful);
            }
        }
    }
    by_table
}

fn of_table(routes: &Routes, names: &[&str]) -> Vec<TransitRoute> {
    names.iter().chain(&["?"]).filter_map(|name| routes.get(*name)).flatten().cloned().collect()
}

fn table(view: View<'_>, routes: &Routes) -> TransitTable {
    let name = view.name("transit_gateway_route_table_id");
    let list = |column: &str| -> Vec<Fact<Arc<str>>> {
        let (names, more) = view.texts(column);
        names.into_iter().map(Ok).chain(more.map(Err)).collect()
    };
    TransitTable {
        associations: list("associations"),
        propagations: list("propagations"),
        routes: of_table(routes, &[&name.resource, &name.short]),
        lists_propagated: view.is_live(),
        more: view.doubt(),
        name,
    }
}

/// The table that AWS makes with a gateway, which code does not declare: attachments join it and announce to it unless
/// they say otherwise.
/// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html>
fn default_table(
    inventory: &Inventory,
    gateway: &Name,
    declared: &[TransitTable],
    routes: &Routes,
    own: &dyn Fn(&Fact<Arc<str>>) -> bool,
) -> TransitTable {
    let elsewhere = |name: &Arc<str>| {
        declared.iter().any(|table| table.associations.iter().any(|other| other.as_ref() == Ok(name)))
    };
    let mut out = TransitTable {
        name: Name {
            resource: gateway.resource.clone(),
            short: format!("default route table of {}", gateway.short).into(),
        },
        associations: Vec::new(),
        propagations: Vec::new(),
        routes: of_table(routes, &["", &gateway.resource, &gateway.short]),
        lists_propagated: false,
        more: None,
    };
    for view in views(inventory, "aws_ec2_transit_gateway_vpc_attachment")
        .filter(|view| own(&view.reference("transit_gateway_id")))
    {
        let attachment = view.row.resource.clone();
        let fact = |column: &str| match view.boolean(column) {
            Ok(true) => Some(Ok(attachment.clone())),
            Ok(false) => None,
            Err(missing) => Some(Err(missing)),
        };
        out.associations.extend(fact("default_route_table_association").filter(|_| !elsewhere(&attachment)));
        out.propagations.extend(fact("default_route_table_propagation"));
    }
    out
}
