//! A folder with registers, logs and certificates, and its seal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::device::Account;
use super::judge::{Question, judge};
use super::read::read;
use super::record::Records;
use super::seal::Seal;
use crate::ledger::Folder;
use crate::reading::{bounded, entries};
use crate::{Day, Digest, EvidenceError, Instant, Key, Trust};

/// A folder with evidence about storage devices.
#[derive(Debug, Clone)]
pub struct MediaFolder {
    path: PathBuf,
}

/// Bytes by path below the folder, and what cannot be read, with the cause.
type Files = (BTreeMap<String, Vec<u8>>, Vec<(String, String)>);

/// Bytes of a file at most.
const FILE_MAX: u64 = 64 * 1024 * 1024;

/// Name of the seal.
const SEAL: &str = "seal.json";

impl MediaFolder {
    /// The evidence in this folder.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Seals the folder as it is now; answers how many files it holds.
    ///
    /// # Errors
    /// When a file cannot be read, or the seal cannot be written.
    pub fn seal(&self, key: &Key, now: Instant) -> Result<usize, EvidenceError> {
        let (files, faults) = self.files();
        if let Some((file, why)) = faults.into_iter().next() {
            return Err(EvidenceError::Media(format!("`{file}` cannot be sealed: {why}")));
        }
        let files: BTreeMap<String, Digest> =
            files.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes))).collect();
        let count = files.len();
        Folder::replace(&self.path.join(SEAL), &Seal { at: now, files }.sign(key)?)?;
        Ok(count)
    }

    /// Reads and judges everything. The digests of what was read come along, for certificates.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn judge(
        &self,
        trust: &Trust,
        family: &str,
        today: Day,
    ) -> Result<(Account, BTreeMap<String, Digest>), EvidenceError> {
        std::fs::read_dir(&self.path).map_err(EvidenceError::file(&self.path, "cannot be listed"))?;
        let (files, faults) = self.files();
        let mut records = Records { faults, ..Records::default() };
        let mut digests = BTreeMap::new();
        for (name, bytes) in &files {
            digests.insert(name.clone(), Digest::of(bytes));
            read(name, bytes, &mut records);
        }
        let seal = bounded(&self.path.join(SEAL), FILE_MAX).ok();
        let seal = Seal::faults(seal.as_deref(), &digests, trust);
        Ok((judge(Question { records: &records, seal, family, today }), digests))
    }

    /// Every file but the seal, by its path below the folder, and what cannot be read.
    fn files(&self) -> Files {
        let (paths, faults) = entries(&self.path);
        let mut faults: Vec<(String, String)> = faults.into_iter().map(|fault| (String::new(), fault)).collect();
        let mut files = BTreeMap::new();
        for path in paths {
            let name = path.strip_prefix(&self.path).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if name == SEAL {
                continue;
            }
            match bounded(&path, FILE_MAX) {
                Ok(bytes) => {
                    files.insert(name, bytes);
                }
                Err(error) => faults.push((name, error.to_string())),
            }
        }
        (files, faults)
    }
}
