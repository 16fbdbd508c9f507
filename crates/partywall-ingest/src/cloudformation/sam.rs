//! SAM: each `AWS::Serverless::…` resource becomes what it creates.
//!
//! Names are those that SAM documents for what it
//! [generates](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html),
//! without the digests that it appends to some.

mod api;
mod event;
mod event_source;
mod function;
mod globals;
mod role;
mod route;
mod state_machine;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Cause, Gap, GapKind, Value};
use serde_json::{Value as Json, json};

use super::node::{Body, Entry, Node};
use super::stack::{Declaration, Stack};
use route::Routes;

/// A template's resources after the expansion.
pub(super) struct Expanded {
    pub(super) declared: BTreeMap<Arc<str>, Declaration>,
    /// What a template may call generated resources (`Function.Version`), with their logical ids.
    pub(super) generated: BTreeMap<String, String>,
}

/// Expands the resources of a SAM template; None when it has none.
pub(super) fn expand(stack: &Stack<'_>, root: &Node) -> Option<Expanded> {
    let concerns = |declaration: &Declaration| {
        declaration.kind.starts_with("AWS::Serverless::") || declaration.node.get("Connectors").is_some()
    };
    if !stack.declared.values().any(concerns) {
        return None;
    }
    let globals = root.get("Globals").cloned().unwrap_or_else(|| Node::at(root, Body::Map(Arc::default())));
    let mut expansion = Expansion {
        stack,
        globals,
        out: Expanded { declared: BTreeMap::new(), generated: BTreeMap::new() },
        routes: Routes::default(),
        notifications: BTreeMap::new(),
        triggers: BTreeMap::new(),
    };
    for (id, declaration) in &stack.declared {
        expansion.resource(&Source { id, declaration });
    }
    expansion.implicit_apis(root);
    expansion.finish_apis();
    expansion.finish_notifications();
    expansion.finish_triggers();
    Some(expansion.out)
}

/// A resource that is being expanded.
#[derive(Clone, Copy)]
struct Source<'a> {
    id: &'a str,
    declaration: &'a Declaration,
}

struct Expansion<'a> {
    stack: &'a Stack<'a>,
    globals: Node,
    out: Expanded,
    routes: Routes,
    /// What each bucket is to tell which function.
    notifications: BTreeMap<String, Vec<Node>>,
    /// What each user pool is to call on which occasion.
    triggers: BTreeMap<String, Vec<(String, Node)>>,
}

impl Source<'_> {
    fn place(&self) -> &Node {
        &self.declaration.node
    }

    /// JSON at the lines of this resource.
    fn node(&self, json: &Json) -> Node {
        Node::from_json(self.place(), json)
    }
}

