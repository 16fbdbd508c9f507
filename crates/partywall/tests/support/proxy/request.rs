//! What a request asks for.

use super::message::Message;
use super::services::{Services, pairs};

/// A request as the tests see it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request {
    /// As botocore calls the service where its wire description is known, otherwise the signature's name.
    pub(crate) service: String,
    /// The operation's name; method and path where the wire does not tell and no description is known.
    pub(crate) operation: String,
    /// The region that the request is signed for.
    pub(crate) region: String,
    /// The access key that it is signed with.
    pub(crate) access_key: String,
    /// GET, POST, …
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) target: String,
    /// Form, JSON or XML.
    pub(crate) body: String,
    /// How the service speaks.
    pub(crate) protocol: Protocol,
}

/// How a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Protocol {
    Query,
    Ec2,
    Json,
    RestJson,
    RestXml,
    /// Amazon S3 wraps its errors less than other services of that protocol.
    S3,
}

impl Request {
    /// Names what a message asks for.
    pub(crate) fn of(message: &Message, services: &Services) -> Self {
        let mut start = message.start.split(' ');
        let method = start.next().unwrap_or_default().to_owned();
        let target = start.next().unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(&message.body).into_owned();
        let scope = message.header("authorization").and_then(|header| header.split_once("Credential="));
        let scope = scope.map_or("", |(_, scope)| scope.split(',').next().unwrap_or_default());
        let mut scope = scope.split('/');
        let access_key = scope.next().unwrap_or_default().to_owned();
        let region = scope.nth(1).unwrap_or_default().to_owned();
        let signing_name = scope.next().unwrap_or_default().to_owned();
        let (service, operation, protocol) = identify(message, services, &signing_name, &method, &target, &body);
        Self { service, operation, region, access_key, method, target, body, protocol }
    }

    /// Whether it asks for this operation.
    pub(crate) fn is(&self, service: &str, operation: &str) -> bool {
        self.service == service && self.operation == operation
    }

    /// `service:operation`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

fn identify(
    message: &Message,
    services: &Services,
    signing_name: &str,
    method: &str,
    target: &str,
    body: &str,
) -> (String, String, Protocol) {
    let name = |version: &str| services.named(signing_name, version).map_or(signing_name, |service| &service.name);
    if let Some((prefix, operation)) = message.header("x-amz-target").and_then(|target| target.rsplit_once('.')) {
        return (name(prefix).to_owned(), operation.to_owned(), Protocol::Json);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let field = |name: &str| pairs(body).chain(pairs(query)).find(|(given, _)| *given == name).map(|(_, value)| value);
    if let (Some(operation), "/") = (field("Action"), path) {
        let protocol = if signing_name == "ec2" { Protocol::Ec2 } else { Protocol::Query };
        return (name(field("Version").unwrap_or_default()).to_owned(), operation.to_owned(), protocol);
    }
    match services.routed(signing_name, method, target) {
        Some((service, operation)) => {
            let protocol = if service.protocol == "rest-json" { Protocol::RestJson } else { rest_xml(&service.name) };
            (service.name.clone(), operation.to_owned(), protocol)
        }
        None => {
            let protocol = match signing_name {
                "s3" if path.starts_with("/v20180820/") => Protocol::RestXml,
                "s3" | "cloudfront" | "route53" => rest_xml(signing_name),
                _ => Protocol::RestJson,
            };
            (signing_name.to_owned(), format!("{method} {target}"), protocol)
        }
    }
}

fn rest_xml(service: &str) -> Protocol {
    if service == "s3" { Protocol::S3 } else { Protocol::RestXml }
}
