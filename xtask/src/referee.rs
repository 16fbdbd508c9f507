//! Decisions beside those of a peer, iam-simulate, which is installed for tests only and runs as its own process.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use miette::{IntoDiagnostic, WrapErr, miette};

use crate::command::{cache, cargo, root, run};
use crate::moto;

/// The variable that tells the test where the peer is.
pub(crate) const VARIABLE: &str = "PARTYWALL_REFEREE";

/// The peer and whatever it needs, with digests.
const LOCK: &str = "package-lock.json";

/// Compares as many decisions as are asked for.
pub(crate) fn access(requests: usize, seed: usize) -> miette::Result<()> {
    let (peer, moto) = (environment()?, moto::environment()?);
    let arguments = ["test", "--package", "partywall", "--test", "referee", "--", "--nocapture"];
    let (requests, seed) = (requests.to_string(), seed.to_string());
    cargo(
        &arguments,
        &[
            (VARIABLE, peer.as_os_str()),
            (moto::VARIABLE, moto.as_os_str()),
            ("PARTYWALL_REQUESTS", OsStr::new(&requests)),
            ("PARTYWALL_SEED", OsStr::new(&seed)),
        ],
    )
}

/// The folder that holds the peer's package, in the user's cache: installed when it is missing or pinned otherwise.
pub(crate) fn environment() -> miette::Result<PathBuf> {
    let pins = root().join("xtask/referee");
    let lock = std::fs::read_to_string(pins.join(LOCK)).into_diagnostic()?;
    let version = version(&lock).ok_or_else(|| miette!("`xtask/referee/{LOCK}` pins no version of iam-simulate"))?;
    let folder = cache().join(format!("iam-simulate-{version}"));
    let is_pinned = std::fs::read_to_string(folder.join(LOCK)).is_ok_and(|installed| installed == lock);
    if is_pinned && folder.join("node_modules").is_dir() {
        return Ok(folder);
    }
    eprintln!("installing iam-simulate {version} into {}, once", folder.display());
    std::fs::create_dir_all(&folder).into_diagnostic()?;
    for file in [LOCK, "package.json"] {
        std::fs::copy(pins.join(file), folder.join(file)).into_diagnostic()?;
    }
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder))
        .wrap_err("iam-simulate could not be installed; the check of decisions needs Node 20 or newer and npm")?;
    Ok(folder)
}

fn version(lock: &str) -> Option<String> {
    let lock: serde_json::Value = serde_json::from_str(lock).ok()?;
    let package = lock.get("packages")?.get("node_modules/@cloud-copilot/iam-simulate")?;
    Some(package.get("version")?.as_str()?.to_owned())
}
