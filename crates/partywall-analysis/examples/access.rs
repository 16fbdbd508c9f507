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

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "| principals | resources | reading | hops | closure | chains | who-can, median | who-can, worst | after one edit | memory |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for size in std::env::args().skip(1) {
        measure(size.parse()?)?;
    }
    Ok(())
}

fn measure(principals: usize) -> Result<(), Box<dyn Error>> {
    let plan = Plan { principals };
    let inventory = plan.inventory()?;
    eprintln!("rows {} MiB", memory());
    let resources: usize = inventory.resource_tables().map(|(_, rows)| rows.len()).sum();
    let started = Instant::now();
    let estate = Estate::of(&inventory);
    let reading = started.elapsed();
    eprintln!("reading {reading:.2?} {} MiB", memory());
    let started = Instant::now();
    let paths = Paths::of(&estate, &inventory);
    let hops: usize = paths.edges.iter().map(Vec::len).sum();
    eprintln!("paths {:.2?} {hops} hops, {} MiB", started.elapsed(), memory());
    let chains: usize = (0..estate.principals.len()).map(|at| paths.reach(at).nodes().count()).sum();
    let closure = started.elapsed();
    eprintln!("closure {closure:.2?} {chains} chains, {} MiB", memory());
    let mut answers: Vec<Duration> = Vec::new();
    for (action, resource) in plan.questions(QUESTIONS) {
        let target = estate.target(&resource);
        let started = Instant::now();
        black_box(estate.who_can(action, &target));
        answers.push(started.elapsed());
    }
    answers.sort_unstable();
    let (median, worst) = (answers.get(QUESTIONS / 2).copied(), answers.last().copied());
    println!(
        "| {} | {resources} | {reading:.2?} | {hops} | {closure:.2?} | {chains} | {:.2?} | {:.2?} | - | {} MiB |",
        estate.principals.len(),
        median.unwrap_or_default(),
        worst.unwrap_or_default(),
        memory()
    );
    Ok(())
}

/// The most memory that the program has had, in MiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|text| text.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or_default() / 1024
}
