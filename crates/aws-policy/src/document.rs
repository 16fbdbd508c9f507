//! A policy document, parsed.

use serde_json::Value;
use thiserror::Error;

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its `Sid`; empty when it has none.
    pub sid: String,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom it is about; None in an identity policy, which is about its holder.
    pub principals: Option<Scope<Principals>>,
    /// The actions, lower-case, as IAM compares them.
    pub actions: Scope<Vec<String>>,
    /// The resources; a trust policy has none, which counts as all.
    pub resources: Scope<Vec<String>>,
    /// All of which must hold.
    pub conditions: Vec<Condition>,
}

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, whatever else allows.
    Deny,
}

/// The things named, or everything but the things named (`NotAction` and its kin).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope<T> {
    /// Only these.
    Only(T),
    /// All but these.
    AllBut(T),
}

/// Principals by their kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Principals {
    /// Accounts, users, roles and sessions; `*` is everybody.
    pub aws: Vec<String>,
    /// AWS services.
    pub service: Vec<String>,
    /// Identity providers.
    pub federated: Vec<String>,
    /// Canonical user ids of S3.
    pub canonical_user: Vec<String>,
}

/// One operator on one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The operator as written: `StringEquals`, `ForAnyValue:StringLike`, `BoolIfExists`.
    pub operator: String,
    /// The key, lower-case, as IAM compares it.
    pub key: String,
    /// The values of which one must match.
    pub values: Vec<String>,
}

/// Why a document is not a policy.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PolicyError {
    /// It is not JSON.
    #[error("the policy is not JSON: {0}")]
    NotJson(String),
    /// It is JSON of another shape.
    #[error("{0}")]
    Shape(String),
}

impl Policy {
    /// Parses a document.
    ///
    /// # Errors
    /// When it is not JSON, or not of a policy's shape.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let json: Value = serde_json::from_str(text).map_err(|error| PolicyError::NotJson(error.to_string()))?;
        let statements =
            json.get("Statement").ok_or_else(|| PolicyError::Shape("the policy has no `Statement`".into()))?;
        Ok(Self { statements: one_or_many(statements).into_iter().map(statement).collect::<Result<_, _>>()? })
    }
}

fn one_or_many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

fn statement(json: &Value) -> Result<Statement, PolicyError> {
    let effect = match json.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        other => return Err(PolicyError::Shape(format!("`Effect` must be `Allow` or `Deny`, not {other:?}"))),
    };
    let actions = scope(json, "Action", "NotAction", texts)?
        .ok_or_else(|| PolicyError::Shape("a statement has neither `Action` nor `NotAction`".into()))?;
    let everything = || Scope::Only(vec!["*".to_owned()]);
    Ok(Statement {
        sid: json.get("Sid").and_then(Value::as_str).unwrap_or_default().to_owned(),
        effect,
        principals: scope(json, "Principal", "NotPrincipal", principals)?,
        actions: match actions {
            Scope::Only(list) => Scope::Only(lower(list)),
            Scope::AllBut(list) => Scope::AllBut(lower(list)),
        },
        resources: scope(json, "Resource", "NotResource", texts)?.unwrap_or_else(everything),
        conditions: conditions(json.get("Condition"))?,
    })
}

fn lower(list: Vec<String>) -> Vec<String> {
    list.into_iter().map(|item| item.to_ascii_lowercase()).collect()
}

fn scope<T>(
    json: &Value,
    only: &str,
    all_but: &str,
    read: impl Fn(&Value) -> Result<T, PolicyError>,
) -> Result<Option<Scope<T>>, PolicyError> {
    match (json.get(only), json.get(all_but)) {
        (Some(value), None) => Ok(Some(Scope::Only(read(value)?))),
        (None, Some(value)) => Ok(Some(Scope::AllBut(read(value)?))),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(PolicyError::Shape(format!("a statement has both `{only}` and `{all_but}`"))),
    }
}

fn texts(value: &Value) -> Result<Vec<String>, PolicyError> {
    one_or_many(value)
        .into_iter()
        .map(|item| match item {
            Value::String(text) => Ok(text.clone()),
            Value::Bool(truth) => Ok(truth.to_string()),
            Value::Number(number) => Ok(number.to_string()),
            other => Err(PolicyError::Shape(format!("text was expected, not `{other}`"))),
        })
        .collect()
}

fn principals(value: &Value) -> Result<Principals, PolicyError> {
    let entries = match value {
        Value::String(text) => return Ok(Principals { aws: vec![text.clone()], ..Principals::default() }),
        Value::Object(entries) => entries,
        other => return Err(PolicyError::Shape(format!("`{other}` is no principal"))),
    };
    let mut principals = Principals::default();
    for (kind, value) in entries {
        let list = texts(value)?;
        match kind.as_str() {
            "AWS" => principals.aws.extend(list),
            "Service" => principals.service.extend(list),
            "Federated" => principals.federated.extend(list),
            "CanonicalUser" => principals.canonical_user.extend(list),
            "*" => principals.aws.push("*".into()),
            other => return Err(PolicyError::Shape(format!("`{other}` is no kind of principal"))),
        }
    }
    Ok(principals)
}

fn conditions(value: Option<&Value>) -> Result<Vec<Condition>, PolicyError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let operators = value.as_object().ok_or_else(|| PolicyError::Shape("`Condition` must be an object".into()))?;
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let keys =
            keys.as_object().ok_or_else(|| PolicyError::Shape(format!("`{operator}` must hold keys and values")))?;
        for (key, values) in keys {
            let condition =
                Condition { operator: operator.clone(), key: key.to_ascii_lowercase(), values: texts(values)? };
            conditions.push(condition);
        }
    }
    Ok(conditions)
}
