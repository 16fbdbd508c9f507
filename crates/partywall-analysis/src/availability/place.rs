//! Where resources are: zones by their id where it is known, and regions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::{Cell, Inventory, Row, Table, Unknown, table};

use super::facts::{Facts, Place, Service};

/// The number of a zone in an [`Atlas`].
pub type ZoneNumber = u16;

/// The number of a region in an [`Atlas`].
pub type RegionNumber = u16;

/// Places of which a number is kept; an estate with more is not read further.
const PLACES_MAX: usize = 4_096;

/// Every zone and region that an estate names.
#[derive(Debug, Clone, Default)]
pub struct Atlas {
    /// The zones, by number.
    pub zones: Vec<Zone>,
    /// The regions, by number.
    pub regions: Vec<Region>,
    zone_numbers: HashMap<(RegionNumber, Arc<str>), ZoneNumber>,
    region_numbers: HashMap<Arc<str>, RegionNumber>,
    /// The zone's id by account and name, where a live account tells it.
    ids: BTreeMap<(Arc<str>, Arc<str>), Arc<str>>,
    subnets: HashMap<Arc<str>, Result<ZoneNumber, Arc<str>>>,
    /// Accounts by which a zone is called by its name only.
    named_by: BTreeMap<ZoneNumber, BTreeSet<Arc<str>>>,
}

/// A zone.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Its region.
    pub region: RegionNumber,
    /// Its id or name, or the expression that stands for it.
    pub name: Arc<str>,
    /// Whether the name is known, and not an expression.
    pub is_known: bool,
}

/// A region.
#[derive(Debug, Clone)]
pub struct Region {
    /// Its name, or the expression that stands for it.
    pub name: Arc<str>,
    /// Whether the name is known, and not an expression.
    pub is_known: bool,
}

/// How two names of zones relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// They are the same.
    Same,
    /// They are two zones.
    Distinct,
    /// Not known.
    Perhaps,
}

/// Where a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In no region.
    Global,
    /// In a region, and no zone that could be named.
    Region(RegionNumber),
    /// In zones of a region.
    Zones(Zones),
}

/// The zones in which a resource is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Zones {
    /// The region.
    pub region: RegionNumber,
    /// Zones in which it is.
    pub certain: Vec<ZoneNumber>,
    /// Zones of which it is in some.
    pub perhaps: Vec<ZoneNumber>,
    /// Why it may be in others that nobody can name.
    pub elsewhere: Option<Arc<str>>,
}

impl Atlas {
    /// The places of an estate.
    pub fn of(inventory: &Inventory) -> Self {
        let mut atlas = Self::default();
        for (table, row) in rows(inventory, "aws_availability_zone") {
            if let (Some(account), Some(name), Some(id)) =
                (row.text(table, "account_id"), row.text(table, "name"), row.text(table, "zone_id"))
            {
                atlas.ids.insert((account.into(), name.into()), id.into());
            }
        }
        for (table, row) in rows(inventory, "aws_vpc_subnet") {
            let zone = atlas.zone_of_subnet(table, row);
            atlas.subnets.insert(row.resource.clone(), zone);
        }
        atlas
    }

    /// The region of a row; the same number stands for the same region.
    pub fn region(&mut self, table: &Table, row: &Row) -> RegionNumber {
        let (name, is_known): (Arc<str>, bool) = match row.cell(table, "region") {
            Some(Cell::Text(text)) if !text.is_empty() => (text.clone(), true),
            Some(Cell::Unknown(unknown)) => (symbol_of_region(unknown), false),
            _ => ("the region of the account".into(), false),
        };
        self.region_named(&name, is_known)
    }

    /// The region of this name.
    pub fn region_named(&mut self, name: &Arc<str>, is_known: bool) -> RegionNumber {
        if let Some(number) = self.region_numbers.get(name) {
            return *number;
        }
        let number = u16::try_from(self.regions.len().min(PLACES_MAX)).unwrap_or_default();
        self.region_numbers.insert(name.clone(), number);
        self.regions.push(Region { name: name.clone(), is_known });
        number
    }

    /// The region of a known name, when the estate names it.
    pub fn find_region(&self, name: &str) -> Option<RegionNumber> {
        self.region_numbers.get(name).copied()
    }

    /// The zones of an id, a name, or the last part of an expression that stands for one.
    pub fn find_zones(&self, name: &str) -> Vec<ZoneNumber> {
        let all = self.zones.iter().zip(0..);
        all.filter(|(zone, _)| *zone.name == *name).map(|(_, number)| number).collect()
    }

    /// How two zones relate.
    pub fn likeness(&self, left: ZoneNumber, right: ZoneNumber) -> Likeness {
        if left == right {
            return Likeness::Same;
        }
        let (Some(one), Some(other)) = (self.zones.get(usize::from(left)), self.zones.get(usize::from(right))) else {
            return Likeness::Perhaps;
        };
        let regions = (self.regions.get(usize::from(one.region)), self.regions.get(usize::from(other.region)));
        if let (Some(one), Some(other)) = regions
            && one.name != other.name
            && one.is_known
            && other.is_known
        {
            return Likeness::Distinct;
        }
        match (one.is_known, other.is_known) {
            (true, true) => Likeness::Distinct,
            (false, false) if are_elements_of_one_list(&one.name, &other.name) => Likeness::Distinct,
            _ => Likeness::Perhaps,
        }
    }

