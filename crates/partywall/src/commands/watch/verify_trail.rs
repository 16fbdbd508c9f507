//! `partywall watch verify-trail`.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_detect::integrity::{FaultKind, Objects, PublicKey, Report, validate};
use partywall_report::plain;

use super::logs::{LogObject, Logs};
use crate::commands::Outcome;
use crate::commands::Output;
use crate::commands::scan::print;

/// Bytes of one object, packed.
const OBJECT_BYTES_MAX: u64 = 256 << 20;

/// Options of `partywall watch verify-trail`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A copy of the trail's bucket, or s3://BUCKET/PREFIX
    #[arg(required = true)]
    logs: Vec<String>,
    /// An answer of `aws cloudtrail list-public-keys` for the time of the trail; may be repeated
    #[arg(long = "public-keys", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    /// The time up to which there should be digests, such as 2026-11-22T12:00:00Z; by default now
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Profile of the AWS configuration, for buckets
    #[arg(long)]
    profile: Option<String>,
    /// How the answer is written
    #[arg(short, long, default_value = "terminal")]
    output: Output,
}

struct Trail<'l> {
    logs: &'l Logs,
    objects: BTreeMap<String, LogObject>,
}

impl Objects for Trail<'_> {
    fn keys(&self) -> Vec<String> {
        self.objects.keys().cloned().collect()
    }

    fn bytes(&self, key: &str) -> Result<Vec<u8>, String> {
        let object = self.objects.get(key).ok_or("it is not there")?;
        let mut bytes = Vec::new();
        let read = self.logs.read(object)?.take(OBJECT_BYTES_MAX + 1).read_to_end(&mut bytes);
        match read {
            Ok(length) if length as u64 > OBJECT_BYTES_MAX => Err("it is too large".to_owned()),
            Ok(_) => Ok(bytes),
            Err(error) => Err(error.to_string()),
        }
    }

    fn signature(&self, key: &str) -> Option<String> {
        self.logs.signature(self.objects.get(key)?)
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let mut keys = Vec::new();
    for file in &arguments.keys {
        let text = std::fs::read_to_string(file).into_diagnostic();
        let text = text.wrap_err_with(|| format!("`{}` cannot be read", file.display()))?;
        let read = PublicKey::read(&text);
        keys.extend(read.map_err(|error| miette!("`{}` holds no public keys of CloudTrail: {error}", file.display()))?);
    }
    let until = match &arguments.until {
        None => chrono::Utc::now().timestamp_millis(),
        Some(text) => chrono::DateTime::parse_from_rfc3339(text)
            .map_err(|error| miette!("`{text}` is no time such as 2026-11-22T12:00:00Z: {error}"))?
            .timestamp_millis(),
    };
    let logs = Logs::open(&arguments.logs, arguments.profile.as_deref())?;
    let is_metadata = |object: &LogObject| object.name.ends_with(".metadata.json");
    let listed = logs.list()?.into_iter().filter(|object| !is_metadata(object));
    let trail = Trail { logs: &logs, objects: listed.map(|object| (key_of(&object), object)).collect() };
    let report = validate(&trail, &keys, until);
    match arguments.output {
        Output::Json => print(&format!("{}\n", serde_json::to_string_pretty(&report).into_diagnostic()?))?,
        Output::Terminal => print(&told(&report))?,
    }
    Ok(if report.is_whole() { Outcome::Clean } else { Outcome::Findings })
}

/// The object's key in its bucket: from `AWSLogs` on, with what stands before that in a copy left out.
fn key_of(object: &LogObject) -> String {
    let name = &object.object.name;
    name.find("AWSLogs/").and_then(|place| name.get(place..)).unwrap_or(name).to_owned()
}

fn told(report: &Report) -> String {
    let mut out = String::new();
    for fault in &report.faults {
        let mark = if fault.kind == FaultKind::Unknown { "?" } else { "✗" };
        out.push_str(&format!("{mark} {}: {}\n", plain(&fault.key), plain(&fault.message)));
    }
    let unknown = report.faults.iter().filter(|fault| fault.kind == FaultKind::Unknown).count();
    let known = report.faults.len() - unknown;
    let verdict = match (report.is_whole(), known) {
        (true, _) => "the trail is whole",
        (false, 0) => "it cannot be told whether the trail is whole",
        (false, _) => "the trail is not whole",
    };
    let Report { digests, signed, logs, chains, .. } = report;
    out + &format!(
        "{verdict}: {digests} digests in {chains} chains, {signed} with a signature that holds, {logs} log files as signed, {known} faults, {unknown} not known\n"
    )
}
