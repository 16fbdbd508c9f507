//! `partywall watch rules`.

use std::path::{Path, PathBuf};

use clap::Args;
use miette::{IntoDiagnostic, WrapErr};
use partywall_detect::correlation::Settings;
use partywall_detect::detector::Detector;
use partywall_detect::rules::Library;
use partywall_report::plain;

use crate::commands::Outcome;
use crate::commands::scan::print;

/// Bytes of one file of rules.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// Which rules count.
#[derive(Debug, Args)]
pub(super) struct RuleArguments {
    /// A file or folder of Sigma rules, beside those that come with partywall; may be repeated
    #[arg(long = "rules", value_name = "PATH")]
    own: Vec<PathBuf>,
    /// Leave out the rules that come with partywall
    #[arg(long, requires = "own")]
    own_only: bool,
}

/// Options of `partywall watch rules`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    rules: RuleArguments,
}

impl RuleArguments {
    /// The rules.
    pub(super) fn library(&self) -> miette::Result<Library> {
        let mut library = if self.own_only { Library::default() } else { Library::shipped() };
        for path in &self.own {
            add(&mut library, path)?;
        }
        Ok(library)
    }
}

fn add(library: &mut Library, path: &Path) -> miette::Result<()> {
    let refused = || format!("rules in `{}` cannot be read", path.display());
    let metadata = path.metadata().into_diagnostic().wrap_err_with(refused)?;
    if metadata.is_dir() {
        let entries = std::fs::read_dir(path).into_diagnostic().wrap_err_with(refused)?;
        let mut paths =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().into_diagnostic()?;
        paths.sort();
        return paths
            .iter()
            .filter(|path| path.is_dir() || path.extension().is_some_and(|kind| kind == "yml" || kind == "yaml"))
            .try_for_each(|path| add(library, path));
    }
    if metadata.len() > FILE_BYTES_MAX {
        return Err(miette::miette!("`{}` is larger than {FILE_BYTES_MAX} bytes; divide it", path.display()));
    }
    let bytes = std::fs::read(path).into_diagnostic().wrap_err_with(refused)?;
    library.add(&path.display().to_string(), &String::from_utf8_lossy(&bytes));
    Ok(())
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let library = arguments.rules.library()?;
    let (_, gaps) = Detector::new(&library, Settings::default());
    let mut lines: Vec<String> = Vec::new();
    for rule in library.rules() {
        let level = rule.level.map_or_else(|| "medium".to_owned(), |level| format!("{level:?}").to_lowercase());
        let id = rule.name.as_ref().or(rule.id.as_ref()).unwrap_or(&rule.title);
        lines.push(format!("{level:<14} {id:<44} {}", rule.title));
    }
    for rule in library.correlations() {
        let level = rule.level.map_or_else(|| "medium".to_owned(), |level| format!("{level:?}").to_lowercase());
        let id = rule.name.as_ref().or(rule.id.as_ref()).unwrap_or(&rule.title);
        lines.push(format!("{level:<14} {id:<44} {} (correlation)", rule.title));
    }
    lines.sort();
    for line in &lines {
        print(&format!("{}\n", plain(line)))?;
    }
    for gap in &gaps {
        eprintln!("{}: {}", plain(&gap.cause), plain(&gap.cure));
    }
    print(&format!("{} rules, of which {} are correlations\n", library.len(), library.correlations().len()))?;
    Ok(if gaps.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
