//! `partywall incident list` and `show`.

use clap::Args;
use miette::IntoDiagnostic;
use partywall_incident::incident::{Details, FollowUp, Incident, Status};
use partywall_incident::written;
use partywall_report::plain;
use serde_json::json;

use super::{Kept, now_ms};
use crate::commands::Outcome;
use crate::commands::Output;
use crate::commands::scan::print;

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    kept: Kept,
    /// Reviewed ones as well
    #[arg(long)]
    all: bool,
    /// How they are printed
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    kept: Kept,
    /// The incident
    id: String,
    /// How it is printed
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// Lists incidents. Ends with 1 when one is open, or a follow-up is overdue.
pub(super) fn list(arguments: &List) -> miette::Result<Outcome> {
    let mut store = arguments.kept.store()?;
    let mut incidents = store.incidents().into_diagnostic()?;
    let today = written(now_ms().div_euclid(1000));
    let follow_ups = store.open_follow_ups().into_diagnostic()?;
    let is_overdue = |follow_up: &&FollowUp| today.get(..10).is_some_and(|today| follow_up.due.as_str() < today);
    let overdue: Vec<&FollowUp> = follow_ups.iter().filter(is_overdue).collect();
    let needs_somebody = !overdue.is_empty() || incidents.iter().any(|incident| incident.status == Status::Open);
    incidents.retain(|incident| arguments.all || incident.status != Status::Reviewed);
    match arguments.output {
        Output::Json => {
            let found = json!({ "incidents": incidents, "overdue": overdue });
            print(&(serde_json::to_string_pretty(&found).into_diagnostic()? + "\n"))?;
        }
        Output::Terminal => {
            incidents.iter().try_for_each(|incident| print(&line(incident)))?;
            overdue.iter().try_for_each(|follow_up| print(&format!("overdue: {}", follow_up_line(follow_up))))?;
        }
    }
    Ok(if needs_somebody { Outcome::Findings } else { Outcome::Clean })
}

/// Shows an incident.
pub(super) fn show(arguments: &Show) -> miette::Result<Outcome> {
    let details = arguments.kept.store()?.details(&arguments.id).into_diagnostic()?;
    print(&match arguments.output {
        Output::Json => serde_json::to_string_pretty(&details).into_diagnostic()? + "\n",
        Output::Terminal => text(&details),
    })?;
    Ok(Outcome::Clean)
}

fn line(incident: &Incident) -> String {
    let opened = written(incident.opened_ms.div_euclid(1000));
    let (status, severity) = (incident.status.id(), incident.severity.id());
    plain(&format!("{} {status:<12} {severity:<13} {opened} {}", incident.id, incident.title)) + "\n"
}

fn follow_up_line(follow_up: &FollowUp) -> String {
    let state = if follow_up.done_ms > 0 { "done" } else { "to do" };
    plain(&format!("{} {state}, {} by {}: {}", follow_up.id, follow_up.owner, follow_up.due, follow_up.title)) + "\n"
}

fn text(details: &Details) -> String {
    let mut text = line(&details.incident);
    for entity in &details.entities {
        text += &(plain(&format!("  about {}", entity.name)) + "\n");
    }
    for entry in &details.timeline {
        let at = written(entry.at_ms.div_euclid(1000));
        text += &(plain(&format!("  {at} {} {}: {}", entry.actor, entry.action, entry.detail)) + "\n");
    }
    for (name, value) in details.incident.picture.as_object().into_iter().flatten() {
        text += &(plain(&format!("  {name}: {value}")) + "\n");
    }
    for follow_up in &details.follow_ups {
        text += &format!("  {}", follow_up_line(follow_up));
    }
    text
}
