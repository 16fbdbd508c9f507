//! The text of VPC Flow Logs: a line of field names, and a line for each flow.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>

use std::sync::Arc;

use serde_json::{Map, Value};

use super::json::digest;
use crate::event::{Event, Source};

/// Fields of the default format, which CloudWatch Logs writes without a line of names.
const DEFAULT: [&str; 14] = [
    "version",
    "account_id",
    "interface_id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log_status",
];

/// Fields that are numbers; every other one is text.
const NUMBERS: [&str; 11] = [
    "version",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "tcp_flags",
    "traffic_path",
    "ecs_container_instance_count",
];

/// Reads the lines of one object.
#[derive(Default)]
pub(super) struct Reader {
    names: Vec<Arc<str>>,
}

impl Reader {
    /// The event of a line; None for the line of names.
    ///
    /// # Errors
    /// With the cause, when the line does not have the fields that the names say, or no time.
    pub(super) fn line(&mut self, line: &[u8]) -> Result<Option<Event>, String> {
        let text = std::str::from_utf8(line).map_err(|_| "a line is not UTF-8".to_owned())?.trim_end();
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        if words.contains(&"version") || words.contains(&"account-id") || words.contains(&"srcaddr") {
            self.names = words.iter().map(|word| name(word)).collect();
            return Ok(None);
        }
        if self.names.is_empty() {
            self.names = DEFAULT.iter().map(|name| Arc::from(*name)).collect();
        }
        if words.len() != self.names.len() {
            return Err(format!("a line has {} fields, and {} have names", words.len(), self.names.len()));
        }
        let body: Map<String, Value> =
            self.names.iter().zip(words).map(|(name, word)| (name.to_string(), value(name, word))).collect();
        event(body).map(Some)
    }
}

/// The event of a flow's fields.
///
/// # Errors
/// With the cause, when they hold no time.
pub(super) fn event(body: Map<String, Value>) -> Result<Event, String> {
    let time = body.get("start").or_else(|| body.get("end")).and_then(Value::as_i64);
    let time_ms = time.and_then(|seconds| seconds.checked_mul(1000)).ok_or("a flow has no time of start")?;
    let body = Value::Object(body);
    Ok(Event { source: Source::FlowLog, time_ms, id: digest(body.to_string().as_bytes()), body })
}

/// The field's name as Parquet files of flow logs have it.
fn name(word: &str) -> Arc<str> {
    word.replace('-', "_").into()
}

/// A hyphen says that there is nothing.
fn value(name: &str, word: &str) -> Value {
    if word == "-" {
        return Value::Null;
    }
    let number = || word.parse::<i64>().ok().filter(|_| NUMBERS.contains(&name));
    number().map_or_else(|| Value::String(word.to_owned()), Value::from)
}
