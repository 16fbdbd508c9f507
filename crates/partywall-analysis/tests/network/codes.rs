//! Why packets do not get through is said in the words of the provider's analyzer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(serde::Deserialize)]
struct Codes {
    source: String,
    codes: BTreeSet<String>,
    own: Vec<Own>,
}

#[derive(serde::Deserialize)]
struct Own {
    code: String,
    reason: String,
    source: String,
}

/// Protocols of load balancers, variables and orders of firewalls, which look like codes and are none.
const OTHERS: [&str; 6] = ["TCP_UDP", "TCP_QUIC", "HOME_NET", "EXTERNAL_NET", "STRICT_ORDER", "DEFAULT_ACTION_ORDER"];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            sources(&path, out);
        } else {
            out.push(path);
        }
    }
}

/// Texts in the engine that are written as codes are.
fn emitted() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/network"), &mut files);
    let mut out = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let is_code = |text: &&str| {
            text.contains('_')
                && text.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_' || letter.is_ascii_digit())
        };
        out.extend(text.split('"').filter(is_code).filter(|text| !OTHERS.contains(text)).map(str::to_owned));
    }
    out
}

#[test]
fn every_reason_has_a_code_that_is_known() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../facts/network/explanation_codes.toml");
    let known: Codes = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert!(known.source.starts_with("https://docs.aws.amazon.com/vpc/latest/reachability/"));
    assert_eq!(known.codes.len(), 76);
    for own in &known.own {
        assert!(!known.codes.contains(&own.code), "{} is the provider's", own.code);
        assert!(!own.reason.is_empty() && own.source.starts_with("https://"), "{} without a reason", own.code);
    }
    let emitted = emitted();
    assert!(emitted.len() > 40, "{emitted:?}");
    let all: BTreeSet<String> = known.codes.iter().cloned().chain(known.own.into_iter().map(|own| own.code)).collect();
    let unknown: Vec<&String> = emitted.difference(&all).collect();
    assert!(unknown.is_empty(), "{unknown:?} are no codes that are known");
}
