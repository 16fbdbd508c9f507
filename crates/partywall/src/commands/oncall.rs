//! `partywall oncall`: who answers, and when nobody would.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, LabeledSpan, NamedSource, WrapErr, miette};
use partywall_incident::rota::{Cause, Coverage, Roster, Source, calendar};
use partywall_incident::{IncidentError, Span, instant, written};
use partywall_report::plain;

use super::Outcome;
use super::scan::print;
use crate::commands::Output;

/// Options of `partywall oncall`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prove that somebody is on call all the time, or show every second in which nobody is
    Gaps(Window),
    /// Say who is on call
    Who(Who),
    /// Print the turns as an iCalendar
    Calendar(Window),
}

#[derive(Debug, Args)]
struct Window {
    #[command(flatten)]
    rotas: Rotas,
    /// Its first moment: a day, or `2026-11-22T12:00:00Z`
    #[arg(long, value_name = "TIME")]
    from: String,
    /// Its end, likewise
    #[arg(long, value_name = "TIME")]
    until: String,
    /// How gaps are printed
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

#[derive(Debug, Args)]
struct Who {
    #[command(flatten)]
    rotas: Rotas,
    /// The moment; now when it is left out
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

#[derive(Debug, Args)]
struct Rotas {
    /// Rotas: TOML, and iCalendars that end in `.ics`
    #[arg(required = true, value_name = "ROTA")]
    rotas: Vec<PathBuf>,
    /// This role only
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// When it could not run.
pub fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.command {
        Command::Gaps(window) => gaps(window),
        Command::Who(who) => on_call(who),
        Command::Calendar(window) => {
            let roster = roster(&window.rotas.rotas)?;
            let turns = roster.on_call(window.span()?, &window.rotas.role).into_diagnostic()?;
            print(&calendar(&turns))?;
            Ok(tell_unread(&roster.unread))
        }
    }
}

/// Reads rotas.
///
/// # Errors
/// When one cannot be read or is none.
pub(super) fn roster(paths: &[PathBuf]) -> miette::Result<Roster> {
    let mut sources = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).into_diagnostic();
        let text = text.wrap_err_with(|| format!("`{name}` cannot be read as text; name another rota"))?;
        sources.push(Source { name, text });
    }
    Roster::read(&sources).map_err(|error| match &error {
        IncidentError::Rota { file, message, span: Some(span) } => {
            let text = sources.iter().find(|source| source.name == *file).map(|source| source.text.clone());
            let label = LabeledSpan::at(span.clone(), "here");
            miette!(labels = vec![label], help = "docs/incidents.md says how a rota is written", "{message}")
                .with_source_code(NamedSource::new(file, text.unwrap_or_default()))
        }
        _ => miette!("{error}"),
    })
}

fn gaps(window: &Window) -> miette::Result<Outcome> {
    let roster = roster(&window.rotas.rotas)?;
    let coverage = roster.coverage(window.span()?, &window.rotas.role).into_diagnostic()?;
    print(&match window.output {
        Output::Terminal => report(&coverage),
        Output::Json => serde_json::to_string_pretty(&coverage).into_diagnostic()? + "\n",
    })?;
    let unread = tell_unread(&coverage.unread);
    Ok(if coverage.gaps.is_empty() { unread } else { Outcome::Findings })
}

fn report(coverage: &Coverage) -> String {
    let mut text = String::new();
    for gap in &coverage.gaps {
        for segment in &gap.segments {
            let causes: Vec<String> = segment.causes.iter().map(Cause::words).collect();
            let (from, until) = (written(segment.span.from), written(segment.span.until));
            text += &plain(&format!("{}: {from} to {until}: {}", gap.role, causes.join("; ")));
            text.push('\n');
        }
    }
    for (role, covered) in &coverage.covered_seconds {
        let uncovered = coverage.window.seconds() - covered;
        let gaps = coverage.gaps.iter().filter(|gap| gap.role == *role).count();
        let (from, until) = (written(coverage.window.from), written(coverage.window.until));
        text += &plain(&match gaps {
            0 => format!("{role}: somebody is on call in every second from {from} to {until}"),
            _ => format!(
                "{role}: nobody is on call for {uncovered} of {} seconds, in {gaps} gaps",
                coverage.window.seconds()
            ),
        });
        text.push('\n');
    }
    text
}

fn on_call(who: &Who) -> miette::Result<Outcome> {
    let at = match &who.at {
        Some(text) => instant(text).into_diagnostic()?,
        None => chrono::Utc::now().timestamp(),
    };
    let span = Span::new(at, at.saturating_add(1)).ok_or_else(|| miette!("the moment is past all calendars"))?;
    let roster = roster(&who.rotas.rotas)?;
    for turn in roster.on_call(span, &who.rotas.role).into_diagnostic()? {
        let contacts = roster.members.get(&turn.member).map(|member| member.contacts.as_slice()).unwrap_or_default();
        let contacts: Vec<String> = contacts.iter().map(|(kind, address)| format!("{} {address}", kind.id())).collect();
        print(&(plain(&format!("{}: {} ({})", turn.role, turn.name, contacts.join(", "))) + "\n"))?;
    }
    let coverage = roster.coverage(span, &who.rotas.role).into_diagnostic()?;
    for gap in &coverage.gaps {
        let causes = gap.segments.iter().flat_map(|segment| &segment.causes).map(Cause::words);
        print(&(plain(&format!("{}: nobody, {}", gap.role, causes.collect::<Vec<_>>().join("; "))) + "\n"))?;
    }
    let unread = tell_unread(&coverage.unread);
    Ok(if coverage.gaps.is_empty() { unread } else { Outcome::Findings })
}

fn tell_unread(gaps: &[partywall_model::Gap]) -> Outcome {
    for gap in gaps {
        eprintln!("{}: {}", plain(&gap.cause), plain(&gap.cure));
    }
    if gaps.is_empty() { Outcome::Clean } else { Outcome::Findings }
}

impl Window {
    fn span(&self) -> miette::Result<Span> {
        let (from, until) = (instant(&self.from).into_diagnostic()?, instant(&self.until).into_diagnostic()?);
        Span::new(from, until).ok_or_else(|| miette!("`{}` is not before `{}`; exchange them", self.from, self.until))
    }
}
