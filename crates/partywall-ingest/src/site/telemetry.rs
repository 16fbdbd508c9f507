//! What devices answered: `devices/<id>.jsonl`, as `partywall site collect` stores it.
//!
//! Each line is a question with its answer or its refusal; the last one says that the collection came to its end.

mod nut;
mod redfish;
mod snmp;
mod thing;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use partywall_model::{Gap, GapKind, Value};
use serde::Deserialize;

use super::entry::{Entry, Place, instant};
use super::evidence::text_of;
use super::facts::EVIDENCE;
use thing::Thing;

/// The folder of the answers.
pub(super) const FOLDER: &str = "devices";

/// Bytes of the answers of one device.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A line of a device's answers.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    time: String,
    #[serde(default)]
    question: String,
    answer: Option<serde_json::Value>,
    refusal: Option<Refusal>,
    /// On the last line: that everything was asked.
    #[serde(default)]
    complete: bool,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    cause: String,
    #[serde(default)]
    cure: String,
}

/// What a device answered, as rows.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) id: String,
    pub(super) file: Option<Arc<str>>,
    /// The device's own row and what it says, with the file that each comes from.
    pub(super) rows: Vec<(Arc<str>, Entry)>,
    pub(super) gaps: Vec<Gap>,
    /// When it was asked, in seconds since 1970.
    pub(super) newest: Option<f64>,
    /// Why rows may be missing.
    pub(super) cause: Option<String>,
}

/// Reads what a device of `site.toml` answered.
pub(super) fn read(folder: &Path, place: &Place, device: &Entry) -> Answers {
    let id = device.text("id").to_owned();
    let name = format!("{FOLDER}/{id}.jsonl");
    let file = place.file(&name);
    let path = folder.join(FOLDER).join(format!("{id}.jsonl"));
    let mut answers = Answers { id: id.clone(), ..Answers::default() };
    let mut things = Vec::new();
    let mut refusals = Vec::new();
    if path.is_file() && !id.contains(['/', '\\']) {
        answers.file = Some(file.clone());
        let mut problems = Problems { file: file.clone(), gaps: Vec::new() };
        match text_of(&path, BYTES_MAX) {
            Ok(text) => things = answers.understand(&text, device, &mut refusals, &mut problems),
            Err(cause) => problems.add(0, cause, "ask the device again with `partywall site collect`"),
        }
        if let Some(first) = problems.gaps.first() {
            answers.cause = Some(first.cause.clone());
        }
        answers.gaps = problems.gaps;
    } else {
        let cause = format!("`{file}`, the answers of device `{id}`, is missing");
        let cure = "ask it with `partywall site collect`";
        answers.gaps.push(Gap::in_file(GapKind::MissingSource, file.clone(), 0, cause.clone(), cure));
        answers.cause = Some(cause);
    }
    let mut own = device.clone();
    own.fields.insert("is_answered".to_owned(), Value::Bool(answers.cause.is_none()));
    own.fields.insert("refusals".to_owned(), Value::list(refusals.iter().map(|text| Value::text(text.as_str()))));
    if let Some(time) = answers.newest {
        own.fields.insert("time".to_owned(), Value::text(super::entry::written(time)));
        own.fields.insert("time_seconds".to_owned(), Value::Number(time));
    }
    answers.rows.push((place.file(super::MANIFEST), own));
    answers.rows.extend(things.into_iter().map(|thing| (file.clone(), thing.entry(device))));
    answers
}

struct Problems {
    file: Arc<str>,
    gaps: Vec<Gap>,
}

impl Problems {
    fn add(&mut self, line: u32, cause: String, cure: &str) {
        self.gaps.push(Gap::in_file(GapKind::RefusedCall, self.file.clone(), line, cause, cure));
    }
}

impl Answers {
    fn understand(
        &mut self,
        text: &str,
        device: &Entry,
        refusals: &mut Vec<String>,
        problems: &mut Problems,
    ) -> Vec<Thing> {
        let mut said: BTreeMap<String, (u32, serde_json::Value)> = BTreeMap::new();
        let mut is_complete = false;
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let Ok(line) = serde_json::from_str::<Line>(line) else {
                problems.add(number, "the line is no answer of a device".to_owned(), "ask the device again");
                continue;
            };
            if let Some(time) = instant(&line.time) {
                self.newest = Some(self.newest.unwrap_or(f64::MIN).max(time as f64));
            }
            is_complete |= line.complete;
            if let Some(refusal) = line.refusal {
                refusals.push(format!("{}: {}", line.question, refusal.cause));
                let cause = format!("device `{}` did not answer `{}`: {}", self.id, line.question, refusal.cause);
                problems.add(number, cause, if refusal.cure.is_empty() { "ask it again" } else { &refusal.cure });
            } else if let Some(answer) = line.answer {
                said.insert(line.question, (number, answer));
            }
        }
        if !is_complete {
            let cause = format!("the answers of device `{}` break off", self.id);
            problems.add(0, cause, "ask it again with `partywall site collect`");
        }
        let read = match device.text("protocol") {
            "nut" => nut::things(&said),
            "redfish" => redfish::things(&said),
            "snmp" => snmp::things(&said),
            other => Err((0, format!("`{other}` is no protocol that is understood: redfish, nut or snmp"))),
        };
        read.unwrap_or_else(|(line, cause)| {
            problems.add(line, cause, "ask the device again, or correct site.toml");
            Vec::new()
        })
    }

    /// The row that says whether the device's answers are there, and how old they are.
    pub(super) fn evidence_row(&self, declared: Option<&Entry>, end: Option<f64>) -> Entry {
        let hours = declared.and_then(|entry| entry.fields.get("interval_hours_max").cloned());
        let mut fields: BTreeMap<String, Value> = BTreeMap::from([
            ("id".to_owned(), Value::text(format!("device-{}", self.id))),
            ("about".to_owned(), Value::text(EVIDENCE.device.about.as_str())),
            ("file".to_owned(), self.file.clone().map_or_else(|| Value::text(""), Value::Text)),
            ("is_present".to_owned(), Value::Bool(self.file.is_some())),
            ("is_complete".to_owned(), Value::Bool(self.cause.is_none())),
            ("interval_hours_max".to_owned(), hours.unwrap_or(Value::Number(EVIDENCE.device.interval_hours))),
        ]);
        super::age(&mut fields, self.newest, end);
        Entry { kind: "evidence", fields, line: declared.map_or(1, |entry| entry.line) }
    }
}
