//! The ledger as a folder: `ledger.jsonl`, `head.json`, `trust.toml` and `objects/`, by digest.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::entry::{ENTRY_TYPE, Entry, HEAD_TYPE, Head};
use super::verify::{Account, Attachment, Sources, verify};
use crate::reading::{bounded, regular};
use crate::{Digest, Envelope, EvidenceError, Instant, Key, Trust};

/// Bytes of a ledger at most; some 300,000 entries.
const LEDGER_MAX: u64 = 256 * 1024 * 1024;

/// Bytes of a head or a list of the trusted at most.
const SMALL_MAX: u64 = 1024 * 1024;

/// Characters of a kind, subject or media type at most.
const WORDS_MAX: usize = 4096;

/// A ledger on disk.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// A document to be added.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is: scan, drill, certificate, review.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Its media type.
    pub media_type: String,
}

/// What became of an append.
#[derive(Debug)]
pub struct Appended {
    /// The entry.
    pub entry: Entry,
    /// The digest of its line: the new head.
    pub head: Digest,
    /// What had to be mended first.
    pub mended: Vec<String>,
}

impl Folder {
    /// The ledger in this folder, whether or not there is one yet.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where the list of the trusted is.
    pub fn trust_file(&self) -> PathBuf {
        self.path.join("trust.toml")
    }

    /// Where a document is.
    pub fn object(&self, digest: &Digest) -> PathBuf {
        self.path.join("objects").join(digest.as_str())
    }

    /// Whether there is a ledger.
    pub fn exists(&self) -> bool {
        self.ledger_file().exists()
    }

