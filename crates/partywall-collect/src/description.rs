//! `collection.json`: what a collection is of.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::progress::AccountSummary;
use crate::record::now;

/// The version of the form in which collections are written.
const FORMAT: u32 = 1;

/// What a collection is of.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Description {
    /// The version of the form; makes the file known as what it is.
    partywall_collection: u32,
    /// The program that wrote it last, and its version.
    program: String,
    /// When the first run started.
    started: String,
    /// When the last run ended; none while it is under way, or when it was cut off.
    finished: Option<String>,
    /// Whose credentials the last run began with.
    caller: String,
    #[serde(serialize_with = "write_accounts", deserialize_with = "read_accounts")]
    accounts: BTreeMap<String, AccountDescription>,
    /// The calls that are made in every account, as far as they apply there.
    calls: BTreeSet<String>,
    /// Calls that have ended, in all runs.
    calls_ended: usize,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct AccountDescription {
    id: String,
    name: String,
    partition: String,
    regions: BTreeSet<String>,
    calls_ended: usize,
    /// Calls that ended with a refusal, by its kind.
    refusals: BTreeMap<String, usize>,
    /// Why the account was not collected, or not to its end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    failure: Option<String>,
}

impl Description {
    /// Goes on with what an earlier run has left; anything else begins anew.
    pub(crate) fn start(earlier: Option<&[u8]>, program: &str, caller: &str, calls: BTreeSet<String>) -> Self {
        let earlier = earlier.and_then(|bytes| serde_json::from_slice::<Self>(bytes).ok());
        let mut description = earlier.filter(|earlier| earlier.partywall_collection == FORMAT).unwrap_or_default();
        if description.started.is_empty() {
            description.started = now();
        }
        description.calls.extend(calls);
        Self {
            partywall_collection: FORMAT,
            program: program.to_owned(),
            finished: None,
            caller: caller.to_owned(),
            ..description
        }
    }

    /// Notes an account that is going to be collected.
    pub(crate) fn begin(&mut self, summary: &AccountSummary) {
        let account = self.account(summary);
        account.name.clone_from(&summary.name);
        account.partition.clone_from(&summary.partition);
        account.regions.extend(summary.regions.iter().cloned());
        account.failure = None;
    }

    /// Notes what became of an account.
    pub(crate) fn end(&mut self, summary: &AccountSummary) {
        self.begin(summary);
        self.calls_ended += summary.calls;
        let account = self.account(summary);
        account.calls_ended += summary.calls;
        account.failure.clone_from(&summary.failure);
        for (kind, count) in &summary.refusals {
            let word = serde_json::to_value(kind).ok().and_then(|word| Some(word.as_str()?.to_owned()));
            *account.refusals.entry(word.unwrap_or_default()).or_default() += count;
        }
    }

    fn account(&mut self, summary: &AccountSummary) -> &mut AccountDescription {
        let account = self.accounts.entry(summary.account.clone()).or_default();
        account.id.clone_from(&summary.account);
        account
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

fn write_accounts<S: Serializer>(accounts: &BTreeMap<String, AccountDescription>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(accounts.values())
}

fn read_accounts<'d, D: Deserializer<'d>>(from: D) -> Result<BTreeMap<String, AccountDescription>, D::Error> {
    let accounts = Vec::<AccountDescription>::deserialize(from)?;
    Ok(accounts.into_iter().map(|account| (account.id.clone(), account)).collect())
}
