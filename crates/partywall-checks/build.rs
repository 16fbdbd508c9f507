//! Compiles `checks/` and `frameworks/` into the program.

use std::fmt::Write;
use std::path::{Path, PathBuf};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let mut out = String::from("pub(crate) static CHECKS: &[(&str, &str, &str)] = &[\n");
    let checks = root.join("checks");
    println!("cargo::rerun-if-changed={}", checks.display());
    for service in entries(&checks)? {
        println!("cargo::rerun-if-changed={}", service.display());
        for sql in entries(&service)?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "sql")) {
            let id = format!("{}/{}", stem(&service)?, stem(sql)?);
            let page = sql.with_extension("md");
            if !page.exists() {
                return Err(format!("check `{id}` has no page: write {}", page.display()).into());
            }
            writeln!(out, "({id:?}, include_str!({:?}), include_str!({:?})),", sql, page)?;
        }
    }
    out.push_str("];\npub(crate) static FRAMEWORKS: &[(&str, &str)] = &[\n");
    let frameworks = root.join("frameworks");
    println!("cargo::rerun-if-changed={}", frameworks.display());
    for file in entries(&frameworks)?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "toml")) {
        writeln!(out, "({:?}, include_str!({:?})),", stem(file)?, file)?;
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

fn stem(path: &Path) -> Result<String, Failure> {
    Ok(path.file_stem().and_then(|stem| stem.to_str()).ok_or("the file name is not UTF-8")?.to_owned())
}
