//! Gathers the rules of `facts/media/` into one JSON document.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../facts/media");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files =
        std::fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    files.sort();
    let mut sets = Vec::new();
    for file in files {
        let set: toml::Table =
            toml::from_str(&std::fs::read_to_string(&file)?).map_err(|error| format!("{}: {error}", file.display()))?;
        sets.push(serde_json::to_value(set)?);
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("media.json");
    Ok(std::fs::write(out, serde_json::to_string(&sets)?)?)
}
