//! Where a collection is kept: `collection.json` and `<account>/<region>/<service>.jsonl`.

mod bucket;
mod folder;

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use serde_json::{Map, Value};

pub(crate) use bucket::Bucket;
pub(crate) use folder::Folder;

use crate::record::{Head, Key, Tail};

/// The file that describes the collection.
const DESCRIPTION: &str = "collection.json";

/// What the name of a file of answers ends with.
const LINES: &str = ".jsonl";

/// Why a collection can not be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another program writes to it.
    #[error("another collection into `{0}` is under way; wait for it or choose another folder")]
    Busy(String),
    /// A file or a folder can not be read or written.
    #[error("`{path}` can not be read or written: {cause}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        cause: String,
    },
    /// An object can not be read or written.
    #[error("the bucket can not be read or written: {0}")]
    Object(String),
}

/// A place where a collection is kept.
#[derive(Debug)]
pub(crate) enum Store {
    Folder(Folder),
    Bucket(Box<Bucket>),
}

impl Store {
    /// Keeps the lines of a call that has ended. They are safe when the account or the store is closed.
    pub(crate) async fn append(
        &self,
        account: &str,
        region: &str,
        service: &str,
        lines: Vec<u8>,
    ) -> Result<(), StoreError> {
        let place = format!("{account}/{region}/{service}");
        match self {
            Self::Folder(folder) => folder.append(place, lines).await,
            Self::Bucket(bucket) => bucket.append(place, lines).await,
        }
    }

    /// The calls of an account that earlier runs have ended.
    pub(crate) async fn finished(&self, account: &str) -> Result<Finished, StoreError> {
        match self {
            Self::Folder(folder) => folder.finished(account),
            Self::Bucket(bucket) => bucket.finished(account).await,
        }
    }

    /// Writes what is still held back of an account.
    pub(crate) async fn close_account(&self, account: &str) -> Result<(), StoreError> {
        match self {
            Self::Folder(_) => Ok(()),
            Self::Bucket(bucket) => bucket.flush(&format!("{account}/")).await,
        }
    }

    /// The description of the collection, when there is one.
    pub(crate) async fn description(&self) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Folder(folder) => folder.read(DESCRIPTION),
            Self::Bucket(bucket) => bucket.read(DESCRIPTION).await,
        }
    }

    /// Replaces the description of the collection.
    pub(crate) async fn describe(&self, description: Vec<u8>) -> Result<(), StoreError> {
        match self {
            Self::Folder(folder) => folder.replace(DESCRIPTION, &description),
            Self::Bucket(bucket) => bucket.replace(DESCRIPTION, description).await,
        }
    }

    /// Waits until everything is safe.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        match self {
            Self::Folder(folder) => folder.close(),
            Self::Bucket(_) => Ok(()),
        }
    }
}

/// The calls that earlier runs have ended, and where their pages are.
#[derive(Debug, Default)]
pub(crate) struct Finished {
    segments: Vec<Segment>,
    calls: HashMap<Key, Pages>,
}

#[derive(Debug)]
enum Segment {
    File(PathBuf),
    Object(Bytes),
}

#[derive(Debug, Default)]
struct Pages {
    segment: usize,
    lines: Vec<Range<usize>>,
    was_refused: bool,
}

impl Finished {
    /// Whether the call has ended; with `again`, only when it was not refused.
    pub(crate) fn contains(&self, key: &Key, again: bool) -> bool {
        self.calls.get(key).is_some_and(|pages| !(again && pages.was_refused))
    }

    /// Notes calls that have ended just now, by their lines.
    pub(crate) fn note(&mut self, lines: Vec<u8>, region: &str) {
        self.add_object(lines.into(), region);
    }

    /// The pages of a call that has ended.
    pub(crate) fn answers(&self, key: &Key) -> Result<Vec<Map<String, Value>>, StoreError> {
        let Some(pages) = self.calls.get(key) else {
            return Ok(Vec::new());
        };
        let line = |range: &Range<usize>| match self.segments.get(pages.segment) {
            Some(Segment::File(path)) => folder::read_range(path, range).map(Bytes::from),
            Some(Segment::Object(bytes)) => {
                Ok(bytes.get(range.clone()).map_or_else(Bytes::new, Bytes::copy_from_slice))
            }
            None => Ok(Bytes::new()),
        };
        let lines = pages.lines.iter().map(line).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(lines.iter().filter_map(|line| serde_json::from_slice::<Tail>(line).ok()?.answer).collect())
    }

    fn add_file(&mut self, path: PathBuf, region: &str) -> Result<(), StoreError> {
        let text = std::fs::read(&path).map_err(|cause| folder::failure(&path, &cause))?;
        self.index(&text, region);
        self.segments.push(Segment::File(path));
        Ok(())
    }

    fn add_object(&mut self, text: Bytes, region: &str) {
        self.index(&text, region);
        self.segments.push(Segment::Object(text));
    }

    /// Notes the groups of lines that have an end; a later group of the same call counts.
    fn index(&mut self, text: &[u8], region: &str) {
        let segment = self.segments.len();
        let mut open: HashMap<Key, Vec<Range<usize>>> = HashMap::new();
        let mut start = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let range = start..start + line.len();
            start = range.end;
            let Some(head) = line.ends_with(b"\n").then(|| serde_json::from_slice::<Head>(line).ok()).flatten() else {
                continue;
            };
            let key = Key::of_line(region, &head);
            let lines = open.entry(key.clone()).or_default();
            if head.page == 0 {
                lines.clear();
            }
            lines.push(range);
            if head.last {
                let lines = open.remove(&key).unwrap_or_default();
                let was_refused = head.refusal.is_some_and(|refusal| !refusal.kind.is_definite());
                self.calls.insert(key, Pages { segment, lines, was_refused });
            }
        }
    }
}
