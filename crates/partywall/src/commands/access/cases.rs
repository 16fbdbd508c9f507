//! Requests and policies as lines of JSON.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;

use aws_policy::{Attached, ContextValues, Level, Policy, PolicySet, Principal, Request, Subject};
use miette::{IntoDiagnostic, miette};
use serde::Deserialize;
use serde_json::Value;

use super::unique::Unique;

/// One request and all policies that have a say in it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Case {
    /// What the answer is told apart by.
    #[serde(default)]
    pub(super) id: Value,
    request: RequestCase,
    #[serde(default)]
    identity_policies: Vec<Value>,
    #[serde(default)]
    resource_policy: Option<Value>,
    #[serde(default)]
    session_policy: Option<Value>,
    #[serde(default, alias = "permissionBoundaryPolicies")]
    permission_boundaries: Option<Vec<Value>>,
    #[serde(default)]
    service_control_policies: Vec<LevelCase>,
    #[serde(default)]
    resource_control_policies: Vec<LevelCase>,
    #[serde(default, alias = "vpcEndpointPolicies")]
    endpoint_policies: Option<Vec<Value>>,
    /// The organization's management account, to which its control policies do not apply.
    #[serde(default)]
    management_account_id: Option<String>,
    #[serde(default)]
    additional_settings: Settings,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RequestCase {
    principal: Value,
    action: String,
    resource: ResourceCase,
    #[serde(default, alias = "contextVariables")]
    context: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ResourceCase {
    Arn(String),
    Owned {
        resource: String,
        #[serde(default, rename = "accountId")]
        account_id: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LevelCase {
    #[serde(default)]
    org_identifier: String,
    policies: Vec<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Settings {
    s3: S3Settings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct S3Settings {
    block_public_access: bool,
}

/// Policies that were parsed already, by their text.
#[derive(Debug, Default)]
pub(super) struct Policies {
    parsed: HashMap<String, Result<Arc<Policy>, String>>,
}

/// How many parsed policies are kept.
const KEPT_MAX: usize = 20_000;

impl Policies {
    /// Reads a policy, given as a document or as a text that holds one.
    pub(super) fn read(&mut self, value: &Value) -> Result<Arc<Policy>, String> {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if let Some(known) = self.parsed.get(&text) {
            return known.clone();
        }
        if self.parsed.len() >= KEPT_MAX {
            self.parsed.clear();
        }
        let read = Policy::parse(&text).map(Arc::new).map_err(|error| error.to_string());
        self.parsed.insert(text, read.clone());
        read
    }

    /// Reads `{"name", "policy"}` or a bare policy.
    fn named(&mut self, value: &Value, default_name: &str) -> Result<Named, String> {
        let (name, document) = match value.get("policy") {
            Some(document) => (value.get("name").and_then(Value::as_str).unwrap_or(default_name), document),
            None => (default_name, value),
        };
        let policy = self.read(document).map_err(|error| format!("`{name}`: {error}"))?;
        Ok(Named { name: name.to_owned(), policy })
    }

    fn list(&mut self, values: &[Value], default_name: &str) -> Result<Vec<Named>, String> {
        values.iter().enumerate().map(|(at, value)| self.named(value, &format!("{default_name} {}", at + 1))).collect()
    }

    fn levels(&mut self, levels: &[LevelCase]) -> Result<Vec<(String, Vec<Named>)>, String> {
        levels
            .iter()
            .map(|level| Ok((level.org_identifier.clone(), self.list(&level.policies, &level.org_identifier)?)))
            .collect()
    }
}

/// A policy with its name.
#[derive(Debug)]
struct Named {
    name: String,
    policy: Arc<Policy>,
}

/// A case, read, that can be asked about.
#[derive(Debug)]
pub(super) struct Prepared {
    principal: Principal,
    action: String,
    resource: String,
    account: String,
    context: ContextValues,
    identity: Vec<Named>,
    boundary: Option<Vec<Named>>,
    session: Option<Vec<Named>>,
    resource_policy: Option<Named>,
    service_control: Vec<(String, Vec<Named>)>,
    resource_control: Vec<(String, Vec<Named>)>,
    endpoint: Option<Vec<Named>>,
    management_account: Option<String>,
    restricts_public_buckets: bool,
}

/// Reads one line.
///
/// # Errors
/// When it is not JSON, has a key twice, or is no case.
pub(super) fn parse<T: for<'de> Deserialize<'de>>(line: &str) -> Result<T, String> {
    serde_json::from_str::<Unique>(line).map_err(|error| error.to_string())?;
    serde_json::from_str(line).map_err(|error| error.to_string())
}

impl Case {
    /// Reads principal, policies and context.
    ///
    /// # Errors
    /// When a policy or the principal cannot be read.
    pub(super) fn prepare(&self, policies: &mut Policies) -> Result<Prepared, String> {
        let (resource, account) = match &self.request.resource {
            ResourceCase::Arn(resource) => (resource.clone(), String::new()),
            ResourceCase::Owned { resource, account_id } => (resource.clone(), account_id.clone()),
        };
        let optional = |values: &Option<Vec<Value>>, name: &str, policies: &mut Policies| {
            // An empty list says that there is none, as the absence of the key does.
            match values {
                Some(values) if !values.is_empty() => policies.list(values, name).map(Some),
                _ => Ok(None),
            }
        };
        Ok(Prepared {
            principal: principal(&self.request.principal)?,
            action: self.request.action.to_ascii_lowercase(),
            resource,
            account,
            context: context(&self.request.context)?,
            identity: policies.list(&self.identity_policies, "identity policy")?,
            boundary: optional(&self.permission_boundaries, "permissions boundary", policies)?,
            session: match given(self.session_policy.as_ref()) {
                Some(policy) => Some(vec![policies.named(policy, "session policy")?]),
                None => None,
            },
            resource_policy: match given(self.resource_policy.as_ref()) {
                Some(policy) => Some(policies.named(policy, "resource policy")?),
                None => None,
            },
            service_control: policies.levels(&self.service_control_policies)?,
            resource_control: policies.levels(&self.resource_control_policies)?,
            endpoint: optional(&self.endpoint_policies, "endpoint policy", policies)?,
            management_account: self.management_account_id.clone(),
            restricts_public_buckets: self.additional_settings.s3.block_public_access,
        })
    }
}

fn given(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

fn principal(value: &Value) -> Result<Principal, String> {
    match value {
        Value::String(text) => {
            Principal::parse(text).ok_or_else(|| format!("`{text}` is no principal; give an ARN, a service or `*`"))
        }
        Value::Object(fields) if fields.get("type").and_then(Value::as_str) == Some("Anonymous") => {
            Ok(Principal::anonymous())
        }
        other => Err(format!("`{other}` is no principal; give an ARN, a service or `*`")),
    }
}

fn context(given: &BTreeMap<String, Value>) -> Result<ContextValues, String> {
    let mut context = ContextValues::closed();
    for (key, value) in given {
        let values = match value {
            Value::Array(items) => items.iter().map(|item| scalar(key, item)).collect::<Result<Vec<_>, _>>()?,
            Value::Null => continue,
            one => vec![scalar(key, one)?],
        };
        context = context.with(key, values);
    }
    Ok(context)
}

fn scalar(key: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("the value of `{key}` must be text, a number or a truth value, not `{other}`")),
    }
}

impl Prepared {
    /// The request.
    pub(super) fn request(&self) -> Request<'_> {
        Request {
            principal: &self.principal,
            action: &self.action,
            resource: Subject::plain(self.resource.as_str()),
            resource_account: Some(self.account.as_str()),
            context: &self.context,
        }
    }

    /// The policies.
    pub(super) fn policies(&self) -> PolicySet<'_> {
        PolicySet {
            identity: attached(&self.identity),
            boundary: self.boundary.as_deref().map(attached),
            session: self.session.as_deref().map(attached),
            resource: self.resource_policy.as_ref().map(Named::attached),
            service_control: levels(&self.service_control),
            resource_control: levels(&self.resource_control),
            endpoint: self.endpoint.as_deref().map(attached),
            management_account: self.management_account.as_deref(),
            restricts_public_buckets: self.restricts_public_buckets,
        }
    }

    /// The `Sid` of a statement, when it has one.
    pub(super) fn sid(&self, policy: &str, statement: usize) -> Option<&str> {
        let levels = self.service_control.iter().chain(&self.resource_control).flat_map(|(_, policies)| policies);
        let lists = [Some(&self.identity), self.boundary.as_ref(), self.session.as_ref(), self.endpoint.as_ref()];
        let named = lists
            .into_iter()
            .flatten()
            .flatten()
            .chain(&self.resource_policy)
            .chain(levels)
            .find(|named| named.name == policy)?;
        named.policy.statements.get(statement).map(|statement| statement.sid.as_str()).filter(|sid| !sid.is_empty())
    }
}

impl Named {
    fn attached(&self) -> Attached<'_> {
        Attached { name: &self.name, policy: &self.policy }
    }
}

fn attached(list: &[Named]) -> Vec<Attached<'_>> {
    list.iter().map(Named::attached).collect()
}

fn levels(levels: &[(String, Vec<Named>)]) -> Vec<Level<'_>> {
    levels.iter().map(|(name, policies)| Level { name, policies: attached(policies) }).collect()
}

/// The longest line that is read, in bytes.
const LINE_MAX: u64 = 64 << 20;

/// Answers a file line by line on the standard output.
pub(super) fn each_line(file: &Path, mut answer: impl FnMut(&str) -> Value) -> miette::Result<()> {
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let opened = std::fs::File::open(file);
        Box::new(opened.map_err(|error| {
            miette!(help = "name a file with one JSON object a line", "cannot read `{}`: {error}", file.display())
        })?)
    };
    let mut input = BufReader::new(input);
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line).into_diagnostic()? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        match writeln!(output, "{}", answer(&text)) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            other => other.into_diagnostic()?,
        }
    }
    output.flush().into_diagnostic()
}

/// The id of a line that is no case.
pub(super) fn id_of(line: &str) -> Value {
    serde_json::from_str::<Value>(line).ok().and_then(|value| value.get("id").cloned()).unwrap_or(Value::Null)
}
