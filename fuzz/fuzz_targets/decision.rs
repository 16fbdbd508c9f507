//! Decisions over any two policies and any request, closed and open.
#![no_main]

use aws_policy::{
    Attached, ContextValues, Outcome, Policy, PolicySet, Principal, Request, Subject, decide, explain,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &str, &str, &str, Vec<(&str, Vec<&str>)>)| {
    let (identity, resource, principal, action, target, keys) = input;
    let Some(principal) = Principal::parse(principal) else { return };
    let (Ok(identity), Ok(resource)) = (Policy::parse_code(identity), Policy::parse_code(resource)) else { return };
    let policies = PolicySet {
        identity: vec![Attached { name: "identity", policy: &identity }],
        resource: Some(Attached { name: "resource", policy: &resource }),
        ..PolicySet::default()
    };
    let context = |start: ContextValues| keys.iter().fold(start, |context, (key, values)| context.with(key, values.clone()));
    let action = action.to_ascii_lowercase();
    let ask = |context: &ContextValues| {
        let request = Request {
            principal: &principal,
            action: &action,
            resource: Subject::with_placeholders(target),
            resource_account: None,
            context,
        };
        let outcome = decide(&request, &policies);
        assert_eq!(outcome, explain(&request, &policies).outcome);
        outcome
    };
    let closed = ask(&context(ContextValues::closed()));
    let open = ask(&context(ContextValues::open()));
    let is_allowed = |outcome| outcome == Outcome::Allowed;
    let is_open = |outcome| matches!(outcome, Outcome::Undecided(_));
    assert!(is_open(open) || is_open(closed) || is_allowed(open) == is_allowed(closed));
});
