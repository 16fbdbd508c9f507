//! `partywall notify`: tells those who have to know.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, miette};
use partywall_incident::channel::Sender;
use partywall_incident::notice::{Delivered, NoticeState};
use partywall_incident::rota::Roster;
use partywall_incident::{IncidentError, Span, written};
use partywall_report::plain;

use super::Outcome;
use super::incident::{Kept, now_ms};
use super::oncall::roster;
use super::scan::print;

/// Options of `partywall notify`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Send what is due, and escalate what nobody has acknowledged in time
    Deliver(Deliver),
    /// List notices that are not delivered
    List(List),
}

#[derive(Debug, Args)]
struct Deliver {
    #[command(flatten)]
    kept: Kept,
    /// Go on, and look for more every so many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "5")]
    follow: Option<u64>,
    /// Rotas that say who is called, TOML and iCalendars
    #[arg(long, value_name = "ROTA")]
    rota: Vec<PathBuf>,
    /// The escalation of the rotas that counts
    #[arg(long, value_name = "NAME", default_value = "default")]
    escalation: String,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    kept: Kept,
    /// Delivered ones as well
    #[arg(long)]
    all: bool,
}

/// Runs the command.
///
/// # Errors
/// When it could not run.
pub fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.command {
        Command::Deliver(deliver) => self::deliver(deliver),
        Command::List(arguments) => list(arguments),
    }
}

fn deliver(arguments: &Deliver) -> miette::Result<Outcome> {
    let (mut store, channels) = (arguments.kept.store()?, arguments.kept.channels()?);
    let sender = Sender::new(channels.clone()).into_diagnostic()?;
    let mut total = Delivered::default();
    loop {
        if !arguments.rota.is_empty() {
            let roster = roster(&arguments.rota)?;
            let escalation = roster.escalations.get(&arguments.escalation);
            let escalation =
                escalation.ok_or_else(|| miette!("the rotas hold no escalation `{}`", arguments.escalation))?;
            let who = |role: &str, at: i64| called(&roster, role, at);
            for (id, detail) in store.escalate(escalation, now_ms(), &channels, &who).into_diagnostic()? {
                eprintln!("{}", plain(&format!("{id} is told to {detail}")));
            }
        }
        let mut send = |notice: &partywall_incident::notice::Notice| sender.send(notice, now_ms().div_euclid(1000));
        let told = store.deliver(&mut now_ms, &mut send).into_diagnostic()?;
        total.delivered += told.delivered;
        total.refused += told.refused;
        total.failed += told.failed;
        let Some(seconds) = arguments.follow else { break };
        std::thread::sleep(Duration::from_secs(seconds));
    }
    let waiting = store.notices().into_diagnostic()?;
    let waiting = waiting.iter().filter(|notice| notice.state == NoticeState::Pending).count();
    let Delivered { delivered, refused, failed } = total;
    eprintln!("{delivered} delivered, {refused} attempts failed, {failed} given up, {waiting} waiting");
    Ok(if failed > 0 || waiting > 0 { Outcome::Findings } else { Outcome::Clean })
}

/// Who fills the role at the moment, and how to reach them.
fn called(roster: &Roster, role: &str, at: i64) -> Result<String, IncidentError> {
    let Some(span) = Span::new(at, at.saturating_add(1)) else { return Ok(String::new()) };
    let turns = roster.on_call(span, &[role.to_owned()])?;
    let mut names: Vec<String> = turns.into_iter().map(|turn| turn.name).collect();
    names.dedup();
    Ok(names.join(", "))
}

fn list(arguments: &List) -> miette::Result<Outcome> {
    let notices = arguments.kept.store()?.notices().into_diagnostic()?;
    let mut is_waiting = false;
    for notice in &notices {
        let state = match notice.state {
            NoticeState::Pending => "pending",
            NoticeState::Delivered => "delivered",
            NoticeState::Failed => "failed",
        };
        is_waiting |= notice.state != NoticeState::Delivered;
        if arguments.all || notice.state != NoticeState::Delivered {
            let due = written(notice.due_ms.div_euclid(1000));
            let what = format!("{} {} on `{}`", notice.incident, notice.event, notice.channel);
            let line = format!("{} {state} {what}, {} attempts, {due} {}", notice.key, notice.attempts, notice.error);
            print(&(plain(&line) + "\n"))?;
        }
    }
    Ok(if is_waiting { Outcome::Findings } else { Outcome::Clean })
}
