//! From JSON to statements.

use std::collections::HashSet;

use super::{Effect, Policy, Principals, Scope, Statement, Version};
use crate::condition::{Condition, Operator};
use crate::error::{PolicyError, Problem, ProblemKind, Span};
use crate::json::{Body, Entry, Node, parse};
use crate::pattern::{ArnPattern, ArnRules, Features, Pattern};
use crate::text::{Piece, Placeholders, is_policy_variable, pieces};

pub(super) fn policy(text: &str, placeholders: Placeholders) -> Result<Policy, PolicyError> {
    let document = parse(text).map_err(|problem| PolicyError { problems: vec![problem] })?;
    let mut reader = Reader { problems: Vec::new(), placeholders, variables: false, has_unresolved: false };
    let policy = reader.policy(&document);
    match policy {
        Some(policy) if reader.problems.is_empty() => Ok(policy),
        _ => Err(PolicyError { problems: reader.problems }),
    }
}

struct Reader {
    problems: Vec<Problem>,
    placeholders: Placeholders,
    variables: bool,
    has_unresolved: bool,
}

impl Reader {
    fn report(&mut self, span: Span, kind: ProblemKind) {
        self.problems.push(Problem { span, kind });
    }

    fn shape(&mut self, span: Span, element: &str, expected: &'static str) {
        self.report(span, ProblemKind::Shape { element: format!("`{element}`"), expected });
    }

    /// Whether a node is text that as a whole is not resolved, so that it could be anything.
    fn is_unresolved(&self, node: &Node) -> bool {
        matches!(&node.body, Body::Text(text) if self.is_placeholder(text))
    }

    fn is_placeholder(&self, text: &str) -> bool {
        self.placeholders == Placeholders::Unresolved
            && matches!(pieces(text).as_slice(), [Piece::Enclosed(inside)] if !is_policy_variable(inside))
    }

