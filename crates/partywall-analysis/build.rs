//! Gathers the facts into JSON documents, which load in a fraction of the time, and deflates the long lists.

use std::io::Write;
use std::path::{Path, PathBuf};

type Failure = Box<dyn std::error::Error>;

/// Lists of `facts/access/` that are too long to embed as they are.
const LISTS: [&str; 2] = ["actions", "managed_policies"];

/// Documents of `facts/access/`.
const DOCUMENTS: [&str; 2] = ["duties", "resource_policies"];

/// Documents of `facts/assurance/`.
const ASSURANCE: [&str; 2] = ["programmes", "services"];

fn main() -> Result<(), Failure> {
    let facts = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../facts");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", facts.display());
    for (folder, name) in
        [("responsibility", "responsibility"), ("access/escalation", "escalation"), ("availability", "availability")]
    {
        let gathered = serde_json::to_string(&tables(&facts.join(folder))?)?;
        std::fs::write(out.join(name).with_extension("json"), gathered)?;
    }
    for name in DOCUMENTS {
        let document = serde_json::to_string(&table(&facts.join("access").join(name).with_extension("toml"))?)?;
        std::fs::write(out.join(name).with_extension("json"), document)?;
    }
    for name in ASSURANCE {
        let document = serde_json::to_string(&table(&facts.join("assurance").join(name).with_extension("toml"))?)?;
        std::fs::write(out.join(name).with_extension("json"), document)?;
    }
    for list in LISTS {
        let text = std::fs::read(facts.join("access").join(list).with_extension("tsv"))?;
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&text)?;
        std::fs::write(out.join(list).with_extension("deflate"), encoder.finish()?)?;
    }
    Ok(())
}

/// The TOML files of a folder, in the order of their names.
fn tables(folder: &Path) -> Result<Vec<serde_json::Value>, Failure> {
    let mut files =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    files.sort();
    files.iter().map(|file| table(file)).collect()
}

fn table(file: &Path) -> Result<serde_json::Value, Failure> {
    let text = std::fs::read_to_string(file)?;
    let parsed: toml::Table = toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(serde_json::to_value(parsed)?)
}
