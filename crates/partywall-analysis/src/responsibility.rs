//! Who is answerable for each layer of each resource, and the rule that decided it.
//!
//! The rules are data (`facts/responsibility/`): a class gives every layer a party, a service form overrides
//! some, and a variant overrides again where the resource's configuration says so. Where two variants touch
//! one layer, the one that leaves the customer more work wins. Variants that hold for every service, such as
//! a customer's own key, only change the reason.

mod facts;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use facts::{Condition, Confidence, Form, Ruling};
use partywall_model::{Cause, Cell, Inventory, Layer, Party, Responsibility, Row, Table, Unknown};

pub use facts::Facts;

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

/// Decides every layer of every resource. Rows that are a part of a resource have no layers of their own.
pub fn decide(facts: &Facts, inventory: &Inventory) -> Vec<Responsibility> {
    let mut decided = Vec::new();
    let mut texts = Texts::default();
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
        for row in rows.iter().filter(|row| !is_part(&row.resource, &by_resource)) {
            let subject = Subject { rows: &by_resource, table, row };
            let candidates = candidates(&forms, &subject);
            decided.extend(
                Layer::ALL.iter().filter_map(|layer| one_layer(facts, &candidates, &subject, *layer, &mut texts)),
            );
        }
    }
    decided
}

/// Texts of which an estate has few and its rows have many.
#[derive(Default)]
struct Texts {
    known: HashSet<Arc<str>>,
    sources: HashMap<String, Arc<str>>,
}

impl Texts {
    /// Title and address of a source.
    fn source(&mut self, facts: &Facts, id: &str) -> Arc<str> {
        if let Some(known) = self.sources.get(id) {
            return known.clone();
        }
        let source = facts.sources.get(id);
        let text: Arc<str> =
            source.map(|source| format!("{} <{}>", source.title, source.url)).unwrap_or_default().into();
        self.sources.insert(id.to_owned(), text.clone());
        text
    }

    fn share(&mut self, text: String) -> Arc<str> {
        if let Some(known) = self.known.get(text.as_str()) {
            return known.clone();
        }
        let shared: Arc<str> = text.into();
        self.known.insert(shared.clone());
        shared
    }
}

