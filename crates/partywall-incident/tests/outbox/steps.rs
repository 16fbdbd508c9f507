//! What people do with incidents, in both databases.

use partywall_incident::channel::Sender;
use partywall_incident::incident::{CauseOfError, Ingested, NewFollowUp, Settings, Status, Step};
use partywall_incident::notice::NoticeState;
use partywall_incident::rota::{Escalation, Level};
use partywall_incident::store::Store;
use ring::hmac;
use serde_json::Value;

use crate::estate::{alert, channel, channels};
use crate::postgresql::Cluster;
use crate::receiver::Receiver;

const MINUTE: i64 = 60_000;

fn sqlite() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("incidents.db").to_str().unwrap().to_owned();
    (folder, place)
}

fn an_incident_goes_its_way(place: &str) {
    let mut store = Store::open(place).unwrap();
    let (channels, settings) = (channels(""), Settings::default());
    let Ingested::Opened(id) = store.ingest(&alert(0), MINUTE, &settings, &channels).unwrap() else { unreachable!() };
    assert_eq!(store.ingest(&alert(0), MINUTE, &settings, &channels).unwrap(), Ingested::Known(id.clone()));
    assert_eq!(store.ingest(&alert(1), MINUTE, &settings, &channels).unwrap(), Ingested::Joined(id.clone()));
    let mut late = alert(2);
    (late.first_ms, late.last_ms) = (late.first_ms + 3 * 60 * MINUTE, late.last_ms + 3 * 60 * MINUTE);
    assert!(
        matches!(store.ingest(&late, MINUTE, &settings, &channels).unwrap(), Ingested::Opened(other) if other != id)
    );
    for (step, is_possible) in [
        (review(), false),
        (Step::Acknowledge, true),
        (Step::Acknowledge, false),
        (Step::Mitigate(" ".to_owned()), false),
        (Step::Resolve("key revoked\0".to_owned()), true),
        (Step::Mitigate("late".to_owned()), false),
        (review(), false),
    ] {
        let done = store.step(&id, &step, "ada", 2 * MINUTE, &channels);
        assert_eq!(done.is_ok(), is_possible, "{step:?}: {done:?}");
    }
    let follow_up = |due| NewFollowUp { title: "remove keys", owner: "bo", due };
    for due in ["", "soon", "2026-02-30", "2026-2-3"] {
        assert!(store.add_follow_up(&id, &follow_up(due), "ada", 3 * MINUTE).is_err(), "{due}");
    }
    let name = store.add_follow_up(&id, &follow_up("2026-12-24"), "ada", 3 * MINUTE).unwrap();
    store.step(&id, &review(), "ada", 4 * MINUTE, &channels).unwrap();
    assert_eq!(store.open_follow_ups().unwrap().len(), 1);
    store.finish_follow_up(&name, "bo", 5 * MINUTE).unwrap();
    assert!(store.finish_follow_up(&name, "bo", 5 * MINUTE).is_err());
    let details = store.details(&id).unwrap();
    assert_eq!((details.incident.status, details.alerts), (Status::Reviewed, vec![alert(0), alert(1)]));
    let actions: Vec<&str> = details.timeline.iter().map(|entry| entry.action.as_str()).collect();
    let expected = ["opened", "joined", "acknowledged", "resolved", "follow-up added", "reviewed", "follow-up done"];
    assert_eq!(actions, expected);
    assert_eq!(details.timeline[3].detail, "key revoked\u{fffd}");
    assert!(store.details("inc-nothing").is_err());
}

fn review() -> Step {
    let said = || "something".to_owned();
    Step::Review(CauseOfError { summary: said(), impact: said(), root_cause: said(), lessons: said() })
}

#[test]
fn an_incident_goes_its_way_in_sqlite() {
    let (_folder, place) = sqlite();
    an_incident_goes_its_way(&place);
    let connection = rusqlite::Connection::open(&place).unwrap();
    for statement in ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"] {
        assert!(connection.execute(statement, []).unwrap_err().to_string().contains("append-only"), "{statement}");
    }
}

