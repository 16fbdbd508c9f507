//! Route tables, and which one each subnet and gateway uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Inventory, ResourceKey};

use super::filters::prefix_list;
use super::view::{View, no_range, views};
use crate::network::address::range;
use crate::network::model::{Destination, Fact, Missing, Name, Network, PrefixList, Route, RouteTable, Target};

/// The name of a table, by what is associated with it.
type Associated = BTreeMap<Arc<str>, Fact<Arc<str>>>;

/// Which table is whose.
pub(super) struct Tables {
    by_resource: BTreeMap<Arc<str>, Arc<RouteTable>>,
    /// The main table of each network.
    main: BTreeMap<Arc<str>, Arc<RouteTable>>,
    /// The table's name, by what is associated with it: subnets and gateways.
    associated: Associated,
    /// Why further associations may exist.
    more: Option<Missing>,
}

impl Tables {
    /// The table that a subnet uses: its own, or the network's main one.
    pub(super) fn of_subnet(&self, subnet: &Arc<str>, id: &Arc<str>, vpc: Fact<&Arc<str>>) -> Fact<Arc<RouteTable>> {
        if let Some(table) = self.associated.get(subnet).or_else(|| self.associated.get(id)) {
            return self.named(table);
        }
        if let Some(missing) = &self.more {
            return Err(missing.clone());
        }
        let vpc = vpc?;
        self.main.get(vpc).cloned().ok_or_else(|| format!("no main route table of `{vpc}` is in this source").into())
    }

    /// The table that directs what enters through a gateway.
    pub(super) fn of_gateway(&self, gateway: &Arc<str>, id: &Arc<str>) -> Option<Fact<Arc<RouteTable>>> {
        let table = self.associated.get(gateway).or_else(|| self.associated.get(id))?;
        Some(self.named(table))
    }

    fn named(&self, table: &Fact<Arc<str>>) -> Fact<Arc<RouteTable>> {
        let table = table.clone()?;
        let found = self.by_resource.get(&table).or_else(|| self.main.get(&table));
        found.cloned().ok_or_else(|| format!("the route table `{table}` is not in this source").into())
    }
}

pub(super) fn tables(inventory: &Inventory, network: &Network) -> Tables {
    let (routes, adrift) = routes(inventory, network);
    let mut by_resource = BTreeMap::new();
    let mut main: BTreeMap<Arc<str>, Arc<RouteTable>> = BTreeMap::new();
    for view in views(inventory, "aws_vpc_route_table") {
        let name = view.name("route_table_id");
        let vpc = view.set("vpc_id").or_else(|| view.set("default_route_table_id"));
        let vpc = vpc.filter(|_| view.boolean("is_main") == Ok(true));
        let owners = [Some(&name.resource), vpc.as_ref()];
        let mut own: Vec<Route> =
            owners.into_iter().flatten().filter_map(|owner| routes.get(owner)).flatten().cloned().collect();
        own.extend(adrift.iter().cloned());
        own.extend(announced(view));
        let table = Arc::new(RouteTable { name: name.clone(), routes: own, more_routes: view.doubt() });
        if let Some(vpc) = vpc {
            main.insert(vpc, table.clone());
        }
        by_resource.insert(name.short, table.clone());
        by_resource.insert(name.resource, table);
    }
    for view in views(inventory, "aws_vpc").filter(|view| !view.is_live()) {
        let vpc = &view.row.resource;
        main.entry(vpc.clone()).or_insert_with(|| {
            let short = format!("main route table of {}", view.name("vpc_id").short).into();
            let mut own = routes.get(vpc).cloned().unwrap_or_default();
            own.extend(adrift.iter().cloned());
            Arc::new(RouteTable { name: Name { resource: vpc.clone(), short }, routes: own, more_routes: None })
        });
    }
    let (associated, more) = associations(inventory);
    endpoint_routes(inventory, network, &mut by_resource, &mut main);
    Tables { by_resource, main, associated, more }
}

/// Code does not show what virtual private gateways announce.
fn announced(view: View<'_>) -> Vec<Route> {
    let (gateways, more) = view.texts("propagating_vgws");
    if view.is_live() || (gateways.is_empty() && more.is_none()) {
        return Vec::new();
    }
    let missing: Missing = more.unwrap_or_else(|| {
        format!("what `{}` announces to `{}` is known only in a live account", gateways.join("`, `"), view.row.resource)
            .into()
    });
    let target =
        gateways.first().map_or_else(|| Err(missing.clone()), |gateway| Ok(Target::VpnGateway(gateway.clone())));
    let resource = view.row.resource.clone();
    vec![Route { resource, destination: Err(missing), target, is_blackhole: false, is_propagated: true, doubt: None }]
}

