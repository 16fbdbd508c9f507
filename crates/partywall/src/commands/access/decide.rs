//! `partywall access decide`.

use std::path::PathBuf;

use aws_policy::{Decision, Doubt, Effect, Layer, Outcome as Decided, Reason, explain};
use clap::Args;
use serde_json::{Value, json};

use super::cases::{Case, Policies, Prepared, each_line, id_of, parse};
use crate::commands::Outcome;

/// Options of `partywall access decide`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// File with one request and its policies a line; `-` for the standard input
    #[arg(long, value_name = "FILE")]
    cases: PathBuf,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let mut policies = Policies::default();
    each_line(&arguments.cases, |line| answer(line, &mut policies))?;
    Ok(Outcome::Clean)
}

fn answer(line: &str, policies: &mut Policies) -> Value {
    let case: Case = match parse(line) {
        Ok(case) => case,
        Err(error) => return json!({ "id": id_of(line), "decision": "Unknown", "error": error }),
    };
    match case.prepare(policies) {
        Ok(prepared) => {
            let decision = explain(&prepared.request(), &prepared.policies());
            rendered(&case.id, &decision, &prepared)
        }
        Err(error) => json!({ "id": case.id, "decision": "Unknown", "error": error }),
    }
}

fn rendered(id: &Value, decision: &Decision, prepared: &Prepared) -> Value {
    let because: Vec<Value> = decision.because.iter().map(|reason| because(reason, prepared)).collect();
    let blocked_by: Vec<&str> = decision.blocked_by.iter().map(|layer| Layer::id(*layer)).collect();
    let mut answer =
        json!({ "id": id, "decision": name(decision.outcome), "blockedBy": blocked_by, "because": because });
    if let (Decided::Undecided(doubt), Some(fields)) = (decision.outcome, answer.as_object_mut()) {
        fields.insert("dependsOn".to_owned(), doubts(doubt).into());
    }
    answer
}

fn name(outcome: Decided) -> &'static str {
    match outcome {
        Decided::Allowed => "Allowed",
        Decided::ImplicitlyDenied => "ImplicitlyDenied",
        Decided::ExplicitlyDenied => "ExplicitlyDenied",
        Decided::Undecided(_) => "Unknown",
    }
}

/// What an answer depends on, in words.
pub(super) fn doubts(doubt: Doubt) -> Vec<&'static str> {
    [
        (Doubt::CONDITION, "condition keys that the request does not give"),
        (Doubt::UNRESOLVED, "text that is not resolved"),
        (Doubt::UNDOCUMENTED, "behaviour that AWS does not document"),
    ]
    .into_iter()
    .filter_map(|(cause, words)| doubt.contains(cause).then_some(words))
    .collect()
}

fn because(reason: &Reason, prepared: &Prepared) -> Value {
    json!({
        "layer": reason.layer.id(),
        "policy": reason.policy,
        "statement": reason.statement,
        "sid": prepared.sid(&reason.policy, reason.statement),
        "effect": match reason.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        },
        "certain": reason.applies.is_true(),
    })
}
