//! `partywall access compare`.

use std::path::PathBuf;

use aws_policy::{Answer, Obstacle, Witness, difference};
use clap::Args;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::cases::{Policies, each_line, id_of, parse};
use crate::commands::Outcome;

/// Options of `partywall access compare`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// File with two policies a line, `{"id", "first", "second"}`; `-` for the standard input
    #[arg(long, value_name = "FILE")]
    cases: PathBuf,
}

/// Two policies.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    #[serde(default)]
    id: Value,
    first: Value,
    second: Value,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let mut policies = Policies::default();
    each_line(&arguments.cases, |line| answer(line, &mut policies))?;
    Ok(Outcome::Clean)
}

fn answer(line: &str, policies: &mut Policies) -> Value {
    let pair: Pair = match parse(line) {
        Ok(pair) => pair,
        Err(error) => return json!({ "id": id_of(line), "relation": "Unknown", "error": error }),
    };
    match (policies.read(&pair.first), policies.read(&pair.second)) {
        (Ok(first), Ok(second)) => {
            let (forth, back) = (difference(&first, &second), difference(&second, &first));
            json!({
                "id": pair.id,
                "relation": relation(&forth, &back),
                "firstPermitsMore": rendered(&forth),
                "secondPermitsMore": rendered(&back),
            })
        }
        (first, second) => {
            let errors: Vec<String> = [("first", first.err()), ("second", second.err())]
                .into_iter()
                .filter_map(|(which, error)| Some(format!("{which}: {}", error?)))
                .collect();
            json!({ "id": pair.id, "relation": "Unknown", "error": errors.join("; ") })
        }
    }
}

fn relation(forth: &Answer, back: &Answer) -> &'static str {
    match (forth, back) {
        (Answer::No, Answer::No) => "Equivalent",
        (Answer::Yes(_), Answer::No) => "FirstPermitsMore",
        (Answer::No, Answer::Yes(_)) => "SecondPermitsMore",
        (Answer::Yes(_), Answer::Yes(_)) => "EachPermitsMore",
        _ => "Unknown",
    }
}

fn rendered(answer: &Answer) -> Value {
    match answer {
        Answer::Yes(witness) => json!({ "answer": true, "witness": request(witness) }),
        Answer::No => json!({ "answer": false }),
        Answer::Unknown(obstacle) => json!({ "answer": null, "dependsOn": obstacle_in_words(*obstacle) }),
    }
}

/// What kept from an answer, in words.
pub(super) fn obstacle_in_words(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Unresolved => "text that is not resolved",
        Obstacle::Variables => "the values of policy variables",
        Obstacle::Effort => "a search that was given up",
    }
}

/// A request, in the form in which `decide` takes it.
pub(super) fn request(witness: &Witness) -> Value {
    let context: Map<String, Value> = witness
        .context
        .keys()
        .into_iter()
        .filter_map(|key| {
            let values = witness.context.get(key)?;
            let value = if let [one] = values { Value::from(one.as_str()) } else { Value::from(values.to_vec()) };
            Some((key.to_owned(), value))
        })
        .collect();
    json!({
        "principal": witness.principal.text,
        "action": witness.action,
        "resource": { "resource": witness.resource },
        "context": context,
    })
}
