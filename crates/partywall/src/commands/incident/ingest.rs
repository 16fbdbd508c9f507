//! `partywall incident ingest`.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use clap::Args;
use miette::{IntoDiagnostic, WrapErr};
use partywall_incident::IncidentError;
use partywall_incident::incident::{Ingested, Settings};
use partywall_model::Alert;
use partywall_report::plain;

use super::blast_radius::Radius;
use super::diagnose::Diagnosis;
use super::{Kept, now_ms};
use crate::commands::Outcome;
use crate::commands::scan::print;

/// Bytes of a line; longer ones are no alert.
const LINE_BYTES_MAX: u64 = 4 << 20;

/// Options of `partywall incident ingest`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    kept: Kept,
    /// Files of alerts, a line of JSON each; `-` is standard input
    #[arg(required = true)]
    alerts: Vec<PathBuf>,
    /// How far apart alerts about the same may be to belong together, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    window: u32,
    #[command(flatten)]
    diagnosis: Diagnosis,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let (mut store, channels) = (arguments.kept.store()?, arguments.kept.channels()?);
    let settings = Settings { window_ms: i64::from(arguments.window) * 60_000 };
    let radius = arguments.diagnosis.estate.as_deref().map(Radius::open).transpose()?;
    let (mut opened, mut joined, mut known, mut refused) = (0u64, 0u64, 0u64, 0u64);
    for path in &arguments.alerts {
        let name = path.display().to_string();
        let input: Box<dyn Read> = match name.as_str() {
            "-" => Box::new(std::io::stdin()),
            _ => Box::new(File::open(path).into_diagnostic().wrap_err_with(|| format!("`{name}` cannot be read"))?),
        };
        let mut reader = BufReader::new(input);
        for number in 1u64.. {
            let mut line = Vec::new();
            let length = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line).into_diagnostic()?;
            if length == 0 {
                break;
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let alert: Result<Alert, _> = serde_json::from_slice(&line);
            let alert = alert.map_err(|error| IncidentError::Alert(format!("this is no alert: {error}")));
            let taken = alert.and_then(|alert| {
                let taken = store.ingest(&alert, now_ms(), &settings, &channels)?;
                if let (Some(radius), Ingested::Opened(id) | Ingested::Joined(id)) = (&radius, &taken) {
                    store.attach(id, &format!("blast radius of {}", alert.rule.id), radius.of(&alert), now_ms())?;
                }
                Ok(taken)
            });
            match taken {
                Ok(Ingested::Opened(id)) => {
                    opened += 1;
                    print(&format!("{id}\n"))?;
                }
                Ok(Ingested::Joined(_)) => joined += 1,
                Ok(Ingested::Known(_)) => known += 1,
                Err(error @ IncidentError::Alert(_)) => {
                    refused += 1;
                    eprintln!("{}", plain(&format!("`{name}`, line {number}: {error}")));
                }
                Err(error) => return Err(error).into_diagnostic(),
            }
        }
    }
    arguments.diagnosis.run(&mut store)?;
    eprintln!("{opened} incidents opened, {joined} alerts joined one, {known} were known, {refused} not understood");
    Ok(if refused > 0 { Outcome::Findings } else { Outcome::Clean })
}
