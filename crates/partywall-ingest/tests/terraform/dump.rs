//! A compact, stable rendering of what was decoded, for golden files.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use partywall_model::{Decoded, Existence, Resource, Value};
use serde_json::{Value as Json, json};

/// The decoded estate as JSON, with unknowns written `${symbol}`.
pub(crate) fn dump(decoded: &Decoded) -> String {
    let resources: Vec<Json> = decoded.resources.iter().map(resource).collect();
    let gaps: Vec<String> =
        decoded.gaps.iter().map(|gap| format!("{}:{}: {:?}: {}", gap.file, gap.line, gap.kind, gap.cause)).collect();
    let suppressions: Vec<String> = decoded
        .suppressions
        .iter()
        .map(|found| format!("{}:{}: {} because {}", found.file, found.line, found.check, found.reason))
        .collect();
    let all = json!({ "resources": resources, "gaps": gaps, "suppressions": suppressions });
    format!("{}\n", serde_json::to_string_pretty(&all).unwrap())
}

/// Compares with a golden file, or writes it when `PARTYWALL_BLESS` is set.
pub(crate) fn compare(golden: &Path, actual: &str) {
    if env::var_os("PARTYWALL_BLESS").is_some() {
        fs::write(golden, actual).unwrap();
        return;
    }
    let parsed = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_default();
    let expected = fs::read_to_string(golden).unwrap_or_default();
    assert!(
        parsed(&expected) == parsed(actual),
        "{} differs; run with PARTYWALL_BLESS=1 and review\n{actual}",
        golden.display()
    );
}

fn resource(resource: &Resource) -> Json {
    let attributes: BTreeMap<&String, Json> =
        resource.attributes.iter().map(|(name, value)| (name, plain(value))).collect();
    let calls: Vec<String> =
        resource.origin.calls().iter().map(|call| format!("{} {}:{}", call.address, call.file, call.line)).collect();
    let (first, last) = resource.origin.lines();
    let mut shown = json!({
        "address": resource.address,
        "kind": resource.kind,
        "origin": format!("{} {first}-{last}", resource.origin),
        "attributes": attributes,
    });
    let extra = [
        ("scope", Json::from(resource.scope.as_ref())),
        ("region", plain(&resource.region)),
        ("account_id", plain(&resource.account_id)),
        ("calls", calls.into()),
        (
            "existence",
            match &resource.existence {
                Existence::Certain => Json::Null,
                Existence::Unknown(unknown) => unknown.to_string().into(),
            },
        ),
    ];
    for (name, value) in extra {
        if value != Json::Null && value != json!("") && value != json!([]) {
            shown[name] = value;
        }
    }
    shown
}

fn plain(value: &Value) -> Json {
    value.to_json(&|unknown| unknown.placeholder())
}