    /// Zones that several accounts call by a name, which may mean another zone in each.
    /// <https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html>
    pub fn named_across_accounts(&self) -> impl Iterator<Item = (&Zone, &BTreeSet<Arc<str>>)> {
        let several = self.named_by.iter().filter(|(_, accounts)| accounts.len() > 1);
        several.filter_map(|(number, accounts)| Some((self.zones.get(usize::from(*number))?, accounts)))
    }

    /// The zone of a cell that names one.
    fn zone_of_cell(&mut self, table: &Table, row: &Row, cell: &Cell) -> Option<ZoneNumber> {
        let region = self.region(table, row);
        match cell {
            Cell::Text(name) if name.is_empty() => None,
            Cell::Text(name) => {
                let account: Arc<str> = row.text(table, "account_id").unwrap_or_default().into();
                let id = self.ids.get(&(account.clone(), name.clone())).cloned();
                let is_name = id.is_none() && name.ends_with(|last: char| last.is_ascii_lowercase());
                let region = self.region_of_zone(name, region);
                let number = self.zone_named(region, id.unwrap_or_else(|| name.clone()), true);
                if is_name && !account.is_empty() {
                    self.named_by.entry(number).or_default().insert(account);
                }
                Some(number)
            }
            Cell::Unknown(unknown) if !is_chosen_by_aws(unknown) => {
                Some(self.zone_named(region, unknown.symbol.as_str().into(), false))
            }
            _ => None,
        }
    }

    /// The region that a zone's name tells, where the row does not.
    fn region_of_zone(&mut self, name: &str, otherwise: RegionNumber) -> RegionNumber {
        let is_known = self.regions.get(usize::from(otherwise)).is_some_and(|region| region.is_known);
        let told = name.strip_suffix(|last: char| last.is_ascii_lowercase());
        match told {
            Some(told) if !is_known && told.ends_with(|last: char| last.is_ascii_digit()) => {
                self.region_named(&told.into(), true)
            }
            _ => otherwise,
        }
    }

    fn zone_named(&mut self, region: RegionNumber, name: Arc<str>, is_known: bool) -> ZoneNumber {
        let next = u16::try_from(self.zones.len().min(PLACES_MAX)).unwrap_or_default();
        match self.zone_numbers.entry((region, name.clone())) {
            std::collections::hash_map::Entry::Occupied(known) => *known.get(),
            std::collections::hash_map::Entry::Vacant(place) => {
                self.zones.push(Zone { region, name, is_known });
                *place.insert(next)
            }
        }
    }

    fn zone_of_subnet(&mut self, table: &Table, row: &Row) -> Result<ZoneNumber, Arc<str>> {
        for column in ["availability_zone_id", "availability_zone"] {
            let Some(cell) = row.cell(table, column) else { continue };
            let is_id = column == "availability_zone_id";
            if is_id && !matches!(cell, Cell::Text(id) if !id.is_empty()) {
                continue;
            }
            if let Some(zone) = self.zone_of_cell(table, row, cell) {
                return Ok(zone);
            }
        }
        Err(format!("the zone of `{}` is not known", row.resource).into())
    }

    /// The zone of a subnet.
    ///
    /// # Errors
    /// When it is not known.
    pub fn subnet(&self, resource: &str) -> Result<ZoneNumber, Arc<str>> {
        let missing = || Err(format!("the zone of subnet `{resource}` is not in sight").into());
        self.subnets.get(resource).cloned().unwrap_or_else(missing)
    }

    /// Where a row is.
    pub fn locate(&mut self, inventory: &Inventory, table: &Table, row: &Row, service: &Service) -> Location {
        let region = self.region(table, row);
        match service.place {
            Place::Global => return Location::Global,
            Place::Regional if service.places.is_empty() => return Location::Region(region),
            Place::Regional | Place::Zones => {}
        }
        let mut zones = Zones { region, ..Zones::default() };
        for column in &service.places {
            let Some((_, declared)) = table.column(column) else { continue };
            match row.cell(table, column) {
                Some(Cell::Text(text)) if text.is_empty() => continue,
                Some(Cell::List(items)) if items.is_empty() => continue,
                Some(Cell::Unknown(unknown)) if is_chosen_by_aws(unknown) => {
                    zones.elsewhere = Some(unknown.to_string().into());
                    continue;
                }
                Some(cell) => self.add(inventory, (table, row), declared.to, cell, &mut zones),
                None => continue,
            }
            if !zones.certain.is_empty() || !zones.perhaps.is_empty() {
                break;
            }
        }
        if zones.certain.is_empty() && zones.perhaps.is_empty() {
            if service.place == Place::Regional {
                return Location::Region(region);
            }
            let missing = || format!("nothing says in which zone `{}` is", row.resource).into();
            zones.elsewhere = Some(zones.elsewhere.take().unwrap_or_else(missing));
        } else if let Some(zone) = zones.certain.first().and_then(|zone| self.zones.get(usize::from(*zone))) {
            zones.region = zone.region;
        }
        Location::Zones(zones)
    }

