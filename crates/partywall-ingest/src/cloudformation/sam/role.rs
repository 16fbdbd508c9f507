//! The role that SAM creates for a function or a state machine, and its policies.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use partywall_model::{Cause, Value};
use serde_json::{Value as Json, json};

use super::{Expansion, Source, copied, with_tags};
use crate::cloudformation::node::{Body, Entry, Node};

/// What [policy templates](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html)
/// allow: name to statements, with the template's parameters as `${Parameter}`.
static TEMPLATES: LazyLock<BTreeMap<String, Vec<Json>>> =
    LazyLock::new(|| serde_json::from_str(include_str!("policy_templates.json")).unwrap_or_default());

/// A role that is being put together.
pub(super) struct Role<'a> {
    /// The service that takes it.
    pub(super) principal: &'a str,
    /// The key of the tag by which SAM marks it.
    pub(super) mark: &'a str,
    /// Names of managed policies that SAM adds of its own accord.
    pub(super) managed: Vec<String>,
    /// Statements that SAM adds of its own accord, by the name of their policy.
    pub(super) inline: Vec<(String, Node)>,
}

impl Expansion<'_> {
    /// The role that the properties name, or the one that SAM creates where they name none.
    pub(super) fn role_or_own(&mut self, source: &Source<'_>, properties: &Node, role: Role<'_>) -> Node {
        let Some(own) = properties.get("Role") else { return self.role(source, properties, role, None) };
        let nothing = |node: &Node| node.get("Ref").and_then(Node::as_text) == Some("AWS::NoValue");
        match own.get("Fn::If").map(Node::items) {
            Some([condition, yes, no]) if nothing(yes) || nothing(no) => {
                let holds = Node::map(condition, [("Condition", condition.clone())]);
                let not = Node::map(condition, [("Fn::Not", Node::list(condition, [holds.clone()]))]);
                let created = self.role(source, properties, role, Some(if nothing(yes) { holds } else { not }));
                let choice = |node: &Node| if nothing(node) { created.clone() } else { node.clone() };
                let branches = Node::list(own, [condition.clone(), choice(yes), choice(no)]);
                Node::map(own, [("Fn::If", branches)])
            }
            _ => own.clone(),
        }
    }

    /// Generates `<Id>Role` from the properties of a function or a state machine.
    fn role(&mut self, source: &Source<'_>, properties: &Node, role: Role<'_>, holds: Option<Node>) -> Node {
        let id = format!("{}Role", source.id);
        let mut managed: Vec<Node> = role.managed.iter().map(|name| source.node(&json!(managed_arn(name)))).collect();
        let mut inline: Vec<Node> = role
            .inline
            .into_iter()
            .map(|(name, statements)| policy(source, &name, document(source, statements)))
            .collect();
        if let Some(policies) = properties.get("Policies") {
            let listed = match &policies.body {
                Body::List(items) => items.as_slice(),
                _ => std::slice::from_ref(policies),
            };
            for (position, node) in listed.iter().enumerate() {
                match self.policy_document(source, node) {
                    Some(document) => inline.push(policy(source, &format!("{id}Policy{position}"), document)),
                    None => managed.push(self.managed_policy(source, node)),
                }
            }
        }
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": [role.principal]}}
        ]});
        let trust = properties.get("AssumeRolePolicyDocument").cloned().unwrap_or_else(|| source.node(&trust));
        let mut out = source.node(&json!({})).with("AssumeRolePolicyDocument", trust);
        if !managed.is_empty() {
            out = out.with("ManagedPolicyArns", Node::list(source.place(), managed));
        }
        if !inline.is_empty() {
            out = out.with("Policies", Node::list(source.place(), inline));
        }
        let out = copied(out, properties, &[("PermissionsBoundary", "PermissionsBoundary"), ("RolePath", "Path")]);
        let out = with_tags(source, out, properties.get("Tags"), Some(role.mark));
        match holds {
            Some(holds) => self.generate_if(source, &id, "AWS::IAM::Role", out, holds),
            None => self.generate(source, &id, "AWS::IAM::Role", out),
        }
        self.call_it(source, "Role", &id);
        source.node(&json!({"Fn::GetAtt": [id, "Arn"]}))
    }

    /// The document of a policy that is written out or made from a template; None for a managed one.
    fn policy_document(&self, source: &Source<'_>, node: &Node) -> Option<Node> {
        if node.get("Statement").is_some() {
            return Some(node.clone());
        }
        let only = node.only_entry()?;
        if &*only.key == "Ref" || only.key.starts_with("Fn::") {
            return None;
        }
        match TEMPLATES.get(&*only.key) {
            Some(statements) => {
                Some(document(source, Node::list(node, statements.iter().map(|json| filled(json, only)))))
            }
            None => {
                let what = format!("the policy template `{}` is not known", only.key);
                self.gap(source, format!("`{}` has a role of which a part is not known: {what}", source.id));
                Some(Node::at(node, Body::Value(Value::unknown(only.key.to_string(), Cause::NotUnderstood(what)))))
            }
        }
    }

    /// A managed policy: its ARN, or the name of one that AWS manages.
    fn managed_policy(&self, source: &Source<'_>, node: &Node) -> Node {
        match node.as_text() {
            Some(name) if !name.contains(':') => source.node(&json!(managed_arn(name))),
            _ => node.clone(),
        }
    }
}

fn policy(source: &Source<'_>, name: &str, document: Node) -> Node {
    source.node(&json!({"PolicyName": name})).with("PolicyDocument", document)
}

fn document(source: &Source<'_>, statements: Node) -> Node {
    source.node(&json!({"Version": "2012-10-17"})).with("Statement", statements)
}

/// The statements of a template with the values that the policy gives its parameters.
fn filled(json: &Json, template: &Entry) -> Node {
    let place = &template.value;
    match json {
        Json::String(text) if text.contains("${") => {
            let values = if place.is_map() { place.clone() } else { Node::from_json(place, &json!({})) };
            let arguments = Node::list(place, [Node::text(place, text.as_str()), values]);
            Node::map(place, [("Fn::Sub", arguments)])
        }
        Json::Array(items) => Node::list(place, items.iter().map(|item| filled(item, template))),
        Json::Object(entries) => {
            Node::map(place, entries.iter().map(|(key, value)| (key.as_str(), filled(value, template))))
        }
        other => Node::from_json(place, other),
    }
}

/// The ARN of a policy that AWS manages. Those for Lambda's own use have a path.
fn managed_arn(name: &str) -> Json {
    let of_service = name.starts_with("AWSLambda")
        && (name.ends_with("ExecutionRole") || name.ends_with("AccessExecutionRole"))
        || matches!(
            name,
            "AWSLambdaRole" | "AWSLambdaENIManagementAccess" | "AWSBatchServiceRole" | "AWSIoTThingsRegistration"
        );
    let path = if of_service { "service-role/" } else { "" };
    json!({"Fn::Sub": format!("arn:${{AWS::Partition}}:iam::aws:policy/{path}{name}")})
}
