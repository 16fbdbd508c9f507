//! Terraform configuration in HCL.
#![no_main]

use libfuzzer_sys::fuzz_target;
use partywall_ingest::{Options, normalize::normalize, read};

fuzz_target!(|bytes: &[u8]| {
    let Ok(folder) = tempfile::tempdir() else { return };
    let file = folder.path().join("main.tf");
    if std::fs::write(&file, bytes).is_ok()
        && let Ok(decoded) = read(folder.path(), &Options::default())
    {
        normalize(decoded);
    }
});
