//! Examples of a live account: answers of the AWS API, written down as a collection.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, miette};
use partywall_model::{CALLS, Call, CallScope, call};
use serde_json::{Map, Value, json};

/// The account and the region of every example.
const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-central-1";

/// Writes an example such as `{"s3:ListBuckets": {…}, "s3:GetBucketPolicy Bucket=logs": "NoSuchBucketPolicy"}`.
///
/// A text instead of an answer is the code of an error. Every call that is not named counts as asked for and not
/// answered.
pub(super) fn write(folder: &Path, code: &str) -> miette::Result<PathBuf> {
    let answers: Map<String, Value> = serde_json::from_str(code).into_diagnostic()?;
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for (question, answer) in &answers {
        let (id, parameters) = question.split_once(' ').unwrap_or((question, ""));
        let asked = id.split_once(':').and_then(|(service, name)| call(service, name));
        let asked = asked.ok_or_else(|| miette!(help = "calls/ lists the calls", "there is no call `{id}`"))?;
        let region = if asked.scope == CallScope::Region { REGION } else { "global" };
        let page = page(asked, &request(parameters), answer);
        let file = folder.join(ACCOUNT).join(region).join(format!("{}.jsonl", asked.service));
        files.entry(file).or_default().push_str(&format!("{page}\n"));
    }
    for (file, text) in files {
        std::fs::create_dir_all(file.parent().unwrap_or(folder)).into_diagnostic()?;
        std::fs::write(file, text).into_diagnostic()?;
    }
    let calls: Vec<String> = CALLS.iter().map(Call::id).collect();
    let accounts = json!([{ "id": ACCOUNT, "partition": "aws", "regions": [REGION] }]);
    let manifest = json!({ "partywall_collection": 1, "accounts": accounts, "calls": calls });
    std::fs::write(folder.join("collection.json"), manifest.to_string()).into_diagnostic()?;
    Ok(folder.to_owned())
}

/// `Bucket=logs Other=x`, each the value of a request parameter.
fn request(parameters: &str) -> Map<String, Value> {
    let pairs = parameters.split(' ').filter_map(|parameter| parameter.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn page(asked: &Call, request: &Map<String, Value>, answer: &Value) -> Value {
    let said = match answer {
        Value::String(code) => {
            let is_listed = |codes: &[&str]| codes.iter().any(|listed| listed.split(": ").next() == Some(code));
            let kind = match () {
                () if is_listed(asked.unset) => "unset",
                () if is_listed(asked.absent) => "absent",
                () => "denied",
            };
            json!({ "refusal": { "kind": kind, "code": code, "actions": asked.actions } })
        }
        answer => json!({ "answer": answer }),
    };
    let mut page = json!({ "call": asked.id(), "request": request, "page": 0, "last": true });
    if let (Value::Object(page), Value::Object(said)) = (&mut page, said) {
        page.extend(said);
    }
    page
}
