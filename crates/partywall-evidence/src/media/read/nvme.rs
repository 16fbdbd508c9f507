//! `nvme sanitize-log --output-format=json`, of every version of nvme-cli.
//!
//! The log names the device's file and no serial number, so it stands in an object of ours beside what
//! `nvme id-ctrl` said: `{"at": …, "operator": …, "id_ctrl": {"sn": …}, "sanitize_log": {"nvme0": {…}}}`.
//! Fields: `sprog`, `sstat.status` (`(1) Most Recent …`), `cdw10_info`. Versions 2.0 to 2.12 may use the text of the
//! status as the key of the status. <https://github.com/linux-nvme/nvme-cli/blob/master/src/nvme-print-json.c>

use serde_json::{Map, Value};

use super::{Act, Outcome, Technique};
use crate::Instant;

/// Progress of an operation that has ended.
const ENDED: u64 = 65_535;

/// Reads a log with what stands beside it.
pub(super) fn read(name: &str, beside: &Map<String, Value>, log: &Value) -> Result<Act, String> {
    let serial = beside.get("id_ctrl").and_then(|identity| identity.get("sn")).and_then(Value::as_str);
    let serial = serial.map(str::trim).filter(|serial| !serial.is_empty());
    let Some(serial) = serial else {
        return Err("no `id_ctrl.sn` beside the log says which device it is of".to_owned());
    };
    let device = match log.as_object().map(|log| log.iter().collect::<Vec<_>>()) {
        Some(devices) => match devices.as_slice() {
            [(_, device)] if device.is_object() => *device,
            _ => log,
        },
        None => return Err("`sanitize_log` is no object".to_owned()),
    };
    let command = number(device, "cdw10_info").or_else(|| number(device, "scdw10"));
    // Sanitize action: NVM Express Base Specification, Sanitize, command dword 10, bits 2:0.
    let technique = match command.map(|command| command & 0b111) {
        Some(2) => Technique::BlockErase,
        Some(3) => Technique::SanitizeOverwrite,
        Some(4) => Technique::CryptoErase,
        Some(other) => return Err(format!("the last command, {other}, erases nothing")),
        None => return Err("there is no `cdw10_info`: which command was given is not known".to_owned()),
    };
    let at = beside.get("at").and_then(Value::as_str);
    let day = at.map(|at| at.parse::<Instant>().map_err(|error| error.to_string())).transpose()?.map(Instant::day);
    let operator = beside.get("operator").and_then(Value::as_str).unwrap_or("nobody named");
    Ok(Act {
        serial: serial.to_owned(),
        technique,
        outcome: outcome(device),
        day,
        particle_mm: None,
        vendor: None,
        by: format!("nvme sanitize, operator {operator}"),
        file: name.to_owned(),
    })
}

/// What a log that stands alone lacks.
pub(super) fn hint(object: &Map<String, Value>) -> Option<&'static str> {
    object
        .values()
        .any(|value| value.get("sstat").is_some())
        .then_some("a log of nvme-cli names no serial number; put it under `sanitize_log` beside `id_ctrl` and `at`")
}

/// Sanitize status: 1 and 4 succeeded, 2 goes on, 3 failed, 0 never ran.
fn outcome(device: &Value) -> Outcome {
    let status = device.get("sstat").and_then(status);
    match (status, number(device, "sprog")) {
        (Some(1 | 4), Some(ENDED)) => Outcome::Done,
        (Some(1 | 4), progress) => Outcome::Unknown(format!("it says success, and progress {progress:?} of {ENDED}")),
        (Some(2), _) => Outcome::Unknown("it was still going on".to_owned()),
        (Some(3), _) => Outcome::Failed("the device says that it failed".to_owned()),
        (Some(0), _) => Outcome::Failed("the device says that it was never sanitised".to_owned()),
        (Some(other), _) => Outcome::Unknown(format!("status {other} is none that is known")),
        (None, _) => Outcome::Unknown("the log has no status".to_owned()),
    }
}

/// The number in `(1) Most Recent …`, which is bits 2:0 of the status; a number is the whole status.
fn status(sstat: &Value) -> Option<u64> {
    if let Some(number) = sstat.as_u64() {
        return Some(number & 0b111);
    }
    let texts: Vec<u64> = sstat
        .as_object()?
        .values()
        .filter_map(Value::as_str)
        .filter_map(|text| text.strip_prefix('(')?.split_once(')')?.0.parse().ok())
        .collect();
    if let [only] = texts.as_slice() { Some(*only) } else { None }
}

fn number(value: &Value, key: &str) -> Option<u64> {
    let value = value.get(key)?;
    value.as_u64().or_else(|| {
        let text = value.as_str()?;
        text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok())
    })
}
