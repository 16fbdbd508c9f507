//! How many decisions a second of processor time allows, on cases as `partywall access decide` reads them.
//!
//!     cargo run --release --package aws-policy --example throughput -- CASES
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement may panic")]

#[path = "../tests/support/case.rs"]
mod case;

use std::hint::black_box;

use aws_policy::{PolicySet, Request, decide};
use case::Case;

/// Processor time that is measured, in seconds.
const SECONDS: f64 = 5.0;

/// Processor time of this thread so far, in seconds.
fn processor_seconds() -> f64 {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    figures.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn main() {
    let file = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let cases: Vec<Case> = text.lines().map(|line| Case::read(&serde_json::from_str(line).unwrap())).collect();
    let prepared: Vec<(Request<'_>, PolicySet<'_>)> =
        cases.iter().map(|case| (case.request(), case.policies())).collect();
    let round = || {
        for (request, policies) in &prepared {
            black_box(decide(black_box(request), black_box(policies)));
        }
    };
    round();
    let start = processor_seconds();
    let mut decisions = 0;
    while processor_seconds() - start < SECONDS {
        round();
        decisions += prepared.len();
    }
    println!("{:.0}", decisions as f64 / (processor_seconds() - start));
}
