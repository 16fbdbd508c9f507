//! Sites that are meant to break the reader end in gaps, in bounded time.

use std::fmt::Write;
use std::time::{Duration, Instant};

use partywall_checks::Library;
use partywall_model::{Assessment, Verdict};

use super::{copy, fixtures, judged};

/// Judges the sound site with one file replaced.
fn with(file: &str, text: &str) -> Assessment {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixtures().join("sound"), folder.path());
    std::fs::write(folder.path().join(file), text).unwrap();
    let begin = Instant::now();
    let assessment = judged(&Library::shipped().unwrap(), folder.path());
    assert!(begin.elapsed() < Duration::from_secs(60), "{file}: {:?}", begin.elapsed());
    assessment
}

fn complains(assessment: &Assessment, words: &str) {
    let causes: Vec<&str> = assessment.gaps.iter().map(|gap| gap.cause.as_str()).collect();
    assert!(causes.iter().any(|cause| cause.contains(words)), "no gap says `{words}`: {causes:#?}");
    assert!(assessment.gaps.iter().all(|gap| !gap.cure.is_empty()));
}

fn verdict(assessment: &Assessment, check: &str) -> Verdict {
    let of = assessment.findings.iter().filter(|finding| finding.check.as_ref() == check);
    of.map(|finding| finding.verdict).min().unwrap()
}

#[test]
fn badge_logs_that_jump_and_repeat_are_faults() {
    let head = "id,sequence,time,door,person,badge,direction,result\n";
    let log = "a,1,2026-09-29T22:00:00Z,front,p1,b1,in,granted\nb,2,2026-09-28T01:00:00Z,front,p1,b1,out,granted\nc,2,2026-09-29T23:00:00Z,front,p2,b2,in,granted\n";
    assert_eq!(verdict(&with("badge-events.csv", &(head.to_owned() + log)), "site/badge-log-gap"), Verdict::Fail);
    let twice = with("badge-events.csv", &(head.to_owned() + &log.replace("\nc,", "\na,")));
    complains(&twice, "`a` is there twice");
    let numbers = "a,99999999999999999999999,2026-09-29T22:00:00Z,front,p1,b1,in,granted\nb,-9223372036854775808,2026-09-29T22:10:00Z,front,p1,b1,out,granted\n";
    assert_eq!(verdict(&with("badge-events.csv", &(head.to_owned() + numbers)), "site/badge-log-gap"), Verdict::Fail);
    let far = "a,1,9999-12-31T23:59:59Z,front,p1,b1,in,granted\nb,2,0000-01-01T00:00:00Z,nowhere,p1,b1,out,granted\n";
    let far = with("badge-events.csv", &(head.to_owned() + far));
    complains(&far, "`nowhere`");
    complains(&with("badge-events.csv", &format!("{head}a,1,yesterday,front,p1,b1,in,granted\n")), "no instant");
}

#[test]
fn huge_fields_deep_nesting_and_other_bytes_are_gaps() {
    complains(&with("staff.csv", &format!("id,name\np1,{}\n", "x".repeat(1 << 20))), "longer than");
    complains(&with("grants.json", &"[".repeat(100_000)), "no JSON list");
    complains(
        &with("devices/pdu.jsonl", &format!("{{\"question\":{}\n", "[".repeat(100_000))),
        "no answer of a device",
    );
    complains(&with("site.toml", &format!("x = {}", "[".repeat(100_000))), "no TOML");
    complains(&with("visitors.csv", "id,naem\nv1,Eve\n"), "`naem` is no field");
    let numbers = "sensor,time,value\ntemp-hall,2026-09-29T00:00:00Z,inf\ntemp-hall,2026-09-29T00:00:00Z,nan\n";
    complains(&with("readings.csv", numbers), "no number");
}

#[test]
fn no_site_toml_at_all_is_unknown_everywhere() {
    let broken = with("site.toml", "name = ");
    complains(&broken, "no TOML");
    assert!(broken.findings.iter().all(|finding| finding.verdict == Verdict::Unknown));
    let sites = broken.findings.iter().filter(|finding| finding.check.starts_with("site/"));
    assert!(sites.count() >= 22);
}

#[test]
fn circles_and_bombs_of_power_end_in_a_gap() {
    let circle = "name = \"x\"\n[[power]]\nid = \"a\"\nkind = \"ups\"\nsources = [\"b\"]\n[[power]]\nid = \"b\"\nkind = \"ups\"\nsources = [\"a\"]\n[[power]]\nid = \"l\"\nkind = \"load\"\nsources = [\"a\"]\n";
    let circle = with("site.toml", circle);
    complains(&circle, "goes in a circle: a feeds b feeds a");
    assert_eq!(verdict(&circle, "site/power-not-redundant"), Verdict::Unknown);
    let mut many = "name = \"x\"\n".to_owned();
    for at in 0..2_500 {
        let _ = write!(many, "[[power]]\nid = \"{at}\"\nkind = \"utility\"\n");
    }
    complains(
        &with("site.toml", &(many + "[[power]]\nid = \"l\"\nkind = \"load\"\nsources = [\"1\"]\n")),
        "elements; at most",
    );
    let negative = std::fs::read_to_string(fixtures().join("sound/site.toml")).unwrap();
    complains(&with("site.toml", &negative.replace("start_seconds = 12", "start_seconds = -12")), "below nothing");
}

/// The proof of a large topology ends in time, by giving up where it must.
#[test]
fn a_large_topology_ends_in_time() {
    let mut text = "name = \"x\"\n".to_owned();
    for at in 0..450 {
        let _ = write!(text, "[[power]]\nid = \"g{at}\"\nkind = \"utility\"\ncapacity_watts = 1\n");
        let _ = write!(text, "[[power]]\nid = \"l{at}\"\nkind = \"load\"\nsources = [\"g{at}\"]\nload_watts = 1\n");
    }
    let large = with("site.toml", &text);
    complains(&large, "more scenarios than are played");
    assert_eq!(verdict(&large, "site/power-not-redundant"), Verdict::Fail);
}
