//! The graph of an estate.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::{Cell, ColumnType, Inventory, Row, Table};

use super::{Graph, Need, Node, NodeNumber, Settings, Toll, TollWords, data, names, ways_out};
use crate::availability::answer::{Answer, Failure, decide};
use crate::availability::facts::{Effect, Facts, NeedRule, Service};
use crate::availability::place::{Location, ZoneNumber, Zones};
use crate::availability::words::{Range, Words};
use crate::availability::{copies, place::Atlas};
use partywall_model::Span;

/// Needs under construction: by needer and label.
pub(super) type Needs = BTreeMap<(NodeNumber, Arc<str>), Gathered>;

/// One need under construction.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) of: BTreeSet<NodeNumber>,
    pub(super) any: bool,
    pub(super) soft: bool,
    pub(super) pause: Span,
    pub(super) first: Option<NodeNumber>,
}

/// What is read while the graph grows.
pub(super) struct Site<'i> {
    pub(super) inventory: &'i Inventory,
    pub(super) facts: &'static Facts,
    pub(super) graph: Graph,
    pub(super) needs: Needs,
    /// Rows of each node, for those that are rows.
    pub(super) rows: HashMap<NodeNumber, (&'static Table, &'i Row)>,
    /// Parts of a node, by zone; None for a zone that is not known.
    pub(super) parts: HashMap<NodeNumber, Vec<(Option<ZoneNumber>, NodeNumber)>>,
    workloads: Vec<Arc<str>>,
    workload_numbers: HashMap<Arc<str>, u32>,
    outside: HashMap<(NodeNumber, Arc<str>), NodeNumber>,
}

pub(super) fn build(inventory: &Inventory, settings: &Settings) -> (Graph, Vec<Arc<str>>) {
    let facts = Facts::shipped();
    let mut site = Site {
        inventory,
        facts,
        graph: Graph { atlas: Atlas::of(inventory), ..Graph::default() },
        needs: Needs::new(),
        rows: HashMap::new(),
        parts: HashMap::new(),
        workloads: Vec::new(),
        workload_numbers: HashMap::new(),
        outside: HashMap::new(),
    };
    let copies = data::Copies::of(&mut site.graph.atlas, inventory);
    for (table, rows) in inventory.resource_tables() {
        if facts.service(table.name).is_some() || is_glue(facts, table) {
            for row in rows {
                site.add_row(table, row, settings, &copies);
            }
        }
    }
    for rule in facts.needs() {
        site.follow(rule);
    }
    names::records(&mut site);
    data::security_groups(&mut site);
    site.spread();
    ways_out::add(&mut site, settings);
    let Site { mut graph, needs, workloads, .. } = site;
    for ((needer, label), gathered) in needs {
        let of: Vec<NodeNumber> = gathered.of.into_iter().filter(|needed| *needed != needer).collect();
        let all = u32::try_from(of.len()).unwrap_or(u32::MAX);
        if let (Some(node), false) = (graph.nodes.get_mut(needer as usize), of.is_empty()) {
            let least = if gathered.any { 1 } else { all };
            node.needs.push(Need {
                label,
                of,
                least,
                is_hard: !gathered.soft,
                pause: gathered.pause,
                first: gathered.first,
            });
        }
    }
    graph.arrange();
    (graph, workloads)
}

/// Whether rows of a table join others that have facts, such as the listener between a load balancer and its targets.
fn is_glue(facts: &Facts, table: &Table) -> bool {
    let refers = |rule: &NeedRule| rule.table == table.name && (rule.needer.is_empty() || rule.needed.is_empty());
    facts.needs().iter().any(refers)
}

