//! Reports that AWS computes while one waits.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::server::{Reply, Server};
use super::{ACCOUNT, calls, lines, options, run};

/// A server whose report is there at this question; what was asked of it and what is kept.
fn credential_report(there_at: usize) -> (Vec<String>, Vec<serde_json::Value>) {
    let folder = tempfile::tempdir().unwrap();
    let count = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.action().as_str() {
        "GenerateCredentialReport" => {
            let state = if count.fetch_add(1, Ordering::SeqCst) < there_at { "STARTED" } else { "COMPLETE" };
            Reply::ok(format!(
                "<a><GenerateCredentialReportResult><State>{state}</State></GenerateCredentialReportResult></a>"
            ))
        }
        _ => Reply::ok("<a><GetCredentialReportResult><Content>dXNlcg==</Content></GetCredentialReportResult></a>"),
    });
    let wanted = calls(&["iam:GetCredentialReport", "iam:GenerateCredentialReport"]);
    run(&server, &options(folder.path()), &wanted).0.unwrap();
    (server.actions(), lines(folder.path(), ACCOUNT)["global/iam"].clone())
}

#[test]
fn a_report_is_waited_for_and_then_asked_for() {
    let (asked, lines) = credential_report(2);
    let generate = "GenerateCredentialReport";
    assert_eq!(asked, [generate, generate, generate, "GetCredentialReport"]);
    assert_eq!(lines[0]["answer"], json!({"State": "COMPLETE"}));
    assert_eq!(lines[1]["answer"], json!({"Content": "dXNlcg=="}));
}

#[test]
fn a_report_that_does_not_come_is_a_refusal() {
    let (asked, lines) = credential_report(usize::MAX);
    assert!(asked.len() < 30, "{}", asked.len());
    assert_eq!(lines[0]["refusal"]["kind"], "timeout");
    assert_eq!(lines[1]["answer"], json!({"Content": "dXNlcg=="}), "an older report may be there");
}