/// Routes by the table that they name, and those of which it is not known which.
fn routes(inventory: &Inventory, network: &Network) -> (BTreeMap<Arc<str>, Vec<Route>>, Vec<Route>) {
    let mut by_table: BTreeMap<Arc<str>, Vec<Route>> = BTreeMap::new();
    let mut adrift = Vec::new();
    let kinds = gateway_kinds(inventory);
    for view in views(inventory, "aws_vpc_route") {
        let Some(mut route) = route(view, network) else { continue };
        if let Ok(Target::Other("gateway", name)) = &route.target {
            let target = gateway_kind(&kinds, name, &route.destination);
            if let (Target::GatewayEndpoint(_), Ok(Destination::List(list))) = (&target, &route.destination) {
                route.destination = Ok(Destination::List(of_service(list)));
            }
            route.target = Ok(target);
        }
        match view.reference("route_table_id") {
            Ok(table) => by_table.entry(table).or_default().push(route),
            Err(missing) => {
                route.doubt = Some(missing);
                adrift.push(route);
            }
        }
    }
    (by_table, adrift)
}

/// What a name means in a column.
type ToTarget = fn(Arc<str>) -> Target;

/// The columns that may hold a route's target.
const TARGETS: [(&str, ToTarget); 11] = [
    ("gateway_id", gateway),
    ("nat_gateway_id", Target::Nat),
    ("egress_only_internet_gateway_id", Target::EgressOnly),
    ("network_interface_id", Target::Interface),
    ("instance_id", Target::Interface),
    ("transit_gateway_id", Target::TransitGateway),
    ("vpc_peering_connection_id", Target::Peering),
    ("vpc_endpoint_id", Target::ApplianceEndpoint),
    ("carrier_gateway_id", |name| Target::Other("carrier gateway", name)),
    ("local_gateway_id", |name| Target::Other("local gateway", name)),
    ("core_network_arn", |name| Target::Other("core network", name)),
];

/// What a gateway column means, as far as the name tells: what kind of gateway it names, `gateway_kind` knows.
fn gateway(name: Arc<str>) -> Target {
    if name.as_ref() == "local" { Target::Local } else { Target::Other("gateway", name) }
}

/// The kinds of gateways that one column names: the table that lists them, how their ids begin, and what they are.
const GATEWAYS: [(&str, &str, &str, ToTarget); 3] = [
    ("aws_vpc_internet_gateway", "internet_gateway_id", "igw-", Target::InternetGateway),
    ("aws_vpc_vpn_gateway", "vpn_gateway_id", "vgw-", Target::VpnGateway),
    ("aws_vpc_endpoint", "vpc_endpoint_id", "vpce-", Target::ApplianceEndpoint),
];

/// Names of gateways of every kind.
type GatewayKinds = BTreeMap<Arc<str>, ToTarget>;

fn gateway_kinds(inventory: &Inventory) -> GatewayKinds {
    let mut kinds = GatewayKinds::new();
    for (table, column, _, kind) in GATEWAYS {
        for view in views(inventory, table) {
            let is_service =
                view.table.name == "aws_vpc_endpoint" && view.text("vpc_endpoint_type").as_deref() == Ok("Gateway");
            let kind = if is_service { Target::GatewayEndpoint } else { kind };
            kinds.insert(view.name(column).short, kind);
            kinds.insert(view.row.resource.clone(), kind);
        }
    }
    kinds
}

/// What kind of gateway a name means: as the source declares it, or as its id begins.
fn gateway_kind(kinds: &GatewayKinds, name: &Arc<str>, destination: &Fact<Destination>) -> Target {
    if let Some(kind) = kinds.get(name) {
        return kind(name.clone());
    }
    let id = name.rsplit('/').next().unwrap_or(name);
    match GATEWAYS.iter().find(|(_, _, start, _)| id.starts_with(start)) {
        // Only a service's endpoint is the target of a prefix list.
        Some((_, _, "vpce-", _)) if matches!(destination, Ok(Destination::List(_))) => {
            Target::GatewayEndpoint(name.clone())
        }
        Some((_, _, _, kind)) => kind(name.clone()),
        None => Target::Other("gateway", name.clone()),
    }
}