impl<'i> Site<'i> {
    fn add_row(&mut self, table: &'static Table, row: &'i Row, settings: &Settings, copies: &data::Copies) {
        let facts = self.facts;
        let atlas = &mut self.graph.atlas;
        let region = atlas.region(table, row);
        let service = facts.service(table.name);
        let (location, words) = match service {
            Some(service) => {
                let location = match copies.members(&row.resource) {
                    Some(zones) => Location::Zones(Zones { region, ..zones.clone() }),
                    None => atlas.locate(self.inventory, table, row, service),
                };
                let mut words = Words::of(facts, service, atlas, &location, (table, row));
                for (word, range) in super::super::copies::of_row(table, row) {
                    words.set(word, range);
                }
                copies.add_to(&mut words, table, row);
                (location, Some((service, words)))
            }
            None => (Location::Region(region), None),
        };
        let toll =
            |failure| words.as_ref().map(|(service, words)| toll(&decide(service, failure, (table, row), words)));
        let (zone, region) = (toll(Failure::Zone), toll(Failure::Region));
        let units = words.as_ref().map_or(Range::NONE, |(_, words)| words.get("units"));
        let node = Node {
            name: row.resource.clone(),
            title: row.text(table, "title").map_or_else(|| row.resource.clone(), Arc::from),
            table: table.name,
            whole: None,
            is_single: is_single(service, &location, zone.as_ref(), &units),
            zone: zone.unwrap_or_else(Toll::none),
            region: region.unwrap_or_else(Toll::none),
            holds_data: service.is_some_and(|service| service.holds_data),
            is_managed: service.is_some() && matches!(location, Location::Region(_)),
            location,
            needs: Vec::new(),
            units,
            is_doubtful: row.existence.is_some(),
            workload: self.workload(table, row, settings),
        };
        let number = self.graph.add(node);
        self.rows.insert(number, (table, row));
    }

    /// The workload that the row's tags name.
    fn workload(&mut self, table: &Table, row: &Row, settings: &Settings) -> Option<u32> {
        let Some(Cell::Map(tags)) = row.cell(table, "tags") else { return None };
        let value = settings.tag_keys.iter().find_map(|key| {
            let mut same = tags.iter().filter(|(name, _)| name.eq_ignore_ascii_case(key));
            same.find_map(|(_, value)| value.as_text().filter(|text| !text.is_empty()))
        })?;
        let name: Arc<str> = value.into();
        let next = u32::try_from(self.workloads.len()).unwrap_or(u32::MAX);
        Some(*self.workload_numbers.entry(name.clone()).or_insert_with(|| {
            self.workloads.push(name);
            next
        }))
    }

    /// The name of a workload.
    pub(super) fn workload_name(&self, number: u32) -> Option<&Arc<str>> {
        self.workloads.get(number as usize)
    }

    /// Adds what the rows of a table say by one column.
    fn follow(&mut self, rule: &NeedRule) {
        let Some(table) = partywall_model::table(&rule.table) else { return };
        let label: Arc<str> = rule.label.as_str().into();
        let (column, field) = rule.needed_parts();
        for row in self.inventory.rows(table.name) {
            let words = Words::default();
            if rule.when.iter().any(|condition| condition.holds(table, row, &words) == Ok(false)) {
                continue;
            }
            let needers = self.referred(table, row, &rule.needer, None, rule, None);
            for needer in needers {
                for needed in self.referred(table, row, column, field, rule, Some(needer)) {
                    self.need(needer, &label, needed, rule);
                }
            }
        }
    }

    /// Says that a node needs another.
    pub(super) fn need(&mut self, needer: NodeNumber, label: &Arc<str>, needed: NodeNumber, rule: &NeedRule) {
        let gathered = self.needs.entry((needer, label.clone())).or_default();
        gathered.any |= rule.any;
        gathered.soft |= rule.soft;
        gathered.pause = gathered.pause.longer(rule.pause.unwrap_or(Span::ZERO));
        gathered.of.insert(needed);
    }

