//! Timestamps, as every protocol writes them, to the one form that answers have.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde_json::Value;

/// `2024-05-01T12:00:00+00:00`, with microseconds when there are any. What is not understood stays as it is.
pub(super) fn timestamp(value: Value) -> Value {
    let time = match &value {
        Value::Number(number) => number.as_f64().and_then(from_seconds),
        Value::String(text) => parse(text.trim()),
        _ => None,
    };
    time.map_or(value, |time| Value::String(write(time)))
}

fn write(time: DateTime<Utc>) -> String {
    let precision = if time.timestamp_subsec_micros() == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
    time.to_rfc3339_opts(precision, false)
}

fn from_seconds(seconds: f64) -> Option<DateTime<Utc>> {
    let microseconds = (seconds * 1e6).round();
    // Beyond this a double is no longer exact, and no such time is meant.
    (microseconds.abs() < 9e15).then(|| DateTime::from_timestamp_micros(microseconds as i64)).flatten()
}

fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
    {
        return Some(time.to_utc());
    }
    if let Ok(time) = DateTime::parse_from_rfc2822(text) {
        return Some(time.to_utc());
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        return Some(time.and_utc());
    }
    text.parse::<f64>().ok().and_then(from_seconds)
}
