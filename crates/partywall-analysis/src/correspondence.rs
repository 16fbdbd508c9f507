//! Which row of one reading is which row of another.
//!
//! Two live readings name a thing by its ARN. Code knows names where AWS knows ids, so that rows of code and of an
//! account meet by ARN, by the columns that identify them, by their `Name` tag, and, where a thing has no name of its
//! own, such as a rule of a security group, by what it says.

use std::collections::{BTreeMap, HashMap, HashSet};

use partywall_model::{Cell, ColumnType, Inventory, ResourceKey, Row, Table};

/// How two rows were found to be the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Both have the same `resource`.
    Resource,
    /// Both have the same ARN.
    Arn,
    /// Both have the same identifying columns.
    Identity,
    /// Both have the same `Name` tag or the same name, and nothing else of the table has it.
    Name,
    /// Both say the same, and have no name.
    Content,
}

impl Basis {
    /// Its name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Arn => "arn",
            Self::Identity => "identity",
            Self::Name => "name",
            Self::Content => "content",
        }
    }
}

/// Which row of one reading is which row of another.
#[derive(Debug, Default)]
pub struct Correspondence<'a> {
    /// The `resource` of the second reading and the basis, by the `resource` of the first.
    pub pairs: BTreeMap<ResourceKey, (ResourceKey, Basis)>,
    /// Rows that only the first reading has.
    pub only_before: Vec<(&'static Table, &'a Row)>,
    /// Rows that only the second reading has.
    pub only_after: Vec<(&'static Table, &'a Row)>,
}

/// Finds for each row of the first reading the same thing in the second.
pub fn correspond<'a>(before: &'a Inventory, after: &'a Inventory) -> Correspondence<'a> {
    let mut matcher = Matcher::new(before, after);
    matcher.pair(Basis::Resource, &|_, row| Some(row.resource.to_string()));
    matcher.pair(Basis::Arn, &|table, row| row.text(table, "arn").filter(|arn| !arn.is_empty()).map(str::to_owned));
    matcher.pair(Basis::Identity, &identity);
    matcher.pair(Basis::Name, &name_tag);
    matcher.pair(Basis::Name, &|table, row| {
        row.text(table, table.name_column).filter(|name| !name.is_empty()).map(str::to_owned)
    });
    // What a nameless row says may name rows that were paired before it.
    matcher.pair_by_content(0);
    matcher.pair_by_content(DIFFERENCES_MAX);
    matcher.finish()
}

struct Matcher<'a> {
    before: Vec<(&'static Table, &'a Row)>,
    after: Vec<(&'static Table, &'a Row)>,
    pairs: BTreeMap<ResourceKey, (ResourceKey, Basis)>,
    taken: HashSet<ResourceKey>,
}

