//! Sites that we run ourselves: a folder with `site.toml`, files of evidence, and what devices answered.
//!
//! `site.toml` says what there is and what evidence is expected, so that evidence that is not there leaves its mark.

mod entry;
mod evidence;
mod facts;
mod manifest;
mod readings;
mod telemetry;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use partywall_model::{Cause, Decoded, Dialect, Gap, GapKind, TABLES, UnansweredCall, Unknown, Value};

use entry::{Entry, seconds, table_of, written};
use evidence::Evidence;
use facts::{EVIDENCE, EvidenceKind};
use manifest::Manifest;

/// The file that makes a folder a site.
pub(crate) const MANIFEST: &str = "site.toml";

/// Whether a file is evidence of a site, by its name and place.
pub(crate) fn is_evidence(path: &Path) -> bool {
    let text =
        |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
    let is_answer = text(path.extension()) == "jsonl"
        && path.parent().is_some_and(|folder| text(folder.file_name()) == telemetry::FOLDER);
    let has_ending = ["csv", "json"].contains(&text(path.extension()).as_str());
    is_answer || has_ending && EVIDENCE.evidence.iter().any(|kind| kind.stem == text(path.file_stem()))
}

/// Reads sites, by their `site.toml`, and says what evidence belongs to none.
pub(crate) fn decode(base: &Path, manifests: &[PathBuf], strays: &[PathBuf]) -> Decoded {
    let mut decoded = Decoded::default();
    for path in manifests {
        let mut gaps = Vec::new();
        match Manifest::read(base, path, &mut gaps) {
            Ok(manifest) => decoded.append(Site::read(path, manifest).decoded(gaps)),
            Err(gap) => {
                decoded.unanswered.extend(nothing_known(&gap.cause));
                decoded.gaps.push(gap);
            }
        }
    }
    if !strays.is_empty() {
        decoded.unanswered.extend(nothing_known("`site.toml`, which says what a site is made of, is missing"));
    }
    for path in strays {
        let file = manifest::relative(base, path);
        let cause = format!("`{file}` is evidence of a site, and no folder above it has a `site.toml`");
        let cure = "bring `site.toml` back, or write one as docs/sites.md shows";
        decoded.gaps.push(Gap::in_file(GapKind::MissingSource, file, 0, cause, cure));
    }
    decoded
}

/// No row of any kind can be seen.
fn nothing_known(cause: &str) -> Vec<UnansweredCall> {
    let kinds = TABLES.iter().flat_map(|table| table.sources).filter(|source| source.dialect == Dialect::Site);
    kinds.map(|source| unanswered(source.kind, "", cause)).collect()
}

fn unanswered(call: &str, site: &str, cause: &str) -> UnansweredCall {
    let unknown = Unknown { symbol: call.to_owned(), cause: Cause::Refused(cause.to_owned()), reference: None };
    UnansweredCall {
        call: call.into(),
        account_id: site.into(),
        region: "".into(),
        cause: Arc::new(unknown),
        asked: true,
    }
}

/// A site with its evidence.
struct Site {
    manifest: Manifest,
    evidence: Vec<(&'static EvidenceKind, Evidence)>,
    devices: Vec<telemetry::Answers>,
}

impl Site {
    fn read(path: &Path, manifest: Manifest) -> Self {
        let folder = path.parent().unwrap_or(path);
        let read = |kind: &'static EvidenceKind| {
            (kind, evidence::read(folder, &manifest.place, &kind.stem, kind.kind.as_str()))
        };
        let evidence = EVIDENCE.evidence.iter().map(read).collect();
        let devices = manifest.of("device").map(|device| telemetry::read(folder, &manifest.place, device)).collect();
        Self { manifest, evidence, devices }
    }