#[test]
fn an_incident_goes_its_way_in_postgresql() {
    let cluster = Cluster::start();
    an_incident_goes_its_way(&cluster.url);
    let mut client = postgres::Client::connect(&cluster.url, postgres::NoTls).unwrap();
    for statement in ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"] {
        assert!(client.batch_execute(statement).is_err(), "{statement}");
    }
}

#[test]
fn alerts_that_make_no_sense_are_refused() {
    let (_folder, place) = sqlite();
    let mut store = Store::open(&place).unwrap();
    let mut wrong = vec![alert(0), alert(0), alert(0), alert(0)];
    wrong[0].id.clear();
    wrong[1].id = "x".repeat(2000);
    wrong[2].last_ms = 0;
    wrong[3].message = "x".repeat(2 << 20);
    for alert in wrong {
        assert!(store.ingest(&alert, 0, &Settings::default(), &channels("")).is_err());
    }
    let mut strange = alert(0);
    (strange.first_ms, strange.last_ms) = (i64::MIN, i64::MAX);
    store.ingest(&strange, i64::MAX, &Settings { window_ms: i64::MAX }, &channels("")).unwrap();
    assert_eq!(store.incidents().unwrap().len(), 1);
}

#[test]
fn receivers_get_what_their_documents_say() {
    let receiver = Receiver::start(false);
    let (folder, place) = sqlite();
    let secret = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let url = secret("url", &format!("http://127.0.0.1:{}/TOP-SECRET\n", receiver.port));
    let key = secret("key", "Jefe\n");
    let both = format!("url_file = \"{url}\"\nsecret_file = \"{key}\"");
    let text = [
        channel("slack", "slack", &format!("url_file = \"{url}\"")),
        channel("pager", "pager_duty", &both),
        channel("hook", "webhook", &both),
    ];
    let channels = channels(&text.concat());
    let mut store = Store::open(&place).unwrap();
    let Ingested::Opened(id) = store.ingest(&alert(0), 0, &Settings::default(), &channels).unwrap() else {
        unreachable!()
    };
    for step in [Step::Acknowledge, Step::Resolve("done".to_owned())] {
        store.step(&id, &step, "ada", 0, &channels).unwrap();
    }
    let sender = Sender::new(channels).unwrap();
    let told = store.deliver(&mut || 0, &mut |notice| sender.send(notice, 1_700_000_000)).unwrap();
    assert_eq!(told.delivered, 9);
    let requests = receiver.requests();
    assert!(requests.iter().all(|request| request.path == "/TOP-SECRET"));
    let mut actions = Vec::new();
    for request in &requests {
        let body: Value = serde_json::from_str(&request.body).unwrap();
        if let Some(signature) = request.header("Partywall-Signature") {
            let stamp = request.header("Partywall-Timestamp").unwrap();
            let tag = signature.strip_prefix("v1=").unwrap();
            let tag: Vec<u8> =
                (0..tag.len() / 2).map(|at| u8::from_str_radix(&tag[at * 2..at * 2 + 2], 16).unwrap()).collect();
            let key = hmac::Key::new(hmac::HMAC_SHA256, b"Jefe");
            hmac::verify(&key, format!("{stamp}.{}", request.body).as_bytes(), &tag).unwrap();
            assert_eq!(body["key"], request.header("Idempotency-Key").unwrap());
        } else if body["dedup_key"].is_string() {
            assert_eq!((&body["dedup_key"], &body["routing_key"]), (&id.clone().into(), &"Jefe".into()));
            assert_eq!(body["payload"]["severity"], "error");
            actions.push(body["event_action"].as_str().unwrap().to_owned());
        } else {
            let text = body["text"].as_str().unwrap();
            assert!(text.contains("&lt;b&gt;happened") && !text.contains("<b>"), "{text}");
        }
    }
    assert_eq!(actions, ["trigger", "acknowledge", "resolve"]);
}