    /// Adds the zones that a cell names: by name, by subnet, or by a group of subnets of which one or two are taken.
    fn add(&mut self, inventory: &Inventory, of: (&Table, &Row), to: &str, cell: &Cell, zones: &mut Zones) {
        match cell {
            Cell::List(items) => items.iter().for_each(|item| self.add(inventory, of, to, item, zones)),
            Cell::Text(subnet) if to == "aws_vpc_subnet" => match self.subnet(subnet) {
                Ok(zone) => insert(&mut zones.certain, zone),
                Err(missing) => zones.elsewhere = Some(missing),
            },
            Cell::Text(group) if to.ends_with("_subnet_group") => {
                zones.elsewhere = Some(format!("the service picks among the subnets of `{group}`").into());
                let of_group = table(to).and_then(|table| {
                    let row = inventory.rows(to).iter().find(|row| *row.resource == **group)?;
                    row.cell(table, "subnet_ids")
                });
                let subnets: &[Cell] = match of_group {
                    Some(Cell::List(subnets)) => subnets,
                    _ => &[],
                };
                let known: Vec<_> = subnets.iter().filter_map(|subnet| self.subnet(subnet.as_text()?).ok()).collect();
                if !known.is_empty() && known.len() == subnets.len() {
                    zones.elsewhere = None;
                }
                known.into_iter().for_each(|zone| insert(&mut zones.perhaps, zone));
                if let ([only], None) = (zones.perhaps.as_slice(), &zones.elsewhere) {
                    zones.certain = vec![*only];
                    zones.perhaps.clear();
                }
            }
            cell if to.is_empty() => {
                if let Some(zone) = self.zone_of_cell(of.0, of.1, cell) {
                    insert(&mut zones.certain, zone);
                }
            }
            Cell::Unknown(unknown) => zones.elsewhere = Some(unknown.to_string().into()),
            _ => {}
        }
    }

    /// How many zones these are, at least and at most.
    pub fn count(&self, zones: &[ZoneNumber]) -> (u32, u32) {
        let mut representatives: Vec<ZoneNumber> = Vec::new();
        for zone in zones {
            if representatives.iter().all(|known| self.likeness(*known, *zone) == Likeness::Distinct) {
                representatives.push(*zone);
            }
        }
        let least = u32::try_from(representatives.len()).unwrap_or(u32::MAX);
        (least, u32::try_from(zones.len()).unwrap_or(u32::MAX))
    }

    /// How many zones the region has, when that is known.
    pub fn zones_of_region(&self, facts: &Facts, region: RegionNumber) -> Option<u32> {
        self.regions.get(usize::from(region)).and_then(|region| facts.zones_of(&region.name))
    }
}

fn insert(zones: &mut Vec<ZoneNumber>, zone: ZoneNumber) {
    if !zones.contains(&zone) {
        zones.push(zone);
        zones.sort_unstable();
    }
}

/// The rows of a table, with the table.
pub(super) fn rows<'i>(inventory: &'i Inventory, name: &str) -> impl Iterator<Item = (&'static Table, &'i Row)> {
    let table = table(name);
    debug_assert!(table.is_some(), "there is no table {name}");
    inventory.rows(name).iter().filter_map(move |row| Some((table?, row)))
}

/// Whether nobody names the zone and the service, or the apply, decides on it.
fn is_chosen_by_aws(unknown: &Unknown) -> bool {
    matches!(unknown.cause, partywall_model::Cause::ServiceDecides | partywall_model::Cause::NotCollected)
}

/// A region that code leaves to the environment is one region, whichever row says so.
fn symbol_of_region(unknown: &Unknown) -> Arc<str> {
    let is_of_row = matches!(unknown.cause, partywall_model::Cause::ServiceDecides);
    if is_of_row || unknown.symbol.ends_with(".region") && unknown.symbol.starts_with("aws_") {
        return "the region of the account".into();
    }
    unknown.symbol.as_str().into()
}

/// Whether both are elements of one list of different zones: `data.aws_availability_zones.here.names[0]` and `[1]`.
fn are_elements_of_one_list(left: &str, right: &str) -> bool {
    let split = |name: &str| -> Option<(String, String)> {
        let (list, index) = name.strip_suffix(']')?.rsplit_once('[')?;
        Some((list.to_owned(), index.to_owned()))
    };
    match (split(left), split(right)) {
        (Some((list, one)), Some((other_list, other))) => {
            let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let lists_zones = list.contains("aws_availability_zones") || list.contains("GetAZs");
            list == other_list && one != other && is_number(&one) && is_number(&other) && lists_zones
        }
        _ => false,
    }
}
