//! Files of rules, the events beside them, and how events become alerts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use partywall_detect::correlation::Settings;
use partywall_detect::detector::Detector;
use partywall_detect::detector::scan;
use partywall_detect::intake::Limits;
use partywall_detect::rules::Library;
use partywall_model::Alert;
use serde_json::{Value, json};

/// A file of rules, of which the last is what the file is named after.
pub(crate) struct RuleFile {
    pub(crate) tactic: String,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) path: PathBuf,
}

/// Events, and whether the rule is to find them.
pub(crate) struct Example {
    pub(crate) is_hit: bool,
    pub(crate) why: String,
    pub(crate) events: Vec<Value>,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

pub(crate) fn files() -> Vec<RuleFile> {
    let folders = entries(&root().join("rules")).into_iter().filter(|path| path.is_dir());
    let paths = folders.flat_map(|folder| entries(&folder));
    let stem = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "yml"))
        .map(|path| RuleFile {
            tactic: stem(path.parent().unwrap()),
            name: stem(&path),
            text: std::fs::read_to_string(&path).unwrap(),
            path,
        })
        .collect()
}

impl RuleFile {
    pub(crate) fn library(&self) -> Library {
        library([self])
    }

    /// The id of the rule that the file is named after.
    pub(crate) fn id(&self) -> String {
        let library = self.library();
        let rules = library.rules().iter().map(|rule| (&rule.name, &rule.id));
        let mut named = rules.chain(library.correlations().iter().map(|rule| (&rule.name, &rule.id)));
        let (_, id) = named
            .find(|(name, _)| name.as_deref() == Some(&self.name))
            .unwrap_or_else(|| panic!("{} holds no rule of its name", self.path.display()));
        id.clone().unwrap_or_else(|| panic!("{} has no id", self.path.display()))
    }

    pub(crate) fn examples(&self) -> Vec<Example> {
        let path = self.path.with_extension("jsonl");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        text.lines().map(|line| example(&path, line)).collect()
    }
}

fn example(path: &Path, line: &str) -> Example {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let events = match (value.get("event"), value.get("events").and_then(Value::as_array)) {
        (Some(event), None) => vec![event.clone()],
        (None, Some(events)) => events.clone(),
        _ => panic!("{}: an example has `event` or `events`", path.display()),
    };
    let why = value.get("why").and_then(Value::as_str).unwrap_or_default().to_owned();
    assert!(!why.is_empty(), "{}: an example does not say why", path.display());
    Example { is_hit: value.get("expect").and_then(Value::as_bool).unwrap(), why, events }
}

pub(crate) fn library<'f>(files: impl IntoIterator<Item = &'f RuleFile>) -> Library {
    let mut library = Library::default();
    for file in files {
        library.add(&file.path.display().to_string(), &file.text);
    }
    library
}

/// A file with those that its correlations are made of.
pub(crate) fn with_members<'f>(file: &'f RuleFile, homes: &BTreeMap<String, &'f RuleFile>) -> Library {
    let mut wanted: BTreeMap<&str, &RuleFile> = BTreeMap::new();
    let mut waiting = vec![file];
    while let Some(file) = waiting.pop() {
        if wanted.insert(&file.name, file).is_none() {
            let library = file.library();
            let members = library.correlations().iter().flat_map(|rule| &rule.rules);
            waiting.extend(members.filter_map(|member| homes.get(member).copied()));
        }
    }
    library(wanted.into_values())
}

/// Which file each rule is in, by its name.
pub(crate) fn homes(files: &[RuleFile]) -> BTreeMap<String, &RuleFile> {
    let mut homes = BTreeMap::new();
    for file in files {
        let library = file.library();
        let names = library.rules().iter().map(|rule| rule.name.clone());
        for name in names.chain(library.correlations().iter().map(|rule| rule.name.clone())).flatten() {
            assert!(homes.insert(name.clone(), file).is_none(), "two rules are called `{name}`");
        }
    }
    homes
}

/// The objects that logs deliver the events in.
pub(crate) fn objects(events: &[Value]) -> Vec<String> {
    let kind = |event: &Value| (event.get("eventSource").is_some(), event.get("srcport").is_some_and(Value::is_number));
    events
        .chunk_by(|one, other| kind(one) == kind(other))
        .map(|events| match kind(events.first().unwrap()) {
            (true, _) => json!({ "Records": events }).to_string(),
            (_, true) => flow_log(events),
            _ => events.iter().map(|event| format!("{event}\n")).collect(),
        })
        .collect()
}

fn flow_log(events: &[Value]) -> String {
    let names: BTreeSet<&String> = events.iter().flat_map(|event| event.as_object().unwrap().keys()).collect();
    let line = |words: Vec<String>| words.join(" ") + "\n";
    let mut text = line(names.iter().map(|name| name.replace('_', "-")).collect());
    for event in events {
        let word = |name: &&String| match event.get(name.as_str()) {
            None | Some(Value::Null) => "-".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        text.push_str(&line(names.iter().map(word).collect()));
    }
    text
}

/// The last word of each alert about the events.
pub(crate) fn alerts(library: &Library, events: &[Value]) -> BTreeMap<String, Alert> {
    let (mut detector, gaps) = Detector::new(library, Settings::default());
    assert!(gaps.is_empty(), "{gaps:?}");
    for object in objects(events) {
        let scanned = scan(detector.rules(), "events", object.as_bytes(), &Limits::default(), &|_| false);
        let tally = detector.accept(scanned);
        assert!(tally.gaps.is_empty(), "{:?}", tally.gaps);
    }
    detector.finish();
    let gaps = detector.gaps();
    assert!(gaps.is_empty(), "{gaps:?}");
    detector.news().alerts.into_iter().map(|alert| (alert.id.clone(), alert)).collect()
}
