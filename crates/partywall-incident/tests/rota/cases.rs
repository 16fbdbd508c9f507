//! Gaps and their causes, written out.

use partywall_incident::rota::{Cause, Roster, Source, calendar};
use partywall_incident::{Span, instant, written};

pub(crate) fn source(name: &str, text: &str) -> Source {
    Source { name: name.to_owned(), text: text.to_owned() }
}

pub(crate) fn window(from: &str, until: &str) -> Span {
    Span::new(instant(from).unwrap(), instant(until).unwrap()).unwrap()
}

fn gaps(sources: &[Source], from: &str, until: &str) -> Vec<String> {
    let coverage = Roster::read(sources).unwrap().coverage(window(from, until), &[]).unwrap();
    let segments = coverage.gaps.iter().flat_map(|gap| gap.segments.iter().map(move |segment| (gap, segment)));
    let gaps = segments.map(|(gap, segment)| {
        let causes: Vec<String> = segment.causes.iter().map(Cause::words).collect();
        format!("{} {} {}: {}", gap.role, written(segment.span.from), written(segment.span.until), causes.join(", "))
    });
    gaps.chain(coverage.unread.iter().map(|gap| gap.cause.clone())).collect()
}

const TEAM: &str = r#"
zone = "Europe/Zurich"
reachable = ["phone", "pager"]
[[member]]
id = "ada"
phone = "+41 44 000 00 01"
leave = [{ from = 2026-01-14, until = 2026-01-15T12:00:00 }]
[[member]]
id = "bo"
mail = "bo@example.org"
pager = "P123"
[[member]]
id = "cleo"
mail = "cleo@example.org"
[[member]]
id = "dan"
phone = "112"
roles = ["writer"]
"#;

fn team(rest: &str) -> Vec<Source> {
    vec![source("team.toml", &format!("{TEAM}{rest}"))]
}

#[test]
fn a_gap_has_the_cause_that_made_it() {
    let weekly = r#"
[[rotation]]
role = "responder"
members = ["bo", "ada"]
every = "week"
from = 2026-01-05
handover = "09:00"
"#;
    assert_eq!(
        gaps(&team(weekly), "2026-01-06", "2026-01-20"),
        ["responder 2026-01-13T23:00:00Z 2026-01-15T11:00:00Z: `ada` is on leave"]
    );
    let covered = format!(
        "{weekly}[[override]]\nrole = \"responder\"\nmember = \"bo\"\nfrom = 2026-01-14\nuntil = 2026-01-15T12:00:00\n"
    );
    assert_eq!(gaps(&team(&covered), "2026-01-06", "2026-01-20"), [""; 0]);
    let mail_only = weekly.replace("\"bo\"", "\"cleo\"");
    assert_eq!(
        gaps(&team(&mail_only), "2026-01-06", "2026-01-07"),
        ["responder 2026-01-06T00:00:00Z 2026-01-07T00:00:00Z: `cleo` cannot be reached by phone or pager"]
    );
    let other = weekly.replace("\"bo\"", "\"dan\"");
    assert_eq!(
        gaps(&team(&other), "2026-01-06", "2026-01-07"),
        ["responder 2026-01-06T00:00:00Z 2026-01-07T00:00:00Z: `dan` does not fill this role"]
    );
}

#[test]
fn nobody_is_on_call_before_and_after() {
    let days = r#"
[[rotation]]
role = "responder"
members = ["bo"]
every = "day"
from = 2026-01-05
until = 2026-01-07
handover = "00:00"
hours = [{ days = ["monday", "tuesday"], from = "22:00", until = "06:00" }]
"#;
    assert_eq!(
        gaps(&team(days), "2026-01-04T23:00:00Z", "2026-01-07"),
        [
            "responder 2026-01-04T23:00:00Z 2026-01-05T21:00:00Z: nobody is scheduled",
            "responder 2026-01-06T05:00:00Z 2026-01-06T21:00:00Z: nobody is scheduled",
            "responder 2026-01-06T23:00:00Z 2026-01-07T00:00:00Z: nobody is scheduled",
        ]
    );
}

