//! A pack as a folder: `pack.json`, `pack.html` and `signatures/`.

use std::path::{Path, PathBuf};

use partywall_model::ReviewPack;

use super::policy::Policy;
use super::statement::{REVIEW_TYPE, Statement};
use super::status::objection;
use crate::ledger::Folder;
use crate::reading::{bounded, entries};
use crate::{Digest, Envelope, EvidenceError, Instant, Key, Trust, canonical, is_canonical};

/// A pack on disk.
#[derive(Debug, Clone)]
pub struct PackFolder {
    path: PathBuf,
}

/// The files of a pack, as they are.
#[derive(Debug)]
pub struct Beside {
    /// The pack.
    pub pack: Vec<u8>,
    /// The page; None when it is gone.
    pub page: Option<Vec<u8>>,
    /// Files with signatures: name and bytes.
    pub signatures: Vec<(String, Vec<u8>)>,
}

/// Bytes of a pack or page at most.
const PACK_MAX: u64 = 512 * 1024 * 1024;

/// Bytes of a signature at most.
const SIGNATURE_MAX: u64 = 64 * 1024;

impl PackFolder {
    /// The pack in this folder, whether or not there is one yet.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Writes a pack with its page, `page` being asked to draw it with its digest. A pack that is there is not
    /// overwritten: people may have signed it.
    ///
    /// # Errors
    /// When there is a pack, or something cannot be written.
    pub fn write(&self, pack: &ReviewPack, page: &dyn Fn(&Digest) -> String) -> Result<Digest, EvidenceError> {
        if self.pack_file().exists() {
            let path = self.path.display();
            return Err(EvidenceError::Review(format!("there is a pack in `{path}`; name another folder with --out")));
        }
        std::fs::create_dir_all(&self.path).map_err(EvidenceError::file(&self.path, "cannot be made"))?;
        let bytes = canonical(pack)?;
        let digest = Digest::of(&bytes);
        Folder::replace(&self.page_file(), page(&digest).as_bytes())?;
        Folder::replace(&self.pack_file(), &bytes)?;
        Ok(digest)
    }

    /// Reads everything, whatever it is worth.
    ///
    /// # Errors
    /// When there is no pack, or a file cannot be read.
    pub fn read(&self) -> Result<Beside, EvidenceError> {
        let pack = bounded(&self.pack_file(), PACK_MAX)?;
        let page = if self.page_file().exists() { Some(bounded(&self.page_file(), PACK_MAX)?) } else { None };
        let mut signatures = Vec::new();
        let folder = self.path.join("signatures");
        if folder.exists() {
            let (files, faults) = entries(&folder);
            // What cannot be looked at may be a signature that invalidates the pack: it stands as one that is damaged.
            signatures.extend(faults.into_iter().map(|fault| (fault, Vec::new())));
            for file in files {
                let name = file.strip_prefix(&self.path).unwrap_or(&file).display().to_string();
                signatures.push((name, bounded(&file, SIGNATURE_MAX)?));
            }
        }
        Ok(Beside { pack, page, signatures })
    }

    /// Reads the pack alone.
    ///
    /// # Errors
    /// When it cannot be read, or was changed.
    pub fn pack(&self) -> Result<ReviewPack, EvidenceError> {
        let bytes = bounded(&self.pack_file(), PACK_MAX)?;
        if !is_canonical(&bytes) {
            let path = self.pack_file();
            return Err(EvidenceError::Review(format!("`{}` was changed after it was written", path.display())));
        }
        serde_json::from_slice(&bytes).map_err(|error| EvidenceError::Json(error.to_string()))
    }

    /// Signs the pack; answers where the signature is.
    ///
    /// # Errors
    /// When whoever holds the key may not sign it as this, or has signed it, or the page is not that of the pack.
    pub fn sign(
        &self,
        who: (&str, &str),
        key: &Key,
        rules: (&Policy, &Trust),
        page: &dyn Fn(&ReviewPack, &Digest) -> String,
        now: Instant,
    ) -> Result<PathBuf, EvidenceError> {
        let refuse = |why: String| Err(EvidenceError::Review(why));
        let ((name, role), (policy, trust)) = (who, rules);
        let (pack, beside) = (self.pack()?, self.read()?);
        let digest = Digest::of(&beside.pack);
        let drawn = page(&pack, &digest);
        if beside.page.as_deref() != Some(drawn.as_bytes()) {
            return refuse(
                "the page is gone, or is not the one of this pack; nobody signs what they have not read".into(),
            );
        }
        let Some(person) = trust.owner(&key.public().id()) else {
            return refuse("the key is on no line of the list of the trusted".into());
        };
        if person.name != name || person.role != role {
            return refuse(format!("the key is that of `{}`, {}", person.name, person.role));
        }
        if let Some(why) = objection(policy, &pack, person, now, now) {
            return refuse(why);
        }
        let file = self.path.join("signatures").join(format!("{}.json", person.key.id()));
        if file.exists() {
            return refuse(format!("`{name}` has signed: `{}`", file.display()));
        }
        let folder = self.path.join("signatures");
        std::fs::create_dir_all(&folder).map_err(EvidenceError::file(&folder, "cannot be made"))?;
        let (name, role) = (name.to_owned(), role.to_owned());
        let statement = Statement { pack: digest, page: Digest::of(drawn.as_bytes()), name, role, at: now };
        Folder::replace(&file, &Envelope::seal(REVIEW_TYPE, &statement, key)?.to_bytes()?)?;
        Ok(file)
    }

    /// Where the pack is.
    pub fn pack_file(&self) -> PathBuf {
        self.path.join("pack.json")
    }

    /// Where the page is.
    pub fn page_file(&self) -> PathBuf {
        self.path.join("pack.html")
    }
}
