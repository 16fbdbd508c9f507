//! What the loss of a zone or a region does to a resource of each type, as `facts/availability/` states it.

mod condition;
mod need;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use partywall_model::{Inventory, Table};
use serde::Deserialize;

pub use condition::Condition;
pub use need::NeedRule;

use super::words::WORDS;
use partywall_model::Span;

/// The facts.
#[derive(Debug, Default)]
pub struct Facts {
    services: BTreeMap<&'static str, Service>,
    regions: BTreeMap<String, u32>,
    needs: Vec<NeedRule>,
    faults: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    class: Vec<Class>,
    #[serde(default)]
    service: Vec<ServiceFile>,
    #[serde(default)]
    regions: BTreeMap<String, u32>,
    #[serde(default)]
    need: Vec<NeedRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    id: String,
    /// For whoever reads the file.
    #[serde(rename = "title")]
    _title: String,
    place: Place,
    zone: Vec<Rule>,
    region: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceFile {
    tables: Vec<String>,
    title: String,
    class: String,
    source: String,
    #[serde(default)]
    places: Vec<String>,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    zones_min: u32,
    #[serde(default)]
    zones_distinct: bool,
    #[serde(default)]
    parts: bool,
    #[serde(default)]
    key: bool,
    #[serde(default)]
    zone: Vec<Rule>,
    #[serde(default)]
    region: Vec<Rule>,
}

/// What is known of the resources of one table.
#[derive(Debug, Clone)]
pub struct Service {
    /// As people say it.
    pub title: String,
    /// Where resources are.
    pub place: Place,
    /// The page that was read.
    pub source: String,
    /// Columns that say in which zones a resource is: zones, subnets, or a subnet group; the first that is set counts.
    pub places: Vec<String>,
    /// Columns that say how many units there are; the first that is known counts.
    pub units: Vec<String>,
    /// Zones that the service insists on.
    pub zones_min: u32,
    /// Whether the service insists that each subnet is of another zone.
    pub zones_distinct: bool,
    /// Whether it runs in each of its zones by itself, with a way out of its own.
    pub has_parts: bool,
    /// Whether it holds data that whoever reaches it depends on.
    pub holds_data: bool,
    /// What the loss of a zone does, the first rule that holds.
    pub zone: Vec<Rule>,
    /// What the loss of the region does, likewise.
    pub region: Vec<Rule>,
}

/// Where the resources of a service are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In zones that the customer chooses, or could.
    Zones,
    /// In a region, whose zones are the provider's matter.
    Regional,
    /// In no region.
    Global,
}

/// What becomes of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It goes on.
    None,
    /// It goes on with less, or after a pause that ends by itself.
    Degraded,
    /// It stops.
    Down,
}

impl Effect {
    /// A word for output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

/// One outcome, and when it is the case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// All of these hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// What becomes of it.
    pub effect: Effect,
    /// Whether it recovers without a human.
    pub automatic: bool,
    /// What is lost, in seconds before the failure; None where there is nothing to lose.
    pub rpo: Option<Loss>,
    /// After what time it is back.
    pub rto: Option<Span>,
    /// What a human does, when one has to.
    #[serde(default)]
    pub manual: String,
    /// Why.
    pub why: String,
    /// The page, where it is not the service's.
    #[serde(default)]
    pub source: String,
}

/// How much is lost.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub enum Loss {
    /// So much.
    Seconds(Span),
    /// What came in since the last backup.
    Since(LastBackup),
}

/// The word for [`Loss::Since`].
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastBackup {
    /// The time between two backups.
    BackupInterval,
}

