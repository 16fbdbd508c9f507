//! Prints what the Terraform decoder makes of a folder: `cargo run --example terraform -- <folder> [--gaps | --json]`.
#![expect(clippy::print_stdout, reason = "printing is all that it is for")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use partywall_ingest::terraform::{Options, decode, decode_document, is_document};
use partywall_model::{Decoded, Existence, Resource};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let form = arguments.next().unwrap_or_default();
    let only_gaps = form == "--gaps";
    let started = std::time::Instant::now();
    let decoded = read(&path);
    let elapsed = started.elapsed();
    if form == "--json" {
        let resources: Vec<serde_json::Value> = decoded.resources.iter().map(json).collect();
        println!("{}", serde_json::Value::from(resources));
        return;
    }
    if !only_gaps {
        for resource in &decoded.resources {
            let doubt = if resource.existence == Existence::Certain { "" } else { " (may not exist)" };
            println!("{} {}{doubt}  {}", resource.scope, resource.address, resource.origin);
            for (name, value) in &resource.attributes {
                println!("    {name} = {}", value.to_json(&|unknown| unknown.placeholder()));
            }
        }
    }
    for gap in &decoded.gaps {
        println!("{}:{}: {}", gap.file, gap.line, gap.cause);
    }
    println!("{} resources, {} gaps, {elapsed:?}", decoded.resources.len(), decoded.gaps.len());
}

fn json(resource: &Resource) -> serde_json::Value {
    let attributes: BTreeMap<_, _> = resource
        .attributes
        .iter()
        .map(|(name, value)| (name, value.to_json(&|unknown| unknown.placeholder())))
        .collect();
    serde_json::json!({ "scope": resource.scope, "address": resource.address, "attributes": attributes })
}

fn read(path: &Path) -> Decoded {
    if path.is_file() {
        let mut head = Vec::new();
        let opened = std::fs::File::open(path).and_then(|file| file.take(4096).read_to_end(&mut head));
        let head = String::from_utf8_lossy(&head);
        return if opened.is_ok() && is_document(&head) {
            decode_document(Path::new("."), path)
        } else {
            Decoded::default()
        };
    }
    let mut folders = vec![path.to_owned()];
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        next += 1;
        let inner = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        folders.extend(
            inner
                .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                .map(|entry| entry.path())
                .filter(|path| !path.ends_with(".git") && !path.ends_with(".terraform")),
        );
    }
    decode(path, &folders, &Options::default())
}