    /// Starts an empty ledger; one that is there stays as it is.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn start(&self, key: &Key, now: Instant) -> Result<(), EvidenceError> {
        std::fs::create_dir_all(self.path.join("objects"))
            .map_err(EvidenceError::file(&self.path, "cannot be made"))?;
        let _held = self.lock(true)?;
        let is_empty = std::fs::metadata(self.ledger_file()).map_or(true, |told| told.len() == 0);
        if self.head_file().exists() || !is_empty {
            return Ok(());
        }
        // In this order, so that a start that was cut short can be started again.
        replace(&self.ledger_file(), b"")?;
        self.write_head(&Head { count: 0, digest: None, at: now }, key)
    }

    /// Reads `trust.toml`, or another list.
    ///
    /// # Errors
    /// When it cannot be read or is not understood.
    pub fn trust(&self, other: Option<&Path>) -> Result<Trust, EvidenceError> {
        let path = other.map_or_else(|| self.trust_file(), Path::to_owned);
        Trust::parse(&String::from_utf8_lossy(&bounded(&path, SMALL_MAX)?))
    }

    /// Adds people to `trust.toml`, under the lock.
    ///
    /// # Errors
    /// When the list cannot be read or written, or has the key already.
    pub fn add_person(&self, person: crate::Person) -> Result<(), EvidenceError> {
        std::fs::create_dir_all(&self.path).map_err(EvidenceError::file(&self.path, "cannot be made"))?;
        let _held = self.lock(true)?;
        let mut trust = if self.trust_file().exists() { self.trust(None)? } else { Trust::default() };
        trust.add(person)?;
        replace(&self.trust_file(), trust.to_text()?.as_bytes())
    }

    /// Verifies all of it.
    ///
    /// # Errors
    /// When there is no ledger, or it cannot be read.
    pub fn verify(&self, trust: &Trust, noted: Option<&Digest>) -> Result<Account, EvidenceError> {
        let _held = self.lock(false)?;
        self.account(trust, noted, &|entry| self.look_at(entry))
    }

    /// Stores a document and adds an entry about it.
    ///
    /// # Errors
    /// When the ledger is damaged beyond an append that was cut short, the key is not trusted, the clock is behind the
    /// last entry, or something cannot be written.
    pub fn append(
        &self,
        file: &Path,
        document: &Document,
        key: &Key,
        trust: &Trust,
        now: Instant,
    ) -> Result<Appended, EvidenceError> {
        check_words(document)?;
        check_signer(key, trust, now)?;
        let _held = self.lock(true)?;
        let account = self.account(trust, None, &|_| Attachment::Whole)?;
        let mended = self.mend(&account)?;
        if let Some(last) = account.entries.last().filter(|last| last.entry.at > now) {
            return Err(EvidenceError::Ledger(format!(
                "the clock says {now}, and the last entry was signed at {}; set the clock",
                last.entry.at
            )));
        }
        let (digest, size) = self.store(file)?;
        let entry = Entry {
            number: account.entries.len() as u64 + 1,
            previous: account.head,
            at: now,
            kind: document.kind.clone(),
            subject: document.subject.clone(),
            media_type: document.media_type.clone(),
            digest,
            size,
        };
        let head = self.write_entry(&entry, key, account.whole_bytes)?;
        self.write_head(&Head { count: entry.number, digest: Some(head.clone()), at: now }, key)?;
        Ok(Appended { entry, head, mended })
    }

    /// Writes a file as a whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), EvidenceError> {
        replace(path, bytes)
    }

    fn account(
        &self,
        trust: &Trust,
        noted: Option<&Digest>,
        attachment: &dyn Fn(&Entry) -> Attachment,
    ) -> Result<Account, EvidenceError> {
        let ledger = bounded(&self.ledger_file(), LEDGER_MAX)?;
        let head = if self.head_file().exists() { Some(bounded(&self.head_file(), SMALL_MAX)?) } else { None };
        Ok(verify(&Sources { ledger: &ledger, head: head.as_deref(), trust, attachment, noted }))
    }

    /// Sets a torn line aside. Its bytes are kept: nothing vanishes.
    fn mend(&self, account: &Account) -> Result<Vec<String>, EvidenceError> {
        if account.faults.is_empty() {
            return Ok(Vec::new());
        }
        if !account.is_cut_short {
            let what = account.faults.first().map(|fault| fault.what.as_str()).unwrap_or_default();
            return Err(EvidenceError::Ledger(format!(
                "nothing is added to a damaged ledger: {what}; `partywall evidence verify` tells all"
            )));
        }
        let ledger = bounded(&self.ledger_file(), LEDGER_MAX)?;
        if let Some(torn) = ledger.get(account.whole_bytes..).filter(|torn| !torn.is_empty()) {
            let aside = self.path.join(format!("torn-{}", Digest::of(torn)));
            replace(&aside, torn)?;
        }
        Ok(account.faults.iter().map(|fault| fault.what.clone()).collect())
    }

    fn write_entry(&self, entry: &Entry, key: &Key, at: usize) -> Result<Digest, EvidenceError> {
        let mut line = Envelope::seal(ENTRY_TYPE, entry, key)?.to_bytes()?;
        let digest = Digest::of(&line);
        line.push(b'\n');
        let path = self.ledger_file();
        let write = || {
            let mut file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(at as u64)?;
            file.seek(SeekFrom::End(0))?;
            file.write_all(&line)?;
            file.sync_all()
        };
        write().map_err(EvidenceError::file(&path, "cannot be written"))?;
        Ok(digest)
    }

    fn write_head(&self, head: &Head, key: &Key) -> Result<(), EvidenceError> {
        replace(&self.head_file(), &Envelope::seal(HEAD_TYPE, head, key)?.to_bytes()?)
    }

    /// Copies a document among the objects. It is read once, so that what is stored is what was measured.
    fn store(&self, file: &Path) -> Result<(Digest, u64), EvidenceError> {
        let (mut source, _) = regular(file)?;
        let waiting = self.path.join("objects").join("incoming");
        let write = |error| EvidenceError::file(&waiting, "cannot be written")(error);
        let mut copy = File::create(&waiting).map_err(write)?;
        std::io::copy(&mut source, &mut copy).and_then(|_| copy.sync_all()).map_err(write)?;
        let (mut copy, _) = regular(&waiting)?;
        let (digest, size) = Digest::read(&mut copy).map_err(write)?;
        let place = self.object(&digest);
        std::fs::rename(&waiting, &place).map_err(EvidenceError::file(&place, "cannot be written"))?;
        Ok((digest, size))
    }

    fn look_at(&self, entry: &Entry) -> Attachment {
        let path = self.object(&entry.digest);
        let found = regular(&path)
            .and_then(|(mut file, _)| Digest::read(&mut file).map_err(EvidenceError::file(&path, "cannot be read")));
        match found {
            Ok((digest, size)) if digest == entry.digest && size == entry.size => Attachment::Whole,
            Ok(_) => Attachment::Changed,
            Err(error) => Attachment::Gone(error.to_string()),
        }
    }

    /// One writer at a time, and no reader meanwhile; the lock goes with the file.
    fn lock(&self, to_write: bool) -> Result<Option<File>, EvidenceError> {
        let path = self.path.join("lock");
        let refused = |error| EvidenceError::file(&path, "cannot be locked")(error);
        if to_write {
            let file = OpenOptions::new().create(true).append(true).open(&path).map_err(refused)?;
            file.lock().map_err(refused)?;
            return Ok(Some(file));
        }
        // A copy on a disk that cannot be written has no writers.
        let Ok(file) = File::open(&path) else { return Ok(None) };
        file.lock_shared().map_err(refused)?;
        Ok(Some(file))
    }

    fn ledger_file(&self) -> PathBuf {
        self.path.join("ledger.jsonl")
    }

    fn head_file(&self) -> PathBuf {
        self.path.join("head.json")
    }
}

fn check_words(document: &Document) -> Result<(), EvidenceError> {
    let words = [&document.kind, &document.subject, &document.media_type];
    if words.iter().any(|word| word.chars().count() > WORDS_MAX) {
        return Err(EvidenceError::Ledger(format!("a kind, subject or media type has at most {WORDS_MAX} characters")));
    }
    if document.kind.is_empty() {
        return Err(EvidenceError::Ledger("say what the document is, as in `--kind scan`".to_owned()));
    }
    Ok(())
}

fn check_signer(key: &Key, trust: &Trust, now: Instant) -> Result<(), EvidenceError> {
    let Some(person) = trust.owner(&key.public().id()) else {
        return Err(EvidenceError::Signature(
            "the key is on no line of the list of the trusted; `partywall evidence init` adds one".to_owned(),
        ));
    };
    person.objection(now).map_or(Ok(()), |objection| Err(EvidenceError::Signature(objection)))
}

/// Writes a file as a whole or not at all.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), EvidenceError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let waiting = path.with_file_name(name);
    let write = || {
        let mut file = File::create(&waiting)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&waiting, path)
    };
    write().map_err(EvidenceError::file(path, "cannot be written"))
}
