//! What could not be seen, in as few words as tell it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use partywall_model::{Cause, Gap, GapKind, UnansweredCall, Unknown};

use super::answer::LostAccount;

/// How many calls a gap names before it only counts them.
const NAMED_MAX: usize = 6;

/// One gap for each call of an account that was refused, wherever it was. What follows from it, such as a question
/// about each of the things that it would have listed, needs no gap of its own.
pub(super) fn refused_calls(unanswered: &[UnansweredCall]) -> Vec<Gap> {
    let mut refused: BTreeMap<(&Arc<str>, String), BTreeSet<&str>> = BTreeMap::new();
    for call in unanswered.iter().filter(|call| call.cause.symbol == *call.call) {
        if let Cause::Refused(_) = &call.cause.cause {
            refused.entry((&call.account_id, call.cause.to_string())).or_default().insert(&call.region);
        }
    }
    let gap = |((account, cause), regions): ((&Arc<str>, String), BTreeSet<&str>)| {
        let cause = format!("in account `{account}`, {}: {cause}", named(&regions));
        gap(GapKind::RefusedCall, cause, "until it is answered, everything that it would show is unknown")
    };
    refused.into_iter().map(gap).collect()
}

/// One gap for each call that was refused for some of many things.
pub(super) fn refused_items(refused: &[(Arc<str>, Arc<str>, Arc<Unknown>)]) -> Vec<Gap> {
    let mut counted: BTreeMap<(&Arc<str>, &Arc<str>, String), usize> = BTreeMap::new();
    for (account, region, cause) in refused {
        *counted.entry((account, region, cause.to_string())).or_default() += 1;
    }
    let gap = |((account, region, cause), count): ((&Arc<str>, &Arc<str>, String), usize)| {
        let times = if count == 1 { String::new() } else { format!(", {count} times") };
        let cause = format!("in account `{account}`, {region}{times}: {cause}");
        gap(GapKind::RefusedCall, cause, "until it is answered, what it would show of these is unknown")
    };
    counted.into_iter().map(gap).collect()
}

/// The gap about an account that could not be entered.
pub(super) fn lost_account(lost: &LostAccount) -> Gap {
    gap(GapKind::RefusedCall, lost.cause.to_string(), "until it can be entered, everything in the account is unknown")
}

/// One gap for each account about the questions that nobody asked.
pub(super) fn missing_calls(unanswered: &[UnansweredCall]) -> Vec<Gap> {
    let mut by_account: BTreeMap<&Arc<str>, BTreeSet<&str>> = BTreeMap::new();
    for call in unanswered.iter().filter(|call| call.cause.cause == Cause::NotCollected) {
        by_account.entry(&call.account_id).or_default().insert(&call.call);
    }
    let gap = |(account, calls): (&Arc<str>, BTreeSet<&str>)| {
        let cause = format!("of account `{account}`, some region lacks the answers of {}", named(&calls));
        gap(GapKind::MissingCall, cause, "collect them, or know that what they would show was not judged")
    };
    by_account.into_iter().map(gap).collect()
}

fn gap(kind: GapKind, cause: String, cure: &str) -> Gap {
    Gap::in_file(kind, "", 0, cause, cure)
}

fn named(words: &BTreeSet<&str>) -> String {
    let first: Vec<String> = words.iter().take(NAMED_MAX).map(|word| format!("`{word}`")).collect();
    let more = words.len().saturating_sub(NAMED_MAX);
    if more == 0 { first.join(", ") } else { format!("{} and {more} more", first.join(", ")) }
}
