//! `partywall incident page` and `brief`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic, WrapErr};
use partywall_incident::notice::{Audience, Templates};
use partywall_incident::page::{briefing, feed, html};
use partywall_model::AlertLevel;

use super::{Kept, now_ms, text};
use crate::commands::Outcome;
use crate::commands::scan::print;

#[derive(Debug, Args)]
pub(super) struct Page {
    #[command(flatten)]
    kept: Kept,
    /// The folder that is published; it gets `index.html` and `feed.json`
    folder: PathBuf,
    /// The least grave incident that is shown
    #[arg(long, value_name = "LEVEL", default_value = "high", value_parser = level)]
    minimum: AlertLevel,
}

#[derive(Debug, Args)]
pub(super) struct Brief {
    #[command(flatten)]
    kept: Kept,
    /// For whom
    #[arg(long, value_enum)]
    role: Role,
    /// Templates, TOML; instead of our own
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Those who work on it
    Technical,
    /// Those who answer for it
    Executive,
    /// Those whom it hurts
    Customer,
}

/// Writes the page and the feed; readers see the old or the new, never half of one.
pub(super) fn page(arguments: &Page) -> miette::Result<Outcome> {
    let incidents = arguments.kept.store()?.incidents().into_diagnostic()?;
    std::fs::create_dir_all(&arguments.folder).into_diagnostic()?;
    let page = html(&incidents, arguments.minimum, now_ms());
    let feed = serde_json::to_string_pretty(&feed(&incidents, arguments.minimum)).into_diagnostic()? + "\n";
    for (name, content) in [("index.html", page), ("feed.json", feed)] {
        let (path, new) = (arguments.folder.join(name), arguments.folder.join(format!(".{name}.new")));
        let written = std::fs::write(&new, content).and_then(|()| std::fs::rename(&new, &path)).into_diagnostic();
        written.wrap_err_with(|| format!("`{}` cannot be written", path.display()))?;
    }
    Ok(Outcome::Clean)
}

/// Prints a briefing.
pub(super) fn brief(arguments: &Brief) -> miette::Result<Outcome> {
    let templates = match &arguments.words {
        Some(path) => Templates::read(&text(path)?).into_diagnostic()?,
        None => Templates::default(),
    };
    let mut store = arguments.kept.store()?;
    let incidents = store.incidents().into_diagnostic()?;
    let details: Result<Vec<_>, _> = incidents.iter().map(|incident| store.details(&incident.id)).collect();
    let audience = match arguments.role {
        Role::Technical => Audience::Technical,
        Role::Executive => Audience::Executive,
        Role::Customer => Audience::Customer,
    };
    print(&briefing(&details.into_diagnostic()?, audience, &templates))?;
    Ok(Outcome::Clean)
}

fn level(text: &str) -> Result<AlertLevel, String> {
    let level = AlertLevel::ALL.into_iter().find(|level| level.id() == text);
    level.ok_or_else(|| "write informational, low, medium, high or critical".to_owned())
}
