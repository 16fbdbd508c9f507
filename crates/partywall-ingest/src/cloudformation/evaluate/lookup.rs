//! Functions that name something else: parameters, resources, exports.

use partywall_model::{Cause, Value};

use crate::cloudformation::node::Node;
use crate::cloudformation::stack::Stack;
use crate::cloudformation::symbol::{derived, invalid, scalar_text, shortened, symbol};

impl Stack<'_> {
    /// `Ref`.
    pub(super) fn reference(&self, argument: &Node) -> Value {
        match self.value(argument) {
            Value::Text(name) => self.reference_to(argument, &name),
            Value::Unknown(unknown) => derived(format!("Ref({})", unknown.symbol), &unknown),
            _ => self.fails(argument, "Ref", "it is given something that is no name".into()),
        }
    }

    pub(super) fn reference_to(&self, place: &Node, name: &str) -> Value {
        if name.starts_with("AWS::") {
            return self.pseudo(name);
        }
        if let Some(value) = self.parameters.get(name) {
            self.spend_on(value);
            return value.clone();
        }
        if self.declared.contains_key(name) {
            return Value::reference(format!("{}{name}", self.prefix), "Ref");
        }
        if let Some(target) = self.generated.get(name) {
            return Value::reference(format!("{}{target}", self.prefix), "Ref");
        }
        self.fails(place, name, format!("neither a parameter nor a resource `{name}` is declared"))
    }

    /// `Fn::GetAtt` in both forms.
    pub(super) fn attribute(&self, argument: &Node) -> Value {
        let (resource, attribute) = match argument.items() {
            [resource, attribute] => (self.value(resource), self.value(attribute)),
            [resource, rest @ ..] if !rest.is_empty() => {
                let names: Vec<String> = rest.iter().filter_map(Node::scalar_text).collect();
                (self.value(resource), Value::text(names.join(".")))
            }
            _ => match self.value(argument) {
                Value::Text(path) => match path.split_once('.') {
                    Some((resource, attribute)) => (Value::text(resource), Value::text(attribute)),
                    None => return self.fails(argument, "Fn::GetAtt", "it names no attribute".into()),
                },
                other => (other, Value::text("")),
            },
        };
        match (scalar_text(&resource), scalar_text(&attribute)) {
            (Some(resource), Some(attribute)) => self.attribute_of(argument, &resource, &attribute),
            _ => match resource.first_unknown().or_else(|| attribute.first_unknown()) {
                Some(unknown) => derived(format!("Fn::GetAtt({}, {})", symbol(&resource), symbol(&attribute)), unknown),
                None => self.fails(argument, "Fn::GetAtt", "it takes a resource and an attribute".into()),
            },
        }
    }

    pub(super) fn attribute_of(&self, place: &Node, resource: &str, attribute: &str) -> Value {
        if let Some((name, rest)) = attribute.split_once('.')
            && let Some(target) = self.generated.get(&format!("{resource}.{name}"))
        {
            return Value::reference(format!("{}{target}", self.prefix), rest);
        }
        let address = match (self.declared.contains_key(resource), self.generated.get(resource)) {
            (true, _) => resource,
            (false, Some(target)) => target,
            (false, None) => return self.fails(place, resource, format!("a resource `{resource}` is not declared")),
        };
        if let Some(name) = attribute.strip_prefix("Outputs.")
            && let Some(child) = self.child(address)
        {
            return match child.outputs.get(name) {
                Some(value) => value.clone(),
                None => self.fails(
                    place,
                    &format!("{resource}.{attribute}"),
                    format!("the nested stack has no output `{name}`"),
                ),
            };
        }
        Value::reference(format!("{}{address}", self.prefix), attribute)
    }

    /// Counts a value that is used again as if it were evaluated again.
    fn spend_on(&self, value: &Value) {
        self.session.spend(match value {
            Value::List(items) => items.len(),
            Value::Map(entries) => entries.len(),
            Value::Text(text) => text.len() / 64,
            Value::Template(parts) => parts.len(),
            _ => 0,
        });
    }

    /// `Fn::ImportValue`.
    pub(super) fn import(&self, argument: &Node) -> Value {
        let name = self.value(argument);
        Value::unknown(shortened(format!("Fn::ImportValue({})", symbol(&name))), Cause::External)
    }

    /// A pseudo parameter; what the user gave, or an unknown that equals itself.
    /// [Pseudo parameters](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html)
    pub(in crate::cloudformation) fn pseudo(&self, name: &str) -> Value {
        if name == "AWS::NoValue" {
            return Value::Null;
        }
        let given = &self.session.options.parameters;
        let of_this_stack = matches!(name, "AWS::StackName" | "AWS::StackId");
        if let Some(text) = given.get(name).filter(|_| !of_this_stack || self.prefix.is_empty()) {
            return Value::text(text.as_str());
        }
        let from_region = given.get("AWS::Region").map(|region| partition(region));
        match (name, from_region) {
            ("AWS::Partition", Some((partition, _))) => Value::text(partition),
            ("AWS::URLSuffix", Some((_, suffix))) => Value::text(suffix),
            ("AWS::StackName" | "AWS::StackId", _) => Value::unknown(format!("{}{name}", self.prefix), Cause::External),
            ("AWS::AccountId" | "AWS::Region" | "AWS::Partition" | "AWS::URLSuffix" | "AWS::NotificationARNs", _) => {
                Value::unknown(name, Cause::External)
            }
            _ => invalid(name, format!("there is no pseudo parameter `{name}`")),
        }
    }
}

/// The partition of a region and the domain of its services.
fn partition(region: &str) -> (&'static str, &'static str) {
    match region {
        _ if region.starts_with("cn-") => ("aws-cn", "amazonaws.com.cn"),
        _ if region.starts_with("us-gov-") => ("aws-us-gov", "amazonaws.com"),
        _ if region.starts_with("us-isob-") => ("aws-iso-b", "sc2s.sgov.gov"),
        _ if region.starts_with("us-iso-") => ("aws-iso", "c2s.ic.gov"),
        _ if region.starts_with("eusc-") => ("aws-eusc", "amazonaws.eu"),
        _ => ("aws", "amazonaws.com"),
    }
}
