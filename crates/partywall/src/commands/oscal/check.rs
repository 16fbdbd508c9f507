//! `partywall oscal check`: whether what a plan inherits is there in the plans that it leverages.

use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_oscal::{BYTES_MAX, Checked, Plan, Settings};
use partywall_report::plain;

use crate::commands::Outcome;
use crate::commands::Output;
use crate::commands::scan::print;

/// Options of `partywall oscal check`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The system security plan that inherits, in OSCAL's JSON format
    #[arg(value_name = "SSP")]
    plan: PathBuf,
    /// A plan that it leverages, directly or by way of another; may be repeated
    #[arg(long, value_name = "SSP", num_args = 1..)]
    leveraged: Vec<PathBuf>,
    /// The day on which authorizations have to hold; today by default
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    /// For how many years an authorization lasts; 0 when it lasts until it is withdrawn
    #[arg(long, value_name = "YEARS", default_value_t = 3)]
    authorized_for: u32,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let files = std::iter::once(&arguments.plan).chain(&arguments.leveraged);
    let plans = files.map(|file| read(file)).collect::<miette::Result<Vec<_>>>()?;
    let settings = Settings {
        as_of: arguments.as_of.unwrap_or_else(|| chrono::Utc::now().date_naive()),
        authorized_for_years: Some(arguments.authorized_for).filter(|years| *years > 0),
    };
    let checked = partywall_oscal::check(plans, settings);
    print(&match arguments.output {
        Output::Terminal => terminal(&checked),
        Output::Json => serde_json::to_string_pretty(&checked).into_diagnostic()? + "\n",
    })?;
    Ok(if checked.defects.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

/// Reads a plan.
pub(super) fn read(file: &Path) -> miette::Result<Plan> {
    let shown = file.display();
    let mut bytes = Vec::new();
    let limit = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .into_diagnostic()
        .wrap_err_with(|| format!("`{shown}` cannot be read"))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        miette!(help = "OSCAL's JSON format is UTF-8; oscal-cli converts XML and YAML", "`{shown}` is not UTF-8")
    })?;
    partywall_oscal::read(&shown.to_string(), &text).map_err(|error| {
        miette!(
            help = "name a system security plan in OSCAL's JSON format; oscal-cli converts XML and YAML",
            "`{shown}`: {}",
            plain(&error.to_string())
        )
    })
}

fn terminal(checked: &Checked) -> String {
    let mut out = String::new();
    for defect in &checked.defects {
        let place = &defect.place;
        let (file, pointer) = (plain(&place.file), plain(&place.pointer));
        let _ = writeln!(out, "{file}:{}  {}", place.line, defect.kind.id());
        let _ = writeln!(out, "    {}", plain(&defect.message));
        if !defect.uuid.is_empty() {
            let _ = writeln!(out, "    uuid {}", plain(&defect.uuid));
        }
        let _ = writeln!(out, "    at {pointer}");
        let _ = writeln!(out, "    cure: {}", defect.kind.cure());
    }
    let followed = &checked.followed;
    let _ = writeln!(
        out,
        "{} defects; followed in {} plans: {} leveraged authorizations, {} inherited, {} satisfied, {} passed on; {} not followed",
        checked.defects.len(),
        followed.plans,
        followed.authorizations,
        followed.inherited,
        followed.satisfied,
        followed.passed_on,
        followed.not_followed,
    );
    out
}
