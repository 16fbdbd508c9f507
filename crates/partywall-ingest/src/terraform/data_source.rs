//! What is known of data sources without asking AWS.

use partywall_model::{Cause, Value};

use super::failure::Failure;
use super::object::Object;
use super::policy_document;
use super::root::Root;

/// An attribute of a data source that can be told offline; None when it is like any other.
///
/// # Errors
/// When its configuration depends on itself.
pub(crate) fn attribute<'s>(object: &Object<'s>, root: &Root<'s>, name: &str) -> Result<Option<Value>, Failure> {
    match (object.kind(), name) {
        ("aws_iam_policy_document", "json" | "minified_json") => policy_document::json(object, root).map(Some),
        ("aws_caller_identity", "account_id" | "id") => Ok(Some(object.provider(root).account_id.clone())),
        ("aws_region", "name" | "id" | "region") => match object.configured(root, "region")? {
            Some(region @ (Value::Text(_) | Value::Unknown(_))) => Ok(Some(region)),
            _ => Ok(Some(object.provider(root).region.clone())),
        },
        ("aws_partition", "partition" | "id") => Ok(Some(partition(object, root, "partition", |partition| partition))),
        ("aws_partition", "dns_suffix") => Ok(Some(partition(object, root, "dns_suffix", dns_suffix))),
        ("aws_partition", "reverse_dns_prefix") => {
            Ok(Some(partition(object, root, "reverse_dns_prefix", |partition| match partition {
                "aws-cn" => "cn.com.amazonaws",
                _ => "com.amazonaws",
            })))
        }
        _ => Ok(None),
    }
}

/// Depends on nothing but the partition, so every data source of one provider says the same.
fn partition<'s>(object: &Object<'s>, root: &Root<'s>, name: &str, of: fn(&'static str) -> &'static str) -> Value {
    match object.provider(root).partition() {
        Some(partition) => Value::text(of(partition)),
        None => Value::unknown(format!("data.aws_partition.current.{name}"), Cause::External),
    }
}

/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
fn dns_suffix(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}
