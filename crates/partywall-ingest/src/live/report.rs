//! Reports that AWS computes: brought into the shape of other answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use partywall_model::Value;

use super::answer::{Answer, Outcome};

/// Turns the credential report into a list, and names the user or role in each report on what it has used.
pub(super) fn unfold(answers: &mut [Answer]) {
    let jobs: BTreeMap<(Arc<str>, String), Value> = answers.iter().filter_map(job).collect();
    for answer in answers {
        match answer.call.operation {
            "GetCredentialReport" => {
                if let Outcome::Complete(whole) | Outcome::Partial(whole, _) = &mut answer.outcome
                    && let Some(lines) = lines(whole)
                    && let Value::Map(entries) = whole
                {
                    Arc::make_mut(entries).insert("Report".to_owned(), lines);
                }
            }
            "GetServiceLastAccessedDetails" => {
                let job = answer.request.get("JobId").and_then(Value::as_text).unwrap_or_default().to_owned();
                if let Some(arn) = jobs.get(&(answer.account_id.clone(), job)) {
                    answer.request.insert("Arn".to_owned(), arn.clone());
                }
            }
            _ => {}
        }
    }
}

/// The account and the number of a job that makes a report, with the ARN that it is about.
fn job(answer: &Answer) -> Option<((Arc<str>, String), Value)> {
    let Outcome::Complete(whole) = &answer.outcome else { return None };
    let job = whole.as_map()?.get("JobId").filter(|_| answer.call.prepares)?.as_text()?.to_owned();
    Some(((answer.account_id.clone(), job), answer.request.get("Arn")?.clone()))
}

/// The lines of a report in CSV, each with the names of the columns. None when it cannot be read.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>
fn lines(whole: &Value) -> Option<Value> {
    let text = whole.as_map()?.get("Content")?.as_text()?;
    let csv = STANDARD.decode(text).ok()?;
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let lines: Result<Vec<BTreeMap<String, String>>, _> = reader.deserialize().collect();
    let line = |line: BTreeMap<String, String>| Value::map(line.into_iter().map(|(k, v)| (k, Value::text(v))));
    Some(Value::list(lines.ok()?.into_iter().map(line)))
}

#[cfg(test)]
mod tests {
    use partywall_model::Value;
    use serde_json::json;

    use super::lines;

    #[test]
    fn a_report_becomes_a_list() {
        // user,mfa_active\n<root_account>,false\n"a,b",true\n
        let content = "dXNlcixtZmFfYWN0aXZlCjxyb290X2FjY291bnQ+LGZhbHNlCiJhLGIiLHRydWUK";
        let expected =
            json!([{ "user": "<root_account>", "mfa_active": "false" }, { "user": "a,b", "mfa_active": "true" }]);
        assert_eq!(lines(&Value::from_json(&json!({ "Content": content }))), Some(Value::from_json(&expected)));
        assert_eq!(lines(&Value::from_json(&json!({ "Content": "not base64!" }))), None);
        assert_eq!(lines(&Value::from_json(&json!({ "State": "STARTED" }))), None);
    }
}
