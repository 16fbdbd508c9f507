//! The facts are sound.

use partywall_analysis::availability::facts::Facts;

#[test]
fn facts_name_what_there_is_and_where_they_were_read() {
    let facts = Facts::shipped();
    assert_eq!(facts.faults(), Vec::<String>::new().as_slice());
    assert!(facts.services().count() >= 55, "{} types", facts.services().count());
}
