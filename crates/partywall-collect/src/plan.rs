//! Which calls follow from which answers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use partywall_model::{Call, CallScope, ForEach, Path, Scalar, Step};
use serde_json::{Map, Value};

use crate::places::{dotted, find, text_of};
use crate::wire::{self, Parameters};

/// What a call filters its items by when only those of the account that is asked are meant.
const OWN_ACCOUNT: &str = "{account_id}";

/// A path that begins so leads into the parent's request.
const REQUEST: &str = "Request";

/// The calls of a collection, in the order of their dependence.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Those that need no other answer.
    pub(crate) roots: Vec<&'static Call>,
    children: HashMap<(&'static str, &'static str), Vec<&'static Call>>,
}

impl Plan {
    /// Plans these calls, and those that they need the answers of.
    pub(crate) fn new(selected: &[&'static Call]) -> Self {
        let mut calls: BTreeMap<(&str, &str), &'static Call> = BTreeMap::new();
        let mut pending: Vec<&'static Call> = selected.to_vec();
        while let Some(call) = pending.pop() {
            if calls.insert((call.service, call.name), call).is_none() {
                let parent = call.for_each.as_ref().map(|each| each.parent);
                pending.extend(parent.and_then(|(service, name)| partywall_model::call(service, name)));
            }
        }
        let all: Vec<&'static Call> = calls.into_values().collect();
        let mut roots = Vec::new();
        let mut children: HashMap<_, Vec<_>> = HashMap::new();
        for call in &all {
            match parent(call, &all) {
                Some(parent) => children.entry(parent).or_default().push(*call),
                None => roots.push(*call),
            }
        }
        Self { roots, children }
    }

    /// The ids of all calls.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        self.roots.iter().chain(self.children.values().flatten()).map(|call| call.id()).collect()
    }

    /// The calls that need the answer of this one.
    pub(crate) fn children(&self, call: &Call) -> &[&'static Call] {
        self.children.get(&(call.service, call.name)).map_or(&[], Vec::as_slice)
    }
}

/// The call whose answer is needed. A report is asked for when it has been generated: `GetCredentialReport` after
/// `GenerateCredentialReport`.
fn parent(call: &Call, all: &[&'static Call]) -> Option<(&'static str, &'static str)> {
    if let Some(each) = &call.for_each {
        return Some(each.parent);
    }
    let report = call.operation.strip_prefix("Get")?;
    let generates = |other: &&&'static Call| {
        other.prepares && other.service == call.service && other.operation.strip_prefix("Generate") == Some(report)
    };
    all.iter().find(generates).map(|other| (other.service, other.name))
}

/// The request of a call that needs no other answer.
pub(crate) fn root_request(call: &Call, account: &str) -> Parameters {
    complete(call, account, Parameters::new())
}

/// The requests of a call for the answers of its parent, each once.
pub(crate) fn child_requests(
    call: &Call,
    account: &str,
    request: &Parameters,
    answers: &[Map<String, Value>],
) -> Vec<Parameters> {
    let Some(each) = &call.for_each else {
        return vec![root_request(call, account)];
    };
    let mut seen = BTreeSet::new();
    let mut requests = Vec::new();
    for answer in answers {
        let answer = Value::Object(answer.clone());
        for item in find(&answer, each.items.steps) {
            if !is_wanted(each, &item, account) {
                continue;
            }
            let taken: Option<Parameters> = each
                .take
                .iter()
                .map(|(parameter, path)| Some(((*parameter).to_owned(), taken(path, &item, request)?)))
                .collect();
            let taken = taken.filter(|taken| seen.insert(Value::Object(taken.clone()).to_string()));
            requests.extend(taken);
        }
    }
    let batched = match each.batch {
        Some(size) => batches(call, requests, size.max(1)),
        None => requests,
    };
    batched.into_iter().map(|taken| complete(call, account, taken)).collect()
}

