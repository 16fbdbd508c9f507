//! Which call a file of the AWS CLI answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use partywall_model::{CALLS, Call, Dialect, Scalar, Step, TABLES};
use serde_json::{Map, Value};

/// Names by which the AWS CLI calls a service otherwise than botocore does.
const ALIASES: [(&str, &str); 3] = [("s3api", "s3"), ("configservice", "config"), ("deploy", "codedeploy")];

/// Keys of an answer that say nothing about what it answers.
const ENVELOPE: [&str; 6] = ["NextToken", "nextToken", "Marker", "IsTruncated", "ResponseMetadata", "MaxResults"];

/// The calls of each operation, by the operation's name in lowercase letters.
static BY_OPERATION: LazyLock<BTreeMap<String, Vec<&'static Call>>> = LazyLock::new(|| {
    let mut by_operation: BTreeMap<String, Vec<&'static Call>> = BTreeMap::new();
    for call in CALLS {
        by_operation.entry(call.operation.to_lowercase()).or_default().push(call);
    }
    by_operation
});

/// Names under which the lists that tables and further calls read stand in an answer.
static KEYS: LazyLock<BTreeMap<String, BTreeSet<&'static str>>> = LazyLock::new(|| {
    let mut keys: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    let kinds = TABLES.iter().flat_map(|table| {
        let sources = table.sources.iter().map(|source| (source.dialect, source.kind, source.items));
        sources.chain(table.parts.iter().map(|part| (part.dialect, part.kind, part.items)))
    });
    for (dialect, kind, items) in kinds {
        let first = items.and_then(|items| items.steps.first().copied());
        if let (Dialect::Api, Some(Step::Name(name))) = (dialect, first) {
            keys.entry(kind.split(' ').next().unwrap_or(kind).to_owned()).or_default().insert(name);
        }
    }
    for each in CALLS.iter().filter_map(|call| call.for_each.as_ref()) {
        if let Some(Step::Name(name)) = each.items.steps.first() {
            keys.entry(format!("{}:{}", each.parent.0, each.parent.1)).or_default().insert(name);
        }
    }
    keys
});

/// What a file's name says: the words before and after the operation's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The operation, in lowercase letters.
    pub(super) operation: String,
    /// Words before it, in lowercase: often the service.
    pub(super) before: Vec<String>,
    /// What follows it, as written: often the name of the thing that was asked about.
    pub(super) after: String,
}

