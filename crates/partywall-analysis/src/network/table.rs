//! What was found, as rows for SQL.

mod asymmetry;
mod doubts;
mod endpoint;
mod exposure;
mod interface;
mod ports;
mod rule;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::{Cell, Inventory, NetworkPicture, Origin, ResourceKey, Row, Sensitivity, UnknownTable, table};

use super::exposure::{Exposure, exposures};
use super::flows::{Flows, classes, flows};
use super::model::{Fact, Interface, Network, Subnet};
use super::picture::picture;
use super::read;
use super::rules::{Rule, rules};
use super::tier::{Tier, tier};
use asymmetry::Asymmetry;
use doubts::Doubts;
use ports::Ports;

/// Adds those of the tables `network_interface`, `network_endpoint`, `network_exposure`, `network_flow`,
/// `network_rule` and `network_asymmetry` that are wanted. Answers a picture of what they rest on.
///
/// # Errors
/// When a table is not declared.
pub fn add_tables(
    inventory: &mut Inventory,
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
    wanted: &BTreeSet<&str>,
) -> Result<NetworkPicture, UnknownTable> {
    doubts::hide(inventory, wanted);
    let network = read(inventory);
    let found = Found::new(&network, inventory, wanted);
    let mut rows: Vec<(&str, Row)> = Vec::new();
    for (name, fill) in TABLES {
        if wanted.contains(name) {
            rows.extend(fill(&found, sensitivities).into_iter().map(|row| (name, row)));
        }
    }
    let picture = picture(&network, inventory, &found.flows, &found.exposures);
    rows.into_iter().try_for_each(|(name, row)| inventory.push(name, row))?;
    Ok(picture)
}

type Fill = fn(&Found<'_>, &BTreeMap<ResourceKey, Sensitivity>) -> Vec<Row>;

const TABLES: [(&str, Fill); 6] = [
    ("network_interface", |found, _| interface::rows(found)),
    ("network_endpoint", endpoint::rows),
    ("network_exposure", |found, _| exposure::rows(found)),
    ("network_flow", |found, _| endpoint::flow_rows(found)),
    ("network_rule", |found, _| rule::rows(found)),
    ("network_asymmetry", |found, _| asymmetry::rows(found)),
];

/// What is known of a network, as far as the wanted tables need it.
struct Found<'n> {
    network: &'n Network,
    places: HashMap<Arc<str>, (&'static str, Arc<Origin>)>,
    /// Who made each interface that is shown.
    makers: HashMap<ResourceKey, Cell>,
    doubts: Doubts,
    tiers: BTreeMap<&'n ResourceKey, Fact<Tier>>,
    exposures: Vec<Exposure>,
    flows: Flows,
    asymmetries: Vec<Asymmetry>,
    rules: Vec<Rule>,
    /// Resources with their interfaces.
    endpoints: BTreeMap<ResourceKey, Vec<&'n Arc<Interface>>>,
}

impl<'n> Found<'n> {
    fn new(network: &'n Network, inventory: &Inventory, wanted: &BTreeSet<&str>) -> Self {
        let wants = |tables: &[&str]| tables.iter().any(|table| wanted.contains(table));
        let places: HashMap<Arc<str>, (&'static str, Arc<Origin>)> = inventory
            .resource_tables()
            .flat_map(|(table, rows)| rows.iter().map(move |row| (table.name, row)))
            .map(|(table, row)| (row.resource.clone(), (table, row.origin.clone())))
            .collect();
        let mut found = Self {
            tiers: network.subnets.values().map(|subnet| (&subnet.name.resource, tier(network, subnet))).collect(),
            makers: makers(inventory),
            doubts: Doubts::new(inventory),
            exposures: Vec::new(),
            flows: Flows::default(),
            asymmetries: Vec::new(),
            rules: Vec::new(),
            endpoints: BTreeMap::new(),
            network,
            places,
        };
        for interface in network.interfaces.values() {
            if let Some(resource) = found.resource(interface) {
                found.endpoints.entry(resource.clone()).or_default().push(interface);
            }
        }
        if wants(&["network_exposure", "network_endpoint", "network_asymmetry"]) {
            found.exposures = exposures(network);
        }
        if wants(&["network_endpoint", "network_flow", "network_asymmetry"]) {
            found.flows = flows(network);
        } else if wants(&["network_interface"]) {
            found.flows.classes = classes(network);
        }
        if wants(&["network_endpoint", "network_asymmetry"]) {
            found.asymmetries = asymmetry::asymmetries(&found);
        }
        if wants(&["network_rule"]) {
            found.rules = rules(network, inventory);
        }
        found
    }

    /// The row that speaks for an interface: its owner's, or its own where that is out of sight.
    fn resource<'i>(&self, interface: &'i Interface) -> Option<&'i ResourceKey> {
        [&interface.owner.resource, &interface.name.resource].into_iter().find(|name| self.places.contains_key(*name))
    }

    fn table_of(&self, resource: &str) -> &'static str {
        self.places.get(resource).map_or("", |(table, _)| table)
    }

    /// The service that a resource belongs to; of an interface that the account shows, the one that made it.
    fn service(&self, resource: &str) -> Cell {
        match (self.makers.get(resource), self.places.get(resource)) {
            (Some(Cell::Text(maker)), _) => Cell::text(maker.strip_prefix("amazon-").unwrap_or("ec2")),
            (Some(unknown), _) => unknown.clone(),
            (None, place) => Cell::text(place.and_then(|(name, _)| table(name)).map_or("", |table| table.service)),
        }
    }

    fn row(&self, resource: &ResourceKey, cells: Vec<Cell>) -> Option<Row> {
        let (_, origin) = self.places.get(resource)?;
        Some(Row { resource: resource.clone(), origin: origin.clone(), existence: None, unseen: None, cells })
    }

    fn tier(&self, subnet: &Fact<Arc<Subnet>>) -> Fact<Tier> {
        let subnet = subnet.as_ref().map_err(Clone::clone)?;
        self.tiers.get(&subnet.name.resource).cloned().unwrap_or_else(|| tier(self.network, subnet))
    }

    fn fact(&self, fact: Fact<Arc<str>>) -> Cell {
        match fact {
            Ok(text) => Cell::Text(text),
            Err(missing) => self.doubts.cell([&*missing]),
        }
    }

    fn tier_cell(&self, subnet: &Fact<Arc<Subnet>>) -> Cell {
        self.fact(self.tier(subnet).map(|tier| tier.id().into()))
    }

    fn truth(&self, truth: Option<bool>, why: &[&str]) -> Cell {
        truth.map_or_else(|| self.doubts.cell(why.iter().copied()), Cell::Boolean)
    }

    /// The cells of ports: protocol, first and last port, whether packets get there, and answers back.
    fn ports(&self, ports: &Ports, why: &[&str]) -> [Cell; 5] {
        [
            Cell::text(ports.protocol.as_str()),
            Cell::Integer(ports.from.into()),
            Cell::Integer(ports.to.into()),
            self.truth(ports.is_reached, why),
            self.truth(ports.is_answered, why),
        ]
    }
}

fn makers(inventory: &Inventory) -> HashMap<ResourceKey, Cell> {
    let Some(table) = table("aws_ec2_network_interface") else { return HashMap::new() };
    let maker = |row: &Row| Some((row.resource.clone(), row.cell(table, "requester_id")?.clone()));
    inventory.rows(table.name).iter().filter_map(maker).collect()
}
