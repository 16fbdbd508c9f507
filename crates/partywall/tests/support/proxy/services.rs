//! Which operation of which service a request asks for.

use std::path::Path;

use serde_json::Value;

/// What the services' wire descriptions say that is needed to name an operation that is not named on the wire.
#[derive(Debug, Default)]
pub(crate) struct Services(Vec<Service>);

/// One service's wire description.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) name: String,
    signing_name: String,
    pub(crate) protocol: String,
    version: String,
    operations: Vec<(String, Template)>,
}

/// A method and a URI such as `/{Bucket}?versioning` or `/{Bucket}/{Key+}?list-type=2`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template {
    method: String,
    segments: Vec<Segment>,
    query: Vec<(String, Option<String>)>,
    /// The operation's name, for people to read: `x-id=GetBucketAnalyticsConfiguration`. Not every program sends it.
    name: Option<String>,
}

const NAME: &str = "x-id";

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Label,
    /// A label for as much as there is: `{Key+}`.
    Rest,
}

impl Services {
    /// Every `<service>.json` of a folder of wire descriptions.
    pub(crate) fn load(folder: &Path) -> Self {
        let mut services = Self::default();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let wire: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            services.add(path.file_stem().unwrap().to_str().unwrap(), &wire);
        }
        services
    }

    /// Adds a service by its wire description; what describes no service is left out.
    pub(crate) fn add(&mut self, name: &str, wire: &Value) {
        let Some(operations) = wire["operations"].as_object() else { return };
        let text = |field: &str| wire[field].as_str().unwrap_or_default().to_owned();
        let template = |operation: &Value| {
            let part = |field: &str| operation[field].as_str().unwrap_or_default().to_owned();
            Template::new(&part("method"), &part("uri"))
        };
        self.0.push(Service {
            name: name.to_owned(),
            signing_name: text("signing_name"),
            protocol: text("protocol"),
            version: text("version"),
            operations: operations.iter().map(|(name, operation)| (name.clone(), template(operation))).collect(),
        });
    }

    /// The service that uses this name in signatures and this version or target prefix.
    pub(crate) fn named(&self, signing_name: &str, version: &str) -> Option<&Service> {
        self.0.iter().find(|service| service.signing_name == signing_name && service.version == version)
    }

    /// The service and the operation that a request without a name fits best.
    pub(crate) fn routed(&self, signing_name: &str, method: &str, target: &str) -> Option<(&Service, &str)> {
        let of_name = self.0.iter().filter(|service| service.signing_name == signing_name);
        let all = of_name.flat_map(|service| service.operations.iter().map(move |operation| (service, operation)));
        all.filter(|(service, _)| service.protocol.starts_with("rest"))
            .filter(|(_, (_, template))| template.fits(method, target))
            .max_by_key(|(_, (_, template))| template.precision())
            .map(|(service, (name, _))| (service, name.as_str()))
    }
}

impl Template {
    pub(crate) fn new(method: &str, uri: &str) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let segment = |text: &str| match text.strip_prefix('{') {
            Some(label) if label.ends_with("+}") => Segment::Rest,
            Some(_) => Segment::Label,
            None => Segment::Literal(text.to_owned()),
        };
        let (named, query): (Vec<_>, Vec<_>) = pairs(query).partition(|(name, _)| *name == NAME);
        let wanted = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        Self {
            method: method.to_owned(),
            segments: segments(path).map(segment).collect(),
            query: query.into_iter().map(|(name, value)| (name.to_owned(), wanted(value))).collect(),
            name: named.first().map(|(_, value)| (*value).to_owned()),
        }
    }

    /// Whether a request's method and target, such as `/bucket?versioning=`, are of this form.
    pub(crate) fn fits(&self, method: &str, target: &str) -> bool {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let has = |(name, value): &(String, Option<String>)| {
            pairs(query).any(|given| given.0 == name && value.as_deref().is_none_or(|value| given.1 == value))
        };
        let named = pairs(query).find(|(name, _)| *name == NAME).map(|(_, value)| value);
        let other = matches!((named, &self.name), (Some(given), Some(name)) if given != name);
        method == self.method && self.fits_path(path) && self.query.iter().all(has) && !other
    }

    fn fits_path(&self, path: &str) -> bool {
        let given: Vec<&str> = segments(path).collect();
        let fits = |(segment, given): (&Segment, &&str)| match segment {
            Segment::Literal(text) => text == given,
            Segment::Label | Segment::Rest => true,
        };
        let Some(rest) = self.segments.iter().position(|segment| *segment == Segment::Rest) else {
            return given.len() == self.segments.len() && self.segments.iter().zip(&given).all(fits);
        };
        // What stands before the long label is counted from the front, what stands after it from the back.
        given.len() >= self.segments.len()
            && self.segments.iter().zip(&given).take(rest).all(fits)
            && self.segments.iter().rev().zip(given.iter().rev()).take(self.segments.len() - rest - 1).all(fits)
    }

    /// The more a template asks for, the better what fits it is described by it.
    fn precision(&self) -> (usize, usize, usize) {
        let literal = |segment: &&Segment| matches!(segment, Segment::Literal(_));
        (self.segments.iter().filter(literal).count(), self.query.len(), self.segments.len())
    }
}

/// The names and values of a query, still encoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}
