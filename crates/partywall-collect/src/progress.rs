//! What a collection tells while it runs.

use std::collections::BTreeMap;

use crate::refusal::RefusalKind;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The accounts are known.
    AccountsFound {
        /// How many there are.
        count: usize,
    },
    /// An account is being collected.
    AccountStarted {
        /// The account.
        account: String,
        /// Its name in the organization; empty when it is not known.
        name: String,
        /// The regions that are asked.
        regions: Vec<String>,
    },
    /// More calls are to be made in an account than was known before.
    CallsPlanned {
        /// The account.
        account: String,
        /// How many more.
        count: usize,
    },
    /// A call has ended, with an answer or a refusal.
    CallFinished {
        /// The account.
        account: String,
        /// The region, or `global`.
        region: String,
        /// `ec2:DescribeInstances`.
        call: String,
        /// Pages of the answer.
        pages: usize,
        /// Why there is no answer, or why it is not whole.
        refusal: Option<RefusalKind>,
    },
    /// An account has been collected, or could not be.
    AccountFinished(AccountSummary),
}

/// What became of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountSummary {
    /// The account.
    pub account: String,
    /// Its name in the organization; empty when it is not known.
    pub name: String,
    /// The partition: `aws`.
    pub partition: String,
    /// The regions that were asked.
    pub regions: Vec<String>,
    /// Calls that ended in this run.
    pub calls: usize,
    /// Calls that had ended in an earlier run.
    pub calls_before: usize,
    /// Pages that were received.
    pub pages: usize,
    /// Bytes of the bodies that were received.
    pub bytes: usize,
    /// Calls that ended with a refusal, by its kind.
    pub refusals: BTreeMap<RefusalKind, usize>,
    /// Why the account was not collected, or not to its end.
    pub failure: Option<String>,
}

/// What became of a collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// What the first credentials are: the ARN of a user or of an assumed role.
    pub caller: String,
    /// The accounts, in the order of their ids.
    pub accounts: Vec<AccountSummary>,
}
