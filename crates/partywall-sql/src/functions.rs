//! Functions that checks call, besides SQL's own.
//!
//! Each takes text and answers TRUE, FALSE or NULL; NULL in gives NULL out.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;

use aws_policy::{ContextValues, Limits, Policy, Principal, Question, Request, Subject};
use datafusion::arrow::array::{Array, AsArray, BooleanArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::prelude::SessionContext;
use ipnet::IpNet;

/// A function of the SQL surface, for documentation.
pub struct FunctionDoc {
    /// How it is called.
    pub signature: &'static str,
    /// What it answers.
    pub about: &'static str,
}

type Body = fn(&[&str]) -> Option<bool>;

/// Name, number of arguments, body, documentation.
const FUNCTIONS: &[(&str, usize, Body, FunctionDoc)] = &[
    (
        "cidr_is_world",
        1,
        cidr_is_world,
        FunctionDoc {
            signature: "cidr_is_world(cidr)",
            about: "TRUE when the range is all of IPv4 or all of IPv6; FALSE for '' and any smaller range.",
        },
    ),
    (
        "cidr_contains",
        2,
        cidr_contains,
        FunctionDoc {
            signature: "cidr_contains(outer, inner)",
            about: "TRUE when every address of the second range lies in the first.",
        },
    ),
    (
        "cidr_is_public",
        1,
        cidr_is_public,
        FunctionDoc {
            signature: "cidr_is_public(cidr)",
            about: "TRUE when the range holds at least one address outside the private, loopback and link-local ranges.",
        },
    ),
    (
        "policy_allows_public",
        1,
        policy_allows_public,
        FunctionDoc {
            signature: "policy_allows_public(policy)",
            about: "TRUE when a statement allows any principal and no condition limits who, where from or through what; FALSE for ''.",
        },
    ),
    (
        "policy_denies_insecure_transport",
        1,
        policy_denies_insecure_transport,
        FunctionDoc {
            signature: "policy_denies_insecure_transport(policy)",
            about: "TRUE when a statement denies every action to everybody without TLS.",
        },
    ),
    (
        "policy_allows_full_administration",
        1,
        policy_allows_full_administration,
        FunctionDoc {
            signature: "policy_allows_full_administration(policy)",
            about: "TRUE when a statement allows every action on every resource.",
        },
    ),
    (
        "policy_allows_all_of_service",
        1,
        policy_allows_all_of_service,
        FunctionDoc {
            signature: "policy_allows_all_of_service(policy)",
            about: "TRUE when a statement allows every action of some service, such as `s3:*`, on every resource.",
        },
    ),
    (
        "policy_allows_action",
        2,
        policy_allows_action,
        FunctionDoc {
            signature: "policy_allows_action(policy, action)",
            about: "TRUE when a statement allows the action on every resource and no statement denies it everywhere.",
        },
    ),
    (
        "policy_allows",
        4,
        policy_allows,
        FunctionDoc {
            signature: "policy_allows(policy, principal, action, resource)",
            about: "TRUE when the policy alone permits the principal (an ARN, an account, a service, or `*`) the action on the resource; NULL when circumstances of the request decide.",
        },
    ),
    (
        "policy_permits_some",
        3,
        policy_permits_some,
        FunctionDoc {
            signature: "policy_permits_some(policy, actions, resources)",
            about: "TRUE when there is a request for an action and a resource that match these patterns, such as `s3:Put*` and `*`, that the policy alone permits to somebody.",
        },
    ),
    (
        "policy_permits_more",
        2,
        policy_permits_more,
        FunctionDoc {
            signature: "policy_permits_more(policy, other)",
            about: "TRUE when there is a request that the policy permits and the other does not.",
        },
    ),
    (
        "policy_trusts_service_without_source",
        1,
        policy_trusts_service_without_source,
        FunctionDoc {
            signature: "policy_trusts_service_without_source(policy)",
            about: "TRUE when a statement lets an AWS service act without naming the source account or resource it acts for.",
        },
    ),
];

/// The functions, for documentation.
pub fn documentation() -> impl Iterator<Item = &'static FunctionDoc> {
    FUNCTIONS.iter().map(|(_, _, _, doc)| doc)
}

/// Makes the functions known to a session.
pub(crate) fn register(context: &SessionContext) {
    for (name, arguments, body, _) in FUNCTIONS {
        let signature = Signature::exact(vec![DataType::Utf8; *arguments], Volatility::Immutable);
        context.register_udf(ScalarUDF::new_from_impl(TextPredicate { name, signature, body: *body }));
    }
}

