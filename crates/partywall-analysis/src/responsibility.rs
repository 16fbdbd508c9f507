//! Who is answerable for each layer of each resource, and the rule that decided it.
//!
//! The rules are data (`facts/responsibility/`): a class gives every layer a party, a service form overrides
//! some, and a variant overrides again where the resource's configuration says so. Where two variants touch
//! one layer, the one that leaves the customer more work wins.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use partywall_model::{Cause, Cell, Inventory, Layer, Party, Responsibility, Row, Table, Unknown};
use serde::Deserialize;

/// The rules of responsibility.
#[derive(Debug, Default)]
pub struct Facts {
    sources: BTreeMap<String, Source>,
    classes: BTreeMap<String, Class>,
    forms: Vec<Form>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    sources: BTreeMap<String, Source>,
    #[serde(default)]
    classes: BTreeMap<String, Class>,
    #[serde(default)]
    form: Vec<Form>,
}

/// Where a fact was read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    title: String,
    url: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    title: String,
    source: String,
    layers: BTreeMap<Layer, Party>,
}

/// A service in one of the ways it can be bought or configured.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    id: String,
    title: String,
    class: String,
    tables: Vec<String>,
    #[serde(default)]
    when: Vec<Condition>,
    #[serde(default)]
    mission_claim: String,
    #[serde(default)]
    layers: BTreeMap<Layer, Ruling>,
    #[serde(default)]
    variant: Vec<Variant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    id: String,
    when: Vec<Condition>,
    layers: BTreeMap<Layer, Ruling>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ruling {
    party: Party,
    why: String,
    source: String,
    confidence: Confidence,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Confidence {
    Doc,
    Class,
    Recall,
}

/// A test of one column; exactly one of the operators is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    /// A column that refers to another row; `column` is then that row's.
    via: Option<String>,
    column: String,
    is: Option<serde_json::Value>,
    is_not: Option<serde_json::Value>,
    one_of: Option<Vec<String>>,
    starts_with: Option<String>,
    contains: Option<String>,
    /// Text that is not '' or a list that is not empty.
    set: Option<bool>,
    /// The least length of a list.
    length_min: Option<usize>,
}

/// A row, with the rows that it refers to.
struct Subject<'a> {
    rows: &'a HashMap<&'a str, (&'static Table, &'a Row)>,
    table: &'static Table,
    row: &'a Row,
}

/// What a condition gets to see.
enum Sight<'a> {
    /// The cell.
    Cell(&'a Cell),
    /// A row outside of what was scanned, by the name under which it is referred to.
    Elsewhere(&'a str),
    /// The row refers to nothing, or its table has no such column.
    Nothing,
}

impl<'a> Subject<'a> {
    fn look(&self, condition: &Condition) -> Sight<'a> {
        let Some(via) = &condition.via else {
            return self.row.cell(self.table, &condition.column).map_or(Sight::Nothing, Sight::Cell);
        };
        match self.row.cell(self.table, via) {
            Some(Cell::Text(name)) if name.is_empty() => Sight::Nothing,
            Some(Cell::Text(name)) => match self.rows.get(name.as_ref()) {
                Some((table, row)) => row.cell(table, &condition.column).map_or(Sight::Nothing, Sight::Cell),
                None => Sight::Elsewhere(name),
            },
            Some(unknown) => Sight::Cell(unknown),
            None => Sight::Nothing,
        }
    }
}

/// One candidate answer for a layer.
struct Outcome<'a> {
    party: Party,
    rule: String,
    why: &'a str,
    source: &'a str,
    confidence: Confidence,
}

impl Facts {
    /// The facts that ship with the program.
    ///
    /// # Errors
    /// When they do not have the expected shape.
    pub fn shipped() -> Result<Self, serde_json::Error> {
        let files: Vec<File> = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/responsibility.json")))?;
        let mut facts = Self::default();
        for file in files {
            facts.sources.extend(file.sources);
            facts.classes.extend(file.classes);
            facts.forms.extend(file.form);
        }
        Ok(facts)
    }

