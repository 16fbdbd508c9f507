//! Answers become resources, and questions without an answer become what cannot be known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::{
    CALLS, Call, CallScope, Decoded, Dialect, Existence, ForEach, Origin, Path, Resource, Step, TABLES, UnansweredCall,
    Unknown, Value, call,
};

use super::address;
use super::answer::{Answer, Answers, GLOBAL, Outcome, not_collected};
use super::gaps;
use crate::normalize::attributes::follow;
use crate::normalize::references::tables_of;

/// The attribute of a resource that holds the parameters with which it was asked for.
const REQUEST: &str = "Request";

/// The attribute of a resource that is a plain value in the answer, such as a queue's URL.
const ITEM: &str = "Item";

/// What tables read from a call's answer.
struct Kind {
    kind: &'static str,
    items: Option<Path>,
    is_source: bool,
}

type Place = (Arc<str>, Arc<str>);

struct Decoder<'a> {
    answers: BTreeMap<(&'a str, &'a str, String), Vec<&'a Answer>>,
    kinds: BTreeMap<&'static str, Vec<Kind>>,
    planned: &'a BTreeSet<(Arc<str>, Arc<str>, String)>,
    /// Accounts that were asked about their organization.
    spokesmen: BTreeSet<&'a str>,
    decoded: Decoded,
    /// Questions about one of many things that were refused.
    refused_items: Vec<(Arc<str>, Arc<str>, Arc<Unknown>)>,
}

/// What is known of a question at a place.
enum Status {
    Answered,
    Unanswered { cause: Arc<Unknown>, asked: bool },
}

/// Turns answers into resources.
pub(super) fn decode(read: Answers) -> Decoded {
    let mut answers: BTreeMap<(&str, &str, String), Vec<&Answer>> = BTreeMap::new();
    let mut places: BTreeSet<Place> = BTreeSet::new();
    for answer in &read.answers {
        answers.entry((&answer.account_id, &answer.region, answer.call.id())).or_default().push(answer);
        places.insert((answer.account_id.clone(), answer.region.clone()));
        places.insert((answer.account_id.clone(), GLOBAL.into()));
    }
    places.extend(read.planned.iter().map(|(account, region, _)| (account.clone(), region.clone())));
    let about_organization = read.answers.iter().filter(|answer| answer.call.scope == CallScope::Organization);
    let mut decoder = Decoder {
        answers,
        kinds: kinds(),
        planned: &read.planned,
        spokesmen: about_organization.map(|answer| answer.account_id.as_ref()).collect(),
        decoded: Decoded::default(),
        refused_items: Vec::new(),
    };
    for place in &places {
        for call in CALLS {
            let is_here = (call.scope == CallScope::Region) == (place.1.as_ref() != GLOBAL);
            if is_here && decoder.is_expected(call, place) {
                decoder.decode_call(call, place);
            }
        }
    }
    let Decoder { mut decoded, refused_items, .. } = decoder;
    leave_once(&mut decoded.resources);
    decoded.gaps.extend(gaps::refused_items(&refused_items));
    decoded.gaps.extend(gaps::refused_calls(&decoded.unanswered));
    for lost in &read.lost_accounts {
        decoded.gaps.push(gaps::lost_account(lost));
        decoded.unanswered.extend(lost.calls.iter().map(|call| UnansweredCall {
            call: call.as_str().into(),
            account_id: lost.account_id.clone(),
            region: "".into(),
            cause: lost.cause.clone(),
            asked: true,
        }));
    }
    decoded.gaps.extend(gaps::missing_calls(&decoded.unanswered));
    decoded.gaps.extend(read.gaps);
    decoded
}

