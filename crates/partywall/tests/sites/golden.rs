//! The verdicts of the sound and of the faulty site. `cargo xtask gen` writes them anew.

use std::fmt::Write;

use partywall_checks::Library;
use partywall_model::Verdict;

use super::{fixtures, judged, verdicts};

fn told(name: &str) -> String {
    let assessment = judged(&Library::shipped().unwrap(), &fixtures().join(name));
    let mut out = String::new();
    for finding in &assessment.findings {
        let message = if finding.verdict == Verdict::Fail { format!(": {}", finding.message) } else { String::new() };
        let _ = writeln!(out, "{} {} {}{message}", finding.verdict.id(), finding.check, finding.resource);
    }
    assessment.gaps.iter().for_each(|gap| {
        let _ = writeln!(out, "gap {}:{} {}", gap.file, gap.line, gap.cause);
    });
    out
}

#[test]
fn the_fixtures_get_their_verdicts() {
    for name in ["sound", "faulty"] {
        let path = fixtures().join("expected").join(format!("{name}.txt"));
        let found = told(name);
        if std::env::var_os("PARTYWALL_BLESS").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        assert_eq!(found, std::fs::read_to_string(&path).unwrap_or_default(), "run `cargo xtask gen`");
    }
}

/// Every check about sites finds its fault in the faulty site and none in the sound one.
#[test]
fn every_check_has_its_fault() {
    let library = Library::shipped().unwrap();
    let checks: Vec<&str> =
        library.checks.values().filter(|check| check.service() == "site").map(|check| check.id.as_ref()).collect();
    assert!(checks.len() >= 22, "{} checks", checks.len());
    let sound = verdicts(&judged(&library, &fixtures().join("sound")));
    let faulty = verdicts(&judged(&library, &fixtures().join("faulty")));
    let wrong: Vec<_> = sound.iter().filter(|(_, verdict)| **verdict != Verdict::Pass).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for check in checks.iter().filter(|check| **check != "site/evidence-missing") {
        let fails = |((of, _), verdict): (&(String, String), &Verdict)| of == check && *verdict == Verdict::Fail;
        assert!(faulty.iter().any(fails), "{check} finds no fault");
        assert!(sound.keys().any(|(of, _)| of == check), "{check} judges nothing");
    }
}
