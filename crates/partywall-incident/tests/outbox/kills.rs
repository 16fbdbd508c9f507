//! A program that takes alerts in and delivers notices is killed again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use partywall_incident::channel::Sender;
use partywall_incident::incident::{Settings, Status, Step};
use partywall_incident::notice::NoticeState;
use partywall_incident::store::Store;

use crate::estate::{ALERTS, alert, channel, channels, now_ms};
use crate::postgresql::Cluster;
use crate::receiver::Receiver;

/// How often it is killed.
const KILLS: usize = 100;

/// How long it may work before it is killed.
const PATIENCE: Duration = Duration::from_millis(300);

/// The variable that makes this test the program: the database.
const CHILD: &str = "PARTYWALL_KILLED_DATABASE";

/// The variable that says how many incidents there are.
const INCIDENTS: &str = "PARTYWALL_KILLED_INCIDENTS";

fn webhook() -> String {
    channel("hook", "webhook", "url_env = \"PARTYWALL_HOOK_URL\"\nsecret_env = \"PARTYWALL_HOOK_SECRET\"")
}

/// Takes alerts in, acknowledges what they opened, and delivers.
#[test]
fn killed_program() {
    let Ok(place) = std::env::var(CHILD) else { return };
    let incidents: usize = std::env::var(INCIDENTS).unwrap().parse().unwrap();
    let (mut store, channels) = (Store::open(&place).unwrap(), channels(&webhook()));
    let sender = Sender::new(channels.clone()).unwrap();
    for number in incidents.saturating_sub(5) * ALERTS..incidents * ALERTS {
        store.ingest(&alert(number), now_ms(), &Settings::default(), &channels).unwrap();
        store.deliver(&mut now_ms, &mut |notice| sender.send(notice, 1_700_000_000)).unwrap();
    }
    for incident in store.incidents().unwrap() {
        if incident.status == Status::Open {
            store.step(&incident.id, &Step::Acknowledge, "somebody", now_ms(), &channels).unwrap();
        }
    }
    let mut send = |notice: &_| sender.send(notice, 1_700_000_000);
    loop {
        store.deliver(&mut now_ms, &mut send).unwrap();
        if store.notices().unwrap().iter().all(|notice| notice.state == NoticeState::Delivered) {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn program(place: &str, incidents: usize, receiver: &Receiver) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "kills::killed_program"])
        .env(CHILD, place)
        .env(INCIDENTS, incidents.to_string())
        .env("PARTYWALL_HOOK_URL", format!("http://127.0.0.1:{}/hook", receiver.port))
        .env("PARTYWALL_HOOK_SECRET", "secret")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn nothing_is_lost_or_doubled(place: &str) {
    let receiver = Receiver::start(true);
    Store::open(place).unwrap();
    let mut unfinished = 0;
    for kill in 0..KILLS {
        let before = receiver.requests().len();
        let mut child = program(place, kill + 1, &receiver).spawn().unwrap();
        // Killed after a random number of requests, and a random while; whoever has nothing to send, after a while.
        let mixed = (kill as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let started = Instant::now();
        while receiver.requests().len() < before + (mixed % 3) as usize && started.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(mixed / 3 % 15));
        unfinished += usize::from(child.try_wait().unwrap().is_none());
        // On Unix this is SIGKILL.
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert!(unfinished > KILLS / 2, "only {unfinished} were killed at work");
    let under_way = receiver.requests().len();
    assert!(under_way > KILLS / 2, "only {under_way} requests came in while it was killed");
    // What the kills cut off is made up for, as after any restart.
    let (mut store, channels) = (Store::open(place).unwrap(), channels(&webhook()));
    for number in 0..KILLS * ALERTS {
        store.ingest(&alert(number), now_ms(), &Settings::default(), &channels).unwrap();
    }
    receiver.fails.store(false, Ordering::SeqCst);
    assert!(program(place, KILLS, &receiver).status().unwrap().success());
    let incidents = store.incidents().unwrap();
    assert_eq!(incidents.len(), KILLS, "an incident is lost or doubled");
    for incident in &incidents {
        let details = store.details(&incident.id).unwrap();
        assert_eq!(details.alerts.len(), ALERTS);
        let actions: Vec<&str> = details.timeline.iter().map(|entry| entry.action.as_str()).collect();
        for (action, times) in [("opened", 1), ("joined", ALERTS - 1), ("acknowledged", 1)] {
            assert_eq!(actions.iter().filter(|found| **found == action).count(), times, "{actions:?}");
        }
    }
    told_once(&mut store, &receiver);
}

/// Each notice has come in, and those that came twice came under the same key.
fn told_once(store: &mut Store, receiver: &Receiver) {
    let notices = store.notices().unwrap();
    let told: BTreeSet<(&str, &str)> =
        notices.iter().map(|notice| (notice.incident.as_str(), notice.event.as_str())).collect();
    assert_eq!((notices.len(), told.len()), (KILLS * 2, KILLS * 2), "a notice is lost or doubled");
    let requests = receiver.requests();
    let mut received: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for request in &requests {
        received.entry(request.header("Idempotency-Key").unwrap().to_owned()).or_default().insert(request.body.clone());
    }
    let keys: BTreeSet<String> = notices.iter().map(|notice| notice.key.clone()).collect();
    assert_eq!(received.keys().cloned().collect::<BTreeSet<_>>(), keys);
    assert!(received.values().all(|bodies| bodies.len() == 1), "a key stands for two notices");
    assert!(requests.len() > keys.len(), "the receiver never failed");
    println!("{} notices, {} requests", keys.len(), requests.len());
}

#[test]
fn nothing_is_lost_or_doubled_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    nothing_is_lost_or_doubled(folder.path().join("incidents.db").to_str().unwrap());
}

#[test]
fn nothing_is_lost_or_doubled_in_postgresql() {
    let cluster = Cluster::start();
    nothing_is_lost_or_doubled(&cluster.url);
}
