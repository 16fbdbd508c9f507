//! Where logs lie, and in what order they are read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_detect::journal::Object;

/// How deep folders are entered.
const DEPTH_MAX: usize = 40;

/// An object of a log on disk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogFile {
    /// When it was written, as its name says, or the system: objects of several regions are read by time.
    written: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// What tells it from other objects and versions.
    pub(super) object: Object,
}

/// The objects in files and folders, oldest first.
pub(super) fn list(targets: &[PathBuf]) -> miette::Result<BTreeSet<LogFile>> {
    let mut files = BTreeSet::new();
    for target in targets {
        enter(target, 0, &mut files).wrap_err_with(|| format!("logs in `{}` cannot be listed", target.display()))?;
    }
    Ok(files)
}

fn enter(path: &Path, depth: usize, files: &mut BTreeSet<LogFile>) -> miette::Result<()> {
    let metadata = path.symlink_metadata().into_diagnostic()?;
    if depth > 0 && metadata.is_symlink() {
        return Ok(());
    }
    let metadata = path.metadata().into_diagnostic()?;
    if metadata.is_dir() {
        if depth > DEPTH_MAX {
            return Err(miette!("`{}` is more than {DEPTH_MAX} folders deep", path.display()));
        }
        for entry in std::fs::read_dir(path).into_diagnostic()? {
            enter(&entry.into_diagnostic()?.path(), depth + 1, files)?;
        }
        return Ok(());
    }
    let name = path.display().to_string();
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let written = name_time(&name).unwrap_or_else(|| {
        let time =
            i64::try_from(changed.as_secs()).ok().and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
        time.map(|time| time.format("%Y%m%dT%H%MZ").to_string()).unwrap_or_default()
    });
    let object = Object { name, version: format!("{}-{}", metadata.len(), changed.as_nanos()) };
    files.insert(LogFile { written, path: path.to_owned(), object });
    Ok(())
}

/// The time in a name such as `111122223333_CloudTrail_eu-central-1_20261122T1205Z_kJ3.json.gz`.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>
fn name_time(name: &str) -> Option<String> {
    let file = name.rsplit('/').next()?;
    let is_time = |part: &&str| {
        let shape = b"00000000T0000Z";
        part.len() == shape.len()
            && part
                .bytes()
                .zip(shape)
                .all(|(byte, shape)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == *shape })
    };
    file.split('_').find(is_time).map(str::to_owned)
}
