//! The log of nwipe, whose end is a summary: which device was erased, its model and serial number, the method.
//! <https://github.com/martijnvanbrummelen/nwipe/blob/master/src/logging.c>
//!
//! ```text
//! !   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number
//!        sda | Erased |  120MB/s | 01:25:04 | WD6784/ZX67
//! [2026/01/31 11:00:00] Total Throughput 120 MB/s, DoD Short, 1R+B+VL
//! ```

use super::{Act, Outcome, Records, Technique};
use crate::Day;

/// Reads the log, to which each run adds a summary.
pub(super) fn read(name: &str, text: &str, records: &mut Records) -> Result<(), String> {
    let mut waiting: Vec<Act> = Vec::new();
    let (mut found, mut is_summary) = (false, false);
    for line in text.lines() {
        if line.contains("| Status |") && line.contains("Model/Serial Number") {
            found = true;
            is_summary = true;
            finish(&mut waiting, None, records);
        } else if is_summary && line.contains("Total Throughput") {
            finish(&mut waiting, Some(line), records);
            is_summary = false;
        } else if is_summary {
            waiting.extend(device(name, line)?);
        }
    }
    finish(&mut waiting, None, records);
    if found { Ok(()) } else { Err("it has no summary as nwipe writes it".to_owned()) }
}

/// A line of the summary; None for a rule between its parts.
fn device(name: &str, line: &str) -> Result<Option<Act>, String> {
    let cells: Vec<&str> = line.splitn(5, '|').map(str::trim).collect();
    let [device, status, _, _, label] = cells.as_slice() else {
        let is_rule = line.chars().all(|character| matches!(character, '-' | '*' | ' '));
        return if is_rule { Ok(None) } else { Err(format!("`{}` is no line of a summary", shortened(line))) };
    };
    // A model may hold a slash, a serial number does not.
    let Some((_, serial)) = label.rsplit_once('/').filter(|(_, serial)| !serial.trim().is_empty()) else {
        return Err(format!("`{}` names no serial number", shortened(line)));
    };
    let outcome = match *status {
        "Erased" if !device.starts_with('!') => Outcome::Done,
        "Erased" => Outcome::Unknown("nwipe warns about a device that it calls erased".to_owned()),
        "-FAILED-" | "--FAIL--" => Outcome::Failed("nwipe failed".to_owned()),
        "UABORTED" => Outcome::Failed("somebody stopped nwipe".to_owned()),
        other => Outcome::Unknown(format!("nwipe says `{}`", shortened(other))),
    };
    Ok(Some(Act {
        serial: serial.trim().to_owned(),
        technique: Technique::Overwrite,
        outcome,
        day: None,
        particle_mm: None,
        vendor: None,
        by: "nwipe".to_owned(),
        file: name.to_owned(),
    }))
}

/// The line below the devices says when it was, by which method, and whether it was verified.
fn finish(waiting: &mut Vec<Act>, totals: Option<&str>, records: &mut Records) {
    let day = totals.and_then(|line| {
        let day = line.split_once('[')?.1.split_whitespace().next()?;
        day.replace('/', "-").parse::<Day>().ok()
    });
    let method = totals.and_then(|line| {
        let mut parts = line.rsplitn(3, ',');
        let (how, method) = (parts.next()?.trim(), parts.next()?.trim());
        Some((method.to_owned(), how.to_owned()))
    });
    for mut act in waiting.drain(..) {
        act.day = day;
        match &method {
            None if act.outcome == Outcome::Done => {
                act.outcome = Outcome::Unknown("the summary ends before it says the method".to_owned());
            }
            None => {}
            Some((method, how)) => {
                act.by = format!("nwipe, {method}, {how}");
                if act.outcome == Outcome::Done {
                    act.outcome = verified(method, how);
                }
            }
        }
        records.acts.push(act);
    }
}

/// Methods that only look write nothing; what nobody read back is not known to be written.
fn verified(method: &str, how: &str) -> Outcome {
    if method.starts_with("Verify") {
        return Outcome::Failed("nwipe only looked, and wrote nothing".to_owned());
    }
    match how.rsplit('+').next() {
        Some("VL" | "VA") => Outcome::Done,
        Some("NV") => Outcome::Unknown("nothing was read back to verify it".to_owned()),
        _ => Outcome::Unknown("the summary does not say whether it was verified".to_owned()),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