/// Whether a row belongs to another resource: `aws_security_group.web/ingress[0]` is a part of its group.
fn is_part(resource: &str, by_resource: &HashMap<&str, (&'static Table, &Row)>) -> bool {
    let mut name = resource;
    while let Some((owner, _)) = name.rsplit_once('/') {
        if by_resource.contains_key(owner) {
            return true;
        }
        name = owner;
    }
    false
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

fn one_layer(
    facts: &Facts,
    candidates: &[&Form],
    subject: &Subject<'_>,
    layer: Layer,
    texts: &mut Texts,
) -> Option<Responsibility> {
    let outcomes: Vec<(&Form, Outcome<'_>)> = candidates
        .iter()
        .flat_map(|form| outcomes(facts, form, subject, layer).into_iter().map(move |outcome| (*form, outcome)))
        .collect();
    let (form, first) = outcomes.first()?;
    let agreed = outcomes.iter().all(|(_, outcome)| outcome.party == first.party);
    let rule = match agreed {
        true => first.rule.clone(),
        false => {
            let mut rules: Vec<String> = Vec::new();
            for (_, outcome) in &outcomes {
                let rule = format!("{} if {}", outcome.party.id(), outcome.rule);
                if !rules.contains(&rule) {
                    rules.push(rule);
                }
            }
            format!("undetermined: {}", rules.join("; "))
        }
    };
    Some(Responsibility {
        resource: subject.row.resource.clone(),
        table: subject.table.name,
        form: intern(&form.id),
        layer,
        party: agreed.then_some(first.party),
        rule: texts.share(rule),
        why: texts.share(reasons(&outcomes)),
        source: texts.source(facts, first.source),
        confidence: match first.confidence {
            Confidence::Doc => "doc",
            Confidence::Class => "class",
            Confidence::Recall => "recall",
        },
        mission_claim: intern(&form.mission_claim),
    })
}

/// Why, or every reason that may hold when it is not known which does.
fn reasons(outcomes: &[(&Form, Outcome<'_>)]) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    let agreed =
        outcomes.first().is_some_and(|(_, first)| outcomes.iter().all(|(_, other)| other.party == first.party));
    for (_, outcome) in outcomes.iter().take(if agreed { 1 } else { usize::MAX }) {
        if !reasons.contains(&outcome.why) {
            reasons.push(outcome.why);
        }
    }
    reasons.join("; or: ")
}

/// The answers that a layer may have: one, unless the configuration that decides is unknown.
fn outcomes<'a>(facts: &'a Facts, form: &'a Form, subject: &Subject<'_>, layer: Layer) -> Vec<Outcome<'a>> {
    let Some(base) = base(facts, form, layer) else { return Vec::new() };
    let base_party = base.party;
    let mut certain = base;
    let mut overridden = false;
    let mut possible = Vec::new();
    for variant in form.variant.iter().chain(&facts.everywhere) {
        let Some(ruling) = variant.layers.get(&layer) else { continue };
        if ruling.party.is_none() && base_party == Party::NotApplicable {
            continue;
        }
        let holds = all_hold(&variant.when, subject);
        if holds == Some(false) {
            continue;
        }
        let rule = format!("configuration {}: {}", variant.id, describe(&variant.when, subject));
        let outcome = outcome(facts, form, ruling, base_party, rule);
        match holds {
            Some(true) if !overridden || burden(outcome.party) > burden(certain.party) => {
                certain = outcome;
                overridden = true;
            }
            Some(_) => {}
            None => possible.push(outcome),
        }
    }
    // What would leave the customer less work than what is certain can no longer win.
    possible.retain(|outcome| !overridden || burden(outcome.party) > burden(certain.party));
    std::iter::once(certain).chain(possible).collect()
}

/// How much work a party leaves the customer.
const fn burden(party: Party) -> u8 {
    match party {
        Party::NotApplicable => 0,
        Party::Provider => 1,
        Party::Shared => 2,
        Party::Customer => 3,
    }
}

fn base<'a>(facts: &'a Facts, form: &'a Form, layer: Layer) -> Option<Outcome<'a>> {
    let class = facts.classes.get(&form.class)?;
    let party = *class.layers.get(&layer)?;
    if let Some(ruling) = form.layers.get(&layer) {
        return Some(outcome(facts, form, ruling, party, format!("service {}", form.title)));
    }
    let work = facts.work.get(&layer)?;
    let general = match party {
        Party::Provider => &work.provider,
        Party::Shared => &work.shared,
        Party::Customer => &work.customer,
        Party::NotApplicable => &work.not_applicable,
    };
    let source = work.source.as_ref().filter(|_| party == Party::Provider).unwrap_or(&class.source);
    Some(Outcome {
        party,
        rule: format!("class {}: {}", form.class, class.title),
        why: class.why.get(&layer).unwrap_or(general),
        source,
        confidence: Confidence::Class,
    })
}

fn outcome<'a>(facts: &'a Facts, form: &'a Form, ruling: &'a Ruling, otherwise: Party, rule: String) -> Outcome<'a> {
    let of_class = || facts.classes.get(&form.class).map_or("", |class| class.source.as_str());
    Outcome {
        party: ruling.party.unwrap_or(otherwise),
        rule,
        why: &ruling.why,
        source: ruling.source.as_deref().or(form.source.as_deref()).unwrap_or_else(of_class),
        confidence: ruling.confidence,
    }
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
        Sight::Cell(Cell::Unknown(unknown)) if unknown.cause == Cause::ServiceDecides => {
            return condition.unset.or(condition.otherwise);
        }
        Sight::Cell(Cell::Unknown(_)) | Sight::Elsewhere(_) => return condition.otherwise,
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
        let is_wanted = |item: &Cell| item.as_text().is_some_and(|text| wanted.iter().any(|wanted| wanted == text));
        return match cell {
            Cell::List(items) if items.iter().any(is_wanted) => Some(true),
            Cell::List(items) if items.iter().any(|item| matches!(item, Cell::Unknown(_))) => None,
            _ => Some(false),
        };
    }
    if let Some(refused) = &condition.without {
        return Some(cell.as_text().is_some_and(|text| !text.contains(refused.as_str())));
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
        cause: Cause::Undetermined(duty.rule.to_string()),
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
