//! Whether a trail is whole: digests that CloudTrail signs every hour, each of which names the log files of that hour
//! and the digest before it.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html>
//!
//! Beside what AWS's own command validates, three things are looked for that it stays silent about: the newest digests
//! are missing, which nothing refers to; a log file that no digest names; and a digest that stands elsewhere than where
//! it was signed for.

mod digest;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use flate2::read::MultiGzDecoder;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use digest::PublicKey;
use digest::{Digest, bytes_of_hex, hex, object_time};

/// Bytes of a digest or log file, unpacked.
const FILE_BYTES_MAX: u64 = 512 << 20;

/// How often CloudTrail writes a digest, whether anything happened or not.
const CADENCE_MS: i64 = 60 * 60 * 1000;

/// How late a digest may be. A log file is delivered within some minutes, a digest within the hour that follows its own.
const DELAY_MS: i64 = 2 * CADENCE_MS;

/// A trail's objects, as a bucket or a folder holds them.
pub trait Objects {
    /// The keys of all objects.
    fn keys(&self) -> Vec<String>;

    /// An object's bytes, as they are stored.
    ///
    /// # Errors
    /// With the cause, when it cannot be read.
    fn bytes(&self, key: &str) -> Result<Vec<u8>, String>;

    /// The signature in a digest's metadata (`x-amz-meta-signature`), in hexadecimal; None where metadata is not kept.
    fn signature(&self, key: &str) -> Option<String>;
}

/// Something about a trail that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The object.
    pub key: String,
    /// What was found, and what should have been.
    pub message: String,
}

/// What can be wrong with a trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A digest's signature is not by CloudTrail over this digest.
    BadSignature,
    /// A digest that another one refers to is not there.
    MissingDigest,
    /// A digest is not the one that the digest behind it was made after.
    ChangedDigest,
    /// A digest stands elsewhere than where it was signed for.
    MovedDigest,
    /// Between two digests there is time that neither covers.
    Gap,
    /// The digests end before they should.
    MissingNewest,
    /// A log file that a digest names is not there.
    MissingLog,
    /// A log file's contents are not what the digest says.
    ChangedLog,
    /// No digest names a log file, though digests cover its time.
    UnlistedLog,
    /// It is not known, because something that decides it is missing.
    Unknown,
}

/// What is known of a trail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Digests that were read.
    pub digests: u64,
    /// Digests whose signatures hold.
    pub signed: u64,
    /// Log files whose contents are as signed.
    pub logs: u64,
    /// Chains of digests: one for each account, region and trail, and one for backfilled digests beside it.
    pub chains: u64,
    /// What is wrong, or not known.
    pub faults: Vec<Fault>,
}

impl Report {
    /// Whether everything was seen, and is right.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty() && self.digests > 0
    }
}

/// Validates a trail. `until_ms` is the time up to which there should be digests, in milliseconds since 1970 UTC.
pub fn validate(objects: &dyn Objects, keys: &[PublicKey], until_ms: i64) -> Report {
    let all: BTreeSet<String> = objects.keys().into_iter().collect();
    let mut validation = Validation { objects, keys, report: Report::default(), listed: BTreeSet::new() };
    let mut chains: BTreeMap<String, Vec<Digest>> = BTreeMap::new();
    for key in all.iter().filter(|key| digest::is_digest(key)) {
        validation.report.digests += 1;
        match validation.digest(key) {
            Ok(digest) => chains.entry(digest::chain_of(key)).or_default().push(digest),
            Err(cause) => validation.fault(FaultKind::Unknown, key, format!("the digest cannot be read: {cause}")),
        }
    }
    if validation.report.digests == 0 {
        validation.fault(
            FaultKind::Unknown,
            "",
            "there are no digests: validation is off, or they are not here".into(),
        );
    }
    validation.report.chains = chains.len() as u64;
    let mut covered: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for (name, mut chain) in chains {
        chain.sort_by(|one, other| (one.end_ms, &one.key).cmp(&(other.end_ms, &other.key)));
        validation.chain(&chain);
        let is_backfill = name.ends_with(digest::BACKFILL);
        if let (Some(first), Some(last), false) = (chain.first(), chain.last(), is_backfill) {
            validation.newest(last, until_ms);
            covered.insert(digest::logs_of(&first.key), (first.start_ms, last.end_ms));
        }
    }
    for key in all.iter().filter(|key| !digest::is_digest(key)) {
        validation.unlisted(key, &covered);
    }
    validation.report.faults.sort();
    validation.report
}

struct Validation<'v> {
    objects: &'v dyn Objects,
    keys: &'v [PublicKey],
    report: Report,
    listed: BTreeSet<String>,
}

