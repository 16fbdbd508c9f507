//! Stacks inside stacks.
//! [AWS::CloudFormation::Stack](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html)

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use partywall_model::{Gap, GapKind, ModuleCall, Resource, Value};

use super::{Declaration, Invocation, Stack};
use crate::cloudformation::evaluate::Truth;
use crate::cloudformation::node::Node;
use crate::cloudformation::session::canonical;
use crate::cloudformation::symbol::symbol;

/// Most stacks within each other.
const STACKS_MAX: usize = 32;

/// What a nested stack came to.
pub(in crate::cloudformation) struct Child {
    pub(in crate::cloudformation) outputs: BTreeMap<String, Value>,
    pub(in crate::cloudformation) resources: Vec<Resource>,
}

impl Stack<'_> {
    /// The stack that a resource nests; None when it nests none, or one that is not on this disk.
    pub(in crate::cloudformation) fn child(&self, id: &str) -> Option<Rc<Child>> {
        let declaration = self.declared.get(id)?;
        template_property(&declaration.kind)?;
        if let Some(known) = self.children.borrow().get(id) {
            if known.is_none() {
                self.gap(
                    &declaration.node,
                    format!("the nested stack `{id}` needs its own outputs"),
                    "break the circle",
                );
            }
            return known.clone().flatten();
        }
        self.children.borrow_mut().insert(id.to_owned(), None);
        let child = self.session.deeper(|| self.nest(id, declaration)).flatten().map(Rc::new);
        self.children.borrow_mut().insert(id.to_owned(), Some(child.clone()));
        child
    }

    /// Notes that a template is nested, though the stack that would nest it will not exist.
    pub(super) fn note_nested(&self, declaration: &Declaration) {
        if let Some(path) = self.template_path(declaration) {
            self.session.nests(&path);
        }
    }

    fn template_path(&self, declaration: &Declaration) -> Option<PathBuf> {
        let location = declaration.node.get("Properties")?.get(template_property(&declaration.kind)?)?;
        self.local_path(self.value(location).as_text()?)
    }

    fn nest(&self, id: &str, declaration: &Declaration) -> Option<Child> {
        let place = &declaration.node;
        let gap = |kind: GapKind, cause: String, cure: &str| {
            self.session.gap(Gap::in_file(kind, self.file.clone(), declaration.line, cause, cure));
        };
        let properties = declaration.node.get("Properties").cloned().unwrap_or_else(|| Node::text(place, ""));
        let Some(path) = self.template_path(declaration) else {
            let location =
                template_property(&declaration.kind).and_then(|name| properties.get(name)).map(|node| self.value(node));
            let location = location.map(|value| symbol(&value)).unwrap_or_default();
            let cause = format!("the template `{location}` of the nested stack `{id}` is not on this disk");
            gap(
                GapKind::MissingSource,
                cause,
                "name the template by a path relative to this one, or scan it on its own",
            );
            return None;
        };
        self.session.nests(&path);
        if self.invocation.ancestors.contains(&canonical(&path)) {
            gap(
                GapKind::NotEvaluated,
                format!("the nested stack `{id}` contains itself"),
                "break the circle of templates",
            );
            return None;
        }
        if self.invocation.ancestors.len() >= STACKS_MAX {
            let cause = format!("the nested stack `{id}` is more than {STACKS_MAX} stacks deep");
            gap(GapKind::NotEvaluated, cause, "nest fewer stacks");
            return None;
        }
        let parameters = match properties.get("Parameters").map(|node| self.value(node)) {
            Some(Value::Map(parameters)) => (*parameters).clone(),
            _ => BTreeMap::new(),
        };
        let mut calls = self.invocation.calls.clone();
        calls.push(ModuleCall {
            address: format!("{}{id}", self.prefix),
            file: self.file.clone(),
            line: declaration.line,
        });
        let invocation = Invocation {
            prefix: format!("{}{id}/", self.prefix),
            parameters,
            calls,
            ancestors: self.invocation.ancestors.clone(),
            existence: self.existence(declaration)?,
            scope: self.invocation.scope.clone(),
        };
        let stack = Stack::open(self.session, &path, invocation)?;
        Some(Child { outputs: stack.output_values(), resources: stack.resources() })
    }

    fn output_values(&self) -> BTreeMap<String, Value> {
        let mut out = BTreeMap::new();
        for output in &self.outputs {
            let condition = output.value.get("Condition");
            let exists = condition.map(|node| self.condition_of(node));
            let value = output.value.get("Value").map(|node| self.value(node));
            match (exists, value) {
                (Some(Truth::Known(false)), _) | (_, None) => {}
                (_, Some(value)) => {
                    out.insert(output.key.to_string(), value);
                }
            }
        }
        out
    }
}

/// The property that names the nested template, for the types that have one.
fn template_property(kind: &str) -> Option<&'static str> {
    match kind {
        "AWS::CloudFormation::Stack" => Some("TemplateURL"),
        "AWS::Serverless::Application" => Some("Location"),
        _ => None,
    }
}
