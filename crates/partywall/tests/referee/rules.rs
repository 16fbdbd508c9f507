//! Disagreements that are known, recognised by what the case holds.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

/// A reason to disagree, as `rules.toml` says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) when: String,
    ours: Vec<String>,
    theirs: Vec<String>,
    page: String,
    why: String,
}

/// All reasons, in order of precedence.
pub(crate) fn rules() -> Vec<Rule> {
    #[derive(Deserialize)]
    struct File {
        rule: Vec<Rule>,
    }
    let file: File = toml::from_str(include_str!("rules.toml")).unwrap();
    for rule in &file.rule {
        assert!(rule.page.starts_with("https://docs.aws.amazon.com/") && !rule.why.is_empty(), "{}", rule.when);
        assert!(holds(&rule.when, &Case::default()).is_some(), "`{}` is no rule of `rules.rs`", rule.when);
    }
    file.rule
}

impl Rule {
    pub(crate) fn explains(&self, case: &Case, ours: &str, theirs: &str) -> bool {
        self.ours.iter().any(|outcome| outcome == ours)
            && self.theirs.iter().any(|outcome| outcome == theirs)
            && holds(&self.when, case) == Some(true)
    }
}

/// A case, with what rules ask about.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) value: Value,
    /// Services that support resource control policies.
    pub(crate) controlled: BTreeSet<String>,
}

/// One pair of a condition.
struct Pair<'a> {
    operator: &'a str,
    key: &'a str,
    values: &'a Value,
}

impl Case {
    fn principal(&self) -> &str {
        self.value["request"]["principal"].as_str().unwrap_or_default()
    }

    fn action(&self) -> &str {
        self.value["request"]["action"].as_str().unwrap_or_default()
    }

    fn service(&self) -> &str {
        self.action().split(':').next().unwrap_or_default()
    }

    fn has(&self, policies: &str) -> bool {
        match &self.value[policies] {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            _ => true,
        }
    }

    /// Every object in the policies, however deep, that fulfils a condition.
    fn any(&self, fits: &dyn Fn(&Value) -> bool) -> bool {
        fn search(value: &Value, fits: &dyn Fn(&Value) -> bool) -> bool {
            match value {
                Value::Object(fields) => fits(value) || fields.values().any(|field| search(field, fits)),
                Value::Array(items) => items.iter().any(|item| search(item, fits)),
                _ => false,
            }
        }
        let policies = self.value.as_object().into_iter().flatten().filter(|(name, _)| *name != "request");
        policies.into_iter().any(|(_, policies)| search(policies, fits))
    }

    fn any_pair(&self, fits: &dyn Fn(&Pair<'_>) -> bool) -> bool {
        self.any(&|object| {
            object["Condition"].as_object().into_iter().flatten().any(|(operator, pairs)| {
                let pairs = pairs.as_object().into_iter().flatten();
                pairs.into_iter().any(|(key, values)| fits(&Pair { operator, key, values }))
            })
        })
    }

    fn context(&self, key: &str) -> Option<&Value> {
        let context = self.value["request"]["contextVariables"].as_object()?;
        context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }
}

fn is_list(key: &str) -> bool {
    ["aws:principalorgpaths", "aws:calledvia"].iter().any(|list| list.eq_ignore_ascii_case(key))
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_empty(value: &Value) -> bool {
    texts(value).iter().all(|text| text.is_empty())
}

/// Whether the type of a resource, up to the first slash or colon of an ARN's last part, has a wildcard.
fn has_wildcard_in_type(pattern: &str) -> bool {
    let last = pattern.splitn(6, ':').nth(5).unwrap_or_default();
    let kind = last.split(['/', ':']).next().unwrap_or_default();
    kind.contains('?') || (kind.contains('*') && last != "*")
}

/// Whether a rule recognises a case; None when there is no such rule.
fn holds(rule: &str, case: &Case) -> Option<bool> {
    let principal = case.principal();
    let is_federated = principal.contains(":federated-user/");
    Some(match rule {
        "root_user" => principal.ends_with(":root"),
        "root_user_who_assumes_a_role" => {
            principal.ends_with(":root") && case.action().eq_ignore_ascii_case("sts:AssumeRole")
        }
        "federated_user_without_session_policy" => is_federated && !case.has("sessionPolicy"),
        "federated_user_and_user_of_the_same_account" => {
            is_federated && case.value["resourcePolicy"].to_string().contains(":user/")
        }
        "resource_control_policy_for_another_service" => {
            case.has("resourceControlPolicies") && !case.controlled.contains(case.service())
        }
        "service_control_policy_for_a_service" => {
            principal.ends_with(".amazonaws.com") && case.has("serviceControlPolicies")
        }
        "session_token" => case.action() == "sts:GetSessionToken",
        "role_without_trust_policy" => case.service() == "sts" && !case.has("resourcePolicy"),
        "grant_that_passes_the_session_policy" => case.has("sessionPolicy") && case.has("resourcePolicy"),
        "deny_of_a_layer_that_the_peer_passes_by" => case.has("sessionPolicy"),
        "address_of_the_other_family" => case.any_pair(&|pair| pair.operator.contains("NotIpAddress")),
        "empty_value" => {
            let context = case.value["request"]["contextVariables"].as_object().into_iter().flatten();
            context.into_iter().any(|(_, value)| *value == Value::Array(Vec::new()) || texts(value).contains(&""))
        }
        "wildcard_in_the_type_of_a_resource" => case.any(&|object| {
            [&object["Resource"], &object["NotResource"]].into_iter().flat_map(texts).any(has_wildcard_in_type)
        }),
        "negation_and_variable" => {
            case.any(&|object| object["NotResource"].to_string().contains("${"))
                || case.any_pair(&|pair| pair.operator.contains("Not") && pair.values.to_string().contains("${"))
        }
        "variable_in_an_old_document" => {
            case.any(&|object| object["Version"] == "2008-10-17" && object.to_string().contains("${"))
        }
        "quantifier_on_a_key_of_one_value" => {
            case.any_pair(&|pair| pair.operator.starts_with("For") && !is_list(pair.key))
        }
        "several_values_without_a_quantifier" => {
            case.any_pair(&|pair| !pair.operator.starts_with("For") && is_list(pair.key))
        }
        "any_value_if_the_key_exists" => case.any_pair(&|pair| {
            pair.operator.starts_with("ForAny")
                && pair.operator.ends_with("IfExists")
                && case.context(pair.key).is_none_or(is_empty)
        }),
        "not_principal_without_all_names" => {
            case.any(&|object| object["Effect"] == "Deny" && !object["NotPrincipal"].is_null())
        }
        _ => return None,
    })
}
