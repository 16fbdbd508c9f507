//! Which interfaces words mean, such as `tag:Tier=web` or `subnet:subnet-1`.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Cell, Inventory, ResourceKey, Sensitivity};

use super::model::{Interface, Name, Network};

/// What is known of resources besides the network.
#[derive(Debug, Default)]
pub struct Labels {
    tags: BTreeMap<ResourceKey, BTreeMap<String, String>>,
    tables: BTreeMap<ResourceKey, &'static str>,
    sensitivities: BTreeMap<ResourceKey, Sensitivity>,
}

/// Words that mean a set of interfaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Every interface.
    Any,
    /// The internet, which is no interface.
    Internet,
    /// Those of a subnet.
    Subnet(String),
    /// Those of a network.
    Vpc(String),
    /// Those in a security group.
    Group(String),
    /// Those that carry a tag, or whose owner or subnet does; with any value when none is given.
    Tag(String, Option<String>),
    /// Those of resources of a table.
    Table(String),
    /// Those of resources whose data are of a level.
    Sensitivity(Sensitivity),
    /// One interface, or those of one resource.
    Named(String),
}

/// A text that means no set of interfaces.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` selects nothing; write internet, any, subnet:…, vpc:…, group:…, tag:KEY or tag:KEY=VALUE, table:…, sensitivity:… or a name"
)]
pub struct NoSelector(String);

impl std::str::FromStr for Selector {
    type Err = NoSelector;

    fn from_str(text: &str) -> Result<Self, NoSelector> {
        let Some((kind, word)) = text.split_once(':').filter(|(kind, _)| KINDS.contains(kind)) else {
            return match text {
                "" => Err(NoSelector(text.to_owned())),
                "any" => Ok(Self::Any),
                "internet" => Ok(Self::Internet),
                name => Ok(Self::Named(name.to_owned())),
            };
        };
        let word = word.to_owned();
        Ok(match kind {
            "subnet" => Self::Subnet(word),
            "vpc" => Self::Vpc(word),
            "group" => Self::Group(word),
            "table" => Self::Table(word),
            "sensitivity" => Self::Sensitivity(Sensitivity::from_id(&word).ok_or_else(|| NoSelector(text.to_owned()))?),
            _ => match word.split_once('=') {
                Some((key, value)) => Self::Tag(key.to_owned(), Some(value.to_owned())),
                None => Self::Tag(word, None),
            },
        })
    }
}

const KINDS: [&str; 6] = ["subnet", "vpc", "group", "tag", "table", "sensitivity"];

impl Labels {
    /// What an inventory says of resources.
    pub fn new(inventory: &Inventory, sensitivities: BTreeMap<ResourceKey, Sensitivity>) -> Self {
        let mut labels = Self { sensitivities, ..Self::default() };
        for (table, rows) in inventory.resource_tables() {
            for row in rows {
                labels.tables.insert(row.resource.clone(), table.name);
                if let Some(Cell::Map(tags)) = row.cell(table, "tags") {
                    let known = tags.iter().filter_map(|(key, value)| Some((key.clone(), value.as_text()?.to_owned())));
                    labels.tags.insert(row.resource.clone(), known.collect());
                }
            }
        }
        labels
    }

    /// The value of a tag of an interface: its own, its owner's, or its subnet's.
    pub fn tag(&self, interface: &Interface, key: &str) -> Option<&str> {
        let subnet = interface.subnet.as_ref().ok().map(|subnet| &subnet.name.resource);
        let places = [Some(&interface.name.resource), Some(&interface.owner.resource), subnet];
        places.into_iter().flatten().find_map(|place| self.tags.get(place)?.get(key)).map(String::as_str)
    }

    /// Whether an interface is meant.
    pub fn selects(&self, selector: &Selector, interface: &Interface) -> bool {
        let subnet = interface.subnet.as_ref().ok();
        match selector {
            Selector::Any => true,
            Selector::Internet => false,
            Selector::Subnet(name) => subnet.is_some_and(|subnet| self.is_called(&subnet.name, name)),
            Selector::Vpc(name) => {
                subnet.and_then(|subnet| subnet.vpc.as_ref().ok()).is_some_and(|vpc| self.is_called(&vpc.name, name))
            }
            Selector::Group(name) => interface.groups.iter().any(|group| self.is_called(&group.name, name)),
            Selector::Tag(key, value) => {
                self.tag(interface, key).is_some_and(|own| value.as_deref().is_none_or(|value| value == own))
            }
            Selector::Table(table) => self.tables.get(&interface.owner.resource).is_some_and(|own| own == table),
            Selector::Sensitivity(level) => self.sensitivities.get(&interface.owner.resource) == Some(level),
            Selector::Named(name) => self.is_called(&interface.name, name) || self.is_called(&interface.owner, name),
        }
    }

    /// Every interface that is meant.
    pub fn select<'n>(&self, network: &'n Network, selector: &Selector) -> Vec<&'n Arc<Interface>> {
        network.interfaces.values().filter(|interface| self.selects(selector, interface)).collect()
    }

    fn is_called(&self, own: &Name, name: &str) -> bool {
        let title = || self.tags.get(&own.resource).and_then(|tags| tags.get("Name"));
        *own.resource == *name || *own.short == *name || title().is_some_and(|title| title == name)
    }
}