impl Expansion<'_> {
    fn resource(&mut self, source: &Source<'_>) {
        match &*source.declaration.kind {
            "AWS::Serverless::Function" => self.function(source),
            "AWS::Serverless::Api" => self.rest_api(source),
            "AWS::Serverless::HttpApi" => self.http_api(source),
            "AWS::Serverless::SimpleTable" => self.simple_table(source),
            "AWS::Serverless::LayerVersion" => self.layer(source),
            "AWS::Serverless::StateMachine" => self.state_machine(source),
            "AWS::Serverless::Application" => self.application(source),
            kind => {
                if kind.starts_with("AWS::Serverless::") {
                    self.gap(source, format!("what `{}` of the type `{kind}` creates is not known", source.id));
                }
                self.out.declared.insert(source.id.into(), source.declaration.clone());
            }
        }
        if source.place().get("Connectors").is_some() {
            self.gap(source, format!("the permissions that the `Connectors` of `{}` create are not known", source.id));
        }
    }

    fn gap(&self, source: &Source<'_>, cause: String) {
        let cure = "scan the processed template: `aws cloudformation get-template --template-stage Processed`";
        self.stack.session.gap(Gap::in_file(
            GapKind::NotEvaluated,
            self.stack.file.clone(),
            source.declaration.line,
            cause,
            cure,
        ));
    }

    /// The properties of a resource, with what `Globals` says for its type.
    fn properties(&self, source: &Source<'_>) -> Node {
        let own = source.place().get("Properties").cloned().unwrap_or_else(|| source.node(&json!({})));
        let own = Node::at(&own, Body::Map(Arc::new(self.stack.expand(&own).unwrap_or_default())));
        let section = source.declaration.kind.rsplit("::").next().unwrap_or_default();
        match self.globals.get(section) {
            Some(global) => globals::merged(global, &own),
            None => own,
        }
    }

    /// The text of a node that does not depend on a resource, as far as it is known.
    fn known_text(&self, node: Option<&Node>) -> Option<String> {
        let value = self.stack.value(node?);
        super::symbol::scalar_text(&value).map(|text| text.to_string())
    }

    /// The document in a file of its own; the unknown that stands for it when it cannot be read.
    fn document(&self, source: &Source<'_>, uri: &Node) -> Result<Node, Node> {
        let path = uri.as_text().and_then(|location| self.stack.local_path(location));
        let read = path.and_then(|path| super::text::read(&path).and_then(|text| super::text::parse(&text)).ok());
        match read.filter(|document| self.stack.session.spend(document.size())) {
            Some(document) => Ok(document.moved_to(uri)),
            None => {
                let what = format!("the definition of `{}` is in a file that is not read", source.id);
                self.gap(source, what);
                Err(Node::at(uri, Body::Value(Value::unknown("DefinitionUri", Cause::External))))
            }
        }
    }

    /// Adds the resource that stands for the one that is expanded.
    fn primary(&mut self, source: &Source<'_>, kind: &str, properties: Node) {
        let node = source.place().without(&["Type", "Properties", "Connectors"]).with("Properties", properties);
        let node = Node { line_start: source.place().line_start, line_end: source.place().line_end, ..node };
        self.out
            .declared
            .insert(source.id.into(), Declaration { kind: kind.into(), node, line: source.declaration.line });
    }

    /// Adds a resource that exists whenever the one that is expanded does. What the template declares itself wins.
    fn generate(&mut self, source: &Source<'_>, id: &str, kind: &str, properties: Node) {
        let condition = source.place().get("Condition").cloned();
        self.add(source, id, kind, properties, condition);
    }

    /// As [`Self::generate`], when an expression holds as well.
    fn generate_if(&mut self, source: &Source<'_>, id: &str, kind: &str, properties: Node, holds: Node) {
        let condition = match source.place().get("Condition") {
            Some(own) => {
                let both = Node::list(own, [Node::map(own, [("Condition", own.clone())]), holds]);
                Node::map(own, [("Fn::And", both)])
            }
            None => holds,
        };
        self.add(source, id, kind, properties, Some(condition));
    }

    fn add(&mut self, source: &Source<'_>, id: &str, kind: &str, properties: Node, condition: Option<Node>) {
        if self.stack.declared.contains_key(id) {
            return self.gap(
                source,
                format!("the logical id `{id}`, which SAM generates for `{}`, is declared as well", source.id),
            );
        }
        let node = source.node(&json!({})).with("Properties", properties);
        let node = condition.map_or(node.clone(), |condition| node.with("Condition", condition));
        let node = Node { line_start: source.place().line_start, line_end: source.place().line_end, ..node };
        self.out.declared.insert(id.into(), Declaration { kind: kind.into(), node, line: source.declaration.line });
        self.out.generated.insert(id.to_owned(), id.to_owned());
    }

    /// Lets the template call a generated resource by what it is for: `Function.Role`.
    fn call_it(&mut self, source: &Source<'_>, name: &str, id: &str) {
        self.out.generated.insert(format!("{}.{name}", source.id), id.to_owned());
    }

    fn application(&mut self, source: &Source<'_>) {
        let properties = self.properties(source);
        let mapped = copied(source.node(&json!({})), &properties, &[("Location", "TemplateURL")]);
        let mapped = copied(mapped, &properties, &same(&["Parameters", "NotificationARNs", "TimeoutInMinutes"]));
        let mapped = with_tags(source, mapped, properties.get("Tags"), None);
        self.primary(source, "AWS::CloudFormation::Stack", mapped);
    }

    /// Puts the notifications of S3 events into the buckets that send them.
    fn finish_notifications(&mut self) {
        for (bucket, told) in std::mem::take(&mut self.notifications) {
            self.amend(&bucket, "NotificationConfiguration", |notification| {
                let own = notification.get("LambdaConfigurations").map(Node::items).unwrap_or_default();
                let all = Node::list(notification, own.iter().cloned().chain(told));
                notification.with("LambdaConfigurations", all)
            });
        }
    }

    /// Puts the triggers of Cognito events into the user pools that call them.
    fn finish_triggers(&mut self) {
        for (pool, told) in std::mem::take(&mut self.triggers) {
            self.amend(&pool, "LambdaConfig", |config| {
                told.into_iter().fold(config.clone(), |config, (trigger, function)| config.with(&trigger, function))
            });
        }
    }

    /// Changes a property, which is a map, of a resource.
    fn amend(&mut self, id: &str, property: &str, change: impl FnOnce(&Node) -> Node) {
        let Some(declaration) = self.out.declared.get_mut(id) else { return };
        let place = declaration.node.clone();
        let empty = Node::at(&place, Body::Map(Arc::default()));
        let properties = place.get("Properties").unwrap_or(&empty);
        let changed = change(properties.get(property).unwrap_or(&empty));
        let node = place.with("Properties", properties.with(property, changed));
        declaration.node = Node { line_start: place.line_start, line_end: place.line_end, ..node };
    }
}

