//! Which log a record of JSON belongs to, when it happened, and what it is called.

use std::sync::Arc;

use chrono::DateTime;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::event::{Event, Source, text};

/// The event in a record.
///
/// # Errors
/// With the cause, when it belongs to no log that is known, or does not say when it happened.
pub(super) fn event(body: Value) -> Result<Event, String> {
    // EventBridge wraps what it delivers. https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    let body = match body {
        Value::Object(mut wrapper) if wrapper.contains_key("detail-type") => match wrapper.remove("detail") {
            Some(detail) => detail,
            None => return Err("an event of EventBridge has no `detail`".to_owned()),
        },
        body => body,
    };
    let source = source(&body).ok_or("a record belongs to no log that is known")?;
    let time_ms = time(source, &body).ok_or_else(|| format!("an event of {} has no time", source.service()))?;
    let id = id(source, &body).map_or_else(|| digest(body.to_string().as_bytes()), Arc::from);
    Ok(Event { source, time_ms, id, body })
}

fn source(body: &Value) -> Option<Source> {
    let has = |name: &str| body.get(name).is_some();
    if has("eventSource") && has("eventName") {
        return Some(Source::CloudTrail);
    }
    if has("query_name") && has("query_timestamp") {
        return Some(Source::ResolverQuery);
    }
    if has("schemaVersion") && has("service") && has("type") {
        return Some(Source::GuardDuty);
    }
    (has("class_uid") && has("time")).then_some(Source::Ocsf)
}

fn time(source: Source, body: &Value) -> Option<i64> {
    let instant = |name: &str| DateTime::parse_from_rfc3339(&text(body, name)?).ok().map(|at| at.timestamp_millis());
    match source {
        Source::CloudTrail => instant("eventTime"),
        Source::ResolverQuery => instant("query_timestamp"),
        Source::GuardDuty => instant("service.eventLastSeen").or_else(|| instant("updatedAt")),
        Source::Ocsf => body.get("time")?.as_i64(),
        Source::FlowLog => None,
    }
}

fn id(source: Source, body: &Value) -> Option<String> {
    match source {
        Source::CloudTrail => text(body, "eventID"),
        // A finding is sent again with a count when it goes on.
        Source::GuardDuty => Some(format!("{}@{}", text(body, "id")?, text(body, "updatedAt")?)),
        Source::Ocsf => text(body, "metadata.uid"),
        Source::ResolverQuery | Source::FlowLog => None,
    }
}

/// What a record without an id is called: the start of its digest.
pub(super) fn digest(record: &[u8]) -> Arc<str> {
    Sha256::digest(record).iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>().into()
}
