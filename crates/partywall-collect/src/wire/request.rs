//! Requests, in the protocol of the service that is asked.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::{Endpoint, Operation, Parameter, Place, Protocol, Service};

/// What a call asks with, by parameter, in the names that the AWS command line has.
pub(crate) type Parameters = Map<String, Value>;

/// What may stand in a path or a query as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request that is not signed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) method: String,
    /// Scheme and host.
    pub(crate) endpoint: String,
    pub(crate) path_and_query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// The request of an operation with these parameters.
///
/// # Errors
/// Says which parameter is unknown to the operation, is missing in the path, or can not be sent.
pub(crate) fn message(
    service: &Service,
    name: &str,
    operation: &Operation,
    endpoint: &Endpoint,
    parameters: &Parameters,
) -> Result<Message, String> {
    let given = parameters
        .iter()
        .map(|(parameter, value)| match operation.parameters.get(parameter) {
            Some(known) => Ok(Given { name: parameter, known, value }),
            None => Err(format!("`{name}` has no parameter `{parameter}`")),
        })
        .collect::<Result<Vec<_>, String>>()?;
    let mut message = Message {
        method: operation.method.clone(),
        endpoint: host(operation, endpoint, &given)?,
        path_and_query: String::new(),
        headers: service.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        body: String::new(),
    };
    match service.protocol {
        Protocol::Ec2 | Protocol::Query => {
            message.path_and_query = "/".to_owned();
            message.header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
            message.body = form(service, name, &given)?;
        }
        Protocol::Json10 | Protocol::Json11 => {
            message.path_and_query = "/".to_owned();
            let version = if service.protocol == Protocol::Json10 { "1.0" } else { "1.1" };
            message.header("content-type", &format!("application/x-amz-json-{version}"));
            message.header("x-amz-target", &format!("{}.{name}", service.version));
            if service.query_mode {
                message.header("x-amzn-query-mode", "true");
            }
            message.body = Value::Object(parameters.clone()).to_string();
        }
        Protocol::RestJson | Protocol::RestXml => rest(service, name, operation, endpoint, &given, &mut message)?,
    }
    Ok(message)
}

impl Message {
    fn header(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }
}

struct Given<'g> {
    name: &'g str,
    known: &'g Parameter,
    value: &'g Value,
}

impl Given<'_> {
    fn wire(&self) -> &str {
        self.known.wire.as_deref().unwrap_or(self.name)
    }

    /// The texts of the parameter: several when it is a list.
    fn texts(&self) -> Result<Vec<String>, String> {
        match self.value {
            Value::Array(items) => items.iter().map(|item| self.text_of(item)).collect(),
            value => Ok(vec![self.text_of(value)?]),
        }
    }

    fn text(&self) -> Result<String, String> {
        self.text_of(self.value)
    }

    fn text_of(&self, value: &Value) -> Result<String, String> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                return Err(format!("the parameter `{}` can not be written as text", self.name));
            }
        };
        match text.rsplit_once('/') {
            Some((_, last)) if self.known.last_segment => Ok(last.to_owned()),
            _ => Ok(text),
        }
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

fn form(service: &Service, name: &str, given: &[Given<'_>]) -> Result<String, String> {
    let mut form = format!("Action={name}&Version={}", service.version);
    for parameter in given {
        let wire = parameter.wire();
        for (text, position) in parameter.texts()?.iter().zip(1..) {
            let key = if parameter.known.list { format!("{wire}.{position}") } else { wire.to_owned() };
            if parameter.known.filter {
                form.push_str(&filter(&key, text));
                continue;
            }
            form.push_str(&format!("&{}={}", encode(&key), encode(text)));
        }
    }
    Ok(form)
}

/// A filter, written `name=value,value` in a call's constants.
fn filter(key: &str, text: &str) -> String {
    let (name, values) = text.split_once('=').unwrap_or((text, ""));
    let mut form = format!("&{key}.Name={}", encode(name));
    for (value, position) in values.split(',').zip(1..) {
        form.push_str(&format!("&{key}.Value.{position}={}", encode(value)));
    }
    form
}

/// The endpoint with what stands before its host. A custom endpoint is one host for everything.
fn host(operation: &Operation, endpoint: &Endpoint, given: &[Given<'_>]) -> Result<String, String> {
    let Some(prefix) = operation.host_prefix.as_deref().filter(|_| !endpoint.is_custom) else {
        return Ok(endpoint.url.clone());
    };
    let mut prefix = prefix.to_owned();
    for parameter in given {
        let label = format!("{{{}}}", parameter.name);
        if prefix.contains(&label) {
            let text = parameter.text()?;
            if !is_host_label(&text) {
                return Err(format!("`{text}` can not be part of a host name"));
            }
            prefix = prefix.replace(&label, &text);
        }
    }
    if prefix.contains('{') {
        return Err(format!("nothing is given for `{prefix}`"));
    }
    Ok(endpoint.url.replacen("://", &format!("://{prefix}"), 1))
}

fn is_host_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn rest(
    service: &Service,
    name: &str,
    operation: &Operation,
    endpoint: &Endpoint,
    given: &[Given<'_>],
    message: &mut Message,
) -> Result<(), String> {
    let (path, query) = operation.uri.split_once('?').unwrap_or((&operation.uri, ""));
    let (mut path, mut query) = (path.to_owned(), query.to_owned());
    let mut body = Map::new();
    for parameter in given {
        let wire = parameter.wire();
        match parameter.known.place {
            Place::Uri => {
                let text = parameter.text()?;
                if text.is_empty() || text == "." || text == ".." {
                    return Err(format!("`{text}` can not stand for `{}` in the path", parameter.name));
                }
                if !endpoint.is_custom && is_virtual_host(service, &path, &text) {
                    message.endpoint = message.endpoint.replacen("://", &format!("://{text}."), 1);
                    path = path.replacen("/{Bucket}", "", 1);
                }
                let encoded: Vec<String> = text.split('/').map(encode).collect();
                path = path.replace(&format!("{{{wire}+}}"), &encoded.join("/"));
                path = path.replace(&format!("{{{wire}}}"), &encode(&text));
            }
            Place::Querystring => {
                for text in parameter.texts()? {
                    let separator = if query.is_empty() { "" } else { "&" };
                    query.push_str(&format!("{separator}{}={}", encode(wire), encode(&text)));
                }
            }
            Place::Header => message.header(&wire.to_ascii_lowercase(), &parameter.text()?),
            Place::Body => drop(body.insert(wire.to_owned(), parameter.value.clone())),
        }
    }
    if path.contains('{') {
        return Err(format!("`{name}` needs what `{path}` names"));
    }
    let path = if path.is_empty() { "/" } else { &path };
    message.path_and_query = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let has_body = !body.is_empty() || message.method != "GET";
    if service.protocol == Protocol::RestJson && has_body {
        message.header("content-type", "application/json");
        message.body = Value::Object(body).to_string();
    }
    Ok(())
}

/// Whether a bucket is named in the host. A name with dots would not fit the certificate.
fn is_virtual_host(service: &Service, path: &str, bucket: &str) -> bool {
    service.signing_name == "s3"
        && path.starts_with("/{Bucket}")
        && bucket.len() >= 3
        && is_host_label(bucket)
        && !bucket.bytes().any(|byte| byte.is_ascii_uppercase())
}
