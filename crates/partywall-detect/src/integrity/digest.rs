//! One digest.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// End of the names of digests for log files that were delivered too late for their own hour's.
pub(super) const BACKFILL: &str = "_backfill";

/// A key that CloudTrail signs with in one region, as `cloudtrail:ListPublicKeys` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Its fingerprint, in hexadecimal.
    pub fingerprint: String,
    /// The key in DER (PKCS #1).
    pub der: Vec<u8>,
}

impl PublicKey {
    /// The keys in an answer of `aws cloudtrail list-public-keys`.
    ///
    /// # Errors
    /// With the cause, when it is no such answer.
    pub fn read(answer: &str) -> Result<Vec<Self>, String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Answer {
            public_key_list: Vec<Key>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Key {
            value: String,
            fingerprint: String,
        }
        let answer: Answer = serde_json::from_str(answer).map_err(|error| error.to_string())?;
        let key = |key: Key| {
            let der = STANDARD.decode(key.value.trim()).map_err(|error| error.to_string())?;
            Ok(Self { fingerprint: key.fingerprint, der })
        };
        answer.public_key_list.into_iter().map(key).collect()
    }
}

/// A digest, and where it was found.
pub(super) struct Digest {
    /// Where it was found.
    pub(super) key: String,
    /// Where it was signed for.
    pub(super) object: String,
    bucket: String,
    end: String,
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    pub(super) fingerprint: String,
    pub(super) hash: String,
    pub(super) previous_key: Option<String>,
    pub(super) previous_hash: Option<String>,
    pub(super) previous_signature: Option<String>,
    pub(super) logs: Vec<Log>,
}

/// A log file that a digest names.
#[derive(Deserialize)]
pub(super) struct Log {
    #[serde(rename = "s3Object")]
    pub(super) key: String,
    #[serde(rename = "hashValue")]
    pub(super) hash: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    digest_start_time: String,
    digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    bucket: String,
    #[serde(rename = "digestS3Object")]
    object: String,
    digest_public_key_fingerprint: String,
    #[serde(rename = "previousDigestS3Object")]
    previous_key: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_signature: Option<String>,
    log_files: Vec<Log>,
}

impl Digest {
    pub(super) fn parse(key: &str, text: &[u8]) -> Result<Self, String> {
        let file: File = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let time = |text: &str| {
            let time = DateTime::parse_from_rfc3339(text);
            time.map(|time| time.timestamp_millis()).map_err(|error| format!("`{text}` is no time: {error}"))
        };
        Ok(Self {
            key: key.to_owned(),
            start_ms: time(&file.digest_start_time)?,
            end_ms: time(&file.digest_end_time)?,
            end: file.digest_end_time,
            object: file.object,
            bucket: file.bucket,
            fingerprint: file.digest_public_key_fingerprint,
            hash: hex(&Sha256::digest(text)),
            previous_key: file.previous_key,
            previous_hash: file.previous_digest_hash_value.map(|hash| hash.to_ascii_lowercase()),
            previous_signature: file.previous_digest_signature,
            logs: file.log_files,
        })
    }

    /// What is signed.
    pub(super) fn signed(&self) -> String {
        let previous = self.previous_signature.as_deref().unwrap_or("null");
        format!("{}\n{}/{}\n{}\n{previous}", self.end, self.bucket, self.object, self.hash)
    }
}

/// Whether a key is a digest's.
pub(super) fn is_digest(key: &str) -> bool {
    key.contains("/CloudTrail-Digest/") && (key.ends_with(".json.gz") || key.ends_with(".json"))
}

/// What digests of one chain have in common: their place but for the day, and their name but for the time.
pub(super) fn chain_of(key: &str) -> String {
    let (folder, name) = key.rsplit_once('/').unwrap_or(("", key));
    let name = name.trim_end_matches(".gz").trim_end_matches(".json");
    let (name, is_backfill) = match name.strip_suffix(BACKFILL) {
        Some(name) => (name, true),
        None => (name, false),
    };
    let name = name.rsplit_once('_').map_or(name, |(name, _)| name);
    let region = folder.splitn(2, "/CloudTrail-Digest/").collect::<Vec<_>>();
    let place = match region.as_slice() {
        [before, after] => format!("{before}/{}", after.split('/').next().unwrap_or_default()),
        _ => folder.to_owned(),
    };
    format!("{place}/{name}{}", if is_backfill { BACKFILL } else { "" })
}

/// The part of the keys of the log files that a digest is about: `/CloudTrail/REGION/`, behind its account.
pub(super) fn logs_of(key: &str) -> String {
    let (before, after) = key.split_once("/CloudTrail-Digest/").unwrap_or((key, ""));
    format!("{before}/CloudTrail/{}/", after.split('/').next().unwrap_or_default())
}

/// The time in the name of a log file.
pub(super) fn object_time(key: &str) -> Option<i64> {
    let name = key.rsplit('/').next()?;
    let time = |part: &str| NaiveDateTime::parse_from_str(part, "%Y%m%dT%H%MZ").ok();
    name.split('_').find_map(time).map(|time| time.and_utc().timestamp_millis())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
