//! Every call is denied, throttled, broken off and garbled in turn: no verdict gets better, none vanishes, and what can
//! no longer be told names the call.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};

use crate::account::{Judged, WEBSHOP, collect, verdicts};
use crate::support::proxy::{Fault, Proxy, Services};

/// Denials are tried on every so many-th call; this variable says on which, and 1 tries everything on all.
const EVERY_CALL: &str = "PARTYWALL_EVERY_CALL";
const STRIDE: usize = 12;

/// Faults other than a denial, each tried on every so many-th of these calls.
const FAULTS: [Fault; 5] = [Fault::Throttled, Fault::ServerError, Fault::Hang, Fault::Truncated, Fault::Malformed];
const FAULT_STRIDE: usize = 5;

/// Whose credentials it is asks the collector itself: without an answer there is no collection.
const OWN_QUESTION: &str = "sts:GetCallerIdentity";

type Verdicts = BTreeMap<(String, String), Judged>;

fn services() -> Services {
    Services::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../partywall-collect/wire"))
}

/// The verdicts when a call goes wrong in one way. Other services have answered before, and are not asked again.
fn with_fault(before: &Path, operation: &str, fault: Fault) -> Verdicts {
    let (service, name) =
        operation.split_once(':').map(|(service, name)| (service.to_owned(), name.to_owned())).unwrap();
    let proxy =
        Proxy::start(WEBSHOP.endpoint(), services(), move |request| request.is(&service, &name).then_some(fault));
    let folder = tempfile::tempdir().unwrap();
    let collection = folder.path().join("collection");
    copy_without(before, &collection, operation.split(':').next().unwrap());
    collect(&proxy, &collection, if fault == Fault::Hang { &["--timeout", "3"] } else { &[] });
    assert!(proxy.counts().contains_key(operation), "`{operation}` was not asked");
    verdicts(&collection)
}

/// Copies a collection without what one service has answered.
fn copy_without(from: &Path, to: &Path, service: &str) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            copy_without(&path, &to.join(name), service);
        } else if path.file_stem().unwrap() != service {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// A collection in which nothing went wrong.
static WHOLE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    collect(&*WEBSHOP, folder.path(), &[]);
    folder
});

/// What is wrong with the verdicts that came of a fault.
fn wrongs(operation: &str, before: &Verdicts, after: &Verdicts) -> Vec<String> {
    // Rows of a refused list are one finding; a thing of which only the question is known goes by another name.
    let stands_for = |check: &String| {
        after.iter().any(|((of, resource), (verdict, causes))| {
            let is_new = !before.contains_key(&(of.clone(), resource.clone()));
            of == check && is_new && verdict == "unknown" && causes.contains(&format!("`{operation}`"))
        })
    };
    let mut wrong = Vec::new();
    for ((check, resource), (was, _)) in before {
        match after.get(&(check.clone(), resource.clone())) {
            Some((now, causes)) if now != was => {
                // What passes however sensitive its data may be passes also when nobody knows how sensitive it is.
                let passes_anyway = was == "not_applicable" && now == "pass";
                if now != "unknown" && !passes_anyway {
                    wrong.push(format!("{check} on {resource}: {was} became {now}"));
                } else if !passes_anyway && !causes.contains(&format!("`{operation}`")) {
                    wrong.push(format!("{check} on {resource} does not name `{operation}`: {causes}"));
                }
            }
            Some(_) => {}
            None if stands_for(check) => {}
            None => wrong.push(format!("{check} on {resource}: {was} vanished")),
        }
    }
    for ((check, resource), (now, _)) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        if now != "unknown" {
            wrong.push(format!("{check} on {resource}: {now} out of nothing"));
        }
    }
    wrong
}

#[test]
fn taking_an_answer_away_never_improves_a_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(WEBSHOP.endpoint(), services(), |_| None);
    collect(&proxy, folder.path(), &[]);
    let before = verdicts(folder.path());
    let operations: Vec<String> = proxy.counts().into_keys().filter(|operation| operation != OWN_QUESTION).collect();
    let stride = std::env::var(EVERY_CALL).map_or(STRIDE, |text| text.parse().unwrap());
    let fault_stride = if stride == 1 { 1 } else { stride * FAULT_STRIDE };
    let denials = operations.iter().step_by(stride).map(|operation| (operation, Fault::Denied));
    let others = FAULTS
        .into_iter()
        .enumerate()
        .flat_map(|(offset, fault)| operations.iter().skip(offset).step_by(fault_stride).map(move |of| (of, fault)));
    let trials: Vec<(&String, Fault)> = denials.chain(others).collect();
    assert!(operations.len() > 50 && before.len() > 100, "{} calls, {} verdicts", operations.len(), before.len());

    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((operation, fault)) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let after = with_fault(folder.path(), operation, *fault);
                    let found = wrongs(operation, &before, &after);
                    let lines = found.into_iter().map(|line| format!("{operation}, {fault:?}: {line}"));
                    wrong.lock().unwrap().extend(lines);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    println!("{} calls, {} trials, {} verdicts", operations.len(), trials.len(), before.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What could not be seen has not gone: a comparison with a reading that was denied says so.
#[test]
fn a_denied_list_is_no_removal() {
    let proxy = Proxy::breaking(WEBSHOP.endpoint(), services(), "s3", "ListBuckets", Fault::Denied);
    let folder = tempfile::tempdir().unwrap();
    let denied = folder.path().join("denied");
    copy_without(WHOLE.path(), &denied, "s3");
    collect(&proxy, &denied, &[]);
    let output = Command::new(env!("CARGO_BIN_EXE_partywall"))
        .args(["diff", "-o", "json", "--fail-on", "never"])
        .args([WHOLE.path(), &denied])
        .output()
        .unwrap();
    let drift: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let changes: Vec<_> = drift["rows"].as_array().unwrap().iter().map(|row| (&row["table"], &row["change"])).collect();
    assert_eq!(changes, [(&"aws_s3_bucket".into(), &"out_of_sight".into()); 2]);
}

/// A denied call names the permission that is missing, and what it would have shown is unknown.
#[test]
fn a_denied_list_becomes_unknown_and_names_its_permission() {
    let after = with_fault(WHOLE.path(), "s3:ListBuckets", Fault::Denied);
    let of_buckets: Vec<_> = after.iter().filter(|((check, _), _)| check.starts_with("s3/bucket-")).collect();
    assert!(of_buckets.len() > 5);
    for ((check, resource), (verdict, causes)) in of_buckets {
        assert_eq!((resource.as_str(), verdict.as_str()), ("111122223333/global/aws_s3_bucket", "unknown"), "{check}");
        assert!(causes.contains("allow `s3:ListAllMyBuckets`"), "{causes}");
    }
}
