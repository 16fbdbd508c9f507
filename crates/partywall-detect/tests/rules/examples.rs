//! Each rule finds what it is about, and leaves alone what only looks like it.

use crate::pack;

#[test]
fn rules_find_their_events_and_no_others() {
    let files = pack::files();
    let homes = pack::homes(&files);
    let mut faults = Vec::new();
    for file in &files {
        let (library, id, examples) = (pack::with_members(file, &homes), file.id(), file.examples());
        for kind in [true, false] {
            if !examples.iter().any(|example| example.is_hit == kind) {
                faults.push(format!("{}: no example that is to be {kind}", file.name));
            }
        }
        for example in examples {
            let is_hit = pack::alerts(&library, &example.events).values().any(|alert| alert.rule.id == id);
            if is_hit != example.is_hit {
                faults.push(format!("{}: {} is {is_hit}: {}", file.tactic, file.name, example.why));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
