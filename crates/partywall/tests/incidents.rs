//! Rotas, incidents and notices, from the command line.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/incidents").canonicalize().unwrap()
}

fn run(folder: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_partywall")).args(line.split(' ')).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn gaps_of_a_team_end_with_one_and_say_why() {
    let rota = fixtures().join("rotas/team.toml");
    let asked = |rest: &str| run(&fixtures(), &format!("oncall gaps {} {rest}", rota.display()));
    let whole = asked("--from 2026-01-01 --until 2027-01-01");
    assert_eq!(whole.status.code(), Some(1));
    assert!(said(&whole).contains("commander: 2026-02-15T23:00:00Z to 2026-02-22T23:00:00Z: `ada` is on leave"));
    let responder = asked("--from 2026-01-01 --until 2027-01-01 --role responder");
    assert_eq!(responder.status.code(), Some(0), "{}", said(&responder));
    let backwards = asked("--from 2027-01-01 --until 2026-01-01");
    assert_eq!(backwards.status.code(), Some(2));
}

#[test]
fn an_incident_is_diagnosed_taken_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let alert = json!({
        "id": "a1", "rule": {"id": "r", "title": "t", "author": "", "level": "critical", "tags": ["attack.t1078"]},
        "first_ms": 0, "last_ms": 0, "events": [], "event_count": 1, "account": "111122223333", "region": "",
        "entities": [{"kind": "principal", "name": "nobody\u{1b}[2J"}], "message": "something\u{1b}[2J"
    });
    std::fs::write(folder.path().join("alerts.jsonl"), format!("{alert}\nnonsense\n")).unwrap();
    let runbooks = fixtures().join("runbooks.toml");
    let estate = fixtures().join("../webshop");
    let line = format!("incident ingest alerts.jsonl --runbooks {} --estate {}", runbooks.display(), estate.display());
    let ingested = run(folder.path(), &line);
    assert_eq!(ingested.status.code(), Some(1), "a line is no alert: {}", said(&ingested));
    let id = String::from_utf8(ingested.stdout).unwrap().trim().to_owned();
    assert_eq!(run(folder.path(), &format!("incident ack {id} --by ada")).status.code(), Some(0));
    assert_eq!(run(folder.path(), &format!("incident ack {id} --by ada")).status.code(), Some(2));
    let shown = run(folder.path(), &format!("incident show {id} -o json"));
    let details: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let kinds = details["incident"]["picture"]["runbooks"].as_array().unwrap().iter();
    let outcomes: Vec<(&str, Vec<&String>)> = kinds
        .map(|step| (step["kind"].as_str().unwrap(), step["outcome"].as_object().unwrap().keys().collect()))
        .collect();
    let expected = [
        ("query", "result"),
        ("access", "failed"),
        ("network", "result"),
        ("responsibility", "result"),
        ("human", "to_do"),
    ];
    let expected: Vec<(&str, Vec<String>)> = expected.map(|(kind, key)| (kind, vec![key.to_owned()])).to_vec();
    assert_eq!(outcomes.len(), expected.len());
    for ((kind, keys), (other, others)) in outcomes.iter().zip(&expected) {
        assert_eq!((kind, keys.iter().map(|key| (*key).clone()).collect::<Vec<_>>()), (other, others.clone()));
    }
    std::fs::write(folder.path().join("radius.json"), "{\"buckets\": 2}").unwrap();
    assert_eq!(run(folder.path(), &format!("incident attach {id} blast_radius radius.json")).status.code(), Some(0));
    let text = run(folder.path(), &format!("incident show {id}"));
    assert!(said(&text).contains("blast_radius: {\"buckets\":2}"), "{}", said(&text));
    assert!(!text.stdout.contains(&0x1b), "a control character reaches the terminal");
    assert_eq!(run(folder.path(), "incident page public --minimum critical").status.code(), Some(0));
    let page = std::fs::read_to_string(folder.path().join("public/index.html")).unwrap();
    assert!(page.contains(&id) && !page.contains("something") && !page.contains("111122223333"));
}

#[test]
fn what_cannot_be_delivered_is_said_and_ends_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let channels = fixtures().join("channels.toml");
    let alert = json!({
        "id": "a1", "rule": {"id": "r", "title": "t", "author": "", "level": "high", "tags": []}, "first_ms": 0,
        "last_ms": 0, "events": [], "event_count": 1, "account": "", "region": "", "entities": [], "message": "m"
    });
    std::fs::write(folder.path().join("alerts.jsonl"), alert.to_string()).unwrap();
    let ingested = run(folder.path(), &format!("incident ingest alerts.jsonl --channels {}", channels.display()));
    assert_eq!(ingested.status.code(), Some(0), "{}", said(&ingested));
    let delivered = run(folder.path(), &format!("notify deliver --channels {}", channels.display()));
    assert_eq!(delivered.status.code(), Some(1), "{}", said(&delivered));
    assert!(said(&run(folder.path(), "notify list")).contains("`SLACK_WEBHOOK` is not set"));
}
