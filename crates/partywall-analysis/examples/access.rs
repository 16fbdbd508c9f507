//! How long the closure over an organization takes: `cargo xtask bench access`.
//!
//! Accounts of 1,000 users and roles each and, for each principal, ten resources. One account deploys to all others,
//! an application has a role and resources of its own, some roles may hand others to a service, and control policies
//! hold for the organization and for each of ten units.
#![expect(clippy::print_stdout, reason = "a program that prints what it measures")]

#[path = "access/estate.rs"]
mod estate;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use estate::Plan;
use partywall_analysis::access::{Estate, Paths};

/// Questions that are timed.
const QUESTIONS: usize = 50;

/// Edits that are timed.
const EDITS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "| principals | rows | reading | closure | hops | reached | who-can, median | who-can, worst | one edit, median | memory |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for size in std::env::args().skip(1) {
        measure(size.parse()?)?;
    }
    Ok(())
}

fn measure(principals: usize) -> Result<(), Box<dyn Error>> {
    let plan = Plan { principals };
    let mut inventory = plan.inventory()?;
    let resources: usize = inventory.resource_tables().map(|(_, rows)| rows.len()).sum();
    let started = Instant::now();
    let mut estate = Estate::of(&inventory);
    let reading = started.elapsed();
    let started = Instant::now();
    let mut paths = Paths::of(&estate, &inventory);
    let chains: usize = (0..estate.principals.len()).map(|at| paths.reach(at).nodes().count()).sum();
    let closure = started.elapsed();
    let hops: usize = paths.edges.iter().map(Vec::len).sum();
    let mut answers = Vec::new();
    for (action, resource) in plan.questions(QUESTIONS) {
        let target = estate.target(&resource);
        let started = Instant::now();
        black_box(estate.who_can(action, &target));
        answers.push(started.elapsed());
    }
    let mut edits = Vec::new();
    for edit in 0..EDITS {
        let account = plan.edit(&mut inventory, edit)?;
        let started = Instant::now();
        let moved = estate.revise(&inventory, &account);
        paths.revise(&estate, &inventory, &account, &moved);
        edits.push(started.elapsed());
    }
    let ((median, worst), (edit, _)) = (spread(answers), spread(edits));
    println!(
        "| {} | {resources} | {reading:.2?} | {closure:.2?} | {hops} | {chains} | {median:.2?} | {worst:.2?} | {edit:.2?} | {} MiB |",
        estate.principals.len(),
        memory()
    );
    Ok(())
}

/// The median and the worst of several times.
fn spread(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    (median, times.last().copied().unwrap_or_default())
}

/// The most memory that the program has had, in MiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|text| text.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or_default() / 1024
}