impl<'a> Matcher<'a> {
    fn new(before: &'a Inventory, after: &'a Inventory) -> Self {
        let list = |inventory: &'a Inventory| {
            inventory.resource_tables().flat_map(|(table, rows)| rows.iter().map(move |row| (table, row))).collect()
        };
        Self { before: list(before), after: list(after), pairs: BTreeMap::new(), taken: HashSet::new() }
    }

    /// Pairs the rows of a table for which a name is the same, where it names one row on each side.
    fn pair(&mut self, basis: Basis, name: &dyn Fn(&Table, &Row) -> Option<String>) {
        let mut names: HashMap<(&str, String), Vec<&'a Row>> = HashMap::new();
        for (table, row) in self.after.iter().filter(|(_, row)| !self.taken.contains(&row.resource)) {
            if let Some(name) = name(table, row) {
                names.entry((table.name, name)).or_default().push(row);
            }
        }
        let mut found: HashMap<(&str, String), Vec<&'a Row>> = HashMap::new();
        for (table, row) in self.before.iter().filter(|(_, row)| !self.pairs.contains_key(&row.resource)) {
            if let Some(name) = name(table, row) {
                found.entry((table.name, name)).or_default().push(row);
            }
        }
        for (name, before) in found {
            if let ([before], Some([after])) = (before.as_slice(), names.get(&name).map(Vec::as_slice)) {
                self.keep(before, after, basis);
            }
        }
    }

    /// Pairs rows that say the same but for so many columns, as far as both say something, as many as there are on both
    /// sides.
    fn pair_by_content(&mut self, differences_max: usize) {
        let mut open: HashMap<(&str, String), Vec<(&'static Table, &'a Row)>> = HashMap::new();
        for (table, row) in self.after.iter().filter(|(_, row)| !self.taken.contains(&row.resource)) {
            open.entry((table.name, belongs_to(table, row, &str::to_owned))).or_default().push((*table, row));
        }
        let names: HashMap<ResourceKey, ResourceKey> =
            self.pairs.iter().map(|(before, (after, _))| (before.clone(), after.clone())).collect();
        let rename = |text: &str| renamed(text, &names);
        let before: Vec<_> =
            self.before.iter().filter(|(_, row)| !self.pairs.contains_key(&row.resource)).copied().collect();
        for (table, row) in before {
            let Some(others) = open.get_mut(&(table.name, belongs_to(table, row, &rename))) else { continue };
            let differences = others.iter().take(CANDIDATES_MAX).enumerate().filter_map(|(at, (_, other))| {
                Some((differences(table, row, other, &rename).filter(|count| *count <= differences_max)?, at))
            });
            if let Some((_, at)) = differences.min() {
                let (_, other) = others.swap_remove(at);
                self.keep(row, other, Basis::Content);
            }
        }
    }

    fn keep(&mut self, before: &Row, after: &Row, basis: Basis) {
        self.pairs.insert(before.resource.clone(), (after.resource.clone(), basis));
        self.taken.insert(after.resource.clone());
    }

    fn finish(self) -> Correspondence<'a> {
        let Self { before, after, pairs, taken } = self;
        Correspondence {
            only_before: before.into_iter().filter(|(_, row)| !pairs.contains_key(&row.resource)).collect(),
            only_after: after.into_iter().filter(|(_, row)| !taken.contains(&row.resource)).collect(),
            pairs,
        }
    }
}

/// The identifying columns, when all of them are known; with the region where both sides may know it.
fn identity(table: &Table, row: &Row) -> Option<String> {
    let known = |name: &&&str| row.text(table, name).filter(|text| !text.is_empty()).map(str::to_owned);
    let names: Option<Vec<String>> = table.identity.iter().map(|name| known(&name)).collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join("\n"))
}

fn name_tag(table: &Table, row: &Row) -> Option<String> {
    match row.cell(table, "tags")? {
        Cell::Map(tags) => tags.get("Name")?.as_text().filter(|name| !name.is_empty()).map(str::to_owned),
        _ => None,
    }
}

/// Columns that say where a thing is or what it is called, not what it does.
const PLACES: [&str; 6] = ["resource", "arn", "title", "account_id", "region", "tags"];

/// How many nameless rows of one owner are compared with each other at most.
const CANDIDATES_MAX: usize = 1000;

/// In how many columns two nameless rows of one owner may differ and be the same, changed.
const DIFFERENCES_MAX: usize = 2;

/// The first thing that a row names: the group of a rule, the table of a route.
fn belongs_to(table: &Table, row: &Row, rename: &dyn Fn(&str) -> String) -> String {
    let columns = table.columns.iter().zip(&row.cells);
    let mut references = columns.filter(|(column, _)| matches!(column.column_type, ColumnType::Reference));
    references.next().and_then(|(_, cell)| cell.as_text()).map(rename).unwrap_or_default()
}

/// In how many columns that both know two rows differ; None when they know too little to be compared.
fn differences(table: &Table, before: &Row, after: &Row, rename: &dyn Fn(&str) -> String) -> Option<usize> {
    let columns = table.columns.iter().zip(before.cells.iter().zip(&after.cells));
    let told: Vec<bool> = columns
        .filter(|(column, _)| !PLACES.contains(&column.name) && !table.identity.contains(&column.name))
        .filter_map(|(column, (before, after))| agree(before, after, &column.column_type, rename))
        .collect();
    let differences = told.iter().filter(|same| !**same).count();
    (told.len() > 2 * differences).then_some(differences)
}

