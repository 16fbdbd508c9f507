//! `partywall scan`.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_checks::{Baseline, Library};
use partywall_model::{Assessment, Gap, GapKind, Severity, Verdict};
use partywall_report::{Format, Style, render};

use super::Outcome;
use super::collect::AccountArguments;
use super::sources::SourceArguments;
use super::target::Target;
use crate::scan::{Step, assess, derived_tables_of, open};

/// Options of `partywall scan`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// Scan the live account: collect it first
    #[arg(long)]
    aws: bool,
    #[command(flatten)]
    account: AccountArguments,
    /// With --aws: keep the answers in this folder, and ask nothing again that is there
    #[arg(long, value_name = "DIR", requires = "aws")]
    collection: Option<PathBuf>,
    /// Code that may declare the live resources; each finding then names the block that owns it
    #[arg(long, alias = "code", value_name = "DIR")]
    terraform: Option<PathBuf>,
    /// Report: terminal, json, sarif, junit, csv or html, each with =FILE to write to a file
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    outputs: Vec<String>,
    /// Least severity of a finding that makes the run fail
    #[arg(long, value_enum, default_value_t = Threshold::Low)]
    fail_on: Threshold,
    /// Let the run fail also when something could not be told or seen
    #[arg(long)]
    fail_on_unknown: bool,
    /// Folder with checks of your own
    #[arg(long = "checks", value_name = "DIR")]
    check_folders: Vec<PathBuf>,
    /// Run this check only; may be repeated
    #[arg(long = "check", value_name = "CHECK")]
    only: Vec<String>,
    /// Run the checks of this framework only
    #[arg(long, value_name = "FRAMEWORK")]
    framework: Option<String>,
    /// Faults that were there before do not make the run fail
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all present faults to a baseline
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// List passed checks too
    #[arg(long)]
    all: bool,
}

/// Least severity that makes a run fail.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Threshold {
    /// Any finding.
    Low,
    /// Medium and above.
    Medium,
    /// High and above.
    High,
    /// Critical only.
    Critical,
    /// None: the run only reports.
    Never,
}

impl Threshold {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Critical => Some(Severity::Critical),
            Self::Never => None,
        }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let outputs = outputs(&arguments.outputs)?;
    let library = library(&arguments.check_folders)?;
    let found = target(arguments)?;
    let target = found.path();
    let mut options = arguments.sources.options()?;
    if let Some(code) = &arguments.terraform {
        options.code = Some((code.clone(), arguments.sources.reading.options(code)?.ingest));
    }
    options.only.clone_from(&arguments.only);
    options.framework.clone_from(&arguments.framework);
    options.baseline = arguments.baseline.as_deref().map(read_baseline).transpose()?;
    options.derived_tables = derived_tables_of(&library, &options)?;
    options.duties = Some(super::access::duties(target)?);
    let progress = Progress::start();
    let estate = open(target, &options, &|step| progress.show(step))?;
    let assessment = assess(target, estate, &library, &options, &|step| progress.show(step))?;
    progress.finish();
    for (format, file) in &outputs {
        write(&assessment, *format, file.as_deref(), arguments.all)?;
    }
    if let Some(file) = &arguments.write_baseline {
        let baseline = serde_json::to_string_pretty(&Baseline::of(&assessment.findings)).into_diagnostic()?;
        std::fs::write(file, baseline)
            .into_diagnostic()
            .wrap_err_with(|| format!("`{}` cannot be written", file.display()))?;
    }
    Ok(outcome(&assessment, arguments))
}

/// What is to be scanned: what was named, or the account, which is asked first.
fn target(arguments: &Arguments) -> miette::Result<Target> {
    if !arguments.aws {
        return Target::find(&arguments.sources.target);
    }
    let collection = match &arguments.collection {
        Some(folder) => Target::Here(folder.clone()),
        None => Target::Copy(tempfile::tempdir().into_diagnostic()?),
    };
    arguments.account.collect(&collection.path().to_string_lossy(), false)?;
    Ok(collection)
}

fn outcome(assessment: &Assessment, arguments: &Arguments) -> Outcome {
    let threshold = arguments.fail_on.severity();
    let fault = |finding: &partywall_model::Finding| {
        threshold.is_some_and(|least| finding.severity >= least)
            && (finding.is_open_fault()
                || (arguments.fail_on_unknown && finding.verdict == Verdict::Unknown && finding.waiver.is_none()))
    };
    // Such a gap may hide a fault; an uncovered type hides none that a check could tell, and an unknown value shows in
    // the findings that it decides.
    let blind = |gap: &Gap| !matches!(gap.kind, GapKind::UncoveredType | GapKind::UnknownValue);
    let could_not_see = arguments.fail_on_unknown && threshold.is_some() && assessment.gaps.iter().any(blind);
    if could_not_see || assessment.findings.iter().any(fault) { Outcome::Findings } else { Outcome::Clean }
}

/// The shipped checks and those of the given folders.
pub(super) fn library(folders: &[PathBuf]) -> miette::Result<Library> {
    let mut library = Library::shipped().into_diagnostic()?;
    for folder in folders {
        library.add_folder(folder).into_diagnostic().wrap_err("the checks of `--checks` cannot be loaded")?;
    }
    Ok(library)
}

fn outputs(texts: &[String]) -> miette::Result<Vec<(Format, Option<PathBuf>)>> {
    if texts.is_empty() {
        return Ok(vec![(Format::Terminal, None)]);
    }
    texts
        .iter()
        .map(|text| {
            let (name, file) =
                text.split_once('=').map_or((text.as_str(), None), |(name, file)| (name, Some(PathBuf::from(file))));
            let format = Format::from_name(name).ok_or_else(|| {
                miette!(
                    help = format!("use one of {}", Format::ALL.map(Format::name).join(", ")),
                    "`{name}` is no report format"
                )
            })?;
            Ok((format, file))
        })
        .collect()
}

fn write(assessment: &Assessment, format: Format, file: Option<&Path>, all: bool) -> miette::Result<()> {
    let style = style(file.is_none() && std::io::stdout().is_terminal(), all);
    let Some(file) = file else {
        return match render(assessment, format, &style, &mut std::io::stdout().lock()) {
            Err(error) if error.is_broken_pipe() => Ok(()),
            other => other.into_diagnostic(),
        };
    };
    let refused = || format!("`{}` cannot be written", file.display());
    let mut writer = BufWriter::new(std::fs::File::create(file).into_diagnostic().wrap_err_with(refused)?);
    render(assessment, format, &style, &mut writer).into_diagnostic().wrap_err_with(refused)?;
    writer.flush().into_diagnostic().wrap_err_with(refused)
}

/// How to render for where the text goes.
pub(super) fn style(on_terminal: bool, all: bool) -> Style {
    let color = on_terminal && std::env::var_os("NO_COLOR").is_none();
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100);
    Style { color, width, all }
}

/// Prints to standard output; a reader that has gone away is no error.
pub(super) fn print(text: &str) -> miette::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.into_diagnostic(),
    }
}

fn read_baseline(file: &Path) -> miette::Result<Baseline> {
    let text = std::fs::read_to_string(file)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be read", file.display()))?;
    serde_json::from_str(&text).into_diagnostic().wrap_err_with(|| format!("`{}` is no baseline", file.display()))
}

/// A spinner on standard error, when that is a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn start() -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar }
    }

    pub(super) fn show(&self, step: Step) {
        self.bar.set_message(match step {
            Step::Read => "reading and evaluating the code",
            Step::Normalize => "building the inventory",
            Step::Analyse => "deciding who is answerable for what",
            Step::Judge => "running the checks",
        });
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
