//! How each service speaks on the wire.
//!
//! The facts are data, `wire/<service>.json`, written by `cargo xtask wire` from the models that the AWS command line
//! and the SDK for Python are made of. A service's file is read when the service is first asked.

mod endpoint;
mod error;
mod header;
mod json;
mod request;
mod time;
mod xml;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use serde::Deserialize;

pub(crate) use endpoint::{Endpoint, Variant, home, is_offered, known_regions, partition};
pub(crate) use error::{ApiError, request_id};
pub(crate) use request::{Message, Parameters, message};

include!(concat!(env!("OUT_DIR"), "/wire.rs"));

/// The file that says which partitions and regions there are.
const PARTITIONS: &str = "partitions";

/// A service.
#[derive(Debug, Deserialize)]
pub(crate) struct Service {
    /// `Elastic Load Balancing v2`; names the variable `AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2`.
    pub(crate) service_id: String,
    /// The service in the signature's scope.
    pub(crate) signing_name: String,
    pub(crate) protocol: Protocol,
    /// The `Version` of a query; the prefix of the target of a JSON call.
    pub(crate) version: String,
    /// Whether errors shall bear the codes of the query protocol that the service once spoke.
    #[serde(default)]
    pub(crate) query_mode: bool,
    /// Headers of every request.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// By partition.
    pub(crate) endpoints: BTreeMap<String, endpoint::Endpoints>,
    /// The regions in which it is said to exist, separated by spaces; none when nothing is said.
    pub(crate) regions: Option<String>,
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) shapes: BTreeMap<String, Shape>,
}

/// How requests and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Protocol {
    #[serde(rename = "ec2")]
    Ec2,
    #[serde(rename = "query")]
    Query,
    #[serde(rename = "json-1.0")]
    Json10,
    #[serde(rename = "json-1.1")]
    Json11,
    #[serde(rename = "rest-json")]
    RestJson,
    #[serde(rename = "rest-xml")]
    RestXml,
}

/// An operation of a service.
#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) method: String,
    /// Path and constant query, with `{label}`s.
    pub(crate) uri: String,
    /// What stands before the host, with `{label}`s.
    pub(crate) host_prefix: Option<String>,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) pages: Option<Pages>,
    /// The element around the answer.
    pub(crate) result: Option<String>,
    /// The member that the body is, when it is one.
    pub(crate) payload: Option<String>,
    pub(crate) output: Option<Type>,
    /// The member that is the text of the root element.
    pub(crate) root_text: Option<String>,
}

/// Where a parameter goes.
#[derive(Debug, Deserialize)]
pub(crate) struct Parameter {
    #[serde(rename = "in", default)]
    pub(crate) place: Place,
    /// Its name there, when it differs.
    pub(crate) wire: Option<String>,
    #[serde(default)]
    pub(crate) list: bool,
    /// Whether only what follows the last slash is sent.
    #[serde(default)]
    pub(crate) last_segment: bool,
    /// Whether its items are filters: a name and the values that pass.
    #[serde(default)]
    pub(crate) filter: bool,
}

/// A place in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    #[default]
    Body,
    Uri,
    Querystring,
    Header,
}

/// How an answer of many pages is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Pages {
    /// The parameters that take the tokens.
    pub(crate) input: Vec<String>,
    /// Where in an answer the tokens are: `NextMarker || Contents[-1].Key`.
    pub(crate) output: Vec<String>,
    /// Where an answer says whether there is more.
    pub(crate) more: Option<String>,
    /// The parameter that takes the size of a page, and the largest.
    pub(crate) limit: Option<(String, u32)>,
}

/// A type of a value in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) enum Type {
    /// JSON that is the answer as it stands.
    Any,
    Text,
    Boolean,
    Integer,
    Number,
    Timestamp,
    Blob,
    /// A text that is a JSON document.
    Json,
    /// A text that is a percent-encoded JSON document.
    Policy,
    Shape(String),
}

impl From<String> for Type {
    fn from(text: String) -> Self {
        match text.as_str() {
            "string" => Self::Text,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "timestamp" => Self::Timestamp,
            "blob" => Self::Blob,
            "json" => Self::Json,
            "policy" => Self::Policy,
            other => other.strip_prefix('=').map_or(Self::Any, |name| Self::Shape(name.to_owned())),
        }
    }
}

/// A type with a name.
#[derive(Debug, Deserialize)]
#[serde(from = "WrittenShape")]
pub(crate) enum Shape {
    Structure(Members),
    List {
        of: Type,
        /// The element around an item.
        item: String,
    },
    Map {
        of: Type,
        /// The element around a key and around a value.
        key: String,
        value: String,
    },
}

