//! The answers of a device on disk: `devices/<id>.jsonl`.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Answer;

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswers {
    /// The file.
    pub path: PathBuf,
    /// Questions with an answer.
    pub answered: usize,
    /// Questions without.
    pub refused: usize,
}

/// Writes the answers of a device. The file is there in full or not at all, and its last line says that it is.
///
/// # Errors
/// When the folder cannot be written, or the device's id is no name of a file.
pub fn store(folder: &Path, device: &str, answers: &[Answer], time: &str) -> std::io::Result<StoredAnswers> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if device.is_empty() || device.starts_with('.') || !device.chars().all(is_plain) {
        let cause = format!("`{device}` is no name of a file: use letters, digits, `-` and `_` for a device's id");
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, cause));
    }
    let devices = folder.join("devices");
    std::fs::create_dir_all(&devices)?;
    let path = devices.join(format!("{device}.jsonl"));
    let draft = devices.join(format!(".{device}.draft"));
    let mut file = std::fs::File::create(&draft)?;
    for answer in answers {
        let mut line = serde_json::to_value(answer)?;
        if let Some(fields) = line.as_object_mut() {
            fields.insert("time".to_owned(), time.into());
        }
        writeln!(file, "{line}")?;
    }
    writeln!(file, "{}", json!({ "time": time, "complete": true, "questions": answers.len() }))?;
    file.sync_all()?;
    std::fs::rename(&draft, &path)?;
    let refused = answers.iter().filter(|answer| answer.refusal.is_some()).count();
    Ok(StoredAnswers { path, answered: answers.len() - refused, refused })
}
