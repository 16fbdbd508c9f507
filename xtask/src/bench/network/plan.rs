//! Two Terraform plans of many networks, of which one opens a port more.

use std::path::{Path, PathBuf};

use miette::IntoDiagnostic;
use serde_json::{Map, Value, json};

/// Resources of one network besides its machines, and machines.
const FRAME: usize = 21;
const MACHINES: usize = 79;

/// Writes the plans and answers where they are.
pub(super) fn write(folder: &Path, resources: usize) -> miette::Result<[PathBuf; 2]> {
    std::fs::create_dir_all(folder).into_diagnostic()?;
    let paths = ["before", "after"].map(|name| folder.join(format!("{name}-{resources}.json")));
    for (path, port) in paths.iter().zip([443, 22]) {
        let plan = plan(resources.div_ceil(FRAME + MACHINES), port);
        std::fs::write(path, plan.to_string()).into_diagnostic()?;
    }
    Ok(paths)
}

/// The resources of a plan, with what they refer to.
#[derive(Default)]
struct Plan {
    values: Vec<Value>,
    configuration: Vec<Value>,
    changes: Vec<Value>,
}

impl Plan {
    /// Adds a resource: what is known of it, and which arguments are the id of which other one.
    fn add(&mut self, kind: &str, name: &str, known: Value, ids: &[(&str, &str)]) {
        let address = format!("{kind}.{name}");
        let mut unknown = Map::from_iter([("id".to_owned(), json!(true))]);
        let mut expressions = Map::new();
        for (argument, other) in ids {
            let is_known_after = if argument.ends_with("_ids") { json!([true]) } else { json!(true) };
            unknown.insert((*argument).to_owned(), is_known_after);
            expressions.insert((*argument).to_owned(), json!({"references": [format!("{other}.id"), other]}));
        }
        let head = json!({"address": address, "mode": "managed", "type": kind, "name": name});
        let with = |more: Value| {
            let mut out = head.clone();
            if let (Some(out), Some(more)) = (out.as_object_mut(), more.as_object()) {
                out.extend(more.clone());
            }
            out
        };
        self.values.push(with(json!({"values": known, "provider_name": "registry.terraform.io/hashicorp/aws"})));
        self.configuration.push(with(json!({"expressions": expressions, "provider_config_key": "aws"})));
        let change = json!({"actions": ["create"], "before": null, "after": known, "after_unknown": unknown});
        self.changes.push(with(json!({"change": change})));
    }

    fn add_network(&mut self, number: usize, port: u16) {
        let vpc = format!("aws_vpc.v{number}");
        let own = |name: &str| format!("{name}{number}");
        self.add("aws_vpc", &own("v"), json!({"cidr_block": format!("10.{number}.0.0/16")}), &[]);
        self.add("aws_internet_gateway", &own("out"), json!({}), &[("vpc_id", &vpc)]);
        for tier in ["public", "private"] {
            self.add("aws_route_table", &own(tier), json!({}), &[("vpc_id", &vpc)]);
        }
        let (table, gateway) = (own("aws_route_table.public"), own("aws_internet_gateway.out"));
        let route = json!({"destination_cidr_block": "0.0.0.0/0"});
        self.add("aws_route", &own("out"), route, &[("route_table_id", &table), ("gateway_id", &gateway)]);
        for (zone, letter) in ["a", "b", "c"].into_iter().enumerate() {
            for (at, tier) in ["public", "private"].into_iter().enumerate() {
                let name = format!("{tier}{number}_{zone}");
                let known = json!({
                    "cidr_block": format!("10.{number}.{}.0/24", 10 * at + zone),
                    "availability_zone": format!("eu-west-1{letter}"),
                    "map_public_ip_on_launch": tier == "public",
                });
                self.add("aws_subnet", &name, known, &[("vpc_id", &vpc)]);
                let (subnet, table) = (format!("aws_subnet.{name}"), format!("aws_route_table.{tier}{number}"));
                let ids = [("subnet_id", subnet.as_str()), ("route_table_id", table.as_str())];
                self.add("aws_route_table_association", &name, json!({}), &ids);
            }
        }
        self.add_groups(number, port);
        for machine in 0..MACHINES {
            let tier = if machine % 4 == 0 { "public" } else { "private" };
            let known = json!({"ami": "ami-0abcdef1234567890", "instance_type": "m7g.large"});
            let subnet = format!("aws_subnet.{tier}{number}_{}", machine % 3);
            let group = format!("aws_security_group.{tier}{number}");
            let ids = [("subnet_id", subnet.as_str()), ("vpc_security_group_ids", group.as_str())];
            self.add("aws_instance", &format!("m{number}_{machine}"), known, &ids);
        }
    }

    /// Of the first network the second port is open too.
    fn add_groups(&mut self, number: usize, port: u16) {
        let vpc = format!("aws_vpc.v{number}");
        for (tier, range, port) in
            [("public", "0.0.0.0/0", if number == 0 { port } else { 443 }), ("private", "10.0.0.0/8", 8080)]
        {
            let name = format!("{tier}{number}");
            self.add("aws_security_group", &name, json!({"name": name}), &[("vpc_id", &vpc)]);
            let known = json!({"ip_protocol": "tcp", "from_port": port, "to_port": port, "cidr_ipv4": range});
            let group = format!("aws_security_group.{name}");
            self.add("aws_vpc_security_group_ingress_rule", &name, known, &[("security_group_id", &group)]);
        }
    }
}

fn plan(networks: usize, port: u16) -> Value {
    let mut plan = Plan::default();
    (0..networks).for_each(|number| plan.add_network(number, port));
    json!({
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": plan.values}},
        "resource_changes": plan.changes,
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"}},
            "root_module": {"resources": plan.configuration},
        },
    })
}
