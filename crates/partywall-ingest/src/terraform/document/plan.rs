//! The output of `terraform show -json` for a plan or a state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::{Cause, Decoded, Dialect, Existence, Origin, Reference, Resource, Unknown, Value};

use super::format::{Change, Configuration, Known, ModuleValues, ResourceConfiguration, ResourceValues, VariableValue};
use super::references::{Owner, Resolver};
use super::{place_of, unset_account, unset_region, without_secrets};

/// A plan, ready to be read resource by resource.
pub(super) struct Plan {
    configuration: Configuration,
    /// What is unknown, by the address of the resource, in the shape of its values.
    unknown: BTreeMap<String, Value>,
    variables: BTreeMap<String, VariableValue>,
}

impl Plan {
    pub(super) fn new(
        configuration: Configuration,
        changes: Vec<Change>,
        variables: BTreeMap<String, VariableValue>,
    ) -> Self {
        let unknown = changes.into_iter().map(|change| (change.address, change.change.after_unknown.0)).collect();
        Self { configuration, unknown, variables }
    }

    pub(super) fn decode(self, root: ModuleValues, scope: &Arc<str>, decoded: &mut Decoded) {
        self.decode_as(root, "planned_values", scope, decoded);
    }

    /// Reads all resources of a module and those below it. `section` names the part of the document.
    pub(super) fn decode_as(mut self, root: ModuleValues, section: &str, scope: &Arc<str>, decoded: &mut Decoded) {
        let mut addresses = BTreeSet::new();
        collect_addresses(&root, &mut addresses);
        let mut marks = std::mem::take(&mut self.unknown);
        let resolver = Resolver::new(&self.configuration.root_module, addresses);
        let mut pending = vec![root];
        while let Some(module) = pending.pop() {
            for resource in module.resources.into_iter().filter(|resource| resource.mode == "managed") {
                let unknown = marks.remove(&resource.address);
                decoded.resources.push(self.resource(&resolver, &module.address, resource, unknown, section, scope));
            }
            pending.extend(module.child_modules);
        }
    }

    fn resource(
        &self,
        resolver: &Resolver<'_>,
        module: &str,
        values: ResourceValues,
        unknown: Option<Value>,
        section: &str,
        scope: &Arc<str>,
    ) -> Resource {
        let owner = Owner { module, index: &values.index.0 };
        let configured = resolver.resource(module, &format!("{}.{}", values.kind, values.name));
        let readable = without_secrets(values.values.0, &values.sensitive_values.0, &values.address);
        let mut attributes = Known(readable).entries();
        if let Some(Value::Map(marks)) = unknown {
            for (name, mark) in marks.iter() {
                let expression =
                    configured.and_then(|configured| configured.expressions.get(name)).map(|known| &known.0);
                let undecided = if configured.is_some() && expression.is_none() {
                    Cause::ServiceDecides
                } else {
                    Cause::AfterApply
                };
                let path = format!("{}.{name}", values.address);
                let place = Place { resolver, owner: &owner, path, name, undecided: &undecided };
                let value = place.fill(attributes.remove(name).unwrap_or(Value::Null), mark, expression);
                attributes.insert(name.clone(), value);
            }
        }
        let (region, account_id) = place_of(&attributes);
        let aws = values.kind.starts_with("aws_");
        Resource {
            dialect: Dialect::Terraform,
            kind: values.kind.as_str().into(),
            scope: scope.clone(),
            region: if aws { region.unwrap_or_else(|| self.provider_region(configured)) } else { Value::Null },
            account_id: if aws { account_id.unwrap_or_else(unset_account) } else { Value::Null },
            attributes,
            existence: Existence::Certain,
            unseen: None,
            origin: Origin::Document { file: scope.clone(), path: format!("{section}/{}", values.address) },
            address: values.address,
        }
    }

    /// The region of the resource's provider: a constant, or a variable of the root module.
    fn provider_region(&self, configured: Option<&ResourceConfiguration>) -> Value {
        let key = configured.map_or("aws", |configured| configured.provider_config_key.as_str());
        let provider =
            self.configuration.provider_config.get(key).or_else(|| self.configuration.provider_config.get("aws"));
        let region =
            provider.and_then(|provider| provider.expressions.get("region")).and_then(|known| known.0.as_map());
        let Some(expression) = region else { return unset_region() };
        if let Some(constant @ Value::Text(_)) = expression.get("constant_value") {
            return constant.clone();
        }
        let reference = expression
            .get("references")
            .and_then(Value::as_list)
            .and_then(|items| items.first())
            .and_then(Value::as_text);
        let Some(reference) = reference else { return unset_region() };
        let variable = reference.strip_prefix("var.").and_then(|name| self.variables.get(name));
        match variable.map(|variable| &variable.value.0) {
            Some(value @ Value::Text(_)) => value.clone(),
            _ => Value::unknown(reference, Cause::External),
        }
    }
}

