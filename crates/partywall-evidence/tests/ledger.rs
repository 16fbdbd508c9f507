//! Whatever is done to a ledger is found out, and what nobody touched is verified.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use partywall_evidence::ledger::{Account, Document, ENTRY_TYPE, Entry, Folder, HEAD_TYPE, Head};
use partywall_evidence::{Digest, Envelope, Instant, Key, Person, Trust};
use proptest::prelude::*;

fn key() -> Key {
    Key::of_seed(&[1; 32])
}

fn at(seconds: i64) -> Instant {
    Instant::of_seconds(1_795_000_000 + seconds).unwrap()
}

fn trust() -> Trust {
    let day = |text: &str| text.parse().unwrap();
    let mut trust = Trust::default();
    let (valid_from, valid_until) = (day("2026-01-01"), day("2026-12-31"));
    trust
        .add(Person { name: "Ada".into(), role: "auditor".into(), key: key().public(), valid_from, valid_until })
        .unwrap();
    trust
}

fn document(subject: &str) -> Document {
    Document { kind: "scan".into(), subject: subject.into(), media_type: "application/json".into() }
}

fn add(folder: &Path, text: &str, seconds: i64) -> Digest {
    let file = folder.join("document");
    std::fs::write(&file, text).unwrap();
    Folder::at(folder).append(&file, &document(text), &key(), &trust(), at(seconds)).unwrap().head
}

/// A ledger of three entries; made once, since signing takes longer than copying.
fn ledger_of_three() -> tempfile::TempDir {
    static MADE: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    let made = MADE.get_or_init(|| ledger(3)).path();
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("objects")).unwrap();
    for file in files(made) {
        std::fs::copy(&file, copy.path().join(file.strip_prefix(made).unwrap())).unwrap();
    }
    copy
}

/// A ledger of so many entries.
fn ledger(count: i64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Folder::at(folder.path()).start(&key(), at(0)).unwrap();
    for number in 1..=count {
        add(folder.path(), &format!("document {number}"), number);
    }
    folder
}

fn verify(folder: &Path) -> Account {
    Folder::at(folder).verify(&trust(), None).unwrap()
}

fn lines(folder: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(folder.join("ledger.jsonl")).unwrap();
    let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    assert_eq!(lines.pop(), Some(Vec::new()));
    lines
}

fn put(folder: &Path, lines: &[Vec<u8>]) {
    let bytes: Vec<u8> = lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect();
    std::fs::write(folder.join("ledger.jsonl"), bytes).unwrap();
}

/// The files that a ledger consists of.
fn files(folder: &Path) -> Vec<PathBuf> {
    let objects = std::fs::read_dir(folder.join("objects")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = objects.chain([folder.join("ledger.jsonl"), folder.join("head.json")]).collect();
    files.sort();
    files
}

#[test]
fn what_nobody_touched_is_verified() {
    for count in [0, 1, 2, 7] {
        let folder = ledger(count);
        let account = verify(folder.path());
        assert!(account.faults.is_empty(), "{:#?}", account.faults);
        assert_eq!(account.entries.len() as i64, count);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_flipped_bit_anywhere_is_found(file in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), bit in 0..8) {
        let folder = ledger_of_three();
        let files = files(folder.path());
        let file = file.get(&files);
        let mut bytes = std::fs::read(file).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= 1_u8 << bit;
        std::fs::write(file, bytes).unwrap();
        prop_assert!(!verify(folder.path()).faults.is_empty(), "{} at {place}", file.display());
    }

    #[test]
    fn a_cut_anywhere_is_found(file in any::<prop::sample::Index>(), place in any::<prop::sample::Index>()) {
        let folder = ledger_of_three();
        let files = files(folder.path());
        let file = file.get(&files);
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..place.index(bytes.len())]).unwrap();
        let account = verify(folder.path());
        prop_assert!(!account.faults.is_empty() && !account.is_cut_short, "{}", file.display());
    }

    #[test]
    fn entries_that_are_dropped_doubled_or_moved_are_found(order in prop::collection::vec(0..3_usize, 0..5)) {
        let folder = ledger_of_three();
        let whole = lines(folder.path());
        let changed: Vec<Vec<u8>> = order.iter().map(|at| whole[*at].clone()).collect();
        put(folder.path(), &changed);
        prop_assert_eq!(verify(folder.path()).faults.is_empty(), changed == whole);
    }

    #[test]
    fn what_a_stranger_signs_anew_is_found(place in 0..3_usize, subject in "[a-z]{1,9}") {
        let folder = ledger_of_three();
        let mut whole = lines(folder.path());
        let (mut entry, _) = Envelope::read(&whole[place]).unwrap().open::<Entry>(ENTRY_TYPE, &trust()).unwrap();
        entry.subject = subject;
        whole[place] = Envelope::seal(ENTRY_TYPE, &entry, &Key::of_seed(&[2; 32])).unwrap().to_bytes().unwrap();
        put(folder.path(), &whole);
        let faults = verify(folder.path()).faults;
        prop_assert!(faults.iter().any(|fault| fault.what.contains("nobody on the list")), "{faults:#?}");
    }
}

