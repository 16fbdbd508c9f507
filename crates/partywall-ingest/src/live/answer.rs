//! What the API said to one question.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::{Call, Cause, Gap, GapKind, Unknown, Value};

/// What stands for the region in answers about a whole account.
pub(super) const GLOBAL: &str = "global";

/// What the API said to one question.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) call: &'static Call,
    pub(super) account_id: Arc<str>,
    /// [`GLOBAL`] for calls about a whole account; empty when the source does not say.
    pub(super) region: Arc<str>,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub(super) partition: Arc<str>,
    pub(super) request: BTreeMap<String, Value>,
    /// File that holds it, relative to what was scanned.
    pub(super) file: Arc<str>,
    pub(super) outcome: Outcome,
}

/// How a question ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// All pages, as one document.
    Complete(Value),
    /// The pages until the question failed.
    Partial(Value, Arc<Unknown>),
    /// There is no such thing.
    Absent,
    /// Nothing came back.
    Refused(Arc<Unknown>),
}

/// Everything that was read, with where it was asked.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) answers: Vec<Answer>,
    pub(super) gaps: Vec<Gap>,
    /// Accounts that could not be entered.
    pub(super) lost_accounts: Vec<LostAccount>,
    /// Calls that a collection set out to make, by account and region.
    pub(super) planned: BTreeSet<(Arc<str>, Arc<str>, String)>,
}

/// An account of which nothing was seen.
#[derive(Debug)]
pub(super) struct LostAccount {
    pub(super) account_id: Arc<str>,
    pub(super) cause: Arc<Unknown>,
    /// The calls that should have been made.
    pub(super) calls: Vec<String>,
}

/// Why a call has no answer, as the collector notes it.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Refusal {
    pub(super) kind: String,
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) actions: Vec<String>,
}

impl Refusal {
    /// The unknown that stands for everything that the call would have shown.
    pub(super) fn unknown(&self, call: &str) -> Arc<Unknown> {
        let actions: Vec<String> = self.actions.iter().map(|action| format!("`{action}`")).collect();
        let code = if self.code.is_empty() { String::new() } else { format!(" ({})", self.code) };
        let message = if self.message.is_empty() { String::new() } else { format!(": {}", self.message) };
        let how = match self.kind.as_str() {
            "denied" => format!("was denied{code}; allow {}", actions.join(" and ")),
            "throttled" => format!("was throttled{code}; collect again, with fewer requests at a time"),
            "timeout" => "was not answered in time; collect again".to_owned(),
            "unreachable" => format!("could not be reached{message}; check the network, the region and the endpoint"),
            "malformed" => format!("was answered with something unreadable{message}; collect again"),
            "server_error" => format!("failed at AWS{code}{message}; collect again"),
            "not_offered" => "is not offered in this region".to_owned(),
            _ => format!("failed{code}{message}"),
        };
        Arc::new(Unknown { symbol: call.to_owned(), cause: Cause::Refused(how), reference: None })
    }

    /// Whether it says for certain that nothing is there.
    pub(super) fn means_absent(&self) -> bool {
        matches!(self.kind.as_str(), "absent" | "not_offered")
    }
}

/// The unknown of a call that nobody made.
pub(super) fn not_collected(call: &Call) -> Arc<Unknown> {
    Arc::new(Unknown { symbol: call.id(), cause: Cause::NotCollected, reference: None })
}

/// Appends a page to the pages before it: lists grow, everything else keeps what came first.
pub(super) fn append_page(whole: &mut serde_json::Map<String, serde_json::Value>, page: serde_json::Value) {
    let serde_json::Value::Object(page) = page else { return };
    for (name, value) in page {
        match (whole.get_mut(&name), value) {
            (Some(serde_json::Value::Array(items)), serde_json::Value::Array(more)) => items.extend(more),
            (Some(_), _) => {}
            (None, value) => {
                whole.insert(name, value);
            }
        }
    }
}

/// A gap about a file that cannot be read as answers.
pub(super) fn unreadable(file: &Arc<str>, line: u32, cause: impl Into<String>) -> Gap {
    Gap::in_file(GapKind::UnreadableFile, file.clone(), line, cause, "collect again, or remove the file")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::append_page;

    #[test]
    fn lists_of_pages_grow_and_the_rest_stays() {
        let mut whole = serde_json::Map::new();
        append_page(&mut whole, json!({ "Items": [1, 2], "Owner": "a", "Next": "x" }));
        append_page(&mut whole, json!({ "Items": [3], "Owner": "b" }));
        append_page(&mut whole, json!("not a page"));
        assert_eq!(serde_json::Value::Object(whole), json!({ "Items": [1, 2, 3], "Owner": "a", "Next": "x" }));
    }
}
