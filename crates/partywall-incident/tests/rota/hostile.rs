//! Input that wants to break things ends in an error or a gap, soon.

use std::time::{Duration, Instant};

use partywall_incident::rota::Roster;

use crate::cases::{events, source, window};

#[test]
fn hostile_calendars_end_soon() {
    let started = Instant::now();
    let head = "DTSTART:19700101T000000Z\nDURATION:PT1H\nSUMMARY:bo";
    let cases = [
        format!("{head}\nRRULE:FREQ=SECONDLY"),
        format!("{head}\nRRULE:FREQ=MINUTELY"),
        format!("{head}\nRRULE:FREQ=HOURLY"),
        format!("{head}\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        format!("{head}\nRRULE:FREQ=DAILY;INTERVAL=99999999999999999999"),
        format!("{head}\nRRULE:FREQ=DAILY;INTERVAL=0"),
        format!("{head}\nRRULE:FREQ=DAILY;COUNT=4294967295"),
        format!("{head}\nRRULE:{}", "BYDAY=MO;".repeat(1000)),
        "DTSTART:00010101T000000Z\nDURATION:P999999999999W\nSUMMARY:bo".to_owned(),
        "DTSTART:20260101T000000Z\nDURATION:P4000000000D\nSUMMARY:bo".to_owned(),
        "DTSTART:20260101T000000Z\nDTEND:20250101T000000Z\nSUMMARY:bo".to_owned(),
        "SUMMARY:bo".to_owned(),
    ];
    for case in &cases {
        let text = events(&[case]);
        match Roster::read(&[source("a.ics", &text)]) {
            Err(_) => {}
            Ok(roster) => {
                let coverage = roster.coverage(window("2026-01-01", "2027-01-01"), &["on-call".to_owned()]).unwrap();
                assert!(!coverage.gaps.is_empty(), "{case}");
            }
        }
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn what_is_no_calendar_is_refused() {
    let whole = events(&["DTSTART:20260101T000000Z\nDURATION:PT1H\nSUMMARY:bo"]);
    let deep = "BEGIN:VEVENT\r\n".repeat(100_000);
    for text in [
        "",
        "BEGIN:",
        "hello",
        deep.as_str(),
        whole.trim_end().trim_end_matches("END:VCALENDAR"),
        &whole[..whole.len() / 2],
    ] {
        assert!(Roster::read(&[source("a.ics", text)]).is_err(), "{:.60}", text);
    }
}

#[test]
fn what_is_no_rota_is_refused() {
    let turn = |rest: &str| format!("zone = \"UTC\"\n[[member]]\nid = \"a\"\n[[rotation]]\nrole = \"r\"\n{rest}");
    let cases = [
        "zone = \"Mars/Olympus\"".to_owned(),
        "zone = 3".to_owned(),
        "zone = \"UTC\"\nnonsense = 1".to_owned(),
        turn("members = []\nevery = \"day\"\nfrom = 2026-01-01\nhandover = \"09:00\""),
        turn("members = [\"b\"]\nevery = \"day\"\nfrom = 2026-01-01\nhandover = \"09:00\""),
        turn("members = [\"a\"]\nevery = 0\nfrom = 2026-01-01\nhandover = \"09:00\""),
        turn("members = [\"a\"]\nevery = \"day\"\nfrom = 0001-01-01\nhandover = \"09:00\""),
        turn("members = [\"a\"]\nevery = \"day\"\nfrom = 2026-01-01\nhandover = \"24:00\""),
        "zone = \"UTC\"\n[[member]]\nid = \"a\"\n[[member]]\nid = \"a\"".to_owned(),
        "zone = \"UTC\"\n[[escalation]]\nname = \"e\"\nlevel = []".to_owned(),
        "zone = \"UTC\"\n[[escalation]]\nname = \"e\"\nlevel = [{ role = \"r\", after_minutes = 0 }, { role = \"s\", after_minutes = 0 }]".to_owned(),
    ];
    for case in &cases {
        assert!(Roster::read(&[source("a.toml", case)]).is_err(), "{case}");
    }
}
