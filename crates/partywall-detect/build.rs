//! Compiles `rules/` into the program.

use std::fmt::Write;
use std::path::{Path, PathBuf};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let rules = root.join("rules");
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut out = String::from("static SHIPPED: &[(&str, &str)] = &[\n");
    for tactic in entries(&rules)?.iter().filter(|path| path.is_dir()) {
        println!("cargo::rerun-if-changed={}", tactic.display());
        for file in entries(tactic)?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "yml")) {
            let name = file.strip_prefix(&root)?.display().to_string();
            writeln!(out, "({name:?}, include_str!({file:?})),")?;
        }
    }
    out.push_str("];\n");
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("shipped.rs"), out)?;
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut entries =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}
