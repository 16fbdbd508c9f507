//! The `Globals` section: maps are merged, lists are joined, anything else is overridden.
//! [Globals](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html)

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cloudformation::node::{Body, Entry, Node};

/// What a resource has when it adds `own` to what `global` says.
pub(super) fn merged(global: &Node, own: &Node) -> Node {
    match (&global.body, &own.body) {
        (Body::Map(inherited), Body::Map(entries)) if !is_function(global) && !is_function(own) => {
            let mut all: BTreeMap<Arc<str>, Entry> = BTreeMap::new();
            for entry in inherited.iter() {
                all.entry(entry.key.clone()).or_insert_with(|| entry.clone());
            }
            for entry in entries.iter() {
                let value = all
                    .get(&entry.key)
                    .map_or_else(|| entry.value.clone(), |global| merged(&global.value, &entry.value));
                all.insert(entry.key.clone(), Entry { value, ..entry.clone() });
            }
            Node::at(own, Body::Map(Arc::new(all.into_values().collect())))
        }
        (Body::List(inherited), Body::List(items)) => Node::list(own, inherited.iter().chain(items.iter()).cloned()),
        _ => own.clone(),
    }
}

fn is_function(node: &Node) -> bool {
    node.only_entry().is_some_and(|only| &*only.key == "Ref" || only.key.starts_with("Fn::"))
}