    /// Faults in the facts: names that lead nowhere, tables without a form, layers without a party.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for form in &self.forms {
            let id = &form.id;
            if !self.classes.contains_key(&form.class) {
                faults.push(format!("form `{id}`: there is no class `{}`", form.class));
            }
            let mut tables = Vec::new();
            for name in &form.tables {
                let Some(table) = partywall_model::table(name) else {
                    faults.push(format!("form `{id}`: there is no table `{name}`"));
                    continue;
                };
                tables.push(table);
            }
            let conditions = form.when.iter().chain(form.variant.iter().flat_map(|variant| &variant.when));
            faults.extend(
                conditions
                    .map(|condition| condition.via.as_ref().unwrap_or(&condition.column))
                    .filter(|column| tables.iter().all(|table| table.column(column).is_none()))
                    .map(|column| format!("form `{id}`: none of its tables has a column `{column}`")),
            );
            let rulings = form.layers.values().chain(form.variant.iter().flat_map(|variant| variant.layers.values()));
            faults.extend(
                rulings
                    .filter(|ruling| !self.sources.contains_key(&ruling.source))
                    .map(|ruling| format!("form `{id}`: there is no source `{}`", ruling.source)),
            );
        }
        for (id, class) in &self.classes {
            faults.extend(
                Layer::ALL
                    .iter()
                    .filter(|layer| !class.layers.contains_key(layer))
                    .map(|layer| format!("class `{id}`: layer `{}` has no party", layer.id())),
            );
            if !self.sources.contains_key(&class.source) {
                faults.push(format!("class `{id}`: there is no source `{}`", class.source));
            }
        }
        for table in Inventory::all_tables().iter().filter(|table| !table.derived) {
            if !self.forms.iter().any(|form| form.tables.iter().any(|name| name == table.name)) {
                faults.push(format!("table `{}` belongs to no form", table.name));
            }
        }
        faults
    }
}

/// Decides every layer of every resource. Rows that are a part of a resource have no layers of their own.
pub fn decide(facts: &Facts, inventory: &Inventory) -> Vec<Responsibility> {
    let mut decided = Vec::new();
    let by_resource: HashMap<&str, (&'static Table, &Row)> = inventory
        .resource_tables()
        .flat_map(|(table, rows)| rows.iter().map(move |row| (row.resource.as_ref(), (table, row))))
        .collect();
    for (table, rows) in inventory.resource_tables() {
        if table.sources.iter().all(|source| source.each.is_some()) {
            continue;
        }
        let forms: Vec<&Form> =
            facts.forms.iter().filter(|form| form.tables.iter().any(|name| name == table.name)).collect();
        for row in rows {
            let subject = Subject { rows: &by_resource, table, row };
            let candidates = candidates(&forms, &subject);
            decided.extend(Layer::ALL.iter().filter_map(|layer| one_layer(facts, &candidates, &subject, *layer)));
        }
    }
    decided
}

/// The forms that the row may have: the first that certainly fits, and before it those that may.
fn candidates<'a>(forms: &[&'a Form], subject: &Subject<'_>) -> Vec<&'a Form> {
    let mut candidates = Vec::new();
    for form in forms {
        match all_hold(&form.when, subject) {
            Some(true) => {
                candidates.push(*form);
                break;
            }
            Some(false) => {}
            None => candidates.push(*form),
        }
    }
    candidates
}

fn one_layer(facts: &Facts, candidates: &[&Form], subject: &Subject<'_>, layer: Layer) -> Option<Responsibility> {
    let outcomes: Vec<(&Form, Outcome<'_>)> = candidates
        .iter()
        .flat_map(|form| outcomes(facts, form, subject, layer).into_iter().map(move |outcome| (*form, outcome)))
        .collect();
    let (form, first) = outcomes.first()?;
    let agreed = outcomes.iter().all(|(_, outcome)| outcome.party == first.party);
    let rule = match agreed {
        true => first.rule.clone(),
        false => {
            let rules: Vec<String> =
                outcomes.iter().map(|(_, outcome)| format!("{} if {}", outcome.party.id(), outcome.rule)).collect();
            format!("undetermined: {}", rules.join("; "))
        }
    };
    let source = facts.sources.get(first.source);
    Some(Responsibility {
        resource: subject.row.resource.clone(),
        table: subject.table.name,
        form: intern(&form.id),
        layer,
        party: agreed.then_some(first.party),
        rule,
        why: first.why.to_owned(),
        source: source.map(|source| format!("{} <{}>", source.title, source.url)).unwrap_or_default(),
        confidence: match first.confidence {
            Confidence::Doc => "doc",
            Confidence::Class => "class",
            Confidence::Recall => "recall",
        },
        mission_claim: intern(&form.mission_claim),
    })
}

/// The answers that a layer may have: one, unless the configuration that decides is unknown.
fn outcomes<'a>(facts: &'a Facts, form: &'a Form, subject: &Subject<'_>, layer: Layer) -> Vec<Outcome<'a>> {
    let mut certain = base(facts, form, layer);
    let mut possible = Vec::new();
    for variant in &form.variant {
        let Some(ruling) = variant.layers.get(&layer) else { continue };
        let rule = format!("configuration {}: {}", variant.id, describe(&variant.when, subject));
        let outcome = Outcome {
            party: ruling.party,
            rule,
            why: &ruling.why,
            source: &ruling.source,
            confidence: ruling.confidence,
        };
        match all_hold(&variant.when, subject) {
            Some(true) if !overridden(&certain) || outcome.party > certain_party(&certain) => certain = Some(outcome),
            Some(_) => {}
            None => possible.push(outcome),
        }
    }
    certain.into_iter().chain(possible).collect()
}