const EVENTS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n";

pub(crate) fn events(lines: &[&str]) -> String {
    let body: Vec<String> = lines
        .iter()
        .zip(1..)
        .map(|(lines, uid)| format!("BEGIN:VEVENT\r\nUID:{uid}\r\n{}\r\nEND:VEVENT\r\n", lines.replace('\n', "\r\n")))
        .collect();
    format!("{EVENTS}{}END:VCALENDAR\r\n", body.concat())
}

#[test]
fn changed_clocks_make_gaps_in_calendars() {
    let skipped = events(&[
        "DTSTART;TZID=Europe/Zurich:20260328T023000\nDURATION:P1D\nRRULE:FREQ=DAILY\nATTENDEE:mailto:a@example.org",
    ]);
    assert_eq!(
        gaps(&[source("a.ics", &skipped)], "2026-03-28T12:00:00Z", "2026-03-31"),
        [
            "on-call 2026-03-29T01:30:00Z 2026-03-30T00:30:00Z: the turn of `a@example.org` begins in an hour that the clock skips"
        ]
    );
    let exact = events(&[
        "DTSTART;TZID=Europe/Zurich:20261020T090000\nDTEND;TZID=Europe/Zurich:20261021T090000\nRRULE:FREQ=DAILY\nATTENDEE:mailto:a@example.org",
    ]);
    assert_eq!(
        gaps(&[source("a.ics", &exact)], "2026-10-23T12:00:00Z", "2026-10-27"),
        [
            "on-call 2026-10-25T07:00:00Z 2026-10-25T08:00:00Z: the turn of `a@example.org` ends early, since the clock repeats an hour"
        ]
    );
}

#[test]
fn what_a_calendar_takes_out_is_not_covered() {
    let head = "DTSTART:20260105T000000Z\nDTEND:20260106T000000Z\nRRULE:FREQ=DAILY\nSUMMARY:bo";
    let with = |line: &str| vec![source("a.ics", &events(&[&format!("{head}\n{line}")])), source("team.toml", TEAM)];
    let asked = |sources: &[Source]| gaps(sources, "2026-01-06", "2026-01-09");
    assert_eq!(asked(&with("COMMENT:whole")), [""; 0]);
    let day = ["on-call 2026-01-07T00:00:00Z 2026-01-08T00:00:00Z: nobody is scheduled"];
    assert_eq!(asked(&with("EXDATE:20260107T000000Z")), day);
    assert_eq!(asked(&with("EXDATE;VALUE=DATE:20260107")), day);
    for line in ["EXDATE;TZID=Nowhere:20260107T000000", "EXRULE:FREQ=WEEKLY", "EXDATE:garbage", "RRULE:FREQ=WEEKLY"] {
        let found = asked(&with(line));
        assert!(found.last().unwrap().contains("the event `1` is not understood"), "{line}: {found:?}");
        assert_eq!(found.len(), 2, "{line}");
    }
}

#[test]
fn the_calendar_that_is_published_covers_the_same() {
    let weekly = "[[rotation]]\nrole = \"responder\"\nmembers = [\"bo\", \"ada\"]\nevery = 3\nfrom = 2026-01-05\nhandover = \"09:00\"\n";
    let sources = team(weekly);
    let window = window("2026-01-01", "2026-06-01");
    let roster = Roster::read(&sources).unwrap();
    let published = calendar(&roster.on_call(window, &[]).unwrap());
    let again = Roster::read(&[source("published.ics", &published), source("team.toml", TEAM)]).unwrap();
    let spans = |roster: &Roster| -> Vec<Span> {
        roster.coverage(window, &[]).unwrap().gaps.iter().map(|gap| gap.span).collect()
    };
    assert_eq!(spans(&roster), spans(&again));
    assert!(spans(&roster).len() > 1);
}