/// Two questions may show the same thing, such as a task definition that is a family's newest and a service's own; it
/// is one row.
fn leave_once(resources: &mut Vec<Resource>) {
    let mut seen = BTreeSet::new();
    resources.sort_by_key(|resource| resource.unseen.is_some());
    resources.retain(|resource| {
        let rows: Vec<&str> = tables_of(resource)
            .filter(|(_, source)| source.each.is_none() && resource.address.starts_with("arn:"))
            .map(|(table, _)| table.name)
            .collect();
        rows.is_empty() || rows.into_iter().filter(|table| seen.insert((*table, resource.address.clone()))).count() > 0
    });
}

fn kinds() -> BTreeMap<&'static str, Vec<Kind>> {
    let mut kinds: BTreeMap<&'static str, Vec<Kind>> = BTreeMap::new();
    let mut add = |kind: &'static str, items: Option<Path>, is_source: bool| {
        let of_call = kinds.entry(kind.split(' ').next().unwrap_or(kind)).or_default();
        match of_call.iter_mut().find(|other| other.kind == kind) {
            Some(known) => known.is_source |= is_source,
            None => of_call.push(Kind { kind, items, is_source }),
        }
    };
    for table in TABLES {
        for source in table.sources.iter().filter(|source| source.dialect == Dialect::Api) {
            add(source.kind, source.items, true);
        }
        for part in table.parts.iter().filter(|part| part.dialect == Dialect::Api) {
            add(part.kind, part.items, false);
        }
    }
    kinds
}

