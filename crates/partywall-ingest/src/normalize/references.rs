//! Which row an attribute of another resource means, and which resources configure which row.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use partywall_model::{
    Cause, Condition, Dialect, Gap, GapKind, Part, Path, Reference, Resource, ResourceKey, Source, Step, TABLES, Table,
    TextPart, UnansweredCall, Unknown, Value, call, format_number,
};

use super::attributes::follow;

/// What stands for the region in answers about a whole account.
const GLOBAL: &str = "global";

/// What stands in a condition for the account in which an answer was given. The API also shows what other accounts
/// share with it; that is judged where it belongs.
const OWN_ACCOUNT: &str = "{account_id}";

/// How a resource takes part in the inventory.
pub(crate) type TableSource = (&'static Table, &'static Source);

/// Every resource of a scan, by address and by name, with the parts that configure it.
#[derive(Default)]
pub(super) struct Estate<'a> {
    by_address: HashMap<(&'a str, &'a str), &'a Resource>,
    by_key: HashMap<ResourceKey, &'a Resource>,
    by_name: HashMap<(&'static str, String), ResourceKey>,
    /// Names that resources of several accounts or regions have.
    ambiguous: HashSet<(&'static str, String)>,
    /// Questions to the API without a full answer.
    unanswered: HashMap<(&'a str, &'a str, &'a str), Arc<Unknown>>,
    parts: HashMap<(ResourceKey, &'static str), Vec<&'a Resource>>,
    /// Parts whose target is unknown: they may configure any row of the table in their scope.
    adrift: BTreeMap<(&'a str, &'static str), (Arc<Unknown>, &'a Resource)>,
}

impl<'a> Estate<'a> {
    pub(super) fn new(resources: &'a [Resource], unanswered: &'a [UnansweredCall]) -> Self {
        let mut estate = Self::default();
        for UnansweredCall { call, account_id, region, cause, .. } in unanswered {
            estate.unanswered.insert((call, account_id, region), cause.clone());
        }
        for resource in resources {
            estate.by_address.insert((&resource.scope, &resource.address), resource);
            if tables_of(resource).next().is_some() {
                estate.by_key.insert(key(resource), resource);
            }
        }
        for resource in resources {
            estate.learn_names(resource);
        }
        for resource in resources {
            estate.attach(resource, resources);
        }
        estate
    }

    /// The resources of this type that configure the row of this resource.
    pub(super) fn parts(&self, owner: &Resource, kind: &'static str) -> &[&'a Resource] {
        self.parts.get(&(key(owner), kind)).map_or(&[], Vec::as_slice)
    }

    /// Set when the API did not fully answer the question that would show the parts of this type.
    pub(super) fn unanswered(&self, owner: &Resource, kind: &str) -> Option<Arc<Unknown>> {
        if owner.dialect != Dialect::Api || self.unanswered.is_empty() {
            return None;
        }
        let call = kind.split(' ').next().unwrap_or(kind);
        let account_id = owner.account_id.as_text().unwrap_or_default();
        let regions = [owner.region.as_text().unwrap_or_default(), GLOBAL];
        regions.iter().find_map(|region| self.unanswered.get(&(call, account_id, *region)).cloned())
    }

    /// Set when a question that is asked about each of a table's resources has left none of its answers with this one,
    /// neither a full nor an empty one: then nobody knows what it would say.
    pub(super) fn unattached(&self, owner: &Resource, kind: &str) -> Option<Arc<Unknown>> {
        if owner.dialect != Dialect::Api || kind.contains(' ') {
            return None;
        }
        let (service, name) = kind.split_once(':')?;
        call(service, name)?.for_each.as_ref()?;
        let cause = Cause::NotUnderstood(format!("no answer is about `{}`", owner.address));
        Some(Arc::new(Unknown { symbol: kind.to_owned(), cause, reference: None }))
    }

    /// Set when a resource of this type configures some row, but it is not known which.
    pub(super) fn adrift(&self, owner: &Resource, kind: &'static str) -> Option<Arc<Unknown>> {
        self.adrift.get(&(owner.scope.as_ref(), kind)).map(|(unknown, _)| unknown.clone())
    }

    /// A gap for each part whose target is unknown.
    pub(super) fn unattached_parts(&self) -> Vec<Gap> {
        self.adrift
            .values()
            .map(|(unknown, part)| {
                let (kind, address) = (&part.kind, &part.address);
                Gap::in_file(
                    GapKind::NotEvaluated,
                    part.origin.file(),
                    part.origin.lines().0,
                    format!("`{address}` configures something, but what is not known: {unknown}"),
                    format!("until it is, what a `{kind}` decides counts as unknown where nothing else sets it"),
                )
            })
            .collect()
    }

    /// The row that a reference or a literal name means, when it is in the inventory.
    pub(super) fn resolve(&self, from: &Resource, value: &Value, to: &'static str) -> Option<ResourceKey> {
        match value {
            Value::Unknown(unknown) => self.resolve_reference(from, unknown.reference.as_ref()?, 0),
            named => {
                let name = written_name(from, named)?;
                if to.is_empty() && (from.dialect != Dialect::Api || is_unmistakable(&name)) {
                    return TABLES.iter().find_map(|table| self.named(from, table.name, &name));
                }
                self.named(from, to, &name)
            }
        }
    }

    /// The row of a table with this name: of the same region, of the same account, or the only one anywhere.
    fn named(&self, from: &Resource, table: &'static str, name: &str) -> Option<ResourceKey> {
        if from.dialect == Dialect::Api {
            let near = neighbourhoods(from).into_iter().find_map(|place| self.by_name.get(&(table, place + name)));
            if let Some(near) = near {
                return Some(near.clone());
            }
        }
        let name = (table, name.to_owned());
        if self.ambiguous.contains(&name) { None } else { self.by_name.get(&name).cloned() }
    }

    fn resolve_reference(&self, from: &Resource, reference: &Reference, depth: usize) -> Option<ResourceKey> {
        let target = self.by_address.get(&(from.scope.as_ref(), reference.address.as_str()))?;
        if depth < 8 && tables_of(target).next().is_none() {
            let part_of = parts_of(target).find_map(|(_, part)| find(target, part.of.as_ref()?));
            if let Some(Value::Unknown(unknown)) = part_of {
                return self.resolve_reference(target, unknown.reference.as_ref()?, depth + 1);
            }
        }
        Some(key(target))
    }

    /// The value of an attribute of another resource, when that resource's own configuration tells it.
    pub(super) fn configured(&self, from: &Resource, reference: &Reference) -> Option<Value> {
        let target = *self.by_address.get(&(from.scope.as_ref(), reference.address.as_str()))?;
        if let Some(value) = target.attributes.get(&reference.attribute).filter(|value| value.first_unknown().is_none())
        {
            return Some(value.clone()).filter(|value| *value != Value::Null);
        }
        if !["id", "Ref"].contains(&reference.attribute.as_str()) {
            return None;
        }
        let (table, _) = tables_of(target).next()?;
        let (_, column) = table.column(table.identity.first()?)?;
        paths(column, target.dialect)
            .iter()
            .find_map(|path| find(target, path))
            .filter(|value| value.as_text().is_some())
    }

    /// The placeholder that stands for an unknown in a document, named alike whatever the source's language.
    pub(super) fn placeholder(&self, from: &Resource, unknown: &Unknown) -> String {
        let Some(reference) = &unknown.reference else { return unknown.placeholder() };
        if let Some(Value::Text(text)) = self.configured(from, reference) {
            return text.to_string();
        }
        let key = self.resolve_reference(from, reference, 0).unwrap_or_else(|| reference.address.as_str().into());
        match reference.attribute.to_lowercase().as_str() {
            "id" | "ref" => format!("${{{key}}}"),
            attribute => format!("${{{key}.{attribute}}}"),
        }
    }

    fn learn_names(&mut self, resource: &'a Resource) {
        for (table, source) in tables_of(resource) {
            if source.each.is_some() {
                continue;
            }
            for name in table.identity.iter().chain(&["arn"]) {
                let Some((_, column)) = table.column(name) else { continue };
                let value = paths(column, resource.dialect)
                    .iter()
                    .filter(|path| path.part.is_none())
                    .find_map(|path| find(resource, path));
                let Some(name) = value.and_then(|value| written_name(resource, &value)) else { continue };
                if resource.dialect == Dialect::Api {
                    for place in neighbourhoods(resource) {
                        self.by_name.entry((table.name, place + &name)).or_insert_with(|| key(resource));
                    }
                    let other = self.by_name.get(&(table.name, name.clone()));
                    if other.is_some_and(|other| *other != key(resource)) {
                        self.ambiguous.insert((table.name, name.clone()));
                    }
                }
                self.by_name.entry((table.name, name)).or_insert_with(|| key(resource));
            }
        }
    }

    fn attach(&mut self, part: &'a Resource, all: &'a [Resource]) {
        for (table, Part { kind, of, .. }) in parts_of(part) {
            let Some(of) = of else {
                for owner in all.iter().filter(|owner| is_near(owner, part) && has_row_in(owner, table)) {
                    self.parts.entry((key(owner), *kind)).or_default().push(part);
                }
                continue;
            };
            let targets = match find(part, of) {
                None => continue,
                Some(Value::List(items)) => items.to_vec(),
                Some(one) => vec![one],
            };
            for target in targets {
                match (self.resolve(part, &target, table.name), target) {
                    (Some(owner), _) if !self.by_key.get(&owner).is_some_and(|owner| has_row_in(owner, table)) => {}
                    (Some(owner), _) => self.parts.entry((owner, *kind)).or_default().push(part),
                    (None, Value::Text(_)) => {}
                    (None, unresolved) => {
                        if let Some(unknown) = unresolved.first_unknown() {
                            self.adrift.entry((&part.scope, *kind)).or_insert((unknown.clone(), part));
                        }
                    }
                }
            }
        }
    }
}

/// Whether a part without a target configures a row: in code when both are of one scope, in the API when both are of
/// one account and region.
fn is_near(owner: &Resource, part: &Resource) -> bool {
    let is_global = |resource: &Resource| resource.region.as_text() == Some(GLOBAL);
    owner.dialect == part.dialect
        && owner.scope == part.scope
        && (part.dialect != Dialect::Api || owner.region == part.region || is_global(owner) || is_global(part))
}

/// Prefixes that keep names of one region, and of one account, apart from those of others.
fn neighbourhoods(resource: &Resource) -> [String; 2] {
    let region = resource.region.as_text().unwrap_or_default();
    [format!("{}/{region}\n", resource.scope), format!("{}\n", resource.scope)]
}

/// Whether a name means one thing whatever its kind: an ARN, or an id such as `vpc-0123456789abcdef0`. In an account,
/// many things may have the same plain name.
fn is_unmistakable(name: &str) -> bool {
    let is_id = |(_, digits): (&str, &str)| digits.len() >= 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    name.starts_with("arn:") || name.rsplit_once('-').is_some_and(is_id) || is_of_organization(name)
}

/// Whether a name is the id of an organization's root or unit: `r-examplerootid111`, `ou-examplerootid111-exampleouid111`,
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html>.
fn is_of_organization(name: &str) -> bool {
    let is_part = |part: &str| {
        (4..=32).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    match name.split_once('-') {
        Some(("r", root)) => is_part(root),
        Some(("ou", unit)) => unit.split_once('-').is_some_and(|(root, unit)| is_part(root) && is_part(unit)),
        _ => false,
    }
}

/// A name as it is compared. One with unknown pieces means the same thing only within its scope.
fn written_name(resource: &Resource, value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Template(parts) => {
            let piece = |part: &TextPart| match part {
                TextPart::Literal(text) => text.to_string(),
                TextPart::Unknown(unknown) => unknown.placeholder(),
            };
            Some(format!("{}\n{}", resource.scope, parts.iter().map(piece).collect::<String>()))
        }
        _ => None,
    }
}

/// The value of the `resource` column for the row of a resource.
pub(super) fn key(resource: &Resource) -> ResourceKey {
    // The address of what the API shows is its ARN, unique in the world.
    if resource.scope.is_empty() || resource.dialect == Dialect::Api {
        resource.address.as_str().into()
    } else {
        format!("{}#{}", resource.scope, resource.address).into()
    }
}

/// The value that a path names in a resource's own attributes.
pub(crate) fn find(resource: &Resource, path: &Path) -> Option<Value> {
    match path.steps.split_first() {
        Some((Step::Name(name), rest)) => match resource.attributes.get(*name) {
            Some(value) => follow(value, rest, &resource.address),
            None => resource.unseen.clone().map(Value::Unknown),
        },
        Some((Step::Own, rest)) if resource.dialect == Dialect::Api && !rest.is_empty() => {
            follow(&Value::Map(resource.attributes.clone().into()), rest, &resource.address)
        }
        Some((Step::Own, rest)) => follow(&Value::reference(resource.address.as_str(), "id"), rest, &resource.address),
        Some((Step::Matching(..), _)) => {
            let unseen = resource.unseen.clone().map(Value::Unknown);
            unseen.or_else(|| follow(&Value::Map(resource.attributes.clone().into()), path.steps, &resource.address))
        }
        _ => None,
    }
}

/// The paths of a column for a language.
pub(super) fn paths(column: &'static partywall_model::Column, dialect: Dialect) -> &'static [Path] {
    match dialect {
        Dialect::Terraform => column.terraform,
        Dialect::CloudFormation => column.cloudformation,
        Dialect::Api => column.api,
        Dialect::Site => column.own,
    }
}

/// Where each resource type of each language appears among the tables.
struct Index {
    sources: HashMap<(Dialect, &'static str), Vec<TableSource>>,
    parts: HashMap<(Dialect, &'static str), Vec<(&'static Table, &'static Part)>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { sources: HashMap::new(), parts: HashMap::new() };
    for table in TABLES {
        for source in table.sources {
            index.sources.entry((source.dialect, source.kind)).or_default().push((table, source));
        }
        for part in table.parts {
            index.parts.entry((part.dialect, part.kind)).or_default().push((table, part));
        }
    }
    index
});

/// Whether any table describes this resource type.
pub(super) fn is_covered(dialect: Dialect, kind: &str) -> bool {
    INDEX.sources.contains_key(&(dialect, kind)) || INDEX.parts.contains_key(&(dialect, kind))
}

/// The tables in which a resource makes rows.
pub(crate) fn tables_of(resource: &Resource) -> impl Iterator<Item = TableSource> {
    let sources = INDEX.sources.get(&(resource.dialect, resource.kind.as_ref())).map_or(&[][..], Vec::as_slice);
    sources.iter().copied().filter(move |(_, source)| source.when.iter().all(|condition| holds(resource, condition)))
}

/// The tables whose rows an answer of the API, or a kind of evidence of a site, shows.
pub(super) fn tables_of_call(call: &str) -> impl Iterator<Item = &'static str> {
    let is_asked = |dialect| matches!(dialect, Dialect::Api | Dialect::Site);
    let shows = move |source: &Source| is_asked(source.dialect) && source.kind.split(' ').next() == Some(call);
    TABLES.iter().filter(move |table| table.sources.iter().any(shows)).map(|table| table.name)
}

fn holds(resource: &Resource, condition: &Condition) -> bool {
    let is_one = |texts: &[&str], found: &str| {
        texts.iter().any(|text| text.strip_suffix('*').map_or(*text == found, |start| found.starts_with(start)))
    };
    let fits = |found: &str| {
        (condition.one_of.is_empty() || is_one(condition.one_of, found)) && !is_one(condition.none_of, found)
    };
    match find(resource, &condition.path) {
        Some(Value::Text(text)) if condition.one_of == [OWN_ACCOUNT] => {
            resource.account_id.as_text().is_none_or(|own| own.is_empty() || own == text.as_ref())
        }
        Some(Value::Text(text)) => fits(&text),
        Some(Value::Bool(truth)) => fits(if truth { "true" } else { "false" }),
        Some(Value::Number(number)) => fits(&format_number(number)),
        Some(_) | None => condition.otherwise,
    }
}

fn has_row_in(resource: &Resource, table: &Table) -> bool {
    tables_of(resource).any(|(of, _)| of.name == table.name)
}

fn parts_of(resource: &Resource) -> impl Iterator<Item = (&'static Table, &'static Part)> {
    INDEX.parts.get(&(resource.dialect, resource.kind.as_ref())).map_or(&[][..], Vec::as_slice).iter().copied()
}

/// Replaces pieces that other resources' configuration makes known.
pub(super) fn settle(estate: &Estate<'_>, from: &Resource, value: Value) -> Value {
    match &value {
        Value::Unknown(unknown) => {
            match unknown.reference.as_ref().and_then(|reference| estate.configured(from, reference)) {
                Some(known) => known,
                None => value,
            }
        }
        Value::Template(parts) => Value::template(parts.iter().map(|part| match part {
            TextPart::Literal(_) => part.clone(),
            TextPart::Unknown(unknown) => {
                let known = unknown.reference.as_ref().and_then(|reference| estate.configured(from, reference));
                known
                    .and_then(|known| known.as_text().map(|text| TextPart::Literal(text.into())))
                    .unwrap_or_else(|| part.clone())
            }
        })),
        _ => value,
    }
}

/// An unknown that names a service's undocumented default.
pub(super) fn service_decides(resource: &Resource, column: &str) -> Arc<Unknown> {
    Arc::new(Unknown {
        symbol: format!("{}.{column}", resource.address),
        cause: Cause::ServiceDecides,
        reference: None,
    })
}