impl Facts {
    /// The facts that ship with the program. That they are sound is tested; see [`Facts::faults`].
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Facts> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let text = include_str!(concat!(env!("OUT_DIR"), "/availability.json"));
            match serde_json::from_str(text) {
                Ok(files) => Self::gather(files),
                Err(error) => Self { faults: vec![error.to_string()], ..Self::default() },
            }
        })
    }

    /// What is known of the resources of a table.
    pub fn service(&self, table: &str) -> Option<&Service> {
        self.services.get(table)
    }

    /// Every table of which something is known.
    pub fn services(&self) -> impl Iterator<Item = (&'static str, &Service)> {
        self.services.iter().map(|(table, service)| (*table, service))
    }

    /// Which columns say that one resource needs another.
    pub fn needs(&self) -> &[NeedRule] {
        &self.needs
    }

    /// How many zones of a region an account sees.
    pub fn zones_of(&self, region: &str) -> Option<u32> {
        self.regions.get(region).copied()
    }

    /// Faults in the facts: names that lead nowhere, rules without a reason, a page or an end.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    fn gather(files: Vec<File>) -> Self {
        let mut facts = Self::default();
        let mut classes = BTreeMap::new();
        let mut services = Vec::new();
        for file in files {
            classes.extend(file.class.into_iter().map(|class| (class.id.clone(), class)));
            services.extend(file.service);
            facts.regions.extend(file.regions);
            facts.faults.extend(file.need.iter().flat_map(NeedRule::faults));
            facts.needs.extend(file.need);
        }
        for file in services {
            let Some(class) = classes.get(&file.class) else {
                facts.faults.push(format!("`{}`: there is no class `{}`", file.title, file.class));
                continue;
            };
            let or_of_class =
                |own: &Vec<Rule>, class: &Vec<Rule>| if own.is_empty() { class.clone() } else { own.clone() };
            let service = Service {
                title: file.title,
                place: class.place,
                source: file.source,
                places: file.places,
                units: file.units,
                zones_min: file.zones_min,
                zones_distinct: file.zones_distinct,
                has_parts: file.parts,
                holds_data: file.key,
                zone: or_of_class(&file.zone, &class.zone),
                region: or_of_class(&file.region, &class.region),
            };
            for name in &file.tables {
                match partywall_model::table(name) {
                    Some(table) => {
                        facts.faults.extend(faults(table, &service));
                        if facts.services.insert(table.name, service.clone()).is_some() {
                            facts.faults.push(format!("`{name}` has facts twice"));
                        }
                    }
                    None => facts.faults.push(format!("`{}`: there is no table `{name}`", service.title)),
                }
            }
        }
        debug_assert!(!Inventory::all_tables().is_empty(), "there are tables");
        facts
    }
}

fn faults(table: &Table, service: &Service) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: String| faults.push(format!("`{}`: {what}", table.name));
    for column in service.places.iter().chain(&service.units) {
        if table.column(column).is_none() {
            fault(format!("there is no column `{column}`"));
        }
    }
    if !service.source.starts_with("https://docs.aws.amazon.com/") {
        fault(format!("`{}` is no page of AWS", service.source));
    }
    for (kind, rules) in [("zone", &service.zone), ("region", &service.region)] {
        if rules.last().is_none_or(|last| !last.when.is_empty() && !exhausts(rules)) {
            fault(format!("nothing is said of the loss of a {kind} when no rule holds"));
        }
        for rule in rules {
            for condition in &rule.when {
                if let Some(unsound) = condition.fault(table, &WORDS) {
                    fault(unsound);
                }
            }
            if !rule.source.is_empty() && !rule.source.starts_with("https://docs.aws.amazon.com/") {
                fault(format!("`{}` is no page of AWS", rule.source));
            }
            if rule.why.is_empty() || (rule.manual.is_empty() && !rule.automatic) {
                fault(format!("a rule about the loss of a {kind} does not say why, or what to do"));
            }
            if rule.rto.is_some_and(|span| span.least > span.most) {
                fault("a time ends before it begins".to_owned());
            }
        }
    }
    faults
}

/// Whether the last two rules ask for opposites, so that one of them holds.
fn exhausts(rules: &[Rule]) -> bool {
    match rules {
        [.., before, last] => match (before.when.as_slice(), last.when.as_slice()) {
            ([one], [other]) => one.is_opposite_of(other),
            _ => false,
        },
        _ => false,
    }
}
