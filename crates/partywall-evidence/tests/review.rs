//! A review holds while nobody touches it, and no longer.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::Path;

use partywall_evidence::review::{Actions, PackFolder, Policy, Question, REVIEW_TYPE, State, Statement, Status, judge};
use partywall_evidence::{Digest, Envelope, EvidenceError, Instant, Key, Person, Trust};
use partywall_model::{Posture, ReviewException, ReviewPack};
use proptest::prelude::*;

fn day(number: i64) -> Instant {
    Instant::of_seconds(1_795_000_000 + number * 86_400).unwrap()
}

fn key(seed: u8) -> Key {
    Key::of_seed(&[seed; 32])
}

const PEOPLE: [(&str, &str, u8); 4] =
    [("Ada", "ciso", 1), ("Carl", "cfo", 2), ("Grace Hopper", "cfo", 3), ("Linus", "operator", 4)];

fn trust() -> Trust {
    let mut trust = Trust::default();
    for (name, role, seed) in PEOPLE {
        let (valid_from, valid_until) = ("2026-01-01".parse().unwrap(), "2027-12-31".parse().unwrap());
        trust
            .add(Person { name: name.into(), role: role.into(), key: key(seed).public(), valid_from, valid_until })
            .unwrap();
    }
    trust
}

fn policy() -> Policy {
    Policy { roles: vec!["ciso".into(), "cfo".into()], signatures: 0, cadence_days: 90 }
}

fn pack() -> ReviewPack {
    let exception = ReviewException {
        check: "sqs/queue-unencrypted".into(),
        resource: "q".into(),
        owner: "grace  hopper".into(),
        reason: "none".into(),
        expires: None,
    };
    ReviewPack {
        target: "shop".into(),
        prepared_at: day(0).to_string(),
        authors: vec!["Dora".into()],
        posture: Posture { exceptions: vec![exception], ..Posture::default() },
        ..ReviewPack::default()
    }
}

fn page(pack: &ReviewPack, digest: &Digest) -> String {
    format!("<h1>{}</h1>{digest}", pack.target)
}

fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    PackFolder::at(folder.path()).write(&pack(), &|digest| page(&pack(), digest)).unwrap();
    folder
}

fn sign(folder: &Path, who: usize, at: Instant) -> Result<(), EvidenceError> {
    let (name, role, seed) = PEOPLE[who];
    PackFolder::at(folder).sign((name, role), &key(seed), (&policy(), &trust()), &page, at).map(|_| ())
}

fn signed() -> tempfile::TempDir {
    let folder = prepared();
    sign(folder.path(), 0, day(1)).unwrap();
    sign(folder.path(), 1, day(1)).unwrap();
    folder
}

fn status(folder: &Path, now: Instant, posture: Option<&Posture>) -> Status {
    let beside = PackFolder::at(folder).read().unwrap();
    judge(&Question {
        pack: &beside.pack,
        page: beside.page.as_deref(),
        signatures: &beside.signatures,
        policy: &policy(),
        trust: &trust(),
        now,
        posture,
    })
}

fn put(folder: &Path, statement: &Statement, seed: u8) {
    let envelope = Envelope::seal(REVIEW_TYPE, statement, &key(seed)).unwrap().to_bytes().unwrap();
    std::fs::create_dir_all(folder.join("signatures")).unwrap();
    std::fs::write(folder.join(format!("signatures/{seed}.json")), envelope).unwrap();
}

/// What somebody would state who signs by hand.
fn statement(folder: &Path, who: usize, at: Instant) -> Statement {
    let beside = PackFolder::at(folder).read().unwrap();
    let (name, role, _) = PEOPLE[who];
    Statement {
        pack: Digest::of(&beside.pack),
        page: Digest::of(&beside.page.unwrap()),
        name: name.into(),
        role: role.into(),
        at,
    }
}

#[test]
fn a_review_is_unsigned_then_current_then_stale() {
    let folder = prepared();
    assert_eq!(status(folder.path(), day(1), None).state, State::Unsigned);
    sign(folder.path(), 0, day(1)).unwrap();
    let one = status(folder.path(), day(1), None);
    assert_eq!(one.state, State::Unsigned);
    assert!(one.reasons.iter().any(|(_, why)| why.contains("no cfo has signed (Carl or Grace Hopper)")), "{one:#?}");
    sign(folder.path(), 1, day(2)).unwrap();
    for (now, state) in [(2, State::Current), (90, State::Current), (91, State::Stale), (400, State::Stale)] {
        assert_eq!(status(folder.path(), day(now), None).state, state, "{now}");
    }
    assert!(status(folder.path(), day(95), None).reasons[0].1.contains("5 days ago"));
    assert_eq!(status(folder.path(), day(2), Some(&pack().posture)).state, State::Current);
    assert_eq!(status(folder.path(), day(2), Some(&Posture::default())).state, State::Changed);
}

