//! `partywall access decide`.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use aws_policy::{Decision, Doubt, Effect, Layer, Outcome as Decided, Reason, explain};
use clap::Args;
use miette::{IntoDiagnostic, miette};
use serde_json::{Value, json};

use super::cases::{Case, Policies, Prepared, parse};
use crate::commands::Outcome;

/// The longest line that is read, in bytes.
const LINE_MAX: u64 = 64 << 20;

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

/// Answers a file line by line on the standard output.
pub(super) fn each_line(file: &Path, mut answer: impl FnMut(&str) -> Value) -> miette::Result<()> {
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let opened = std::fs::File::open(file);
        Box::new(opened.map_err(|error| {
            miette!(help = "name a file with one JSON object a line", "cannot read `{}`: {error}", file.display())
        })?)
    };
    let mut input = BufReader::new(input);
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line).into_diagnostic()? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        match writeln!(output, "{}", answer(&text)) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            other => other.into_diagnostic()?,
        }
    }
    output.flush().into_diagnostic()
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

/// The id of a line that is no case.
pub(super) fn id_of(line: &str) -> Value {
    serde_json::from_str::<Value>(line).ok().and_then(|value| value.get("id").cloned()).unwrap_or(Value::Null)
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