    /// The nodes that a column refers to; the row's own without a column. What is not in sight becomes a node of its
    /// own, of which nothing is known, unless only what is in sight counts.
    fn referred(
        &mut self,
        table: &'static Table,
        row: &Row,
        column: &str,
        field: Option<&str>,
        rule: &NeedRule,
        needer: Option<NodeNumber>,
    ) -> Vec<NodeNumber> {
        if column.is_empty() {
            return self.graph.numbers.get(&row.resource).copied().into_iter().collect();
        }
        let mut texts = BTreeSet::new();
        let mut missing = None;
        let cell = row.cell(table, column);
        match (cell, field) {
            (Some(_), Some(field)) => {
                let (known, more) = copies::field(table, row, column, field);
                texts = known;
                missing = more;
            }
            (Some(Cell::Text(text)), None) => {
                texts.insert(text.clone());
            }
            (Some(Cell::List(items)), None) => {
                texts.extend(items.iter().filter_map(|item| match item {
                    Cell::Text(text) => Some(text.clone()),
                    _ => None,
                }));
                missing = items.iter().flat_map(Cell::unknowns).next().map(ToString::to_string);
            }
            (Some(Cell::Unknown(unknown)), None) => missing = Some(unknown.to_string()),
            _ => {}
        }
        let mut found = Vec::new();
        for text in texts.iter().filter(|text| !text.is_empty() && !rule.except.iter().any(|name| **name == ***text)) {
            match (self.graph.numbers.get(text), needer) {
                (Some(number), _) => found.push(*number),
                (None, Some(needer)) if !rule.inside => found.push(self.outside(needer, text)),
                (None, _) => {}
            }
        }
        if let (Some(missing), Some(needer), false) = (missing, needer, rule.inside) {
            found.push(self.outside(needer, &missing.into()));
        }
        found
    }

    /// Something that a node needs and that is not in sight: it may fall with whatever falls in the needer's region.
    pub(super) fn outside(&mut self, needer: NodeNumber, name: &Arc<str>) -> NodeNumber {
        if let Some(known) = self.outside.get(&(needer, name.clone())) {
            return *known;
        }
        let region = match self.graph.node(needer).map(|node| &node.location) {
            Some(Location::Region(region)) => *region,
            Some(Location::Zones(zones)) => zones.region,
            _ => 0,
        };
        let missing: Arc<str> = format!("`{name}` is not in sight, so that nobody can tell where it is").into();
        let words = TollWords { why: missing.to_string(), ..TollWords::default() };
        let toll = Toll {
            least: Effect::None,
            most: Effect::Down,
            automatic: false,
            rpo: Span::ANY,
            rto: Span::ANY,
            words: Arc::new(words),
        };
        let zones = Zones { region, elsewhere: Some(missing), ..Zones::default() };
        let number = self.graph.add(Node {
            name: format!("{name} (not in sight)").into(),
            title: name.clone(),
            table: "",
            whole: None,
            location: Location::Zones(zones),
            zone: toll.clone(),
            region: toll,
            holds_data: false,
            is_managed: false,
            needs: Vec::new(),
            units: Range::NONE,
            is_single: false,
            is_doubtful: false,
            workload: None,
        });
        self.outside.insert((needer, name.clone()), number);
        number
    }

    /// Splits what runs in several zones into a part for each.
    fn spread(&mut self) {
        let wholes: Vec<NodeNumber> = self.rows.keys().copied().collect::<BTreeSet<_>>().into_iter().collect();
        for number in wholes {
            let Some(node) = self.graph.node(number).cloned() else { continue };
            let has_parts = self.facts.service(node.table).is_some_and(|service| service.has_parts);
            let Location::Zones(zones) = &node.location else { continue };
            if !has_parts || zones.certain.is_empty() || zones.elsewhere.is_some() {
                continue;
            }
            let counts_units = self.facts.service(node.table).is_some_and(|service| !service.units.is_empty());
            if counts_units && node.units.least < 2 && zones.certain.len() > 1 {
                self.keep_together(number, zones);
                continue;
            }
            let mut parts = Vec::new();
            for zone in &zones.certain {
                parts.push((Some(*zone), self.add_part(number, &node, *zone, zones)));
            }
            let gathered = self.needs.entry((number, "zones".into())).or_default();
            gathered.any = true;
            gathered.of.extend(parts.iter().map(|(_, part)| *part));
            gathered.pause = if node.zone.most < Effect::Down { node.zone.rto } else { Span::ZERO };
            self.parts.insert(number, parts);
            if let Some(whole) = self.graph.nodes.get_mut(number as usize) {
                whole.location = Location::Region(zones.region);
                whole.zone = Toll::none();
                whole.is_single = false;
            }
        }
    }