#[test]
fn who_may_not_sign_is_refused_and_invalidates_when_it_is_done_by_hand() {
    for (who, at, why) in [
        (2, day(1), "has accepted a fault"),
        (3, day(1), "does not ask for"),
        (0, day(-1), "before the pack was made"),
        (0, day(900), "valid from"),
    ] {
        let folder = prepared();
        let refused = sign(folder.path(), who, at).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
        let folder = signed();
        let seed = PEOPLE[who].2;
        let name = format!("signatures/{}.json", key(seed).public().id());
        let _ = std::fs::remove_file(folder.path().join(name));
        put(folder.path(), &statement(folder.path(), who, at), seed);
        let found = status(folder.path(), day(2), None);
        assert_eq!(found.state, State::Invalid, "{found:#?}");
    }
}

#[test]
fn an_author_may_not_sign() {
    let folder = tempfile::tempdir().unwrap();
    let mine = ReviewPack { authors: vec![" ADA".into()], ..pack() };
    PackFolder::at(folder.path()).write(&mine, &|digest| page(&mine, digest)).unwrap();
    assert!(sign(folder.path(), 0, day(1)).unwrap_err().to_string().contains("author"));
}

#[test]
fn nobody_signs_as_another_nor_twice_nor_a_page_that_is_not_the_pack_s() {
    let folder = prepared();
    let sign_as = |name: &str, role: &str| {
        PackFolder::at(folder.path()).sign((name, role), &key(1), (&policy(), &trust()), &page, day(1))
    };
    assert!(sign_as("Carl", "cfo").is_err() && sign_as("Ada", "cfo").is_err());
    sign_as("Ada", "ciso").unwrap();
    assert!(sign_as("Ada", "ciso").is_err());
    std::fs::write(folder.path().join("pack.html"), "all is well").unwrap();
    assert!(sign(folder.path(), 1, day(1)).unwrap_err().to_string().contains("page"));
    let mut statement = statement(folder.path(), 0, day(1));
    statement.name = "Carl".into();
    statement.role = "cfo".into();
    put(folder.path(), &statement, 1);
    assert_eq!(status(folder.path(), day(2), None).state, State::Invalid);
}

#[test]
fn one_person_counts_once() {
    let mut trust = trust();
    let (valid_from, valid_until) = ("2026-01-01".parse().unwrap(), "2027-12-31".parse().unwrap());
    let again = Person { name: "ada".into(), role: "cfo".into(), key: key(5).public(), valid_from, valid_until };
    trust.add(again).unwrap();
    let folder = prepared();
    sign(folder.path(), 0, day(1)).unwrap();
    let twice = Statement { name: "ada".into(), role: "cfo".into(), ..statement(folder.path(), 0, day(1)) };
    put(folder.path(), &twice, 5);
    let beside = PackFolder::at(folder.path()).read().unwrap();
    let status = judge(&Question {
        pack: &beside.pack,
        page: beside.page.as_deref(),
        signatures: &beside.signatures,
        policy: &policy(),
        trust: &trust,
        now: day(2),
        posture: None,
    });
    assert_eq!(status.state, State::Invalid);
    assert!(status.reasons[0].1.contains("counts once"), "{status:#?}");
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    partywall_evidence::entries(folder).0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_flipped_bit_anywhere_invalidates(file in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), bit in 0..8) {
        let folder = signed();
        prop_assert_eq!(status(folder.path(), day(2), None).state, State::Current);
        let files = files(folder.path());
        let file = file.get(&files);
        let mut bytes = std::fs::read(file).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= 1_u8 << bit;
        std::fs::write(file, bytes).unwrap();
        prop_assert_eq!(status(folder.path(), day(2), None).state, State::Invalid);
    }
}

#[test]
fn taking_any_file_away_never_leaves_a_review_current() {
    for at in 0..4 {
        let folder = signed();
        let files = files(folder.path());
        assert_eq!(files.len(), 4);
        std::fs::remove_file(&files[at]).unwrap();
        let is_current =
            PackFolder::at(folder.path()).read().is_ok() && status(folder.path(), day(2), None).state == State::Current;
        assert!(!is_current, "{}", files[at].display());
    }
}

#[test]
fn what_a_stranger_signs_invalidates() {
    let folder = signed();
    put(folder.path(), &statement(folder.path(), 0, day(1)), 9);
    let found = status(folder.path(), day(2), None);
    assert!(found.reasons[0].1.contains("nobody on the list"), "{found:#?}");
}

#[test]
fn promises_are_overdue_until_they_are_kept() {
    let today = day(0).day();
    let mut actions = Actions::default();
    assert!(actions.add(" ", "Linus", today).is_err());
    let id = actions.add("encrypt", "Linus", today).unwrap();
    assert_eq!(actions.overdue(today).count(), 0);
    assert_eq!(actions.overdue(today.plus(1)).count(), 1);
    actions.done(id, today.plus(2)).unwrap();
    assert!(actions.done(id, today.plus(3)).is_err() && actions.done(7, today).is_err());
    assert_eq!(actions.overdue(today.plus(9)).count(), 0);
}
