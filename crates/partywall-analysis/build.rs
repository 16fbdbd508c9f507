//! Gathers `facts/responsibility/*.toml` into one JSON document, which loads in a fraction of the time.

use std::path::PathBuf;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../facts/responsibility");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files =
        std::fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    files.sort();
    let mut facts = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let parsed: toml::Table = toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        facts.push(serde_json::to_value(parsed)?);
    }
    std::fs::write(
        PathBuf::from(std::env::var("OUT_DIR")?).join("responsibility.json"),
        serde_json::to_string(&facts)?,
    )?;
    Ok(())
}