/// Whether two cells say the same; None when one of them does not know.
pub(crate) fn agree(
    before: &Cell,
    after: &Cell,
    column_type: &ColumnType,
    rename: &dyn Fn(&str) -> String,
) -> Option<bool> {
    if !before.unknowns().is_empty() || !after.unknowns().is_empty() {
        return None;
    }
    // A reading that cannot see what is referred to has its name, where the other has its ARN.
    let is_named = |cell: &Cell| !json(cell, column_type, &str::to_owned).to_string().contains("\"arn:");
    if is_reference(column_type) && is_named(before) != is_named(after) {
        let last = |text: &str| text.rsplit([':', '/']).next().unwrap_or(text).to_owned();
        let (before, after) = (json(before, column_type, &|text| last(&rename(text))), json(after, column_type, &last));
        return Some(canonical(&before) == canonical(&after));
    }
    let (before, after) = (json(before, column_type, rename), json(after, column_type, &str::to_owned));
    if let (ColumnType::Json, Some(before), Some(after)) = (column_type, before.as_str(), after.as_str()) {
        let (before, after) = (settled(before, rename), settled(after, &str::to_owned));
        // A document that names what only AWS will name cannot be compared.
        if before.contains("${") != after.contains("${") {
            return None;
        }
        return Some(document(&before) == document(&after));
    }
    Some(canonical(&before) == canonical(&after))
}

fn is_reference(column_type: &ColumnType) -> bool {
    match column_type {
        ColumnType::Reference => true,
        ColumnType::List(inner) => is_reference(inner),
        _ => false,
    }
}

/// A document in which `${row}` and `${row.arn}` are written as the second reading has them.
fn settled(text: &str, rename: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once("${") {
        let Some((inside, after)) = after.split_once('}') else { break };
        out.push_str(literal);
        let key = inside.strip_suffix(".arn").unwrap_or(inside);
        let name = rename(key);
        match name.strip_prefix("arn:") {
            Some(_) if inside != key => out.push_str(&name),
            Some(_) => out.push_str(name.rsplit([':', '/']).next().unwrap_or(&name)),
            None => out.push_str(&format!("${{{name}{}}}", inside.strip_prefix(key).unwrap_or_default())),
        }
        rest = after;
    }
    out + rest
}

fn document(text: &str) -> serde_json::Value {
    serde_json::from_str(text).map_or_else(|_| text.into(), |parsed: serde_json::Value| canonical(&parsed))
}

/// A value without what makes no difference: the order of lists, and whether one thing stands in a list of one.
fn canonical(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Array(items) => match items.as_slice() {
            [only] => canonical(only),
            items => {
                let mut items: Vec<serde_json::Value> = items.iter().map(canonical).collect();
                items.sort_by_key(ToString::to_string);
                serde_json::Value::Array(items)
            }
        },
        serde_json::Value::Object(entries) => {
            serde_json::Value::Object(entries.iter().map(|(key, value)| (key.clone(), canonical(value))).collect())
        }
        other => other.clone(),
    }
}

fn renamed(text: &str, names: &HashMap<ResourceKey, ResourceKey>) -> String {
    names.get(text).map_or_else(|| text.to_owned(), ToString::to_string)
}

/// A cell as JSON, with references renamed; what is unknown is null.
pub(crate) fn json(cell: &Cell, column_type: &ColumnType, rename: &dyn Fn(&str) -> String) -> serde_json::Value {
    match (cell, column_type) {
        (Cell::Unknown(_), _) => serde_json::Value::Null,
        (Cell::Text(text), ColumnType::Reference) => rename(text).into(),
        (Cell::Text(text), _) => text.as_ref().into(),
        (Cell::Boolean(truth), _) => (*truth).into(),
        (Cell::Integer(number), _) => (*number).into(),
        (Cell::Number(number), _) => (*number).into(),
        (Cell::List(items), ColumnType::List(inner)) => items.iter().map(|item| json(item, inner, rename)).collect(),
        (Cell::List(items), _) => items.iter().map(|item| json(item, &ColumnType::Text, rename)).collect(),
        (Cell::Map(entries), _) => {
            entries.iter().map(|(key, value)| (key.clone(), json(value, &ColumnType::Text, rename))).collect()
        }
        (Cell::Struct(values), ColumnType::Struct(columns)) => columns
            .iter()
            .zip(values)
            .map(|(column, value)| (column.name.to_owned(), json(value, &column.column_type, rename)))
            .collect(),
        (Cell::Struct(values), _) => values.iter().map(|value| json(value, &ColumnType::Text, rename)).collect(),
    }
}
