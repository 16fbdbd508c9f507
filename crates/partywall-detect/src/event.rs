//! One line of a log.

use std::sync::Arc;

use serde_json::Value;

/// One line of a log, with the time at which it happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Which log it comes from.
    pub source: Source,
    /// When it happened, in milliseconds since 1970 UTC.
    pub time_ms: i64,
    /// What tells it from every other event of its source; copies of an event have the same.
    pub id: Arc<str>,
    /// Its fields, named as the log names them.
    pub body: Value,
}

/// Which log an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// AWS CloudTrail. <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
    CloudTrail,
    /// VPC Flow Logs. <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>
    FlowLog,
    /// Route 53 Resolver query logs.
    /// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html>
    ResolverQuery,
    /// GuardDuty findings. <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-summary.html>
    GuardDuty,
    /// Events of the Open Cybersecurity Schema Framework. <https://schema.ocsf.io>
    Ocsf,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 5] = [Self::CloudTrail, Self::FlowLog, Self::ResolverQuery, Self::GuardDuty, Self::Ocsf];

    /// The `service` of a rule's `logsource`, beside the product `aws`.
    pub const fn service(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::FlowLog => "vpcflow",
            Self::ResolverQuery => "route53resolver",
            Self::GuardDuty => "guardduty",
            Self::Ocsf => "ocsf",
        }
    }
}

/// The field of a body at a path of names that dots divide; of lists, what any member has.
pub fn field<'b>(body: &'b Value, path: &str) -> Option<&'b Value> {
    let mut value = body;
    let mut rest = path;
    loop {
        if let Some(found) = value.get(rest) {
            return Some(found);
        }
        if let Value::Array(members) = value {
            return members.iter().find_map(|member| field(member, rest));
        }
        let (name, tail) = rest.split_once('.')?;
        (value, rest) = (value.get(name)?, tail);
    }
}

/// The field as text; numbers and booleans as JSON writes them.
pub fn text(body: &Value, path: &str) -> Option<String> {
    match field(body, path)? {
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        other => Some(other.to_string()),
    }
}
