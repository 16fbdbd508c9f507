//! The lines of code that findings point at, with secrets masked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use partywall_model::{Finding, Origin, Verdict};
use regex::Regex;

/// How many lines of a block are shown.
const LINES_MAX: u32 = 12;

/// Values that must not be printed: what follows a telling name, and things that look like credentials.
static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"(?i:[a-z0-9_-]*(?:password|passwd|secret|token|api_?key|private_?key)[a-z0-9_-]*)";
    Regex::new(&format!(
        "({quoted})(?:{double}|{single})|({shell}){bare}|({yaml}){bare}|{access_key}",
        quoted = format_args!(r#"{name}["']?\s*[=:]\s*"#),
        double = r#""(?:[^"$]|\$[^{"])*""#,
        single = "'[^']*'",
        shell = format_args!("{name}="),
        yaml = format_args!(r"{name}\s*:\s+"),
        bare = r#"[^\s!{&*"'$\[(|>]\S*"#,
        access_key = r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    ))
    .ok()
});

/// The excerpt of every block that fails or is unknown, by file.
pub(crate) fn excerpts(target: &Path, findings: &[Finding]) -> BTreeMap<Arc<str>, BTreeMap<u32, String>> {
    let base = if target.is_file() { target.parent().unwrap_or(target) } else { target };
    let mut wanted: BTreeMap<Arc<str>, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Fail | Verdict::Unknown)) {
        if let Some(Origin::Code { file, line_start, line_end, .. }) = finding.origin.as_deref() {
            wanted.entry(file.clone()).or_default().insert((*line_start, *line_end));
        }
    }
    wanted
        .into_iter()
        .filter_map(|(file, blocks)| {
            let text = std::fs::read_to_string(base.join(file.as_ref())).ok()?;
            let lines: Vec<&str> = text.lines().collect();
            Some((file, blocks.into_iter().map(|block| (block.0, block_text(&lines, block))).collect()))
        })
        .collect()
}

fn block_text(lines: &[&str], (first, last): (u32, u32)) -> String {
    let shown = last.min(first.saturating_add(LINES_MAX - 1));
    let range = lines.iter().skip(first.saturating_sub(1) as usize).take((shown + 1).saturating_sub(first) as usize);
    range.map(|line| mask(line)).collect::<Vec<_>>().join("\n")
}

fn mask(line: &str) -> String {
    match SECRETS.as_ref() {
        Some(secrets) => secrets.replace_all(line, "$1$2$3\"(masked)\"").into_owned(),
        None => "(masked)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn secrets_are_masked_and_references_are_not() {
        for (line, expected) in [
            (r#"  password = "hunter22""#, r#"  password = "(masked)""#),
            (r#"  master_password = var.password"#, r#"  master_password = var.password"#),
            (r#"  "MasterUserPassword": "hunter22","#, r#"  "MasterUserPassword": "(masked)","#),
            ("      MasterUserPassword: hunter22", "      MasterUserPassword: \"(masked)\""),
            ("      MasterUserPassword: !Ref Password", "      MasterUserPassword: !Ref Password"),
            ("export KEY=AKIAIOSFODNN7EXAMPLE", "export KEY=\"(masked)\""),
            ("      MasterUserPassword: 'hunter2 2'", "      MasterUserPassword: \"(masked)\""),
            ("    export DB_PASSWORD=hunter2", "    export DB_PASSWORD=\"(masked)\""),
            (r#"  db_password = "a$b""#, r#"  db_password = "(masked)""#),
            (r#"  password = "${var.password}""#, r#"  password = "${var.password}""#),
            (r#"  name = "web""#, r#"  name = "web""#),
        ] {
            assert_eq!(mask(line), expected);
        }
    }
}
