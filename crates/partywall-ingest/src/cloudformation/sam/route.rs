//! The routes that functions' events add to APIs, and the OpenAPI document that they make.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use crate::cloudformation::node::{Body, Node};

/// One path and method, and what they invoke.
pub(super) struct Route {
    pub(super) path: String,
    pub(super) method: String,
    pub(super) integration: Node,
    /// The condition of the resource that has the event.
    pub(super) condition: Option<Node>,
    /// The event's own `Auth`.
    pub(super) auth: Option<Node>,
}

/// Routes by the logical id of their API; true for an HTTP API.
#[derive(Default)]
pub(super) struct Routes(BTreeMap<String, (bool, Vec<Route>)>);

impl Routes {
    pub(super) fn add(&mut self, api: &str, http: bool, route: Route) {
        self.0.entry(api.to_owned()).or_insert_with(|| (http, Vec::new())).1.push(route);
    }

    pub(super) fn has(&self, api: &str) -> bool {
        self.0.contains_key(api)
    }

    /// What an API that routes imply hangs on: one of their conditions, when each has one.
    pub(super) fn condition(&self, api: &str, place: &Node) -> Option<Node> {
        let (_, routes) = self.0.get(api)?;
        let mut conditions: BTreeMap<String, Node> = BTreeMap::new();
        for route in routes {
            let name = route.condition.as_ref()?.scalar_text()?;
            conditions.insert(name.clone(), Node::map(place, [("Condition", Node::text(place, name))]));
        }
        Some(Node::map(place, [("Fn::Or", Node::list(place, conditions.into_values()))]))
    }

    /// The document of an API whose paths are made of routes. `auth` is the API's own `Auth`.
    pub(super) fn document(&self, api: &str, place: &Node, auth: Option<&Node>) -> Node {
        let (http, routes) = match self.0.get(api) {
            Some((http, routes)) => (*http, routes.as_slice()),
            None => (false, [].as_slice()),
        };
        let mut paths: BTreeMap<&str, BTreeMap<String, Node>> = BTreeMap::new();
        for route in routes {
            let any = route.method.eq_ignore_ascii_case("any");
            let method = if any { "x-amazon-apigateway-any-method".to_owned() } else { route.method.to_lowercase() };
            paths.entry(&route.path).or_default().insert(method, operation(place, route, auth));
        }
        let paths = Node::map(place, paths.into_iter().map(|(path, methods)| (path, Node::map(place, methods))));
        let version = if http { json!({"openapi": "3.0.1"}) } else { json!({"swagger": "2.0"}) };
        Node::from_json(place, &version).with("paths", paths)
    }
}

/// Hands requests to a function.
pub(super) fn to_function(http: bool, place: &Node, arn: &Node) -> Node {
    let text =
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__Function__}/invocations";
    let names = Node::map(place, [("__Function__", arn.clone())]);
    let uri = Node::map(place, [("Fn::Sub", Node::list(place, [Node::text(place, text), names]))]);
    let integration = Node::from_json(place, &json!({"type": "aws_proxy", "httpMethod": "POST"})).with("uri", uri);
    if http { integration.with("payloadFormatVersion", Node::text(place, "2.0")) } else { integration }
}

/// Starts a state machine in the name of a role.
pub(super) fn to_state_machine(place: &Node, role: Node) -> Node {
    let uri = json!({"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution"});
    Node::from_json(place, &json!({"type": "aws", "httpMethod": "POST", "uri": uri})).with("credentials", role)
}

fn operation(place: &Node, route: &Route, auth: Option<&Node>) -> Node {
    let operation =
        Node::from_json(place, &json!({})).with("x-amazon-apigateway-integration", route.integration.clone());
    match security(place, route.auth.as_ref(), auth) {
        Some(security) => operation.with("security", security),
        None => operation,
    }
}

/// What a caller must show: the event's own authorizer, else the API's default one, and an API key.
fn security(place: &Node, own: Option<&Node>, api: Option<&Node>) -> Option<Node> {
    let of = |name: &str, inherited: &str| {
        own.and_then(|own| own.get(name)).or_else(|| api.and_then(|api| api.get(inherited)))
    };
    let authorizer = of("Authorizer", "DefaultAuthorizer").filter(|node| node.as_text() != Some("NONE"));
    let key = of("ApiKeyRequired", "ApiKeyRequired").filter(|node| node.scalar_text().as_deref() == Some("true"));
    let empty = || Node::at(place, Body::List(Arc::default()));
    let mut schemes = Vec::new();
    if let Some(authorizer) = authorizer {
        let name = authorizer.as_text().unwrap_or("authorizer");
        schemes.push(Node::map(place, [(name, empty())]));
    }
    if key.is_some() {
        schemes.push(Node::map(place, [("api_key", empty())]));
    }
    (!schemes.is_empty()).then(|| Node::list(place, schemes))
}
