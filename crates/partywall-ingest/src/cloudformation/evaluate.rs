//! Evaluation of nodes: plain values, and the dispatch of intrinsic functions.

mod cidr;
mod condition;
mod list;
mod lookup;
mod mapping;
mod text;

use std::collections::BTreeMap;

use partywall_model::{Cause, Gap, GapKind, Value};

use super::node::{Body, Entry, Node};
use super::stack::Stack;
use super::symbol::invalid;

pub(super) use condition::Truth;

impl Stack<'_> {
    /// What a node evaluates to. [`Value::Null`] means that it is not there (`AWS::NoValue`).
    pub(super) fn value(&self, node: &Node) -> Value {
        if !self.session.spend(1) {
            return self.fails(node, "the template", "it takes too many steps to evaluate".into());
        }
        let value = self.session.deeper(|| self.value_of_body(node));
        value.unwrap_or_else(|| self.fails(node, "the template", "it is nested too deeply".into()))
    }

    fn value_of_body(&self, node: &Node) -> Value {
        match &node.body {
            Body::Null => Value::Null,
            Body::Bool(truth) => Value::Bool(*truth),
            Body::Number(number) => Value::Number(*number),
            Body::Text(text) => {
                self.session.spend(text.len() / 64);
                Value::Text(text.clone())
            }
            Body::List(items) => {
                Value::list(items.iter().map(|item| self.value(item)).filter(|item| *item != Value::Null))
            }
            Body::Map(entries) => match node.only_entry() {
                Some(only) if &*only.key == "Ref" => self.reference(&only.value),
                Some(only) if only.key.starts_with("Fn::") && !only.key.starts_with("Fn::ForEach::") => {
                    self.call(node, only)
                }
                _ => self.map(node, entries),
            },
            Body::Value(value) => value.clone(),
            Body::Foreign(tag) => {
                let what = format!("the tag `!{tag}` is no function of CloudFormation");
                self.gap(
                    node,
                    what.clone(),
                    "package the template with the tool that knows the tag, and scan the result",
                );
                Value::unknown(format!("!{tag}"), Cause::NotUnderstood(what))
            }
        }
    }

    fn call(&self, node: &Node, call: &Entry) -> Value {
        let argument = &call.value;
        match &*call.key {
            "Fn::Base64" => self.base64(argument),
            "Fn::Cidr" => self.cidr(argument),
            "Fn::FindInMap" => self.find_in_map(argument),
            "Fn::GetAZs" => self.zones(argument),
            "Fn::GetAtt" => self.attribute(argument),
            "Fn::If" => self.choose(argument),
            "Fn::ImportValue" => self.import(argument),
            "Fn::Join" => self.join(argument),
            "Fn::Length" => self.length(argument),
            "Fn::Select" => self.select(argument),
            "Fn::Split" => self.split(argument),
            "Fn::Sub" => self.substitute(argument),
            "Fn::ToJsonString" => self.to_json_string(argument),
            "Fn::Transform" => self.transform(argument),
            "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals" => self.truth(node).into_value(&call.key),
            name => {
                let what = format!("`{name}` is not a function that is evaluated");
                self.gap(argument, what.clone(), "write the value out, or scan the account to see it");
                Value::unknown(name.to_owned(), Cause::NotUnderstood(what))
            }
        }
    }

    fn map(&self, node: &Node, entries: &[Entry]) -> Value {
        let expanded;
        let mut entries = entries;
        if entries.iter().any(|entry| entry.key.starts_with("Fn::")) {
            match self.expand(node) {
                Ok(all) => {
                    expanded = all;
                    entries = &expanded;
                }
                Err(unknown) => return unknown,
            }
        }
        let mut out = BTreeMap::new();
        for entry in entries {
            let value = self.value(&entry.value);
            match out.get(&*entry.key) {
                None => out.insert(entry.key.to_string(), value),
                Some(first) if *first == value => None,
                Some(_) => {
                    let how = format!("the key `{}` is given twice, and the values differ", entry.key);
                    out.insert(entry.key.to_string(), self.fails(&entry.value, &entry.key, how))
                }
            };
        }
        out.retain(|_, value| *value != Value::Null);
        Value::Map(out.into())
    }

    /// Records a gap at a node.
    pub(super) fn gap(&self, node: &Node, cause: impl Into<String>, cure: impl Into<String>) {
        self.session.gap(Gap::in_file(GapKind::NotEvaluated, self.file.clone(), node.line_start, cause, cure));
    }

    /// Records that an expression fails, and stands for its value.
    pub(super) fn fails(&self, node: &Node, symbol: &str, how: String) -> Value {
        self.gap(node, format!("`{symbol}` cannot be evaluated: {how}"), "correct the template");
        invalid(symbol, how)
    }
}
