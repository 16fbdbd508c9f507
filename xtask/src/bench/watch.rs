//! Events in a second, beside the bare library of rules and a peer.

use crate::command::cargo;

/// Builds the measuring program and runs it for each number of rules.
pub(crate) fn run(events: usize, rules: &[usize]) -> miette::Result<()> {
    let numbers: Vec<String> = std::iter::once(&events).chain(rules).map(usize::to_string).collect();
    let mut arguments =
        vec!["run", "--release", "--quiet", "--package", "partywall-detect", "--example", "watch", "--"];
    arguments.extend(numbers.iter().map(String::as_str));
    cargo(&arguments, &[])
}
