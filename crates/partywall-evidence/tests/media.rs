//! What records say about storage devices, and that taking one away never makes a device look better.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use partywall_evidence::media::{Account, FAMILIES, MediaFolder, Records, Rules, certify, opened, read};
use partywall_evidence::{Day, Instant, Key, Person, Trust, entries};
use partywall_model::Verdict;
use proptest::prelude::*;

fn key() -> Key {
    Key::of_seed(&[1; 32])
}

fn now() -> Instant {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn trust() -> Trust {
    let mut trust = Trust::default();
    let day = |text: &str| text.parse().unwrap();
    let (valid_from, valid_until) = (day("2026-01-01"), day("2026-12-31"));
    trust
        .add(Person { name: "Ada".into(), role: "auditor".into(), key: key().public(), valid_from, valid_until })
        .unwrap();
    trust
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/media").canonicalize().unwrap()
}

/// A sealed copy of the fixture.
fn sealed() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in entries(&fixture()).0 {
        let to = copy.path().join(file.strip_prefix(fixture()).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&file, to).unwrap();
    }
    MediaFolder::at(copy.path()).seal(&key(), now()).unwrap();
    copy
}

fn judged(folder: &Path) -> Account {
    MediaFolder::at(folder).judge(&trust(), FAMILIES[0], now().day()).unwrap().0
}

fn verdicts(account: &Account) -> BTreeMap<String, Verdict> {
    account.devices.iter().map(|device| (device.serial.clone(), device.verdict)).collect()
}

#[test]
fn every_device_of_the_fixture_fares_as_worked_out_by_hand() {
    let folder = sealed();
    let account = judged(folder.path());
    let expected = [
        ("GHOST-9", Verdict::Unknown, "no register does"),
        ("HDD-0501", Verdict::Pass, ""),
        ("HDD-1001", Verdict::Fail, "required is purge, achieved clear"),
        ("HDD-1002", Verdict::Pass, ""),
        ("HDD-1003", Verdict::Unknown, "nothing shows what became of it"),
        ("HDD-1004", Verdict::NotApplicable, "in service"),
        ("HDD-1005", Verdict::Fail, "destroyed twice"),
        ("NVME-2001", Verdict::Pass, ""),
        ("NVME-2002", Verdict::Fail, "the device says that it failed"),
        ("NVME-2003", Verdict::Pass, ""),
        ("TAPE-3001", Verdict::Pass, ""),
        ("TAPE-3002", Verdict::Unknown, "by the hand-overs `Backup team` had it"),
    ];
    assert_eq!(account.devices.len(), expected.len());
    for (device, (serial, verdict, reason)) in account.devices.iter().zip(expected) {
        assert_eq!((device.serial.as_str(), device.verdict), (serial, verdict), "{device:#?}");
        assert!(device.reasons.join("\n").contains(reason), "{device:#?}");
        assert_eq!(device.reasons.is_empty(), verdict == Verdict::Pass, "{device:#?}");
    }
    assert!(account.seal.is_empty() && account.not_understood.is_empty(), "{account:#?}");
    assert_eq!(account.without_proof, ["HDD-1003"]);
    assert_eq!(account.unregistered, ["GHOST-9"]);
    assert_eq!(account.contradicted, ["HDD-1005"]);
    let rules = |serial: &str| account.devices.iter().find(|device| device.serial == serial).unwrap().rules.clone();
    assert!(rules("HDD-0501").contains("2006") && rules("NVME-2003").contains("Rev. 1"));
    assert!(rules("TAPE-3001").contains("Rev. 2"));
}

/// A fail stays or becomes unknown, an unknown stays, a pass stays or becomes worse, and nothing starts to serve again.
#[test]
fn taking_any_file_away_never_improves_a_verdict() {
    let folder = sealed();
    let before = verdicts(&judged(folder.path()));
    let files = entries(folder.path()).0;
    assert!(files.len() >= 11, "{files:#?}");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let account = judged(folder.path());
        assert!(!account.is_clean() && !account.seal.is_empty(), "{}", file.display());
        for device in &account.devices {
            let old = before.get(&device.serial).copied().unwrap_or(Verdict::Unknown);
            let improved = device.verdict > old && device.verdict != Verdict::Unknown;
            assert!(!improved, "without {}: {} was {old:?}, {device:#?}", file.display(), device.serial);
            assert_ne!(device.verdict, Verdict::Pass, "without {}: {device:#?}", file.display());
        }
        std::fs::write(&file, bytes).unwrap();
    }
    assert_eq!(verdicts(&judged(folder.path())), before);
}

#[test]
fn a_changed_or_added_file_and_a_stranger_s_seal_are_told() {
    let folder = sealed();
    std::fs::write(folder.path().join("logs/more.log"), "").unwrap();
    let account = judged(folder.path());
    assert!(account.seal[0].contains("added after"), "{:#?}", account.seal);
    let stranger = Key::of_seed(&[9; 32]);
    MediaFolder::at(folder.path()).seal(&stranger, now()).unwrap();
    let account = judged(folder.path());
    assert!(account.seal[0].contains("nobody on the list"), "{:#?}", account.seal);
    assert!(account.devices.iter().all(|device| device.verdict != Verdict::Pass));
}