/// A wanted text `{account_id}` stands for the account that is asked.
fn is_wanted(each: &ForEach, item: &Value, account: &str) -> bool {
    let is_meant = |wanted: &str, text: &str| if wanted == OWN_ACCOUNT { text == account } else { text == wanted };
    each.filter.iter().all(|(place, texts)| {
        let text = dotted(item, place).and_then(text_of);
        text.is_some_and(|text| texts.iter().any(|wanted| is_meant(wanted, &text)))
    })
}

/// The value for a parameter; none when the item does not have it.
fn taken(path: &Path, item: &Value, request: &Parameters) -> Option<Value> {
    let found = match path.steps.split_first() {
        Some((Step::Name(REQUEST), rest)) => {
            let request = Value::Object(request.clone());
            find(&request, rest).into_iter().next()?.into_owned()
        }
        _ => {
            let is_list = path.steps.iter().any(|step| matches!(step, Step::All | Step::Keys | Step::Values));
            let found: Vec<Value> = find(item, path.steps).into_iter().map(|found| found.into_owned()).collect();
            if is_list { Value::Array(found) } else { found.into_iter().next()? }
        }
    };
    let is_nothing = match &found {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    (!is_nothing).then_some(found)
}

/// Joins requests that differ only in parameters that take lists.
fn batches(call: &Call, requests: Vec<Parameters>, size: usize) -> Vec<Parameters> {
    let operation = wire::service(call.service).and_then(|service| service.operations.get(call.operation));
    let is_list = |parameter: &str| {
        operation.and_then(|operation| operation.parameters.get(parameter)).is_some_and(|parameter| parameter.list)
    };
    let mut groups: BTreeMap<String, Vec<Parameters>> = BTreeMap::new();
    for request in requests {
        let same: Parameters =
            request.iter().filter(|(name, _)| !is_list(name)).map(|(n, v)| (n.clone(), v.clone())).collect();
        groups.entry(Value::Object(same).to_string()).or_default().push(request);
    }
    let mut batched = Vec::new();
    for requests in groups.values() {
        for chunk in requests.chunks(size) {
            let mut joined = Parameters::new();
            for (name, value) in chunk.iter().flatten() {
                if !is_list(name) {
                    joined.insert(name.clone(), value.clone());
                } else if let Value::Array(list) = joined.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                    match value {
                        Value::Array(items) => list.extend(items.iter().cloned()),
                        item => list.push(item.clone()),
                    }
                }
            }
            batched.push(joined);
        }
    }
    batched
}

/// Adds the constant parameters, makes lists of single items where lists are needed, and names the account to the
/// services that want it named.
fn complete(call: &Call, account: &str, mut request: Parameters) -> Parameters {
    for (name, value) in call.with {
        request.insert((*name).to_owned(), scalar(value));
    }
    let operation = wire::service(call.service).and_then(|service| service.operations.get(call.operation));
    for (name, parameter) in operation.into_iter().flat_map(|operation| &operation.parameters) {
        if name == ACCOUNT_PARAMETER && !request.contains_key(name) {
            request.insert(name.clone(), account.into());
        }
        if let Some(value) = request.get_mut(name).filter(|value| parameter.list && !value.is_array()) {
            *value = Value::Array(vec![value.take()]);
        }
    }
    request
}

/// The parameter by which some services want the account named.
const ACCOUNT_PARAMETER: &str = "AccountId";

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Text(text) => (*text).into(),
        Scalar::Boolean(truth) => (*truth).into(),
        Scalar::Integer(number) => (*number).into(),
        Scalar::Number(number) => (*number).into(),
        Scalar::Texts(texts) => Value::Array(texts.iter().map(|text| (*text).into()).collect()),
    }
}

/// Whether a call is asked in each region.
pub(crate) fn is_regional(call: &Call) -> bool {
    call.scope == CallScope::Region
}

#[cfg(test)]
mod tests;
