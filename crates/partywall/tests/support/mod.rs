//! Runs the program as its users do.
#![allow(dead_code, reason = "each test takes from it what it needs")]

pub(crate) mod moto;
pub(crate) mod proxy;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// No run of a test may take longer.
const TIME_MAX: Duration = Duration::from_secs(20);

/// No run of a test may hold more memory at once, in KiB.
const MEMORY_MAX_KIB: u64 = 2 * 1024 * 1024;

/// How often a run's memory is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// Runs the program in a folder, within bounds of time and memory.
pub(crate) fn partywall(folder: &Path, arguments: &[&str]) -> Run {
    partywall_within(folder, arguments, TIME_MAX, MEMORY_MAX_KIB)
}

/// The same within other bounds.
pub(crate) fn partywall_within(folder: &Path, arguments: &[&str], time_max: Duration, memory_max_kib: u64) -> Run {
    let log = tempfile::tempdir().unwrap();
    let (out, err) = (log.path().join("out"), log.path().join("err"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_partywall"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(std::fs::File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        let memory = memory_kib(child.id());
        if started.elapsed() > time_max || memory > memory_max_kib {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{arguments:?} after {:?} with {} MiB has not ended", started.elapsed(), memory / 1024);
        }
        std::thread::sleep(LOOK);
    };
    let text = |file| String::from_utf8(std::fs::read(file).unwrap()).unwrap();
    let run = Run { code: status.code().unwrap_or(-1), out: text(&out), err: text(&err) };
    assert!((0..=2).contains(&run.code), "{arguments:?}: {run:#?}");
    assert!(!run.err.contains("panicked"), "{arguments:?}: {}", run.err);
    run
}

/// The most memory that a process has held, in KiB; 0 where the system does not tell.
fn memory_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// Scans a folder and answers the JSON report, with the run.
pub(crate) fn scan(folder: &Path, more: &[&str]) -> (Value, Run) {
    let run = partywall(folder, &[&["scan", ".", "-o", "json"], more].concat());
    (run.json(), run)
}

/// Writes files, with their folders.
pub(crate) fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// The verdict of a check on a resource; "none" when there is no such finding.
pub(crate) fn verdict<'a>(report: &'a Value, check: &str, resource: &str) -> &'a str {
    let is_it = |finding: &&Value| finding["check"] == check && finding["resource"] == resource;
    let found = report["findings"].as_array().unwrap().iter().find(is_it);
    found.map_or("none", |finding| finding["verdict"].as_str().unwrap())
}

/// A queue that two checks complain about.
pub(crate) const FAULTY_QUEUE: &[u8] =
    b"resource \"aws_sqs_queue\" \"faulty\" {\n  name                    = \"faulty\"\n  sqs_managed_sse_enabled = false\n}\n";
