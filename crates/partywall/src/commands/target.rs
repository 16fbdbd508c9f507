//! What a command reads: a path, or a collection in a bucket, which is brought here first.

use std::path::{Path, PathBuf};

use miette::IntoDiagnostic;
use partywall_collect::{Location, Options, download};

/// What a command reads.
pub(super) enum Target {
    /// A path of this machine.
    Here(PathBuf),
    /// A copy that goes when the command ends.
    Copy(tempfile::TempDir),
}

impl Target {
    /// Finds what was named: `s3://bucket/prefix` is copied, anything else is a path.
    ///
    /// # Errors
    /// When the bucket cannot be read.
    pub(super) fn find(named: &Path) -> miette::Result<Self> {
        let store = Location::from(named.to_string_lossy().as_ref());
        if let Location::Folder(_) = store {
            return Ok(Self::Here(named.to_owned()));
        }
        let copy = tempfile::tempdir().into_diagnostic()?;
        download(&Options { store, ..Options::default() }, copy.path()).into_diagnostic()?;
        Ok(Self::Copy(copy))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Here(path) => path,
            Self::Copy(folder) => folder.path(),
        }
    }
}
