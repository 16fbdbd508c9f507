//! The commands.

pub mod access;
pub mod assurance;
pub mod checks;
pub mod collect;
pub mod diff;
pub mod drill;
pub mod evidence;
pub mod incident;
pub mod media;
pub mod network;
pub mod notify;
pub mod oncall;
pub mod oscal;
mod output;
pub mod permissions;
pub mod query;
pub mod responsibility;
pub mod review;
pub mod scan;
pub mod site;
pub mod snapshot;
mod sources;
mod target;
pub mod watch;

use clap::{Parser, Subcommand};

pub use output::Output;

/// How a run ended. The numbers are the process's exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to complain about.
    Clean = 0,
    /// Findings at or above the threshold, or examples that got a wrong verdict.
    Findings = 1,
}

/// Who secures what in your cloud, and whether your half holds.
///
/// Exit codes: 0 clean, 1 findings at or above --fail-on, 2 could not run.
#[derive(Debug, Parser)]
#[command(name = "partywall", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan code, plans, live accounts and snapshots: responsibilities, duties and findings
    Scan(Box<scan::Arguments>),
    /// Show who is answerable for each layer, and why
    Responsibility(responsibility::Arguments),
    /// Ask who can do what: exact answers over policies of every kind
    Access(access::Arguments),
    /// Show what third parties' reports on the provider cover, by service and programme
    Assurance(assurance::Arguments),
    /// List, show, test and start checks
    Checks(checks::Arguments),
    /// Ask the inventory in SQL
    Query(query::Arguments),
    /// Ask the AWS API what there is, and keep every answer and refusal in a folder or bucket
    Collect(collect::Arguments),
    /// Print the least IAM policy that `collect` needs
    Permissions(permissions::Arguments),
    /// Compare two snapshots, or a plan and the live account: rows, verdicts, responsibilities
    Diff(diff::Arguments),
    /// Fail zones and regions, and see what still stands
    Drill(Box<drill::Arguments>),
    /// Say who can reach whom: packets there, and their answers back
    Network(network::Arguments),
    /// Group alerts into incidents, and follow each until nothing is left to do
    Incident(incident::Arguments),
    /// Tell those who have to know about incidents
    Notify(notify::Arguments),
    /// Say who is on call, and prove that somebody always is
    Oncall(oncall::Arguments),
    /// Exchange who does what with providers and auditors, in NIST's OSCAL, and check what is inherited
    Oscal(oscal::Arguments),
    /// Keep scans, drills, certificates and reviews in a ledger that shows whatever was done to it
    Evidence(evidence::Arguments),
    /// Prepare, sign and track reviews by executives
    Review(Box<review::Arguments>),
    /// Show what became of storage devices at the end of their service
    Media(media::Arguments),
    /// Ask the devices of sites that you run yourselves, and prove their power
    Site(site::Arguments),
    /// Store the inventory as Parquet files, to scan, query or compare later
    Snapshot(snapshot::Arguments),
    /// Put logs to rules: what is going wrong now
    Watch(watch::Arguments),
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// When it could not run; the process then ends with 2.
    pub fn run(&self) -> miette::Result<Outcome> {
        match self {
            Self::Scan(arguments) => scan::run(arguments),
            Self::Responsibility(arguments) => responsibility::run(arguments),
            Self::Access(arguments) => access::run(arguments),
            Self::Assurance(arguments) => assurance::run(arguments),
            Self::Checks(arguments) => checks::run(arguments),
            Self::Query(arguments) => query::run(arguments),
            Self::Collect(arguments) => collect::run(arguments),
            Self::Permissions(arguments) => permissions::run(arguments),
            Self::Diff(arguments) => diff::run(arguments),
            Self::Drill(arguments) => drill::run(arguments),
            Self::Network(arguments) => network::run(arguments),
            Self::Incident(arguments) => incident::run(arguments),
            Self::Notify(arguments) => notify::run(arguments),
            Self::Oncall(arguments) => oncall::run(arguments),
            Self::Oscal(arguments) => oscal::run(arguments),
            Self::Evidence(arguments) => evidence::run(arguments),
            Self::Review(arguments) => review::run(arguments),
            Self::Media(arguments) => media::run(arguments),
            Self::Site(arguments) => site::run(arguments),
            Self::Snapshot(arguments) => snapshot::run(arguments),
            Self::Watch(arguments) => watch::run(arguments),
        }
    }
}

/// A diagnostic without any control character but line breaks and the colours of its own drawing.
pub fn harmless(diagnostic: &str) -> String {
    let mut out = String::new();
    let mut rest = diagnostic;
    while let Some(at) = rest.find(|character: char| character.is_control() && character != '\n') {
        let (before, after) = rest.split_at(at);
        let length = color_length(after);
        let (control, after) = after.split_at(length.max(after.chars().next().map_or(0, char::len_utf8)));
        out.push_str(before);
        out.push_str(&if length > 0 { control.to_owned() } else { partywall_report::plain(control) });
        rest = after;
    }
    out + rest
}

/// Bytes of the colour sequence, `ESC [ numbers m`, that a text begins with; 0 when it does not.
fn color_length(text: &str) -> usize {
    let Some(inside) = text.strip_prefix("\u{1b}[") else { return 0 };
    let numbers = inside.chars().take_while(|character| character.is_ascii_digit() || *character == ';').count();
    if inside.get(numbers..).is_some_and(|end| end.starts_with('m')) { numbers + 3 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn only_colours_and_line_breaks_stay() {
        for (text, expected) in [
            ("plain\ntext", "plain\ntext"),
            ("\u{1b}[31;1mred\u{1b}[0m", "\u{1b}[31;1mred\u{1b}[0m"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}2J\r", "\\u{9b}2J\\r"),
        ] {
            assert_eq!(harmless(text), expected);
        }
    }
}