impl<'a> Decoder<'a> {
    fn at(&self, call: &Call, place: &Place) -> Vec<&'a Answer> {
        self.answers.get(&(&*place.0, &*place.1, call.id())).cloned().unwrap_or_default()
    }

    /// A question about the organization is asked once: where it was, or where it was meant to be.
    fn is_expected(&self, call: &Call, place: &Place) -> bool {
        let was_asked_elsewhere = !self.spokesmen.is_empty() && !self.spokesmen.contains(&*place.0);
        call.scope != CallScope::Organization
            || !was_asked_elsewhere && self.is_planned(call, place)
            || !self.at(call, place).is_empty()
    }

    fn is_planned(&self, call: &Call, place: &Place) -> bool {
        self.planned.contains(&(place.0.clone(), place.1.clone(), call.id()))
    }

    fn decode_call(&mut self, call: &'static Call, place: &Place) {
        let own = self.at(call, place);
        for answer in &own {
            self.decode_answer(answer);
        }
        if !self.kinds.contains_key(call.id().as_str()) {
            return;
        }
        if let Status::Unanswered { cause, asked } = self.status(call, place, 0) {
            return self.unanswered(call, place, cause, asked);
        }
        if let Some(each) = &call.for_each {
            self.decode_silence(call, each, place, &own);
        }
    }

    /// Whether a question has its full answer; one that is repeated has it when its parent has.
    fn status(&self, call: &Call, place: &Place, depth: usize) -> Status {
        let own = self.at(call, place);
        let broken = own.iter().find_map(|answer| match &answer.outcome {
            Outcome::Partial(_, cause) | Outcome::Refused(cause) => Some(cause.clone()),
            Outcome::Complete(_) | Outcome::Absent => None,
        });
        let Some(each) = &call.for_each else {
            return match broken {
                Some(cause) => Status::Unanswered { cause, asked: true },
                None if own.is_empty() => {
                    Status::Unanswered { cause: not_collected(call), asked: self.is_planned(call, place) }
                }
                None => Status::Answered,
            };
        };
        // What one of many requests would have shown is unknown for its item alone, unless items share a request.
        if let (Some(cause), Some(_)) = (broken, each.batch) {
            return Status::Unanswered { cause, asked: true };
        }
        let parent = parent(each);
        match parent {
            Some(parent) if depth < CALLS.len() => self.status(parent, &self.place_of(parent, place), depth + 1),
            _ => Status::Answered,
        }
    }

    /// Where a parent was asked: an account as a whole, or the same region.
    fn place_of(&self, parent: &Call, place: &Place) -> Place {
        match parent.scope {
            CallScope::Region => place.clone(),
            CallScope::Account | CallScope::Organization => (place.0.clone(), GLOBAL.into()),
        }
    }

    fn unanswered(&mut self, call: &'static Call, place: &Place, cause: Arc<Unknown>, asked: bool) {
        self.decoded.unanswered.push(UnansweredCall {
            call: call.id().into(),
            account_id: place.0.clone(),
            region: place.1.clone(),
            cause,
            asked,
        });
    }

    /// The items of a parent for which a question has no answer: not asked on purpose, or not collected.
    fn decode_silence(&mut self, call: &'static Call, each: &'static ForEach, place: &Place, own: &[&'a Answer]) {
        let Some(parent) = parent(each) else { return };
        let mut hides_rows = false;
        for of in self.at(parent, &self.place_of(parent, place)) {
            let Outcome::Complete(whole) = &of.outcome else {
                // Nobody knows about which things should have been asked.
                hides_rows |= !matches!(of.outcome, Outcome::Absent) && self.lists_rows(call);
                continue;
            };
            for item in items(whole, Some(each.items)) {
                let request = taken(each, &item, &of.request);
                let is_asked = each.filter.iter().all(|(name, texts)| {
                    let steps: Vec<Step> = name.split('.').map(Step::Name).collect();
                    match follow(&item, &steps, "") {
                        Some(Value::Text(text)) => texts.contains(&text.as_ref()),
                        Some(Value::Bool(truth)) => texts.contains(&if truth { "true" } else { "false" }),
                        _ => false,
                    }
                });
                let is_same = |answer: &&&Answer| {
                    request.iter().all(|(name, value)| match (each.batch, answer.request.get(name)) {
                        (Some(_), Some(Value::List(items))) => {
                            items.contains(value) || Some(value) == answer.request.get(name)
                        }
                        (_, found) => found == Some(value),
                    })
                };
                if own.iter().any(|answer| is_same(&answer)) {
                    continue;
                }
                let unseen = is_asked.then(|| not_collected(call));
                hides_rows |= is_asked && self.lists_rows(call);
                self.push(call, place, of, request, None, unseen);
            }
        }
        if hides_rows {
            let asked = self.is_planned(call, place);
            self.unanswered(call, place, not_collected(call), asked);
        }
    }

    fn decode_answer(&mut self, answer: &'a Answer) {
        let place = (answer.account_id.clone(), answer.region.clone());
        match &answer.outcome {
            Outcome::Complete(whole) | Outcome::Partial(whole, _) => {
                self.push(answer.call, &place, answer, answer.request.clone(), Some(whole), None);
            }
            Outcome::Absent | Outcome::Refused(_) => {}
        }
        match &answer.outcome {
            // What the pages after the last one would have shown is as unknown as if none had come.
            Outcome::Partial(_, cause) | Outcome::Refused(cause) if answer.call.for_each.is_some() => {
                self.refused_items.push((place.0.clone(), place.1.clone(), cause.clone()));
                let batched = answer.call.for_each.as_ref().is_some_and(|each| each.batch.is_some());
                if self.lists_rows(answer.call) && !batched {
                    self.unanswered(answer.call, &place, cause.clone(), true);
                }
                if !batched {
                    self.push(answer.call, &place, answer, answer.request.clone(), None, Some(cause.clone()));
                }
            }
            _ => {}
        }
    }

    /// Whether a call's answer lists rows, so that nobody knows how many a refusal hides.
    fn lists_rows(&self, call: &Call) -> bool {
        let kinds = self.kinds.get(call.id().as_str());
        kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind.is_source && kind.items.is_some()))
    }

    /// Adds the resources of one answer, or the one that stands for it when there is none.
    fn push(
        &mut self,
        call: &'static Call,
        place: &Place,
        from: &Answer,
        request: BTreeMap<String, Value>,
        whole: Option<&Value>,
        unseen: Option<Arc<Unknown>>,
    ) {
        let Some(kinds) = self.kinds.get(call.id().as_str()) else { return };
        let request = Value::Map(Arc::new(request));
        for kind in kinds {
            // A thing about which nobody had to ask is configured by nothing: it is no row of its own, nor one thing of
            // a list. Rows of a list that was refused are not one row.
            let is_list = kind.items.is_some();
            let is_nothing = if kind.is_source { unseen.is_none() || is_list } else { unseen.is_none() && is_list };
            if whole.is_none() && is_nothing {
                continue;
            }
            let items = whole.map_or_else(|| vec![Value::map::<String>([])], |whole| items(whole, kind.items));
            for (index, item) in items.into_iter().enumerate() {
                let mut attributes = match item {
                    Value::Map(entries) => Arc::unwrap_or_clone(entries),
                    other => BTreeMap::from([(ITEM.to_owned(), other)]),
                };
                attributes.insert(REQUEST.to_owned(), request.clone());
                let mut resource = Resource {
                    dialect: Dialect::Api,
                    kind: kind.kind.into(),
                    scope: place.0.clone(),
                    address: String::new(),
                    attributes,
                    existence: Existence::Certain,
                    region: Value::Text(place.1.clone()),
                    account_id: Value::Text(place.0.clone()),
                    unseen: unseen.clone(),
                    origin: Origin::Api {
                        file: from.file.clone(),
                        call: call.id().into(),
                        account_id: place.0.clone(),
                        region: place.1.clone(),
                    },
                };
                resource.address = address_of(&resource, call, index, &from.partition);
                self.decoded.resources.push(resource);
            }
        }
    }
}