    fn object<'a>(&mut self, node: &'a Node, element: &str, known: &[&str]) -> Option<&'a [Entry]> {
        let Body::Object(entries) = &node.body else {
            self.shape(node.span, element, "an object");
            return None;
        };
        let mut keys = HashSet::new();
        for entry in entries {
            if !keys.insert(entry.key.as_str()) {
                self.report(entry.key_span, ProblemKind::Duplicate(entry.key.clone()));
            }
            if !known.is_empty() && !known.contains(&entry.key.as_str()) {
                self.report(entry.key_span, ProblemKind::UnknownElement(entry.key.clone()));
            }
        }
        Some(entries)
    }

    fn policy(&mut self, document: &Node) -> Option<Policy> {
        if self.is_unresolved(document) {
            return Some(Policy::unknown());
        }
        let entries = self.object(document, "the policy", &["Version", "Id", "Statement"])?;
        let version = match find(entries, "Version").map(|node| (&node.body, node.span)) {
            None => Version::V2008,
            Some((Body::Text(text), _)) if text == "2012-10-17" => Version::V2012,
            Some((Body::Text(text), _)) if text == "2008-10-17" => Version::V2008,
            Some((Body::Text(text), _)) if self.is_placeholder(text) => Version::V2012,
            Some((Body::Text(text), span)) => {
                self.report(span, ProblemKind::Version(text.clone()));
                return None;
            }
            Some((_, span)) => {
                self.shape(span, "Version", "text");
                return None;
            }
        };
        self.variables = version == Version::V2012;
        let Some(statements) = find(entries, "Statement") else {
            self.report(document.span, ProblemKind::Missing("Statement"));
            return None;
        };
        let mut read = Vec::new();
        for node in one_or_many(statements) {
            if self.is_unresolved(node) {
                self.has_unresolved = true;
            } else if let Some(statement) = self.statement(node) {
                read.push(statement);
            }
        }
        Some(Policy::assemble(version, read, self.has_unresolved))
    }

    /// One statement; None when it is damaged or its effect is not resolved.
    fn statement(&mut self, node: &Node) -> Option<Statement> {
        const ELEMENTS: [&str; 9] = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        let entries = self.object(node, "a statement", &ELEMENTS)?;
        let effect = self.effect(entries, node.span);
        let sid = match find(entries, "Sid").map(|node| &node.body) {
            Some(Body::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let principals = self
            .scope(entries, "Principal", "NotPrincipal")
            .and_then(|(node, negated)| Some(scope(self.principals(node)?, negated)));
        if find(entries, "Action").or_else(|| find(entries, "NotAction")).is_none() {
            self.report(node.span, ProblemKind::Missing("Action"));
        }
        let (actions, negated) = self.scope(entries, "Action", "NotAction")?;
        let actions = scope(self.actions(actions), negated);
        let resources = match self.scope(entries, "Resource", "NotResource") {
            Some((node, negated)) => scope(self.resources(node), negated),
            None => Scope::Only(vec![ArnPattern::new("*", ArnRules::Resource, self.features(true))]),
        };
        let conditions = find(entries, "Condition").map(|node| self.conditions(node)).unwrap_or_default();
        Some(Statement { span: node.span, sid, effect: effect?, principals, actions, resources, conditions })
    }

    fn effect(&mut self, entries: &[Entry], span: Span) -> Option<Effect> {
        let Some(node) = find(entries, "Effect") else {
            self.report(span, ProblemKind::Missing("Effect"));
            return None;
        };
        match &node.body {
            Body::Text(text) if text == "Allow" => Some(Effect::Allow),
            Body::Text(text) if text == "Deny" => Some(Effect::Deny),
            Body::Text(text) if self.is_placeholder(text) => {
                self.has_unresolved = true;
                None
            }
            Body::Text(text) => {
                self.report(node.span, ProblemKind::Effect(text.clone()));
                None
            }
            _ => {
                self.shape(node.span, "Effect", "`Allow` or `Deny`");
                None
            }
        }
    }

    /// The element or its negation, and which it is.
    fn scope<'a>(
        &mut self,
        entries: &'a [Entry],
        only: &'static str,
        all_but: &'static str,
    ) -> Option<(&'a Node, bool)> {
        match (find(entries, only), find(entries, all_but)) {
            (Some(node), None) => Some((node, false)),
            (None, Some(node)) => Some((node, true)),
            (None, None) => None,
            (Some(_), Some(node)) => {
                self.report(node.span, ProblemKind::Both(only, all_but));
                None
            }
        }
    }

    fn features(&self, wildcards: bool) -> Features {
        Features { wildcards, variables: self.variables, placeholders: self.placeholders }
    }

    fn texts<'a>(&mut self, node: &'a Node, element: &str) -> Vec<(&'a str, Span)> {
        let mut texts = Vec::new();
        for item in one_or_many(node) {
            match &item.body {
                Body::Text(text) => texts.push((text.as_str(), item.span)),
                _ => self.shape(item.span, element, "text or a list of texts"),
            }
        }
        texts
    }

    fn actions(&mut self, node: &Node) -> Vec<Pattern> {
        let features = Features { variables: false, ..self.features(true) };
        self.texts(node, "Action").into_iter().map(|(text, _)| Pattern::new(&lower_case(text), features)).collect()
    }

    fn resources(&mut self, node: &Node) -> Vec<ArnPattern> {
        let features = self.features(true);
        self.texts(node, "Resource")
            .into_iter()
            .map(|(text, _)| ArnPattern::new(text, ArnRules::Resource, features))
            .collect()
    }

    fn principals(&mut self, node: &Node) -> Option<Principals> {
        let mut principals = Principals::default();
        if let Body::Text(text) = &node.body {
            principals.has_unresolved = self.is_open_principal(text);
            principals.aws.push(text.clone());
            return Some(principals);
        }
        for entry in self.object(node, "Principal", &[])? {
            let texts: Vec<String> =
                self.texts(&entry.value, &entry.key).into_iter().map(|(text, _)| text.to_owned()).collect();
            principals.has_unresolved |= texts.iter().any(|text| self.is_open_principal(text));
            match entry.key.as_str() {
                "AWS" => principals.aws.extend(texts),
                "Service" => principals.service.extend(texts),
                "Federated" => principals.federated.extend(texts),
                "CanonicalUser" => principals.canonical_user.extend(texts),
                "*" => principals.aws.push("*".into()),
                other if self.is_placeholder(other) => principals.has_unresolved = true,
                other => self.report(entry.key_span, ProblemKind::PrincipalKind(other.to_owned())),
            }
        }
        Some(principals)
    }

    fn is_open_principal(&self, text: &str) -> bool {
        self.placeholders == Placeholders::Unresolved
            && pieces(text).iter().any(|piece| matches!(piece, Piece::Enclosed(_)))
    }

    fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        if self.is_unresolved(node) {
            return vec![Condition::unresolved()];
        }
        let mut conditions = Vec::new();
        for block in self.object(node, "Condition", &[]).unwrap_or_default() {
            let operator = match Operator::parse(&block.key) {
                Some(operator) => operator,
                None if self.is_placeholder(&block.key) => {
                    conditions.push(Condition::unresolved());
                    continue;
                }
                None => {
                    self.report(block.key_span, ProblemKind::Operator(block.key.clone()));
                    continue;
                }
            };
            if self.is_unresolved(&block.value) {
                conditions.push(Condition::unresolved());
                continue;
            }
            for entry in self.object(&block.value, &block.key, &[]).unwrap_or_default() {
                let condition = self.condition(operator, entry);
                conditions.push(condition);
            }
        }
        conditions
    }

    fn condition(&mut self, operator: Operator, entry: &Entry) -> Condition {
        let features = self.features(true);
        let values = self.texts(&entry.value, &entry.key);
        if self.placeholders == Placeholders::Unresolved && entry.key.contains("${") {
            return Condition::unresolved();
        }
        Condition::new(operator, &entry.key, values.into_iter().map(|(text, _)| text), features)
    }
}

/// Lower-case but for the names of placeholders.
fn lower_case(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Plain(plain) => lower.push_str(&plain.to_ascii_lowercase()),
            Piece::Enclosed(inside) => lower.extend(["${", inside, "}"]),
        }
    }
    lower
}

fn find<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Node> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

fn one_or_many(node: &Node) -> &[Node] {
    match &node.body {
        Body::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}

fn scope<T>(named: T, negated: bool) -> Scope<T> {
    if negated { Scope::AllBut(named) } else { Scope::Only(named) }
}