fn certificate() -> &'static [u8] {
    static MADE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let folder = sealed();
        let (account, files) = MediaFolder::at(folder.path()).judge(&trust(), FAMILIES[0], now().day()).unwrap();
        let device = account.devices.iter().find(|device| device.serial == "TAPE-3001").unwrap();
        certify(device, &files, &key(), &trust(), now()).unwrap().1
    })
}

#[test]
fn only_a_device_that_passes_is_certified() {
    let told = opened(certificate(), &trust()).unwrap();
    assert_eq!((told.achieved.as_str(), told.technique.as_str()), ("destroy", "shred"));
    assert_eq!(told.custody.len(), 3);
    assert_eq!(told.evidence.len(), 3, "{:#?}", told.evidence);
    let folder = sealed();
    let (account, files) = MediaFolder::at(folder.path()).judge(&trust(), FAMILIES[0], now().day()).unwrap();
    for device in account.devices.iter().filter(|device| device.verdict != Verdict::Pass) {
        assert!(certify(device, &files, &key(), &trust(), now()).is_err(), "{device:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_flipped_bit_of_a_certificate_is_found(place in any::<prop::sample::Index>(), bit in 0..8) {
        let mut bytes = certificate().to_vec();
        let place = place.index(bytes.len());
        bytes[place] ^= 1_u8 << bit;
        prop_assert!(opened(&bytes, &trust()).is_err(), "{place}");
    }

    #[test]
    fn no_file_makes_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), extension in "json|toml|csv|log|txt|bin") {
        read(&format!("x.{extension}"), &bytes, &mut Records::default());
    }

    #[test]
    fn no_line_of_a_log_is_lost(line in "[!|/ a-zA-Z0-9-]{1,90}") {
        let text = format!("!   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number\n{line}\n");
        let mut records = Records::default();
        read("x.log", text.as_bytes(), &mut records);
        let is_rule = line.chars().all(|character| "-* ".contains(character));
        prop_assert!(is_rule || !records.acts.is_empty() || !records.faults.is_empty());
    }
}

#[test]
fn a_certificate_that_a_stranger_signs_anew_is_found() {
    let told = opened(certificate(), &trust()).unwrap();
    let kind = partywall_evidence::media::CERTIFICATE_TYPE;
    let forged = partywall_evidence::Envelope::seal(kind, &told, &Key::of_seed(&[9; 32])).unwrap();
    assert!(opened(&forged.to_bytes().unwrap(), &trust()).unwrap_err().to_string().contains("nobody on the list"));
}

#[test]
fn the_rules_are_sound_and_follow_each_other_without_a_gap() {
    let faults: Vec<String> = Rules::shipped().iter().flat_map(Rules::faults).collect();
    assert!(faults.is_empty() && Rules::shipped().len() == 4, "{faults:#?}");
    for family in FAMILIES {
        let mut editions: Vec<&Rules> = Rules::shipped().iter().filter(|rules| rules.family == family).collect();
        editions.sort_by_key(|rules| rules.in_force_from);
        for pair in editions.windows(2) {
            assert_eq!(pair[0].in_force_until.map(|last| last.plus(1)), Some(pair[1].in_force_from));
        }
    }
    let in_force =
        |day: &str| Rules::in_force("nist-800-88", day.parse::<Day>().unwrap()).map(|rules| rules.id.as_str());
    assert_eq!(in_force("2025-09-25"), Some("nist-800-88r1"));
    assert_eq!(in_force("2025-09-26"), Some("nist-800-88r2"));
    assert_eq!(in_force("2006-08-31"), None);
}

#[test]
fn logs_of_nvme_cli_that_prove_nothing_prove_nothing() {
    let log = |sprog: u64, status: &str, command: u64| {
        format!(
            r#"{{"at":"2026-04-12T09:30:00Z","id_ctrl":{{"sn":"S"}},"sanitize_log":{{"nvme0":{{"sprog":{sprog},"sstat":{{"status":"{status}"}},"cdw10_info":{command}}}}}}}"#
        )
    };
    for (text, expected) in [
        (log(65535, "(1) x", 4), "Done"),
        (log(65535, "(4) x", 2), "Done"),
        (log(65535, "(2) x", 4), "Unknown"),
        (log(30000, "(1) x", 4), "Unknown"),
        (log(65535, "(3) x", 4), "Failed"),
        (log(65535, "(0) x", 4), "Failed"),
        (log(65535, "fine", 4), "Unknown"),
    ] {
        let mut records = Records::default();
        read("x.json", text.as_bytes(), &mut records);
        assert!(records.faults.is_empty(), "{:#?}", records.faults);
        assert!(format!("{:?}", records.acts[0].outcome).starts_with(expected), "{text}: {:#?}", records.acts);
    }
    for text in [log(65535, "(1) x", 1), log(65535, "(1) x", 5), r#"{"nvme0":{"sstat":{},"sprog":0}}"#.to_owned()] {
        let mut records = Records::default();
        read("x.json", text.as_bytes(), &mut records);
        assert!(records.acts.is_empty() && records.faults.len() == 1, "{text}");
    }
}