#[test]
fn every_single_bit_of_a_small_ledger_counts() {
    let folder = ledger(1);
    for file in files(folder.path()) {
        let whole = std::fs::read(&file).unwrap();
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            std::fs::write(&file, bytes).unwrap();
            assert!(!verify(folder.path()).faults.is_empty(), "{} at {place}", file.display());
        }
        std::fs::write(&file, whole).unwrap();
    }
    assert!(verify(folder.path()).faults.is_empty());
}

#[test]
fn a_missing_file_is_found() {
    for at in 0..4 {
        let folder = ledger(2);
        let file = files(folder.path())[at].clone();
        std::fs::remove_file(&file).unwrap();
        let account = Folder::at(folder.path()).verify(&trust(), None);
        assert!(account.is_err() || !account.unwrap().faults.is_empty(), "{}", file.display());
    }
}

#[test]
fn the_last_entries_cannot_be_dropped_unseen_and_an_old_head_is_found_by_a_noted_one() {
    let folder = ledger(2);
    let early: BTreeMap<&str, Vec<u8>> =
        ["ledger.jsonl", "head.json"].map(|name| (name, std::fs::read(folder.path().join(name)).unwrap())).into();
    let noted = add(folder.path(), "document 3", 3);
    put(folder.path(), &lines(folder.path())[..2]);
    assert!(verify(folder.path()).faults[0].what.contains("1 more than there are"));
    early.iter().for_each(|(name, bytes)| std::fs::write(folder.path().join(name), bytes).unwrap());
    assert!(verify(folder.path()).faults.is_empty(), "with the old head only a witness can tell");
    let account = Folder::at(folder.path()).verify(&trust(), Some(&noted)).unwrap();
    assert!(account.faults[0].what.contains("noted elsewhere"), "{:#?}", account.faults);
    let first = Digest::of(&lines(folder.path())[0]);
    assert_eq!(Folder::at(folder.path()).verify(&trust(), Some(&first)).unwrap().since_noted, Some(1));
}

#[test]
fn a_torn_append_is_told_and_the_next_one_mends_it() {
    let folder = ledger(2);
    let before = std::fs::read(folder.path().join("ledger.jsonl")).unwrap();
    let head = std::fs::read(folder.path().join("head.json")).unwrap();
    add(folder.path(), "document 3", 3);
    let after = std::fs::read(folder.path().join("ledger.jsonl")).unwrap();
    for cut in [before.len() + 1, before.len() + 200, after.len() - 1, after.len()] {
        std::fs::write(folder.path().join("ledger.jsonl"), &after[..cut]).unwrap();
        std::fs::write(folder.path().join("head.json"), &head).unwrap();
        let account = verify(folder.path());
        assert!(account.is_cut_short && account.faults.len() == 1, "{:#?}", account.faults);
        let file = folder.path().join("document");
        let appended = Folder::at(folder.path()).append(&file, &document("next"), &key(), &trust(), at(9)).unwrap();
        assert_eq!(appended.mended.len(), 1);
        assert_eq!(appended.entry.number, if cut == after.len() { 4 } else { 3 });
        assert!(verify(folder.path()).faults.is_empty());
    }
    let torn = std::fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("torn-"));
    assert_eq!(torn.count(), 3, "what was torn is kept");
}

