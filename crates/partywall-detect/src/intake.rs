//! Objects of logs, divided into events.

mod flow_log;
mod json;
mod parquet;
mod records;
mod unpack;

use std::io::Read;

use partywall_model::{Gap, GapKind};
use serde_json::Value;

use crate::event::{Event, Source};
use records::{Kind, Record, Records};

/// What one object may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of an object after it was unpacked; what is beyond is not read, and said.
    pub unpacked_bytes_max: u64,
    /// Bytes of a file that has to be read whole.
    pub file_bytes_max: u64,
    /// Bytes of one record; a longer one is passed over, and said.
    pub record_bytes_max: usize,
    /// Gaps that one object may make before the rest of them is counted only.
    pub gaps_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { unpacked_bytes_max: 8 << 30, file_bytes_max: 512 << 20, record_bytes_max: 16 << 20, gaps_max: 20 }
    }
}

/// What became of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that the object holds, as far as it could be read.
    pub records: u64,
    /// Records that were read as events.
    pub events: u64,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// Gaps beyond those that are told one by one.
    pub further_gaps: u64,
}

/// Who takes the events of an object.
pub trait Sink {
    /// Whether the text of a record can hold anything that matters; what cannot is not parsed.
    fn wants(&self, record: &[u8]) -> bool;

    /// Takes an event.
    fn take(&mut self, event: Event);
}

/// Reads one object: JSON in any of the forms in which AWS writes logs, or the text of flow logs; packed or not.
pub fn read(name: &str, object: impl Read, limits: &Limits, sink: &mut dyn Sink) -> Tally {
    let mut reading = Reading { name, limits, tally: Tally::default() };
    let (head, object) = unpack::unpacked(object, limits.unpacked_bytes_max);
    if head == parquet::MAGIC {
        reading.parquet(object, sink);
        return reading.tally;
    }
    let mut text_log = None;
    let mut records = Records::new(object, limits.record_bytes_max);
    while let Some(record) = records.next() {
        match record {
            Ok(Record { text, kind: Kind::Json, .. }) if !sink.wants(text) => reading.tally.records += 1,
            Ok(Record { offset, text, kind: Kind::Json | Kind::Broken }) => reading.json(offset, text, sink),
            Ok(Record { offset, text, kind: Kind::Text }) => {
                let log = text_log.get_or_insert_with(flow_log::Reader::default);
                match log.line(text) {
                    Ok(Some(event)) => reading.event(event, sink),
                    Ok(None) => {}
                    Err(cause) => {
                        reading.tally.records += 1;
                        reading.gap(offset, &cause, "compare the line with the format that the flow log was made with");
                    }
                }
            }
            Err(fault) => reading.gap(fault.offset, &fault.cause, fault.cure),
        }
    }
    reading.tally
}

struct Reading<'r> {
    name: &'r str,
    limits: &'r Limits,
    tally: Tally,
}

impl Reading<'_> {
    /// A file of Parquet has its index at its end: it is read whole.
    fn parquet(&mut self, object: impl Read, sink: &mut dyn Sink) {
        let cure = "name flow logs in Parquet only, and fetch the object again";
        let mut file = Vec::new();
        let read = object.take(self.limits.file_bytes_max + 1).read_to_end(&mut file);
        match read {
            Err(error) => return self.gap(0, &format!("it cannot be read: {error}"), cure),
            Ok(length) if length as u64 > self.limits.file_bytes_max => {
                return self.gap(0, "a file of Parquet is larger than one may be", "divide the object");
            }
            Ok(_) => {}
        }
        let read = parquet::read(file, |row| match row {
            Ok(event) => self.event(event, sink),
            Err(cause) => {
                self.tally.records += 1;
                self.gap(0, &cause, cure);
            }
        });
        if let Err(cause) = read {
            self.gap(0, &format!("it is no whole file of Parquet: {cause}"), cure);
        }
    }

    fn json(&mut self, offset: u64, text: &[u8], sink: &mut dyn Sink) {
        match serde_json::from_slice::<Value>(text) {
            Ok(body) => self.bodies(offset, body, sink),
            Err(error) => {
                self.tally.records += 1;
                self.gap(offset, &format!("a record is no JSON: {error}"), "fetch the object again");
            }
        }
    }

    fn bodies(&mut self, offset: u64, body: Value, sink: &mut dyn Sink) {
        match json::event(body) {
            Ok(event) => self.event(event, sink),
            Err(cause) => {
                self.tally.records += 1;
                self.gap(
                    offset,
                    &cause,
                    "name objects of CloudTrail, flow logs, resolver logs, GuardDuty or OCSF only",
                );
            }
        }
    }

    fn event(&mut self, event: Event, sink: &mut dyn Sink) {
        self.tally.records += 1;
        self.tally.events += 1;
        sink.take(event);
    }

    fn gap(&mut self, offset: u64, cause: &str, cure: &str) {
        if self.tally.gaps.len() >= self.limits.gaps_max {
            self.tally.further_gaps += 1;
            return;
        }
        let cause = format!("`{}` at byte {offset}: {cause}", self.name);
        self.tally.gaps.push(Gap::in_file(GapKind::UnreadableFile, self.name, 0, cause, cure));
    }
}

/// The sources whose events are JSON.
pub const JSON_SOURCES: [Source; 4] = [Source::CloudTrail, Source::ResolverQuery, Source::GuardDuty, Source::Ocsf];

/// Text that every event of a source holds, whatever its fields.
pub const fn marker(source: Source) -> &'static str {
    match source {
        Source::CloudTrail => "\"eventSource\"",
        Source::FlowLog => "",
        Source::ResolverQuery => "\"query_name\"",
        Source::GuardDuty => "\"schemaVersion\"",
        Source::Ocsf => "\"class_uid\"",
    }
}
