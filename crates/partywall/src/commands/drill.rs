//! `partywall drill`: what still stands when a zone or a region falls.

mod cases;

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic, miette};
use partywall_analysis::availability::drill::{Drill, Plan};
use partywall_model::DrillReport;
use partywall_report::Style;

use super::Outcome;
use super::scan::{Progress, print};
use super::sources::SourceArguments;
use super::target::Target;
use crate::scan::read;

/// Options of `partywall drill`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// Fail this zone, by id or name
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
    /// Fail this region
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Fail every zone and every region, one at a time; so it is when nothing else is said
    #[arg(long)]
    all: bool,
    /// Fail every two of them together as well
    #[arg(long)]
    pairs: bool,
    /// End with 1 when a target of partywall.toml is missed or not known to be met
    #[arg(long)]
    assert: bool,
    /// Show this workload only
    #[arg(long, value_name = "NAME")]
    workload: Vec<String>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
    /// Answer for single resources instead, one JSON object a line: id, type, properties, and fail: zone or region
    #[arg(long, value_name = "FILE", conflicts_with_all = ["zone", "region", "all", "pairs", "assert", "workload", "output"])]
    cases: Option<PathBuf>,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    Terminal,
    /// For programs.
    Json,
    /// One self-contained page.
    Html,
    /// A map of the first scenario: what fell, and where traffic went.
    Svg,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    if let Some(cases) = &arguments.cases {
        return cases::run(cases);
    }
    let target = &arguments.sources.target;
    let progress = Progress::start();
    let options = arguments.sources.options()?;
    let found = Target::find(target)?;
    let inventory = read(found.path(), &options.ingest, &|step| progress.show(step))?.inventory;
    progress.finish();
    let configuration = &options.configuration;
    let drill = Drill::of(&inventory, configuration.availability.tag_keys.as_deref(), &configuration.workloads);
    let plan = Plan {
        zones: arguments.zone.clone(),
        regions: arguments.region.clone(),
        all: arguments.all,
        pairs: arguments.pairs,
        cuts: true,
    };
    let mut report = drill.run(&plan).map_err(|error| miette!("{error}"))?;
    if !arguments.workload.is_empty() {
        choose(&mut report, &arguments.workload)?;
    }
    print(&match arguments.output {
        Output::Terminal => partywall_report::drill(&report, &style()),
        Output::Json => serde_json::to_string_pretty(&report).into_diagnostic()? + "\n",
        Output::Html => partywall_report::drill_html(&report, &drill.maps(&report)),
        Output::Svg => {
            let maps = drill.maps(&report);
            let map =
                maps.first().ok_or_else(|| miette!("there is no scenario to draw: nothing is in a zone or region"))?;
            partywall_report::drill_svg(map)
        }
    })?;
    let misses =
        report.workloads.iter().flat_map(|workload| &workload.outcomes).any(|outcome| !outcome.misses.is_empty());
    Ok(if arguments.assert && misses { Outcome::Findings } else { Outcome::Clean })
}

/// Keeps the workloads of these names.
fn choose(report: &mut DrillReport, names: &[String]) -> miette::Result<()> {
    for name in names {
        if !report.workloads.iter().any(|workload| workload.name == *name) {
            let known: Vec<&str> = report.workloads.iter().map(|workload| workload.name.as_str()).collect();
            return Err(miette!("there is no workload `{name}` in this estate; there are: {}", known.join(", ")));
        }
    }
    report.workloads.retain(|workload| names.contains(&workload.name));
    Ok(())
}

fn style() -> Style {
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    Style { color, width: 120, all: false }
}