fn collect_addresses(root: &ModuleValues, addresses: &mut BTreeSet<String>) {
    let mut pending = vec![root];
    while let Some(module) = pending.pop() {
        addresses.extend(module.resources.iter().map(|resource| resource.address.clone()));
        pending.extend(&module.child_modules);
    }
}

/// One attribute whose unknown parts are being named.
struct Place<'p> {
    resolver: &'p Resolver<'p>,
    owner: &'p Owner<'p>,
    /// Address and path of the attribute, which names it when nothing better is known.
    path: String,
    /// The last name on the path.
    name: &'p str,
    /// Why it is unknown when it comes from no resource. A configuration lists no `dynamic` blocks, so
    /// an attribute that it does not list may still be set when it is a block.
    undecided: &'p Cause,
}

impl Place<'_> {
    /// Puts an unknown wherever `mark` is true.
    fn fill(&self, value: Value, mark: &Value, expression: Option<&Value>) -> Value {
        match mark {
            Value::Bool(true) => self.unknown(expression),
            Value::Map(marks) if !marks.is_empty() => {
                let mut entries = Known(value).entries();
                for (name, mark) in marks.iter() {
                    let inner =
                        expression.and_then(|expression| expression.as_map()?.get(name).or_else(|| leaf(expression)));
                    let place = Place { path: format!("{}.{name}", self.path), name, ..*self };
                    let filled = place.fill(entries.remove(name).unwrap_or(Value::Null), mark, inner);
                    entries.insert(name.clone(), filled);
                }
                Value::Map(Arc::new(entries))
            }
            Value::List(marks) => self.fill_list(value, marks, expression),
            _ => value,
        }
    }

    fn fill_list(&self, value: Value, marks: &[Value], expression: Option<&Value>) -> Value {
        let items = value.as_list().unwrap_or_default();
        let blocks = expression.and_then(Value::as_list);
        let filled = marks.iter().enumerate().map(|(at, mark)| {
            let item = items.get(at).cloned().unwrap_or(Value::Null);
            let place = Place { path: format!("{}[{at}]", self.path), ..*self };
            match (blocks, mark) {
                (Some([only]), _) => place.fill(item, mark, Some(only)),
                (Some(blocks), _) => place.fill(item, mark, blocks.get(at)),
                // One reference for each element, in the order in which they are written.
                (None, Value::Bool(true)) => place.element(at, marks.len(), expression),
                (None, _) => place.fill(item, mark, expression),
            }
        });
        let mut all: Vec<Value> = filled.collect();
        all.extend(items.iter().skip(marks.len()).cloned());
        Value::list(all)
    }

    fn unknown(&self, expression: Option<&Value>) -> Value {
        if let Some(targets) =
            expression.and_then(|expression| self.resolver.targets(self.owner, self.name, expression))
        {
            return Value::list(targets.into_iter().map(refer));
        }
        let target = expression.and_then(|expression| self.resolver.target(self.owner, self.name, expression));
        target.map_or_else(|| self.unnamed(), refer)
    }

    fn element(&self, at: usize, count: usize, expression: Option<&Value>) -> Value {
        let target =
            expression.and_then(|expression| self.resolver.element(self.owner, self.name, expression, at, count));
        target.map_or_else(|| self.unnamed(), refer)
    }

    fn unnamed(&self) -> Value {
        Value::unknown(self.path.as_str(), self.undecided.clone())
    }
}

/// An expression that the plan lists as a whole though it has members, as for `ingress = [{ … }]`.
fn leaf(expression: &Value) -> Option<&Value> {
    expression.as_map()?.contains_key("references").then_some(expression)
}

/// The value of a resource's attribute, or of a data source's.
fn refer(reference: Reference) -> Value {
    if reference.address.starts_with("data.") || reference.address.contains(".data.") {
        let symbol = format!("{}.{}", reference.address, reference.attribute);
        return Value::Unknown(Arc::new(Unknown { symbol, cause: Cause::External, reference: None }));
    }
    Value::reference(reference.address, reference.attribute)
}
