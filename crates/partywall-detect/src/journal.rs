//! What was read before: objects that are done, and the events in them that rules matched.
//!
//! One line for each object, appended when it is done. After a crash the last line may be torn: its object is read
//! again. Replaying the lines in their order gives the same alerts with the same ids, so that whoever keeps alerts by id
//! has each exactly once, however often the program falls over.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::event::{Event, Source};

/// Bytes of one line; a longer one is no journal's.
const LINE_BYTES_MAX: u64 = 1 << 30;

/// The journal of one watch.
pub struct Journal {
    file: File,
    done: BTreeSet<Object>,
}

/// One object of a log, in one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Object {
    /// Its path or key.
    pub name: String,
    /// What changes when its contents do: size and time of change, or its entity tag.
    pub version: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    object: Object,
    matched: Vec<Matched>,
}

#[derive(Serialize, Deserialize)]
struct Matched {
    source: String,
    time_ms: i64,
    id: String,
    body: Value,
}

/// Why there is no journal.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The file cannot be opened, read or written.
    #[error("the journal `{path}` cannot be used: {error}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Another process writes it.
    #[error("the journal `{path}` is in use by another process")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A line in the middle is no line of a journal.
    #[error("line {line} of the journal `{path}` is damaged: {message}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

impl Journal {
    /// Opens or begins a journal, and hands over the events of its lines in their order.
    ///
    /// # Errors
    /// When the file cannot be used, another process uses it, or a line other than the last is damaged.
    pub fn open(path: &Path, mut replay: impl FnMut(Event)) -> Result<Self, JournalError> {
        let unusable = |error| JournalError::Unusable { path: path.to_owned(), error };
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(false).open(path).map_err(unusable)?;
        file.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => JournalError::InUse { path: path.to_owned() },
            std::fs::TryLockError::Error(error) => unusable(error),
        })?;
        let mut done = BTreeSet::new();
        let (mut whole, mut number) = (0, 0);
        let mut reader = BufReader::new(&file);
        loop {
            let mut text = String::new();
            let read = reader.by_ref().take(LINE_BYTES_MAX).read_line(&mut text);
            number += 1;
            let length = match read {
                Ok(0) => break,
                Ok(length) => length,
                // A torn line may end inside of a letter.
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => break,
                Err(error) => return Err(unusable(error)),
            };
            if !text.ends_with('\n') {
                break;
            }
            let line: Line = serde_json::from_str(&text).map_err(|error| JournalError::Damaged {
                path: path.to_owned(),
                line: number,
                message: error.to_string(),
            })?;
            for matched in line.matched {
                if let Some(source) = Source::ALL.into_iter().find(|source| source.service() == matched.source) {
                    let Matched { time_ms, id, body, .. } = matched;
                    replay(Event { source, time_ms, id: id.into(), body });
                }
            }
            done.insert(line.object);
            whole += length as u64;
        }
        drop(reader);
        file.set_len(whole).map_err(unusable)?;
        file.seek(SeekFrom::Start(whole)).map_err(unusable)?;
        Ok(Self { file, done })
    }

    /// Whether an object was read before, in this version.
    pub fn has(&self, object: &Object) -> bool {
        self.done.contains(object)
    }

    /// Writes that an object is done.
    ///
    /// # Errors
    /// When the line cannot be written; the object then counts as not read.
    pub fn append(&mut self, object: Object, matched: &[Event]) -> std::io::Result<()> {
        let matched = matched.iter().map(|event| Matched {
            source: event.source.service().to_owned(),
            time_ms: event.time_ms,
            id: event.id.to_string(),
            body: event.body.clone(),
        });
        let line = Line { object, matched: matched.collect() };
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        self.file.write_all(text.as_bytes())?;
        self.file.sync_data()?;
        self.done.insert(line.object);
        Ok(())
    }
}
