//! Files become records, whatever tool wrote them. What a file is, its content says.

mod nvme;
mod nwipe;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::record::{Act, Asset, HandOver, Outcome, Records, Technique};
use crate::Day;

/// Records of one file at most.
const RECORDS_MAX: usize = 500_000;

/// A certificate of destruction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Destruction {
    /// The certificate's number.
    #[serde(default)]
    number: String,
    technique: Technique,
    day: Day,
    vendor: String,
    #[serde(default)]
    witness: String,
    #[serde(default)]
    particle_mm: Option<u32>,
    serials: Vec<String>,
}

/// Reads a file into the records; `name` is its path below the folder.
pub fn read(name: &str, bytes: &[u8], records: &mut Records) {
    let text = String::from_utf8_lossy(bytes);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
    let understood = match extension.as_str() {
        "json" => json(name, bytes, records),
        "toml" => toml::from_str::<Value>(&text)
            .map_err(|error| error.message().to_owned())
            .and_then(|value| document(name, value, records)),
        "csv" => table(name, bytes, records),
        "log" | "txt" => nwipe::read(name, &text, records),
        _ => Err("no register, log, certificate or list of hand-overs is called so".to_owned()),
    };
    if let Err(cause) = understood {
        records.faults.push((name.to_owned(), cause));
    }
    let count = records.assets.len() + records.acts.len() + records.hand_overs.len();
    if count > RECORDS_MAX {
        records.faults.push((name.to_owned(), format!("with it there are more than {RECORDS_MAX} records")));
        records.assets.truncate(RECORDS_MAX);
        records.acts.truncate(RECORDS_MAX);
        records.hand_overs.truncate(RECORDS_MAX);
    }
}

fn json(name: &str, bytes: &[u8], records: &mut Records) -> Result<(), String> {
    document(name, serde_json::from_slice(bytes).map_err(|error| error.to_string())?, records)
}

fn document(name: &str, mut value: Value, records: &mut Records) -> Result<(), String> {
    let Some(object) = value.as_object_mut() else { return Err("it is no object".to_owned()) };
    if let Some(assets) = object.remove("assets") {
        for mut asset in list::<Asset>(assets)? {
            name.clone_into(&mut asset.file);
            records.assets.push(asset);
        }
    } else if let Some(hand_overs) = object.remove("hand_overs") {
        for mut hand_over in list::<HandOver>(hand_overs)? {
            name.clone_into(&mut hand_over.file);
            records.hand_overs.push(hand_over);
        }
    } else if let Some(destruction) = object.remove("destruction") {
        destroyed(name, serde_json::from_value(destruction).map_err(|error| error.to_string())?, records);
    } else if let Some(log) = object.remove("sanitize_log") {
        records.acts.push(nvme::read(name, object, &log)?);
        return Ok(());
    } else {
        return Err(nvme::hint(object)
            .unwrap_or("it has none of `assets`, `hand_overs`, `destruction` and `sanitize_log`")
            .to_owned());
    }
    match object.keys().next() {
        Some(key) => Err(format!("`{key}` beside it is not understood")),
        None => Ok(()),
    }
}

fn list<T: DeserializeOwned>(value: Value) -> Result<Vec<T>, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn destroyed(name: &str, destruction: Destruction, records: &mut Records) {
    let Destruction { number, technique, day, vendor, witness, particle_mm, serials } = destruction;
    let outcome = if vendor.trim().is_empty() || witness.trim().is_empty() {
        Outcome::Unknown("the certificate does not name vendor and witness".to_owned())
    } else {
        Outcome::Done
    };
    for serial in serials {
        records.acts.push(Act {
            serial,
            technique,
            outcome: outcome.clone(),
            day: Some(day),
            particle_mm,
            vendor: Some(vendor.clone()),
            by: format!("{vendor}, certificate {number}, witness {witness}"),
            file: name.to_owned(),
        });
    }
}

/// A register or a list of hand-overs, by its columns.
fn table(name: &str, bytes: &[u8], records: &mut Records) -> Result<(), String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let is_custody = headers.iter().any(|header| header == "from") && headers.iter().any(|header| header == "to");
    for (row, number) in reader.records().zip(2..) {
        let told = |error: String| format!("line {number}: {error}");
        let row = row.map_err(|error| told(error.to_string()))?;
        // An empty cell says nothing; a column of another name is refused by the record.
        let mut cells = serde_json::Map::new();
        for (header, cell) in headers.iter().zip(row.iter()).filter(|(_, cell)| !cell.is_empty()) {
            let value = match (header, cell) {
                ("self_encrypting", "true" | "yes") => Value::Bool(true),
                ("self_encrypting", "false" | "no") => Value::Bool(false),
                _ => Value::String(cell.to_owned()),
            };
            cells.insert(header.to_owned(), value);
        }
        let cells = Value::Object(cells);
        if is_custody {
            let mut hand_over: HandOver = serde_json::from_value(cells).map_err(|error| told(error.to_string()))?;
            name.clone_into(&mut hand_over.file);
            records.hand_overs.push(hand_over);
        } else {
            let mut asset: Asset = serde_json::from_value(cells).map_err(|error| told(error.to_string()))?;
            name.clone_into(&mut asset.file);
            records.assets.push(asset);
        }
    }
    Ok(())
}