#[derive(Debug)]
struct TextPredicate {
    name: &'static str,
    signature: Signature,
    body: Body,
}

impl PartialEq for TextPredicate {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for TextPredicate {}

impl Hash for TextPredicate {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.name.hash(hasher);
    }
}

impl ScalarUDFImpl for TextPredicate {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let all_constant = arguments.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let rows = if all_constant { 1 } else { arguments.number_rows };
        let columns = arguments
            .args
            .into_iter()
            .map(|argument| Ok(cast(&argument.into_array(rows)?, &DataType::Utf8)?.as_string::<i32>().clone()))
            .collect::<Result<Vec<StringArray>>>()?;
        let answer: BooleanArray = (0..rows)
            .map(|row| {
                let texts: Option<Vec<&str>> =
                    columns.iter().map(|column| column.is_valid(row).then(|| column.value(row))).collect();
                (self.body)(&texts?)
            })
            .collect();
        Ok(match all_constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?),
            false => ColumnarValue::Array(Arc::new(answer)),
        })
    }
}

/// Reads a range or a single address.
fn range(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

fn cidr_is_world(arguments: &[&str]) -> Option<bool> {
    match arguments {
        [""] => Some(false),
        [cidr] => Some(range(cidr)?.prefix_len() == 0),
        _ => None,
    }
}

fn cidr_contains(arguments: &[&str]) -> Option<bool> {
    match arguments {
        [outer, inner] => Some(range(outer)?.contains(&range(inner)?)),
        _ => None,
    }
}

/// Ranges that are not routed on the internet: RFC 1918, RFC 6598, loopback, link-local, unique local.
const PRIVATE: [&str; 9] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

fn cidr_is_public(arguments: &[&str]) -> Option<bool> {
    match arguments {
        [""] => Some(false),
        [cidr] => {
            let cidr = range(cidr)?;
            Some(!PRIVATE.iter().filter_map(|private| range(private)).any(|private| private.contains(&cidr)))
        }
        _ => None,
    }
}

/// Asks a question of a policy; '' is the policy that allows nothing, and one that does not parse is unknown.
fn ask(arguments: &[&str], question: impl Fn(&Policy) -> Option<bool>) -> Option<bool> {
    match arguments.first()?.trim() {
        "" => Some(false),
        text => question(&Policy::parse_code(text).ok()?),
    }
}

fn policy_allows_public(arguments: &[&str]) -> Option<bool> {
    ask(arguments, Policy::allows_public)
}

fn policy_denies_insecure_transport(arguments: &[&str]) -> Option<bool> {
    ask(arguments, Policy::denies_insecure_transport)
}

fn policy_allows_full_administration(arguments: &[&str]) -> Option<bool> {
    ask(arguments, Policy::allows_full_administration)
}

fn policy_allows_all_of_service(arguments: &[&str]) -> Option<bool> {
    ask(arguments, Policy::allows_all_of_service)
}

fn policy_allows_action(arguments: &[&str]) -> Option<bool> {
    let action = arguments.get(1)?;
    ask(arguments, |policy| policy.allows_action_everywhere(action))
}

fn policy_trusts_service_without_source(arguments: &[&str]) -> Option<bool> {
    ask(arguments, Policy::trusts_service_without_source)
}

fn policy_allows(arguments: &[&str]) -> Option<bool> {
    let [_, principal, action, resource] = arguments else { return None };
    let principal = Principal::parse(principal)?;
    let context = ContextValues::open();
    let request = Request {
        principal: &principal,
        action: &action.to_ascii_lowercase(),
        resource: Subject::with_placeholders(*resource),
        resource_account: None,
        context: &context,
    };
    ask(arguments, |policy| policy.permits(&request).known())
}

fn policy_permits_some(arguments: &[&str]) -> Option<bool> {
    let [_, actions, resources] = arguments else { return None };
    ask(arguments, |policy| {
        let limits = Limits::of_patterns(actions, resources);
        let question = Question { permitted_by: vec![policy], limits, ..Question::default() };
        aws_policy::ask(&question).truth().known()
    })
}

fn policy_permits_more(arguments: &[&str]) -> Option<bool> {
    let other = match arguments.get(1)?.trim() {
        "" => Policy::empty(),
        text => Policy::parse_code(text).ok()?,
    };
    ask(arguments, |policy| aws_policy::difference(policy, &other).truth().known())
}
