//! `partywall site watch`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use miette::IntoDiagnostic;
use partywall_ingest::Options;
use partywall_model::{PowerReport, table};

use super::collect::all;
use super::manifest::{devices, find};
use crate::commands::Outcome;
use crate::commands::scan::print;
use crate::scan::read;

/// Options of `partywall site watch`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The `site.toml`, or its folder
    site: PathBuf,
    /// Folder for the answers; by default that of `site.toml`
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Seconds between questions
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    interval: u64,
    /// Ask so many times; without it until it is ended
    #[arg(long, value_name = "COUNT")]
    times: Option<u64>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let file = find(&arguments.site);
    let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
    let out = arguments.out.clone().unwrap_or_else(|| folder.clone());
    if out != folder {
        // The answers are understood beside the site that they belong to.
        std::fs::create_dir_all(&out).into_diagnostic()?;
        std::fs::copy(&file, out.join("site.toml")).into_diagnostic()?;
    }
    let devices = devices(&file)?;
    let mut before: BTreeMap<String, String> = BTreeMap::new();
    let mut round = 0;
    while arguments.times.is_none_or(|times| round < times) {
        if round > 0 {
            std::thread::sleep(Duration::from_secs(arguments.interval));
        }
        round += 1;
        all(&devices, &out)?;
        let now = states(&out)?;
        let time = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        for (thing, state) in &now {
            if before.get(thing) != Some(state) {
                print(&partywall_report::plain_lines(&format!("{time} {thing}: {state}\n")))?;
            }
        }
        for thing in before.keys().filter(|thing| !now.contains_key(*thing)) {
            print(&partywall_report::plain_lines(&format!("{time} {thing}: unknown\n")))?;
        }
        before = now;
    }
    Ok(Outcome::Clean)
}

/// What every device and every thing says, and what that does to the loads.
fn states(folder: &Path) -> miette::Result<BTreeMap<String, String>> {
    let inventory = read(folder, &Options::default(), &|_| ())?.inventory;
    let mut states = BTreeMap::new();
    if let Some(table) = table("site_telemetry") {
        for row in inventory.rows("site_telemetry").iter().filter(|row| row.text(table, "kind") != Some("event")) {
            let of = |column| row.text(table, column).unwrap_or_default();
            states.insert(of("id").to_owned(), of("state").to_owned());
        }
    }
    if let Some(table) = table("site_device") {
        for row in inventory.rows("site_device") {
            let is_answered = row.cell(table, "is_answered").and_then(partywall_model::Cell::as_boolean) == Some(true);
            let state = if is_answered { "answers" } else { "does not answer in full" };
            states.insert(row.text(table, "id").unwrap_or_default().to_owned(), state.to_owned());
        }
    }
    for report in partywall_analysis::power::reports(&inventory) {
        states.extend(loads(&report));
    }
    Ok(states)
}

fn loads(report: &PowerReport) -> Vec<(String, String)> {
    let now = report.scenarios.iter().find(|scenario| scenario.kind == "now");
    let state = |load: &str| match now.and_then(|now| now.lost.iter().find(|(lost, _)| lost == load)) {
        Some((_, seconds)) if *seconds < 0.0 => "will be dark for good, with what has failed now".to_owned(),
        Some((_, seconds)) => format!("will be dark for {seconds} s, with what has failed now"),
        None => "keeps its power".to_owned(),
    };
    let loads = report.elements.iter().filter(|element| element.kind == "load");
    loads.map(|load| (format!("{}/{}", report.site, load.id), state(&load.id))).collect()
}
