//! What follows from several rows about one resource: how many zones it is in, how many copies it has.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Cell, Row, Table};

use super::facts::{Facts, Service};
use super::place::{Atlas, Location};

/// The words that facts may use.
pub const WORDS: [&str; 8] =
    ["backup_interval", "backup_regions", "one_zone", "region_zones", "replica_regions", "replicas", "units", "zones"];

/// A number of which a least and a most are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// What would have to be known, when they differ.
    pub missing: Option<Arc<str>>,
}

impl Range {
    /// None at all.
    pub const NONE: Self = Self { least: 0, most: 0, missing: None };

    /// This many.
    pub const fn exactly(number: u32) -> Self {
        Self { least: number, most: number, missing: None }
    }

    /// Any number from a least one.
    pub fn from(least: u32, missing: impl Into<Arc<str>>) -> Self {
        Self { least, most: u32::MAX, missing: Some(missing.into()) }
    }

    /// What would have to be known.
    pub fn missing_or(&self, word: &str) -> String {
        let words = || format!("the number of {} is not known", word.replace('_', " "));
        self.missing.as_deref().map_or_else(words, str::to_owned)
    }
}

/// The words of one resource.
#[derive(Debug, Clone, Default)]
pub struct Words {
    known: BTreeMap<&'static str, Range>,
}

impl Words {
    /// The number behind a word; none when nothing was found.
    pub fn get(&self, word: &str) -> Range {
        self.known.get(word).cloned().unwrap_or(Range::NONE)
    }

    /// Says what the number behind a word is.
    pub fn set(&mut self, word: &'static str, range: Range) {
        debug_assert!(WORDS.contains(&word), "there is no word {word}");
        self.known.insert(word, range);
    }

    /// The words that a row and its place tell.
    pub fn of(facts: &Facts, service: &Service, atlas: &Atlas, location: &Location, of: (&Table, &Row)) -> Self {
        let (table, row) = of;
        let mut words = Self::default();
        words.set("zones", zones(atlas, location, service));
        words.set("units", units(table, row, service));
        words.set("replicas", replicas(table, row));
        let region = match location {
            Location::Zones(zones) => Some(zones.region),
            Location::Region(region) => Some(*region),
            Location::Global => None,
        };
        let of_region = region.and_then(|region| atlas.zones_of_region(facts, region));
        let unknown = || Range::from(1, "the region is not known, nor how many zones it has");
        words.set("region_zones", of_region.map_or_else(unknown, Range::exactly));
        words
    }
}

fn zones(atlas: &Atlas, location: &Location, service: &Service) -> Range {
    let Location::Zones(zones) = location else { return Range::NONE };
    if service.zones_distinct || service.zones_min > 0 {
        let at_least = if service.zones_distinct { 2 } else { service.zones_min };
        let (least, most) = atlas.count(&zones.certain);
        let missing = zones.elsewhere.clone();
        let most = if missing.is_some() { u32::MAX } else { most.max(at_least) };
        return Range { least: least.max(at_least), most, missing };
    }
    if !zones.perhaps.is_empty() || zones.certain.is_empty() {
        let missing = zones.elsewhere.clone();
        return Range { least: 1, most: u32::MAX, missing };
    }
    let (least, most) = atlas.count(&zones.certain);
    let doubt = || "two expressions may name the same zone".into();
    match &zones.elsewhere {
        Some(missing) => Range::from(least.max(1), missing.clone()),
        None => Range { least, most, missing: (least < most).then(doubt) },
    }
}

/// The units of which a resource consists: the first column that is known.
pub fn units(table: &Table, row: &Row, service: &Service) -> Range {
    let mut missing = None;
    for column in &service.units {
        match row.cell(table, column) {
            Some(Cell::Integer(number)) => return Range::exactly(u32::try_from(*number).unwrap_or_default()),
            Some(Cell::Unknown(unknown)) => missing = missing.or_else(|| Some(unknown.to_string())),
            _ => {}
        }
    }
    missing.map_or(Range::NONE, |missing| Range::from(0, missing))
}

/// Further nodes that hold the same data, as a cache's own row tells.
fn replicas(table: &Table, row: &Row) -> Range {
    if table.name != "aws_elasticache_replication_group" {
        return Range::NONE;
    }
    let number = |column: &str| match row.cell(table, column) {
        Some(Cell::Integer(number)) => Ok(u32::try_from(*number).unwrap_or_default()),
        Some(Cell::Unknown(unknown)) => Err(unknown.to_string()),
        _ => Ok(0),
    };
    match (number("num_cache_clusters"), number("replicas_per_node_group")) {
        (Ok(nodes), Ok(of_each)) => Range::exactly(nodes.saturating_sub(1).max(of_each)),
        (Err(missing), _) | (_, Err(missing)) => Range::from(0, missing),
    }
}
