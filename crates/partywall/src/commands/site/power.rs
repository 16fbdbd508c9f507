//! `partywall site power`.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic, miette};
use partywall_ingest::Options;
use partywall_model::{PowerReport, PowerScenario};
use partywall_report::Style;

use crate::commands::Outcome;
use crate::commands::scan::print;
use crate::scan::read;

/// Options of `partywall site power`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The site's folder, or one with several sites
    #[arg(default_value = ".")]
    site: PathBuf,
    /// How to print
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t = Output::Terminal)]
    output: Output,
    /// Draw this element as failed
    #[arg(long, value_name = "ELEMENT")]
    fail: Option<String>,
    /// Draw this element as out for maintenance
    #[arg(long, value_name = "ELEMENT")]
    maintain: Option<String>,
    /// List every scenario
    #[arg(long)]
    all: bool,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    Terminal,
    /// For programs.
    Json,
    /// A picture of the first site.
    Svg,
}

/// Runs the command. It ends with 1 when a load does not survive something, or that is not known.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let snapshot = read(&arguments.site, &Options::default(), &|_| ())?;
    let reports = partywall_analysis::power::reports(&snapshot.inventory);
    let reports: Vec<PowerReport> =
        reports.into_iter().filter(|report| !report.elements.is_empty() || !report.error.is_empty()).collect();
    let Some(first) = reports.first() else {
        let help = "declare `[[power]]` elements in site.toml as docs/sites.md shows";
        return Err(miette!(help = help, "there is no power topology in `{}`", arguments.site.display()));
    };
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let style = Style { color, width: 120, all: arguments.all };
    print(&match arguments.output {
        Output::Terminal => reports.iter().map(|report| partywall_report::power(report, &style)).collect(),
        Output::Json => serde_json::to_string_pretty(&reports).into_diagnostic()? + "\n",
        Output::Svg => {
            let scenario = chosen(first, arguments)?;
            partywall_report::power_svg(first, &scenario)
        }
    })?;
    let is_sound = |report: &PowerReport| {
        report.error.is_empty() && report.scenarios.is_empty() && report.hidden.is_empty() && !report.is_given_up
    };
    Ok(if reports.iter().all(is_sound) { Outcome::Clean } else { Outcome::Findings })
}

/// The scenario to draw; one that harms nothing is not in the report.
fn chosen(report: &PowerReport, arguments: &Arguments) -> miette::Result<PowerScenario> {
    let failed = arguments.fail.clone().unwrap_or_default();
    let maintained = arguments.maintain.clone().unwrap_or_default();
    for name in [&failed, &maintained].into_iter().filter(|name| !name.is_empty()) {
        if !report.elements.iter().any(|element| element.id == *name && element.kind != "load") {
            return Err(miette!("`{}` has no element `{name}` that can fail", report.site));
        }
    }
    let kind = match (failed.is_empty(), maintained.is_empty()) {
        (true, true) => "now",
        (false, true) => "single",
        (_, false) => "maintenance",
    };
    let title = match kind {
        "now" => "now".to_owned(),
        "single" => format!("{failed} fails"),
        _ if failed.is_empty() => format!("{maintained} is maintained"),
        _ => format!("{failed} fails while {maintained} is maintained"),
    };
    let mut all = report.scenarios.iter();
    let found = all.find(|other| (other.kind, &other.failed, &other.maintained) == (kind, &failed, &maintained));
    Ok(found.cloned().unwrap_or_else(|| PowerScenario { title, kind, failed, maintained, ..PowerScenario::default() }))
}