    fn decoded(mut self, mut gaps: Vec<Gap>) -> Decoded {
        let place = self.manifest.place.clone();
        let newest: Vec<Option<f64>> = self.evidence.iter().map(|(kind, of)| self.newest(kind, of)).collect();
        let latest = newest.iter().copied().chain(self.devices.iter().map(|device| device.newest)).flatten();
        let period = readings::period(&self.manifest, latest.max_by(f64::total_cmp));
        if let Some(end) = period.end {
            self.manifest.site.fields.insert("as_of_seconds".to_owned(), Value::Number(end));
            self.manifest.site.fields.insert("as_of".to_owned(), Value::text(written(end)));
        }
        let mut rows: Vec<(Arc<str>, Entry)> = Vec::new();
        let mut missing = Vec::new();
        for ((kind, mut of), newest) in std::mem::take(&mut self.evidence).into_iter().zip(newest) {
            if kind.kind == "reading" {
                let summed = readings::rows(&self.manifest, &mut of, period);
                rows.extend(summed.into_iter().map(|row| (self.manifest.file.clone(), row)));
            }
            let file = of.file.clone().unwrap_or_else(|| place.file(&format!("{}.csv", kind.stem)));
            rows.extend(std::mem::take(&mut of.entries).into_iter().map(|entry| (file.clone(), entry)));
            gaps.append(&mut of.gaps);
            if let Some(cause) = missing_cause(kind, &of, &file) {
                if of.file.is_none() {
                    let cure = "export it into the folder as docs/sites.md says";
                    gaps.push(Gap::in_file(GapKind::MissingSource, file, 0, cause.clone(), cure));
                }
                missing.push(unanswered(&format!("site:{}", kind.kind), &place.resource(), &cause));
            }
            rows.push((self.manifest.file.clone(), self.evidence_row(kind, &of, newest, period.end)));
        }
        for device in std::mem::take(&mut self.devices) {
            rows.push((self.manifest.file.clone(), device.evidence_row(self.declared(&device.id), period.end)));
            gaps.extend(device.gaps);
            rows.extend(device.rows);
            if let Some(cause) = device.cause {
                missing.push(unanswered("site:telemetry", &place.resource(), &cause));
            }
        }
        let declared = self.manifest.entries.into_iter().filter(|entry| !["evidence", "device"].contains(&entry.kind));
        let declared =
            std::iter::once(self.manifest.site).chain(declared).filter(|entry| table_of(entry.kind).is_some());
        let file = self.manifest.file;
        let all = declared.map(|entry| (file.clone(), entry)).chain(rows);
        Decoded {
            resources: all.map(|(file, entry)| entry.resource(&place, &file)).collect(),
            gaps,
            suppressions: Vec::new(),
            unanswered: missing,
        }
    }

    /// What `site.toml` says about a kind of evidence.
    fn declared(&self, id: &str) -> Option<&Entry> {
        self.manifest.of("evidence").find(|entry| entry.text("id") == id)
    }

    fn newest(&self, kind: &EvidenceKind, of: &Evidence) -> Option<f64> {
        of.file.as_ref()?;
        let told = self.declared(&kind.id).and_then(|entry| seconds(&entry.fields, "newest"));
        let times = of
            .entries
            .iter()
            .filter_map(|entry| ["time", "arrived"].iter().find_map(|name| seconds(&entry.fields, name)));
        told.or_else(|| times.max_by(f64::total_cmp)).or_else(|| readings::newest(of))
    }

    /// The row that says whether evidence is there, and how old it is.
    fn evidence_row(&self, kind: &EvidenceKind, of: &Evidence, newest: Option<f64>, end: Option<f64>) -> Entry {
        let hours = self.declared(&kind.id).and_then(|entry| entry.fields.get("interval_hours_max").cloned());
        let mut fields: BTreeMap<String, Value> = BTreeMap::from([
            ("id".to_owned(), Value::text(kind.id.as_str())),
            ("about".to_owned(), Value::text(kind.about.as_str())),
            ("file".to_owned(), of.file.clone().map_or_else(|| Value::text(""), Value::Text)),
            ("is_present".to_owned(), Value::Bool(of.file.is_some())),
            ("is_complete".to_owned(), Value::Bool(of.is_complete)),
            ("interval_hours_max".to_owned(), hours.unwrap_or(Value::Number(kind.interval_hours))),
        ]);
        age(&mut fields, newest, end);
        Entry { kind: "evidence", fields, line: self.declared(&kind.id).map_or(1, |entry| entry.line) }
    }
}

/// Why rows of this kind may be missing.
fn missing_cause(kind: &EvidenceKind, of: &Evidence, file: &str) -> Option<String> {
    match of.file {
        None => Some(format!("`{file}`, which shows {}, is missing", kind.about)),
        Some(_) if !of.is_complete => Some(format!("`{file}` is not understood in full")),
        Some(_) => None,
    }
}

/// The newest instant of evidence, and its age at the end of the period.
fn age(fields: &mut BTreeMap<String, Value>, newest: Option<f64>, end: Option<f64>) {
    let Some(newest) = newest else { return };
    fields.insert("newest".to_owned(), Value::text(written(newest)));
    fields.insert("newest_seconds".to_owned(), Value::Number(newest));
    if let Some(end) = end {
        fields.insert("age_hours".to_owned(), Value::Number(((end - newest) / 3600.0).max(0.0)));
    }
}