/// What a logical id may hold of a text.
fn alphanumeric(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Copies properties that are there, under a new name.
fn copied(mut to: Node, from: &Node, names: &[(&str, &str)]) -> Node {
    for (old, new) in names {
        if let Some(value) = from.get(old) {
            to = to.with(new, value.clone());
        }
    }
    to
}

/// Names that stay as they are.
fn same<'a, const COUNT: usize>(names: &[&'a str; COUNT]) -> [(&'a str, &'a str); COUNT] {
    names.map(|name| (name, name))
}

/// An object in S3, from a map or from `s3://bucket/key?versionId=version`, with its parts named as asked.
fn s3_object(uri: &Node, [bucket, key, version]: [&str; 3]) -> Option<Node> {
    let empty = Node::at(uri, Body::Map(Arc::default()));
    if uri.get("Bucket").is_some() {
        return Some(copied(empty, uri, &[("Bucket", bucket), ("Key", key), ("Version", version)]));
    }
    let (host, path) = uri.as_text()?.strip_prefix("s3://")?.split_once('/')?;
    let (path, of_version) =
        path.split_once("?versionId=").map_or((path, None), |(path, version)| (path, Some(version)));
    let object = empty.with(bucket, Node::text(uri, host)).with(key, Node::text(uri, path));
    Some(match of_version {
        Some(text) => object.with(version, Node::text(uri, text)),
        None => object,
    })
}

/// How Lambda names the parts of an object.
const CODE: [&str; 3] = ["S3Bucket", "S3Key", "S3ObjectVersion"];
/// How API Gateway and Step Functions name the parts of an object.
const DEFINITION: [&str; 3] = ["Bucket", "Key", "Version"];

/// SAM's tags are a map; CloudFormation's are a list, to which SAM adds a mark of its own.
fn with_tags(source: &Source<'_>, properties: Node, tags: Option<&Node>, mark: Option<&str>) -> Node {
    let tag = |entry: &Entry| {
        let key = Node::text(&entry.value, entry.key.clone());
        Node::map(&entry.value, [("Key", key), ("Value", entry.value.clone())])
    };
    let own: Vec<Node> = tags.map(Node::entries).unwrap_or_default().iter().map(tag).collect();
    let mark = mark.map(|key| source.node(&json!({"Key": key, "Value": "SAM"})));
    let all: Vec<Node> = own.into_iter().chain(mark).collect();
    if all.is_empty() { properties } else { properties.with("Tags", Node::list(source.place(), all)) }
}
