//! How long reachability takes on a generated estate: `cargo xtask bench network`.
#![expect(clippy::print_stdout, reason = "a program that prints what it measures")]

mod edits;
mod estate;
mod rows;

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use partywall_analysis::network::flows::flows;
use partywall_analysis::network::headers::{Block, Headers, Span, TCP};
use partywall_analysis::network::{read, spot, trace};

/// Point queries that are timed.
const QUERIES: usize = 2_000;

/// Estates of more interfaces are not edited.
const EDITED_MAX: usize = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    println!("| interfaces | classes | exchanges | reading | all pairs, with answers | one packet |");
    println!("|---|---|---|---|---|---|");
    let sizes = std::env::args().skip(1).map(|size| size.parse()).collect::<Result<Vec<usize>, _>>()?;
    for size in &sizes {
        measure(*size)?;
    }
    for size in sizes.into_iter().filter(|size| *size <= EDITED_MAX) {
        edits::measure(size)?;
    }
    Ok(())
}

fn measure(size: usize) -> Result<(), Box<dyn Error>> {
    let inventory = estate::estate(size)?;
    let started = Instant::now();
    let network = read(&inventory);
    let reading = started.elapsed();
    let started = Instant::now();
    let all = flows(&network);
    let pairs = started.elapsed();
    let names: Vec<&str> = network.interfaces.keys().map(|name| &**name).collect();
    let headers: Headers =
        Block { source: Span::one(40_000), destination: Span::one(443), ..Block::of_protocol(TCP) }.into();
    let started = Instant::now();
    let mut asked = 0_u32;
    for (from, to) in names.iter().zip(names.iter().rev()).cycle().take(QUERIES) {
        let (from, to) = (
            spot(&network, from, None).map_err(|missing| missing.to_string())?,
            spot(&network, to, None).map_err(|missing| missing.to_string())?,
        );
        black_box(trace(&network, from, to, &headers, false).map_err(|missing| missing.to_string())?);
        asked += 1;
    }
    let packet = started.elapsed() / asked.max(1);
    let (classes, exchanges) = (all.classes.len(), all.pairs.len());
    println!("| {size} | {classes} | {exchanges} | {reading:.2?} | {pairs:.2?} | {packet:.2?} |");
    Ok(())
}