/// The members of a structure.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// Those of the body, by their name on the wire.
    pub(crate) body: BTreeMap<String, Member>,
    /// Those in headers, attributes and the status.
    pub(crate) elsewhere: Vec<(Elsewhere, String, Member)>,
}

/// A member of a structure.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its name in answers.
    pub(crate) name: String,
    pub(crate) value: Type,
    /// Whether a list or a map stands without an element around it.
    pub(crate) flat: bool,
}

/// A place outside the body of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Elsewhere {
    #[serde(rename = "header")]
    Header,
    /// Every header that begins with the name on the wire.
    #[serde(rename = "headers")]
    Headers,
    #[serde(rename = "statusCode")]
    Status,
    #[serde(rename = "attribute")]
    Attribute,
}

#[derive(Deserialize)]
struct WrittenShape {
    members: Option<BTreeMap<String, WrittenMember>>,
    list: Option<Type>,
    item: Option<String>,
    map: Option<Type>,
    key: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenMember {
    Type(Type),
    Full {
        #[serde(rename = "type")]
        value: Type,
        #[serde(rename = "in")]
        elsewhere: Option<Elsewhere>,
        wire: Option<String>,
        #[serde(default)]
        flat: bool,
    },
}

impl From<WrittenShape> for Shape {
    fn from(shape: WrittenShape) -> Self {
        if let Some(of) = shape.list {
            return Self::List { of, item: shape.item.unwrap_or_default() };
        }
        if let Some(of) = shape.map {
            return Self::Map { of, key: shape.key.unwrap_or_default(), value: shape.value.unwrap_or_default() };
        }
        let mut members = Members::default();
        for (name, member) in shape.members.unwrap_or_default() {
            let (value, elsewhere, wire, flat) = match member {
                WrittenMember::Type(value) => (value, None, None, false),
                WrittenMember::Full { value, elsewhere, wire, flat } => (value, elsewhere, wire, flat),
            };
            let wire = wire.unwrap_or_else(|| name.clone());
            let member = Member { name, value, flat };
            match elsewhere {
                Some(place) => members.elsewhere.push((place, wire, member)),
                None => drop(members.body.insert(wire, member)),
            }
        }
        Self::Structure(members)
    }
}

/// A file of the wire data, read when it is needed.
struct File {
    text: &'static str,
    read: OnceLock<Option<Service>>,
}

/// The service of this name, as botocore names it; none when no call was ever made to it.
pub(crate) fn service(name: &str) -> Option<&'static Service> {
    static READ: LazyLock<BTreeMap<&str, File>> =
        LazyLock::new(|| FILES.iter().map(|(name, text)| (*name, File { text, read: OnceLock::new() })).collect());
    let file = READ.get(name).filter(|_| name != PARTITIONS)?;
    file.read.get_or_init(|| serde_json::from_str(file.text).ok()).as_ref()
}

impl Service {
    /// The shape of this name.
    fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }

    /// The members of a type that is a structure.
    fn members(&self, of: &Type) -> Option<&Members> {
        match of {
            Type::Shape(name) => match self.shape(name)? {
                Shape::Structure(members) => Some(members),
                Shape::List { .. } | Shape::Map { .. } => None,
            },
            _ => None,
        }
    }
}

/// Why an answer can not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) String);

/// An answer as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: bytes::Bytes,
}

impl Received {
    /// The header of this name, in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// An answer in the names that the AWS command line prints.
pub(crate) fn answer(
    service: &Service,
    operation: &Operation,
    received: &Received,
) -> Result<serde_json::Map<String, serde_json::Value>, Malformed> {
    let Some(output) = &operation.output else {
        return Ok(serde_json::Map::new());
    };
    let text =
        || std::str::from_utf8(&received.body).map_err(|error| Malformed(format!("the answer is not UTF-8: {error}")));
    let mut answer = match (service.protocol, &operation.payload) {
        (_, Some(payload)) if header::is_raw(service, output, payload) => {
            header::raw(service, output, payload, &received.body)?
        }
        (Protocol::Ec2 | Protocol::Query | Protocol::RestXml, _) => xml::answer(service, operation, output, text()?)?,
        (Protocol::Json10 | Protocol::Json11 | Protocol::RestJson, _) => {
            json::answer(service, operation, output, text()?)?
        }
    };
    header::add(service, output, received, &mut answer);
    Ok(answer)
}
