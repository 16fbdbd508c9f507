//! `partywall:ignore <check> <reason>` in comments, and in the `Metadata` of a resource.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use partywall_model::{Gap, GapKind, Suppression};
use regex::Regex;

use super::node::Node;
use super::session::Session;

const CURE: &str = "write `partywall:ignore <check> <reason>`";

/// Reads the comments of a YAML template.
pub(super) fn comments(session: &Session<'_>, path: &Path, text: &str) {
    static COMMENT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|\s)#\s*partywall:ignore(?:[ \t]+(\S+))?(?:[ \t]+(\S.*?))?\s*$").ok());
    let Some(comment) = COMMENT.as_ref().filter(|_| text.contains("partywall:ignore")) else { return };
    let file = session.display(path);
    for (line, found) in (1..).zip(text.lines()).filter_map(|(line, text)| Some((line, comment.captures(text)?))) {
        let part = |index: usize| found.get(index).map_or("", |part| part.as_str());
        add(session, &file, line, part(1), part(2));
    }
}

/// Reads `Metadata: {partywall: {ignore: {<check>: <reason>}}}` of a resource.
pub(super) fn metadata(session: &Session<'_>, file: &Arc<str>, line: u32, resource: &Node) {
    let ignore =
        resource.get("Metadata").and_then(|metadata| metadata.get("partywall")).and_then(|own| own.get("ignore"));
    for entry in ignore.map(Node::entries).unwrap_or_default() {
        add(session, file, line, &entry.key, entry.value.as_text().unwrap_or_default().trim());
    }
}

fn add(session: &Session<'_>, file: &Arc<str>, line: u32, check: &str, reason: &str) {
    let what = match (check, reason) {
        ("", _) => "a `partywall:ignore` names no check and is not heeded".to_owned(),
        (check, "") => format!("a `partywall:ignore` of `{check}` gives no reason and is not heeded"),
        _ => String::new(),
    };
    if !what.is_empty() {
        return session.gap(Gap::in_file(GapKind::NotEvaluated, file.clone(), line, what, CURE));
    }
    session.suppress(Suppression { check: check.to_owned(), reason: reason.to_owned(), file: file.clone(), line });
}
