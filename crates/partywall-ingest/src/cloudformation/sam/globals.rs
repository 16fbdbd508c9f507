//! The `Globals` section: maps are merged, lists are joined, anything else is overridden.
//! [Globals](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html)

use crate::cloudformation::node::{Body, Node};

/// What a resource has when it adds `own` to what `global` says.
pub(super) fn merged(global: &Node, own: &Node) -> Node {
    match (&global.body, &own.body) {
        (Body::Map(_), Body::Map(entries)) if !is_function(global) && !is_function(own) => {
            let mut out = Node { line_start: own.line_start, line_end: own.line_end, ..global.clone() };
            for entry in entries.iter() {
                let value = global
                    .get(&entry.key)
                    .map_or_else(|| entry.value.clone(), |inherited| merged(inherited, &entry.value));
                out = out.with(&entry.key, value);
            }
            out
        }
        (Body::List(inherited), Body::List(items)) => Node::list(own, inherited.iter().chain(items.iter()).cloned()),
        _ => own.clone(),
    }
}

fn is_function(node: &Node) -> bool {
    node.only_entry().is_some_and(|only| &*only.key == "Ref" || only.key.starts_with("Fn::"))
}
