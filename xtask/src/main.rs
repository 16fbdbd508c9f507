//! The project's own chores: `cargo xtask test | deny-matrix | referee | gen | bench | moto | oscal | scram |
//! site-devices | incidents | wire | catalogue | ci`.

mod bench;
mod catalogue;
mod command;
mod estate;
mod mail;
mod moto;
mod oscal;
mod postgresql;
mod python;
mod referee;
mod scram;
mod site;
mod wire;

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use command::{cargo, cargo_tests};

/// The project's own chores.
#[derive(Debug, Parser)]
#[command(name = "xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Run every test: the Rust tests, and the examples on the checks' pages
    Test,
    /// Deny, throttle, break off and garble every call of a live account in turn; the ordinary tests try some
    DenyMatrix,
    /// Compare with a peer on requests that are made up; the ordinary tests try some
    #[command(subcommand)]
    Referee(Referee),
    /// Regenerate golden files and generated documentation
    Gen,
    /// Measure against a peer
    #[command(subcommand)]
    Bench(Bench),
    /// Install moto, which plays AWS for the tests of live accounts, and print where it is
    Moto,
    /// Install two validators of OSCAL documents, and print where they are
    Oscal,
    /// Install SCRAM, the analyser of fault trees that cut sets are compared with; it needs root, and Debian
    Scram,
    /// Install what plays the devices of sites; Network UPS Tools need root, and Debian
    SiteDevices,
    /// Install what the tests of incidents need, PostgreSQL and a mail server, and print where the latter is
    Incidents,
    /// Regenerate what the collector knows of the services' protocols, from botocore's models and `calls/`
    Wire,
    /// Regenerate the lists of AWS's actions and managed policies, from npm and from moto
    Catalogue,
    /// What a change must pass: formatting, lints, tests
    Ci,
}

#[derive(Debug, Subcommand)]
enum Referee {
    /// Decisions of the policy engine beside those of iam-simulate
    Access {
        /// How many requests
        #[arg(long, default_value_t = 100_000)]
        requests: usize,
        /// Other requests for another seed
        #[arg(long, default_value_t = 1)]
        seed: usize,
    },
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Whole-process time and memory against Checkov on the same folders
    Iac {
        /// Runs of each program; the median counts
        #[arg(long, default_value_t = 5)]
        runs: usize,
        /// Files of the large estate
        #[arg(long, default_value_t = 1800)]
        files: usize,
    },
    /// Decisions in a second of processor time against iam-simulate and PMapper on the same requests, and the closure
    Access {
        /// How many different requests
        #[arg(long, default_value_t = 200)]
        requests: usize,
        /// Users and roles of the organizations whose closure is timed, each with ten resources
        #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
        principals: Vec<usize>,
    },
    /// Processor time, memory and requests against Prowler on the same live account, played by moto
    Live,
    /// Time of failing every zone, region and pair of them, on generated estates
    Drill {
        /// Resources of each estate
        #[arg(default_values_t = [1_000, 10_000, 100_000])]
        resources: Vec<usize>,
    },
    /// Time of reachability between all pairs, on generated estates
    Network {
        /// Interfaces of each estate
        #[arg(default_values_t = [1_000, 10_000, 100_000])]
        interfaces: Vec<usize>,
    },
    /// Log events in a second against the bare library of rules and sigma-rust, on the same events and rules
    Watch {
        /// How many events
        #[arg(long, default_value_t = 200_000)]
        events: usize,
        /// How many rules, in turn
        #[arg(default_values_t = [50, 800, 3_000])]
        rules: Vec<usize>,
    },
}

fn main() -> miette::Result<()> {
    match Cli::parse().chore {
        Chore::Test => test(),
        Chore::DenyMatrix => {
            let moto = moto::environment()?;
            let arguments = ["test", "--package", "partywall", "--test", "live", "deny_matrix", "--", "--nocapture"];
            let every = OsStr::new("1");
            cargo(&arguments, &[("PARTYWALL_EVERY_CALL", every), (moto::VARIABLE, moto.as_os_str())])
        }
        Chore::Referee(Referee::Access { requests, seed }) => referee::access(requests, seed),
        Chore::Gen => {
            let components = components()?;
            let mut environment = variables(&components);
            environment.push(("PARTYWALL_BLESS", OsStr::new("1")));
            cargo(&["test", "--workspace", "--quiet"], &environment)
        }
        Chore::Bench(Bench::Iac { runs, files }) => bench::iac(runs, files),
        Chore::Bench(Bench::Access { requests, principals }) => {
            bench::access::decisions(requests)?;
            bench::access::closure(&principals)
        }
        Chore::Bench(Bench::Live) => bench::live::run_both(),
        Chore::Bench(Bench::Drill { resources }) => bench::drill::run(&resources),
        Chore::Bench(Bench::Network { interfaces }) => bench::network::run(&interfaces),
        Chore::Bench(Bench::Watch { events, rules }) => bench::watch::run(events, &rules),
        Chore::Moto => {
            println!("{}", moto::environment()?.display());
            Ok(())
        }
        Chore::Oscal => {
            println!("{}", oscal::environment()?.display());
            Ok(())
        }
        Chore::Scram => match scram::is_here() {
            true => Ok(()),
            false => Err(miette::miette!("`scram` could not be installed; as root, `apt-get install scram` does")),
        },
        Chore::SiteDevices => {
            println!("{}", site::environment()?.display());
            match site::has_nut() {
                true => Ok(()),
                false => Err(miette::miette!(
                    "`nut-server` could not be installed; as root, `apt-get install nut-server` does"
                )),
            }
        }
        Chore::Incidents => {
            postgresql::install();
            println!("{}", mail::environment()?.display());
            Ok(())
        }
        Chore::Wire => wire::regenerate(),
        Chore::Catalogue => catalogue::regenerate(),
        Chore::Ci => {
            cargo(&["fmt", "--all", "--check"], &[])?;
            cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"], &[])?;
            test()
        }
    }
}

/// The components that tests compare with or are played by, installed where they are not: the variable that says where
/// each is, and the place.
fn components() -> miette::Result<Vec<(&'static str, PathBuf)>> {
    // Tests that need it and do not find it fail, and say so.
    postgresql::install();
    Ok(vec![
        (moto::VARIABLE, moto::environment()?),
        (referee::VARIABLE, referee::environment()?),
        (oscal::VARIABLE, oscal::environment()?),
        (site::VARIABLE, site::environment()?),
        (mail::VARIABLE, mail::environment()?),
    ])
}

fn variables<'c>(components: &'c [(&'static str, PathBuf)]) -> Vec<(&'static str, &'c OsStr)> {
    components.iter().map(|(variable, place)| (*variable, place.as_os_str())).collect()
}

/// Runs the tests of every crate and closes with one line that counts them all.
fn test() -> miette::Result<()> {
    let (components, has_scram, has_nut) = (components()?, scram::is_here(), site::has_nut());
    let tally = cargo_tests(&["test", "--workspace", "--all-targets", "--no-fail-fast"], &variables(&components))?;
    if !has_nut {
        println!("no outage was played: Network UPS Tools are not installed; as root, `cargo xtask site-devices` does");
    }
    if !has_scram {
        println!("cut sets were not compared: `scram` is not installed; as root, `cargo xtask scram` does");
    }
    println!("{} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.skipped);
    if tally.succeeded { Ok(()) } else { Err(miette::miette!("tests failed; their output is above")) }
}
