//! The collector against servers that answer well and badly.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod bucket;
mod calls;
mod concealing;
mod organization;
mod reports;
mod resuming;
mod server;
mod signature;
mod trouble;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use aws_types::SdkConfig;
use partywall_model::{Call, call};
use serde_json::Value;

use crate::collect::collect_with;
use crate::{CollectError, Event, Limits, Location, Options, Summary};
use server::Server;

const ACCOUNT: &str = "123456789012";

/// Limits under which a test that waits for them ends soon.
fn limits() -> Limits {
    Limits {
        attempts_max: 3,
        first_pause: Duration::from_millis(1),
        throttled_pauses: vec![Duration::from_millis(10)],
        attempt_timeout: Duration::from_millis(400),
        request_timeout: Duration::from_secs(5),
        report_pause: Duration::from_millis(10),
        report_timeout: Duration::from_millis(200),
        ..Limits::default()
    }
}

fn options(folder: &Path) -> Options {
    Options {
        regions: vec!["us-east-1".to_owned()],
        store: Location::Folder(folder.to_owned()),
        program: "test".to_owned(),
        limits: limits(),
        ..Options::default()
    }
}

async fn configuration(server: &Server) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(&server.url)
        .region("us-east-1")
        .credentials_provider(Credentials::new("AKIAFIRST", "secret", None, None, "test"))
        .load()
        .await
}

/// Collects with these calls; tells what happened.
fn run(server: &Server, options: &Options, calls: &[&'static Call]) -> (Result<Summary, CollectError>, Vec<Event>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let noted = events.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let summary = runtime.block_on(async {
        let configuration = configuration(server).await;
        let progress = Arc::new(move |event| noted.lock().unwrap().push(event));
        collect_with(configuration, options, calls, |_, text| text.contains("PLANTED"), progress).await
    });
    let events = events.lock().unwrap().clone();
    (summary, events)
}

fn calls(ids: &[&str]) -> Vec<&'static Call> {
    ids.iter()
        .map(|id| {
            let (service, name) = id.split_once(':').unwrap();
            call(service, name).unwrap_or_else(|| panic!("there is no call {id}"))
        })
        .collect()
}

/// The lines of every file of an account, by `region/service`.
fn lines(folder: &Path, account: &str) -> BTreeMap<String, Vec<Value>> {
    let mut files = BTreeMap::new();
    for region in std::fs::read_dir(folder.join(account)).unwrap().map(|entry| entry.unwrap().path()) {
        for file in std::fs::read_dir(&region).unwrap().map(|entry| entry.unwrap().path()) {
            let name = format!("{}/{}", name(&region), name(&file).trim_end_matches(".jsonl"));
            let text = std::fs::read_to_string(&file).unwrap();
            files.insert(name, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect());
        }
    }
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