#[test]
fn no_message_holds_a_secret() {
    let (folder, place) = sqlite();
    let path = folder.path().join("url").display().to_string();
    for url in ["http://127.0.0.1:1/TOP-SECRET", "TOP-SECRET", "http://TOP-SECRET@[::1"] {
        std::fs::write(&path, url).unwrap();
        let channels = channels(&channel("slack", "slack", &format!("url_file = \"{path}\"")));
        let mut store = Store::open(&place).unwrap();
        store.ingest(&alert(0), 0, &Settings::default(), &channels).unwrap();
        let sender = Sender::new(channels).unwrap();
        let mut clock = 0;
        let mut now = || {
            clock += 10_000_000_000;
            clock
        };
        store.deliver(&mut now, &mut |notice| sender.send(notice, 0)).unwrap();
        let shown = format!("{:?} {sender:?}", store.notices().unwrap());
        assert!(!shown.contains("TOP-SECRET"), "{shown}");
    }
    let wrong = Store::open("postgres://ada:TOP-SECRET@127.0.0.1:1/x?nonsense=1").unwrap_err().to_string();
    assert!(!wrong.contains("TOP-SECRET"), "{wrong}");
}

#[test]
fn a_notice_that_nobody_takes_is_given_up_and_said_so() {
    let (_folder, place) = sqlite();
    let channels = channels(
        "[[channel]]\nname = \"hook\"\nkind = \"webhook\"\naudience = \"customer\"\nurl_env = \"X\"\nsecret_env = \"X\"\ndeadline_minutes = 10",
    );
    let mut store = Store::open(&place).unwrap();
    let Ingested::Opened(id) = store.ingest(&alert(0), 0, &Settings::default(), &channels).unwrap() else {
        unreachable!()
    };
    let (mut clock, mut attempts) = (0, 0);
    while store.notices().unwrap()[0].state == NoticeState::Pending {
        store
            .deliver(&mut || clock, &mut |_| {
                attempts += 1;
                Err("no".to_owned())
            })
            .unwrap();
        clock += 1_000;
    }
    assert!((5..20).contains(&attempts), "{attempts} attempts");
    assert!((10 * MINUTE..20 * MINUTE).contains(&clock), "{clock}");
    let details = store.details(&id).unwrap();
    assert_eq!(details.timeline.last().unwrap().action, "notice failed");
    assert!(!store.notices().unwrap()[0].facts.to_string().contains("arn:"), "a customer is told of the inside");
}

#[test]
fn what_nobody_acknowledges_is_escalated_once() {
    let (_folder, place) = sqlite();
    let channels = channels(&channel("slack", "slack", "url_env = \"X\""));
    let mut store = Store::open(&place).unwrap();
    store.ingest(&alert(0), 0, &Settings::default(), &channels).unwrap();
    let level = |role: &str, after_minutes| Level { role: role.to_owned(), after_minutes };
    let levels = vec![level("responder", 0), level("commander", 15), level("board", 60)];
    let escalation = Escalation { name: "default".to_owned(), levels };
    let told = |store: &mut Store, now| -> Vec<String> {
        let who = |role: &str, _| Ok(if role == "board" { String::new() } else { format!("somebody {role}") });
        store.escalate(&escalation, now, &channels, &who).unwrap().into_iter().map(|(_, detail)| detail).collect()
    };
    assert_eq!(told(&mut store, 0), ["responder: somebody responder"]);
    assert_eq!(told(&mut store, 14 * MINUTE), [""; 0]);
    assert_eq!(told(&mut store, 61 * MINUTE), ["commander: somebody commander", "board: nobody is on call"]);
    assert_eq!(told(&mut store, 600 * MINUTE), [""; 0]);
    assert_eq!(told(&mut store, -600 * MINUTE), [""; 0]);
    assert_eq!(store.notices().unwrap().len(), 4);
}
