//! Programmes, and how reports name services: `facts/assurance/`.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// Programmes, and how reports name services.
#[derive(Debug, Default)]
pub struct Facts {
    programmes: Programmes,
    services: Services,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Programmes {
    bridge: BridgeLetters,
    programme: BTreeMap<String, Programme>,
}

/// What is usual for bridge letters.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BridgeLetters {
    days_max: i64,
    source: String,
    about: String,
}

/// A programme.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Programme {
    title: String,
    names: Vec<String>,
    pub(super) basis: Basis,
    pub(super) valid_months: Option<u32>,
    source: String,
}

/// What a report's dates mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Basis {
    /// It is about a stretch of time.
    Period,
    /// It holds from its issue on.
    Validity,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Services {
    source: String,
    provider: Vec<String>,
    service: BTreeMap<String, Service>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    names: Vec<String>,
    #[serde(default)]
    global: bool,
}

static SHIPPED: LazyLock<Facts> = LazyLock::new(|| Facts {
    programmes: serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/programmes.json"))).unwrap_or_default(),
    services: serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/services.json"))).unwrap_or_default(),
});

impl Facts {
    /// The facts that ship with the program. A test holds them to their shape.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The id of a programme, by any of its names; what is not known is its own id.
    pub fn programme_id(&self, name: &str) -> String {
        let name = name.trim().to_lowercase();
        let dashed = name.replace([' ', '_'], "-");
        let is_it = |(id, programme): &(&String, &Programme)| **id == dashed || programme.names.contains(&name);
        self.programmes.programme.iter().find(is_it).map_or(dashed, |(id, _)| id.clone())
    }

    pub(super) fn programme(&self, id: &str) -> Option<&Programme> {
        self.programmes.programme.get(id)
    }

    /// What people call a programme.
    pub fn title<'a>(&'a self, id: &'a str) -> &'a str {
        self.programme(id).map_or(id, |programme| &programme.title)
    }

    /// Days for which a bridge letter usually vouches at most.
    pub fn bridge_days_max(&self) -> i64 {
        self.programmes.bridge.days_max
    }

    /// Whether this is the provider of the services that tables describe.
    pub fn is_provider(&self, name: &str) -> bool {
        self.services.provider.contains(&name.trim().to_lowercase())
    }

    /// Whether a service has no regions.
    pub fn is_global(&self, service: &str) -> bool {
        self.services.service.get(service).is_some_and(|service| service.global)
    }

    /// Whether a service is among names as reports write them; None when it is not known how they name it.
    pub(super) fn is_among(&self, service: &str, names: &HashSet<String>) -> Option<bool> {
        if names.contains(service) {
            return Some(true);
        }
        let known = self.services.service.get(service)?;
        Some(known.names.iter().any(|name| names.contains(&plain(name))))
    }

    /// Faults in the facts: services of tables without names, programmes without a source.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let tables = partywall_model::Inventory::all_tables().iter().filter(|table| !table.derived);
        let in_use: std::collections::BTreeSet<&str> = tables.map(|table| table.service).collect();
        let lost = in_use.iter().filter(|service| !self.services.service.contains_key(**service));
        faults.extend(lost.map(|service| format!("service `{service}` has no name in reports")));
        let idle = self.services.service.keys().filter(|service| !in_use.contains(service.as_str()));
        faults.extend(idle.map(|service| format!("service `{service}` has no table")));
        let nameless = self.services.service.iter().filter(|(_, service)| service.names.is_empty());
        faults.extend(nameless.map(|(id, _)| format!("service `{id}` has no name in reports")));
        let sources = self.programmes.programme.values().map(|programme| &programme.source);
        let sources = sources.chain([&self.services.source, &self.programmes.bridge.source]);
        faults.extend(
            sources.filter(|source| !source.starts_with("https://")).map(|source| format!("`{source}` is no source")),
        );
        if self.programmes.bridge.about.is_empty() || self.programmes.bridge.days_max < 1 {
            faults.push("what is usual for bridge letters is not said".to_owned());
        }
        faults
    }
}

/// The names under which a report may mean a service by what it writes: without capitals, brand and parentheses, and
/// what stands in the parentheses.
pub(super) fn names(written: &str) -> Vec<String> {
    let mut names = vec![plain(written)];
    if let Some((_, inside)) = written.split_once('(') {
        names.push(plain(inside.split(')').next().unwrap_or_default()));
    }
    names
}

fn plain(name: &str) -> String {
    let before = name.split('(').next().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = before.split_whitespace().filter(|word| !matches!(*word, "amazon" | "aws")).collect();
    words.join(" ")
}
