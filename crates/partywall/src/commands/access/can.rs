//! `partywall access can`, `who-can` and `what-can`.

use aws_policy::{Answer, Limits, Policy, Question, ask};
use clap::Args;
use miette::IntoDiagnostic;
use partywall_analysis::access::facts::Actions;
use partywall_analysis::access::facts::actions::AccessLevel;
use partywall_analysis::access::{Certainty, statements_in_words};
use partywall_report::plain;
use serde_json::{Value, json};

use super::Output;
use super::decide::doubts;
use super::estate::{Opened, open};
use crate::commands::Outcome;
use crate::commands::scan::print;
use crate::commands::sources::SourceArguments;

/// Options of `partywall access can`.
#[derive(Debug, Args)]
pub(super) struct CanArguments {
    /// A user or role: its row, ARN or name
    principal: String,
    /// The action: s3:GetObject
    action: String,
    /// A row, an ARN, or * for actions that are about no resource
    resource: String,
    #[command(flatten)]
    sources: SourceArguments,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// Answers `can`; ends with 1 when it cannot.
pub(super) fn can(arguments: &CanArguments) -> miette::Result<Outcome> {
    let opened = open(&arguments.sources)?;
    let (_, holder) = opened.holder(&arguments.principal)?;
    let target = opened.estate.target(&arguments.resource);
    let action = arguments.action.to_ascii_lowercase();
    let decision = opened.estate.explain(holder, &action, &target, &opened.estate.context(holder));
    let certainty = Certainty::of(decision.outcome);
    let statements = statements_in_words(&decision.because);
    let blocked_by: Vec<&str> = decision.blocked_by.iter().map(|layer| layer.id()).collect();
    let depends_on = match decision.outcome {
        aws_policy::Outcome::Undecided(doubt) => doubts(doubt),
        _ => Vec::new(),
    };
    let answer = certainty.map_or("denied", Certainty::id);
    print(&match arguments.output {
        Output::Json => {
            let answer = json!({
                "principal": holder.resource, "action": arguments.action, "resource": target.arn, "answer": answer,
                "dependsOn": depends_on, "because": statements, "blockedBy": blocked_by,
            });
            serde_json::to_string_pretty(&answer).into_diagnostic()? + "\n"
        }
        Output::Terminal => {
            let mut text = format!("{answer}\n");
            for line in depends_on.iter().map(|text| format!("depends on {text}")).chain(statements) {
                text += &format!("  {}\n", plain(&line));
            }
            if certainty.is_none() && !blocked_by.is_empty() {
                text += &format!("  not allowed by: {}\n", blocked_by.join(", "));
            }
            text + &opened.blindness()
        }
    })?;
    Ok(if certainty.is_some() { Outcome::Clean } else { Outcome::Findings })
}

/// Options of `partywall access who-can`.
#[derive(Debug, Args)]
pub(super) struct WhoCanArguments {
    /// The action: s3:GetObject
    action: String,
    /// A row, an ARN, or * for actions that are about no resource
    resource: String,
    #[command(flatten)]
    sources: SourceArguments,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// Answers `who-can`.
pub(super) fn who_can(arguments: &WhoCanArguments) -> miette::Result<Outcome> {
    let opened = open(&arguments.sources)?;
    let target = opened.estate.target(&arguments.resource);
    let allowed = opened.estate.who_can(&arguments.action, &target);
    print(&match arguments.output {
        Output::Json => {
            let list: Vec<Value> = allowed
                .iter()
                .map(|one| {
                    json!({
                        "principal": one.who, "answer": one.certainty.id(), "outsider": one.is_outsider,
                        "because": statements_in_words(&one.because),
                    })
                })
                .collect();
            serde_json::to_string_pretty(&list).into_diagnostic()? + "\n"
        }
        Output::Terminal => {
            let mut text = String::new();
            for one in &allowed {
                let outside = if one.is_outsider { " (outside: as far as its own account lets it)" } else { "" };
                text += &format!("{}  {}{outside}\n", plain(&one.who), one.certainty.id());
                for line in statements_in_words(&one.because) {
                    text += &format!("  {}\n", plain(&line));
                }
            }
            text + &format!(
                "{} of {} users and roles in sight\n",
                allowed.iter().filter(|one| !one.is_outsider).count(),
                opened.estate.principals.len()
            ) + &opened.blindness()
        }
    })?;
    Ok(Outcome::Clean)
}

/// Options of `partywall access what-can`.
#[derive(Debug, Args)]
pub(super) struct WhatCanArguments {
    /// A user or role: its row, ARN or name
    principal: String,
    #[command(flatten)]
    sources: SourceArguments,
    /// Only these actions: iam:*, s3:Put*
    #[arg(long, value_name = "PATTERN", default_value = "*")]
    actions: String,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// What somebody may do of one service.
struct OfService {
    service: &'static str,
    /// Actions with how sure each is, and a resource that shows it.
    actions: Vec<(&'static str, AccessLevel, Certainty, String)>,
}

/// Answers `what-can`.
pub(super) fn what_can(arguments: &WhatCanArguments) -> miette::Result<Outcome> {
    let opened = open(&arguments.sources)?;
    let (_, holder) = opened.holder(&arguments.principal)?;
    let services = permitted(&opened, holder, &arguments.actions);
    print(&match arguments.output {
        Output::Json => {
            let list: Vec<Value> = services
                .iter()
                .flat_map(|service| &service.actions)
                .map(|(action, level, certainty, resource)| {
                    json!({ "action": action, "level": format!("{level:?}"), "answer": certainty.id(), "resource": resource })
                })
                .collect();
            serde_json::to_string_pretty(&list).into_diagnostic()? + "\n"
        }
        Output::Terminal => {
            let mut text = String::new();
            for service in &services {
                let count = |level| service.actions.iter().filter(|(_, other, _, _)| *other == level).count();
                text += &format!("{:<28}", service.service);
                for (level, word) in [
                    (AccessLevel::List, "list"),
                    (AccessLevel::Read, "read"),
                    (AccessLevel::Tagging, "tag"),
                    (AccessLevel::Write, "write"),
                    (AccessLevel::PermissionsManagement, "permissions"),
                ] {
                    if count(level) > 0 {
                        text += &format!("  {} {word}", count(level));
                    }
                }
                let limited = service.actions.iter().filter(|(_, _, sure, _)| *sure != Certainty::Certain).count();
                if limited > 0 {
                    text += &format!("  ({limited} under conditions or unknown)");
                }
                text.push('\n');
            }
            let total: usize = services.iter().map(|service| service.actions.len()).sum();
            text + &format!("{total} actions of {} services; -o json lists them\n", services.len())
                + &opened.blindness()
        }
    })?;
    Ok(Outcome::Clean)
}

/// Every action that somebody may do on something, by service.
fn permitted(opened: &Opened, holder: &partywall_analysis::access::Holder, pattern: &str) -> Vec<OfService> {
    let union = Policy::union(holder.policies.iter().map(|document| &*document.policy));
    let context = opened.estate.context(holder);
    let mut services: Vec<OfService> = Vec::new();
    for action in Actions::shipped().expand(pattern) {
        let lower = action.id.to_ascii_lowercase();
        if !union.may_allow(&lower) {
            continue;
        }
        let actions = [lower.as_str()];
        let mut permitted_by = vec![&union];
        permitted_by.extend(holder.boundary.iter().map(|boundary| &*boundary.policy));
        let limits = Limits { actions: &actions, ..Limits::default() };
        let resource = match ask(&Question { permitted_by, limits, ..Question::default() }) {
            Answer::Yes(witness) => witness.resource,
            Answer::No => continue,
            Answer::Unknown(_) => "*".to_owned(),
        };
        let target = opened.estate.target(&resource);
        let decided = opened.estate.decide(holder, &lower, &target, &context);
        let Some(certainty) = Certainty::of(decided) else { continue };
        let service = action.id.split(':').next().unwrap_or_default();
        if services.last().is_none_or(|last| last.service != service) {
            services.push(OfService { service, actions: Vec::new() });
        }
        if let Some(last) = services.last_mut() {
            last.actions.push((action.id, action.level, certainty, resource));
        }
    }
    services
}
