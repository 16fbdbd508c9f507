//! Private keys on disk: nobody but their owner may read them.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::Key;
use crate::EvidenceError;
use crate::reading::bounded;

/// Bytes of a key file at most.
const KEY_MAX: u64 = 16 * 1024;

impl Key {
    /// Writes the key to a new file that only its owner may read.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub fn create(&self, path: &Path) -> Result<(), EvidenceError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(EvidenceError::file(path, "cannot be made"))?;
        let pem = self.to_pem()?;
        file.write_all(pem.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(EvidenceError::file(path, "cannot be written"))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// When others may read the file too, or it holds no key.
    pub fn open(path: &Path) -> Result<Self, EvidenceError> {
        let bytes = bounded(path, KEY_MAX)?;
        refuse_open(path)?;
        let pem = String::from_utf8(bytes).unwrap_or_default();
        Self::from_pem(&pem).map_err(|error| EvidenceError::Key(format!("`{}`: {error}", path.display())))
    }
}

#[cfg(unix)]
fn refuse_open(path: &Path) -> Result<(), EvidenceError> {
    use std::os::unix::fs::MetadataExt;
    let told = std::fs::metadata(path).map_err(EvidenceError::file(path, "cannot be read"))?;
    let mode = told.mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(EvidenceError::KeyIsOpen { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn refuse_open(_: &Path) -> Result<(), EvidenceError> {
    Ok(())
}
