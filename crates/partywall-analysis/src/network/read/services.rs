//! Interfaces that services have in subnets, as far as code tells: a live account shows them as what they are.

use std::sync::Arc;

use ipnet::IpNet;
use partywall_model::{Cause, Cell, Inventory, table};

use super::interfaces::{groups, somewhere};
use super::listeners::Listeners;
use super::view::{View, views};
use crate::network::address::range;
use crate::network::model::{Address, Fact, Interface, Name, Network, Subnet};

/// A kind of resource that has an interface in each of some subnets.
struct Service {
    table: &'static str,
    /// The column with what people call it.
    name: &'static str,
    /// The column with its subnets, or with the group of subnets that it uses.
    subnets: &'static str,
    /// The table of the group of subnets and its column, when there is one between.
    through: Option<(&'static str, &'static str)>,
    /// The column with its security groups; empty when it has none.
    groups: &'static str,
    public: Public,
}

/// How it is known whether it has public addresses.
#[derive(Clone, Copy)]
enum Public {
    Never,
    /// A column that is TRUE when it has.
    When(&'static str),
    /// A column that is `internet-facing` when it has.
    Scheme(&'static str),
}

const fn service(
    table: &'static str,
    name: &'static str,
    subnets: &'static str,
    groups: &'static str,
    public: Public,
) -> Service {
    Service { table, name, subnets, through: None, groups, public }
}

const fn grouped(
    table: &'static str,
    name: &'static str,
    (column, group, subnets): (&'static str, &'static str, &'static str),
    groups: &'static str,
    public: Public,
) -> Service {
    Service { table, name, subnets: column, through: Some((group, subnets)), groups, public }
}

/// The services. What each says of itself is in its table.
const SERVICES: [Service; 20] = [
    service("aws_ec2_application_load_balancer", "name", "subnets", "security_groups", Public::Scheme("scheme")),
    service("aws_ec2_network_load_balancer", "name", "subnets", "security_groups", Public::Scheme("scheme")),
    service("aws_ec2_classic_load_balancer", "name", "subnets", "security_groups", Public::Scheme("scheme")),
    service("aws_vpc_endpoint", "vpc_endpoint_id", "subnet_ids", "security_group_ids", Public::Never),
    service("aws_lambda_function", "name", "vpc_subnet_ids", "vpc_security_group_ids", Public::Never),
    service(
        "aws_ecs_service",
        "service_name",
        "network_configuration_subnets",
        "network_configuration_security_groups",
        Public::Never,
    ),
    service("aws_efs_mount_target", "mount_target_id", "subnet_id", "security_groups", Public::Never),
    service("aws_rds_db_proxy", "db_proxy_name", "vpc_subnet_ids", "vpc_security_group_ids", Public::Never),
    service("aws_opensearch_domain", "domain_name", "vpc_subnet_ids", "vpc_security_group_ids", Public::Never),
    service("aws_msk_cluster", "cluster_name", "client_subnets", "security_groups", Public::Never),
    service("aws_mq_broker", "broker_name", "subnet_ids", "security_groups", Public::When("publicly_accessible")),
    service(
        "aws_elasticache_serverless_cache",
        "serverless_cache_name",
        "subnet_ids",
        "security_group_ids",
        Public::Never,
    ),
    service("aws_fsx_file_system", "file_system_id", "subnet_ids", "security_group_ids", Public::Never),
    service(
        "aws_redshiftserverless_workgroup",
        "workgroup_name",
        "subnet_ids",
        "security_group_ids",
        Public::When("publicly_accessible"),
    ),
    grouped(
        "aws_rds_db_instance",
        "db_instance_identifier",
        ("db_subnet_group_name", "aws_rds_db_subnet_group", "subnet_ids"),
        "vpc_security_groups",
        Public::When("publicly_accessible"),
    ),
    grouped(
        "aws_docdb_cluster",
        "db_cluster_identifier",
        ("db_subnet_group", "aws_docdb_subnet_group", "subnet_ids"),
        "vpc_security_groups",
        Public::Never,
    ),
    grouped(
        "aws_neptune_db_cluster",
        "db_cluster_identifier",
        ("db_subnet_group", "aws_neptune_subnet_group", "subnet_ids"),
        "vpc_security_groups",
        Public::Never,
    ),
    grouped(
        "aws_elasticache_cluster",
        "cache_cluster_id",
        ("cache_subnet_group_name", "aws_elasticache_subnet_group", "subnet_ids"),
        "security_group_ids",
        Public::Never,
    ),
    grouped(
        "aws_elasticache_replication_group",
        "replication_group_id",
        ("cache_subnet_group_name", "aws_elasticache_subnet_group", "subnet_ids"),
        "security_group_ids",
        Public::Never,
    ),
    grouped(
        "aws_redshift_cluster",
        "cluster_identifier",
        ("cluster_subnet_group_name", "aws_redshift_subnet_group", "subnet_ids"),
        "vpc_security_groups",
        Public::When("publicly_accessible"),
    ),
];

/// Every interface that a service has; of a live account only when it does not show its interfaces.
pub(super) fn interfaces(
    inventory: &Inventory,
    network: &Network,
    listeners: &Listeners,
    all_are_shown: bool,
) -> Vec<Interface> {
    let mut out = Vec::new();
    for service in &SERVICES {
        let of_service = views(inventory, service.table).filter(|view| !(view.is_live() && all_are_shown));
        for view in of_service.filter(|view| is_in_network(*view)) {
            for subnet in subnets(inventory, service, view) {
                out.push(interface(network, listeners, service, view, subnet));
            }
        }
    }
    for view in views(inventory, "aws_ec2_autoscaling_group").filter(|view| !(view.is_live() && all_are_shown)) {
        let (subnets, more) = view.texts("vpc_zone_identifier");
        for subnet in subnets.into_iter().map(Ok).chain(more.map(Err)) {
            out.push(fleet_interface(inventory, network, view, subnet));
        }
    }
    out
}

/// The interface of the instances that a group keeps up in a subnet: as its launch template or configuration says.
fn fleet_interface(inventory: &Inventory, network: &Network, view: View<'_>, subnet: Fact<Arc<str>>) -> Interface {
    const PLANS: [(&str, &str, &str); 2] = [
        ("launch_template", "aws_ec2_launch_template", "vpc_security_group_ids"),
        ("launch_configuration_name", "aws_ec2_launch_configuration", "security_groups"),
    ];
    let mut plan = Err(format!("what `{}` launches is not known", view.row.resource).into());
    for (column, table, groups) in PLANS {
        match view.text(column) {
            Ok(name) if name.is_empty() => {}
            Ok(name) => {
                let found = views(inventory, table).find(|view| view.row.resource == name);
                plan = found.map(|plan| (plan, groups)).ok_or_else(|| format!("`{name}` is not in this source").into());
            }
            Err(missing) => plan = Err(missing),
        }
    }
    let owner = view.name("name");
    let short: Arc<str> = subnet.clone().unwrap_or_else(|_| "?".into());
    let subnet = subnet.and_then(|subnet| network.find(&network.subnets, &subnet).cloned());
    let (groups, more_groups) = match &plan {
        Ok((plan, column)) => groups(network, *plan, column, &subnet),
        Err(missing) => (Vec::new(), Some(missing.clone())),
    };
    let public = plan.and_then(|(plan, _)| public_of_fleet(network, plan, &subnet));
    let resource: Arc<str> = format!("{}/{short}", owner.resource).into();
    Interface {
        name: Name { short: resource.clone(), resource },
        owner,
        addresses: somewhere(&subnet, "0.0.0.0/0").map(|private| Address { private, public }).into_iter().collect(),
        delegated: Vec::new(),
        listens: None,
        balancer: None,
        subnet,
        groups,
        more_groups,
        is_unfiltered: false,
        checks_addresses: Ok(true),
        runs: Ok(true),
        refuses_internet_v6: false,
        kind: "interface".into(),
        doubt: view.doubt(),
    }
}

fn public_of_fleet(network: &Network, plan: View<'_>, subnet: &Fact<Arc<Subnet>>) -> Fact<Option<IpNet>> {
    let has = match plan.cell("associate_public_ip_address") {
        Some(Cell::Boolean(has)) => *has,
        Some(Cell::Unknown(unknown)) if unknown.cause != Cause::ServiceDecides => {
            return Err(unknown.to_string().into());
        }
        _ => match network.gives_public.get(&subnet.as_ref().map_err(Clone::clone)?.name.resource) {
            Some(gives) => gives.clone()?,
            None => false,
        },
    };
    Ok(if has { range("0.0.0.0/0") } else { None })
}

/// Gateway endpoints are routes, not interfaces.
fn is_in_network(view: View<'_>) -> bool {
    view.table.name != "aws_vpc_endpoint"
        || view.set("vpc_endpoint_type").is_some_and(|kind| kind.as_ref() != "Gateway")
}

fn subnets(inventory: &Inventory, service: &Service, view: View<'_>) -> Vec<Fact<Arc<str>>> {
    let list = |view: View<'_>, column: &str| {
        let (names, more) = match view.text(column) {
            Ok(one) if !one.is_empty() => (vec![one], None),
            _ => view.texts(column),
        };
        names.into_iter().map(Ok).chain(more.map(Err)).collect()
    };
    let Some((group, column)) = service.through else { return list(view, service.subnets) };
    match view.text(service.subnets) {
        Ok(name) if name.is_empty() => Vec::new(),
        Ok(name) => match views(inventory, group).find(|view| view.row.resource == name) {
            Some(group) => list(group, column),
            None => vec![Err(format!("the subnets of `{name}` are not in this source").into())],
        },
        Err(missing) => vec![Err(missing)],
    }
}

fn interface(
    network: &Network,
    listeners: &Listeners,
    service: &Service,
    view: View<'_>,
    subnet: Fact<Arc<str>>,
) -> Interface {
    let owner = view.name(if table(service.table).is_some() { service.name } else { "" });
    let short: Arc<str> = match &subnet {
        Ok(name) => name.clone(),
        Err(_) => "?".into(),
    };
    let subnet = subnet.and_then(|subnet| network.find(&network.subnets, &subnet).cloned());
    let is_network_balancer = view.table.name == "aws_ec2_network_load_balancer";
    let (groups, more_groups) = match view.texts(service.groups) {
        (names, None) if names.is_empty() && is_network_balancer => (Vec::new(), None),
        _ => groups(network, view, service.groups, &subnet),
    };
    let kind = match view.table.name {
        "aws_vpc_endpoint" => "vpc_endpoint",
        "aws_ec2_network_load_balancer" => "network_load_balancer",
        "aws_ec2_application_load_balancer" | "aws_ec2_classic_load_balancer" => "load_balancer",
        "aws_lambda_function" => "lambda",
        _ => "interface",
    };
    let public = public(service.public, view);
    let resource: Arc<str> = format!("{}/{short}", owner.resource).into();
    Interface {
        name: Name { short: resource.clone(), resource },
        owner,
        addresses: somewhere(&subnet, "0.0.0.0/0").map(|private| Address { private, public }).into_iter().collect(),
        delegated: Vec::new(),
        listens: listeners.of_balancer(view),
        balancer: listeners.is_balancer(view).then(|| view.row.resource.clone()),
        subnet,
        is_unfiltered: groups.is_empty() && more_groups.is_none() && is_network_balancer,
        groups,
        more_groups,
        checks_addresses: Ok(true),
        runs: Ok(true),
        refuses_internet_v6: kind == "vpc_endpoint",
        kind: kind.into(),
        doubt: view.doubt(),
    }
}

fn public(public: Public, view: View<'_>) -> Fact<Option<IpNet>> {
    let has = match public {
        Public::Never => false,
        Public::When(column) => view.boolean(column)?,
        Public::Scheme(column) => view.text(column)?.as_ref() == "internet-facing",
    };
    Ok(if has { range("0.0.0.0/0") } else { None })
}