#[test]
fn a_start_that_was_cut_short_is_started_again_and_a_ledger_never_anew() {
    let folder = ledger(0);
    std::fs::remove_file(folder.path().join("head.json")).unwrap();
    assert!(!verify(folder.path()).faults.is_empty());
    Folder::at(folder.path()).start(&key(), at(0)).unwrap();
    assert!(verify(folder.path()).faults.is_empty());
    add(folder.path(), "document 1", 1);
    Folder::at(folder.path()).start(&key(), at(2)).unwrap();
    assert_eq!(verify(folder.path()).entries.len(), 1);
    std::fs::remove_file(folder.path().join("head.json")).unwrap();
    Folder::at(folder.path()).start(&key(), at(2)).unwrap();
    assert!(!verify(folder.path()).faults.is_empty(), "a head that is gone is never signed anew over entries");
}

#[test]
fn writers_at_once_wait_for_each_other() {
    let folder = ledger(0);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let folder = folder.path();
            scope.spawn(move || {
                for number in 0..5 {
                    let file = folder.join(format!("document-{writer}"));
                    std::fs::write(&file, format!("{writer} {number}")).unwrap();
                    Folder::at(folder).append(&file, &document("many"), &key(), &trust(), at(1)).unwrap();
                }
            });
        }
    });
    let account = verify(folder.path());
    assert!(account.faults.is_empty(), "{:#?}", account.faults);
    assert_eq!(account.entries.len(), 20);
}

#[test]
fn keys_out_of_their_days_clocks_that_go_back_and_damage_are_refused() {
    let folder = ledger(1);
    let file = folder.path().join("document");
    let append = |at: Instant| Folder::at(folder.path()).append(&file, &document("x"), &key(), &trust(), at);
    assert!(append("2027-01-01T00:00:00Z".parse().unwrap()).unwrap_err().to_string().contains("valid from"));
    assert!(append(at(0)).unwrap_err().to_string().contains("set the clock"));
    std::fs::write(folder.path().join("ledger.jsonl"), "{}\n").unwrap();
    assert!(append(at(5)).unwrap_err().to_string().contains("damaged"));
}

#[test]
fn an_entry_of_a_key_out_of_its_days_is_told() {
    let folder = tempfile::tempdir().unwrap();
    Folder::at(folder.path()).start(&key(), at(0)).unwrap();
    let at: Instant = "2027-06-01T00:00:00Z".parse().unwrap();
    let object = Digest::of(b"x");
    std::fs::write(Folder::at(folder.path()).object(&object), "x").unwrap();
    let entry = Entry {
        number: 1,
        previous: None,
        at,
        kind: "scan".into(),
        subject: String::new(),
        media_type: String::new(),
        digest: object,
        size: 1,
    };
    let line = Envelope::seal(ENTRY_TYPE, &entry, &key()).unwrap().to_bytes().unwrap();
    let head = Head { count: 1, digest: Some(Digest::of(&line)), at };
    std::fs::write(
        folder.path().join("head.json"),
        Envelope::seal(HEAD_TYPE, &head, &key()).unwrap().to_bytes().unwrap(),
    )
    .unwrap();
    put(folder.path(), &[line]);
    let faults = verify(folder.path()).faults;
    assert_eq!(faults.len(), 2, "{faults:#?}");
    assert!(faults.iter().all(|fault| fault.what.contains("valid from")), "{faults:#?}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    key().create(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(Key::open(&path).unwrap().public(), key().public());
    assert!(key().create(&path).is_err(), "a key is never overwritten");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(Key::open(&path).is_err());
}