impl Validation<'_> {
    fn fault(&mut self, kind: FaultKind, key: &str, message: String) {
        self.report.faults.push(Fault { kind, key: key.to_owned(), message });
    }

    fn digest(&self, key: &str) -> Result<Digest, String> {
        Digest::parse(key, &unpacked(&self.objects.bytes(key)?)?)
    }

    /// Follows one chain, oldest first.
    fn chain(&mut self, chain: &[Digest]) {
        for (place, digest) in chain.iter().enumerate() {
            let next = chain.get(place + 1);
            self.place(digest);
            // The digest behind it repeats the signature; only the newest one's stands in metadata alone.
            let repeated = next.filter(|next| next.previous_key.as_deref() == Some(&*digest.object));
            let repeated = repeated.and_then(|next| next.previous_signature.clone());
            self.signature(digest, repeated);
            let before = place.checked_sub(1).and_then(|place| chain.get(place));
            self.link(digest, before);
            self.logs(digest);
        }
    }

    fn place(&mut self, digest: &Digest) {
        if !(digest.key == digest.object || digest.key.ends_with(&format!("/{}", digest.object))) {
            let message = format!("it was signed for `{}`", digest.object);
            self.fault(FaultKind::MovedDigest, &digest.key, message);
        }
    }

    fn signature(&mut self, digest: &Digest, repeated: Option<String>) {
        let own = self.objects.signature(&digest.key);
        if let (Some(own), Some(repeated)) = (&own, &repeated)
            && !own.eq_ignore_ascii_case(repeated)
        {
            let message = "its metadata has another signature than the digest behind it says".to_owned();
            self.fault(FaultKind::BadSignature, &digest.key, message);
        }
        let Some(signature) = own.or(repeated) else {
            let message = "its signature stands in the object's metadata, which is not here".to_owned();
            return self.fault(FaultKind::Unknown, &digest.key, message);
        };
        let Some(key) = self.keys.iter().find(|key| key.fingerprint.eq_ignore_ascii_case(&digest.fingerprint)) else {
            let message = format!(
                "the public key `{}` is not here; `aws cloudtrail list-public-keys` for that time has it",
                digest.fingerprint
            );
            return self.fault(FaultKind::Unknown, &digest.key, message);
        };
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key.der);
        let holds =
            bytes_of_hex(&signature).is_some_and(|bytes| public.verify(digest.signed().as_bytes(), &bytes).is_ok());
        if holds {
            self.report.signed += 1;
        } else {
            self.fault(FaultKind::BadSignature, &digest.key, "the signature does not hold".to_owned());
        }
    }

    /// Compares a digest with the one before it.
    fn link(&mut self, digest: &Digest, before: Option<&Digest>) {
        match (&digest.previous_key, before) {
            (None, None) => {}
            (None, Some(before)) => {
                let message = format!("it begins a new chain, though `{}` is before it", before.key);
                self.fault(FaultKind::Gap, &digest.key, message);
            }
            (Some(previous), Some(before)) if *previous == before.object => {
                if digest.previous_hash.as_deref() != Some(&*before.hash) {
                    let message = format!("`{}` was made after another version of it", digest.key);
                    self.fault(FaultKind::ChangedDigest, &before.key, message);
                }
                if digest.start_ms > before.end_ms {
                    let message = format!("nothing covers the time since `{}`", before.key);
                    self.fault(FaultKind::Gap, &digest.key, message);
                }
            }
            (Some(previous), _) => {
                let message = format!("`{}` refers to it", digest.key);
                self.fault(FaultKind::MissingDigest, previous, message);
            }
        }
    }

    fn newest(&mut self, last: &Digest, until_ms: i64) {
        let missing_ms = until_ms.saturating_sub(last.end_ms);
        if missing_ms > CADENCE_MS + DELAY_MS {
            let hours = missing_ms / CADENCE_MS;
            let message = format!("no digest follows, though {hours} hours have passed; one comes every hour");
            self.fault(FaultKind::MissingNewest, &last.key, message);
        }
    }

    fn logs(&mut self, digest: &Digest) {
        for log in &digest.logs {
            let stored = self.stored(&log.key, digest);
            self.listed.insert(stored.clone());
            let found = self.objects.bytes(&stored).and_then(|bytes| unpacked(&bytes));
            match found {
                Err(cause) => {
                    let message = format!("`{}` names it, and it cannot be read: {cause}", digest.key);
                    self.fault(FaultKind::MissingLog, &log.key, message);
                }
                Ok(bytes) if !hex(&Sha256::digest(&bytes)).eq_ignore_ascii_case(&log.hash) => {
                    let message = format!("its contents are not what `{}` says", digest.key);
                    self.fault(FaultKind::ChangedLog, &log.key, message);
                }
                Ok(_) => self.report.logs += 1,
            }
        }
    }

    /// Where a log file stands in a folder that holds only a part of the bucket, or a copy under another path.
    fn stored(&self, key: &str, digest: &Digest) -> String {
        match digest.key.strip_suffix(&*digest.object) {
            Some(prefix) if !prefix.is_empty() => format!("{prefix}{key}"),
            _ => key.to_owned(),
        }
    }

    fn unlisted(&mut self, key: &str, covered: &BTreeMap<String, (i64, i64)>) {
        if self.listed.contains(key) {
            return;
        }
        let Some(time_ms) = object_time(key) else { return };
        let of = covered.iter().find(|(folder, _)| key.contains(folder.as_str()));
        if let Some((_, (from, to))) = of
            && time_ms >= *from
            && time_ms < *to
        {
            let message = "no digest names it, though digests cover its time".to_owned();
            self.fault(FaultKind::UnlistedLog, key, message);
        }
    }
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let read = if bytes.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(bytes).take(FILE_BYTES_MAX + 1).read_to_end(&mut out)
    } else {
        bytes.take(FILE_BYTES_MAX + 1).read_to_end(&mut out)
    };
    match read {
        Ok(length) if length as u64 > FILE_BYTES_MAX => Err("it is too large, unpacked".to_owned()),
        Ok(_) => Ok(out),
        Err(error) => Err(error.to_string()),
    }
}
