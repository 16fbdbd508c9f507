//! Follows the references of a plan's configuration to the resource that an unknown value comes from.
//!
//! A plan says what an expression refers to, not how. So a value is named after a resource only where a single
//! reference could be meant and the attribute is of the kind that holds a reference as it is.

use std::collections::BTreeSet;

use partywall_model::{Reference, Value, format_number};

use super::format::{ModuleConfiguration, ResourceConfiguration};

/// Longest chain of variables and outputs.
const STEPS_MAX: usize = 64;

/// Attributes with these words in their name hold text that is put together, not a reference as it is.
const COMPOSED: &[&str] = &[
    "policy",
    "data",
    "json",
    "content",
    "template",
    "script",
    "command",
    "description",
    "tags",
    "environment",
    "variables",
    "definition",
    "prefix",
];

/// Endings of attributes that hold a list or a set of references.
const PLURAL: &[&str] = &["_ids", "_arns", "_names", "security_groups", "subnets"];

/// Attributes that hold the `id` or `name` of another resource, though their name does not end so.
const IDENTIFYING: &[&str] = &[
    "bucket",
    "role",
    "user",
    "group",
    "instance",
    "cluster",
    "repository",
    "load_balancer",
    "iam_instance_profile",
    "topic",
    "queue_url",
    "rest_api",
];

/// The resource whose attribute is looked at.
pub(super) struct Owner<'o> {
    /// Address of its module; empty for the root.
    pub(super) module: &'o str,
    /// Its index, or null.
    pub(super) index: &'o Value,
}

/// The configuration of a plan.
pub(super) struct Resolver<'c> {
    root: &'c ModuleConfiguration,
    /// Addresses of all resource instances.
    addresses: BTreeSet<String>,
}

impl<'c> Resolver<'c> {
    pub(super) fn new(root: &'c ModuleConfiguration, addresses: BTreeSet<String>) -> Self {
        Self { root, addresses }
    }

