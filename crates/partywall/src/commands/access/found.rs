//! `partywall access paths`, `exposed`, `duties` and `unused`.

use std::io::IsTerminal;

use clap::Args;
use miette::IntoDiagnostic;
use partywall_analysis::{access, sensitivity};
use serde::Serialize;

use super::Output;
use super::estate::open;
use crate::commands::Outcome;
use crate::commands::scan::{print, style};
use crate::commands::sources::SourceArguments;

/// Options of `partywall access paths`.
#[derive(Debug, Args)]
pub(super) struct PathsArguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// Only paths from this user or role: its row, ARN or name
    #[arg(long, value_name = "PRINCIPAL")]
    from: Option<String>,
    /// Only paths to this row, or `administrator` for everything in an account
    #[arg(long, value_name = "RESOURCE")]
    to: Option<String>,
    #[command(flatten)]
    printing: Printing,
}

/// Options of the other questions.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    printing: Printing,
}

/// How to print.
#[derive(Debug, Args)]
struct Printing {
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
    /// List everything, not only the first ones
    #[arg(long)]
    all: bool,
}

impl Printing {
    fn print<T: Serialize>(
        &self,
        found: &[T],
        blindness: &str,
        render: impl Fn(&[T], &partywall_report::Style) -> String,
    ) -> miette::Result<Outcome> {
        print(&match self.output {
            Output::Json => serde_json::to_string_pretty(found).into_diagnostic()? + "\n",
            Output::Terminal => render(found, &style(std::io::stdout().is_terminal(), self.all)) + blindness,
        })?;
        Ok(if found.is_empty() { Outcome::Clean } else { Outcome::Findings })
    }
}

/// Answers `paths`; ends with 1 when there are any.
pub(super) fn paths(arguments: &PathsArguments) -> miette::Result<Outcome> {
    let opened = open(&arguments.sources)?;
    let from = match &arguments.from {
        Some(text) => Some(opened.holder(text)?.1.resource.clone()),
        None => None,
    };
    let to = match arguments.to.as_deref() {
        None | Some("administrator") => None,
        Some(text) => {
            Some(opened.holder(text).map(|(_, holder)| holder.resource.clone()).unwrap_or_else(|_| text.into()))
        }
    };
    let mut paths = opened.ask(access::paths);
    paths.retain(|path| {
        from.as_ref().is_none_or(|from| path.from == *from)
            && match (&to, arguments.to.as_deref()) {
                (Some(to), _) => path.to == *to,
                (None, Some(_)) => path.reaches_administrator,
                (None, None) => true,
            }
    });
    arguments.printing.print(&paths, &opened.blindness(), partywall_report::access_paths)
}

/// Answers `exposed`; ends with 1 when anything is.
pub(super) fn exposed(arguments: &Arguments) -> miette::Result<Outcome> {
    let opened = open(&arguments.sources)?;
    let exposures = opened.ask(access::exposures);
    arguments.printing.print(&exposures, &opened.blindness(), partywall_report::exposures)
}

/// Answers `duties`; ends with 1 when any belong apart.
pub(super) fn duties(arguments: &Arguments) -> miette::Result<Outcome> {
    let opened = open(&arguments.sources)?;
    let rules = super::duties(&arguments.sources.target)?;
    let tags = arguments.sources.options()?.configuration.sensitivity();
    let conflicts = opened.ask(|estate, inventory| {
        access::conflicts(estate, inventory, &rules, &sensitivity::classify(inventory, &tags))
    });
    arguments.printing.print(&conflicts, &opened.blindness(), partywall_report::conflicts)
}

/// Answers `unused`; ends with 1 when anything is.
pub(super) fn unused(arguments: &Arguments) -> miette::Result<Outcome> {
    let opened = open(&arguments.sources)?;
    let unused = opened.ask(access::unused);
    arguments.printing.print(&unused, &opened.blindness(), partywall_report::unused)
}
