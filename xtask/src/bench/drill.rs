//! How long drills take on generated estates.

use crate::command::cargo;

/// Builds the measuring program and runs it for each size.
pub(crate) fn run(sizes: &[usize]) -> miette::Result<()> {
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    let mut arguments =
        vec!["run", "--release", "--quiet", "--package", "partywall-analysis", "--example", "drill", "--"];
    arguments.extend(sizes.iter().map(String::as_str));
    cargo(&arguments, &[])
}
