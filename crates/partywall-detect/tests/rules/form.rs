//! What every rule says about itself.

use std::collections::{BTreeMap, BTreeSet};

use partywall_detect::correlation::Settings;
use partywall_detect::detector::Detector;
use partywall_detect::rules::Library;

use crate::pack;

/// Fewest rules, and fewest of them that look at several events.
const RULES_MIN: usize = 120;
const CORRELATIONS_MIN: usize = 15;

/// What a rule says, whether it looks at one event or at several.
struct Form {
    id: String,
    name: String,
    title: String,
    description: String,
    author: String,
    references: usize,
    false_positives: usize,
    has_level: bool,
    tags: Vec<String>,
}

macro_rules! form {
    ($rule:expr, $references:expr) => {
        Form {
            id: $rule.id.clone().unwrap_or_default(),
            name: $rule.name.clone().unwrap_or_default(),
            title: $rule.title.clone(),
            description: $rule.description.clone().unwrap_or_default(),
            author: $rule.author.clone().unwrap_or_default(),
            references: $references,
            false_positives: $rule.falsepositives.len(),
            has_level: $rule.level.is_some(),
            tags: $rule.tags.clone(),
        }
    };
}

fn forms(library: &Library) -> Vec<Form> {
    let rules = library.rules().iter().map(|rule| form!(rule, rule.references.len()));
    rules.chain(library.correlations().iter().map(|rule| form!(rule, rule.references.len()))).collect()
}

/// Tactics of techniques, by id: `facts/detection/techniques.tsv`.
fn techniques() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(pack::root().join("facts/detection/techniques.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [id, _, tactics] = columns.as_slice() else { panic!("{line}") };
            (format!("attack.{}", id.to_lowercase()), tactics.split(' ').map(str::to_owned).collect())
        })
        .collect()
}

#[test]
fn every_rule_compiles() {
    let (detector, gaps) = Detector::new(&Library::shipped(), Settings::default());
    assert!(gaps.is_empty(), "{gaps:?}");
    assert!(detector.rule_count() > 0);
}

#[test]
fn the_pack_is_what_is_shipped() {
    let files = pack::files();
    let (shipped, library) = (Library::shipped(), pack::library(&files));
    assert_eq!(shipped.len(), library.len());
    assert!(files.len() >= RULES_MIN, "{} files of rules", files.len());
    let correlations = shipped.correlations().len();
    assert!(correlations >= CORRELATIONS_MIN, "{correlations} correlations");
}

#[test]
fn ids_and_names_are_unique() {
    let forms = forms(&Library::shipped());
    let ids: BTreeSet<&str> = forms.iter().map(|form| form.id.as_str()).collect();
    let names: BTreeSet<&str> = forms.iter().map(|form| form.name.as_str()).collect();
    assert_eq!((ids.len(), names.len()), (forms.len(), forms.len()));
    let is_uuid = |id: &str| {
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        lengths == [8, 4, 4, 4, 12] && id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
    };
    assert!(ids.iter().all(|id| is_uuid(id)), "{ids:?}");
}

#[test]
fn every_rule_says_what_it_is_about() {
    let techniques = techniques();
    let mut faults = Vec::new();
    for file in pack::files() {
        for form in forms(&file.library()) {
            let mut fault = |what: &str| faults.push(format!("{}: `{}` {what}", file.tactic, form.name));
            if form.title.is_empty() || form.description.len() < 40 && form.name == file.name {
                fault("does not say what it is about");
            }
            if form.author != "partywall" || form.false_positives == 0 || !form.has_level {
                fault("has no author, no innocent causes or no level");
            }
            if form.name == file.name && form.references == 0 {
                fault("refers to no documentation");
            }
            let tactic = format!("attack.{}", file.tactic);
            if form.tags.first() != Some(&tactic) || form.tags.len() < 2 {
                fault("is not tagged with its tactic and a technique");
            }
            for tag in form.tags.iter().skip(1) {
                if !techniques.get(tag).is_some_and(|tactics| tactics.contains(&file.tactic)) {
                    fault(&format!("is tagged with `{tag}`, which is no technique of its tactic"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_rules_of_the_page_compile() {
    let page = std::fs::read_to_string(pack::root().join("docs/watch.md")).unwrap();
    let blocks: Vec<&str> = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 3);
    let mut library = Library::shipped();
    blocks.iter().for_each(|block| library.add("docs/watch.md", block));
    let (_, gaps) = Detector::new(&library, Settings::default());
    assert!(gaps.is_empty(), "{gaps:?}");
    assert_eq!(library.len(), Library::shipped().len() + 2);
}
