//! `Fn::FindInMap`.

use partywall_model::{Cause, Unknown, Value};

use crate::cloudformation::node::{Entry, Node};
use crate::cloudformation::stack::Stack;
use crate::cloudformation::symbol::{scalar_text, shortened, symbol};

impl Stack<'_> {
    pub(super) fn find_in_map(&self, argument: &Node) -> Value {
        let (names, default) = match argument.items() {
            [map, top, second] => ([map, top, second], None),
            [map, top, second, options] => ([map, top, second], options.get("DefaultValue")),
            _ => return self.fails(argument, "Fn::FindInMap", "it takes a map and two keys".into()),
        };
        let [map, top, second] = names.map(|name| self.value(name));
        let expression = shortened(format!("Fn::FindInMap({}, {}, {})", symbol(&map), symbol(&top), symbol(&second)));
        let open = [&map, &top, &second].into_iter().find_map(Value::first_unknown);
        let mut candidates: Vec<Value> = Vec::new();
        self.session.spend(self.mappings.entries().len() / 16);
        for map in chosen(self.mappings.entries(), &map) {
            self.session.spend(map.entries().len() / 16);
            for top in chosen(map.entries(), &top) {
                self.session.spend(top.entries().len() / 16);
                for second in chosen(top.entries(), &second) {
                    // Two that differ are enough to know that it cannot be known.
                    if candidates.len() < 2 {
                        let value = self.value(second);
                        if !candidates.contains(&value) {
                            candidates.push(value);
                        }
                    }
                }
            }
        }
        match (open, candidates.as_slice(), default) {
            (None, [found, ..], _) => found.clone(),
            (None, [], Some(default)) => self.value(default),
            (None, [], None) => self.fails(argument, &expression, "the map has no such key".into()),
            (Some(unknown), [only], default) => match default {
                Some(default) if self.value(default) != *only => undetermined(expression, unknown),
                _ => only.clone(),
            },
            (Some(unknown), _, _) => undetermined(expression, unknown),
        }
    }
}

fn undetermined(expression: String, unknown: &Unknown) -> Value {
    Value::unknown(expression, Cause::Undetermined(format!("the key `{}` is not known", unknown.symbol)))
}

/// The entries that a key may mean: the one of that name, or every one when the key is not known.
/// A bare `yes` in YAML is the same key as `true`.
fn chosen<'a>(entries: &'a [Entry], key: &Value) -> Vec<&'a Node> {
    match scalar_text(key) {
        Some(name) => entries.iter().find(|entry| *entry.key == *name).map(|entry| &entry.value).into_iter().collect(),
        None => entries.iter().map(|entry| &entry.value).collect(),
    }
}