fn address_of(resource: &Resource, call: &Call, index: usize, partition: &str) -> String {
    // A table with a row for each element names the elements, not the resource.
    let whole = tables_of(resource).find(|(_, source)| source.each.is_none());
    let table = whole.or_else(|| tables_of(resource).next()).map(|(table, _)| table);
    if let Some(arn) = table.and_then(|table| address::arn(resource, table, partition)) {
        return arn;
    }
    // A question that was refused may itself hold the name of what it was about.
    if let (Some(_), Some(_), Some(Value::Map(request))) = (table, &resource.unseen, resource.attributes.get(REQUEST))
        && let Some(arn) = request.values().filter_map(Value::as_text).find(|text| text.starts_with("arn:"))
    {
        return arn.to_owned();
    }
    let place = [resource.account_id.as_text(), resource.region.as_text()].map(Option::unwrap_or_default).join("/");
    if let Some((table, identity)) = table.and_then(|table| Some((table, address::identity(resource, table)?))) {
        return format!("{place}/{}/{identity}", table.name);
    }
    // The whole answer to a question that is asked once is the only one of its kind.
    if let (Some(table), None, false) = (table, &call.for_each, resource.kind.contains(' ')) {
        return format!("{place}/{}", table.name);
    }
    let request = resource.attributes.get(REQUEST).map(|request| request.to_json(&Unknown::placeholder).to_string());
    format!("{place}/{}{}#{index}", call.id(), request.unwrap_or_default())
}

/// The call whose items a question is repeated for.
pub(super) fn parent(each: &ForEach) -> Option<&'static Call> {
    call(each.parent.0, each.parent.1)
}

/// The things in an answer.
fn items(whole: &Value, path: Option<Path>) -> Vec<Value> {
    match path.map(|path| follow(whole, path.steps, "")) {
        None => vec![whole.clone()],
        Some(None) => Vec::new(),
        Some(Some(Value::List(items))) => items.to_vec(),
        Some(Some(one)) => vec![one],
    }
}

/// The parameters that a question takes from its parent's item, or from the parent's own request.
fn taken(each: &ForEach, item: &Value, of: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let value = |path: &Path| match path.steps.split_first() {
        Some((Step::Name(REQUEST), rest)) => follow(&Value::Map(Arc::new(of.clone())), rest, ""),
        _ => follow(item, path.steps, ""),
    };
    each.take.iter().filter_map(|(name, path)| Some(((*name).to_owned(), value(path)?))).collect()
}
