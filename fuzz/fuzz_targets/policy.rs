//! IAM policy documents, as accounts and as code hold them, and every question that is asked of them.
#![no_main]

use aws_policy::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for read in [Policy::parse(text), Policy::parse_code(text)] {
        match read {
            Ok(policy) => {
                for statement in &policy.statements {
                    assert!(text.get(statement.span.start..statement.span.end).is_some());
                }
                policy.allows_public();
                policy.denies_insecure_transport();
                policy.allows_full_administration();
                policy.allows_all_of_service();
                policy.allows_action_everywhere("iam:passrole");
                policy.trusts_service_without_source();
            }
            Err(error) => assert!(!error.problems.is_empty() && !error.to_string().is_empty()),
        }
    }
});
