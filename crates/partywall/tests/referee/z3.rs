//! What two policies permit beyond each other, beside the answers of z3, which runs as a process of its own.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::moto::python;
use crate::{number, scripts};

/// Pairs of policies of the ordinary run; `PARTYWALL_PAIRS` gives another number.
const PAIRS: usize = 30;

#[test]
fn comparisons_agree_with_a_solver() {
    let pairs = number("PARTYWALL_PAIRS", PAIRS).to_string();
    let oracle = Command::new(python()).arg(scripts().join("z3_oracle.py")).args(["--pairs", &pairs]).output().unwrap();
    assert!(oracle.status.success(), "{}", String::from_utf8_lossy(&oracle.stderr));
    let expected: Vec<Value> =
        String::from_utf8(oracle.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut ours = Command::new(env!("CARGO_BIN_EXE_partywall"))
        .args(["access", "compare", "--cases", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = ours.stdin.take().unwrap();
    let lines: String = expected
        .iter()
        .map(|pair| json!({ "id": pair["id"], "first": pair["first"], "second": pair["second"] }).to_string() + "\n")
        .collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = ours.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), expected.len());
    let mut decided = 0;
    for (pair, answer) in expected.iter().zip(&answers) {
        for (theirs, ours) in [("forth", "firstPermitsMore"), ("back", "secondPermitsMore")] {
            // The solver gives up now and then.
            if let Some(expected) = pair[theirs].as_bool() {
                decided += 1;
                assert_eq!(answer[ours]["answer"].as_bool(), Some(expected), "{pair}\n{answer}");
            }
        }
    }
    assert!(decided > expected.len(), "the solver decided only {decided} questions");
}
