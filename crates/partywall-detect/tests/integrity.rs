//! A trail signed as CloudTrail signs, and everything that can be done to it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use partywall_detect::integrity::{FaultKind, Objects, PublicKey, Report, validate};
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Made for this test by `openssl genpkey`; it signs nothing else.
const KEY: &[u8] = include_bytes!("data/trail_key.pk8");

const HOURS: i64 = 6;
const HOUR_MS: i64 = 3_600_000;

#[derive(Clone, Default)]
struct Bucket {
    objects: BTreeMap<String, Vec<u8>>,
    signatures: BTreeMap<String, String>,
}

impl Objects for Bucket {
    fn keys(&self) -> Vec<String> {
        self.objects.keys().cloned().collect()
    }

    fn bytes(&self, key: &str) -> Result<Vec<u8>, String> {
        self.objects.get(key).cloned().ok_or_else(|| "it is not there".to_owned())
    }

    fn signature(&self, key: &str) -> Option<String> {
        self.signatures.get(key).cloned()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn start() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_760_000_400, 0).unwrap()
}

fn time(hour: i64) -> chrono::DateTime<chrono::Utc> {
    start() + chrono::Duration::hours(hour)
}

fn log_key(hour: i64, number: i64) -> String {
    let at = (time(hour) + chrono::Duration::minutes(5 + number)).format("%Y%m%dT%H%MZ");
    format!(
        "AWSLogs/111122223333/CloudTrail/eu-central-1/2025/10/09/111122223333_CloudTrail_eu-central-1_{at}_x{number}.json.gz"
    )
}

fn digest_key(hour: i64) -> String {
    let at = time(hour + 1).format("%Y%m%dT%H%M%SZ");
    format!(
        "AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2025/10/09/111122223333_CloudTrail-Digest_eu-central-1_main_eu-central-1_{at}.json.gz"
    )
}

/// Six hours of a trail, two log files an hour, signed with the key; as CloudTrail's documentation says it is done.
fn trail() -> (Bucket, Vec<PublicKey>) {
    let pair = RsaKeyPair::from_pkcs8(KEY).unwrap();
    let key =
        PublicKey { fingerprint: "31e8b5433410dfb61a9dc45cc65b22ff".into(), der: pair.public().as_ref().to_vec() };
    let mut bucket = Bucket::default();
    let mut previous: Option<(String, String, String)> = None;
    for hour in 0..HOURS {
        let logs: Vec<Value> = (0..2)
            .map(|number| {
                let text = format!("{{\"Records\":[{{\"eventID\":\"{hour}-{number}\"}}]}}");
                bucket.objects.insert(log_key(hour, number), packed(text.as_bytes()));
                json!({"s3Bucket": "trail", "s3Object": log_key(hour, number), "hashAlgorithm": "SHA-256",
                    "hashValue": hex(&Sha256::digest(text.as_bytes()))})
            })
            .collect();
        let end = time(hour + 1).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let digest = json!({
            "awsAccountId": "111122223333",
            "digestStartTime": time(hour).format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "digestEndTime": end,
            "digestS3Bucket": "trail",
            "digestS3Object": digest_key(hour),
            "digestPublicKeyFingerprint": key.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "previousDigestS3Bucket": previous.as_ref().map(|_| "trail"),
            "previousDigestS3Object": previous.as_ref().map(|(key, ..)| key),
            "previousDigestHashValue": previous.as_ref().map(|(_, hash, _)| hash),
            "previousDigestHashAlgorithm": previous.as_ref().map(|_| "SHA-256"),
            "previousDigestSignature": previous.as_ref().map(|(.., signature)| signature),
            "logFiles": logs,
        });
        let text = digest.to_string();
        let hash = hex(&Sha256::digest(text.as_bytes()));
        let before = previous.as_ref().map_or("null", |(.., signature)| signature.as_str());
        let signed = format!("{end}\ntrail/{}\n{hash}\n{before}", digest_key(hour));
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        bucket.objects.insert(digest_key(hour), packed(text.as_bytes()));
        bucket.signatures.insert(digest_key(hour), hex(&signature));
        previous = Some((digest_key(hour), hash, hex(&signature)));
    }
    (bucket, vec![key])
}

