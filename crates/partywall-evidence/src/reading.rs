//! Files, read within bounds.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::EvidenceError;

/// Files of a folder that are looked at.
const FILES_MAX: usize = 20_000;

/// Folders within folders that are entered.
const DEPTH_MAX: usize = 8;

/// The whole of a regular file of at most `most` bytes.
///
/// # Errors
/// When it cannot be read, is larger, or is no regular file.
pub fn bounded(path: &Path, most: u64) -> Result<Vec<u8>, EvidenceError> {
    let (file, size) = regular(path)?;
    if size > most {
        return Err(EvidenceError::TooLarge { path: path.to_owned(), most });
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(EvidenceError::file(path, "cannot be read"))?;
    if bytes.len() as u64 > most {
        return Err(EvidenceError::TooLarge { path: path.to_owned(), most });
    }
    Ok(bytes)
}

/// A regular file, opened, with its size. A pipe would be waited for and a device never end.
pub(crate) fn regular(path: &Path) -> Result<(File, u64), EvidenceError> {
    let told = std::fs::metadata(path).map_err(EvidenceError::file(path, "cannot be read"))?;
    if !told.is_file() {
        let error = std::io::Error::other("it is no regular file");
        return Err(EvidenceError::file(path, "cannot be read")(error));
    }
    let file = File::open(path).map_err(EvidenceError::file(path, "cannot be read"))?;
    Ok((file, told.len()))
}

/// Every file below a folder, sorted, with what could not be entered. Links are not followed: what they point at is
/// not in the folder.
pub fn entries(folder: &Path) -> (Vec<PathBuf>, Vec<String>) {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    let mut pending = vec![(folder.to_owned(), 0)];
    while let Some((path, depth)) = pending.pop() {
        let found = match std::fs::read_dir(&path) {
            Ok(found) => found,
            Err(error) => {
                faults.push(format!("`{}` cannot be listed: {error}", path.display()));
                continue;
            }
        };
        for entry in found.take(FILES_MAX + 1) {
            let Ok(entry) = entry else {
                faults.push(format!("`{}` cannot be listed to its end", path.display()));
                continue;
            };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < DEPTH_MAX => pending.push((entry.path(), depth + 1)),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => faults.push(format!("`{}` is no file, or lies too deep", entry.path().display())),
            }
        }
        if files.len() + pending.len() > FILES_MAX {
            faults.push(format!("`{}` holds more than {FILES_MAX} files; the rest was not read", folder.display()));
            break;
        }
    }
    files.sort();
    faults.sort();
    (files, faults)
}