    /// The configuration of a resource, by the address of its module instance and its own in that module.
    pub(super) fn resource(&self, module: &str, local: &str) -> Option<&'c ResourceConfiguration> {
        self.module(module)?.resources.iter().find(|resource| resource.address == local)
    }

    /// What an expression refers to, when that is certain.
    pub(super) fn target(&self, owner: &Owner<'_>, name: &str, expression: &Value) -> Option<Reference> {
        if COMPOSED.iter().any(|word| name.contains(word)) {
            return None;
        }
        let direct = direct_references(expression);
        let repeated = direct.iter().any(|reference| is_repetition(reference));
        let mut others =
            direct.iter().filter(|reference| !is_repetition(reference) && !self.is_settled(owner.module, reference, 0));
        let (only, None) = (others.next()?, others.next()) else { return None };
        self.follow(owner, owner.module, name, only, repeated, 0)
    }

    /// What the elements of a list or set refer to that is unknown as a whole, such as `[aws_a.x.id, aws_b.y.id]`.
    ///
    /// None unless each reference names an attribute of one resource: `aws_a.x[*].id` is listed as `aws_a.x`.
    pub(super) fn targets(&self, owner: &Owner<'_>, name: &str, expression: &Value) -> Option<Vec<Reference>> {
        if !PLURAL.iter().any(|ending| name.ends_with(ending)) {
            return None;
        }
        let direct = direct_references(expression);
        let whole = |reference: &&str| {
            let parts = split(reference);
            !is_repetition(reference)
                && parts.len() == if parts.first().is_some_and(|first| first == "data") { 4 } else { 3 }
        };
        if direct.is_empty() || !direct.iter().all(whole) {
            return None;
        }
        direct.iter().map(|reference| self.follow(owner, owner.module, name, reference, false, 0)).collect()
    }

    /// What one of the elements of a list refers to, when the list has one reference for each.
    pub(super) fn element(
        &self,
        owner: &Owner<'_>,
        name: &str,
        expression: &Value,
        at: usize,
        count: usize,
    ) -> Option<Reference> {
        if count == 1 {
            return self.target(owner, name, expression);
        }
        let direct = direct_references(expression);
        if direct.len() != count || COMPOSED.iter().any(|word| name.contains(word)) {
            return None;
        }
        self.follow(owner, owner.module, name, direct.get(at)?, false, 0)
    }

    fn follow(
        &self,
        owner: &Owner<'_>,
        module: &str,
        name: &str,
        reference: &str,
        repeated: bool,
        steps: usize,
    ) -> Option<Reference> {
        if steps > STEPS_MAX {
            return None;
        }
        let prefix = if module.is_empty() { String::new() } else { format!("{module}.") };
        let parts = split(reference);
        let part = |at: usize| parts.get(at).map(String::as_str);
        match part(0)? {
            "var" => {
                let (parent, call) = self.call(module)?;
                let expression = &call.expressions.get(part(1)?)?.0;
                self.follow_single(owner, &parent, name, expression, false, steps + 1)
            }
            "module" => {
                let inner = format!("{prefix}module.{}", part(1)?);
                let output = self.module(&inner)?.outputs.get(part(2)?)?;
                self.follow_single(owner, &inner, name, &output.expression.0, repeated, steps + 1)
            }
            "local" | "each" | "count" | "path" | "terraform" | "self" => None,
            "data" => self.instance(owner, &format!("{prefix}data.{}.{}", part(1)?, part(2)?), name, part(3), repeated),
            kind => self.instance(owner, &format!("{prefix}{kind}.{}", part(1)?), name, part(2), repeated),
        }
    }

    fn follow_single(
        &self,
        owner: &Owner<'_>,
        module: &str,
        name: &str,
        expression: &Value,
        repeated: bool,
        steps: usize,
    ) -> Option<Reference> {
        let mut direct = direct_references(expression);
        direct.retain(|reference| !self.is_settled(module, reference, steps));
        let [only] = direct.as_slice() else { return None };
        self.follow(owner, module, name, only, repeated, steps)
    }

    /// True for a reference that cannot be what makes a value unknown: a known variable, a resource without instances.
    fn is_settled(&self, module: &str, reference: &str, steps: usize) -> bool {
        let parts = split(reference);
        let (first, second) = match parts.as_slice() {
            [first, second, ..] if steps <= STEPS_MAX => (first.as_str(), second.as_str()),
            _ => return false,
        };
        match first {
            "path" | "terraform" => true,
            "var" if module.is_empty() => true,
            "var" => self.call(module).is_some_and(|(parent, call)| match call.expressions.get(second) {
                None => true,
                Some(argument) => {
                    direct_references(&argument.0).iter().all(|inner| self.is_settled(&parent, inner, steps + 1))
                }
            }),
            "module" | "local" | "each" | "count" | "self" | "data" => false,
            kind => {
                let prefix = if module.is_empty() { String::new() } else { format!("{module}.") };
                let address = format!("{prefix}{kind}.{second}");
                let indexed = format!("{address}[");
                let mut instances = self.addresses.range(indexed.clone()..);
                !self.addresses.contains(&address) && !instances.next().is_some_and(|known| known.starts_with(&indexed))
            }
        }
    }

    /// The instance that is meant: the one that is named, the only one, or the one with the owner's index.
    fn instance(
        &self,
        owner: &Owner<'_>,
        address: &str,
        name: &str,
        attribute: Option<&str>,
        repeated: bool,
    ) -> Option<Reference> {
        let attribute = attribute.or_else(|| implied_attribute(name))?;
        let found = |address: String| Some(Reference { address, attribute: attribute.to_owned() });
        if self.addresses.contains(address) {
            return found(address.to_owned());
        }
        if repeated {
            let own = format!("{address}[{}]", spell_index(owner.index)?);
            return if self.addresses.contains(&own) { found(own) } else { None };
        }
        let indexed = format!("{address}[");
        let mut instances = self.addresses.range(indexed.clone()..).take_while(|known| known.starts_with(&indexed));
        match (instances.next(), instances.next()) {
            (Some(only), None) => found(only.clone()),
            _ => None,
        }
    }

    /// The configuration of a module instance.
    fn module(&self, address: &str) -> Option<&'c ModuleConfiguration> {
        let mut module = self.root;
        for name in call_names(address) {
            module = &module.module_calls.get(&name)?.module;
        }
        Some(module)
    }

    /// The call that makes a module instance, and the address of the module that holds the call.
    fn call(&self, address: &str) -> Option<(String, &'c super::format::CallConfiguration)> {
        let names = call_names(address);
        let (last, above) = names.split_last()?;
        let mut module = self.root;
        for name in above {
            module = &module.module_calls.get(name)?.module;
        }
        let parts = split(address);
        let parent = parts.get(..parts.len().checked_sub(2)?)?.join(".");
        Some((parent, module.module_calls.get(last)?))
    }
}

/// The references of an expression without those that only repeat the beginning of another.
fn direct_references(expression: &Value) -> Vec<&str> {
    let listed =
        expression.as_map().and_then(|entries| entries.get("references")).and_then(Value::as_list).unwrap_or_default();
    let all: Vec<&str> = listed.iter().filter_map(Value::as_text).collect();
    let begins =
        |longer: &str, shorter: &str| longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with(['.', '[']));
    let mut direct: Vec<&str> = Vec::new();
    for reference in &all {
        let repeats = all.iter().any(|other| begins(other, reference));
        if !repeats && !direct.contains(reference) {
            direct.push(reference);
        }
    }
    direct
}

fn is_repetition(reference: &str) -> bool {
    matches!(reference, "each.key" | "each.value" | "count.index")
}

/// The attribute of the other resource, where the plan leaves it out as it follows an index that varies.
fn implied_attribute(name: &str) -> Option<&'static str> {
    if name.ends_with("arn") || name.ends_with("arns") {
        return Some("arn");
    }
    (name.ends_with("id") || name.ends_with("ids") || IDENTIFYING.contains(&name)).then_some("id")
}

fn spell_index(index: &Value) -> Option<String> {
    match index {
        Value::Number(number) => Some(format_number(*number)),
        Value::Text(key) => Some(format!("{key:?}")),
        _ => None,
    }
}

/// The names of the calls in the address of a module: `module.a["x"].module.b` gives `a` and `b`.
fn call_names(address: &str) -> Vec<String> {
    let parts = split(address);
    let names = parts.iter().filter(|part| part.as_str() != "module");
    names.map(|part| part.split('[').next().unwrap_or_default().to_owned()).collect()
}

/// Splits at dots that are not inside brackets.
fn split(address: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for character in address.chars() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if character == '.' && depth == 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(character);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}
