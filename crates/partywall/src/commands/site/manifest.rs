//! What `site.toml` says of the devices to ask.

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_collect::site::{Credentials, Device};
use serde::Deserialize;

/// Bytes of a `site.toml`.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The part of `site.toml` that is needed to ask; the rest is read when the site is scanned.
#[derive(Debug, Deserialize)]
struct Manifest {
    #[serde(default)]
    device: Vec<Declared>,
}

#[derive(Debug, Deserialize)]
struct Declared {
    id: String,
    protocol: String,
    address: String,
    #[serde(default)]
    credentials: String,
    #[serde(default)]
    fingerprint: String,
    #[serde(default)]
    certificate_authority: String,
}

/// `site.toml` itself, for a path to it or to its folder.
pub(super) fn find(named: &Path) -> PathBuf {
    if named.is_dir() { named.join("site.toml") } else { named.to_owned() }
}

/// The devices that a site names, with the credentials that the environment holds.
pub(super) fn devices(file: &Path) -> miette::Result<Vec<Device>> {
    let shown = file.display();
    let cannot = || format!("`{shown}` cannot be read");
    let length = std::fs::metadata(file).into_diagnostic().wrap_err_with(cannot)?.len();
    if length > BYTES_MAX {
        return Err(miette!("`{shown}` is longer than {} MB", BYTES_MAX / 1024 / 1024));
    }
    let text = std::fs::read_to_string(file).into_diagnostic().wrap_err_with(cannot)?;
    let manifest: Manifest = toml::from_str(&text).into_diagnostic().wrap_err_with(|| {
        format!("`{shown}` does not say how to ask its devices: each [[device]] has `id`, `protocol` and `address`")
    })?;
    if manifest.device.is_empty() {
        return Err(miette!(help = "docs/sites.md shows a [[device]]", "`{shown}` names no device to ask"));
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    manifest.device.into_iter().map(|declared| device(declared, folder)).collect()
}

fn device(declared: Declared, folder: &Path) -> miette::Result<Device> {
    let credentials = match declared.credentials.as_str() {
        "" => None,
        prefix => {
            let variable = |name: &str| std::env::var(format!("{prefix}_{name}")).ok();
            let password = variable("PASSWORD").or_else(|| variable("COMMUNITY")).ok_or_else(|| {
                let help = format!("set {prefix}_USER and {prefix}_PASSWORD, or {prefix}_COMMUNITY for SNMP");
                miette!(help = help, "device `{}` needs credentials, and `{prefix}_PASSWORD` is not set", declared.id)
            })?;
            Some(Credentials { user: variable("USER").unwrap_or_default(), password })
        }
    };
    let authority = (!declared.certificate_authority.is_empty()).then(|| folder.join(&declared.certificate_authority));
    Ok(Device {
        id: declared.id,
        protocol: declared.protocol,
        address: declared.address,
        credentials,
        fingerprint: declared.fingerprint,
        certificate_authority: authority,
    })
}
