//! A collection goes on where it stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::server::{Reply, Request, Server};
use super::{ACCOUNT, calls, lines, options, run};
use crate::{CollectError, Event, StoreError};

const IDS: [&str; 2] = ["ec2:DescribeInstanceUserData", "ec2:DescribeInstanceApiTermination"];

/// Two instances, and what is asked about each.
fn instances(request: &Request) -> Reply {
    Reply::ok(match request.action().as_str() {
        "DescribeInstances" => {
            "<a><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState></item><item><instanceId>i-2</instanceId><instanceState><name>running</name></instanceState></item></instancesSet></item></reservationSet></a>"
        }
        _ => "<a><instanceId>i-1</instanceId></a>",
    })
}

#[test]
fn children_are_asked_for_each_item_and_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(instances);
    let (summary, events) = run(&server, &options(folder.path()), &calls(&IDS));
    assert_eq!(summary.unwrap().accounts[0].calls, 5);
    assert_eq!(server.actions().len(), 5, "the parent was not selected and is asked all the same");
    let planned: usize = events
        .iter()
        .map(|event| match event {
            Event::CallsPlanned { count, .. } => *count,
            _ => 0,
        })
        .sum();
    assert_eq!(planned, 5);
    server.forget();
    let (summary, _) = run(&server, &options(folder.path()), &calls(&IDS));
    let summary = summary.unwrap();
    assert_eq!((summary.accounts[0].calls, summary.accounts[0].calls_before), (0, 5));
    assert_eq!(server.actions(), Vec::<String>::new());
}

#[test]
fn a_torn_line_is_asked_for_again_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(instances);
    run(&server, &options(folder.path()), &calls(&IDS)).0.unwrap();
    let whole = lines(folder.path(), ACCOUNT)["us-east-1/ec2"].len();
    let file = folder.path().join(ACCOUNT).join("us-east-1/ec2.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &text[..text.len() - 30]).unwrap();
    server.forget();
    run(&server, &options(folder.path()), &calls(&IDS)).0.unwrap();
    assert_eq!(server.actions(), ["DescribeInstanceAttribute"]);
    assert_eq!(lines(folder.path(), ACCOUNT)["us-east-1/ec2"].len(), whole);
}

#[test]
fn refusals_are_asked_again_when_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let is_allowed = Arc::new(AtomicBool::new(false));
    let switch = is_allowed.clone();
    let server = Server::start(move |request| {
        if switch.load(Ordering::SeqCst) { instances(request) } else { Reply::error(403, "UnauthorizedOperation") }
    });
    let mut options = options(folder.path());
    run(&server, &options, &calls(&IDS)).0.unwrap();
    is_allowed.store(true, Ordering::SeqCst);
    server.forget();
    run(&server, &options, &calls(&IDS)).0.unwrap();
    assert_eq!(server.actions().len(), 0);
    options.again = true;
    run(&server, &options, &calls(&IDS)).0.unwrap();
    assert_eq!(server.actions().len(), 5);
}

#[test]
fn expired_credentials_end_the_run_and_the_next_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let has_expired = Arc::new(AtomicBool::new(true));
    let switch = has_expired.clone();
    let server = Server::start(move |request| {
        let is_late = request.action() == "DescribeInstanceAttribute" && switch.load(Ordering::SeqCst);
        if is_late { Reply::error(400, "ExpiredToken") } else { instances(request) }
    });
    let (summary, _) = run(&server, &options(folder.path()), &calls(&IDS));
    assert!(matches!(summary, Err(CollectError::Expired { .. })));
    has_expired.store(false, Ordering::SeqCst);
    server.forget();
    let (summary, _) = run(&server, &options(folder.path()), &calls(&IDS));
    assert_eq!(summary.unwrap().accounts[0].calls, 4);
    assert!(!server.actions().contains(&"DescribeInstances".to_owned()));
}

#[test]
fn two_runs_do_not_write_to_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let _first = crate::store::Folder::open(folder.path()).unwrap();
    let server = Server::start(instances);
    let (summary, _) = run(&server, &options(folder.path()), &calls(&IDS));
    assert!(matches!(summary, Err(CollectError::Store(StoreError::Busy(_)))));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_a_collection() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("a/collection");
    let server = Server::start(instances);
    run(&server, &options(&root), &calls(&IDS)).0.unwrap();
    let mut pending = vec![root];
    while let Some(path) = pending.pop() {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
        }
    }
}