    /// One instance is in one of its zones, nobody knows which; of a number that is not known it may be the only one.
    fn keep_together(&mut self, number: NodeNumber, zones: &Zones) {
        let Some(node) = self.graph.nodes.get_mut(number as usize) else { return };
        let perhaps = zones.certain.clone();
        node.location = Location::Zones(Zones { region: zones.region, perhaps, ..Zones::default() });
        let is_alone = node.units.most <= 1;
        let least = if is_alone { Effect::Down } else { Effect::Degraded };
        let why = match is_alone {
            true => "its only instance may be in the zone, and starting another one is not counted on".to_owned(),
            false => format!("how many instances there are is not known: {}", node.units.missing_or("units")),
        };
        let words = TollWords { why, manual: Vec::new(), source: node.zone.words.source.clone() };
        node.zone = Toll {
            least,
            most: Effect::Down,
            automatic: true,
            rto: Span::ANY,
            words: Arc::new(words),
            ..node.zone.clone()
        };
        node.is_single = is_alone;
    }

    fn add_part(&mut self, whole: NodeNumber, node: &Node, zone: ZoneNumber, zones: &Zones) -> NodeNumber {
        let name = self.graph.atlas.zones.get(usize::from(zone)).map_or("", |zone| &zone.name);
        let count = u32::try_from(zones.certain.len()).unwrap_or(u32::MAX);
        let words = TollWords {
            why: "what runs in the zone is lost, and starting it elsewhere is not counted on".to_owned(),
            source: node.zone.words.source.clone(),
            manual: Vec::new(),
        };
        let words = Arc::new(words);
        let toll = Toll { least: Effect::Down, most: Effect::Down, rto: Span::ANY, words, ..node.zone.clone() };
        let part = Node {
            name: format!("{} in {name}", node.name).into(),
            title: format!("{} in {name}", node.title).into(),
            whole: Some(whole),
            location: Location::Zones(Zones { region: zones.region, certain: vec![zone], ..Zones::default() }),
            zone: toll,
            holds_data: false,
            is_managed: false,
            is_single: node.units.most > 0 && node.units.most <= count,
            needs: Vec::new(),
            ..node.clone()
        };
        self.graph.add(part)
    }
}

/// Whether a node is one thing that can break by itself: in one zone, and not replaced by AWS.
fn is_single(service: Option<&Service>, location: &Location, zone: Option<&Toll>, units: &Range) -> bool {
    let is_whole = service.is_some_and(|service| !service.has_parts) && units.most <= 1;
    is_whole && matches!(location, Location::Zones(_)) && zone.is_some_and(|zone| zone.least == Effect::Down)
}

/// An answer as far as a drill counts with it.
fn toll(answer: &Answer) -> Toll {
    let words = TollWords { manual: answer.manual.clone(), why: answer.why.clone(), source: answer.source.clone() };
    Toll {
        least: answer.possible.first().copied().unwrap_or(Effect::None),
        most: answer.possible.last().copied().unwrap_or(Effect::Down),
        automatic: answer.automatic.unwrap_or(false),
        rpo: answer.rpo.unwrap_or(Span::ZERO),
        rto: answer.rto.unwrap_or(Span::ZERO),
        words: Arc::new(words),
    }
}

/// The texts of a list of references.
pub(super) fn references<'r>(table: &Table, row: &'r Row, column: &str) -> Vec<&'r Arc<str>> {
    debug_assert!(
        table
            .column(column)
            .is_some_and(|(_, column)| matches!(column.column_type, ColumnType::List(_) | ColumnType::Reference)),
        "{} has no references `{column}`",
        table.name
    );
    let text = |cell: &'r Cell| match cell {
        Cell::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    };
    match row.cell(table, column) {
        Some(Cell::List(items)) => items.iter().filter_map(text).collect(),
        Some(cell) => text(cell).into_iter().collect(),
        None => Vec::new(),
    }
}
