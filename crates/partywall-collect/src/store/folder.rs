//! A collection in a folder that only its owner can read.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;

use tokio::sync::mpsc;

use super::{Finished, LINES, StoreError};

/// Calls whose lines may wait to be written.
const WAITING_MAX: usize = 256;

/// A file that the program holds while it writes to the folder.
const LOCK: &str = ".lock";

/// A folder, with a thread that writes what was collected.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    writer: Mutex<Option<Writer>>,
    sender: Mutex<Option<mpsc::Sender<Append>>>,
    failed: Arc<OnceLock<(String, String)>>,
    _lock: File,
}

type Writer = JoinHandle<()>;

struct Append {
    place: String,
    lines: Vec<u8>,
}

impl Folder {
    /// Opens the folder, and makes it when there is none.
    pub(crate) fn open(root: &Path) -> Result<Self, StoreError> {
        make_folder(root).map_err(|cause| failure(root, &cause))?;
        let lock_path = root.join(LOCK);
        let lock = options().create(true).write(true).open(&lock_path).map_err(|cause| failure(&lock_path, &cause))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(StoreError::Busy(root.display().to_string())),
            Err(std::fs::TryLockError::Error(cause)) => return Err(failure(&lock_path, &cause)),
        }
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let failed = Arc::new(OnceLock::new());
        let writer = {
            let (root, failed) = (root.to_owned(), failed.clone());
            std::thread::Builder::new()
                .name("collection".to_owned())
                .spawn(move || write_all(&root, receiver, &failed))
                .map_err(|cause| failure(&lock_path, &cause))?
        };
        Ok(Self {
            root: root.to_owned(),
            writer: Mutex::new(Some(writer)),
            sender: Mutex::new(Some(sender)),
            failed,
            _lock: lock,
        })
    }

    pub(super) async fn append(&self, place: String, lines: Vec<u8>) -> Result<(), StoreError> {
        let sender = self.sender.lock().ok().and_then(|sender| sender.clone());
        let sent = match sender {
            Some(sender) => sender.send(Append { place, lines }).await.is_ok(),
            None => false,
        };
        match self.failure() {
            Some(error) => Err(error),
            None if sent => Ok(()),
            None => Err(failure(&self.root, &std::io::Error::other("the collection is closed"))),
        }
    }

    pub(super) fn finished(&self, account: &str) -> Result<Finished, StoreError> {
        let mut finished = Finished::default();
        let account = self.root.join(account);
        for region in entries(&account)? {
            for file in entries(&region)? {
                if file.to_string_lossy().ends_with(LINES) {
                    let name = region.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    finished.add_file(file, &name)?;
                }
            }
        }
        Ok(finished)
    }

    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.root.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(failure(&path, &cause)),
        }
    }

    /// Replaces a file at once, so that no reader ever sees half of it.
    pub(super) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let (path, draft) = (self.root.join(name), self.root.join(format!(".{name}")));
        let written = options().create(true).truncate(true).write(true).open(&draft).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&draft, &path)?;
            sync_folder(&self.root)
        });
        written.map_err(|cause| failure(&path, &cause))
    }

    pub(super) fn close(&self) -> Result<(), StoreError> {
        drop(self.sender.lock().ok().and_then(|mut sender| sender.take()));
        let writer = self.writer.lock().ok().and_then(|mut writer| writer.take());
        let died = writer.is_some_and(|writer| writer.join().is_err());
        match self.failure() {
            Some(error) => Err(error),
            None if died => Err(failure(&self.root, &std::io::Error::other("the writing thread ended"))),
            None => Ok(()),
        }
    }

    fn failure(&self) -> Option<StoreError> {
        let (path, cause) = self.failed.get()?.clone();
        Some(StoreError::File { path, cause })
    }
}

/// Writes until the sender is gone. What waits for the same file is written and made safe together: making safe is
/// the slow part.
fn write_all(root: &Path, mut receiver: mpsc::Receiver<Append>, failed: &OnceLock<(String, String)>) {
    while let Some(first) = receiver.blocking_recv() {
        let mut waiting: BTreeMap<String, Vec<u8>> = BTreeMap::from([(first.place, first.lines)]);
        while let Ok(next) = receiver.try_recv() {
            waiting.entry(next.place).or_default().extend(next.lines);
        }
        for (place, lines) in waiting {
            let path = root.join(format!("{place}{LINES}"));
            if let Err(cause) = append(&path, &lines) {
                drop(failed.set((path.display().to_string(), cause.to_string())));
                return;
            }
        }
    }
}

fn append(path: &Path, lines: &[u8]) -> std::io::Result<()> {
    let is_new = !path.exists();
    if let Some(folder) = path.parent().filter(|_| is_new) {
        make_folder(folder)?;
    }
    let mut file = options().create(true).read(true).write(true).open(path)?;
    let end = end_of_lines(&mut file)?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    file.write_all(lines)?;
    file.sync_data()?;
    match path.parent().filter(|_| is_new) {
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}

/// Where the last whole line ends. A line that was torn when the program was killed is written over.
fn end_of_lines(file: &mut File) -> std::io::Result<u64> {
    const PIECE: u64 = 64 << 10;
    let mut end = file.seek(SeekFrom::End(0))?;
    while end > 0 {
        let start = end.saturating_sub(PIECE);
        file.seek(SeekFrom::Start(start))?;
        let mut piece = Vec::new();
        Read::by_ref(file).take(end - start).read_to_end(&mut piece)?;
        if let Some(newline) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + newline as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Files that only their owner can read.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// What is in a folder, sorted; nothing when there is no folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let read = std::fs::read_dir(folder).map_err(|cause| failure(folder, &cause))?;
    let mut paths = read
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(|cause| failure(folder, &cause))?;
    paths.sort();
    Ok(paths)
}

/// Some bytes of a file.
pub(super) fn read_range(path: &Path, range: &Range<usize>) -> Result<Vec<u8>, StoreError> {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(range.start as u64))?;
        let mut bytes = Vec::with_capacity(range.len());
        file.take(range.len() as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|cause| failure(path, &cause))
}

pub(super) fn failure(path: &Path, cause: &std::io::Error) -> StoreError {
    StoreError::File { path: path.display().to_string(), cause: cause.to_string() }
}
