//! The series of the sensors, summed up: one row for each sensor, whether it spoke or not.

use std::collections::BTreeMap;

use partywall_model::{Cause, Value};

use super::entry::{Entry, instant, seconds, written};
use super::evidence::Evidence;
use super::facts::CLIMATE;
use super::manifest::Manifest;

/// First and last instant of the period, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Period {
    pub(super) start: Option<f64>,
    pub(super) end: Option<f64>,
}

#[derive(Debug, Default)]
struct Series {
    /// Instant and value.
    readings: Vec<(i64, f64)>,
}

/// The newest instant of a file of readings.
pub(super) fn newest(evidence: &Evidence) -> Option<f64> {
    evidence.entries.iter().filter_map(|entry| instant(entry.text("time"))).max().map(|time| time as f64)
}

/// The rows. Lines that are not understood make the evidence incomplete.
pub(super) fn rows(manifest: &Manifest, evidence: &mut Evidence, period: Period) -> Vec<Entry> {
    let mut series: BTreeMap<String, Series> = BTreeMap::new();
    for sensor in manifest.of("sensor") {
        series.insert(sensor.text("id").to_owned(), Series::default());
    }
    for entry in std::mem::take(&mut evidence.entries) {
        let number = match entry.fields.get("value") {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Text(text)) => text.parse().ok(),
            _ => None,
        };
        let cause = match (series.get_mut(entry.text("sensor")), instant(entry.text("time")), number) {
            (None, _, _) => format!("`{}` is no sensor of site.toml", shown(entry.text("sensor"))),
            (_, None, _) => format!("`{}` is no instant with an offset from UTC", shown(entry.text("time"))),
            (Some(of), Some(time), Some(value)) if value.is_finite() => {
                of.readings.push((time, value));
                continue;
            }
            _ => "`value` is no number".to_owned(),
        };
        evidence.mar(entry.line, cause);
    }
    manifest.of("sensor").map(|sensor| row(manifest, sensor, &mut series, evidence, period)).collect()
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

impl Evidence {
    /// A line that is not understood.
    fn mar(&mut self, line: u32, cause: String) {
        use partywall_model::{Gap, GapKind};
        self.is_complete = false;
        if self.gaps.len() < 20 {
            let file = self.file.clone().unwrap_or_else(|| "".into());
            self.gaps.push(Gap::in_file(GapKind::NotEvaluated, file, line, cause, "export the line again"));
        }
    }
}

fn row(
    manifest: &Manifest,
    sensor: &Entry,
    series: &mut BTreeMap<String, Series>,
    evidence: &Evidence,
    period: Period,
) -> Entry {
    let id = sensor.text("id");
    let room = sensor.text("room");
    let class = manifest.of("room").find(|other| other.text("id") == room).map(|room| room.text("climate_class"));
    let mut fields: BTreeMap<String, Value> = BTreeMap::new();
    for name in ["id", "kind", "room"] {
        fields.insert(name.to_owned(), Value::text(sensor.text(name)));
    }
    fields.insert("climate_class".to_owned(), Value::text(class.unwrap_or_default()));
    if let Some(interval) = sensor.fields.get("interval_seconds") {
        fields.insert("interval_seconds".to_owned(), interval.clone());
    }
    if let Some(envelope) = CLIMATE.class.get(class.unwrap_or_default()).and_then(|of| of.get(sensor.text("kind"))) {
        let ([low, high], [least, most]) = (envelope.recommended, envelope.allowable);
        for (name, value) in
            [("recommended_min", low), ("recommended_max", high), ("allowable_min", least), ("allowable_max", most)]
        {
            fields.insert(name.to_owned(), Value::Number(value));
        }
    }
    let readings = series.remove(id).unwrap_or_default().readings;
    if evidence.file.is_none() {
        let unknown = || Value::unknown(format!("readings of {id}"), Cause::NotCollected);
        for name in ["count", "last_time"] {
            fields.insert(name.to_owned(), unknown());
        }
    } else {
        sum_up(readings, period, &mut fields);
    }
    Entry { kind: "reading", fields, line: sensor.line }
}

fn sum_up(mut readings: Vec<(i64, f64)>, period: Period, fields: &mut BTreeMap<String, Value>) {
    readings.sort_by(|left, right| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)));
    fields.insert("count".to_owned(), Value::Number(readings.len() as f64));
    let times = readings.iter().map(|(time, _)| *time as f64);
    let all: Vec<f64> = period.start.into_iter().chain(times).chain(period.end).collect();
    let silence = all.windows(2).map(|pair| match pair {
        [before, after] => after - before,
        _ => 0.0,
    });
    if let Some(longest) = silence.max_by(f64::total_cmp) {
        fields.insert("silence_seconds_max".to_owned(), Value::Number(longest));
    }
    let Some((time, last)) = readings.last().copied() else { return };
    let values = || readings.iter().map(|(_, value)| *value);
    let least = values().min_by(f64::total_cmp).unwrap_or(last);
    let most = values().max_by(f64::total_cmp).unwrap_or(last);
    for (name, value) in [("minimum", least), ("maximum", most), ("last", last), ("last_time_seconds", time as f64)] {
        fields.insert(name.to_owned(), Value::Number(value));
    }
    fields.insert("last_time".to_owned(), Value::text(written(time as f64)));
}

/// The period that `site.toml` declares; it ends with the newest evidence when it does not say.
pub(super) fn period(manifest: &Manifest, newest: Option<f64>) -> Period {
    let of = |name| seconds(&manifest.site.fields, name);
    Period { start: of("period_start"), end: of("as_of").or(newest) }
}
