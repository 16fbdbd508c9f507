//! `collection.json`: what a collection is of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::progress::AccountSummary;
use crate::record::now;

/// The version of the form in which collections are written.
const FORMAT: u32 = 1;

/// What a collection is of.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Description {
    format: u32,
    /// The program that wrote it last, and its version.
    program: String,
    /// When the first run started.
    started: String,
    /// When the last run ended; none while it is under way, or when it was cut off.
    finished: Option<String>,
    /// Whose credentials the last run began with.
    caller: String,
    /// Calls that have ended, in all runs.
    calls: usize,
    accounts: BTreeMap<String, AccountDescription>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct AccountDescription {
    name: String,
    partition: String,
    regions: Vec<String>,
    calls: usize,
    /// Calls that ended with a refusal, by its kind.
    refusals: BTreeMap<String, usize>,
    /// Why the account was not collected, or not to its end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    failure: Option<String>,
}

impl Description {
    /// Goes on with what an earlier run has left; anything else begins anew.
    pub(crate) fn start(earlier: Option<&[u8]>, program: &str, caller: &str) -> Self {
        let earlier = earlier.and_then(|bytes| serde_json::from_slice::<Self>(bytes).ok());
        let mut description = earlier.filter(|earlier| earlier.format == FORMAT).unwrap_or_default();
        if description.started.is_empty() {
            description.started = now();
        }
        Self { format: FORMAT, program: program.to_owned(), finished: None, caller: caller.to_owned(), ..description }
    }

    /// Notes what became of an account.
    pub(crate) fn add(&mut self, summary: &AccountSummary) {
        let account = self.accounts.entry(summary.account.clone()).or_default();
        let kinds = summary.refusals.iter().map(|(kind, count)| {
            let word = serde_json::to_value(kind).ok().and_then(|word| Some(word.as_str()?.to_owned()));
            (word.unwrap_or_default(), *count)
        });
        for (kind, count) in kinds {
            *account.refusals.entry(kind).or_default() += count;
        }
        account.name.clone_from(&summary.name);
        account.partition.clone_from(&summary.partition);
        account.regions.clone_from(&summary.regions);
        account.failure.clone_from(&summary.failure);
        account.calls += summary.calls;
        self.calls += summary.calls;
    }

    /// Notes that the run has ended.
    pub(crate) fn finish(&mut self) {
        self.finished = Some(now());
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).unwrap_or_default();
        json.push(b'\n');
        json
    }
}