/// Finds the operation in a file's name: `ec2-describe-instances.json`, `DescribeInstances.json`,
/// `get_bucket_policy_logs.json`.
pub(super) fn named(stem: &str) -> Option<Named> {
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (at, character) in stem.char_indices().chain([(stem.len(), '-')]) {
        match (character.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    let text = |range: &[(usize, usize)]| -> String {
        range.iter().filter_map(|(from, to)| stem.get(*from..*to)).collect::<String>().to_lowercase()
    };
    let runs = (0..words.len()).flat_map(|from| (from + 1..=words.len()).map(move |to| (from, to)));
    let longest = runs
        .filter_map(|(from, to)| Some((from, to, text(words.get(from..to)?))))
        .filter(|(_, _, operation)| BY_OPERATION.contains_key(operation))
        .max_by_key(|(_, _, operation)| operation.len())?;
    let (from, to, operation) = longest;
    let end = words.get(to - 1).map_or(stem.len(), |(_, end)| *end);
    Some(Named {
        operation,
        before: words.get(..from).unwrap_or_default().iter().map(|word| text(&[*word])).collect(),
        after: stem.get(end..).unwrap_or_default().trim_start_matches(['-', '_', '.', ' ', '=']).to_owned(),
    })
}

/// The calls that a document may answer, the likeliest only: by its name, its folders and what it holds.
pub(super) fn candidates(path: &Path, document: &Map<String, Value>) -> (Option<Named>, Vec<&'static Call>) {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let Some(named) = named(stem) else { return (None, by_keys(document)) };
    let mut calls = BY_OPERATION.get(&named.operation).cloned().unwrap_or_default();
    let folders = path.parent().into_iter().flat_map(Path::components);
    let hints: BTreeSet<String> = folders
        .map(|part| part.as_os_str().to_string_lossy().to_lowercase())
        .chain(named.before.iter().cloned())
        .collect();
    keep(&mut calls, |call| {
        let alias = ALIASES.iter().any(|(alias, service)| *service == call.service && hints.contains(*alias));
        alias || hints.contains(call.service)
    });
    keep(&mut calls, |call| {
        KEYS.get(&call.id()).is_some_and(|keys| keys.iter().any(|key| document.contains_key(*key)))
    });
    keep(&mut calls, |call| {
        !call.with.is_empty()
            && call.with.iter().all(|(_, value)| match value {
                Scalar::Text(text) => document.keys().any(|key| key.eq_ignore_ascii_case(text)),
                _ => true,
            })
    });
    (Some(named), calls)
}

/// Narrows a choice, unless nothing would be left.
fn keep(calls: &mut Vec<&'static Call>, is_likely: impl Fn(&Call) -> bool) {
    if calls.len() > 1 && calls.iter().any(|call| is_likely(call)) {
        calls.retain(|call| is_likely(call));
    }
}

/// The calls that hold a list of things under every key of the document.
fn by_keys(document: &Map<String, Value>) -> Vec<&'static Call> {
    let told: Vec<(&String, &Value)> = document.iter().filter(|(key, _)| !ENVELOPE.contains(&key.as_str())).collect();
    if told.is_empty() || !told.iter().all(|(_, value)| value.is_array()) {
        return Vec::new();
    }
    let holds =
        |call: &&Call| KEYS.get(&call.id()).is_some_and(|keys| told.iter().all(|(key, _)| keys.contains(key.as_str())));
    CALLS.iter().filter(|call| call.for_each.is_none()).filter(holds).collect()
}

/// Whether a JSON file looks like an answer that the AWS CLI printed.
pub fn is_answer(path: &Path, head: &str) -> bool {
    if !head.trim_start().starts_with('{') {
        return false;
    }
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    named(stem).is_some()
        || serde_json::from_str::<Map<String, Value>>(head).map_or_else(
            |_| first_key(head).is_some_and(|key| KEYS.values().any(|keys| keys.contains(key))),
            |document| !by_keys(&document).is_empty(),
        )
}

/// The first key of an object of which only the beginning is there.
fn first_key(head: &str) -> Option<&str> {
    let (key, rest) = head.trim_start().strip_prefix('{')?.trim_start().strip_prefix('"')?.split_once('"')?;
    rest.trim_start().strip_prefix(':')?.trim_start().starts_with('[').then_some(key)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::{candidates, is_answer, named};

    #[test]
    fn the_operation_is_found_in_the_name() {
        for (stem, before, after) in [
            ("describe-instances", &[][..], ""),
            ("DescribeInstances", &[], ""),
            ("ec2_describe_instances", &["ec2"], ""),
            ("aws-ec2-describe-instances.eu-west-1", &["aws", "ec2"], "eu-west-1"),
        ] {
            let named = named(stem).unwrap();
            assert_eq!(named.operation, "describeinstances");
            assert_eq!(named.before, before);
            assert_eq!(named.after, after);
        }
        assert_eq!(named("get-bucket-policy_my-logs.2026").unwrap().after, "my-logs.2026");
        assert!(named("package").is_none());
    }

    #[test]
    fn a_document_without_a_telling_name_is_known_by_its_keys() {
        let document = json!({ "Reservations": [] });
        let (_, calls) = candidates(Path::new("dump.json"), document.as_object().unwrap());
        assert_eq!(calls.iter().map(|call| call.id()).collect::<Vec<_>>(), ["ec2:DescribeInstances"]);
        let document = json!({ "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [] });
        let (_, calls) = candidates(Path::new("everyone.json"), document.as_object().unwrap());
        assert_eq!(calls.iter().map(|call| call.id()).collect::<Vec<_>>(), ["iam:GetAccountAuthorizationDetails"]);
        assert!(is_answer(Path::new("everyone.json"), &document.to_string()));
        assert!(is_answer(Path::new("dump.json"), "{\"Reservations\": [ {\"Instan"));
        assert!(!is_answer(Path::new("package.json"), "{\"name\": \"x\", \"files\": []}"));
    }
}