fn route(view: View<'_>, network: &Network) -> Option<Route> {
    let target = target(view);
    // Every table has these; the network's own ranges say the same.
    if target == Ok(Target::Local) {
        return None;
    }
    let destination = destination(view, network);
    let state = view.set("state").unwrap_or_default();
    Some(Route {
        resource: view.row.resource.clone(),
        destination,
        target,
        is_blackhole: state.as_ref() == "blackhole",
        is_propagated: view.set("origin").is_some_and(|origin| origin.as_ref() == "EnableVgwRoutePropagation"),
        doubt: view.doubt(),
    })
}

fn destination(view: View<'_>, network: &Network) -> Fact<Destination> {
    let mut unknown = None;
    for column in ["destination_cidr_block", "destination_ipv6_cidr_block"] {
        match view.text(column) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => return range(&text).map(Destination::Range).ok_or_else(|| no_range(&text)),
            Err(missing) => unknown = Some(missing),
        }
    }
    match view.text("destination_prefix_list_id") {
        Ok(id) if !id.is_empty() => Ok(Destination::List(prefix_list(network, &id))),
        Err(missing) => Err(unknown.unwrap_or(missing)),
        Ok(_) => Err(unknown.unwrap_or_else(|| format!("`{}` names no destination", view.row.resource).into())),
    }
}

fn target(view: View<'_>) -> Fact<Target> {
    let mut unknown = None;
    for (column, kind) in TARGETS {
        match view.text(column) {
            Ok(name) if name.is_empty() => {}
            Ok(name) => return Ok(kind(name)),
            Err(missing) => unknown = unknown.or(Some((kind(missing.clone()), missing))),
        }
    }
    match unknown {
        Some((_, missing)) => Err(missing),
        None => Err(format!("`{}` names no target that is known", view.row.resource).into()),
    }
}

/// Which subnet or gateway is associated with which table, and why there may be more.
fn associations(inventory: &Inventory) -> (Associated, Option<Missing>) {
    let mut associated = BTreeMap::new();
    let mut more = None;
    for view in views(inventory, "aws_vpc_route_table_association") {
        let table = match view.doubt() {
            Some(missing) => Err(missing),
            None => view.reference("route_table_id"),
        };
        for column in ["subnet_id", "gateway_id"] {
            match view.text(column) {
                Ok(name) if !name.is_empty() => {
                    associated.insert(name, table.clone());
                }
                Ok(_) => {}
                Err(missing) => more = Some(missing),
            }
        }
    }
    (associated, more)
}

/// In code, an endpoint names the tables that lead to it; a live account shows the routes.
fn endpoint_routes(
    inventory: &Inventory,
    network: &Network,
    by_resource: &mut BTreeMap<Arc<str>, Arc<RouteTable>>,
    main: &mut BTreeMap<Arc<str>, Arc<RouteTable>>,
) {
    let mut added: BTreeMap<ResourceKey, Vec<Route>> = BTreeMap::new();
    for view in views(inventory, "aws_vpc_endpoint").filter(|view| !view.is_live()) {
        if view.set("vpc_endpoint_type").is_some_and(|kind| kind.as_ref() != "Gateway") {
            continue;
        }
        let service = view.text("service_name");
        let list = service.clone().map(|service| Destination::List(service_list(network, &service)));
        let route = Route {
            resource: view.row.resource.clone(),
            destination: list,
            target: Ok(Target::GatewayEndpoint(view.row.resource.clone())),
            is_blackhole: false,
            is_propagated: false,
            doubt: view.doubt(),
        };
        for table in view.texts("route_table_ids").0 {
            added.entry(table).or_default().push(route.clone());
        }
    }
    for tables in [by_resource, main] {
        for table in tables.values_mut() {
            let Some(routes) = added.get(&table.name.resource) else { continue };
            let mut with = RouteTable {
                name: table.name.clone(),
                routes: table.routes.clone(),
                more_routes: table.more_routes.clone(),
            };
            with.routes.extend(routes.iter().cloned());
            *table = Arc::new(with);
        }
    }
}

/// A list that leads to a gateway endpoint, which only services' lists do.
fn of_service(list: &Arc<PrefixList>) -> Arc<PrefixList> {
    if list.is_service {
        return list.clone();
    }
    let PrefixList { name, title, ranges, .. } = &**list;
    Arc::new(PrefixList { name: name.clone(), title: title.clone(), ranges: ranges.clone(), is_service: true })
}

/// The prefix list of a service's gateway endpoint, which is called as the service is.
fn service_list(network: &Network, service: &Arc<str>) -> Arc<PrefixList> {
    let known = network.prefix_lists.values().find(|list| list.title == *service);
    known.cloned().unwrap_or_else(|| prefix_list(network, service))
}
