//! Files of evidence: CSV or JSON with the same names of fields.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use partywall_model::{Gap, GapKind, Value};

use super::entry::{Entry, Place};

/// Bytes of a file of evidence.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Bytes of one field.
const FIELD_BYTES_MAX: usize = 16 * 1024;

/// Gaps that are listed of one file; further ones are counted.
const GAPS_MAX: usize = 20;

/// What a file of evidence holds.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Relative to what was scanned; None when there is no such file.
    pub(super) file: Option<Arc<str>>,
    pub(super) entries: Vec<Entry>,
    pub(super) gaps: Vec<Gap>,
    /// Whether all of it was understood.
    pub(super) is_complete: bool,
}

/// The text of a file.
///
/// # Errors
/// When it cannot be read, is longer, or is no UTF-8: the cause.
pub(super) fn text_of(path: &Path, bytes_max: u64) -> Result<String, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = File::open(path).map_err(|error| format!("`{name}` cannot be read: {error}"))?;
    let mut bytes = Vec::new();
    let read = file.take(bytes_max + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("`{name}` cannot be read: {error}"))?;
    if bytes.len() as u64 > bytes_max {
        return Err(format!("`{name}` is longer than {} MB", bytes_max / 1024 / 1024));
    }
    String::from_utf8(bytes).map_err(|_| format!("`{name}` is no UTF-8 text"))
}

/// The file of this stem in a folder: CSV before JSON.
pub(super) fn find(folder: &Path, stem: &str) -> Option<PathBuf> {
    let names = ["csv", "json"].map(|ending| folder.join(format!("{stem}.{ending}")));
    names.into_iter().find(|path| path.is_file())
}

/// Reads the evidence of a kind.
pub(super) fn read(folder: &Path, place: &Place, stem: &str, kind: &'static str) -> Evidence {
    let Some(path) = find(folder, stem) else { return Evidence::default() };
    let file = place.file(&path.file_name().unwrap_or_default().to_string_lossy());
    let mut evidence = Evidence { file: Some(file.clone()), is_complete: true, ..Evidence::default() };
    let rows = text_of(&path, BYTES_MAX).and_then(|text| match path.extension() {
        Some(ending) if ending == "json" => json(&text),
        _ => csv(&text),
    });
    match rows {
        Ok(rows) => rows.into_iter().for_each(|row| evidence.take(row, kind)),
        Err(cause) => evidence.complain(0, cause, "export it again as docs/sites.md says"),
    }
    evidence.forget_twins();
    let left_out = evidence.gaps.len().saturating_sub(GAPS_MAX);
    if left_out > 0 {
        evidence.gaps.truncate(GAPS_MAX);
        let cause = format!("`{file}` has {left_out} further lines that are not understood");
        evidence.gaps.push(Gap::in_file(GapKind::NotEvaluated, file, 0, cause, "export it again"));
    }
    evidence
}

type Fields = BTreeMap<String, Value>;
type Row = (u32, Result<Fields, String>);

impl Evidence {
    fn complain(&mut self, line: u32, cause: String, cure: &str) {
        self.is_complete = false;
        let file = self.file.clone().unwrap_or_else(|| "".into());
        self.gaps.push(Gap::in_file(GapKind::NotEvaluated, file, line, cause, cure));
    }

    fn take(&mut self, (line, fields): Row, kind: &'static str) {
        let fields = match fields {
            Ok(fields) => fields,
            Err(cause) => return self.complain(line, cause, "export the line again"),
        };
        let mut entry = Entry { kind, fields, line };
        if let Some((name, _)) = entry.fields.iter().find(|(_, value)| is_long(value)) {
            let cause = format!("`{name}` is longer than {FIELD_BYTES_MAX} bytes");
            return self.complain(line, cause, "export the line again");
        }
        let file = self.file.clone().unwrap_or_else(|| "".into());
        let gaps = if kind == "reading" { Vec::new() } else { entry.settle(&file) };
        self.is_complete &= gaps.is_empty();
        self.gaps.extend(gaps);
        self.entries.push(entry);
    }

    /// Lines without a name are named after their place; of two lines of one name only the first can be a row.
    fn forget_twins(&mut self) {
        let mut seen = BTreeSet::new();
        let entries = std::mem::take(&mut self.entries);
        for mut entry in entries {
            if entry.kind == "reading" {
                self.entries.push(entry);
                continue;
            }
            let line = entry.line;
            entry.otherwise("id", || Value::text(format!("line-{line}")));
            let id = entry.text("id").to_owned();
            if seen.insert(id.clone()) {
                self.entries.push(entry);
            } else {
                let cause = format!("`{id}` is there twice; only the first is taken");
                self.complain(line, cause, "give each line an id of its own");
            }
        }
    }
}

fn is_long(value: &Value) -> bool {
    value.as_text().is_some_and(|text| text.len() > FIELD_BYTES_MAX)
}

fn csv(text: &str) -> Result<Vec<Row>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let names = reader.headers().map_err(|error| format!("the first line is no head of a CSV file: {error}"))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        rows.push(match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                let values = record.iter().map(Value::text);
                let fields =
                    names.iter().map(str::to_owned).zip(values).filter(|(_, value)| value.as_text() != Some(""));
                (u32::try_from(line).unwrap_or(u32::MAX), Ok(fields.collect()))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                (u32::try_from(line).unwrap_or(u32::MAX), Err(format!("the line is not understood: {error}")))
            }
        });
    }
    Ok(rows)
}

/// A list of objects. The position in the list, counted from 1, stands for the line.
fn json(text: &str) -> Result<Vec<Row>, String> {
    let items: Vec<serde_json::Value> =
        serde_json::from_str(text).map_err(|error| format!("it is no JSON list: {error}"))?;
    let row = |(at, item): (usize, serde_json::Value)| {
        let place = u32::try_from(at + 1).unwrap_or(u32::MAX);
        match item {
            serde_json::Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| (name, value_of(value)));
                (place, Ok(fields.filter(|(_, value)| *value != Value::Null).collect()))
            }
            _ => (place, Err("it is no object".to_owned())),
        }
    };
    Ok(items.into_iter().enumerate().map(row).collect())
}

fn value_of(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(truth),
        serde_json::Value::Number(number) => number.as_f64().map_or(Value::Null, Value::Number),
        serde_json::Value::String(text) => Value::text(text),
        serde_json::Value::Array(items) => Value::list(items.into_iter().map(value_of)),
        serde_json::Value::Object(fields) => Value::map(fields.into_iter().map(|(name, item)| (name, value_of(item)))),
    }
}
