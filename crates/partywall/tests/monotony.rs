//! Taking evidence away never improves a verdict: where a literal of the code becomes a variable without a value, a
//! pass stays or becomes unknown, a fail stays or becomes unknown, and nothing vanishes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use partywall::{ScanOptions, assess, open};
use partywall_checks::Library;
use partywall_model::Verdict;

/// Blocks whose arguments Terraform lets be no variable, or that are no evidence.
const FIXED_BLOCKS: [&str; 4] = ["variable", "terraform", "output", "provider"];

/// Arguments that Terraform lets be no variable.
const FIXED_ARGUMENTS: [&str; 3] = ["source", "version", "description"];

/// Checks of how the code is written: a variable in the place of a literal is what they ask for.
const ABOUT_LITERALS: [&str; 1] = ["rds/instance-password-in-code"];

/// Of so many literals one is tried, unless `PARTYWALL_EVERY_LITERAL` is set: all of them take four minutes.
const STEP: usize = 6;

/// A literal in the code.
struct Literal {
    file: &'static str,
    /// Counted from 0.
    line: usize,
    /// The line with the variable in its place.
    replacement: String,
}

type Verdicts = BTreeMap<(String, String), Verdict>;

fn webshop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/webshop")
}

const FILES: [&str; 8] = [
    "compute.tf",
    "data.tf",
    "identity.tf",
    "keys.tf",
    "messaging.tf",
    "network.tf",
    "variables.tf",
    "modules/network/main.tf",
];

fn literals() -> Vec<Literal> {
    let mut literals = Vec::new();
    for file in FILES {
        let text = std::fs::read_to_string(webshop().join(file)).unwrap();
        let mut block = "";
        for (line, content) in text.lines().enumerate() {
            if content.starts_with(|character: char| character.is_ascii_lowercase()) {
                block = content.split_whitespace().next().unwrap_or_default();
            }
            let Some((name, value)) = content.split_once('=') else { continue };
            let argument = name.trim();
            let is_name = argument.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
            let is_fixed = FIXED_BLOCKS.contains(&block) || FIXED_ARGUMENTS.contains(&argument);
            if content.starts_with(' ') && is_name && !is_fixed && is_literal(value.trim()) {
                literals.push(Literal { file, line, replacement: format!("{name}= var.unset") });
            }
        }
    }
    literals
}

fn is_literal(value: &str) -> bool {
    let text = value.len() > 1 && value.starts_with('"') && value.ends_with('"') && !value.contains("${");
    let list = value.starts_with('[') && value.ends_with(']') && !value.contains(['$', '.', '{']);
    text || list || matches!(value, "true" | "false") || value.parse::<f64>().is_ok()
}

fn copy(to: &Path, changed: Option<&Literal>) {
    for file in FILES {
        let mut text = std::fs::read_to_string(webshop().join(file)).unwrap();
        if let Some(literal) = changed.filter(|literal| literal.file == file) {
            let lines = text.lines().enumerate();
            let line = |(at, line)| if at == literal.line { literal.replacement.as_str() } else { line };
            text = lines.map(line).collect::<Vec<_>>().join("\n") + "\nvariable \"unset\" {}\n";
        }
        let path = to.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn verdicts(library: &Library, changed: Option<&Literal>) -> Verdicts {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path(), changed);
    let mut options = ScanOptions::default();
    options.ingest.terraform.variables = [("reporting_delete_protection".to_owned(), "true".to_owned())].into();
    let estate = open(folder.path(), &options, &|_| ()).unwrap();
    let assessment = assess(folder.path(), estate, library, &options, &|_| ()).unwrap();
    let key = |finding: &partywall_model::Finding| (finding.check.to_string(), finding.resource.to_string());
    assessment.findings.iter().map(|finding| (key(finding), finding.verdict)).collect()
}

/// What became better without a reason.
fn improvements(before: &Verdicts, after: &Verdicts) -> Vec<String> {
    let mut wrong = Vec::new();
    for ((check, resource), old) in before.iter().filter(|((check, _), _)| !ABOUT_LITERALS.contains(&check.as_str())) {
        let told = |new: &str| format!("{check} on {resource}: {} became {new}", old.id());
        match after.get(&(check.clone(), resource.clone())) {
            Some(new) if new == old || *new == Verdict::Unknown => {}
            // How sensitive data is may be unknown, and is then taken for the worst.
            Some(Verdict::Fail | Verdict::Pass) if *old == Verdict::NotApplicable => {}
            Some(Verdict::Fail | Verdict::Pass) if *old == Verdict::Unknown => {}
            Some(new) => wrong.push(told(new.id())),
            None => {
                // A part that is named after its value is named after the variable now.
                let stem = resource.split(['[', '/']).next().unwrap_or_default();
                let is_in_its_place = |((other, name), verdict): (&(String, String), &Verdict)| {
                    let is_renamed = name.starts_with(stem) && (verdict == old && name.contains("var.unset"));
                    other == check && (is_renamed || *verdict == Verdict::Unknown && name.starts_with(stem))
                };
                if !after.iter().any(is_in_its_place) {
                    wrong.push(told("nothing"));
                }
            }
        }
    }
    wrong
}

#[test]
fn less_evidence_never_improves_a_verdict() {
    let library = Library::shipped().unwrap();
    let (before, all) = (verdicts(&library, None), literals());
    assert!(before.len() > 150 && all.len() > 100, "{} verdicts, {} literals", before.len(), all.len());
    let step = if std::env::var_os("PARTYWALL_EVERY_LITERAL").is_some() { 1 } else { STEP };
    let literals: Vec<&Literal> = all.iter().step_by(step).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(literal) = literals.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let place = format!("{}:{} {}", literal.file, literal.line + 1, literal.replacement.trim());
                    let found = improvements(&before, &verdicts(&library, Some(literal)));
                    wrong.lock().unwrap().extend(found.into_iter().map(|words| format!("{place}: {words}")));
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} literals:\n{}", wrong.len(), literals.len(), wrong.join("\n"));
}
