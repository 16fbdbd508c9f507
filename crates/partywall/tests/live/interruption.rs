//! A collection that is killed and continued holds what it would have held.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::account::{WEBSHOP, asking, collect, report};
use crate::support::moto::REGION;

/// Milliseconds after which a collection is killed, one after the other in the same folder.
const MOMENTS: [u64; 8] = [30, 90, 40, 150, 60, 250, 110, 20];

/// What every call came to, without when it was asked.
fn answers(folder: &Path) -> BTreeSet<String> {
    let mut answers = BTreeSet::new();
    let account = folder.join("111122223333");
    for region in std::fs::read_dir(account).unwrap().flatten() {
        for file in std::fs::read_dir(region.path()).unwrap().flatten() {
            for line in std::fs::read_to_string(file.path()).unwrap().lines() {
                let Ok(Value::Object(page)) = serde_json::from_str(line) else { continue };
                answers.insert(format!("{} {} {}", page["call"], page["request"], page["page"]));
            }
        }
    }
    answers
}

#[test]
fn a_killed_collection_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, broken) = (folder.path().join("whole"), folder.path().join("broken"));
    collect(&*WEBSHOP, &whole, &[]);
    let mut killed = 0;
    for moment in MOMENTS {
        let arguments = ["collect", "-o", broken.to_str().unwrap(), "--region", REGION, "--attempts", "1"];
        let mut child = asking(&*WEBSHOP, &arguments).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moment));
        killed += usize::from(child.try_wait().unwrap().is_none());
        // SIGKILL: nothing can be tidied up.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(killed > 2, "the collections ended before they were killed");
    collect(&*WEBSHOP, &broken, &[]);
    assert_eq!(answers(&whole), answers(&broken));
    let findings = |target: &Path| report(target)["findings"].clone();
    assert_eq!(findings(&whole), findings(&broken));
}

#[test]
fn a_finished_collection_is_not_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let collection = folder.path().join("collection");
    collect(&*WEBSHOP, &collection, &[]);
    let output = collect(&*WEBSHOP, &collection, &[]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("111122223333: 0 calls"), "{said}");
}
