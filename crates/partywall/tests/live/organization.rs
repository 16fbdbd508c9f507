//! Every account of an organization, through one role; a collection in a bucket; code beside an account.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::account::{WEBSHOP, asking, collect, report};
use crate::support::moto::Moto;
use crate::support::proxy::{Fault, Proxy, Services};

fn succeed(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn accounts(report: &Value) -> std::collections::BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter_map(|finding| finding["origin"]["account_id"].as_str()).map(str::to_owned).collect()
}

#[test]
fn every_account_is_entered_and_one_that_is_closed_becomes_unknown() {
    let moto = Moto::start();
    let summary = moto.seed("organization.py", &[]);
    let services = Services::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../partywall-collect/wire"));
    let folder = tempfile::tempdir().unwrap();
    let organization = |folder: &Path| {
        let folder = folder.to_str().unwrap().to_owned();
        let role = "OrganizationAccountAccessRole";
        ["collect", "-o", &folder, "--attempts", "1", "--organization-role", role, "--region", "eu-central-1"]
            .map(str::to_owned)
            .to_vec()
    };
    let run = |equip: &dyn crate::account::Equip, folder: &Path| {
        let arguments = organization(folder);
        succeed(asking(equip, &arguments.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    let whole = folder.path().join("whole");
    let said = run(&moto, &whole);
    assert_eq!(said.lines().count(), 4, "{said}");
    let entered = accounts(&report(&whole));
    assert_eq!(entered.len(), 4, "{entered:?} of {summary}");

    let closed = entered.iter().find(|account| account.as_str() != "123456789012").unwrap().clone();
    let arn = format!("{closed}%3Arole");
    let proxy = Proxy::start(moto.endpoint(), services, move |request| {
        let is_closed = request.is("sts", "AssumeRole") && request.body.contains(&arn);
        is_closed.then_some(Fault::Denied)
    });
    let partial = folder.path().join("partial");
    let said = run(&proxy, &partial);
    assert!(said.contains(&closed), "{said}");
    let report = report(&partial);
    assert!(!accounts(&report).contains(&closed));
    let stand_ins = report["findings"].as_array().unwrap().iter().filter(|finding| {
        finding["resource"].as_str().unwrap().starts_with(&format!("{closed}/")) && finding["verdict"] == "unknown"
    });
    assert!(stand_ins.count() > 50, "every check stands unknown for the closed account");
    let gaps = report["gaps"].to_string();
    assert!(gaps.contains(&format!("account {closed}")) && gaps.contains("could not be entered"), "{gaps}");
}

#[test]
fn a_collection_in_a_bucket_is_judged_like_one_in_a_folder() {
    // A bucket of its own, in an account of its own: the collection must not see itself grow.
    let store = Moto::start();
    store.seed("bucket.py", &["partywall-collections"]);
    let folder = tempfile::tempdir().unwrap();
    let place = "s3://partywall-collections/daily/2026";
    let collect_into = |place: &str| {
        let arguments = ["collect", "-o", place, "--region", "eu-central-1", "--attempts", "1", "--service", "s3"];
        succeed(asking(&store, &arguments))
    };
    let here = folder.path().join("here");
    collect_into(place);
    collect_into(here.to_str().unwrap());
    let scanned = |target: &str| -> Value {
        let output = asking(&store, &["scan", target, "--fail-on", "never", "-o", "json"]);
        serde_json::from_str(&succeed(output)).unwrap()
    };
    let (there, here) = (scanned(place), scanned(here.to_str().unwrap()));
    assert!(!here["findings"].as_array().unwrap().is_empty());
    assert_eq!(there["findings"], here["findings"]);
}

#[test]
fn findings_of_an_account_name_the_block_that_declares_the_resource() {
    let folder = tempfile::tempdir().unwrap();
    let collection = folder.path().join("collection");
    collect(&*WEBSHOP, &collection, &[]);
    let webshop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/webshop");
    let mut command = Command::new(env!("CARGO_BIN_EXE_partywall"));
    command.arg("scan").arg(&collection).args(["--fail-on", "never", "-o", "json", "--terraform"]).arg(&webshop);
    let report: Value = serde_json::from_str(&succeed(command)).unwrap();
    let declared = |check: &str, title: &str| {
        let findings = report["findings"].as_array().unwrap();
        let finding = findings.iter().find(|of| of["check"] == check && of["resource_title"] == title);
        finding.unwrap_or_else(|| panic!("no {check} on {title}"))["declared"].clone()
    };
    let bastion = declared("ec2/instance-imdsv1-allowed", "webshop-bastion");
    assert_eq!(
        (&bastion["resource"], &bastion["origin"]["file"]),
        (&"aws_instance.bastion".into(), &"compute.tf".into())
    );
    let bucket = declared("s3/bucket-access-unlogged", "webshop-product-images");
    assert_eq!((&bucket["resource"], &bucket["basis"]), (&"aws_s3_bucket.image_bucket".into(), &"arn".into()));
    let of_nobody = report["findings"].as_array().unwrap().iter().filter(|of| of.get("declared").is_none());
    assert!(of_nobody.count() > 10, "the default VPC and its parts are declared nowhere");
}

#[test]
fn a_snapshot_is_judged_like_the_collection_it_was_taken_of() {
    let folder = tempfile::tempdir().unwrap();
    let (collection, snapshot) = (folder.path().join("collection"), folder.path().join("snapshot"));
    collect(&*WEBSHOP, &collection, &[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_partywall"));
    command.arg("snapshot").arg(&collection).arg("-o").arg(&snapshot);
    succeed(command);
    assert!(snapshot.join("aws_s3_bucket/account_id=111122223333/region=eu-central-1/rows.parquet").is_file());
    let (before, after) = (report(&collection), report(&snapshot));
    for part in ["findings", "duties", "gaps", "tables"] {
        assert_eq!(before[part], after[part], "{part}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_partywall"));
    command.arg("diff").arg(&collection).arg(&snapshot).args(["--fail-on", "any"]);
    let said = succeed(command);
    assert!(said.contains("0 added, 0 removed, 0 changed, 0 not certain"), "{said}");
}
