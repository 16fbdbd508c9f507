//! `partywall incident`: what is going wrong, and what came of it.

mod blast_radius;
mod diagnose;
mod ingest;
mod publish;
mod show;

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_incident::incident::{CauseOfError, NewFollowUp, Step};
use partywall_incident::notice::Channels;
use partywall_incident::store::Store;
use std::path::PathBuf;

use super::Outcome;
use super::scan::print;

/// The variable that names another database; a URL of PostgreSQL may hold a password, so it is no option.
const VARIABLE: &str = "PARTYWALL_DATABASE";

/// Options of `partywall incident`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take alerts in: lines of JSON, as `partywall watch run -o json` writes them
    Ingest(ingest::Arguments),
    /// List incidents, and follow-ups that are overdue
    List(show::List),
    /// Show an incident with all that belongs to it
    Show(show::Show),
    /// Take an incident: you work on it
    Ack(Named),
    /// Note something
    Note(Said),
    /// Say that it does no more harm, and how
    Mitigate(Said),
    /// Say that it is over, and how
    Resolve(Said),
    /// Say why it happened
    Review(Review),
    /// What is to be done, by whom, by when
    #[command(subcommand)]
    FollowUp(FollowUp),
    /// Attach something in JSON, such as a blast radius, under a name
    Attach(Attach),
    /// Write the page that tells the outside how things stand, and its feed
    Page(publish::Page),
    /// Print what those of a role need to know
    Brief(publish::Brief),
}

/// Where incidents are kept, and who is told.
#[derive(Debug, Args)]
pub(super) struct Kept {
    /// The database, a file of SQLite; the variable PARTYWALL_DATABASE names another, or a URL of PostgreSQL
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// The channels that are told, TOML
    #[arg(long, value_name = "FILE")]
    channels: Option<PathBuf>,
    /// What is said on them, TOML; instead of our own
    #[arg(long, value_name = "FILE", requires = "channels")]
    templates: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    kept: Kept,
    /// The incident
    id: String,
    /// Who does it
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(Debug, Args)]
struct Said {
    #[command(flatten)]
    named: Named,
    /// What there is to say
    words: String,
}

#[derive(Debug, Args)]
struct Attach {
    #[command(flatten)]
    kept: Kept,
    /// The incident
    id: String,
    /// Its name: `blast_radius`
    name: String,
    /// The file
    file: PathBuf,
}

#[derive(Debug, Args)]
struct Review {
    #[command(flatten)]
    named: Named,
    /// What happened
    #[arg(long)]
    summary: String,
    /// Who was hurt, and how
    #[arg(long)]
    impact: String,
    /// Why, down to the last why
    #[arg(long)]
    root_cause: String,
    /// What was learned
    #[arg(long)]
    lessons: String,
}

#[derive(Debug, Subcommand)]
enum FollowUp {
    /// Add one
    Add {
        #[command(flatten)]
        named: Named,
        /// What is to be done
        title: String,
        /// By whom
        #[arg(long)]
        owner: String,
        /// By which day: `2026-12-24`
        #[arg(long)]
        due: String,
    },
    /// Say that it is done; its name is the incident's and a number, `inc-0123456789abcdef/1`
    Done(Named),
}

impl Kept {
    /// Opens the database.
    pub(super) fn store(&self) -> miette::Result<Store> {
        let given = self.database.as_ref().map(|path| path.display().to_string());
        let place = given.or_else(|| std::env::var(VARIABLE).ok().filter(|place| !place.is_empty()));
        Store::open(place.as_deref().unwrap_or("partywall-incidents.db")).into_diagnostic()
    }

    /// Reads the channels; none when none are named.
    pub(super) fn channels(&self) -> miette::Result<Channels> {
        let Some(path) = &self.channels else { return Ok(Channels::default()) };
        let templates = self.templates.as_deref().map(text).transpose()?;
        Channels::read(&text(path)?, templates.as_deref()).into_diagnostic()
    }
}

/// Runs the command.
///
/// # Errors
/// When it could not run.
pub fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.command {
        Command::Ingest(arguments) => ingest::run(arguments),
        Command::List(arguments) => show::list(arguments),
        Command::Show(arguments) => show::show(arguments),
        Command::Attach(Attach { kept, id, name, file }) => {
            let value: serde_json::Value = serde_json::from_str(&text(file)?)
                .into_diagnostic()
                .wrap_err_with(|| format!("`{}` is no JSON", file.display()))?;
            kept.store()?.attach(id, name, value, now_ms()).into_diagnostic()?;
            Ok(Outcome::Clean)
        }
        Command::Page(arguments) => publish::page(arguments),
        Command::Brief(arguments) => publish::brief(arguments),
        Command::Ack(named) => step(named, &Step::Acknowledge),
        Command::Mitigate(said) => step(&said.named, &Step::Mitigate(said.words.clone())),
        Command::Resolve(said) => step(&said.named, &Step::Resolve(said.words.clone())),
        Command::Review(review) => step(&review.named, &Step::Review(review.cause())),
        Command::Note(Said { named, words }) => {
            named.kept.store()?.note(&named.id, words, &named.by, now_ms()).into_diagnostic()?;
            Ok(Outcome::Clean)
        }
        Command::FollowUp(FollowUp::Add { named, title, owner, due }) => {
            let follow_up = NewFollowUp { title, owner, due };
            let mut store = named.kept.store()?;
            let name = store.add_follow_up(&named.id, &follow_up, &named.by, now_ms()).into_diagnostic()?;
            print(&format!("{name}\n"))?;
            Ok(Outcome::Clean)
        }
        Command::FollowUp(FollowUp::Done(named)) => {
            named.kept.store()?.finish_follow_up(&named.id, &named.by, now_ms()).into_diagnostic()?;
            Ok(Outcome::Clean)
        }
    }
}

fn step(named: &Named, step: &Step) -> miette::Result<Outcome> {
    let channels = named.kept.channels()?;
    named.kept.store()?.step(&named.id, step, &named.by, now_ms(), &channels).into_diagnostic()?;
    Ok(Outcome::Clean)
}

impl Review {
    fn cause(&self) -> CauseOfError {
        CauseOfError {
            summary: self.summary.clone(),
            impact: self.impact.clone(),
            root_cause: self.root_cause.clone(),
            lessons: self.lessons.clone(),
        }
    }
}

/// Now, in milliseconds since 1970 UTC.
pub(super) fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

fn text(path: &std::path::Path) -> miette::Result<String> {
    let unreadable = || miette!("`{}` cannot be read; name another file", path.display()).to_string();
    std::fs::read_to_string(path).into_diagnostic().wrap_err_with(unreadable)
}
