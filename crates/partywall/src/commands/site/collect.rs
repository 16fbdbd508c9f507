//! `partywall site collect`.

use std::path::{Path, PathBuf};

use clap::Args;
use miette::{IntoDiagnostic, WrapErr};
use partywall_collect::site::{Device, Patience, StoredAnswers, ask, store};

use super::manifest::{devices, find};
use crate::commands::Outcome;
use crate::commands::scan::print;

/// Options of `partywall site collect`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The `site.toml`, or its folder
    site: PathBuf,
    /// Folder for the answers; by default that of `site.toml`
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Ask this device only; may be repeated
    #[arg(long = "device", value_name = "DEVICE")]
    only: Vec<String>,
}

/// Runs the command. Refusals are stored, shown, and end it with 1.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let file = find(&arguments.site);
    let folder = arguments.out.clone().unwrap_or_else(|| file.parent().unwrap_or(Path::new(".")).to_owned());
    let mut devices = devices(&file)?;
    devices.retain(|device| arguments.only.is_empty() || arguments.only.contains(&device.id));
    let mut refused = 0;
    for (device, stored) in all(&devices, &folder)? {
        refused += stored.refused;
        let path = stored.path.display();
        print(&format!("{device}: {} answers, {} refused, in {path}\n", stored.answered, stored.refused))?;
    }
    Ok(if refused > 0 { Outcome::Findings } else { Outcome::Clean })
}

/// Asks every device, all at once, and stores what they say.
pub(super) fn all(devices: &[Device], folder: &Path) -> miette::Result<Vec<(String, StoredAnswers)>> {
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = devices.iter().map(|device| scope.spawn(|| ask(device, Patience::default()))).collect();
        asked.into_iter().map(|asked| asked.join().unwrap_or_default()).collect()
    });
    let time = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let keep = |(device, answers): (&Device, Vec<_>)| {
        let stored = store(folder, &device.id, &answers, &time).into_diagnostic();
        let stored = stored.wrap_err_with(|| format!("the answers of device `{}` cannot be stored", device.id))?;
        Ok((device.id.clone(), stored))
    };
    devices.iter().zip(answers).map(keep).collect()
}
