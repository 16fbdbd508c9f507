//! Reads what third parties attest about providers: `attestations/*.toml`, and the documents beside.
//!
//! The files state what a report says of itself; the report need not be kept. Where it is, its digest has to be the one
//! that was written down. Nothing is taken from a document but its digest and its title.

mod document;
mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use partywall_model::{Attestation, AttestedDocument, Gap, GapKind};

/// The folder, below what is scanned.
pub const FOLDER: &str = "attestations";

/// The largest description that is read, in bytes.
const DESCRIPTION_BYTES_MAX: u64 = 1024 * 1024;

/// How many files the folder may hold.
const FILES_MAX: usize = 1_000;

/// What was read.
#[derive(Debug, Default)]
pub struct Attestations {
    /// What could be read, by file.
    pub attestations: Vec<Attestation>,
    /// Files that may be a report of any programme: they cannot be read.
    pub unreadable: Vec<String>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
}

/// Reads the attestations beside a file, or below a folder. There may be none.
pub fn read(target: &Path) -> Attestations {
    let folder = if target.is_file() { target.parent().unwrap_or(target) } else { target }.join(FOLDER);
    let mut read = Attestations::default();
    if !folder.exists() {
        return read;
    }
    let files = match files(&folder) {
        Ok(files) => files,
        Err(cause) => {
            read.lose(FOLDER, 0, cause);
            return read;
        }
    };
    let mut named: BTreeSet<String> = BTreeSet::new();
    for (name, path) in files.iter().filter(|(name, _)| name.ends_with(".toml")) {
        let file = format!("{FOLDER}/{name}");
        match description(path).and_then(|text| file::parse(&text)) {
            Ok(description) => {
                named.extend(description.documents().map(str::to_owned));
                let (document, title) = document::verify(&folder, &description);
                if let AttestedDocument::Doubtful(cause) = &document {
                    read.gaps.push(Gap::in_file(
                        GapKind::MissingSource,
                        file.as_str(),
                        0,
                        cause.as_str(),
                        "put the document beside its description, or write down the digest of the one that is there",
                    ));
                }
                read.attestations.push(description.attestation(&file, document, title));
            }
            Err((line, cause)) => read.lose(&file, line, cause),
        }
    }
    for (name, _) in files.iter().filter(|(name, _)| !name.ends_with(".toml") && !named.contains(name.as_str())) {
        read.gaps.push(Gap::in_file(
            GapKind::MissingSource,
            format!("{FOLDER}/{name}"),
            0,
            format!("`{name}` is described by no attestation"),
            "describe it in a .toml file beside; `partywall oscal import` does so for a system security plan",
        ));
    }
    read.say_of_duplicates();
    read
}

/// The SHA-256 digest of a document, in hexadecimal, as a description holds it.
///
/// # Errors
/// When the document cannot be read.
pub fn digest_of(path: &Path) -> std::io::Result<String> {
    document::digest(&mut std::fs::File::open(path)?)
}

impl Attestations {
    fn lose(&mut self, file: &str, line: u32, cause: String) {
        let cure = "docs/assurance.md says what a description of a report holds";
        self.gaps.push(Gap::in_file(GapKind::UnreadableFile, file, line, cause, cure));
        self.unreadable.push(file.to_owned());
    }

    /// Two descriptions of one report are a slip, of which nobody can say which one is right.
    fn say_of_duplicates(&mut self) {
        let mut first: BTreeMap<(&str, &str, &str), &str> = BTreeMap::new();
        for attestation in &self.attestations {
            let report = (attestation.programme.as_str(), attestation.provider.as_str(), attestation.report.as_str());
            if let Some(other) = first.insert(report, &attestation.file) {
                self.gaps.push(Gap::in_file(
                    GapKind::NotEvaluated,
                    attestation.file.clone(),
                    0,
                    format!("`{}` is described by `{other}` too", attestation.report),
                    "keep one of the two descriptions",
                ));
            }
        }
    }
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let unreadable = |error: std::io::Error| format!("`{FOLDER}` cannot be listed: {error}");
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if files.len() == FILES_MAX {
            return Err(format!("`{FOLDER}` holds more than {FILES_MAX} files"));
        }
        files.insert(name, entry.path());
    }
    Ok(files)
}

fn description(path: &Path) -> Result<String, (u32, String)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fail = |cause: String| (0, format!("`{name}` {cause}"));
    let metadata = std::fs::metadata(path).map_err(|error| fail(format!("cannot be read: {error}")))?;
    if !metadata.is_file() {
        return Err(fail("is no file".to_owned()));
    }
    if metadata.len() > DESCRIPTION_BYTES_MAX {
        return Err(fail(format!("has more than {DESCRIPTION_BYTES_MAX} bytes")));
    }
    std::fs::read_to_string(path).map_err(|error| fail(format!("cannot be read: {error}")))
}
