//! `partywall checks`.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_checks::{Check, Library};
use partywall_model::{Inventory, Layer, Severity};
use partywall_sql::Database;

use super::Outcome;
use super::scan::{library, print};
use crate::literate::test_checks;

/// Options of `partywall checks`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder with checks of your own
    #[arg(long = "checks", value_name = "DIR", global = true)]
    folders: Vec<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

/// What to do with checks.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// List the checks, or the frameworks
    List {
        /// List frameworks with their controls instead
        #[arg(long)]
        frameworks: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a check: its statement and its page
    Show {
        /// Id or alias
        check: String,
    },
    /// Run the examples on the checks' pages, and the rules that a library must keep
    Test {
        /// Ids, aliases or services; all when left out
        names: Vec<String>,
    },
    /// Start a check: writes its two files
    New {
        /// `<service>/<fault>`
        id: String,
        /// Folder for the new files
        #[arg(long, default_value = "checks")]
        folder: PathBuf,
    },
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let library = library(&arguments.folders)?;
    match &arguments.action {
        Action::List { frameworks: false, json: false } => print(&list(&library))?,
        Action::List { frameworks: false, json: true } => print(&list_json(&library)?)?,
        Action::List { frameworks: true, .. } => print(&frameworks(&library))?,
        Action::Show { check } => print(&show(&library, check)?)?,
        Action::Test { names } => return test(&library, names),
        Action::New { id, folder } => create(id, folder)?,
    }
    Ok(Outcome::Clean)
}

fn list(library: &Library) -> String {
    let mut out = String::new();
    let width = library.checks.keys().map(|id| id.len()).max().unwrap_or(0);
    for check in library.checks.values() {
        let _ =
            writeln!(out, "{:width$}  {:8}  {:21}  {}", check.id, check.severity.id(), check.layer.id(), check.title);
    }
    let _ = writeln!(out, "{} checks", library.checks.len());
    out
}

fn list_json(library: &Library) -> miette::Result<String> {
    let entry = |check: &Check| {
        serde_json::json!({
            "id": check.id, "title": check.title, "severity": check.severity, "layer": check.layer,
            "aliases": check.aliases, "controls": library.controls_of(&check.id),
            "sensitivity": check.sensitivity_min,
        })
    };
    let entries: Vec<_> = library.checks.values().map(entry).collect();
    Ok(serde_json::to_string_pretty(&entries).into_diagnostic()? + "\n")
}

fn frameworks(library: &Library) -> String {
    let mut out = String::new();
    for (id, framework) in &library.frameworks {
        let _ = writeln!(out, "{id}: {} <{}>", framework.title, framework.url);
        for (control_id, control) in &framework.controls {
            let _ = writeln!(out, "  {control_id:12} {} ({})", control.title, control.checks.join(", "));
        }
    }
    out
}

fn show(library: &Library, name: &str) -> miette::Result<String> {
    let check = library
        .find(name)
        .ok_or_else(|| miette!(help = "`partywall checks list` shows the checks", "there is no check `{name}`"))?;
    let mut out =
        format!("{}: {}\nseverity {}, layer {}\n", check.id, check.title, check.severity.id(), check.layer.id());
    let _ = writeln!(out, "aliases: {}", check.aliases.join(", "));
    let _ = writeln!(out, "asked for by: {}", library.controls_of(&check.id).join("; "));
    let _ = writeln!(out, "\n{}\n{}", check.sql, check.page);
    Ok(out)
}

fn test(library: &Library, names: &[String]) -> miette::Result<Outcome> {
    let database = Database::new(Arc::new(Inventory::default())).into_diagnostic()?;
    let rules = library.faults(&database);
    let (count, faults) = test_checks(library, names)?;
    let mut out = String::new();
    rules.iter().for_each(|fault| out.push_str(&format!("{fault}\n")));
    faults.iter().for_each(|fault| out.push_str(&format!("{fault}\n")));
    let failed = rules.len() + faults.len();
    let _ = writeln!(out, "{count} examples, {} checks: {failed} faults", library.checks.len());
    print(&out)?;
    Ok(if failed == 0 { Outcome::Clean } else { Outcome::Findings })
}

fn create(id: &str, folder: &std::path::Path) -> miette::Result<()> {
    let (service, fault) =
        id.split_once('/').filter(|(service, fault)| is_name(service) && is_name(fault)).ok_or_else(|| {
            miette!(
                help = "write <service>/<fault> in lower case, such as s3/bucket-public-read",
                "`{id}` is no id of a check"
            )
        })?;
    let folder = folder.join(service);
    std::fs::create_dir_all(&folder).into_diagnostic()?;
    let choices = |ids: &[&str]| ids.join(" | ");
    let sql = format!(
        "-- title: the fault in one line\n-- severity: {}\n-- layer: {}\n-- aliases: []\n-- message: \"`{{title}}` …\"\nSELECT resource, title, TRUE AS ok\nFROM aws_{service}_…\n",
        choices(&Severity::ALL.map(Severity::id)),
        choices(&Layer::ALL.map(Layer::id)),
    );
    let page = "# The fault in one line\n\nWhy it matters.\n\n## Remedy\n\nTerraform: …\nCloudFormation: …\nCLI: …\n\n## Fails\n\n```hcl\n```\n\n## Passes\n\n```hcl\n```\n\n## Unknown\n\n```hcl\n```\n";
    for (file, text) in
        [(folder.join(format!("{fault}.sql")), sql.as_str()), (folder.join(format!("{fault}.md")), page)]
    {
        if file.exists() {
            return Err(miette!("`{}` exists already", file.display()));
        }
        std::fs::write(&file, text)
            .into_diagnostic()
            .wrap_err_with(|| format!("`{}` cannot be written", file.display()))?;
        print(&format!("{}\n", file.display()))?;
    }
    Ok(())
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-' || character == '_'
        })
}