fn until() -> i64 {
    start().timestamp_millis() + (HOURS + 1) * HOUR_MS
}

fn report(change: impl FnOnce(&mut Bucket)) -> Report {
    let (mut bucket, keys) = trail();
    change(&mut bucket);
    validate(&bucket, &keys, until())
}

fn kinds(report: &Report) -> BTreeSet<FaultKind> {
    report.faults.iter().map(|fault| fault.kind).collect()
}

#[test]
fn a_whole_trail_is_whole() {
    let report = report(|_| ());
    assert!(report.is_whole(), "{report:#?}");
    assert_eq!((report.digests, report.signed, report.logs, report.chains), (6, 6, 12, 1));
}

#[test]
fn each_thing_that_is_done_to_a_trail_is_found() {
    let move_to = |bucket: &mut Bucket, from: String, to: &str| {
        let bytes = bucket.objects.remove(&from).unwrap();
        bucket.signatures.remove(&from);
        bucket.objects.insert(to.to_owned(), bytes);
    };
    let elsewhere = digest_key(2).replace("/09/", "/08/");
    let extra = log_key(2, 7);
    type Change<'c> = Box<dyn FnOnce(&mut Bucket) + 'c>;
    let changes: Vec<(FaultKind, Change<'_>)> = vec![
        (FaultKind::MissingLog, Box::new(|bucket| drop(bucket.objects.remove(&log_key(3, 1))))),
        (FaultKind::ChangedLog, Box::new(|bucket| drop(bucket.objects.insert(log_key(3, 1), packed(b"{}"))))),
        (FaultKind::MissingDigest, Box::new(|bucket| drop(bucket.objects.remove(&digest_key(2))))),
        (
            FaultKind::MissingNewest,
            Box::new(|bucket| (2..HOURS).for_each(|hour| drop(bucket.objects.remove(&digest_key(hour))))),
        ),
        (
            FaultKind::UnlistedLog,
            Box::new(|bucket| drop(bucket.objects.insert(extra.clone(), packed(b"{\"Records\":[]}")))),
        ),
        (FaultKind::MovedDigest, Box::new(|bucket| move_to(bucket, digest_key(2), &elsewhere))),
        (FaultKind::BadSignature, Box::new(|bucket| drop(bucket.signatures.insert(digest_key(5), "00".repeat(256))))),
    ];
    for (kind, change) in changes {
        let report = report(change);
        assert!(kinds(&report).contains(&kind), "{kind:?}: {report:#?}");
    }
}

#[test]
fn what_is_missing_makes_it_unknown_and_never_whole() {
    let report = report(|bucket| drop(bucket.signatures.remove(&digest_key(5))));
    assert_eq!(kinds(&report), BTreeSet::from([FaultKind::Unknown]), "the newest signature is in metadata only");
    let (bucket, _) = trail();
    let report = validate(&bucket, &[], until());
    assert_eq!(kinds(&report), BTreeSet::from([FaultKind::Unknown]), "without keys");
    let report = validate(&Bucket::default(), &[], until());
    assert!(!report.is_whole(), "without anything");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever byte is flipped in whatever object, and whatever object is taken away, is found.
    #[test]
    fn no_change_goes_unseen(object in 0_usize..18, at in any::<prop::sample::Index>(), bit in 0_u32..8, is_gone in any::<bool>()) {
        let (mut bucket, keys) = trail();
        let key = bucket.objects.keys().nth(object).unwrap().clone();
        if is_gone {
            bucket.objects.remove(&key);
        } else {
            // The bytes inside, since a packed file has some that mean nothing.
            let mut inside = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*bucket.objects[&key]), &mut inside).unwrap();
            let place = at.index(inside.len());
            inside[place] ^= 1 << bit;
            bucket.objects.insert(key.clone(), packed(&inside));
        }
        // The newest digest's absence shows only when it is overdue.
        let late = until() + 3 * HOUR_MS;
        let report = validate(&bucket, &keys, late);
        let expected = kinds(&validate(&trail().0, &keys, late));
        prop_assert!(kinds(&report).difference(&expected).next().is_some() || is_gone && key == digest_key(HOURS - 1), "{} {:#?}", key, report);
    }
}