fn overridden(outcome: &Option<Outcome<'_>>) -> bool {
    outcome.as_ref().is_some_and(|outcome| outcome.rule.starts_with("configuration "))
}

fn certain_party(outcome: &Option<Outcome<'_>>) -> Party {
    outcome.as_ref().map_or(Party::Provider, |outcome| outcome.party)
}

fn base<'a>(facts: &'a Facts, form: &'a Form, layer: Layer) -> Option<Outcome<'a>> {
    if let Some(ruling) = form.layers.get(&layer) {
        let rule = format!("service {}", form.title);
        return Some(Outcome {
            party: ruling.party,
            rule,
            why: &ruling.why,
            source: &ruling.source,
            confidence: ruling.confidence,
        });
    }
    let class = facts.classes.get(&form.class)?;
    Some(Outcome {
        party: *class.layers.get(&layer)?,
        rule: format!("class {}", form.class),
        why: &class.title,
        source: &class.source,
        confidence: Confidence::Class,
    })
}

fn all_hold(conditions: &[Condition], subject: &Subject<'_>) -> Option<bool> {
    let mut unknown = false;
    for condition in conditions {
        match holds(condition, &subject.look(condition)) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(true) }
}

fn holds(condition: &Condition, sight: &Sight<'_>) -> Option<bool> {
    let cell = match sight {
        Sight::Cell(Cell::Unknown(_)) | Sight::Elsewhere(_) => return None,
        Sight::Nothing => return Some(false),
        Sight::Cell(known) => *known,
    };
    if let Some(expected) = &condition.is {
        return Some(plain(cell) == *expected);
    }
    if let Some(refused) = &condition.is_not {
        return Some(plain(cell) != *refused);
    }
    if let Some(choices) = &condition.one_of {
        return Some(cell.as_text().is_some_and(|text| choices.iter().any(|choice| choice == text)));
    }
    if let Some(prefix) = &condition.starts_with {
        return Some(cell.as_text().is_some_and(|text| text.starts_with(prefix.as_str())));
    }
    if let Some(wanted) = &condition.contains {
        return match cell {
            Cell::List(items) if items.iter().any(|item| item.as_text() == Some(wanted)) => Some(true),
            Cell::List(items) if items.iter().any(|item| matches!(item, Cell::Unknown(_))) => None,
            _ => Some(false),
        };
    }
    let length = match cell {
        Cell::Text(text) => text.len(),
        Cell::List(items) => items.len(),
        Cell::Map(entries) => entries.len(),
        _ => 1,
    };
    if let Some(set) = condition.set {
        return Some((length > 0) == set);
    }
    condition.length_min.map(|least| length >= least)
}

fn plain(cell: &Cell) -> serde_json::Value {
    match cell {
        Cell::Text(text) => text.as_ref().into(),
        Cell::Boolean(truth) => (*truth).into(),
        Cell::Integer(number) => (*number).into(),
        Cell::Number(number) => (*number).into(),
        _ => serde_json::Value::Null,
    }
}

/// The columns that decided, with their values.
fn describe(conditions: &[Condition], subject: &Subject<'_>) -> String {
    let texts: Vec<String> = conditions
        .iter()
        .map(|condition| {
            let value = match subject.look(condition) {
                Sight::Cell(Cell::Unknown(unknown)) => format!("unknown ({})", unknown.symbol),
                Sight::Cell(Cell::Text(text)) if text.is_empty() => "not set".to_owned(),
                Sight::Cell(Cell::List(items)) => format!("{} entries", items.len()),
                Sight::Cell(cell) => plain(cell).to_string(),
                Sight::Elsewhere(name) => format!("unknown (`{name}` is not in what was scanned)"),
                Sight::Nothing => "absent".to_owned(),
            };
            format!("{} = {value}", condition.column)
        })
        .collect();
    texts.join(", ")
}

/// The unknown that stands in SQL for a party that is not determined.
pub fn undetermined(duty: &Responsibility) -> Arc<Unknown> {
    Arc::new(Unknown {
        symbol: format!("{}.{}", duty.resource, duty.layer.id()),
        cause: Cause::Undetermined(duty.rule.clone()),
        reference: None,
    })
}

/// Ids and claims of the shipped facts live as long as the program; they are few.
fn intern(text: &str) -> &'static str {
    static KNOWN: LazyLock<std::sync::Mutex<BTreeMap<String, &'static str>>> = LazyLock::new(Default::default);
    let Ok(mut known) = KNOWN.lock() else { return "" };
    if let Some(interned) = known.get(text) {
        return interned;
    }
    let leaked: &'static str = Box::leak(text.to_owned().into_boxed_str());
    known.insert(text.to_owned(), leaked);
    leaked
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    #[test]
    fn shipped_facts_lead_somewhere_and_cover_every_table() {
        assert_eq!(super::Facts::shipped().unwrap().faults(), Vec::<String>::new());
    }
}
