//! CloudFormation and SAM templates.
#![no_main]

use libfuzzer_sys::fuzz_target;
use partywall_ingest::{Options, normalize::normalize, read};

fuzz_target!(|bytes: &[u8]| {
    let Ok(folder) = tempfile::tempdir() else { return };
    let file = folder.path().join("template.yaml");
    if std::fs::write(&file, bytes).is_ok()
        && let Ok(decoded) = read(&file, &Options::default())
    {
        normalize(decoded);
    }
});
